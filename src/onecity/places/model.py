"""The four levels of a city – city, county, street, village – as a value that answers by code."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec


class Level(StrEnum):
    """市、县、乡、村. Districts, county-level cities and zones are counties; townships and towns are streets."""

    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    VILLAGE = "village"


def in_force(day: date, *, since: date | None, until: date | None) -> bool:
    """Whether a day lies in a stretch of time. `until` is the first day after it; None is open.

    >>> in_force(date(2020, 9, 1), since=date(2020, 9, 1), until=None)
    True
    >>> in_force(date(2020, 9, 1), since=None, until=date(2020, 9, 1))
    False
    """
    return (since is None or since <= day) and (until is None or day < until)


class Area(msgspec.Struct, frozen=True):
    """An area of one of the levels; `within` is the code of the one around it. Only the city has no `within`."""

    code: str
    name: str
    level: Level
    within: str | None = None
    since: date | None = None
    until: date | None = None


class Places:
    """Every area of a city by its code, and what lies in what. Made once for a pack, never changed."""

    def __init__(self, areas: Iterable[Area]) -> None:
        """`areas` come from the city downwards, each level in the order of its codes."""
        self._areas = {area.code: area for area in areas}
        inside: dict[str, list[Area]] = {}
        for area in self._areas.values():
            if area.within is not None:
                inside.setdefault(area.within, []).append(area)
        self._inside: Mapping[str, Sequence[Area]] = inside

    def area(self, code: str) -> Area | None:
        """The area of a code."""
        return self._areas.get(code)

    def inside(self, code: str) -> Sequence[Area]:
        """The areas of the next level below."""
        return self._inside.get(code, ())

    def around(self, code: str) -> Iterator[Area]:
        """The area of a code and those around it, the smallest first; none if the code is unknown."""
        area = self.area(code)
        while area is not None:
            yield area
            area = self.area(area.within) if area.within is not None else None

    def period(self, code: str) -> tuple[date | None, date | None]:
        """The first day on which an area is there, and the first on which it is gone: none outlives what it lies in."""
        around = tuple(self.around(code))
        since = max((area.since for area in around if area.since is not None), default=None)
        return since, min((area.until for area in around if area.until is not None), default=None)

    def holds(self, code: str, day: date) -> bool:
        """Whether a code stands for an area on a day."""
        since, until = self.period(code)
        return code in self._areas and in_force(day, since=since, until=until)

    def chain(self, code: str) -> tuple[str, ...]:
        """The names of a code from the county downwards, as an address has them; the city alone has its own name."""
        found = tuple(self.around(code))[::-1]
        return tuple(self._short(area) for area in found[1:] or found)

    def full_name(self, code: str) -> str | None:
        """The chain of names in one line: 金水区 花园路街道. None if the code is unknown."""
        return " ".join(self.chain(code)) or None

    def streets(self) -> Iterator[tuple[Area, Sequence[Area]]]:
        """Each county with its streets, in the order of their codes."""
        for area in self._areas.values():
            if area.level is Level.COUNTY:
                yield area, self.inside(area.code)

    def _short(self, area: Area) -> str:
        # Streets of zones bear the name of the zone before their own; in a chain it would stand twice.
        county = self.area(area.within) if area.level is Level.STREET and area.within is not None else None
        return (area.name.removeprefix(county.name) if county else area.name) or area.name
