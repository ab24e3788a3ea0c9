"""Acting for a child, a relative, a firm: every trace says for whom, and nothing goes beyond the mandate."""

import re
from base64 import b64encode
from datetime import date, timedelta
from html import unescape
from typing import Final
from uuid import UUID, uuid4

import pytest
from tests.http.towns import FORM, REVIEW, Caller, Thread, Town, hidden

from onecity.drills.cities import ANSWERS
from onecity.registers import FirmRow

CHILD: Final = "林小满"
FIRM: Final = "拾味餐饮（模拟）有限公司"
OTHER_ITEM: Final = "seal_filing"
SEAL: Final = {"shop_name": "拾味小馆", "seal_kind": "name_only"}


async def switched(who: Caller, mandate: UUID) -> None:
    answer = await who.post(f"/mandates/{mandate}/act", {})
    assert answer.status_code == 303, answer.text


async def newest(town: Town, agent: Caller) -> UUID:
    rows = await town.rows(
        "select mandate from mandates where agent = $1 order by given desc, mandate desc", await town.person(agent)
    )
    found: UUID = rows[0]["mandate"]
    return found


async def parent(town: Town, born: date = date(2015, 5, 20)) -> tuple[Caller, str, UUID]:
    """Somebody with a child: them, the child's number, the mandate that the register gives."""
    guardian = await town.new_citizen("林晓梅")
    number = await town.child(CHILD, (await town.identity(guardian)).number, born=born)
    answer = await guardian.post("/mandates/new/ward", {"name": CHILD, "number": number})
    assert answer.status_code == 303, answer.text
    return guardian, number, await newest(town, guardian)


async def representative(town: Town) -> tuple[Caller, str, UUID]:
    """The legal representative of a firm: them, the firm's code, the mandate."""
    who = await town.new_citizen("陈建国")
    code = await town.firm(FIRM, (await town.identity(who)).number)
    answer = await who.post("/mandates/new/firm", {"name": FIRM, "number": code})
    assert answer.status_code == 303, answer.text
    return who, code, await newest(town, who)


async def test_a_guardian_acts_for_a_child_and_every_trace_says_so(town: Town) -> None:
    guardian, _, mandate = await parent(town)
    await switched(guardian, mandate)
    for page in ("/", "/affairs", "/letters", "/mandates", "/items", FORM, "/account", "/reads"):
        assert f"现在替 {CHILD} 办" in (await guardian.get(page)).text, page
    thread = await town.apply(guardian)
    [row] = await town.rows("select subject from affairs where affair = $1", thread.affair)
    [given] = await town.rows("select grantor from mandates where mandate = $1", mandate)
    assert row["subject"] == given["grantor"] != await town.person(guardian)
    for stream in (thread.affair, thread.case):
        by = (await town.city.memory.ledger.history(stream))[0].by
        assert (by.person, by.on_behalf_of, by.mandate) == (await town.person(guardian), row["subject"], str(mandate))
    assert (await guardian.get(f"/affairs/{thread.affair}")).status_code == 200
    assert "您好" in (await guardian.get(f"/letters/{thread.letter}")).text
    assert CHILD in (await town.accept.get(f"/desk/cases/{thread.case}")).text


async def test_one_click_ends_it_and_the_childs_affairs_are_out_of_sight(town: Town) -> None:
    guardian, _, mandate = await parent(town)
    await switched(guardian, mandate)
    thread = await town.apply(guardian)
    assert (await guardian.post("/mandates/for-myself", {})).status_code == 303
    assert f"现在替 {CHILD} 办" not in (await guardian.get("/")).text
    for path in (f"/affairs/{thread.affair}", f"/affairs/{thread.affair}/receipt", f"/letters/{thread.letter}"):
        assert (await guardian.get(path)).status_code == 404, path
    assert (await guardian.get(f"/api/affairs/{thread.affair}")).status_code == 404
    assert (await guardian.get("/api/affairs")).json()["affairs"] == []
    await switched(guardian, mandate)
    assert (await guardian.get("/api/affairs")).json()["affairs"] == [str(thread.affair)]


