"""The catalogue of the street: kinds of things and kinds of matters, standard by standard, and what became of each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from onecity.governance.declared import Matter, Matters, Part, Parts, Standard, Standards
from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.places import period_faults

_PEOPLE: Final = ("上访", "信访", "邪教", "群体性", "集体性", "重点人员", "可疑人员", "精神病", "吸毒", "刑满")
"""Words of classes about persons, which catalogues elsewhere have been stretched to."""


class Catalogue(msgspec.Struct, frozen=True):
    """Parts and matters by code, with their classes."""

    standards: tuple[Standard, ...]
    parts: Mapping[str, Part]
    matters: Mapping[str, Matter]

    def matter(self, code: str) -> Matter | None:
        """A matter of any standard, by its code."""
        return self.matters.get(code)

    def holding(self, day: date) -> Sequence[Matter]:
        """The matters under which something can be filed on a day, by code."""
        return [matter for matter in self.matters.values() if matter.holds(day)]

    def group(self, matter: Matter) -> Text | None:
        """The name of a matter's class; None for the city's own matters."""
        standard = next((one for one in self.standards if one.digits == len(matter.code)), None)
        return None if matter.group is None or standard is None else standard.matters.get(matter.group)

    def becomes(self, code: str) -> tuple[str, ...]:
        """The codes under which a matter is filed today: its own, or those that took its place in the end."""
        matter = self.matters[code]
        if not matter.successors:
            return () if matter.until is not None else (code,)
        return tuple(dict.fromkeys(one for other in matter.successors for one in self.becomes(other)))


def catalogue_of(pack: Pack) -> Catalogue | None:
    """The catalogue of a pack; None if it declares none."""
    if not pack.all(CATALOGUE) or not pack.all(PART) or not pack.all(MATTER):
        return None
    parts = {row.code: row for row in pack.one(PART).rows}
    matters = {row.code: row for row in pack.one(MATTER).rows}
    return Catalogue(pack.one(CATALOGUE).standards, parts, matters)


def _check_parts(pack: Pack, declared: Declared[Parts]) -> Iterator[Fault]:
    for number, row in enumerate(declared.value.rows):
        classes = _classes(pack, len(row.code), "parts")
        yield from _class_faults(declared, number, row.group, classes)
        yield from period_faults(declared, number, row)


def _check_matters(pack: Pack, declared: Declared[Matters]) -> Iterator[Fault]:
    parts = {row.code for table in pack.all(PART).values() for row in table.value.rows}
    known = {row.code: row for row in declared.value.rows}
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}"
        if row.group is not None:
            yield from _class_faults(declared, number, row.group, _classes(pack, len(row.code), "matters"))
        if row.part:
            yield from pack.unknown(declared, f"{path}.part", PART, row.part, among=parts)
        for word in _PEOPLE:
            if word in row.name:
                what = f"`{row.name}` is about people: `{word}`."
                yield declared.fault(f"{path}.name", what, "This is a catalogue of things; take the row out.")
        yield from _successor_faults(pack, declared, number, row, known)
        yield from period_faults(declared, number, row)


def _successor_faults(
    pack: Pack, declared: Declared[Matters], number: int, row: Matter, known: Mapping[str, Matter]
) -> Iterator[Fault]:
    path = f"rows.{number}.becomes"
    for code in row.successors:
        yield from pack.unknown(declared, path, MATTER, code, among=known)
    if row.successors and row.until is None:
        what = f"`{row.code}` has successors and no last day."
        yield declared.fault(path, what, "Write `until`: the first day on which it is not there any more.")
    if any(code in known and known[code].until is not None for code in row.successors):
        yield declared.fault(path, "A successor is itself gone.", "Name the one that is there today.")


def _classes(pack: Pack, digits: int, which: str) -> Mapping[str, Text]:
    standards = [standard for one in pack.all(CATALOGUE).values() for standard in one.value.standards]
    found: Mapping[str, Text] = next((getattr(one, which) for one in standards if one.digits == digits), {})
    return found


def _class_faults(declared: Declared[Any], number: int, group: str, classes: Mapping[str, Text]) -> Iterator[Fault]:
    if group not in classes:
        mend = (
            f"Classes are: {', '.join(classes)}." if classes else "Declare its standard in governance/catalogue.yaml."
        )
        yield declared.fault(f"rows.{number}.code", f"There is no class `{group}`.", mend)


CATALOGUE: Final[Kind[Standards]] = Kind(
    "catalogue", "governance/catalogue.yaml", Standards, single=True, optional=True
)
PART: Final[Kind[Parts]] = Kind("part", "governance/parts.csv", Parts, _check_parts, single=True, optional=True)
MATTER: Final[Kind[Matters]] = Kind(
    "matter", "governance/matters.csv", Matters, _check_matters, single=True, optional=True
)
