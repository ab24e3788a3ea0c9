"""Ids say what they are, and are made without rolling dice."""

import re
from datetime import date, datetime
from hashlib import blake2b, sha256
from typing import Final, NewType
from uuid import UUID

StreamId = NewType("StreamId", UUID)
"""One history in the ledger: a case, an account, an inbox. A UUIDv7, so that its month can be read from it."""

PersonId = NewType("PersonId", UUID)
"""A natural person's account. It is also the id of that person's stream in the ledger."""

CaseId = NewType("CaseId", UUID)
"""A matter in hand. It is also the id of the case's stream in the ledger."""

DeclarationHash = NewType("DeclarationHash", str)
"""SHA-256, in hex, of the canonical bytes of one declaration of a pack."""


class SentKey(UUID):
    """An idempotency key with a seal of what was sent with it.

    The seal is made with the key, which the city does not keep: nobody finds out by trying what was sent.

    >>> one, other = SentKey(UUID(int=1), b"yes"), SentKey(UUID(int=1), b"no")
    >>> one == other == UUID(int=1), one.seal == other.seal
    (True, False)
    """

    __slots__ = ("seal",)

    seal: bytes

    def __init__(self, key: UUID, sent: bytes) -> None:
        super().__init__(int=key.int)
        # A UUID refuses to be changed, also while it is made.
        object.__setattr__(self, "seal", blake2b(sent, key=key.bytes, digest_size=16).digest())


_NO_SIGN: Final = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """A name in the form of ids: small letters, digits and _; empty if it has none of them.

    >>> slug("Missed Trash/Recycling!"), slug("面馆")
    ('missed_trash_recycling', '')
    """
    return _NO_SIGN.sub("_", text.lower()).strip("_")


_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62


def derived_id(key: UUID, *, now: datetime, what: str) -> UUID:
    """A UUIDv7 for the thing `what` that the command with the idempotency key `key` creates.

    The first 48 bits are the millisecond of `now`, so a stream lies in the month in which it began;
    the rest is a hash of key and name, so two things of one command never share an id.

    Source: RFC 9562 §5.7.

    >>> from datetime import UTC
    >>> noon = datetime(2020, 9, 22, 12, tzinfo=UTC)
    >>> derived_id(UUID(int=1), now=noon, what="case").version
    7
    """
    milliseconds = int(now.timestamp() * 1000)
    digest = int.from_bytes(sha256(key.bytes + what.encode()).digest()[:10], "big")
    low = digest & ((1 << 62) - 1)
    middle = (digest >> 62) & 0xFFF
    return UUID(int=milliseconds << 80 | _VERSION_7 | middle << 64 | _VARIANT | low)


def began_ms(stream: UUID) -> int:
    """Milliseconds since 1970 at which a UUIDv7 stream began."""
    return stream.int >> 80


_NUMBER_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRTUWXY"
"""Signs of a receipt number: those that nobody mistakes for another on paper or on the telephone."""


def receipt_number(thing: UUID, received: date) -> str:
    """The number on the receipt: the day, and seven signs that follow from the id of what was received.

    >>> receipt_number(UUID(int=1), date(2020, 9, 22))
    '20200922-DJ4BTU8'
    """
    left = int.from_bytes(sha256(thing.bytes).digest()[:8], "big")
    signs: list[str] = []
    for _ in range(7):
        left, rest = divmod(left, len(_NUMBER_SIGNS))
        signs.append(_NUMBER_SIGNS[rest])
    return f"{received:%Y%m%d}-{''.join(signs)}"