async def test_a_form_begun_for_a_child_is_the_childs_and_not_the_guardians(town: Town) -> None:
    guardian, _, mandate = await parent(town)
    await guardian.post(FORM, ANSWERS | {"shop_name": "自己的店"})
    await switched(guardian, mandate)
    assert "自己的店" not in (await guardian.get(FORM)).text
    await guardian.post(FORM, ANSWERS | {"shop_name": "孩子的店"})
    receipt = await guardian.post(REVIEW, {"key": hidden(await guardian.get(REVIEW), "key")})
    affair = receipt.headers["location"].split("/")[2]
    await guardian.post("/mandates/for-myself", {})
    assert "自己的店" in (await guardian.get(FORM)).text
    assert (await guardian.get(f"/affairs/{affair}")).status_code == 404


async def test_a_mandate_that_ends_stops_the_next_request_and_then_one_acts_for_oneself(town: Town) -> None:
    grantor, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    mandate = await town.mandate(grantor, agent)
    await switched(agent, mandate)
    thread = await town.apply(agent)
    assert (await grantor.post(f"/mandates/{mandate}/end", {})).status_code == 303
    before = await town.written()
    refused = await agent.send("/api/applications", {"items": ["food_business"], "answers": ANSWERS})
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:onecity:mandate"
    assert await town.written() == before
    assert (await agent.get(f"/affairs/{thread.affair}")).status_code == 404
    assert (await grantor.get(f"/affairs/{thread.affair}")).status_code == 200
    assert (await agent.post(f"/mandates/{mandate}/act", {})).status_code == 409


async def test_a_page_says_that_the_mandate_is_over(town: Town) -> None:
    grantor, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    mandate = await town.mandate(grantor, agent)
    await switched(agent, mandate)
    await agent.post(f"/mandates/{mandate}/end", {})
    page = await agent.get("/affairs")
    assert page.status_code == 403
    assert "您替别人办的委托到期了" in page.text
    assert (await agent.get("/affairs")).status_code == 200


async def test_a_mandate_ends_with_its_last_day(town: Town) -> None:
    grantor, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    mandate = await town.mandate(grantor, agent)
    await switched(agent, mandate)
    with town.clock.later(timedelta(days=300)):
        await town.stay(agent)
        assert "现在替" in (await agent.get("/")).text
    with town.clock.later(timedelta(days=301)):
        await town.stay(agent)
        assert (await agent.get("/")).status_code == 403
        assert "现在替" not in (await agent.get("/")).text


async def limited(town: Town) -> tuple[Caller, Caller, Thread, Thread]:
    """A grantor with two affairs, and an agent who may act in the matter of the first only."""
    grantor, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    inside = await town.apply(grantor)
    answer = await grantor.send("/api/applications", {"items": [OTHER_ITEM], "answers": SEAL})
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    affair = UUID(receipt["affair"])
    [row] = await town.rows("select letter from letters where about = $1", affair)
    outside = Thread(affair, receipt["number"], UUID(receipt["cases"][0]), row["letter"])
    await switched(agent, await town.mandate(grantor, agent, **{"matter-food_business": "yes"}))
    return grantor, agent, inside, outside


async def test_an_agent_sees_and_does_nothing_beyond_the_matters_of_the_mandate(town: Town) -> None:
    _, agent, inside, outside = await limited(town)
    assert (await agent.get(f"/affairs/{inside.affair}")).status_code == 200
    assert (await agent.get(f"/letters/{inside.letter}")).status_code == 200
    for path in (f"/affairs/{outside.affair}", f"/letters/{outside.letter}", f"/api/affairs/{outside.affair}"):
        assert (await agent.get(path)).status_code == 404, path
    assert (await agent.get("/api/affairs")).json()["affairs"] == [str(inside.affair)]
    assert outside.number not in (await agent.get("/affairs")).text
    assert str(outside.letter) not in (await agent.get("/letters")).text


