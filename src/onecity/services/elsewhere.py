"""What people look for here and the agencies of this city do not decide: who does, and how one reaches them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

import msgspec

from onecity.kernel.search import bare, plain
from onecity.packs import Declared, Fault, Kind, Pack, Table, Text
from onecity.services.declared import Item
from onecity.services.life_events import LifeEvent
from onecity.services.listing import Id, every_event, every_item, phrases_in

_Several = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class Elsewhere(msgspec.Struct, frozen=True):
    """A matter by its `id` that no agency of this city decides. `who` does that. `how` says where one goes or calls.

    `also` are everyday words by which people look for it, with ； between them; none may mean an item or a life event.
    """

    id: Id
    name: Text
    who: Text
    how: Text
    also: _Several

    @property
    def everyday(self) -> tuple[str, ...]:
        """The words by which people look for it."""
        return phrases_in(self.also)


class Elsewheres(Table[Elsewhere], frozen=True):
    """What people look for and this city's agencies do not decide, with who does."""


def elsewhere_of(pack: Pack) -> Mapping[str, Elsewhere]:
    """What is not decided here, by id; a pack without the table knows nothing of it."""
    return pack.once(_by_id)


def _by_id(pack: Pack) -> Mapping[str, Elsewhere]:
    return {row.id: row for table in pack.all(ELSEWHERE).values() for row in table.value.rows}


def _everyday(pack: Pack) -> Mapping[str, Sequence[str]]:
    """The items and life events that each everyday word and name means, as their people would call them."""
    found = defaultdict[str, list[str]](list)
    for what, things in (("item", every_item(pack)), ("life event", every_event(pack))):
        for name, one in things.items():
            also = one.also if isinstance(one, Item | LifeEvent) else one.everyday
            for word in {bare(plain(word)) for word in (one.name.zh, one.name.en, *also)}:
                found[word].append(f"{what} `{name}`")
    return found


def _check(pack: Pack, declared: Declared[Elsewheres]) -> Iterator[Fault]:
    here = pack.once(_everyday)
    for number, row in enumerate(declared.value.rows):
        for word in row.everyday:
            for one in here.get(bare(plain(word)), ()):
                what = f"`{word}` means the {one} already, which is decided here."
                yield declared.fault(f"rows.{number}.also", what, "Take the word out of one of the two.")


ELSEWHERE: Final[Kind[Elsewheres]] = Kind(
    "elsewhere", "services/elsewhere.csv", Elsewheres, _check, single=True, optional=True
)
