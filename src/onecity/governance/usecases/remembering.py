"""What is computed once for everybody who asks, and told again while it holds."""

from asyncio import Lock
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import Generic, TypeVar

_Told = TypeVar("_Told")


class Remembered(Generic[_Told]):
    """An answer that is the same for everybody. It is computed anew when `state` tells another one than before.

    It lies in the memory of the process; whoever asks while it is computed waits for the same one. One that failed is
    not kept.
    """

    def __init__(
        self, state: Callable[[datetime], Awaitable[Hashable]], compute: Callable[[datetime], Awaitable[_Told]]
    ) -> None:
        self._state, self._compute = state, compute
        self._computing = Lock()
        self._kept: tuple[Hashable, _Told] | None = None

    async def told(self, *, at: datetime) -> _Told:
        """The answer as it holds at an instant."""
        async with self._computing:
            state = await self._state(at)
            if self._kept is None or self._kept[0] != state:
                self._kept = state, await self._compute(at)
            return self._kept[1]
