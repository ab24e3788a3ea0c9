"""What a pack says about the halls in which the city receives people."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.places.areas import COUNTY, CountyCode


class Booking(msgspec.Struct, frozen=True):
    """How people book a time: one begins `every` so many minutes of the office hours, for `each` people at once, on the
    next `ahead` working days.
    """

    every: Annotated[int, msgspec.Meta(ge=5, le=240)]
    each: Annotated[int, msgspec.Meta(ge=1, le=500)]
    ahead: Annotated[int, msgspec.Meta(ge=1, le=60)]


class Hall(msgspec.Struct, frozen=True):
    """A hall in which people are received. `address` is how people find it, `area` its county, `windows` how many there
    are. Where nothing is said of `booking`, people come and take a number.
    """

    name: Text
    address: Text
    area: CountyCode
    windows: Annotated[int, msgspec.Meta(ge=1, le=200)]
    booking: Booking | None = None


def _check(pack: Pack, declared: Declared[Hall]) -> Iterator[Fault]:
    counties = {row.code for table in pack.all(COUNTY).values() for row in table.value.rows}
    if declared.value.area not in counties:
        yield declared.fault("area", f"There is no county `{declared.value.area}`.", "Write a code of counties.csv.")


HALL: Final[Kind[Hall]] = Kind("hall", "places/halls", Hall, _check, optional=True)
