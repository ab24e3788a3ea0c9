"""An officer prepares a listed item in the browser, another one publishes it, and people apply for it at once."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http.stages import OTHER_PREPARED, PREPARED, PREPARING, officer_with
from tests.http.towns import AGENCY, Caller, Town, errors_lead_to_their_fields, open_town

from onecity.bootstrap.city import app_of, city_under
from onecity.bootstrap.settings import Settings
from onecity.kernel.instants import day_in
from onecity.ledger import holding
from onecity.machinery.postgres import Cluster
from onecity.places import CITY
from onecity.services.amending import undone
from onecity.services.amending.preparing import candidates
from onecity.services.checking import ITEM

LIST = "/desk/amendments/listed"
PAGE = f"{LIST}/{PREPARED}"


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    # Versions of its pack begin here: a city that no other test knows.
    async with open_town(cluster, open_folder / "preparing", f"preparing_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def moving(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town of its own for a test, whose door changes over to the version that begins."""
    name = f"moving_{uuid4().hex[:12]}"
    async with open_town(cluster, open_folder / name, name) as found:
        monkeypatch.setattr("onecity.bootstrap.city.now", found.clock)
        yield found


@pytest.fixture
async def writer(town: Town) -> Caller:
    return await officer_with(town, "services.amend")


def text(page: str) -> str:
    """A page as somebody reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def published(town: Town, path: str, *, by: Caller) -> None:
    """Publish an amendment from now on, and let the town hold under the version that begins."""
    today = day_in(town.city.pack.one(CITY).clock_zone(), town.clock()).isoformat()
    answer = await by.post(f"{path}/publish", {"since": today})
    assert answer.status_code == 303, text(answer.text)
    held = holding(await town.city.memory.declarations.versions(), town.clock())
    assert held is not None
    town.city = await city_under(town.city.memory, held.version)
    town.door = app_of(town.city, Settings(data=town.city.memory.folder.parent))


async def test_what_people_would_see_and_its_level_stand_below_the_form(town: Town, writer: Caller) -> None:
    assert f"{LIST}/{PREPARED}" in await writer.listed(LIST)
    blank = await writer.get(PAGE)
    assert "《计量法》第 6 条" in text(blank.text)
    page = await writer.press(PAGE, PREPARING | {"do": "look"})
    assert page.status_code == 200, text(page.text)
    said = text(page.text)
    for words in ("有保证它正常工作的环境", "计量标准技术报告", "量的是什么？", "有几个人会用它？", "示例"):
        assert words in said, words
    assert "Q2（指南齐全）；到 Q3 还要：机器从申请走到结果一次" in said
    assert 'id="seen-firm_name"' in page.text, "the form as people would fill it in"
    for name, value in PREPARING.items():
        if name not in ("do", "asks"):
            assert value.split("\n")[0] in unescape(page.text), name
    assert not await town.rows("select from amendments where matter = $1", PREPARED), (
        "whoever looks has proposed nothing"
    )


async def test_questions_are_chosen_written_moved_and_taken_out(writer: Caller) -> None:
    first = await writer.get(PAGE)
    offered = re.findall(r'value="ask:(\w+)"', first.text)
    assert offered, "those that the agency asks already are offered before anybody searches"
    found = await writer.press(PAGE, {"plain_zh": "写到一半", "q": "单位全称", "do": "find"})
    assert 'value="ask:firm_name"' in found.text
    assert "写到一半" in found.text
    one = await writer.press(PAGE, {"asks": "firm_code", "do": "ask:firm_name"})
    assert 'name="asks" value="firm_code firm_name"' in one.text
    moved = await writer.press(PAGE, {"asks": "firm_code firm_name", "do": "up:firm_name"})
    assert 'name="asks" value="firm_name firm_code"' in moved.text
    new = await writer.press(PAGE, {"asks": "firm_name", "do": "new:number"})
    assert 'name="asks" value="firm_name new_1"' in new.text
    assert 'id="new_1_unit_zh"' in new.text
    assert 'id="new_1_choices"' not in new.text, "only what belongs to a number is asked of one"
    gone = await writer.press(PAGE, {"asks": "firm_name new_1", "new_1_type": "number", "do": "unask:new_1"})
    assert 'name="asks" value="firm_name"' in gone.text
    assert 'id="condition_1_zh"' not in gone.text
    more = await writer.press(PAGE, {"condition_0_zh": "有场所", "do": "more:condition"})
    assert 'id="condition_1_zh"' in more.text
    for strange in ("ask:nothing_of_this_name", "new:song", "up:firm_name", "unask:x", "x", ""):
        page = await writer.press(PAGE, {"asks": "firm_name nothing_there new_0 new_1", "do": strange})
        assert page.status_code == 200
        assert 'name="asks" value="firm_name new_1"' in page.text, strange


async def test_another_officer_publishes_it_and_people_apply_for_it_at_once(moving: Town) -> None:
    town, writer = moving, await officer_with(moving, "services.amend")
    before = await town.citizen.get(f"/items/{PREPARED}")
    assert "/apply" not in before.text
    answer = await writer.press(PAGE, PREPARING)
    assert answer.status_code == 303, text(answer.text)
    path = answer.headers["location"]
    own = await writer.get(path)
    assert f"{path}/publish" not in own.text
    publisher = await officer_with(town, "services.publish")
    page = await publisher.get(path)
    for words in ("新问题", "别的事项也问", "Q2", "量的是什么？", f"{PREPARED}.material_", "长度|Length"):
        assert words in unescape(page.text), words
    again = await writer.press(PAGE, PREPARING | {"reason": "同一项再写一次"})
    await published(town, path, by=publisher)

    citizen = await town.new_citizen()
    guide = await citizen.get(f"/items/{PREPARED}")
    assert f"/items/{PREPARED}/apply" in guide.text
    assert PREPARED in (await citizen.get("/search?q=计量标准器具")).text
    brought = {"material": f"{PREPARED}_material_2", "content": "JVBERi0xLjcgcGxhbg==", "purpose": f"/items/{PREPARED}"}
    assert (await citizen.send("/api/materials", brought)).status_code == 200
    item = town.city.pack.all(ITEM)[PREPARED].value
    answers = dict(zip([one.field for one in item.asks], ("模拟量具厂", "temperature", "3"), strict=True))
    receipt = await citizen.send("/api/applications", {"items": [PREPARED], "answers": answers})
    assert receipt.status_code == 200, receipt.text
    case = receipt.json()["cases"][0]
    accepts, decides = [await officer_with(town, f"services.{duty}") for duty in ("accept", "decide")]
    for officer, step, outcome in ((accepts, "acceptance", "accept"), (decides, "decision", "grant")):
        move = await officer.send(f"/api/cases/{case}/moves", {"step": step, "outcome": outcome, "words": {}})
        assert move.status_code == 200, move.text
    affair = await citizen.get(f"/affairs/{receipt.json()['affair']}")
    assert "办好" in affair.text

    # Whoever prepared it at the same time hears that it is there, and nobody prepares it once more.
    writer, publisher = [await officer_with(town, f"services.{duty}") for duty in ("amend", "publish")]
    late = await publisher.post(f"{again.headers['location']}/publish", {"since": "今天"})
    assert late.status_code == 422
    assert (await writer.get(PAGE)).status_code == 404
    assert "Q2" not in (await publisher.get(again.headers["location"])).text

    # Whoever applies the folder hears what it would undo.
    memory = town.city.memory
    shipped = (await city_under(memory, (await memory.declarations.versions())[0].version)).pack
    assert PREPARED in candidates(shipped)
    assert await undone(memory.ledger, memory.declarations, shipped) == [PREPARED]
    assert await undone(memory.ledger, memory.declarations, town.city.pack) == []


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"plain_en": ""}, "plain_en", "中文和英文都要写"),
        ({"plain_zh": "长" * 301}, "plain_zh", "最多 300 个字"),
        ({"plain_zh": "办理相关材料"}, "plain_zh", "等于没说"),
        ({"condition_0_zh": "", "condition_0_en": ""}, "condition_0_zh", "至少写一个条件"),
        ({"material_0_zh": "", "material_0_en": ""}, "material_0_zh", "许可至少要一样材料"),
        ({"condition_0_en": ""}, "condition_0_en", "中文和英文都要写"),
        ({"condition_0_en": "有保证它正常工作的环境"}, "condition_0_en", "请用英文写"),
        ({"condition_0_article": "三十九"}, "condition_0_article", "条号的数字"),
        ({"condition_0_article": "999"}, "condition_0_article", "《计量法》（2018年10月26日的文本）是第 1 条到第 34 条，没有第 999 条"),
        ({"material_0_article": "35"}, "material_0_article", "没有第 35 条"),
        ({"material_0_zh": "其他材料"}, "material_0_zh", "等于没说"),
        ({"asks": ""}, "q", "至少问一个问题"),
        ({"new_1_choices": "长度 | Length"}, "new_1_choices", "至少 2 个"),
        ({"new_1_choices": "长度\n温度"}, "new_1_choices", "至少 2 个"),
        ({"new_1_section": "nowhere"}, "new_1_section", "放在表的哪一部分"),
        ({"new_1_type": "song"}, "new_1_type", "请选答案是哪一种"),
        ({"new_1_why_zh": ""}, "new_1_why_zh", "中文和英文都要写"),
        ({"new_2_unit_zh": "", "new_2_unit_en": ""}, "new_2_unit_zh", "数字要有单位"),
        ({"new_2_least": "many"}, "new_2_least", "请写数字"),
        ({"new_2_least": "9", "new_2_most": "8", "new_2_good": "8.5"}, "new_2_most", "比最小的还小"),
        ({"new_2_good": "0"}, "new_2_good", "答不对"),
        ({"new_2_type": "date", "new_2_good": "下个月", "new_2_unit_zh": "", "new_2_unit_en": "", "new_2_least": "",
          "new_2_most": ""}, "new_2_good", "答不对"),
        ({"new_2_when": "past"}, "", "没有这一栏"),
        ({"visits": "6"}, "visits", "0 到 5"),
        ({"visits": "٣"}, "visits", "0 到 5"),
        ({"visits": "1"}, "why_visit_zh", "中文和英文都要写"),
        ({"why_visit_zh": "验一下"}, "visits", "就要写来几次"),
        ({"faq_answer_en": ""}, "faq_answer_en", "中文和英文都要写"),
        ({"reason": ""}, "reason", "请写理由"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_at_its_field_beside_what_was_typed(
    town: Town, wrong: dict[str, str], field: str, says: str
) -> None:
    writer = await officer_with(town, "services.amend")
    sent, path = PREPARING | wrong, f"{LIST}/{OTHER_PREPARED}"
    page = await writer.press(path, sent)
    at = re.search(rf'id="{field}-error">(.*?)</p>', page.text, re.DOTALL) if field else None
    assert says in text(at[1] if at else page.text), text(page.text)[:300]
    assert (at is not None) == bool(field)
    assert errors_lead_to_their_fields(page.text)
    assert sent["faq_ask_zh"] in page.text, "nothing that was typed is lost"
    looked = await writer.press(path, sent | {"do": "look"})
    assert ('id="preview"' in looked.text) == (field == "reason")


async def test_of_an_article_that_nobody_compared_the_form_the_preview_and_the_publisher_hear(town: Town) -> None:
    writer, path = await officer_with(town, "services.amend"), f"{LIST}/{OTHER_PREPARED}"
    compared = await writer.press(path, PREPARING | {"condition_0_article": "13", "do": "look"})
    assert "和原文核对过" not in text(compared.text).partition("大家会看到的指南")[2]
    sent = PREPARING | {"condition_0_article": "34"}
    said = "没有人拿《计量法》第 34 条和原文核对过：大家看到的会标成“示例”。"
    page = await writer.press(path, sent | {"do": "look"})
    hint = re.search(r'id="condition_0_article-hint">(.*?)</p>', page.text, re.DOTALL)
    assert hint
    assert said in text(hint[1])
    assert said in text(page.text).partition("大家会看到的指南")[2]
    answer = await writer.post(path, sent)
    publisher = await officer_with(town, "services.publish")
    read = text((await publisher.get(answer.headers["location"])).text)
    assert said in read.partition("从哪天起？")[0], "whoever publishes it reads so before they do"
    assert "第 34 条，没有人和原文核对过" in read


async def test_an_answer_that_names_other_days_than_the_law_and_the_promise_is_told_and_not_refused(town: Town) -> None:
    writer, path = await officer_with(town, "services.amend"), f"{LIST}/{OTHER_PREPARED}"
    warned = "要是说的是几天办完"
    for answer, is_told in (("不用去。", False), ("7 个工作日办完。", True), ("20 天，也有人说二十天。", False)):
        page = text((await writer.press(path, PREPARING | {"faq_answer_zh": answer, "do": "look"})).text)
        assert (warned in page) == is_told, answer
    other = PREPARING | {"faq_answer_zh": "7 个工作日办完。"}
    page = text((await writer.press(path, other | {"do": "look"})).text)
    assert "“要去几次？”的回答里写着“7 个工作日”，可是定的是20 个工作日" in page
    handed = await writer.post(path, other)
    publisher = await officer_with(town, "services.publish")
    assert warned in text((await publisher.get(handed.headers["location"])).text).partition("从哪天起？")[0]


async def test_what_was_begun_is_there_for_whoever_comes_back_and_for_nobody_else(town: Town) -> None:
    writer, path = await officer_with(town, "services.amend"), f"{LIST}/{OTHER_PREPARED}"
    pressed = await writer.post(path, PREPARING | {"do": "look"})
    assert pressed.status_code == 303, "a browser that goes back sends no form anew"
    page = await writer.get(path)
    for name, value in PREPARING.items():
        if name not in ("do", "asks"):
            assert value.split("\n")[0] in unescape(page.text), name
    assert 'name="asks" value="firm_name new_1 new_2"' in page.text
    assert 'id="preview"' not in page.text, "whoever comes from elsewhere goes on writing"
    assert 'id="preview"' in (await writer.get(pressed.headers["location"].partition("#")[0])).text
    kept = await town.rows("select sealed from drafts where what = $1", path)
    assert kept
    assert all(PREPARING["reason"].encode() not in row["sealed"] for row in kept), "only under the key of whoever wrote"
    colleague = await officer_with(town, "services.amend")
    assert PREPARING["reason"] not in (await colleague.get(path)).text
    wrong = await writer.press(path, PREPARING | {"reason": "", "plain_zh": "第二次写的"})
    assert 'id="reason-error"' in wrong.text
    assert "第二次写的" in (await writer.get(path)).text
    assert "第二次写的" not in (await writer.press(path, {"do": "discard"})).text
    await writer.press(path, PREPARING | {"do": "look"})
    assert (await writer.post(path, PREPARING)).headers["location"].startswith("/desk/amendments/")
    assert PREPARING["reason"] not in (await writer.get(path)).text, "what was handed over is begun no more"


async def test_what_was_begun_of_another_version_says_so(town: Town) -> None:
    writer, path = await officer_with(town, "services.amend"), f"{LIST}/{OTHER_PREPARED}"
    seen = re.findall(r'name="seen" value="(\w+)"', (await writer.get(path)).text)[0]
    same = await writer.press(path, PREPARING | {"seen": seen, "do": "find"})
    assert "这里的内容变了" not in same.text
    other = await writer.press(path, PREPARING | {"seen": "0" * 64, "do": "find"})
    assert "这里的内容变了" in other.text


async def test_all_that_is_wrong_is_told_at_once(town: Town) -> None:
    writer = await officer_with(town, "services.amend")
    page = await writer.press(f"{LIST}/{OTHER_PREPARED}", {"do": "send"})
    for field in ("plain_zh", "condition_0_zh", "material_0_zh", "q", "faq_ask_zh", "faq_answer_zh", "reason"):
        assert f'id="{field}-error"' in page.text, field
    assert errors_lead_to_their_fields(page.text)
    assert "条件 1（中文）：至少写一个条件" in text(page.text)


async def test_only_the_agencys_own_candidates_are_there(town: Town) -> None:
    writer = await officer_with(town, "services.amend")
    known = candidates(town.city.pack)
    theirs = next(name for name, row in known.items() if row.agency != AGENCY)
    assert (await writer.get(f"{LIST}/{theirs}")).status_code == 404
    assert (await writer.press(f"{LIST}/{theirs}", PREPARING)).status_code == 404
    assert (await writer.get(f"{LIST}/food_business")).status_code == 404
    listed = await writer.listed(LIST)
    assert theirs not in listed
    assert {name for name, row in known.items() if row.agency == AGENCY and f'/{name}"' not in listed} == set()


async def test_markup_in_what_was_typed_is_shown_and_never_run(town: Town) -> None:
    writer = await officer_with(town, "services.amend")
    markup = '"><img src=x onerror=alert(1)>'
    codes = ("asks", "do", "visits", "new_1_type", "new_2_type", "new_1_section", "new_2_section")
    typed = {name: value if name in codes else f"{value}{markup}" for name, value in PREPARING.items()}
    # Each page has passed the strict client, which finds any tag that runs something.
    page = await writer.press(f"{LIST}/{OTHER_PREPARED}", typed)
    assert "条号的数字" in page.text
    assert markup not in page.text
    numbers = {name: PREPARING[name] for name in PREPARING if name.endswith(("_article", "_least", "_most", "_good"))}
    answer = await writer.press(f"{LIST}/{OTHER_PREPARED}", typed | numbers)
    assert answer.status_code == 303, text(answer.text)
    shown = await writer.get(answer.headers["location"])
    assert "onerror=alert(1)" in shown.text
    assert markup not in shown.text
