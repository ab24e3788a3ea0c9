"""The hotline, the knowledge base, and what is open already: whoever calls or reports is answered before anything else."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from tests.http.street import CENTRE, CITY, MATTER, case_of, crew, moved, report, sent, waiting
from tests.http.towns import Caller, Town, hidden

from onecity.governance.facts import Answered, Joined, Reported
from onecity.governance.ground import metres
from onecity.governance.tokens import report_behind
from onecity.governance.usecases import callers
from onecity.governance.usecases.callers import KEPT
from onecity.kernel.acting import Channel, Held, Scope

STREET = "410105001"
"""经八路街道."""
DANGER = "楼下煤气味很重，闻着难受"
QUESTION = "家里停电了，邻居家也黑着"


async def operator(town: Town, *duties: str, area: str = CITY) -> Caller:
    held = [Held(f"governance.{duty}", Scope(CENTRE, area)) for duty in duties or ("hotline", "accept")]
    return await town.sign_in(await town.new_officer(*held))


def telephone() -> str:
    """A number from which nobody has called."""
    return f"138{uuid4().int % 10**8:08}"


def receipt_of(taken: Response) -> UUID:
    """The report whose receipt an operator is sent to."""
    assert taken.status_code == 303, taken.text
    return UUID(taken.headers["location"].removeprefix("/street/hotline/"))


def behind(town: Town, address: str) -> UUID:
    assert town.city.centre is not None
    found = report_behind(address.rpartition("/")[2], town.city.centre.secret)
    assert found is not None
    return found


async def told(town: Town, report_id: UUID) -> Reported:
    fact = (await town.city.memory.ledger.history(report_id))[0].fact
    assert isinstance(fact, Reported)
    return fact


async def quiet_street(town: Town, place: int) -> str:
    """A street in which no other test reports."""
    assert town.city.centre is not None
    streets = [one.code for county, all_ in town.city.centre.street.ground.places.streets() for one in all_]
    return streets[-1 - place]


async def test_danger_comes_before_anything_else_and_writes_nothing(town: Town) -> None:
    who, before = await operator(town), await town.written()
    page = await who.post("/street/hotline", {"words": DANGER})
    assert page.status_code == 200 and 'href="tel:119"' in page.text
    assert page.text.index('href="tel:119"') < page.text.index("来电人怎么说")
    assert await town.written() == before


async def test_the_kind_is_proposed_with_its_chance_and_the_words_that_decided(town: Town) -> None:
    page = await (await operator(town)).post("/street/hotline", {"words": "金水区经八路街道，路灯不亮好几天了"})
    assert re.search(r"\d+%", page.text) and "看的是：" in page.text
    assert f'<option value="{STREET}" selected>' in page.text, "the place follows from the address"


async def test_a_call_is_taken_in_by_the_use_case_of_every_report_and_followed_without_an_account(town: Town) -> None:
    who, number = await operator(town), telephone()
    form = await who.get("/street/hotline")
    call = {"words": "路边有一堆垃圾", "number": number, "matter": "", "area": STREET, "key": hidden(form, "key")}
    taken = await who.post("/street/hotline/report", call)
    assert taken.status_code == 303 and number not in taken.headers["location"]
    report_id, receipt = receipt_of(taken), await who.get(taken.headers["location"])
    [follow] = re.findall(r"/follow/[\w-]+", receipt.text)
    assert (await town.caller().get(follow)).status_code == 200
    fact = await told(town, report_id)
    assert (fact.source, fact.contact, fact.subject) == ("hotline", number, report_id) and report_id == behind(
        town, follow
    )
    rows = await town.rows("select source from reports where report = $1", report_id)
    assert rows[0]["source"] == "hotline"
    again = await who.post("/street/hotline/report", call)
    assert again.headers["location"] == taken.headers["location"]


async def test_the_operator_acts_in_the_duty_of_the_hotline_on_the_telephone(town: Town) -> None:
    who = await operator(town)
    taken = await who.post("/street/hotline/report", {"words": "路边有一堆垃圾", "area": STREET})
    history = await town.city.memory.ledger.history(receipt_of(taken))
    by = history[0].by
    assert (by.channel, by.duty, by.person) == (Channel.TELEPHONE, "governance.hotline", await town.person(who))


async def test_a_call_that_was_taken_in_is_shown_where_the_duty_reaches_and_its_link_to_whoever_took_it(
    town: Town,
) -> None:
    who, mate = await operator(town), await operator(town, "hotline")
    taken = await who.post("/street/hotline/report", {"words": "路边有一堆垃圾", "area": STREET})
    report_id, path = receipt_of(taken), taken.headers["location"]
    assert "/follow/" in (await who.get(path)).text
    seen = await mate.get(path)
    assert seen.status_code == 200 and (await told(town, report_id)).number in seen.text and "/follow/" not in seen.text
    looks = await town.rows("select reader from reads where subject = $1 and about = $1 order by at", report_id)
    assert [row["reader"] for row in looks] == [await town.person(who), await town.person(mate)]
    for other in (await report(town))["report"], str(uuid4()), "x":
        assert (await who.get(f"/street/hotline/{other}")).status_code == 404, "no call, or none at all"


async def test_whoever_calls_again_is_found_by_the_number_and_each_look_is_recorded(town: Town) -> None:
    who, number, citizen = await operator(town), telephone(), await town.new_citizen()
    first = await report(town, citizen, contact=f"+86 {number}")
    page = await who.post("/street/hotline", {"words": "", "number": number})
    assert first["number"] in page.text
    assert "办您的事要看" in (await citizen.get("/reads")).text
    assert first["number"] not in (await who.post("/street/hotline", {"number": telephone()})).text


async def test_no_clear_number_is_kept_and_whoever_is_forgotten_or_done_is_not_found(town: Town) -> None:
    number, citizen = telephone(), await town.new_citizen()
    first = await report(town, citizen, contact=number)
    kept = await town.rows("select number from callers where report = $1", UUID(first["report"]))
    assert len(kept) == 1 and number.encode() not in kept[0]["number"]
    assert town.city.centre is not None
    team = await crew(town)
    await moved(team.operator, await case_of(town, first), "intake", "void", words={"reason": "报错了"})
    assert await town.city.centre.callers.purge(town.clock()) == 0
    assert await town.city.centre.callers.purge(town.clock() + KEPT + timedelta(minutes=1)) >= 1
    assert await town.rows("select from callers where report = $1", UUID(first["report"])) == []


async def test_the_purge_goes_on_until_nothing_is_left(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "_AT_ONCE", 1)
    team, all_ = await crew(town), [await report(town, contact=telephone()) for _ in range(3)]
    for one in all_:
        await moved(team.operator, await case_of(town, one), "intake", "void", words={"reason": "报错了"})
    assert town.city.centre is not None
    assert await town.city.centre.callers.purge(town.clock() + KEPT + timedelta(minutes=1)) >= 3
    reports = [UUID(one["report"]) for one in all_]
    assert await town.rows("select from callers where report = any($1)", reports) == []


async def test_a_number_whose_report_never_came_is_forgotten_after_a_day(town: Town) -> None:
    assert town.city.centre is not None
    lost, known = uuid4(), town.city.centre.callers
    await known.remember(telephone(), lost, now=town.clock())
    await known.purge(town.clock() + timedelta(hours=23))
    assert len(await town.rows("select from callers where report = $1", lost)) == 1
    await known.purge(town.clock() + timedelta(hours=25))
    assert await town.rows("select from callers where report = $1", lost) == []


async def test_of_what_is_refused_or_sent_again_no_number_is_remembered_twice(town: Town) -> None:
    async def kept() -> int:
        return len(await town.rows("select from callers"))

    before, key, told_ = await kept(), uuid4(), {"words": "有个坑", "area": STREET, "contact": telephone()}
    refused = await town.caller().send("/api/reports", told_ | {"matter": "z:nothing"}, key=uuid4())
    assert refused.status_code != 200 and await kept() == before
    strange = await town.caller().send("/api/reports", told_ | {"photos": ["0" * 64]}, key=uuid4())
    assert strange.status_code == 409 and await kept() == before
    for _ in range(2):
        assert (await town.caller().send("/api/reports", told_, key=key)).status_code == 200
    assert await kept() == before + 1


@pytest.mark.parametrize("source", ["patrol", "hotline", "program", "citizen"])
async def test_which_way_a_report_came_is_not_said_by_whoever_reports(town: Town, source: str) -> None:
    said = {"words": "有个坑", "area": STREET, "source": source}
    for path, body in (("/api/reports", said), ("/api/reports/same", {"tell": said, "number": ""})):
        assert (await town.caller().send(path, body, key=uuid4())).status_code == 422


async def test_of_a_caller_an_operator_sees_only_what_lies_where_the_duty_reaches(town: Town) -> None:
    number = telephone()
    await report(town, contact=number)
    abroad = await operator(town, "hotline", area="410200")
    assert "W2020" not in (await abroad.post("/street/hotline", {"number": number})).text
    refused = await abroad.post("/street/hotline/report", {"words": "有个坑", "area": STREET})
    assert refused.status_code == 422 and "不归您办" in refused.text


async def test_a_question_is_answered_on_the_spot_and_its_case_says_with_what(town: Town) -> None:
    who = await operator(town)
    page = await who.post("/street/hotline", {"words": QUESTION, "area": STREET})
    assert 'name="answer" value="power_cut"' in page.text
    done = await who.post("/street/hotline/answer", {"words": QUESTION, "area": STREET, "answer": "power_cut"})
    assert done.status_code == 303
    assert "已经当场答复" in (await who.get(done.headers["location"])).text
    case = (await told(town, receipt_of(done))).case
    [answered] = [one.fact for one in await town.city.memory.ledger.history(case) if isinstance(one.fact, Answered)]
    assert answered.answer == "power_cut" and len(answered.answer_version) >= 8
    [row] = await town.rows("select result from cases where id = $1", case)
    assert row["result"] == "answered"
    assert town.city.centre is not None
    assert "供电公司" in (await town.caller().get(town.city.centre.link(receipt_of(done)))).text


async def test_who_may_not_end_a_case_answers_none_and_nothing_is_taken_in(town: Town) -> None:
    who = await operator(town, "hotline")
    page = await who.post("/street/hotline", {"words": QUESTION})
    assert "供电公司" in page.text and 'name="answer"' not in page.text
    before = await town.written()
    refused = await who.post("/street/hotline/answer", {"words": QUESTION, "area": STREET, "answer": "power_cut"})
    assert refused.status_code == 422 and await town.written() == before


async def test_without_a_place_a_call_is_not_taken_and_nothing_typed_is_lost(town: Town) -> None:
    page = await (await operator(town)).post("/street/hotline/report", {"words": "有一堆垃圾", "number": "13800000000"})
    assert (
        page.status_code == 422 and "在哪里" in page.text and "有一堆垃圾" in page.text and "13800000000" in page.text
    )


async def test_a_programme_of_a_call_centre_does_the_same(town: Town) -> None:
    who, number = await operator(town), telephone()
    call = {"words": QUESTION, "number": number, "area": STREET}
    heard = (await who.send("/api/street/hotline", call)).json()
    assert next(one["id"] for one in heard["answers"]) == "power_cut" and heard["caller"] == []
    assert (await who.send("/api/street/hotline", {"words": DANGER})).json()["dangers"][0]["calls"][0]["number"]
    taken = await who.send("/api/street/hotline/reports", {"call": call}, key=uuid4())
    assert taken.status_code == 200, taken.text
    heard = (await who.send("/api/street/hotline", call)).json()
    assert [one["number"] for one in heard["caller"]] == [taken.json()["number"]]
    answered = await who.send("/api/street/hotline/answers", {"call": call, "answer": "power_cut"}, key=uuid4())
    assert answered.status_code == 200
    unknown = await who.send("/api/street/hotline/answers", {"call": call, "answer": "nothing"}, key=uuid4())
    assert unknown.status_code == 409 and "governance.no_such_answer" in unknown.text


@pytest.mark.parametrize(
    ("question", "first"), [("停水", "water_cut"), ("马蜂", "wasps_nest"), ("no power", "power_cut")]
)
async def test_two_signs_are_enough_to_find_an_answer(town: Town, question: str, first: str) -> None:
    page = await town.caller().get(f"/answers?q={question}")
    assert page.status_code == 200
    found = re.findall(r'href="/answers/([a-z_]+)"', page.text)
    assert found[0] == first


async def test_all_answers_are_listed_and_each_says_who_keeps_it_since_when_and_by_which_law(town: Town) -> None:
    page = await town.caller().get("/answers")
    assert town.city.centre is not None
    assert set(re.findall(r'href="/answers/([a-z_]+)"', page.text)) == set(town.city.centre.street.rules.answers)
    one = await town.caller().get("/answers/water_cut")
    assert "自来水公司" in one.text and "1月1日" in one.text and "模拟城市街面办事规则" in one.text
    assert (await town.caller().get("/answers/nothing")).status_code == 404
    told_ = (await town.caller().get("/api/answers/water_cut")).json()
    assert told_["agency"] == "water_company"


async def test_whoever_reports_what_is_answered_already_sees_the_answer_first(town: Town) -> None:
    citizen, before = town.caller(), await town.written()
    asked = {"words": "停水了，什么时候来水", "matter": "", "area": await quiet_street(town, 0)}
    page = await citizen.post("/report", asked)
    assert page.status_code == 200 and "您是不是想问这个" in page.text and "/answers/water_cut" in page.text
    assert await town.written() == before
    sent_on = await citizen.post("/report", asked | {"seen": hidden(page, "seen"), "key": hidden(page, "key")})
    assert sent_on.status_code == 303


async def reported_on_paper(town: Town, area: str, **more: str) -> str:
    sent_in = {"words": "", "matter": MATTER, "area": area, "seen": "yes", **more}
    answer = await town.caller().post("/report", sent_in)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_what_is_open_in_the_street_is_shown_before_sending_without_persons_or_places(town: Town) -> None:
    area = await quiet_street(town, 1)
    first = behind(
        town, await reported_on_paper(town, area, words="张三家门口", address="纬二路 58 号", contact=telephone())
    )
    number = (await told(town, first)).number
    page = await town.caller().post("/report", {"words": "路塌了", "matter": MATTER, "area": area, "sure": "yes"})
    assert page.status_code == 200 and number in page.text and "同一个街道里" in page.text
    assert "张三" not in page.text and "58 号" not in page.text
    other = await town.caller().post("/report", {"words": "水管裂了", "matter": "z:water_pipe_burst", "area": area})
    assert other.status_code == 303, "of another kind"


async def test_whoever_says_it_is_the_same_follows_that_case_and_hears_of_its_progress(town: Town) -> None:
    area = await quiet_street(town, 2)
    first = await told(town, behind(town, await reported_on_paper(town, area)))
    citizen = town.caller()
    typed = {"words": "路塌了", "matter": MATTER, "area": area, "sure": "yes"}
    page = await citizen.post("/report", typed)
    same = typed | {name: hidden(page, name) for name in ("seen", "same", "key")}
    joined = await citizen.post("/report", same)
    assert joined.status_code == 303
    report_id = behind(town, joined.headers["location"])
    [row] = await town.rows("select case_id, opened from reports where report = $1", report_id)
    assert row["case_id"] == first.case != row["opened"]
    [own] = await town.rows("select result from cases where id = $1", row["opened"])
    assert own["result"] == "joined"
    assert any(isinstance(one.fact, Joined) for one in await town.city.memory.ledger.history(report_id))
    assert (await citizen.post("/report", same)).headers["location"] == joined.headers["location"]
    team = await crew(town)
    await moved(team.operator, first.case, "intake", "void", words={"reason": "去看过，已经填平了"})
    assert "已经填平了" in (await town.caller().get(joined.headers["location"])).text


async def test_a_number_that_was_never_shown_joins_nothing(town: Town) -> None:
    elsewhere = await told(town, behind(town, await reported_on_paper(town, await quiet_street(town, 3))))
    area = await quiet_street(town, 4)
    alone = behind(town, await reported_on_paper(town, area, same=elsewhere.number))
    [row] = await town.rows("select case_id, opened from reports where report = $1", alone)
    assert row["case_id"] == row["opened"]


async def test_by_a_point_a_programme_finds_what_is_near_and_joins_it(town: Town) -> None:
    place = {"longitude": 113.6411, "latitude": 34.7699, "within": 8}
    first = await report(town, point=place)
    aside = place | {"longitude": 113.6413}
    new: dict[str, Any] = {"words": "路面塌了一个洞", "matter": MATTER, "point": aside}
    near = (await town.caller().send("/api/reports/similar", new)).json()["cases"]
    assert near[0]["number"] == first["number"] and near[0]["metres"] < 100
    assert {"point", "words", "longitude"}.isdisjoint(near[0])
    far = new | {"point": place | {"latitude": 34.7799}}
    assert (await town.caller().send("/api/reports/similar", far)).json()["cases"] == []
    same = {"tell": new, "number": first["number"]}
    done = await town.caller().send("/api/reports/same", same, key=uuid4())
    assert done.status_code == 200, done.text
    assert await case_of(town, done.json()) == await case_of(town, first)


async def test_nothing_says_where_in_its_cell_another_reporter_stood(town: Town) -> None:
    cells = town.city.centre.street.ground.cells  # type: ignore[union-attr]
    home = cells.at(113.6311, 34.7599)
    ground, middle = cells.outline(home.code if home else ""), cells.middle(home.code if home else "")
    assert ground is not None and middle is not None
    west, south, east, north = ground.bounds
    wide, high = east - west, north - south
    corners = [(west + 0.02 * wide, south + 0.02 * high), (east - 0.02 * wide, north - 0.02 * high)]
    told = [await report(town, point={"longitude": x, "latitude": y, "within": 5}) for x, y in corners]
    asked: dict[str, Any] = {"words": "路面塌了一个洞", "matter": MATTER}
    for x, y in (*corners, middle, (middle[0] + 0.4 * wide, middle[1])):
        point = {"longitude": x, "latitude": y, "within": 5}
        found = (await town.caller().send("/api/reports/similar", asked | {"point": point})).json()["cases"]
        # Wherever one asks, both are told alike: as far as the middle of their cell, and the newest first.
        assert [one["number"] for one in found[:2]] == [one["number"] for one in reversed(told)]
        assert {one["metres"] for one in found[:2]} == {round(metres((x, y), middle))}


async def test_an_officer_parts_what_a_reporter_joined_by_mistake(town: Town) -> None:
    place = {"longitude": 113.6511, "latitude": 34.7799, "within": 8}
    first = await report(town, point=place)
    same = {"tell": {"words": "路塌了", "matter": MATTER, "point": place}, "number": first["number"]}
    done = (await town.caller().send("/api/reports/same", same, key=uuid4())).json()
    who = await operator(town, "accept")
    parted = await who.send("/api/street/part", {"report": done["report"]}, key=uuid4())
    assert parted.status_code == 200, parted.text
    assert await case_of(town, done) != await case_of(town, first)


async def test_within_a_day_the_work_of_the_earlier_hour_comes_first_and_says_how_long_it_runs(town: Town) -> None:
    team = await crew(town)
    # What was reported later is sent out first: only the hour can put it before the other.
    older, newer = await report(town), await report(town)
    first = await sent(newer, town, team)
    with town.clock.later(timedelta(minutes=30)):
        second = await sent(older, town, team)
    [due] = await town.rows("select due_at from work_items where case_id = $1", first)
    with town.clock.later(due["due_at"] - town.clock() - timedelta(minutes=25, seconds=30)):
        await town.stay(team.mender)
        listed = await team.mender.listed("/street")
        assert listed.index(str(first)) < listed.index(str(second))
        assert "还有 25 分钟" in listed and "一小时之内到点" in listed
        work = await waiting(team.mender)
        assert next(one["due_at"] for one in work if one["case"] == str(first)) is not None
    with town.clock.later(due["due_at"] - town.clock() + timedelta(minutes=5, seconds=30)):
        await town.stay(team.mender)
        assert "过了 5 分钟" in await team.mender.listed("/street")


async def test_without_a_kind_what_is_open_at_the_same_point_is_asked_about(town: Town) -> None:
    place = {"longitude": 113.6617, "latitude": 34.7811, "within": 8}
    first = await report(town, point=place, words="有点问题请来看看")
    asked: dict[str, Any] = {"words": "这里不对劲", "matter": "", "point": place}
    near = (await town.caller().send("/api/reports/similar", asked)).json()["cases"]
    assert [one["number"] for one in near] == [first["number"]]
    other_cell = asked | {"point": place | {"latitude": 34.7835}}
    assert (await town.caller().send("/api/reports/similar", other_cell)).json()["cases"] == []


async def test_another_kind_of_the_same_class_is_asked_about_in_its_own_cell(town: Town) -> None:
    place = {"longitude": 113.6717, "latitude": 34.7911, "within": 8}
    first = await report(town, point=place, matter="0102", words="一堆垃圾袋")
    asked: dict[str, Any] = {"words": "有人扔了旧沙发", "matter": "0103", "point": place}
    with town.clock.later(timedelta(days=6)):
        near = (await town.caller().send("/api/reports/similar", asked)).json()["cases"]
    assert [one["number"] for one in near] == [first["number"]]
    pipe = asked | {"matter": "z:water_pipe_burst"}
    assert (await town.caller().send("/api/reports/similar", pipe)).json()["cases"] == []


async def test_without_kind_and_point_only_what_is_said_alike_in_the_street_is_asked_about(town: Town) -> None:
    area = await quiet_street(town, 5)
    first = await told(town, behind(town, await reported_on_paper(town, area, matter="", words="怪怪的铁盒子倒了")))
    asked: dict[str, Any] = {"words": "铁盒子倒在路边", "matter": "", "area": area}
    near = (await town.caller().send("/api/reports/similar", asked)).json()["cases"]
    assert [one["number"] for one in near] == [first.number]
    unlike = asked | {"words": "好像哪里有一点响动"}
    assert (await town.caller().send("/api/reports/similar", unlike)).json()["cases"] == []
