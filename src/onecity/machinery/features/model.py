"""What a collection of things on the map is: how far it reaches, its pages, and each thing by its id."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Protocol, TypeAlias

import msgspec

Span: TypeAlias = tuple[datetime | None, datetime | None]
"""From and until which instant, both of which belong to it; None is open."""

NOWHERE: Final = msgspec.Raw(b"null")
"""The geometry of what has no place."""


class Box(msgspec.Struct, frozen=True):
    """A stretch of ground between lines of longitude and latitude. Units: degrees, WGS-84."""

    west: float
    south: float
    east: float
    north: float


class Reader(msgspec.Struct, frozen=True):
    """Who reads: in which language, and on which day of the city."""

    lang: str
    today: date


class Asked(msgspec.Struct, frozen=True):
    """Which features of a collection somebody asks for, `limit` at most, behind the one with the id `after`."""

    limit: int
    box: Box | None = None
    span: Span = (None, None)
    after: str = ""


class Feature(msgspec.Struct, frozen=True):
    """One thing on the map. `geometry` is GeoJSON (RFC 7946), written."""

    id: str
    geometry: msgspec.Raw
    properties: Mapping[str, object]


class Extent(msgspec.Struct, frozen=True):
    """How far a collection reaches; `span` is None if its features have no time."""

    box: Box
    span: Span | None = None


class Page(msgspec.Struct, frozen=True):
    """Some features in the order of the collection; `goes_on` if more are behind them.

    `matched` is how many there are on all pages, None where nobody counted so many.
    """

    features: tuple[Feature, ...]
    goes_on: bool
    matched: int | None


class About(msgspec.Struct, frozen=True):
    """What a collection is called and what is in it, in one language; `terms` call its properties by a word."""

    title: str
    description: str
    terms: Mapping[str, str] = {}


class Collection(Protocol):
    """A collection: whatever register has one gives it to the atlas. Nothing in it is kept from anybody.

    `most` is how many features one page holds, `fresh_s` for how many seconds an answer may be kept.
    """

    @property
    def id(self) -> str: ...
    @property
    def most(self) -> int: ...
    @property
    def fresh_s(self) -> int: ...

    def about(self, lang: str) -> About:
        """Its name and what is in it; what is simulated says so here."""
        ...

    async def extent(self) -> Extent:
        """How far it reaches."""
        ...

    async def page(self, asked: Asked, reader: Reader) -> Page:
        """The features that touch the box and the time, and those without a place or a time."""
        ...

    async def one(self, id: str, reader: Reader) -> Feature | None:  # noqa: A002 - the word of the standard
        """The feature with an id."""
        ...


def point(place: tuple[float, float] | None) -> msgspec.Raw:
    """The geometry of a point, by its longitude and latitude.

    >>> bytes(point((113.66, 34.75)))
    b'{"type":"Point","coordinates":[113.66,34.75]}'
    """
    return NOWHERE if place is None else msgspec.Raw(msgspec.json.encode({"type": "Point", "coordinates": place}))
