"""Whoever follows the ledger sees every sealed fact of its kinds once, in its order, whoever else follows or dies."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from tests.ledgers import Added, Box, House, Opened, house

from onecity.kernel.errors import Unavailable
from onecity.ledger import Placed, follow, stretch
from onecity.machinery.postgres import Address, connect

if TYPE_CHECKING:
    from asyncpg import Connection


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    async with house(owner, app, tmp_path) as found:
        yield found


class Notebook:
    """A handler that writes down what it sees, in the transaction of the cursor; `before` may break off."""

    def __init__(self, breaks: int = 0) -> None:
        self.breaks = breaks

    async def __call__(self, connection: "Connection", placed: Sequence[Placed]) -> None:
        for one in placed:
            await connection.execute(
                "insert into projections.counts values ($1, 1) on conflict (what) do update set n = counts.n + 1",
                f"seen {one.position}",
            )
        if self.breaks:
            self.breaks -= 1
            raise RuntimeError


async def seen(city: House) -> dict[str, int]:
    async with city.ledger.readers.acquire() as connection:
        rows = await connection.fetch("select what, n from counts where what like 'seen %'")
    return {row["what"]: row["n"] for row in rows}


async def filled(city: House, boxes: int) -> None:
    for _ in range(boxes):
        assert isinstance(await city.open(uuid4(), "林晓梅", (1, 2)), Box)
    await city.sealer.seal()


async def step(city: House, handle: Notebook, name: str = "test.follower", begins: int | None = 0) -> int:
    return await follow(city.ledger.readers, city.book, name, (Added,), handle, begins=begins)


async def test_a_follower_sees_each_fact_of_its_kinds_once_and_nothing_that_is_not_sealed(city: House) -> None:
    handle = Notebook()
    await filled(city, 2)
    await city.open(uuid4(), "林晓梅", (7,))
    assert await step(city, handle) == 6
    assert await step(city, handle) == 0
    assert await seen(city) == {f"seen {position}": 1 for position in (1, 2, 4, 5)}
    await city.sealer.seal()
    assert await step(city, handle) == 2
    assert (await seen(city))["seen 7"] == 1


async def test_a_handler_that_breaks_off_has_seen_nothing_and_sees_it_again(city: House) -> None:
    await filled(city, 2)
    handle = Notebook(breaks=1)
    with pytest.raises(RuntimeError):
        await step(city, handle)
    assert await seen(city) == {}
    assert await step(city, handle) == 6
    assert set((await seen(city)).values()) == {1}


async def test_two_who_follow_under_one_name_share_the_facts_and_each_is_seen_once(city: House) -> None:
    await filled(city, 5)
    handle = Notebook()
    await step(city, handle)
    for _ in range(4):
        await filled(city, 3)
        await asyncio.gather(*(step(city, handle) for _ in range(3)))
    while await step(city, handle):
        pass
    found = await seen(city)
    assert len(found) == 2 * (5 + 4 * 3)
    assert set(found.values()) == {1}


async def test_a_new_follower_may_begin_with_what_is_sealed_next(city: House) -> None:
    await filled(city, 1)
    handle = Notebook()
    assert await step(city, handle, "test.late", None) == 0
    await filled(city, 1)
    assert await step(city, handle, "test.late", None) == 3
    assert await seen(city) == {"seen 4": 1, "seen 5": 1}


async def test_while_nobody_wants_to_hear_nothing_is_read_and_from_then_on_all_is(city: House) -> None:
    handle, asked = Notebook(), list[bool]()

    async def wanted(_: "Connection") -> bool:
        if not asked:
            # Sealed while it is asked: whoever wants to hear a moment later hears of it.
            await filled(city, 1)
        asked.append(len(asked) > 0)
        return asked[-1]

    async def look() -> int:
        return await follow(city.ledger.readers, city.book, "test.wanted", (Added,), handle, wanted=wanted)

    await filled(city, 2)
    # Whoever read these would find that the city did not write them.
    admin = await connect(city.owner)
    await admin.execute("update ledger.facts set mac = decode(repeat('00', 16), 'hex')")
    await admin.close()
    assert (await look(), asked, await seen(city)) == (0, [False], {})
    await filled(city, 1)
    assert await look() == 6
    assert await seen(city) == {f"seen {position}": 1 for position in (7, 8, 10, 11)}


async def test_a_stretch_is_bounded_and_leads_on(city: House) -> None:
    await filled(city, 4)
    since, found = 0, list[Placed]()
    async with city.ledger.readers.acquire() as connection:
        while True:
            part = await stretch(connection, city.book, (Opened,), since=since, most=5)
            if part.end == since:
                break
            assert part.end - since <= 5
            since, found = part.end, [*found, *part.facts]
    assert [one.position for one in found] == [0, 3, 6, 9]


async def test_what_the_city_did_not_write_is_not_followed(city: House) -> None:
    await filled(city, 1)
    admin = await connect(city.owner)
    await admin.execute("update ledger.facts set mac = decode(repeat('00', 16), 'hex') where version = 2")
    await admin.close()
    with pytest.raises(Unavailable):
        await step(city, Notebook())
    assert await seen(city) == {}
