"""What an export says of facts beside their bytes, so that whoever counts need not open them: clear values only.

Each package declares its columns. They are told from a fact that was read without anybody's key, so a personal field
cannot become one: it is None before a column is asked for. Wire contract: `docs/ledger-format.md`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.errors import CityError
from onecity.kernel.instants import day_in
from onecity.ledger.facts import Fact, FactBook, FactType, Recorded, Stored
from onecity.ledger.tree import leaf_hash
from onecity.machinery.sealed import Ciphers

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Value: TypeAlias = str | int | float | bool | date | datetime | bytes | None


class ColumnType(StrEnum):
    """What a column holds. An instant is UTC with microseconds; a day is one of the city's calendar."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    INSTANT = "instant"
    BYTES = "bytes"


class Columns(msgspec.Struct, frozen=True):
    """The columns of a package: their types, of which facts they tell, and what they tell of one in the city's zone.

    Several packages may tell of one fact, and name one column, as long as they mean the same by it.
    """

    types: Mapping[str, ColumnType]
    facts: tuple[type[Fact], ...]
    told: Callable[[Recorded, ZoneInfo], Mapping[str, Value]]


OF_EVERY_FACT: Final[Mapping[str, ColumnType]] = {
    "position": ColumnType.WHOLE,
    "stream": ColumnType.TEXT,
    "version": ColumnType.WHOLE,
    "kind": ColumnType.TEXT,
    "leaf": ColumnType.BYTES,
    "body": ColumnType.BYTES,
    "name": ColumnType.TEXT,
    "recorded": ColumnType.INSTANT,
    "day": ColumnType.DAY,
    "month": ColumnType.TEXT,
}
"""The columns of every export; from `name` on they follow from the bytes, as those of the packages do."""


class _NoKeys:
    """The ciphers of somebody who holds no key: nothing personal can be read with them, and nothing is written."""

    def missing(self, subjects: Iterable[UUID]) -> list[UUID]:
        return list(subjects)

    def make(self, subjects: Iterable[UUID]) -> None:
        raise AssertionError("who only reads makes no keys")

    ensure = make

    def cipher(self, _subject: UUID) -> "AESGCM | None":
        return None


NO_KEYS: Final[Ciphers] = _NoKeys()
"""What somebody reads with who may not know whose fact it is."""


@lru_cache(maxsize=64)
def _month_of(day: date) -> str:
    return f"{day:%Y-%m}"


class Sheet:
    """All columns of a city, and what they tell of a fact."""

    def __init__(self, types: Sequence[FactType], columns: Sequence[Columns], zone: ZoneInfo) -> None:
        self.zone = zone
        self.types: dict[str, ColumnType] = dict(OF_EVERY_FACT)
        self._columns: dict[type[Fact], list[Columns]] = {}
        for one in columns:
            for name, kind in one.types.items():
                assert self.types.setdefault(name, kind) is kind, f"two packages mean different things by {name}"
            for fact in one.facts:
                self._columns.setdefault(fact, []).append(one)
        self._book = FactBook(types, NO_KEYS, b"")
        self._names = frozenset(kind.name for kind in types)
        self._empty: dict[str, Value] = dict.fromkeys(self.types)

    def row(self, position: int, stored: Stored) -> dict[str, Value]:
        """A fact as a row. Raises CityError for a kind of fact that this program does not know."""
        name = stored.kind.rpartition("/")[0]
        if name not in self._names:
            raise CityError(
                f"The fact at position {position} is of a kind that this version of OneCity does not know: "
                f"{stored.kind!r}. Use the version that wrote it, or a later one."
            )
        recorded = self._book.read(stored)
        day = day_in(self.zone, recorded.at)
        row = dict(
            self._empty,
            position=position,
            stream=str(stored.stream),
            version=stored.version,
            kind=stored.kind,
            leaf=leaf_hash(stored.entry()),
            body=stored.body,
            name=name,
            recorded=recorded.at,
            day=day,
            month=_month_of(day),
        )
        for columns in self._columns.get(type(recorded.fact), ()):
            row.update(columns.told(recorded, self.zone))
        assert len(row) == len(self.types), f"a column of {name} is not declared"
        return row
