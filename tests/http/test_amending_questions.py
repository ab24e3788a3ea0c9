"""An officer changes what the form of an item asks; from the day of its publication people are asked that."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http.stages import officer_with
from tests.http.towns import Caller, Town, errors_lead_to_their_fields, open_town

from onecity.bootstrap.city import app_of, city_under
from onecity.bootstrap.settings import Settings
from onecity.kernel.instants import day_in
from onecity.ledger import holding
from onecity.machinery.postgres import Cluster
from onecity.packs import version_of
from onecity.places import CITY
from onecity.services.amending import undone
from onecity.services.checking import FIELD, ITEM

ITEM_AMENDED = "abnormal_list_removal"
PAGE = f"/desk/amendments/items/{ITEM_AMENDED}"
NEW = {
    "new_1_type": "date", "new_1_ask_zh": "哪天报的年报？", "new_1_ask_en": "On which day was the report handed in?",
    "new_1_why_zh": "移出要先补报", "new_1_why_en": "It must be handed in first", "new_1_section": "organisation",
    "new_1_when": "past", "new_1_good": "2020-07-08",
}  # fmt: skip
ASKS = "abnormal_ground firm_name firm_code new_1 firm_contact"
REASON = "列入的日子系统里有，不用问"


@pytest.fixture
async def town(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town of its own for each test: its door changes over to the version that begins."""
    name = f"asking_{uuid4().hex[:12]}"
    async with open_town(cluster, open_folder / name, name) as found:
        monkeypatch.setattr("onecity.bootstrap.city.now", found.clock)
        yield found


def text(page: str) -> str:
    """A page as somebody reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def typed(page: str) -> dict[str, str]:
    """What stands in the form of an item."""
    hidden = re.findall(r'<input type="hidden" name="(asks)" value="([^"]*)"', page)
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    inputs = re.findall(r'<input class="field-input"[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page)
    return {name: unescape(value) for name, value in (*hidden, *areas, *inputs)}


async def published(town: Town, path: str, by: Caller) -> None:
    """Publish from now on, and let the town hold under the version that begins."""
    today = day_in(town.city.pack.one(CITY).clock_zone(), town.clock()).isoformat()
    done = await by.post(f"{path}/publish", {"since": today})
    assert done.status_code == 303, text(done.text)
    held = holding(await town.city.memory.declarations.versions(), town.clock())
    assert held is not None
    town.city = await city_under(town.city.memory, held.version)
    town.door = app_of(town.city, Settings(data=town.city.memory.folder.parent))


async def test_people_are_asked_otherwise_from_the_day_of_its_publication(town: Town) -> None:
    writer, shipped = await officer_with(town, "services.amend"), town.city.pack
    form = typed((await writer.get(PAGE)).text)
    before = shipped.all(ITEM)[ITEM_AMENDED].value
    assert form["asks"].split() == [one.field for one in before.asks]
    sent = form | NEW | {"asks": ASKS, "reason": REASON}
    looked = await writer.press(PAGE, sent | {"do": "look"})
    assert looked.status_code == 200, text(looked.text)
    assert 'id="seen-abnormal_list_removal_1"' in looked.text
    assert 'id="seen-abnormal_listed_on"' not in looked.text
    answer = await writer.press(PAGE, sent | {"do": "send"})
    assert answer.status_code == 303, text(answer.text)
    publisher, path = await officer_with(town, "services.publish"), answer.headers["location"]
    page = text((await publisher.get(path)).text)
    order = "因为什么被列入名录的？、单位全称是什么？、单位的统一社会信用代码是多少？、哪天报的年报？、"
    for said in (order, "移出要先补报", REASON, "哪天被列入名录的？"):
        assert said in page, said
    await published(town, path, publisher)

    after = town.city.pack.all(ITEM)[ITEM_AMENDED].value
    assert [one.field for one in after.asks] == ASKS.replace("new_1", f"{ITEM_AMENDED}_1").split()
    kept = {one.field: one.because for one in before.asks}
    assert all(one.because == kept[one.field] for one in after.asks if one.field in kept)
    assert town.city.pack.all(ITEM)[ITEM_AMENDED].drawn
    citizen = await town.new_citizen()
    answers = {
        "abnormal_ground": "no_report", "firm_name": "模拟贸易公司", "firm_code": "000000000000000000",
        f"{ITEM_AMENDED}_1": "2020-08-01", "firm_contact": "10098765432",
    }  # fmt: skip
    late = await citizen.send(
        "/api/applications", {"items": [ITEM_AMENDED], "answers": answers | {f"{ITEM_AMENDED}_1": "2020-12-01"}}
    )
    assert late.status_code == 409, "no day after today is taken"
    receipt = await citizen.send("/api/applications", {"items": [ITEM_AMENDED], "answers": answers})
    assert receipt.status_code == 200, receipt.text

    # A second amendment goes on from there: the next new question has an id of its own, and the other items stay.
    memory = town.city.memory
    assert await undone(memory.ledger, memory.declarations, shipped) == [ITEM_AMENDED]
    assert await undone(memory.ledger, memory.declarations, town.city.pack) == []
    writer = await officer_with(town, "services.amend")
    again = typed((await writer.get(PAGE)).text)
    more = await writer.press(PAGE, again | {"do": "new:text"})
    assert typed(more.text)["asks"].split()[-1] == "new_2"
    others = [name for name in shipped.all(ITEM) if name != ITEM_AMENDED]
    assert all(version_of(town.city.pack.all(ITEM)[name]) == version_of(shipped.all(ITEM)[name]) for name in others)
    assert set(town.city.pack.all(FIELD)) - set(shipped.all(FIELD)) == {f"{ITEM_AMENDED}_1"}


async def test_what_is_wrong_with_a_question_is_told_at_its_field(town: Town) -> None:
    writer = await officer_with(town, "services.amend")
    form = typed((await writer.get(PAGE)).text) | {"reason": REASON, "do": "send"}
    for wrong, field, says in (
        ({"asks": ""}, "q", "至少问一个问题"),
        ({"asks": "firm_name " + " ".join(f"new_{n}" for n in range(1, 60))}, "q", "最多 40 个"),
        (NEW | {"asks": ASKS, "new_1_good": "那天"}, "new_1_good", "答不对"),
        (NEW | {"asks": ASKS, "new_1_section": ""}, "new_1_section", "哪一部分"),
        (NEW | {"asks": ASKS, "new_1_when": "never"}, "new_1_when", "没有这一栏"),
    ):
        page = await writer.press(PAGE, form | wrong)
        assert errors_lead_to_their_fields(page.text)
        at = re.search(rf'id="{field}-error">(.*?)</p>', page.text, re.DOTALL)
        assert at, field
        assert says in text(at[1])
        assert form["plain_zh"] in page.text, "nothing that was typed is lost"
    same = await writer.press(PAGE, form)
    assert "和现在一样" in same.text
    written_out = await writer.press("/desk/amendments/items/food_business", form | {"asks": "firm_name"})
    assert "写在城市包的文件里" in written_out.text
