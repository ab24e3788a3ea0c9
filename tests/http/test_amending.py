"""Departments write: one officer amends an item in the browser, another one publishes it, and citizens read it then."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http.stages import AMENDED, AMENDING, amendment, officer_with
from tests.http.towns import AGENCY, AREA, Caller, Town, errors_lead_to_their_fields, open_town

from onecity.bootstrap.city import city_under
from onecity.kernel.acting import Held, Scope
from onecity.kernel.instants import day_in
from onecity.ledger import holding
from onecity.machinery.postgres import Cluster
from onecity.places import CITY
from onecity.services.amending import undone

ANOTHER = "branch_registration"
ANOTHER_STILL = "business_dormancy_filing"
FORM = f"/desk/amendments/items/{AMENDED}"


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    # Versions of its pack begin here: a city that no other test knows.
    async with open_town(cluster, open_folder / "amending", f"amending_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def writer(town: Town) -> Caller:
    return await officer_with(town, "services.amend")


@pytest.fixture
async def publisher(town: Town) -> Caller:
    return await officer_with(town, "services.publish")


def on(town: Town, days: int) -> str:
    """The day so many days from today, as somebody types it."""
    return (day_in(town.city.pack.one(CITY).clock_zone(), town.clock()) + timedelta(days)).isoformat()


async def latest(town: Town, days: int, item: str = AMENDED) -> str:
    """What people call an item in the city that holds so many days from now."""
    held = holding(await town.city.memory.declarations.versions(), town.clock() + timedelta(days))
    assert held is not None
    called = (await city_under(town.city.memory, held.version)).counter.catalogue.called(item)
    assert called is not None
    return called.zh


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
    for said in (before.plain.zh, AMENDING["plain_zh"], "开饭馆、卖吃的", AMENDING["reason"], "promised: 5"):
        assert said in page.text, said
    day = on(town, 3)
    assert (await publisher.post(f"/desk/amendments/{found}/publish", {"since": day})).status_code == 303
    assert await latest(town, 1) == before.called.zh
    assert await latest(town, 4) == AMENDING["called_zh"]
    assert "起施行" in (await writer.get(f"/desk/amendments/{found}")).text
    again = await publisher.post(f"/desk/amendments/{found}/publish", {"since": day})
    assert again.status_code == 422
    assert "已经有人定过了" in again.text
    # What was written of the item as it was does not overwrite what holds by then, from whatever day on.
    other = await amendment(town, writer, AMENDED)
    for since in (0, 5):
        stale = await publisher.post(f"/desk/amendments/{other}/publish", {"since": on(town, since)})
        assert "又变了" in stale.text
    assert await latest(town, 9) == AMENDING["called_zh"]
    # Another item that is amended before that day is amended in the version of that day as well.
    more = await amendment(town, writer, ANOTHER)
    assert (await publisher.post(f"/desk/amendments/{more}/publish", {"since": on(town, 1)})).status_code == 303
    for days in (2, 4):
        assert await latest(town, days, ANOTHER) == AMENDING["called_zh"]
    assert await latest(town, 4) == AMENDING["called_zh"]
    # Whoever applies the folder hears what it would undo.
    memory = town.city.memory
    assert {AMENDED, ANOTHER} <= set(await undone(memory.ledger, memory.declarations, town.city.pack))


async def test_two_who_publish_at_once_undo_nothing_of_each_other(
    town: Town, writer: Caller, publisher: Caller
) -> None:
    items = [name for name, one in town.city.counter.catalogue.items() if one.agency == AGENCY][-2:]
    both = [await amendment(town, writer, item) for item in items]
    sent = {"since": on(town, 2)}
    done = await asyncio.gather(*(publisher.post(f"/desk/amendments/{one}/publish", sent) for one in both))
    assert [one.status_code for one in done] == [303, 303]
    assert [await latest(town, 3, item) for item in items] == [AMENDING["called_zh"]] * 2


async def test_a_second_click_publishes_nothing_more(town: Town, writer: Caller, publisher: Caller) -> None:
    found, sent = await amendment(town, writer), {"since": on(town, 2), "key": str(uuid4())}
    before = len(await town.city.memory.declarations.versions())
    first = await publisher.post(f"/desk/amendments/{found}/publish", sent)
    begun = len(await town.city.memory.declarations.versions())
    second = await publisher.post(f"/desk/amendments/{found}/publish", sent)
    assert (first.status_code, first.headers["location"]) == (second.status_code, second.headers["location"])
    assert before < begun == len(await town.city.memory.declarations.versions())


@pytest.mark.parametrize("day", ["", "昨天", "2020-01-01", "0001-01-01", "9999-12-31"])
async def test_it_begins_on_a_day_that_somebody_plans(town: Town, writer: Caller, publisher: Caller, day: str) -> None:
    found = await amendment(town, writer)
    page = await publisher.post(f"/desk/amendments/{found}/publish", {"since": day})
    assert page.status_code == 422
    assert "一年以内" in page.text


async def test_whoever_wrote_it_does_not_publish_it(town: Town) -> None:
    both = await officer_with(town, "services.amend", "services.publish")
    found = await amendment(town, both)
    page = await both.post(f"/desk/amendments/{found}/publish", {"since": on(town, 0)})
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
        late = await publisher.post(f"/desk/amendments/{found}/publish", {"since": on(town, 0)})
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
        ({"promised": "0"}, "请写天数"),
        ({f"spare-{name}": "yes" for name in ("business_licence", "floor_plan", "hygiene_rules")}, "一样材料都不要"),
        ({"promised": "五"}, "请写天数"),
        ({"faq_0_ask_zh": "", "faq_0_ask_en": "", "faq_0_answer_zh": "", "faq_0_answer_en": ""}, "至少留一个"),
        ({"reason": ""}, "请写理由"),
    ],
)
async def test_what_cannot_be_published_comes_back_with_what_was_typed(
    writer: Caller, typed: dict[str, str], said: str
) -> None:
    sent = AMENDING | typed
    page = await writer.press(FORM, sent)
    assert errors_lead_to_their_fields(page.text)
    assert said in page.text
    assert sent["plain_zh"] in page.text


async def test_markup_in_what_an_item_is_to_say_is_shown_and_never_run(
    town: Town, writer: Caller, publisher: Caller
) -> None:
    markup = '"><img src=x onerror=alert(1)>'
    words = {name: value + markup for name, value in AMENDING.items()}
    found = await amendment(town, writer, ANOTHER_STILL, **words)
    # Each page has passed the strict client, which finds any tag that runs something.
    for who in (writer, publisher):
        page = (await who.get(f"/desk/amendments/{found}")).text
        assert "onerror=alert(1)" in page
        assert markup not in page


async def test_what_reads_as_before_is_no_amendment(writer: Caller) -> None:
    page = await writer.get(FORM)
    assert page.status_code == 200
    unchanged = await writer.press(FORM, dict(fields_of(page.text)) | {"reason": "没有理由"})
    assert "和现在一样" in unchanged.text


async def test_what_was_begun_is_found_again_and_days_of_an_answer_are_held_against_the_promise(writer: Caller) -> None:
    written = AMENDING | {"faq_0_answer_zh": "三十个工作日。", "faq_0_answer_en": "Soon."}
    looked = await writer.post(FORM, written | {"do": "look"})
    assert looked.headers["location"] == f"{FORM}?look=look#preview"
    page = await writer.get(f"{FORM}?look=look")
    assert "的回答里写着“三十个工作日”，可是定的是" in page.text
    again = await writer.get(FORM)
    assert "三十个工作日。" in again.text
    assert "的回答里写着" not in again.text
    assert "三十个工作日。" not in (await writer.press(FORM, {"do": "discard"})).text


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
