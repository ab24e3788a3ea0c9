"""Looking things up together: who asks while others are being answered shares the next statement.

No timer: a lone question goes at once. See `docs/adr/0030-answer-together-who-asks-together.md`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")

MOST: Final = 64
"""Questions that share a statement; more would make the first wait for the last."""


class Together(Generic[Asked, Told]):
    """Answers questions in the order in which they came, many with one statement, on a few connections at a time."""

    def __init__(self, answer: Callable[[Sequence[Asked]], Awaitable[Sequence[Told]]], *, at_once: int = 2) -> None:
        self._answer = answer
        self._at_once = at_once
        self._waiting: list[tuple[Asked, asyncio.Future[Told]]] = []
        self._busy: set[asyncio.Task[None]] = set()

    async def ask(self, what: Asked) -> Told:
        """The answer, or the failure that kept it from being found."""
        done: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((what, done))
        if len(self._busy) < self._at_once:
            self._busy.add(asyncio.create_task(self._go_on()))
        return await done

    async def _go_on(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._tell(batch)
        finally:
            # Here and not in a callback: that would run after those whom the last answer woke, and a question of
            # theirs would find everybody busy and nobody who comes back to it.
            task = asyncio.current_task()
            assert task is not None, "questions are answered by tasks"
            self._busy.discard(task)

    async def _tell(self, batch: "Sequence[tuple[Asked, asyncio.Future[Told]]]") -> None:
        try:
            answers = await self._answer([what for what, _ in batch])
            told = list(zip(batch, answers, strict=True))
        except Exception as failure:  # noqa: BLE001 - whoever asked learns of the failure, whatever it is
            for _, done in batch:
                if not done.done():
                    done.set_exception(failure)
        else:
            for (_, done), answer in told:
                if not done.done():
                    done.set_result(answer)
