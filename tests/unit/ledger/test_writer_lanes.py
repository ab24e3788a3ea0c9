"""Who waits for whom at the lanes of the writer, without a database: few for a batch under way, nobody for long."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from onecity.ledger import writer as lanes
from onecity.ledger.facts import Stored
from onecity.ledger.writer import FEW, MOST_FACTS, Writer, Written
from onecity.machinery.postgres import Address


def command(facts: int = 1) -> Written:
    stream = uuid4()
    return Written(uuid4(), b"", tuple((Stored(stream, 1 + one, "k/1", b""), b"") for one in range(facts)), ())


class Slow:
    """Batches are back when they are let."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.open = asyncio.Event()

    async def write(self, _lane: object, batch: Sequence[Any]) -> set[int]:
        self.sizes.append(len(batch))
        if len(self.sizes) == 1:
            await self.open.wait()
        return set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    found = Slow()
    monkeypatch.setattr(lanes, "_write", found.write)
    return found


def sent(writer: Writer, *commands: Written) -> list[asyncio.Task[bool]]:
    return [asyncio.create_task(writer.write(one)) for one in commands]


def nowhere() -> Writer:
    return Writer(Address(""), lanes=2)


async def test_few_wait_for_the_batch_before_them_and_leave_together(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_S", 60)
    writer = nowhere()
    under_way = sent(writer, command())
    await asyncio.sleep(0)
    waiting = sent(writer, *(command() for _ in range(FEW - 1)))
    await asyncio.sleep(0.05)
    assert slow.sizes == [1]
    slow.open.set()
    assert await asyncio.gather(*under_way, *waiting) == [True] * FEW
    assert slow.sizes == [1, FEW - 1]
    await writer.close()


async def test_enough_of_them_take_the_other_lane_at_once(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_S", 60)
    writer = nowhere()
    under_way = sent(writer, command())
    await asyncio.sleep(0)
    assert await asyncio.gather(*sent(writer, *(command() for _ in range(FEW)))) == [True] * FEW
    slow.open.set()
    assert await under_way[0]
    await writer.close()


async def test_nobody_waits_for_a_batch_that_does_not_come_back(slow: Slow) -> None:
    writer = nowhere()
    stuck = sent(writer, command())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*sent(writer, command(), command())) == [True, True]
    assert not stuck[0].done()
    slow.open.set()
    assert await stuck[0]
    await writer.close()


async def test_nobody_waits_for_a_large_command(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_S", 60)
    writer = nowhere()
    large, small = sent(writer, command(MOST_FACTS), command())
    async with asyncio.timeout(5):
        assert await small
    assert not large.done()
    slow.open.set()
    assert await large
    await writer.close()
