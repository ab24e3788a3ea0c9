"""Whoever calls again is found by the number, of which only a keyed hash is kept, and only while something is open."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from uuid import UUID

from onecity.governance import store
from onecity.governance.store import ProblemRow, ReportRow

if TYPE_CHECKING:
    from asyncpg import Pool

KEPT: Final = timedelta(days=30)
"""How long after the end of a case its caller is still found: for as long as it may be opened again, and some more."""
_SHORTEST: Final = 7
_LONGEST: Final = 15
"""Digits of a telephone number. Source: ITU-T E.164, fifteen at most; seven are the shortest of a Chinese landline."""
_OF_MOBILE: Final = 11
_COUNTRY: Final = "86"
_MOST: Final = 20
_AT_ONCE: Final = 1_000
_COMES: Final = timedelta(days=1)
"""A report comes a moment after its number; after a day it will not come any more."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def dialled(text: str) -> str:
    """The first number in a text as it is dialled within the country, by its digits; empty if there is none.

    >>> dialled("+86 138 0013-8000"), dialled("（0371）6666 8888"), dialled("张三，晚上在家")
    ('13800138000', '037166668888', '')
    >>> dialled("张三 138 0013 8000 13800138000@example.org"), dialled("123456789@example.org")
    ('13800138000', '')
    """
    words = unicodedata.normalize("NFKC", text).split()
    plain = " ".join(word for word in words if "@" not in word)
    return next(filter(None, map(_number, _LETTERS.split(plain))), "")


def _number(text: str) -> str:
    digits = "".join(sign for sign in text if sign in "0123456789").removeprefix("00")
    if len(digits) == len(_COUNTRY) + _OF_MOBILE and digits.startswith(_COUNTRY):
        digits = digits.removeprefix(_COUNTRY)
    return digits if _SHORTEST <= len(digits) <= _LONGEST else ""


class Callers:
    """Numbers and the reports that came from them. The key lies outside the database: the hash alone tells nothing."""

    def __init__(self, pool: "Pool", key: bytes) -> None:
        self._pool = pool
        self._key = key

    async def remember(self, contact: str, report: UUID, *, now: datetime) -> None:
        """Remember from which number a report came, if whoever reported left one."""
        number = dialled(contact)
        if not number:
            return
        async with self._pool.acquire() as connection:
            await store.keep_caller(connection, self._hashed(number), report, now)

    async def open_of(self, contact: str) -> Sequence[tuple[ReportRow, ProblemRow]]:
        """What is open of whoever calls from a number, the newest first."""
        number = dialled(contact)
        if not number:
            return ()
        async with self._pool.acquire() as connection:
            return await store.open_of_caller(connection, self._hashed(number), limit=_MOST)

    async def forget(self, reports: Sequence[UUID]) -> None:
        """Forget from which numbers some reports came."""
        async with self._pool.acquire() as connection:
            await store.forget_callers(connection, reports)

    async def purge(self, now: datetime) -> int:
        """Forget the numbers behind cases that ended long enough ago; how many."""
        gone = 0
        while True:
            async with self._pool.acquire() as connection:
                some = await store.purge_callers(connection, now - KEPT, now - _COMES, limit=_AT_ONCE)
            gone += some
            if some < _AT_ONCE:
                return gone

    def _hashed(self, number: str) -> bytes:
        return blake2b(number.encode(), key=self._key, digest_size=32).digest()
