"""What the register says of one part: its number, where it stands, whose it is and how it is."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.ids import derived_id

_COUNTY: Final = 6
_KIND: Final = 11
_NUMBER: Final = re.compile(r"[0-9]{11}(?!000000)[0-9]{6}")
_STREAMS: Final = UUID("5d0c9a52-6a57-5b8f-9a3e-70617274732e")
_BEGAN: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""The month in which all histories of parts lie, so that the history follows from the number alone."""

PartNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{11}(?!000000)[0-9]{6}$")]
"""Seventeen digits: six of the county, two of the class and three of the kind, six that count from 1.

Source: GB/T 30428.2-2013 and GB/T 47678.5-2026, as read in third parties' transcriptions; the standards' own text was
not at hand.
"""


class Standing(StrEnum):
    """How a part is. The standard names all but `replaced`: another stands in its place, under a number of its own."""

    IN_ORDER = "in_order"
    DAMAGED = "damaged"
    MISSING = "missing"
    ABANDONED = "abandoned"
    REPLACED = "replaced"
    REMOVED = "removed"


class PartEntry(msgspec.Struct, frozen=True):
    """A part as a register tells of it. Units: degrees, WGS-84.

    `cell` and `area` (its street, nine digits) follow from the point. `agency` looks after it; `owner` is the name of
    the body that owns it, where the register knows one. `source` says which register; `simulated` that nobody
    surveyed it.
    """

    number: PartNumber
    longitude: float
    latitude: float
    cell: str
    area: str
    agency: str
    owner: str | None
    state: Standing
    source: str
    simulated: bool = False

    @property
    def kind(self) -> str:
        """The code of its kind in the catalogue, five digits."""
        return kind_of(self.number)

    @property
    def stream(self) -> UUID:
        """Its history in the ledger."""
        return part_stream(self.number)


def is_part_number(text: str) -> bool:
    """Whether a text has the form of a number of a part.

    >>> is_part_number("41010501001000001"), is_part_number("41010501001000000"), is_part_number("410105")
    (True, False, False)
    """
    return text.isascii() and _NUMBER.fullmatch(text) is not None


def kind_of(number: str) -> str:
    """The kind of thing that a number names.

    >>> kind_of("41010501037000001")
    '01037'
    """
    return number[_COUNTY:_KIND]


def county_of(number: str) -> str:
    """The county in which a number was given.

    >>> county_of("41010501037000001")
    '410105'
    """
    return number[:_COUNTY]


def part_stream(number: str) -> UUID:
    """The history of a part: the same number always finds the same one."""
    return derived_id(uuid5(_STREAMS, number), now=_BEGAN, what="part")
