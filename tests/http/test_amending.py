"""Departments write: one officer amends an item in the browser, another one publishes it, and citizens read it then."""

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http.stages import AMENDED, AMENDING, amendment, officer_with
from tests.http.towns import AGENCY, AREA, Caller, Town, open_town

from onecity.bootstrap.city import city_under
from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.kernel.acting import Held, Scope
from onecity.ledger import holding
from onecity.machinery.postgres import Cluster
from onecity.packs import load_pack
from onecity.packs.written import read_file
from onecity.services.amending import undone
from onecity.services.amending.writing import written
from onecity.services.checking import ITEM

FORM = f"/desk/amendments/items/{AMENDED}"


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    # Versions of its pack begin here: a city that no other test knows.
    async with open_town(cluster, open_folder / "amending", f"amending_{uuid4().hex}") as found:
        yield found


@pytest.fixture(scope="module")
async def writer(town: Town) -> Caller:
    return await officer_with(town, "services.amend")


@pytest.fixture(scope="module")
async def publisher(town: Town) -> Caller:
    return await officer_with(town, "services.publish")


async def latest(town: Town, days: int) -> str:
    """What the food permit promises in the city that holds so many days from now."""
    held = holding(await town.city.memory.declarations.versions(), town.clock() + timedelta(days))
    assert held is not None
    item = (await city_under(town.city.memory, held.version)).counter.catalogue.item(AMENDED)
    assert item is not None
    return item.called.zh


async def test_one_writes_another_publishes_and_the_city_reads_otherwise_from_that_day_on(
    town: Town, writer: Caller, publisher: Caller
) -> None:
    before = town.city.counter.catalogue.item(AMENDED)
    assert before is not None
    found = await amendment(town, writer, AMENDED, promised="5")
    own = await writer.get(f"/desk/amendments/{found}")
    assert "要另一个人发布" in own.text
    assert f"{found}/publish" not in own.text
    page = await publisher.get(f"/desk/amendments/{found}")
    for said in (before.plain.zh, AMENDING["plain_zh"], "开饭馆 · 卖吃的", AMENDING["reason"], "promised: 5"):
        assert said in page.text, said
    day = (town.clock() + timedelta(days=3)).date().isoformat()
    assert (await publisher.post(f"/desk/amendments/{found}/publish", {"since": day})).status_code == 303
    assert await latest(town, 1) == before.called.zh
    assert await latest(town, 4) == AMENDING["called_zh"]
    assert "起施行" in (await writer.get(f"/desk/amendments/{found}")).text
    again = await publisher.post(f"/desk/amendments/{found}/publish", {"since": day})
    assert again.status_code == 422
    assert "已经有人定过了" in again.text
    # Whoever publishes something for an earlier day would have it undone on that day.
    other = await amendment(town, writer, AMENDED)
    early = await publisher.post(f"/desk/amendments/{other}/publish", {"since": town.clock().date().isoformat()})
    assert "会把这次的改动盖掉" in early.text
    # What was written of the item as it was does not overwrite what holds by then.
    late = (town.clock() + timedelta(days=5)).date().isoformat()
    stale = await publisher.post(f"/desk/amendments/{other}/publish", {"since": late})
    assert "又变了" in stale.text
    assert await latest(town, 9) == AMENDING["called_zh"]
    # Whoever applies the folder hears what it would undo.
    assert await undone(town.city.memory.ledger, town.city.pack) == [AMENDED]


async def test_whoever_wrote_it_does_not_publish_it(town: Town) -> None:
    both = await officer_with(town, "services.amend", "services.publish")
    found = await amendment(town, both)
    page = await both.post(f"/desk/amendments/{found}/publish", {"since": town.clock().date().isoformat()})
    assert page.status_code == 422
    assert "自己写的不能自己发布" in page.text


async def test_an_amendment_is_taken_back_or_sent_back_with_a_reason(
    town: Town, writer: Caller, publisher: Caller
) -> None:
    for who in (writer, publisher):
        found = await amendment(town, writer)
        silent = await who.post(f"/desk/amendments/{found}/drop", {"reason": " "})
        assert (silent.status_code, "请写理由" in silent.text) == (422, True)
        assert (await who.post(f"/desk/amendments/{found}/drop", {"reason": "<b>再想想</b>"})).status_code == 303
        assert "没有发布：&lt;b&gt;再想想" in (await writer.get(f"/desk/amendments/{found}")).text
        late = await publisher.post(f"/desk/amendments/{found}/publish", {"since": town.clock().date().isoformat()})
        assert "已经有人定过了" in late.text
    rows = await writer.listed("/desk/amendments")
    assert "没有发布" in rows


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"plain_en": ""}, "中文和英文都要写"),
        ({"called_zh": "长" * 301}, "最多 300 个字"),
        ({"also": "长" * 301}, "最多 300 个字"),
        ({"promised": "400"}, "承诺不能更长"),
        ({"promised": "五"}, "请写天数"),
        ({"faq_0_ask_zh": "", "faq_0_ask_en": "", "faq_0_answer_zh": "", "faq_0_answer_en": ""}, "至少留一个"),
        ({"reason": ""}, "请写理由"),
        ({"promised": "0"}, "按城市包的规则查出"),
    ],
)
async def test_what_cannot_be_published_comes_back_with_what_was_typed(
    writer: Caller, typed: dict[str, str], said: str
) -> None:
    sent = AMENDING | typed
    page = await writer.post(FORM, sent)
    assert page.status_code == 422
    assert said in page.text
    assert sent["plain_zh"] in page.text


async def test_what_reads_as_before_is_no_amendment(writer: Caller) -> None:
    page = await writer.get(FORM)
    assert page.status_code == 200
    unchanged = await writer.post(FORM, dict(fields_of(page.text)) | {"reason": "没有理由"})
    assert "和现在一样" in unchanged.text


async def test_only_the_agencys_own_items_are_there(town: Town, writer: Caller) -> None:
    listed = await writer.listed("/desk/amendments/items")
    mine = [name for name, item in town.city.counter.catalogue.items() if item.agency == AGENCY]
    assert {name for name in mine if f'/items/{name}"' in listed} == set(mine)
    theirs = [name for name, item in town.city.counter.catalogue.items() if item.agency != AGENCY]
    assert (await writer.get(f"/desk/amendments/items/{theirs[0]}")).status_code == 404
    assert (await writer.post(f"/desk/amendments/items/{theirs[0]}", AMENDING)).status_code == 404
    elsewhere = await town.sign_in(await town.new_officer(Held("services.publish", Scope("fire_rescue", AREA))))
    found = await amendment(town, writer)
    assert (await elsewhere.get(f"/desk/amendments/{found}")).status_code == 404
    assert str(found) not in await elsewhere.listed("/desk/amendments")
    few = await writer.get("/desk/amendments/items?q=食品经营")
    assert "food_business" in few.text


def fields_of(page: str) -> list[tuple[str, str]]:
    """What stands in the fields of a form."""
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    inputs = re.findall(r'<input class="field-input"[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page)
    return [(name, html.unescape(value)) for name, value in (*areas, *inputs)]


def test_every_item_is_written_into_a_file_that_says_the_same() -> None:
    pack, _ = load_pack(shipped_pack(), KINDS)
    for name, one in pack.all(ITEM).items():
        value, _, faults = read_file(name, written(one.value).encode(), ITEM.type)
        assert (value, faults) == (one.value, ()), name