@pytest.mark.parametrize("step", ["apply", "apply/rest", "materials", "review"])
async def test_a_form_beyond_the_mandate_does_not_open(town: Town, step: str) -> None:
    grantor, agent, _, _ = await limited(town)
    await grantor.post(f"/items/{OTHER_ITEM}/apply/rest", {"shop_name": "别人看不到的店名"})
    for page in (
        await agent.get(f"/items/{OTHER_ITEM}/{step}"),
        await agent.get(f"/life-events/open_restaurant/{step}"),
    ):
        assert page.status_code == 409
        assert "这一项不在委托里" in page.text
        assert "别人看不到的店名" not in page.text
    assert "/items/seal_filing" not in (await agent.get("/affairs")).text


async def test_an_application_beyond_the_mandate_is_refused(town: Town) -> None:
    _, agent, _, _ = await limited(town)
    for items, answers in (([OTHER_ITEM], SEAL), (["food_business", OTHER_ITEM], {**ANSWERS, **SEAL})):
        answer = await agent.send("/api/applications", {"items": items, "answers": answers})
        assert answer.json()["type"] == "urn:onecity:people.not_in_mandate"
    assert (await agent.send("/api/applications", {"items": ["food_business"], "answers": ANSWERS})).status_code == 200


async def test_an_agent_brings_only_what_the_matters_of_the_mandate_need(town: Town) -> None:
    _, agent, _, _ = await limited(town)
    content = b64encode(b"%PDF-1.7 plan").decode()
    needed = await agent.send("/api/materials", {"material": "floor_plan", "content": content})
    other = await agent.send("/api/materials", {"material": "drainage_plan", "content": content})
    assert needed.status_code == 200, needed.text
    assert other.json()["type"] == "urn:onecity:people.not_in_mandate"


async def test_letters_about_anything_but_affairs_stay_with_whoever_they_are_to(town: Town) -> None:
    grantor, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    await grantor.post("/account/password", {"old": "correct horse battery", "password": "another sentence here"})
    await switched(agent, await town.mandate(grantor, agent))
    assert "您的密码换了" in (await grantor.get("/letters")).text
    assert "您的密码换了" not in (await agent.get("/letters")).text
    [row] = await town.rows(
        "select letter from letters where person = $1 and kind = 'people.changed'", await town.person(grantor)
    )
    assert (await agent.get(f"/letters/{row['letter']}")).status_code == 404


async def test_the_representative_acts_for_the_firm_and_asks_others_to(town: Town) -> None:
    boss, _, mandate = await representative(town)
    await switched(boss, mandate)
    thread = await town.apply(boss)
    agent = await town.new_citizen("马腾飞")
    entrusted = await town.identity(agent)
    until = (town.clock.at + timedelta(days=30)).date().isoformat()
    sent = {"name": entrusted.name, "number": entrusted.number, "until": until, "all": "yes"}
    assert (await boss.post("/mandates/new/person", sent)).status_code == 303
    await switched(agent, await newest(town, agent))
    assert f"现在替 {FIRM} 办" in (await agent.get("/affairs")).text
    assert (await agent.get(f"/affairs/{thread.affair}")).status_code == 200
    third = await town.identity(await town.new_citizen())
    again = await agent.post("/mandates/new/person", {**sent, "name": third.name, "number": third.number})
    assert again.status_code == 409
    assert "不能再请别人办" in again.text


