"""Words that only this city can have written: the link of a report, and what a form brings back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from hmac import compare_digest
from uuid import UUID

_SIZE = 12
"""Bytes of the seal: nobody finds one by trying."""
_LINK = b""
"""What the word of a link is, among all that is sealed with the same secret."""


def sealed(content: bytes, secret: bytes, *, what: bytes) -> str:
    """A word that everybody can read and nobody else can write. `what` it is, in 16 bytes at most, is sealed with it.

    >>> unsealed(sealed(b"seven", b"s", what=b"number"), b"s", what=b"number")
    b'seven'
    """
    return urlsafe_b64encode(content + _seal(content, secret, what)).decode().rstrip("=")


def unsealed(token: str, secret: bytes, *, what: bytes) -> bytes | None:
    """What was sealed; None if it is not a word of ours, or one of something else.

    >>> word = sealed(b"seven", b"s", what=b"number")
    >>> unsealed(word, b"t", what=b"number"), unsealed(word, b"s", what=b"name")
    (None, None)
    >>> [unsealed(one, b"s", what=b"number") for one in ("", "no word", "天", word[:-1])]
    [None, None, None, None]
    """
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Error, ValueError):
        return None
    content = raw[:-_SIZE]
    return content if compare_digest(raw[-_SIZE:], _seal(content, secret, what)) else None


def token_of(report: UUID, secret: bytes) -> str:
    """The word of a link; it follows from the report and a secret, so that nothing need be kept.

    Whoever has it sees this report and nothing else.

    >>> report_behind(token_of(UUID(int=7), b"s"), b"s") == UUID(int=7)
    True
    """
    return sealed(report.bytes, secret, what=_LINK)


def report_behind(token: str, secret: bytes) -> UUID | None:
    """The report of a link; None if the link is not one of ours.

    >>> report_behind(token_of(UUID(int=7), b"s"), b"t") is None, report_behind("no token", b"s") is None
    (True, True)
    """
    found = unsealed(token, secret, what=_LINK)
    return UUID(bytes=found) if found is not None and len(found) == len(UUID(int=0).bytes) else None


def _seal(content: bytes, secret: bytes, what: bytes) -> bytes:
    return blake2b(content, key=secret, digest_size=_SIZE, person=what).digest()
