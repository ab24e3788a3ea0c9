"""What a search did not understand reaches departments only when many asked it, and nothing else of it is kept."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from asyncpg import CheckViolationError
from click.testing import CliRunner, Result
from tests.http.stages import officer_with
from tests.http.test_laws import english
from tests.http.towns import Caller, Town, open_town

from onecity.cli.exits import Exit
from onecity.cli.main import onecity
from onecity.kernel.search import Found
from onecity.machinery.postgres import Cluster
from onecity.machinery.web.site import Site
from onecity.services.riddles import ASKERS, DAYS, usecases
from onecity.services.riddles.usecases import HASHES_KEPT, KEPT

DAY = timedelta(days=1)
NAME = "鱻龘靐"
PAGE = "/desk/riddles"


@pytest.fixture(scope="module")
async def the_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    async with open_town(cluster, open_folder / "riddles", f"riddles_{os.getpid()}") as found:
        yield found


@pytest.fixture
async def town(the_town: Town) -> Town:
    """A city of which nobody has asked anything yet, nor whoever will."""
    async with the_town.city.memory.pool.acquire() as connection:
        await connection.execute("delete from riddles")
        await connection.execute("delete from rates")
    return the_town


@pytest.fixture(scope="module")
async def writer(the_town: Town) -> Caller:
    return await officer_with(the_town, "services.amend")


async def ask(who: Caller, question: str) -> str:
    answer = await who.ask("GET", "/search", params={"q": question})
    assert answer.status_code == 200
    return answer.text


def stranger(town: Town, network: int, host: int = 1) -> Caller:
    """Somebody without an account, who comes from a network of their own."""
    return town.caller(address=f"10.0.{network}.{host}")


async def asked_by_many(town: Town, question: str, *, askers: int = ASKERS, days: int = DAYS) -> None:
    """So many ask the same, spread over so many days; each on one."""
    for number in range(askers):
        with town.clock.later(DAY * (number % days)):
            await ask(stranger(town, number), question)


async def kept(town: Town) -> list[Any]:
    """All that the table holds."""
    return [dict(row) for row in await town.rows("select * from riddles order by hash")]


async def phrases(town: Town) -> list[str]:
    return [row["phrase"] for row in await kept(town) if row["phrase"] is not None]


async def test_a_phrase_asked_once_stays_unseen_and_after_enough_askers_stands_on_the_page(
    town: Town, writer: Caller
) -> None:
    assert "没有找到" in await ask(stranger(town, 0), "卡丁车")
    [row] = await kept(town)
    assert (row["phrase"], row["times"], row["days"], len(row["askers"])) == (None, 1, 1, 1)
    assert not any("卡丁车".encode() in value for value in row.values() if isinstance(value, bytes))
    assert "卡丁车" not in await writer.listed(PAGE)
    await asked_by_many(town, "卡丁车怎么办？", askers=ASKERS - 1)
    assert await phrases(town) == []
    with town.clock.later(DAY * (DAYS - 1)):
        await ask(stranger(town, ASKERS), "卡丁车")
    page = await writer.listed(PAGE)
    assert "“卡丁车”" in page
    assert f"{ASKERS + 1} 次" in page
    assert "什么也没找到" in page
    assert 'href="/search?q=%E5%8D%A1%E4%B8%81%E8%BD%A6"' in page
    assert 'href="/desk/amendments/items"' in page
    [row] = await kept(town)
    assert (row["phrase"], row["askers"]) == ("卡丁车", []), "who asked is dropped with the phrase told"


async def test_one_asker_is_one_however_often_from_wherever_in_a_network(town: Town) -> None:
    citizen = await town.new_citizen()
    for _ in range(ASKERS):
        await ask(citizen, "卡丁车")
    for day in range(2 * DAYS):
        with town.clock.later(DAY * day):
            for host in range(1, ASKERS):
                await ask(stranger(town, 0, host), "卡丁车")
    [row] = await kept(town)
    assert (row["phrase"], row["days"], len(row["askers"])) == (None, 2 * DAYS, 2)


async def test_many_on_one_day_are_not_enough(town: Town) -> None:
    await asked_by_many(town, "卡丁车", askers=3 * ASKERS, days=DAYS - 1)
    # Here and not behind an answer: that the table refuses it would be too late to find out.
    await town.city.counter.riddles.note("卡丁车", "another", now=town.clock())
    assert await phrases(town) == []


async def test_names_and_numbers_are_never_told_whoever_asks(town: Town, writer: Caller) -> None:
    number = await town.resident(NAME)
    await town.register(NAME, number)
    # Of each phrase nothing is understood, so each would be told if it were a word.
    for question in (NAME, f"{NAME}家", number, f"{NAME} {number}", "10098765432", "犇羴巷7391号"):
        await asked_by_many(town, question, askers=2 * ASKERS, days=DAYS)
    assert await phrases(town) == []
    assert len(await kept(town)) == 2, "of what has digits not even a hash is kept"
    page = await writer.listed(PAGE)
    assert NAME not in page
    assert number not in page


async def test_what_is_understood_is_not_counted(town: Town) -> None:
    for question in ("刻公章", "yingye zhizhao", "", "？！"):
        await ask(stranger(town, 0), question)
    assert await kept(town) == []


async def test_an_officer_who_tries_a_phrase_asks_nothing(town: Town, writer: Caller) -> None:
    await ask(writer, "卡丁车")
    assert await kept(town) == []


async def test_it_goes_when_the_pack_finds_it(town: Town, writer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked_by_many(town, "卡丁车")
    await asked_by_many(town, "紫色大象")
    catalogue = town.city.counter.catalogue
    before = catalogue.search

    def search(question: str) -> Any:
        return [Found("/items/food_business", 1.0, question)] if question == "卡丁车" else before(question)

    monkeypatch.setattr(catalogue, "search", search)
    page = await writer.listed(PAGE)
    assert ("卡丁车" in page, "紫色大象" in page) == (False, True)
    assert await town.city.counter.riddles.purge(town.clock()) == 1
    assert await phrases(town) == ["紫色大象"]


async def test_an_english_reader_hears_the_phrase_in_chinese(town: Town, writer: Caller) -> None:
    await asked_by_many(town, "代驾")
    page = await english(writer, PAGE)
    assert '“<span lang="zh-CN">代驾</span>”' in page
    assert "Only a guess" in page


async def test_a_guess_is_told_as_one(town: Town, writer: Caller) -> None:
    await asked_by_many(town, "代驾")
    page = await writer.listed(PAGE)
    assert "“代驾”" in page
    assert "只猜到“" in page


async def test_what_is_asked_most_or_newest_comes_first_page_by_page(
    town: Town, writer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked_by_many(town, "紫色大象", askers=2 * ASKERS)
    with town.clock.later(DAY):
        await asked_by_many(town, "卡丁车")
    monkeypatch.setattr("onecity.services.web.riddles._A_PAGE", 1)
    most, newest = await writer.listed(PAGE), await writer.listed(f"{PAGE}?order=newest")
    assert re.findall("“(紫色大象|卡丁车)”", most) == ["紫色大象", "卡丁车"]
    assert re.findall("“(紫色大象|卡丁车)”", newest) == ["卡丁车", "紫色大象"]


async def typed(town: Town, *words: str) -> Result:
    memory = town.city.memory
    at = ("--data", str(memory.folder.parent), "--database", str(memory.database.owner))
    return await asyncio.to_thread(partial(CliRunner().invoke, onecity, ["service", "riddles", *words, *at]))


async def test_a_command_tells_the_same(town: Town) -> None:
    none = await typed(town)
    assert (none.exit_code, none.stdout) == (Exit.DONE, ""), none.output
    assert "大家说的都听懂了 / Everything was understood" in none.stderr
    await asked_by_many(town, "卡丁车")
    await ask(stranger(town, 0), "紫色大象")
    told = await typed(town)
    assert f"{ASKERS} times on   {DAYS} days" in told.stdout
    assert "卡丁车" in told.stdout
    [row] = json.loads((await typed(town, "--json")).stdout)
    assert (row["phrase"], row["times"], row["days"]) == ("卡丁车", ASKERS, DAYS)


@pytest.mark.parametrize("duty", ["services.publish", "services.accept", "services.decide"])
async def test_only_who_writes_sees_it(town: Town, duty: str) -> None:
    assert (await (await officer_with(town, duty)).get(PAGE)).status_code == 403


async def test_neither_one_asker_nor_one_day_fills_the_table(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    signs = [chr(0x9F98 + at) for at in range(0, 60, 2)]
    for sign in signs:
        await ask(stranger(town, 9), sign * 2)
    assert len(await kept(town)) == 20
    monkeypatch.setattr(usecases, "NEW_A_DAY", 22)
    for number, sign in enumerate(signs):
        await ask(stranger(town, 100 + number), sign * 3)
    assert len(await kept(town)) == 22
    await ask(stranger(town, 200), signs[0] * 2)
    assert max(row["times"] for row in await kept(town)) == 2, "what is known already is counted all the same"
    with town.clock.later(DAY):
        await ask(stranger(town, 201), signs[-1] * 4)
    assert len(await kept(town)) == 23


async def test_hashes_go_after_a_month_and_phrases_after_three(town: Town) -> None:
    await asked_by_many(town, "卡丁车")
    await ask(stranger(town, 0), "紫色大象")
    purge, last = town.city.counter.riddles.purge, town.clock() + DAY * (DAYS - 1)
    assert await purge(town.clock() + HASHES_KEPT) == 0
    assert await purge(town.clock() + HASHES_KEPT + DAY) == 1
    assert await purge(last + KEPT) == 0
    assert await purge(last + KEPT + DAY) == 1
    assert await kept(town) == []


@pytest.mark.parametrize(
    "change",
    [
        "update riddles set phrase = '卡丁车'",
        "update riddles set phrase = '卡丁车', days = 3",
        "update riddles set phrase = '卡丁车12', days = 3, askers = '{}'",
        "update riddles set phrase = repeat('露', 31), days = 3, askers = '{}'",
        "update riddles set askers = askers || askers || askers || askers || askers || askers",
    ],
)
async def test_the_table_itself_refuses_what_may_not_be_kept(town: Town, change: str) -> None:
    await ask(stranger(town, 0), "紫色大象")
    async with town.city.memory.pool.acquire() as connection:
        with pytest.raises(CheckViolationError):
            await connection.execute(change)


async def test_nobody_waits_for_the_count(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[Any] = []
    before = Site.render

    def render(*args: Any, **words: Any) -> Any:
        pages.append(before(*args, **words))
        return pages[-1]

    monkeypatch.setattr(Site, "render", render)
    await ask(stranger(town, 0), "紫色大象")
    await ask(stranger(town, 0), "刻公章")
    assert [page.background is not None for page in pages] == [True, False]