async def test_a_firm_has_one_account_whoever_represents_it(town: Town) -> None:
    boss, code, _ = await representative(town)
    successor = await town.new_citizen("马腾飞")
    row = FirmRow(code, FIRM, (await town.identity(successor)).number, "郑州市（模拟地址）", "410199", "simulated")
    await town._register([row])
    await successor.post("/mandates/new/firm", {"name": FIRM, "number": code})
    firms = await town.rows(
        "select distinct grantor from mandates where agent = any($1)",
        [await town.person(boss), await town.person(successor)],
    )
    assert len(firms) == 1


async def test_a_register_that_changed_its_mind_lets_nobody_switch(town: Town) -> None:
    boss, code, mandate = await representative(town)
    await switched(boss, mandate)
    await boss.post("/mandates/for-myself", {})
    await town._register([FirmRow(code, FIRM, "410199190001010010", "郑州市（模拟地址）", "410199", "simulated")])
    assert (await boss.post(f"/mandates/{mandate}/act", {})).status_code == 409


@pytest.mark.parametrize("kind", ["ward", "firm"])
async def test_whom_no_register_names_acts_for_nobody(town: Town, kind: str) -> None:
    guardian, number, _ = await parent(town)
    _, code, _ = await representative(town)
    stranger = await town.new_citizen("马腾飞")
    name, known = (CHILD, number) if kind == "ward" else (FIRM, code)
    before = await town.written()
    for sent in ({"name": name, "number": known}, {"name": "别的", "number": known}, {"name": name, "number": "x"}):
        answer = await stranger.post(f"/mandates/new/{kind}", sent)
        assert answer.status_code == 422
    assert await town.written() == before
    assert (await guardian.get("/mandates/new/kingdom")).status_code == 404


async def test_a_child_that_comes_of_age_acts_alone_and_keeps_the_account(town: Town) -> None:
    born = date(2002, 9, 30)
    guardian, number, mandate = await parent(town, born)
    await switched(guardian, mandate)
    thread = await town.apply(guardian)
    grown = await town.sign_in(await town.register(CHILD, number))
    assert (await grown.get(f"/affairs/{thread.affair}")).status_code == 200
    with town.clock.later(date(2020, 9, 29) - town.clock.at.date()):
        await town.stay(guardian)
        assert (await guardian.get("/")).status_code == 200
    with town.clock.later(date(2020, 9, 30) - town.clock.at.date()):
        await town.stay(guardian)
        assert (await guardian.get("/")).status_code == 403


