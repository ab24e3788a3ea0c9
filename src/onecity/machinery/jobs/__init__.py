"""Work that the city does by itself: each job looks for what is due and does it, one process at a time.

A job keeps no list of its own. It asks the city's tables what is due and sends commands whose idempotency keys follow
from the thing that is due, so a job that was killed half-way, or ran twice, has done everything once.
See `docs/adr/0011-jobs-without-a-queue.md`.
"""

import asyncio
import fcntl
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import structlog
from prometheus_client import Counter, Gauge, Histogram

from onecity.machinery.jobs import store
from onecity.machinery.postgres import alone, connect, is_down, still_there

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

    from onecity.machinery.postgres import Address

T = TypeVar("T")

_LOG: Final = structlog.get_logger("onecity.jobs")
DONE: Final = Counter("onecity_jobs_done", "Things that jobs did", ["job_name"])
BROKEN_OFF: Final = Counter("onecity_jobs_failed", "Runs of jobs that broke off", ["job_name"])
# Prometheus gives each series a label `job` of its own, so ours is another.
SECONDS: Final = Histogram(
    "onecity_job_seconds", "Time of a run of a job, however it ended", ["job_name"], buckets=(0.01, 0.1, 1, 10, 60, 600)
)
SUCCEEDED: Final = Gauge("onecity_job_success_timestamp_seconds", "When a job last went through", ["job_name"])
EVERY: Final = Gauge("onecity_job_every_seconds", "How often a job runs", ["job_name"])
IN_A_ROW: Final = Gauge("onecity_job_failures_in_a_row", "Breaks of a job since it went through", ["job_name"])
_LOOK_S: Final = 0.25
_TOLD_S: Final = 30.0
"""A job that goes through each time says so this often; the first break and the end of all breaks it says at once."""


class Job(msgspec.Struct, frozen=True):
    """Something that is looked at every so many seconds. `run` gets the instant and tells how much it did."""

    name: str
    every_s: float
    run: Callable[[datetime], Awaitable[int]]


class Line(msgspec.Struct, frozen=True):
    """Jobs that are done one after another, in whichever process holds the `lock`; other lines do not wait for them.

    A number is a lock of the database, one for all machines; a path is a file, one lock for each machine.
    One that `looks` may be broken off when the city stops: it changes nothing, or finds again how far it came.
    """

    jobs: Sequence[Job]
    lock: int | Path
    looks: bool = False

    @property
    def number(self) -> int:
        """Under what its runs are kept; lines of each machine share a number, and the last that ran is told of."""
        return self.lock if isinstance(self.lock, int) else 0


async def run_once(jobs: Sequence[Job], now: datetime) -> dict[str, int]:
    """Run every job one time; what each did. Raises what a job raises."""
    return {job.name: await job.run(now) for job in jobs}


async def each_due(
    readers: "Pool", found: "Callable[[Connection, T | None], Awaitable[Sequence[T]]]",
    do: Callable[[T], Awaitable[bool]], *, abreast: int = 1,
) -> int:  # fmt: skip
    """Do something for all that is due, page by page, so many `abreast`; how often it was done.

    `found` gives what comes after another, and nothing when there is no more. What breaks keeps nothing else from its
    turn; it is raised at the end, so that somebody hears of it.
    """
    done, after, broken = 0, None, list[Exception]()
    while True:
        async with readers.acquire() as connection:
            page = await found(connection, after)
        if not page:
            break
        for first in range(0, len(page), abreast):
            ends = await asyncio.gather(*map(do, page[first : first + abreast]), return_exceptions=True)
            done += sum(one for one in ends if not isinstance(one, BaseException))
            broken += [one for one in ends if isinstance(one, Exception)]
        after = page[-1]
    if broken:
        raise ExceptionGroup("things that a job could not do", broken)
    return done


async def keep_working(address: "Address", line: Line, clock: Callable[[], datetime], stopping: asyncio.Event) -> None:
    """Run the jobs of a line until `stopping`; when the database goes away, wait for it."""
    while not stopping.is_set():
        try:
            connection = await connect(address)
            try:
                with _locks(connection, line.lock) as lock:
                    await _work(connection, line, lock, clock, stopping)
            finally:
                await connection.close(timeout=_LOOK_S)
        except Exception as failure:
            if not (is_down(failure) or is_down(failure.__cause__ or failure)):
                raise
            _LOG.warning("jobs wait for the database", failure=type(failure).__name__)
            await _pause(stopping)


@contextmanager
def _locks(connection: "Connection", lock: int | Path) -> "Iterator[Callable[[], Awaitable[bool]]]":
    """What asks for a line's lock; it ends with the connection, or with the file."""
    if isinstance(lock, int):
        yield partial(alone, connection, lock)
        return
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock.open("a", encoding="ascii") as file:

        async def locked() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield locked


async def _work(
    connection: "Connection", line: Line, lock: Callable[[], Awaitable[bool]], clock: Callable[[], datetime],
    stopping: asyncio.Event,
) -> None:  # fmt: skip
    while not await lock():
        if await _pause(stopping):
            return
    await store.begin(connection, line.number, [(job.name, job.every_s) for job in line.jobs])
    due, told = {job.name: 0.0 for job in line.jobs}, dict[str, float]()
    while not await _pause(stopping):
        # The lock goes with its connection: without this look two processes could believe that they hold it.
        await still_there(connection)
        for job in line.jobs:
            if time.monotonic() >= due[job.name]:
                await _ran(connection, job, clock(), told)
                due[job.name] = time.monotonic() + job.every_s


async def _ran(connection: "Connection", job: Job, now: datetime, told: dict[str, float]) -> None:
    """One run; a job that breaks off is told about and tried again at its next time, and keeps nobody else.

    `told` is until when it need not be told that a job goes through.
    """
    began = time.monotonic()
    try:
        done = await job.run(now)
    except Exception as failure:  # noqa: BLE001 - the edge of a job; the others go on
        kind = type(failure).__name__
        BROKEN_OFF.labels(job.name).inc()
        _LOG.error("a job broke off", job=job.name, failure=kind)
        told.pop(job.name, None)
        await store.broke_off(connection, job.name, kind, now)
    else:
        DONE.labels(job.name).inc(done)
        if began >= told.get(job.name, began):
            told[job.name] = began + _TOLD_S
            await store.went_through(connection, job.name, now)
    SECONDS.labels(job.name).observe(time.monotonic() - began)


async def _pause(stopping: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(stopping.wait(), _LOOK_S)
    except TimeoutError:
        return False
    return True
