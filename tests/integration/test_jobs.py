"""Work that the city does by itself: killed half-way, run twice or left without its database, it is done once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

import pytest
from structlog.testing import capture_logs
from tests.ledgers import NOON, Box, House, house

from onecity.machinery.jobs import Job, Line, keep_working, run_once
from onecity.machinery.postgres import Address, connect

DUE: Final = tuple(uuid5(UUID(int=11), str(number)) for number in range(3))
"""What is due; the idempotency key of each follows from the thing itself."""

LOCK: Final = 7
PATIENCE_S: Final = 10.0
LOOK_S: Final = 0.02


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    async with house(owner, app, tmp_path) as found:
        yield found


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; it must within some seconds."""
    for _ in range(int(PATIENCE_S / LOOK_S)):
        if holds():
            return
        await asyncio.sleep(LOOK_S)
    raise AssertionError("it never came true")


async def boxes(city: House) -> int:
    """How many boxes were opened, by the city's own count."""
    async with city.ledger.readers.acquire() as connection:
        found: int = await connection.fetchval("select count(*) from boxes")
    return found


class Opener:
    """A job that opens a box for everything that is due; `after` is what happens when so many are done."""

    def __init__(self, city: House, after: Callable[[int], Awaitable[None]] | None = None) -> None:
        self._city = city
        self._after = after
        self.runs = 0

    async def __call__(self, _now: datetime) -> int:
        self.runs += 1
        for number, due in enumerate(DUE, 1):
            assert isinstance(await self._city.open(due, "林晓梅"), Box)
            if self._after is not None:
                await self._after(number)
        return len(DUE)


@asynccontextmanager
async def runner(city: House, jobs: Sequence[Job]) -> AsyncIterator["asyncio.Task[None]"]:
    """A process that works; what is left of it ends with the test."""
    stopping = asyncio.Event()
    task = asyncio.create_task(keep_working(city.app, Line(jobs, LOCK), lambda: NOON, stopping))
    yield task
    stopping.set()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_runner_killed_between_two_commands_has_done_each_of_them_once(city: House) -> None:
    reached = asyncio.Event()

    async def stuck(number: int) -> None:
        if number == 2:
            reached.set()
            await asyncio.Event().wait()

    async with runner(city, [Job("open", 0.01, Opener(city, stuck))]) as killed:
        await asyncio.wait_for(reached.wait(), PATIENCE_S)
        killed.cancel()
    assert await boxes(city) == 2
    again = Opener(city)
    async with runner(city, [Job("open", 0.01, again)]):
        await until(lambda: again.runs > 2)
    assert await boxes(city) == len(DUE)


async def test_two_runs_at_the_same_moment_do_everything_once(city: House) -> None:
    both = [Job("open", 1, Opener(city)), Job("open too", 1, Opener(city))]
    await asyncio.gather(*(run_once([job], NOON) for job in both))
    assert await boxes(city) == len(DUE)


async def test_one_process_works_at_a_time_and_the_next_takes_over(city: House) -> None:
    first, second = Opener(city), Opener(city)
    async with runner(city, [Job("open", 0.01, first)]):
        await until(lambda: first.runs > 0)
        async with runner(city, [Job("open", 0.01, second)]) as waiting:
            await until(lambda: first.runs > 2)
            assert second.runs == 0
            assert not waiting.done()
    async with runner(city, [Job("open", 0.01, second)]):
        await until(lambda: second.runs > 0)


async def test_a_runner_that_loses_the_database_waits_and_goes_on(city: House) -> None:
    job = Opener(city)
    async with runner(city, [Job("open", 0.01, job)]) as running:
        await until(lambda: job.runs > 0)
        admin = await connect(city.owner)
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 6104102"
        )
        await admin.close()
        before = job.runs
        await until(lambda: job.runs > before + 1)
        assert not running.done()


async def test_a_job_that_breaks_off_keeps_nobody_else_and_quotes_nobody(city: House) -> None:
    other = Opener(city)

    async def broken(_now: datetime) -> int:
        raise ValueError("林晓梅")

    with capture_logs() as lines:
        async with runner(city, [Job("broken", 0.01, broken), Job("open", 0.01, other)]):
            await until(lambda: other.runs > 1)
    told = [line for line in lines if line["event"] == "a job broke off"]
    assert {(line["job"], line["failure"]) for line in told} == {("broken", "ValueError")}
    assert "林晓梅" not in repr(lines)