async def test_a_mandate_to_somebody_without_an_account_waits_for_them_and_tells_nobody(town: Town) -> None:
    grantor = await town.new_citizen()
    number = await town.resident("马腾飞")
    until = (town.clock.at + timedelta(days=30)).date().isoformat()
    sent = {"name": "马腾飞", "number": number, "until": until, "all": "yes"}
    assert (await grantor.post("/mandates/new/person", sent)).status_code == 303
    assert "马腾飞" in (await grantor.get("/mandates")).text
    agent = await town.sign_in(await town.register("马腾飞", number))
    page = (await agent.get("/mandates")).text
    [mandate] = re.findall(r'action="/mandates/([^"/]+)/act"', page)
    await switched(agent, UUID(mandate))
    assert "现在替 周雨桐 办" in (await agent.get("/")).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"all": "yes"}, "日期不对"),
        ({"until": "2030-01-01"}, "请选要办的事"),
        ({"until": "2030-01-01", "all": "yes", "matter-food_business": "yes"}, "请选要办的事"),
        ({"until": "2019-01-01", "all": "yes"}, "日期不对"),
        ({"until": "2030-01-01", "more": "食品经营许可、登月许可"}, "没有“登月许可”这件事"),
        ({"until": "2030-01-01", "all": "yes", "number": "x"}, "居民登记里没有"),
    ],
)
async def test_a_form_that_is_wrong_comes_back_with_what_was_typed(town: Town, sent: dict[str, str], said: str) -> None:
    known = await town.identity(town.other)
    answer = await town.citizen.post("/mandates/new/person", {"name": known.name, "number": known.number} | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert known.name in answer.text


async def test_the_window_records_a_paper_for_people_without_an_account_and_for_firms(town: Town) -> None:
    agent = await town.new_citizen("马腾飞")
    known, number = await town.identity(agent), await town.resident("陈建国")
    code = await town.firm(FIRM, number)
    for name, grantor in (("陈建国", number), (FIRM, code)):
        sent = {
            "grantor": name, "grantor_number": grantor, "name": known.name, "number": known.number,
            "until": "2030-01-01", "all": "yes", "paper": "陈建国 2020-09-20 签",
        }  # fmt: skip
        done = await town.admin.post("/window/mandates", sent)
        assert "登记好了" in done.text
        await switched(agent, await newest(town, agent))
        assert f"现在替 {name} 办" in (await agent.get("/")).text
        [fact] = [one.fact for one in await town.city.memory.ledger.history(await newest(town, agent))]
        assert getattr(fact, "paper", None) == "陈建国 2020-09-20 签"
    wrong = await town.admin.post("/window/mandates", {**sent, "grantor": "别人"})
    assert wrong.status_code == 422
    papers = await town.rows("select body from ledger.facts where kind like 'people.mandate_given/%'")
    assert all("陈建国".encode() not in row["body"] for row in papers)
    # Who was only on file opens the account that the city has already.
    citizen = await town.sign_in(await town.register("陈建国", number))
    assert "马腾飞" in (await citizen.get("/mandates")).text


async def test_a_consent_is_seen_and_taken_back(town: Town) -> None:
    citizen = await town.new_citizen()
    consent = await town.consent(citizen)
    page = (await citizen.get("/mandates")).text
    assert "居民登记里我的信息" in page
    assert "市场监督管理局" in page
    assert (await citizen.post(f"/consents/{consent}/end", {})).status_code == 303
    assert (await citizen.post(f"/consents/{consent}/end", {})).status_code == 409
    [row] = await town.rows("select ended from consents where consent = $1", consent)
    assert row["ended"] is not None


async def test_whoever_acts_for_another_still_changes_only_their_own_account(town: Town) -> None:
    grantor, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    await switched(agent, await town.mandate(grantor, agent))
    assert "马腾飞" in (await agent.get("/account")).text
    sent = {"old": "correct horse battery", "password": "another sentence here"}
    assert (await agent.post("/account/password", sent)).status_code == 303
    assert (await grantor.get("/account")).status_code == 200
    history = await town.city.memory.ledger.history(await town.person(agent))
    assert history[-1].by.on_behalf_of is None


async def test_a_stranger_neither_uses_nor_ends_a_mandate(town: Town) -> None:
    grantor, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    mandate = await town.mandate(grantor, agent)
    for path in (f"/mandates/{mandate}/act", f"/mandates/{mandate}/end", f"/mandates/{uuid4()}/act", "/mandates/x/end"):
        assert (await town.other.post(path, {})).status_code == 404, path
    assert (await grantor.post(f"/mandates/{mandate}/act", {})).status_code == 404


async def test_a_mandate_of_no_known_kind_is_no_page_and_speaks_of_nobody(town: Town) -> None:
    for answer in (await town.citizen.get("/mandates/new/zzz"), await town.citizen.post("/mandates/new/zzz", {})):
        assert answer.status_code == 404
        assert "没有找到这个人" not in answer.text


async def test_a_matter_that_few_people_need_is_written_by_its_name(town: Town) -> None:
    grantor, agent = await town.new_citizen(), await town.new_citizen()
    page = unescape((await grantor.get("/mandates/new/person")).text)
    assert page.count('name="matter-') <= 40
    rare = next(label for name, label in town.city.matters("zh").items() if f'name="matter-{name}"' not in page)
    await town.mandate(grantor, agent, more=f"食品经营许可，{rare}")
    given = unescape((await grantor.get("/mandates")).text)
    assert rare in given
    assert "食品经营许可" in given
