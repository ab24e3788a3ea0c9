"""The port through which a message about a letter leaves the house, and what answers it."""

from collections.abc import Set
from typing import Protocol, TypeAlias

import msgspec

from onecity.notices.facts import PostChannel


class Sent(msgspec.Struct, frozen=True):
    """The next house on the way has taken it."""


class Failed(msgspec.Struct, frozen=True):
    """It was not taken. `for_good` means that there is no such address, so that trying again is of no use."""

    for_good: bool = False


Handed: TypeAlias = Sent | Failed


class Post(Protocol):
    """Whoever carries messages. `simulated` is shown wherever a delivery is."""

    @property
    def channels(self) -> Set[PostChannel]: ...

    @property
    def simulated(self) -> bool: ...

    async def send(self, channel: PostChannel, to: str, text: str) -> Handed:
        """Hand over a message. The first line of an e-mail is its subject as well."""
        ...


__all__ = ["Failed", "Handed", "Post", "Sent"]
