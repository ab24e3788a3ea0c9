"""Group commit: commands that wait together are written together, and each is whole or absent.

Two lanes take what waits, each on a connection of its own, and few wait for a batch under way; after a failure of the
database they connect anew. See `docs/adr/0003-group-commit.md`, `docs/adr/0013-let-a-batch-travel-as-one-statement.md`
and `docs/adr/0031-let-few-wait-for-a-batch-under-way.md`.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec
import structlog
from prometheus_client import Counter, Gauge, Histogram

from onecity.ledger import store
from onecity.ledger.facts import Stored
from onecity.ledger.projections import Row, Wave, parted, waves
from onecity.machinery.postgres import Address, Doubts, is_down, open_lane
from onecity.machinery.tracing import Cause, begin, cause, note_written

if TYPE_CHECKING:
    from asyncpg import Connection

_LOG: Final = structlog.get_logger("onecity.ledger")
LANES: Final = 2
MOST_COMMANDS: Final = 32
MOST_FACTS: Final = 256
"""A command with this many facts or more travels alone."""
FEW: Final = 8
"""Fewer commands than this wait for a batch that is under way: together they cost less than in two batches."""
PATIENCE_S: Final = 0.02
"""But no longer than this: a batch that is not back by then may wait for a lock, and nobody else shall."""

_HISTORIES: Final = 8_192
"""Histories of which a writer remembers the version that it wrote last: commands that raced ask within seconds."""

_SHAPES: Final = 128
"""Shapes of batches that a lane remembers. Preparing a statement costs more than writing step by step once."""

COMMANDS: Final = Counter("onecity_ledger_commands", "Commands that came to the writer, by how they ended", ["end"])
WRITTEN, STALE, FAILED = (COMMANDS.labels(end) for end in ("written", "stale", "failed"))
FACTS: Final = Counter("onecity_ledger_facts", "Facts that were written")
BATCH_SECONDS: Final = Histogram("onecity_ledger_batch_seconds", "Time until a batch of commands was durable")
BATCH_COMMANDS: Final = Histogram(
    "onecity_ledger_batch_commands", "Commands that travelled in one batch", buckets=(1, 2, 4, 8, 16, MOST_COMMANDS)
)
WAITING: Final = Gauge("onecity_ledger_waiting", "Commands that wait for a batch")


class Written(msgspec.Struct, frozen=True):
    """A command ready to be written: its facts as bytes with their codes, and the rows that follow from them."""

    key: UUID
    answer: bytes
    facts: tuple[tuple[Stored, bytes], ...]
    rows: tuple[Row, ...]


class _Waiting(msgspec.Struct, eq=False):
    part: store.Part
    rows: tuple[Row, ...]
    done: "asyncio.Future[bool]"
    cause: Cause | None


class _Asked(msgspec.Struct, eq=False):
    key: UUID
    done: "asyncio.Future[bytes | None]"


class _Lane:
    """A connection that is kept, and made anew when the database was away."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: Connection | None = None
        self._shapes: OrderedDict[store.Shape, None] = OrderedDict()

    async def connection(self) -> "Connection":
        """Raises Unavailable while the database is away."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await open_lane(self._address)
        return self._connection

    def give_up(self, failure: BaseException) -> None:
        """Drop the connection if a failure says that nothing can come of it."""
        if self._connection is not None and is_down(failure):
            self._connection.terminate()

    def has_seen(self, shape: store.Shape) -> bool:
        """Whether a batch of this shape came before, not long ago; from now on it has."""
        seen = shape in self._shapes
        self._shapes[shape] = None
        self._shapes.move_to_end(shape)
        if len(self._shapes) > _SHAPES:
            self._shapes.popitem(last=False)
        return seen

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


class _Reached:
    """The versions that were written here lately: what is behind them is stale, and the database need not be asked.

    That a history is not known says nothing.
    """

    def __init__(self) -> None:
        self._versions: OrderedDict[UUID, int] = OrderedDict()

    def passed(self, part: store.Part) -> bool:
        """Whether one of the command's histories has moved on."""
        return any(self._versions.get(stream, 0) >= first for stream, first in part.firsts.items())

    def note(self, part: store.Part) -> None:
        """A command was written. Lanes come back in any order, so an older version may be told later."""
        last = {stored.stream: stored.version for stored, _ in part.facts}
        for stream, version in last.items():
            self._versions[stream] = max(version, self._versions.pop(stream, 0))
        while len(self._versions) > _HISTORIES:
            self._versions.popitem(last=False)


