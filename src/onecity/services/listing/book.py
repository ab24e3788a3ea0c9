"""All that a pack lists, to be asked by id, with how complete each line is."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from onecity.packs import Pack
from onecity.services.checking import ITEM
from onecity.services.declared import Item, Quality
from onecity.services.life_events import LIFE_EVENT, LifeEvent
from onecity.services.listing.declared import (
    Demands,
    ListedDemand,
    ListedEvent,
    ListedItem,
    ListedQuestion,
    listed_demands,
    listed_events,
    listed_items,
    listed_questions,
)
from onecity.services.listing.limits import Candidate


class Sums(NamedTuple):
    """The limits of several items in days of the calendar, one by one and together. `unknown` have none."""

    one_by_one: int
    together: int
    unknown: int


class Listing(msgspec.Struct, frozen=True):
    """The listed items with their demands, the listed life events, and the questions of these, each by id."""

    items: Mapping[str, ListedItem]
    demands: Mapping[str, tuple[ListedDemand, ...]]
    events: Mapping[str, ListedEvent]
    questions: Mapping[str, ListedQuestion]

    def level(self, name: str) -> Quality:
        """How complete a listed item is: computed from what it has.

        Source: the levels Q0 to Q2 of the catalogue. Q1: a proven article and a result. Q2: conditions, materials and
        steps as well, so that a window can take it in.
        """
        row = self.items[name]
        if row.basis is None or row.basis.sha256 is None or row.result is None:
            return Quality.Q0
        what = {one.what for one in self.demands.get(name, ())}
        return Quality.Q2 if row.process and what == set(Demands) else Quality.Q1

    def asked_for_all(self, name: str) -> bool:
        """Whether a listed event asks what somebody needs of it, with a question for each conditional item."""
        conditional = self.events[name].conditional
        return bool(conditional) and all(question for _, question in conditional)

    def demanded(self, name: str, what: Demands) -> tuple[ListedDemand, ...]:
        """The conditions, or the materials, of a listed item."""
        return tuple(one for one in self.demands.get(name, ()) if one.what is what)


def listing_of(pack: Pack) -> Listing:
    """What a pack lists."""
    return pack.once(_listing)


def _listing(pack: Pack) -> Listing:
    return Listing(listed_items(pack), listed_demands(pack), listed_events(pack), listed_questions(pack))


def every_item(pack: Pack) -> Mapping[str, Item | ListedItem]:
    """Every item of a pack by id, whether it can be applied for or is only listed."""
    return pack.once(_items)


def _items(pack: Pack) -> Mapping[str, Item | ListedItem]:
    return {**listing_of(pack).items, **{name: one.value for name, one in pack.all(ITEM).items()}}


def every_event(pack: Pack) -> Mapping[str, LifeEvent | ListedEvent]:
    """Every life event of a pack by id, whether it can be applied for or is only listed."""
    return pack.once(_events)


def _events(pack: Pack) -> Mapping[str, LifeEvent | ListedEvent]:
    return {**listing_of(pack).events, **{name: one.value for name, one in pack.all(LIFE_EVENT).items()}}


def sums(limits: list[Candidate | None]) -> Sums:
    """What several limits come to. Where a law names none, nobody can add it up."""
    days = [one.limit.about for one in limits if one is not None]
    return Sums(round(sum(days)), round(max(days, default=0)), limits.count(None))
