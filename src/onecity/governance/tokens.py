"""The link by which somebody follows a report without an account: whoever has it sees this report and nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from hmac import compare_digest
from uuid import UUID

_SIZE = 12
"""Bytes of the seal: nobody finds one by trying."""


def token_of(report: UUID, secret: bytes) -> str:
    """The word of a link; it follows from the report and a secret, so that nothing need be kept.

    >>> report_behind(token_of(UUID(int=7), b"s"), b"s") == UUID(int=7)
    True
    """
    sealed = blake2b(report.bytes, key=secret, digest_size=_SIZE).digest()
    return urlsafe_b64encode(report.bytes + sealed).decode().rstrip("=")


def report_behind(token: str, secret: bytes) -> UUID | None:
    """The report of a link; None if the link is not one of ours.

    >>> report_behind(token_of(UUID(int=7), b"s"), b"t") is None, report_behind("no token", b"s") is None
    (True, True)
    """
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Error, ValueError):
        return None
    if len(raw) != 16 + _SIZE:
        return None
    report = UUID(bytes=raw[:16])
    return report if compare_digest(raw[16:], blake2b(report.bytes, key=secret, digest_size=_SIZE).digest()) else None
