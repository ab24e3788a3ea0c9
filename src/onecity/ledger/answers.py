"""What a command was answered, as it is kept, and whether a repeat of its key is a repeat of the command.

See `docs/adr/0033-refuse-a-key-that-comes-back-with-another-command.md`.
"""

from typing import Final
from uuid import UUID

from onecity.kernel.ids import SentKey
from onecity.kernel.refusal import Reason, Refused

_BETWEEN: Final = b"\n"
"""Stands between an answer and the seal of what was sent: JSON as the house writes it holds no line break."""


class Repeat(Reason):
    """Why a repeat is none."""

    OTHERWISE = "ledger.key_used_otherwise"


def kept(answer: bytes, key: UUID) -> bytes:
    """An answer as it is kept: beside it, where the key brings it, the seal of what was sent with it."""
    return answer + _BETWEEN + key.seal if isinstance(key, SentKey) else answer


def told(found: bytes, key: UUID) -> bytes | Refused:
    """The first answer to a key, or the refusal if both times something else was sent with it."""
    answer, _, seal = found.partition(_BETWEEN)
    if seal and isinstance(key, SentKey) and seal != key.seal:
        return Refused(Repeat.OTHERWISE)
    return answer