class Writer:
    """Takes commands and answers, when they are durable, whether they were written (True) or were stale (False)."""

    def __init__(self, address: Address, *, lanes: int = LANES) -> None:
        self._reached = _Reached()
        self._named, self._batches = uuid4().hex[:8], 0
        self._free = [_Lane(address) for _ in range(lanes)]
        self._lanes, self._large = lanes, 0
        self._left_at = 0.0
        self._looks_again: asyncio.TimerHandle | None = None
        self._looking = _Lane(address)
        self._queue: deque[_Waiting] = deque()
        self._asked: list[_Asked] = []
        self._busy: set[asyncio.Task[None]] = set()
        self._look: asyncio.Task[None] | None = None

    async def first_answer(self, key: UUID) -> bytes | None:
        """The answer that a command with this key got, if one was written. Who asks meanwhile shares the next look."""
        asked = _Asked(key, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        if self._look is None:
            self._look = asyncio.create_task(self._look_up())
        return await asked.done

    async def write(self, command: Written, *, again: bool = False) -> bool:
        """Write a command. False: a version or its key was taken, nothing of it is in.

        `again`: it was decided anew, so only the database can say that it is stale; it may know less than it did.
        """
        part = store.Part(command.facts, _firsts(command.facts), command.key, command.answer)
        if not again and self._reached.passed(part):
            STALE.inc()
            return False
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(part, command.rows, done, cause()))
        WAITING.inc()
        self._wake()
        return await done

    async def close(self) -> None:
        """Let what is under way end."""
        if self._looks_again is not None:
            self._looks_again.cancel()
        while self._busy or self._look is not None:
            await asyncio.gather(*self._busy, *([self._look] if self._look else []), return_exceptions=True)
        for lane in (*self._free, self._looking):
            await lane.close()

    async def _look_up(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                await self._tell(asked)
        finally:
            self._look = None

    async def _tell(self, asked: list[_Asked]) -> None:
        try:
            connection = await self._looking.connection()
            found = await store.answers(connection, [one.key for one in asked])
            if found:
                await store.settle(connection)
        except Exception as failure:  # noqa: BLE001 - whoever asked learns of the failure, whatever it is
            self._looking.give_up(failure)
            _fail(asked, failure)
        else:
            for one in asked:
                if not one.done.done():
                    one.done.set_result(found.get(one.key))

    def _wake(self) -> None:
        while self._free and self._queue and not self._better_together():
            batch = self._take()
            self._large += _is_large(batch[0])
            self._left_at = time.monotonic()
            task = asyncio.create_task(self._commit(batch, self._free.pop()))
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    def _better_together(self) -> bool:
        """Whether what waits is few, and a batch comes back soon; one with a large command does not."""
        if len(self._free) == self._lanes or self._large or len(self._queue) >= FEW:
            return False
        left = self._left_at + PATIENCE_S - time.monotonic()
        if left > 0 and self._looks_again is None:
            self._looks_again = asyncio.get_running_loop().call_later(left, self._look_again)
        return left > 0

    def _look_again(self) -> None:
        self._looks_again = None
        self._wake()

    def _take(self) -> list[_Waiting]:
        """A fair share of what waits; two commands on one stream never travel together."""
        share = min(MOST_COMMANDS, max(FEW, -(-len(self._queue) // len(self._free))))
        taken: list[_Waiting] = []
        left: deque[_Waiting] = deque()
        streams: set[UUID] = set()
        while self._queue and len(taken) < share:
            waiting = self._queue.popleft()
            large = _is_large(waiting)
            if not streams.isdisjoint(waiting.part.firsts) or (large and taken):
                left.append(waiting)
                continue
            taken.append(waiting)
            streams.update(waiting.part.firsts)
            if large:
                break
        self._queue.extendleft(reversed(left))
        WAITING.dec(len(taken))
        BATCH_COMMANDS.observe(len(taken))
        return taken

    async def _commit(self, batch: list[_Waiting], lane: _Lane) -> None:
        began = time.perf_counter()
        try:
            stale = await _write(lane, batch)
        except Exception as failure:  # noqa: BLE001 - each waiting command learns of the failure, whatever it is
            FAILED.inc(len(batch))
            lane.give_up(failure)
            _fail(batch, failure)
        else:
            seconds = time.perf_counter() - began
            BATCH_SECONDS.observe(seconds)
            _count(batch, stale)
            self._tell_causes(batch, stale, seconds)
            for number, waiting in enumerate(batch):
                if number not in stale:
                    self._reached.note(waiting.part)
                if not waiting.done.done():
                    waiting.done.set_result(number not in stale)
        finally:
            # The queue is looked at again after the lane is given back, else a command could wait for ever.
            self._large -= _is_large(batch[0])
            self._free.append(lane)
            self._wake()

    def _tell_causes(self, batch: Sequence[_Waiting], stale: set[int], seconds: float) -> None:
        """Name the batch, if anything of it follows from a request: in the log, and to each of them."""
        caused = [
            (one, one.cause) for number, one in enumerate(batch)
            if one.cause is not None and one.cause.requests and number not in stale
        ]  # fmt: skip
        if not caused:
            return
        self._batches += 1
        name = f"{self._named}-{self._batches}"
        requests = sorted({request for _, why in caused for request in why.requests})
        jobs = sorted({why.job for _, why in caused if why.job})
        told = {"requests": requests, "commands": len(batch), "stale": len(stale)} | ({"jobs": jobs} if jobs else {})
        _LOG.info("batch", id=name, **told, ms=round(seconds * 1000, 1))
        for one, why in caused:
            span = begin("batch", why.parent, ago_s=seconds) if why.parent else None
            note_written(one.part.firsts, why, name, span.parent if span else "")
            if span is not None:
                span.end({"onecity.batch": name, "onecity.commands": len(batch)})


def _is_large(waiting: _Waiting) -> bool:
    """Whether a command travels alone."""
    return len(waiting.part.facts) >= MOST_FACTS


def _count(batch: Sequence[_Waiting], stale: set[int]) -> None:
    STALE.inc(len(stale))
    WRITTEN.inc(len(batch) - len(stale))
    FACTS.inc(sum(len(one.part.facts) for number, one in enumerate(batch) if number not in stale))


def _fail(waiting: Iterable[_Waiting | _Asked], failure: Exception) -> None:
    for one in waiting:
        if not one.done.done():
            one.done.set_exception(failure)


async def _write(lane: _Lane, commands: Sequence[_Waiting]) -> set[int]:
    """Write all commands but the stale ones, in one statement as far as that can be; the numbers of the stale ones.

    A commit whose wait for the standby somebody broke off is answered only when the standby has it after all. Raises
    Unavailable if that wait is broken off too: whoever asks again with the same key waits again.
    """
    connection = await lane.connection()
    with Doubts(connection) as doubts:
        stale = await _tried(connection, lane, commands)
    if doubts.any:
        await store.settle(connection)
    return stale


async def _tried(connection: "Connection", lane: _Lane, commands: Sequence[_Waiting]) -> set[int]:
    stale: set[int] = set()
    while len(stale) < len(commands):
        going = [number for number in range(len(commands)) if number not in stale]
        batch, todo = _batch(commands, going), waves(row for number in going for row in commands[number].rows)
        first, rest = parted(todo)
        if not lane.has_seen(store.shape_of(batch, first)):
            break
        try:
            await _write_together(connection, batch, first, rest)
        except asyncpg.PostgresError as failure:
            if is_down(failure):
                raise
            # Nothing is in. If nobody is stale, a race was lost or a statement is at fault: step by step tells which.
            found = store.stale(failure)
            if not found:
                break
            stale |= found
        else:
            return stale
    return await _write_stepwise(connection, commands, stale)


async def _write_together(
    connection: "Connection", batch: store.Batch, first: Sequence[Wave], rest: Sequence[Wave]
) -> None:
    if not rest:
        await store.append_at_once(connection, batch, first)
        return
    async with connection.transaction():
        await store.append_at_once(connection, batch, first)
        await store.project(connection, rest)


async def _write_stepwise(connection: "Connection", commands: Sequence[_Waiting], stale: set[int]) -> set[int]:
    """Write statement after statement in one transaction; rows of one key take effect one after another."""
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
            rows = (row for number in going if number not in stale for row in commands[number].rows)
            await store.project(connection, waves(rows))
        except BaseException as failure:
            if not (is_down(failure) or connection.is_closed()):
                await transaction.rollback()
            raise
        await transaction.commit()
        return stale
    return stale


def _batch(commands: Sequence[_Waiting], going: Sequence[int]) -> store.Batch:
    return store.Batch({number: commands[number].part for number in going})


def _firsts(facts: Sequence[tuple[Stored, bytes]]) -> dict[UUID, int]:
    """The first version of each history. Facts of one history come together, so most need no second look."""
    firsts: dict[UUID, int] = {}
    last: UUID | None = None
    for stored, _ in facts:
        if stored.stream is not last:
            last = stored.stream
            firsts.setdefault(last, stored.version)
    return firsts
