"""The identifier of an electronic licence: who guides its type, who issued it, its number and edition, one check."""

import re
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from onecity.kernel.identity import mod_37_36

ROOT: Final = "1.2.156.3005.2"
"""The object identifier under which all licences of the country stand. Source: GB/T 36904-2018."""

MOST_EDITIONS: Final = 999

_PARTS: Final = re.compile(
    r"(?P<type>[0-9A-Z]{18}[0-9]{3})\.(?P<issuer>[0-9A-Z]{18}|[0-9]{6})\.(?P<serial>[0-9A-Z]{1,32})"
    r"\.(?P<edition>[0-9]{3})\.(?P<check>[0-9A-Z])",
    re.ASCII,
)
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRTUWXY"
"""Signs that nobody mistakes for another on paper or on the telephone."""

_DRAWN_SIGNS: Final = 12
"""Twenty-nine to the power of twelve: too many to try, so that the public list of states betrays no identifier."""


class IdentifierFault(StrEnum):
    """Why a text is no identifier; each is a sentence in the words of licences."""

    SHAPE = "licences.identifier.shape"
    CHECK = "licences.identifier.check"


class Identifier(msgspec.Struct, frozen=True):
    """An identifier in its parts. `issuer` is a unified social credit code or the code of an area.

    Source: GB/T 36904-2018; four published identifiers are tests.
    """

    type_code: str
    issuer: str
    serial: str
    edition: int

    @property
    def stem(self) -> str:
        """What all editions of one licence have in common."""
        return f"{self.type_code}.{self.issuer}.{self.serial}"

    @property
    def check(self) -> str:
        """The check character over type, issuer, serial and edition. Source: ISO 7064 MOD 37,36."""
        return mod_37_36(f"{self.stem}.{self.edition:03}")

    def __str__(self) -> str:
        return f"{ROOT}.{self.stem}.{self.edition:03}.{self.check}"

    def in_edition(self, edition: int) -> "Identifier":
        """The identifier of another edition of the same licence."""
        return msgspec.structs.replace(self, edition=edition)

    @property
    def hashed(self) -> str:
        """The name of this identifier in the public list of states: SHA-256 in hex."""
        return sha256(str(self).encode()).hexdigest()


def read_identifier(text: str) -> Identifier | IdentifierFault:
    """The identifier that somebody typed or scanned, or what is wrong with it. Spaces and small letters are mended.

    >>> str(read_identifier(" 1.2.156.3005.2.11100000000013338w032.11220000013544541J.2430599.001.F "))
    '1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F'
    """
    given = "".join(text.split()).upper()
    found = _PARTS.fullmatch(given.removeprefix(f"{ROOT}."))
    if found is None or not given.startswith(f"{ROOT}."):
        return IdentifierFault.SHAPE
    identifier = Identifier(found["type"], found["issuer"], found["serial"], int(found["edition"]))
    return identifier if found["check"] == identifier.check else IdentifierFault.CHECK


def serial_of(licence: UUID, issued: date) -> str:
    """The number of a licence: the day of issue, and twelve signs that follow from its id, so nobody keeps a counter.

    >>> serial_of(UUID(int=1), date(2020, 9, 23))
    '20200923DJ4BTU8RR3QA'
    """
    left = int.from_bytes(sha256(licence.bytes).digest()[:8], "big")
    signs: list[str] = []
    for _ in range(_DRAWN_SIGNS):
        left, rest = divmod(left, len(_SIGNS))
        signs.append(_SIGNS[rest])
    return f"{issued:%Y%m%d}{''.join(signs)}"
