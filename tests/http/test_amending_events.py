"""An officer writes a life event anew, another one publishes it, and from that day people are asked otherwise."""

import re
from collections.abc import AsyncIterator
from html import escape, unescape
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http.stages import AMENDING_EVENT, EVENT_AMENDED, officer_with
from tests.http.towns import AGENCY, Caller, Town, errors_lead_to_their_fields, open_town

from onecity.bootstrap.city import City, city_under
from onecity.kernel.instants import day_in
from onecity.ledger import holding
from onecity.machinery.postgres import Cluster
from onecity.places import CITY
from onecity.services.amending import undone
from onecity.services.life_events import LIFE_EVENT

LIST = "/desk/amendments/life-events"
PAGE = f"{LIST}/{EVENT_AMENDED}"
DRAWN = "change_restaurant_owner"


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    # Versions of its pack begin here: a city that no other test knows.
    async with open_town(cluster, open_folder / "events", f"events_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def writer(town: Town) -> Caller:
    return await officer_with(town, "services.amend")


def text(page: str) -> str:
    """A page as somebody reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def typed(page: str) -> dict[str, str]:
    """What stands in the form of an event."""
    hidden = re.findall(r'<input type="hidden" name="(items)" value="([^"]*)"', page)
    boxes = re.findall(r'<input class="field-input"[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page)
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    chosen = re.findall(r'type="radio" name="([^"]+)" value="([^"]*)" checked', page)
    return {name: unescape(value) for name, value in (*hidden, *boxes, *areas, *chosen)}


async def holds(town: Town, path: str) -> City:
    """The city from now on, once another officer has published an amendment."""
    publisher = await officer_with(town, "services.publish")
    today = day_in(town.city.pack.one(CITY).clock_zone(), town.clock()).isoformat()
    done = await publisher.post(f"{path}/publish", {"since": today})
    assert done.status_code == 303, text(done.text)
    held = holding(await town.city.memory.declarations.versions(), town.clock())
    assert held is not None
    return await city_under(town.city.memory, held.version)


async def test_an_event_is_written_anew_and_published_by_another_officer(town: Town, writer: Caller) -> None:
    assert f'{LIST}/{EVENT_AMENDED}"' in await writer.listed(LIST)
    form = await writer.get(PAGE)
    there = typed(form.text)
    assert there["name_zh"] == "开餐饮店"
    assert there["when-fire_safety_inspection"] == "premises_area >= 300", "a bound can stay as it is written"
    assert "像现在这样：300 平方米起要检查" in text(form.text)
    kept = there | {"plain_zh": "填一张表就行。", "also": "开饭店\n卖早点", "reason": "大家这样说", "do": "send"}
    kept |= {"items": there["items"].replace(" shop_sign_filing", "")}
    answer = await writer.press(PAGE, kept)
    assert answer.status_code == 303, text(answer.text)
    path = answer.headers["location"]
    stale = await writer.press(PAGE, AMENDING_EVENT)
    page = text((await (await officer_with(town, "services.publish")).get(path)).text)
    for said in (
        "开餐饮店",
        "填一张表就行。",
        "卖早点",
        "大家这样说",
        "（一定要办）",
        "（300 平方米起要检查（模拟城市的标准））",
    ):
        assert said in page, said
    before = town.city.pack.all(LIFE_EVENT)[EVENT_AMENDED].value
    city = await holds(town, path)
    event = city.pack.all(LIFE_EVENT)[EVENT_AMENDED].value
    assert event.questions == ("premises_area", "drains_to_sewer", "wants_seal")
    assert event.named == tuple(name for name in before.named if name != "shop_sign_filing")
    assert (event.icon, event.lead) == (before.icon, before.lead)
    assert len(event.examples) == len(before.examples), "the bounds are still tried"
    assert f"/life-events/{EVENT_AMENDED}" in city.counter.catalogue.find("卖早点")
    memory = town.city.memory
    assert EVENT_AMENDED in await undone(memory.ledger, memory.declarations, town.city.pack)
    assert EVENT_AMENDED not in await undone(memory.ledger, memory.declarations, city.pack)
    # Whoever wrote of it as it was hears that it has changed since.
    late = await (await officer_with(town, "services.publish")).post(
        f"{stale.headers['location']}/publish", {"since": "今天"}
    )
    assert late.status_code == 422


async def test_an_events_own_condition_is_offered_whatever_was_chosen_meanwhile(town: Town, writer: Caller) -> None:
    name, own = next(
        (part.item, part.when)
        for part in town.city.pack.all(LIFE_EVENT)[EVENT_AMENDED].value.parts
        if part.when is not None and ">=" in part.when
    )
    offered = f'name="when-{name}" value="{escape(own)}"'
    there = typed((await writer.get(PAGE)).text)
    otherwise = there | {f"when-{name}": "always"}
    for sent in (otherwise | {"name_en": "", "reason": "x", "do": "send"}, otherwise | {"do": "find"}):
        page = await writer.press(PAGE, sent)
        assert typed(page.text)[f"when-{name}"] == "always"
        assert offered in page.text, "it can be chosen again"
    back = await writer.press(PAGE, there | {"do": "find"})
    assert typed(back.text)[f"when-{name}"] == own


async def test_an_event_that_was_drawn_from_a_line_stays_one_of_the_list(town: Town, writer: Caller) -> None:
    there = typed((await writer.get(f"{LIST}/{DRAWN}")).text)
    moved = await writer.press(f"{LIST}/{DRAWN}", there | {"do": f"up:{there['items'].split()[1]}"})
    first, second, *rest = there["items"].split()
    assert typed(moved.text)["items"].split() == [second, first, *rest]
    answer = await writer.press(f"{LIST}/{DRAWN}", typed(moved.text) | {"reason": "先后不对", "do": "send"})
    assert answer.status_code == 303, text(answer.text)
    city = await holds(town, answer.headers["location"])
    declared = city.pack.all(LIFE_EVENT)[DRAWN]
    assert (declared.drawn, declared.value.named[0], declared.value.composed) == (True, second, False)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"items": "food_business"}, "请选 2 到 30 个不同的事项"),
        ({"when-food_business": "premises_area >= 1"}, "请从列出的问题里选"),
        ({"name_zh": "食品经营许可", "name_en": "Something else"}, "已经有这个名字"),
        ({"name_en": ""}, "中文和英文都要写"),
        ({"plain_zh": "长" * 301}, "太长了"),
        ({"items": "seal_filing shop_sign_filing", "when-seal_filing": "always", "when-shop_sign_filing": "always"},
         "至少选一项您那个部门的事项"),
        ({"reason": ""}, "请写理由"),
    ],
)  # fmt: skip
async def test_what_is_wrong_stands_beside_what_was_typed(writer: Caller, wrong: dict[str, str], says: str) -> None:
    sent = AMENDING_EVENT | wrong
    answer = await writer.press(PAGE, sent)
    assert errors_lead_to_their_fields(answer.text)
    assert says in answer.text
    assert sent["plain_en"] in answer.text, "nothing that was typed is lost"


async def test_what_is_as_before_is_no_amendment(writer: Caller) -> None:
    there = typed((await writer.get(PAGE)).text)
    assert "和现在一样" in (await writer.press(PAGE, there | {"reason": "没有理由", "do": "send"})).text


async def test_only_whoever_leads_an_event_amends_it(town: Town, writer: Caller) -> None:
    theirs = next(name for name, one in town.city.counter.catalogue.events() if one.lead != AGENCY)
    for path in (f"{LIST}/{theirs}", f"{LIST}/nothing_of_this_name"):
        assert (await writer.get(path)).status_code == 404
        assert (await writer.post(path, AMENDING_EVENT)).status_code == 404
    assert f'/{theirs}"' not in await writer.listed(LIST)
