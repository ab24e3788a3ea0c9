"""An officer composes a life event from items, sees what it would be, and another one publishes it for everybody."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http.stages import COMPOSING, officer_with
from tests.http.towns import AGENCY, Caller, Town, errors_lead_to_their_fields, open_town

from onecity.bootstrap.city import city_under
from onecity.kernel.instants import day_in
from onecity.ledger import holding
from onecity.machinery.postgres import Cluster
from onecity.places import CITY
from onecity.services.amending import undone
from onecity.services.life_events import LIFE_EVENT

PAGE = "/desk/amendments/events"
ID = "open_a_noodle_shop"


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    # Versions of its pack begin here: a city that no other test knows.
    async with open_town(cluster, open_folder / "composing", f"composing_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def writer(town: Town) -> Caller:
    return await officer_with(town, "services.amend")


def text(page: str) -> str:
    """A page as somebody reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_items_are_found_by_everyday_words_and_what_they_spare_is_computed(town: Town, writer: Caller) -> None:
    assert "选好的" not in (await writer.get(PAGE)).text
    typed = {"name_zh": "开粉店", "plain_en": "One form.", "reason": "问的人多"}
    found = await writer.press(PAGE, typed | {"q": "开饭店", "do": "find"})
    assert 'value="add:food_business"' in found.text
    one = await writer.press(PAGE, typed | {"do": "add:food_business"})
    assert "选好的 1 项" in one.text
    page = await writer.press(PAGE, typed | {"items": "food_business", "do": "add:individual_business_registration"})
    for said in typed.values():
        assert said in page.text, "nothing that was typed is lost on the way"
    two = text(page.text)
    assert "一项一项办 2，一起办 1" in two
    ordered = {"items": "individual_business_registration seal_filing", "do": "find"}
    assert "的结果" in text((await writer.press(PAGE, ordered)).text), "a seal waits for the licence"
    dropped = await writer.press(PAGE, typed | {"items": "food_business seal_filing", "do": "drop:seal_filing"})
    assert "选好的 1 项" in dropped.text
    asked = int(re.findall(r"不用再答一遍的问题 (\d+)", two)[0])
    catalogue = town.city.counter.catalogue
    names = ("food_business", "individual_business_registration")
    apart = sum(len(catalogue.fields([name])) for name in names)
    assert asked == apart - len(catalogue.fields(names)) > 0


async def test_another_officer_publishes_it_and_citizens_find_it_and_fill_in_one_form(
    town: Town, writer: Caller
) -> None:
    answer = await writer.press(PAGE, COMPOSING)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    own = await writer.get(path)
    assert "开面馆" in own.text
    assert f"{path}/publish" not in own.text
    publisher = await officer_with(town, "services.publish")
    page = await publisher.get(path)
    assert "一定要办" in page.text
    assert "wants_sign" in page.text, "the declaration stands there as the pack has it"
    today = day_in(town.city.pack.one(CITY).clock_zone(), town.clock()).isoformat()
    published = await publisher.post(f"{path}/publish", {"since": today})
    assert published.status_code == 303, published.text
    held = holding(await town.city.memory.declarations.versions(), town.clock())
    assert held is not None
    city = await city_under(town.city.memory, held.version)
    event = city.pack.all(LIFE_EVENT)[ID].value
    assert (event.lead, event.composed, event.questions) == (AGENCY, False, ("wants_sign",))
    assert event.examples[0].gives == ("food_business", "shop_sign_filing", "seal_filing")
    assert f"/life-events/{ID}" in city.counter.catalogue.find("开面店")
    assert await undone(town.city.memory.ledger, town.city.memory.declarations, town.city.pack) == [ID]
    assert await undone(town.city.memory.ledger, town.city.memory.declarations, city.pack) == []
    assert "开面馆" in (await writer.get("/desk/amendments")).text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"items": "food_business"}, "请选 2 到 30 个不同的事项"),
        ({"items": "food_business nothing_of_this_name"}, "请选 2 到 30 个不同的事项"),
        ({"when-food_business": "wants_seal"}, "请从列出的问题里选"),
        ({"items": "shop_sign_filing seal_filing", "when-shop_sign_filing": "wants_sign", "when-seal_filing": "wants_seal"},
         "至少有一项是一定要办的"),
        ({"name_en": ""}, "中文和英文都要写"),
        ({"name_zh": "开餐饮店", "name_en": "Another"}, "已经有这个名字"),
        ({"name_zh": "别的", "name_en": "Open a restaurant"}, "已经有这个名字"),
        ({"name_zh": "食品经营许可", "name_en": "Something else"}, "已经有这个名字"),
        ({"plain_zh": "长" * 301}, "太长了"),
        ({"reason": ""}, "请写理由"),
        ({"items": "seal_filing shop_sign_filing", "when-shop_sign_filing": "wants_sign"}, "至少选一项您那个部门的事项"),
    ],
)  # fmt: skip
async def test_what_is_wrong_stands_beside_what_was_typed(writer: Caller, wrong: dict[str, str], says: str) -> None:
    typed = COMPOSING | {"name_zh": "开粉店", "name_en": "Open a rice noodle shop"} | wrong
    answer = await writer.press(PAGE, typed)
    assert errors_lead_to_their_fields(answer.text)
    assert says in answer.text
    assert typed["plain_en"] in answer.text, "nothing that was typed is lost"


async def test_what_was_begun_is_found_again_until_it_is_handed_over_or_thrown_away(writer: Caller) -> None:
    typed = COMPOSING | {"name_zh": "开茶楼", "name_en": "Open a tea room"}
    pressed = await writer.post(PAGE, typed | {"do": "up:seal_filing"})
    assert (pressed.status_code, pressed.headers["location"]) == (303, PAGE)
    for page in (await writer.get(PAGE), await writer.get(PAGE)):
        assert "开茶楼" in page.text
        order = re.findall(r'name="items" value="([^"]*)"', page.text)[0].split()
        assert order == ["food_business", "seal_filing", "shop_sign_filing"], "moved once, however often it is loaded"
    assert "开茶楼" not in (await writer.press(PAGE, {"do": "discard"})).text
    await writer.press(PAGE, typed | {"reason": ""})
    assert "开茶楼" in (await writer.get(PAGE)).text
    assert (await writer.post(PAGE, typed)).status_code == 303
    assert "开茶楼" not in (await writer.get(PAGE)).text


async def test_an_officer_of_another_agency_does_not_lead_with_this_one(town: Town, writer: Caller) -> None:
    typed = COMPOSING | {"name_zh": "开茶馆", "name_en": "Open a tea house", "lead": "housing"}
    answer = await writer.press(PAGE, typed)
    assert answer.status_code == 303
    rows = await town.rows("select agency from amendments where matter = 'life_event open_a_tea_house'")
    assert [row["agency"] for row in rows] == [AGENCY]
