"""How much of the city's catalogue stands in a pack: counted from what is declared, each time, with the lists behind.

Nothing here is typed by anybody: whoever takes an item away changes the numbers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from enum import StrEnum
from typing import Final

import msgspec

from onecity.casework import Delivery, simulated_laws
from onecity.packs import Pack
from onecity.services.checking import FIELD, ITEM
from onecity.services.declared import Condition, Item, Needed, Origin, Quality
from onecity.services.life_events import LIFE_EVENT, LifeEvent
from onecity.services.listing import Listing, every_event, every_item, listing_of
from onecity.services.quality import levels_of
from onecity.services.runs import events_played

_ONLINE: Final = (Quality.Q2, Quality.Q3, Quality.Q4)
"""What is published with all that a guide must tell; at Q2 alone it is still handed in at a window."""

_PLAYED: Final = (Quality.Q3, Quality.Q4)
"""What goes from the application to the result without a person of ours at a counter."""

_WRITTEN: Final = "written"
"""What a person wrote for this city: a reason, a question, an answer."""


class EventLevel(StrEnum):
    """How complete a life event is: its items are known; its conditions are questions; one form; played through."""

    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"


class Tally(msgspec.Struct, frozen=True):
    """The ids of what a pack declares: each item and event once, at its highest level. `origin` counts fields.

    `one_agency` are the life events whose items are all decided by one: they show nothing of several working together.
    `days_made_up` are the items that can be applied for and whose days no law names, but only the simulated city.
    """

    items: Mapping[Quality, Sequence[str]]
    events: Mapping[EventLevel, Sequence[str]]
    online: Sequence[str]
    mobile: Sequence[str]
    one_agency: Sequence[str]
    days_made_up: Sequence[str]
    origin: Mapping[str, int]

    @property
    def figures(self) -> dict[str, object]:
        """The numbers alone, as programs read them."""
        return {
            "items": {str(level): len(ids) for level, ids in self.items.items()},
            "events": {str(level): len(ids) for level, ids in self.events.items()},
            "online": len(self.online),
            "mobile": len(self.mobile),
            "one_agency": len(self.one_agency),
            "days_made_up": len(self.days_made_up),
            "origin": dict(self.origin),
        }


def tally(pack: Pack) -> Tally:
    """What a pack declares, by levels."""
    listing, full = listing_of(pack), {name: one.value for name, one in pack.all(ITEM).items()}
    levels = levels_of(pack)
    levels |= {name: listing.level(name) for name in listing.items if name not in full}
    events, made_up = dict(_events(pack, listing)), simulated_laws(pack)
    return Tally(
        {level: sorted(name for name, one in levels.items() if one is level) for level in Quality},
        {level: sorted(name for name, one in events.items() if one is level) for level in EventLevel},
        sorted(name for name, one in levels.items() if one in _ONLINE),
        sorted(name for name, item in full.items() if levels[name] in _PLAYED and _on_a_phone(item)),
        sorted(name for name in events if _within_one(pack, name)),
        sorted(name for name, item in full.items() if item.limit.because.law in made_up),
        _origins(full, listing, made_up),
    )


def _on_a_phone(item: Item) -> bool:
    """Whether nobody need come, neither with a paper nor for one."""
    return item.visits == 0 and Delivery.ONLINE in item.delivery


def _within_one(pack: Pack, event: str) -> bool:
    """Whether all items that a life event can take are decided by one agency."""
    items = every_item(pack)
    return len({items[name].agency for name in every_event(pack)[event].named}) == 1


def _events(pack: Pack, listing: Listing) -> Iterator[tuple[str, EventLevel]]:
    """The level of each life event; one that names an item which nobody declares has none."""
    known, played = every_item(pack).keys(), events_played(pack)
    for name, row in listing.events.items():
        if known >= set(row.named):
            yield name, EventLevel.E2 if listing.asked_for_all(name) else EventLevel.E1
    for name, declared in pack.all(LIFE_EVENT).items():
        event: LifeEvent = declared.value
        items, questions = {part.item for part in event.parts}, set(event.questions)
        if items <= pack.all(ITEM).keys() and questions <= pack.all(FIELD).keys():
            yield name, EventLevel.E4 if name in played else EventLevel.E3


def _origins(items: Mapping[str, Item], listing: Listing, simulated: Set[str]) -> dict[str, int]:
    """How many fields of items come from where: a law, a list that was found, an example, a person of the city.

    What rests on a rule that the city made up is an example, whatever it says of itself.
    """
    found = Counter[str]({str(origin): 0 for origin in Origin} | {_WRITTEN: 0})
    for item in items.values():
        because = [item.basis, item.limit.because]
        because += [one.because for one in (item.fee, item.limit.extension) if one is not None]
        found.update(Origin.EXAMPLE if one.law in simulated else Origin.LAW for one in because)
        demands: tuple[Condition | Needed, ...] = (*item.conditions, *item.needs)
        for demand in demands:
            made_up = demand.because is not None and demand.because.law in simulated
            found[Origin.EXAMPLE if made_up else demand.origin] += 1
        found[_WRITTEN] += len(item.asks) + len(item.faq) + len(item.declines) + (item.limit.promised is not None)
    for name, row in listing.items.items():
        if name not in items:
            found[Origin.LAW] += sum(named is not None for named in (row.basis, row.limit, row.local))
            found.update(str(demand.origin) for demand in listing.demands.get(name, ()))
    return dict(found)
