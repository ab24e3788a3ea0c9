"""Who asks together is answered together, each with their own answer, and a failure is told to all whom it concerns."""

import asyncio
from collections.abc import Sequence

import pytest

from onecity.ledger.looking import MOST, Together


class Desk:
    """Answers with twice the number, when it is let; remembers what came at once."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.open = asyncio.Event(), asyncio.Event()

    async def answer(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        self.begun.set()
        await self.open.wait()
        if -1 in asked:
            raise ValueError("minus one")
        return [2 * one for one in asked]


async def test_a_lone_question_goes_at_once() -> None:
    desk = Desk()
    desk.open.set()
    assert await Together(desk.answer).ask(4) == 8
    assert desk.batches == [[4]]


async def test_who_asks_while_others_are_answered_shares_the_next_statement() -> None:
    desk = Desk()
    together = Together(desk.answer, at_once=1)
    first = asyncio.create_task(together.ask(0))
    await desk.begun.wait()
    rest = [asyncio.create_task(together.ask(number)) for number in range(1, 2 * MOST)]
    await asyncio.sleep(0)
    desk.open.set()
    assert [await first, *(await asyncio.gather(*rest))] == [2 * number for number in range(2 * MOST)]
    assert [len(batch) for batch in desk.batches] == [1, MOST, MOST - 1]


async def test_a_failure_reaches_those_who_shared_the_statement_and_nobody_else() -> None:
    desk = Desk()
    together = Together(desk.answer, at_once=1)
    first = asyncio.create_task(together.ask(1))
    await desk.begun.wait()
    second, third = asyncio.create_task(together.ask(-1)), asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    desk.open.set()
    assert await first == 2
    for task in (second, third):
        with pytest.raises(ValueError, match="minus one"):
            await task
    assert await together.ask(5) == 10


async def test_whoever_gives_up_leaves_the_others_their_answers() -> None:
    desk = Desk()
    together = Together(desk.answer, at_once=1)
    first = asyncio.create_task(together.ask(1))
    await desk.begun.wait()
    gone, stays = asyncio.create_task(together.ask(2)), asyncio.create_task(together.ask(3))
    await asyncio.sleep(0)
    gone.cancel()
    desk.open.set()
    assert (await first, await stays) == (2, 6)


async def test_who_asks_again_straight_after_an_answer_is_answered_whoever_else_just_finished() -> None:
    async def answer(asked: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        return list(asked)

    together = Together(answer, at_once=2)

    async def asks_twice(number: int) -> int:
        await together.ask(number)
        return await together.ask(number + 10)

    for _ in range(50):
        found = await asyncio.wait_for(asyncio.gather(*(asks_twice(number) for number in range(3))), 2)
        assert found == [10, 11, 12]


async def test_too_few_answers_fail_and_hang_nobody() -> None:
    async def answer(_asked: Sequence[int]) -> list[int]:
        return []

    together = Together(answer)
    async with asyncio.timeout(5):
        with pytest.raises(ValueError, match="shorter"):
            await together.ask(1)
