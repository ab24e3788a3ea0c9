"""Group commit: commands that wait together are written together, and each is whole or absent.

Two lanes take what waits, without a timer; after a failure of the database the pool connects anew.
See `docs/adr/0003-group-commit.md`.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.ledger import store
from onecity.ledger.facts import Stored
from onecity.ledger.projections import Row, waves
from onecity.machinery.postgres import is_down

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

MOST_COMMANDS: Final = 32
MOST_FACTS: Final = 256
"""A command with this many facts or more travels alone."""


class Written(msgspec.Struct, frozen=True):
    """A command ready to be written: its facts as bytes with their codes, and the rows that follow from them."""

    key: UUID
    answer: bytes
    facts: tuple[tuple[Stored, bytes], ...]
    rows: tuple[Row, ...]


class _Waiting(msgspec.Struct, eq=False):
    command: Written
    streams: frozenset[UUID]
    done: "asyncio.Future[bool]"


class Writer:
    """Takes commands and answers, when they are durable, whether they were written (True) or were stale (False)."""

    def __init__(self, pool: "Pool", *, lanes: int = 2) -> None:
        self._pool = pool
        self._free = lanes
        self._queue: deque[_Waiting] = deque()
        self._busy: set[asyncio.Task[None]] = set()

    async def write(self, command: Written) -> bool:
        """Write a command. False: a version or its key was taken, nothing of it is in."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        streams = frozenset(stored.stream for stored, _ in command.facts)
        self._queue.append(_Waiting(command, streams, done))
        self._wake()
        return await done

    async def close(self) -> None:
        """Let what is under way end."""
        while self._busy:
            await asyncio.gather(*self._busy, return_exceptions=True)

    def _wake(self) -> None:
        while self._free and self._queue:
            batch = self._take()
            self._free -= 1
            task = asyncio.create_task(self._commit(batch))
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    def _take(self) -> list[_Waiting]:
        """A fair share of what waits; two commands on one stream never travel together."""
        share = min(MOST_COMMANDS, -(-len(self._queue) // self._free))
        taken: list[_Waiting] = []
        left: deque[_Waiting] = deque()
        streams: set[UUID] = set()
        while self._queue and len(taken) < share:
            waiting = self._queue.popleft()
            large = len(waiting.command.facts) >= MOST_FACTS
            if streams & waiting.streams or (large and taken):
                left.append(waiting)
                continue
            taken.append(waiting)
            streams |= waiting.streams
            if large:
                break
        self._queue.extendleft(reversed(left))
        return taken

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            async with self._pool.acquire() as connection:
                stale = await _write_whole(connection, [waiting.command for waiting in batch])
        except Exception as failure:  # noqa: BLE001 - each waiting command learns of the failure, whatever it is
            for waiting in batch:
                if not waiting.done.done():
                    waiting.done.set_exception(failure)
        else:
            for number, waiting in enumerate(batch):
                if not waiting.done.done():
                    waiting.done.set_result(number not in stale)
        finally:
            # The queue is looked at again after the slot is given back, else a command could wait for ever.
            self._free += 1
            self._wake()


async def _write_whole(connection: "Connection", commands: Sequence[Written]) -> set[int]:
    """Write all commands but the stale ones, in one transaction; the numbers of the stale ones."""
    stale: set[int] = set()
    while len(stale) < len(commands):
        going = [number for number in range(len(commands)) if number not in stale]
        transaction = connection.transaction()
        await transaction.start()
        try:
            incomplete = await store.append(connection, _batch(commands, going))
            stale |= {one.command for one in incomplete}
            if any(one.written for one in incomplete):
                # A race of milliseconds let half a command in: all comes out, the others are sent again.
                await transaction.rollback()
                continue
            rows = [row for number in going if number not in stale for row in commands[number].rows]
            await store.project(connection, waves(rows))
        except BaseException as failure:
            if is_down(failure):
                connection.terminate()
            elif not connection.is_closed():
                await transaction.rollback()
            raise
        await transaction.commit()
        return stale
    return stale


def _batch(commands: Sequence[Written], going: Sequence[int]) -> store.Batch:
    batch = store.Batch()
    for number in going:
        command = commands[number]
        batch.answers.append((command.key, command.answer, number))
        firsts: set[UUID] = set()
        for stored, mac in command.facts:
            first = stored.stream not in firsts
            firsts.add(stored.stream)
            batch.facts.append((stored.stream, stored.version, stored.kind, stored.body, mac, number, first))
    return batch
