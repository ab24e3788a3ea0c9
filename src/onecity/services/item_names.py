"""What an item may be called: neither by a place nor by a level, not too long, and not nearly like another item.

Two names that are alike mean one thing entered twice, or two things that people confuse. Which of the two it is only a
person can tell: the pack keeps the answer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Table
from onecity.places import CITY, COUNTY, STREET, VILLAGE
from onecity.services.auditing.alike import Names
from onecity.services.auditing.decisions import LEAST_REASON
from onecity.services.auditing.naming import SIMILAR, likeness
from onecity.services.checking import ITEM
from onecity.services.declared import Item
from onecity.services.listing import LISTED_ITEM, Id, listed_items
from onecity.services.listing.declared import ListedItems

LONGEST: Final = 40
"""Signs of a name. Source: the lint rules of the catalogue, as those below."""

_LEVEL: Final = re.compile(r"[(（](?:国家|省|市|区|县|旗|乡|镇|街道|[、/及和])+级?[)）]")
"""Whose an item is tells its agency; a name that says it as well is one item twice as soon as it changes hands."""


class NotTheSame(msgspec.Struct, frozen=True):
    """An `item` and an `other` one that are called nearly alike and are not the same; `because` tells them apart."""

    item: Id
    other: Id
    because: str


class NotTheSames(Table[NotTheSame], frozen=True):
    """The items that are called nearly alike and are not the same: somebody looked at both."""

    named_by: ClassVar[int] = 2


class _Places(NamedTuple):
    """What the places of a city are called, and how many signs such a name may have."""

    names: frozenset[str]
    lengths: Sequence[int]


def name_faults(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    """What is wrong with the name of an item that somebody wrote out."""
    if not declared.drawn:
        yield from _faults(pack, declared, "name.zh", declared.id, declared.value.name.zh)


def listed_name_faults(pack: Pack, declared: Declared[ListedItems]) -> Iterator[Fault]:
    """What is wrong with the names of listed items. One that another item has as well is told by their own check."""
    for number, row in enumerate(declared.value.rows):
        yield from _faults(pack, declared, f"rows.{number}.name.zh", row.id, row.name.zh)


def _faults(pack: Pack, declared: Declared[Any], path: str, item: str, name: str) -> Iterator[Fault]:
    if len(name) > LONGEST:
        yield declared.fault(path, f"The name has {len(name)} signs.", f"{LONGEST} is the most.")
    for place in _places_in(name, pack.once(_places)):
        what = f"`{place}` is a place of this city, and an item is none."
        yield declared.fault(path, what, "Name it after what is done.")
    for level in _LEVEL.findall(name):
        yield declared.fault(path, f"`{level}` is a level.", "Take it out: `agency` tells whose the item is.")
    apart = pack.once(_apart)
    for other, called in pack.once(_alike).get(item, {}).items():
        # Two lines with one name are told by the check of the list, whatever anybody says of them.
        known = declared.kind == LISTED_ITEM.name if called == name else frozenset((item, other)) in apart
        if not known:
            what = f"The item `{other}` is called nearly the same: {called}."
            mend = f"Keep one of the two, name it apart, or say in {NOT_THE_SAME.folder} what tells them apart."
            yield declared.fault(path, what, mend)


def _places_in(name: str, places: _Places) -> Iterator[str]:
    """The places that a name holds, each once; a city has thousands, so the name is cut and not each of them tried."""
    pieces = (name[at : at + length] for length in places.lengths for at in range(len(name) - length + 1))
    return iter(dict.fromkeys(piece for piece in pieces if piece in places.names))


def _places(pack: Pack) -> _Places:
    kinds: Sequence[Kind[Any]] = (COUNTY, STREET, VILLAGE)
    areas = (row.name for kind in kinds for one in pack.all(kind).values() for row in one.value.rows)
    names = frozenset((pack.one(CITY).name.zh, *areas))
    return _Places(names, sorted({len(name) for name in names}))


def _names(pack: Pack) -> Mapping[str, str]:
    """What each item is called that somebody wrote, in a file of its own or in a line; the files stand first."""
    written = {name: one.value.name.zh for name, one in pack.all(ITEM).items() if not one.drawn}
    return {**written, **{name: row.name.zh for name, row in listed_items(pack).items() if name not in written}}


def _alike(pack: Pack) -> Mapping[str, Mapping[str, str]]:
    """For each item the names of those before it that are called nearly alike: a pair is one fault and not two."""
    known = pack.once(_names)
    ids, names = tuple(known), tuple(known.values())
    near = Names(names)
    found: dict[str, Mapping[str, str]] = {}
    for number, name in enumerate(names):
        before = [other for other in near.near(name) if other < number and likeness(name, names[other]) >= SIMILAR]
        found[ids[number]] = {ids[other]: names[other] for other in before}
    return found


def _apart(pack: Pack) -> frozenset[frozenset[str]]:
    rows = (row for table in pack.all(NOT_THE_SAME).values() for row in table.value.rows)
    return frozenset(frozenset((row.item, row.other)) for row in rows)


def _check(pack: Pack, declared: Declared[NotTheSames]) -> Iterator[Fault]:
    names, alike = pack.once(_names), pack.once(_alike)
    seen: set[frozenset[str]] = set()
    for number, row in enumerate(declared.value.rows):
        path, pair = f"rows.{number}", frozenset((row.item, row.other))
        unknown = [
            fault
            for column, name in (("item", row.item), ("other", row.other))
            for fault in pack.unknown(declared, f"{path}.{column}", LISTED_ITEM, name, among=names)
        ]
        yield from unknown
        if pair in seen:
            yield declared.fault(path, "These two stand here the other way round already.", "Take this line out.")
        elif not unknown and row.other not in alike[row.item] and row.item not in alike[row.other]:
            yield declared.fault(path, "Nobody would take the one for the other by its name.", "Take this line out.")
        if len(row.because) < LEAST_REASON:
            yield declared.fault(f"{path}.because", "This is no reason.", "Write what tells the two apart.")
        seen.add(pair)


NOT_THE_SAME: Final[Kind[NotTheSames]] = Kind(
    "not_the_same", "services/not_the_same.csv", NotTheSames, _check, single=True, optional=True
)
