"""Sealed facts leave the house in the order of their positions, each once, to a sink that others read from.

There is no table of what waits: the sealed ledger is the outbox, and the cursor says how much of it has left.
See `docs/adr/0063-let-the-sealed-ledger-be-the-outbox.md` and `docs/operate/outbox.md`.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from onecity.kernel.errors import CityError
from onecity.ledger.facts import Stored


class Leaving(msgspec.Struct, frozen=True):
    """A fact on its way out: its position, its leaf, and its bytes as they are sealed."""

    position: int
    leaf: bytes
    stored: Stored


class Last(msgspec.Struct, frozen=True):
    """The last fact that a sink holds."""

    position: int
    leaf: bytes


class Holds(msgspec.Struct, frozen=True):
    """What a sink holds: its last fact; or nothing, and then whether it never `held` any."""

    last: Last | None
    held: bool


class Way(Protocol):
    """An open way into a sink."""

    async def holds(self) -> Holds:
        """What the sink holds at this moment. Raises SinkFailure."""

    async def take(self, facts: Sequence[Leaving]) -> None:
        """Hand facts over in their order; the sink holds them all for good when this returns.

        Raises SinkFailure; then it may hold some of the first ones, and never one without those before it.
        """


class Sink(Protocol):
    """Where facts leave to. `name` says so without a secret."""

    @property
    def name(self) -> str: ...

    def open(self) -> AbstractAsyncContextManager[Way]:
        """The way into the sink, as long as somebody needs it. Raises SinkFailure."""


class SinkFailure(CityError):
    """A sink did not take facts; they wait."""


class SinkAway(SinkFailure):
    """A sink does not answer."""


class SinkDeclines(SinkFailure):
    """A sink answers, and does not take what it is handed."""


class OtherHistory(SinkFailure):
    """A sink holds what this city never sealed, so nothing may follow it there."""
