"""What a pack says about the four levels of its city: tables of counties, streets and villages."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Annotated, Any, Final, Protocol, TypeAlias

import msgspec

from onecity.kernel.acting import area_prefix
from onecity.packs import Declared, Fault, Kind, Pack, Table
from onecity.places.declared import CITY
from onecity.places.model import Area, Level, Places

CountyCode = Annotated[
    str, msgspec.Meta(pattern=r"[0-9]{4}(?!00)[0-9]{2}", description="Write six digits, the last two not 00.")
]
"""Source: GB/T 2260-2007: two digits each for province, city and county; 00 stands for all of the level above."""

StreetCode = Annotated[
    str, msgspec.Meta(pattern=r"[0-9]{6}(?!000)[0-9]{3}", description="Write nine digits, the last three not 000.")
]
"""Source: GB/T 10114-2003: the county's code and three digits."""

VillageCode = Annotated[
    str, msgspec.Meta(pattern=r"[0-9]{9}(?!000)[0-9]{3}", description="Write twelve digits, the last three not 000.")
]
"""Source: the National Bureau of Statistics' codes for statistics: the street's code and three digits."""

Name = Annotated[str, msgspec.Meta(max_length=60)]


class County(msgspec.Struct, frozen=True, omit_defaults=True):
    """A county, district, county-level city or zone.

    It is there from `since`, and no longer on `until`. One that is gone keeps its row: old cases name it.
    """

    code: CountyCode
    name: Name
    since: date | None = None
    until: date | None = None


class Street(msgspec.Struct, frozen=True, omit_defaults=True, rename={"within": "county"}):
    """A street, town or township (街道、镇、乡) of a county."""

    code: StreetCode
    name: Name
    within: CountyCode
    since: date | None = None
    until: date | None = None


class Village(msgspec.Struct, frozen=True, omit_defaults=True, rename={"within": "street"}):
    """A village or a community (村、社区) of a street."""

    code: VillageCode
    name: Name
    within: StreetCode
    since: date | None = None
    until: date | None = None


class Counties(Table[County], frozen=True):
    """The counties of the city."""


class Streets(Table[Street], frozen=True):
    """The streets of all counties."""


class Villages(Table[Village], frozen=True):
    """The villages of all streets."""


Row: TypeAlias = County | Street | Village


def _check_counties(pack: Pack, declared: Declared[Counties]) -> Iterator[Fault]:
    city = pack.one(CITY).area
    for number, row in enumerate(declared.value.rows):
        if not row.code.startswith(area_prefix(city)):
            what = f"The county `{row.code}` does not lie in the city `{city}`."
            yield declared.fault(f"rows.{number}.code", what, f"Its code begins with {area_prefix(city)}.")
        yield from period_faults(declared, number, row)


def _check_streets(pack: Pack, declared: Declared[Streets]) -> Iterator[Fault]:
    known = {row.code for row in pack.one(COUNTY).rows}
    for number, row in enumerate(declared.value.rows):
        yield from _parent_faults(declared, number, row, known, COUNTY)
        yield from period_faults(declared, number, row)
    yield from _namesakes(declared)


def _check_villages(pack: Pack, declared: Declared[Villages]) -> Iterator[Fault]:
    known = {row.code for row in pack.one(STREET).rows}
    for number, row in enumerate(declared.value.rows):
        yield from _parent_faults(declared, number, row, known, STREET)
        yield from period_faults(declared, number, row)


def _parent_faults(
    declared: Declared[Streets] | Declared[Villages], number: int, row: Street | Village, known: Collection[str],
    parent: Kind[Counties] | Kind[Streets],
) -> Iterator[Fault]:  # fmt: skip
    if row.within not in known:
        what = f"There is no {parent.name} `{row.within}`."
        yield declared.fault(f"rows.{number}.{parent.name}", what, f"Mend the code, or add it to {parent.folder}.")
    elif not row.code.startswith(row.within):
        what = f"The code `{row.code}` is none of the {parent.name} `{row.within}`."
        yield declared.fault(f"rows.{number}.code", what, f"It begins with the code of its {parent.name}.")


class Dated(Protocol):
    """A row that is there from `since` and no longer on `until`."""

    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


def period_faults(declared: Declared[Any], number: int, row: Dated) -> Iterator[Fault]:
    """A fault if a row of a table would be gone before it is there."""
    if row.since is not None and row.until is not None and row.until <= row.since:
        what = "It would be gone before it is there."
        yield declared.fault(f"rows.{number}.until", what, "Write the first day on which it is not there any more.")


def _namesakes(declared: Declared[Streets]) -> Iterator[Fault]:
    """Two streets of a county must not share a name at one time: people answer with the name."""
    by_name: dict[tuple[str, str], list[tuple[int, Street]]] = {}
    for number, row in enumerate(declared.value.rows):
        by_name.setdefault((row.within, row.name), []).append((number, row))
    for (county, name), rows in by_name.items():
        for (_, first), (number, second) in combinations(rows, 2):
            if _meet(first, second):
                what = f"The county `{county}` has a street `{name}` already: {first.code}."
                mend = "Mend the name, or write `until` for the one that is gone."
                yield declared.fault(f"rows.{number}.name", what, mend)


def _meet(one: Street, other: Street) -> bool:
    return all(
        first.since is None or last.until is None or first.since < last.until
        for first, last in ((one, other), (other, one))
    )


COUNTY: Final[Kind[Counties]] = Kind("county", "places/counties.csv", Counties, _check_counties, single=True)
STREET: Final[Kind[Streets]] = Kind("street", "places/streets.csv", Streets, _check_streets, single=True)
VILLAGE: Final[Kind[Villages]] = Kind("village", "places/villages.csv", Villages, _check_villages, single=True)


def places_of(pack: Pack) -> Places:
    """The pack's areas as one value. It costs some milliseconds: make it once for a pack."""
    city = pack.one(CITY)
    return Places(_areas(city.area, city.name.zh, pack))


def _areas(city: str, name: str, pack: Pack) -> Iterable[Area]:
    yield Area(city, name, Level.CITY)
    for county in pack.one(COUNTY).rows:
        yield Area(county.code, county.name, Level.COUNTY, city, county.since, county.until)
    for street in pack.one(STREET).rows:
        yield Area(street.code, street.name, Level.STREET, street.within, street.since, street.until)
    for village in pack.one(VILLAGE).rows:
        yield Area(village.code, village.name, Level.VILLAGE, village.within, village.since, village.until)
