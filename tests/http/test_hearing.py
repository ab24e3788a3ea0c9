"""A hearing before a decision: asked for, announced in time, held by somebody else, recorded, and quoted in the end."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from httpx import Response
from tests.http.test_case_at_work import letters, move, state
from tests.http.towns import AGENCY, AREA, ZONE, Caller, Thread, Town, hidden, open_town

from onecity.casework import let_silence_speak, remind_of_meetings
from onecity.kernel.acting import Held, Scope
from onecity.kernel.clock import Limit, Run, due
from onecity.kernel.instants import day_in
from onecity.machinery.jobs import Job, run_once
from onecity.machinery.postgres import Cluster

INTERESTS: Final = {"words": {"interests": "楼上住户的采光和油烟"}}
RECORD: Final = {"words": {"present": "主持人、审查人、申请人", "record": "申请人说烟道已经改到屋顶，出示了照片"}}


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of this file alone: its jobs look at every case there is."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def here(own_town: Town) -> Town:
    await own_town.wake()
    return own_town


async def officer(town: Town, *duties: str) -> Caller:
    return await town.sign_in(await town.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in duties)))


async def accepted(town: Town, citizen: Caller) -> Thread:
    thread = await town.apply(citizen)
    assert await move(town.accept, thread, "acceptance", "accept") == 200
    return thread


def working_days(town: Town, number: int) -> date:
    """The day after so many working days from now."""
    return due(town.city.counter.office.calendar, Run(day_in(ZONE, town.clock()), Limit(number))).day


def at(day: date) -> str:
    return datetime.combine(day, time(9, 30), ZONE).isoformat()


async def wish(citizen: Caller, thread: Thread, **fields: str) -> int:
    """Answer on the page whether there is to be a hearing, or whether the record is right."""
    path = f"/affairs/{thread.affair}/cases/{thread.case}/bring"
    page = await citizen.get(path)
    return (await citizen.post(path, fields | {"key": hidden(page, "key")})).status_code


async def asked_for(town: Town, citizen: Caller) -> Thread:
    thread = await accepted(town, citizen)
    assert await move(town.decide, thread, "decision", "tell_of_hearing", **INTERESTS) == 200
    assert await wish(citizen, thread, choice="ask", **{"ask-reasons": "烟道已经改了"}) == 303
    return thread


async def speak(town: Town) -> None:
    office = town.city.counter.office
    await run_once((Job("silence", 1, partial(let_silence_speak, office=office)),), town.clock())


async def remind(town: Town) -> int:
    return await remind_of_meetings(town.clock(), office=town.city.counter.office)


async def test_whoever_asks_is_heard_by_somebody_else_and_the_decision_names_what_counted(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await accepted(here, citizen)
    assert await move(here.decide, thread, "decision", "tell_of_hearing", **INTERESTS) == 200
    assert (await citizen.get(f"/letters/{(await newest(here, thread))}")).text.count("楼上住户的采光和油烟") == 1
    page = await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}/bring")
    assert "要求听证" in page.text
    assert "没有要求听证" in page.text, "what silence means stands there"
    assert await wish(citizen, thread, choice="ask", **{"ask-reasons": ""}) == 422
    assert await wish(citizen, thread, choice="no_wish") == 409, "what silence means nobody chooses"
    assert await wish(citizen, thread, choice="ask", **{"ask-reasons": "烟道已经改了"}) == 303
    both = await officer(here, "services.hear", "services.decide")
    day, path = working_days(here, 7), f"/desk/cases/{thread.case}/hearing_call/announce"
    form = await both.get(path)
    assert re.search(f"最早 .*{day.month}月{day.day}日", form.text)
    typed = {"meet_day": day.isoformat(), "meet_time": "09:30", "hall": "city_hall"}
    looked = await both.post(path, typed)
    assert "市民服务大厅（示例路 1 号）" in looked.text
    sent = typed | {"key": hidden(looked, "key"), "sure": "yes"}
    assert (await both.post(path, sent)).status_code == 303
    assert await state(here, citizen, thread) == "stopped"
    affair = (await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}")).text
    assert "09:30，市民服务大厅" in affair
    board = (await here.nobody.get("/open/notices")).text
    assert "公开听证" in board
    assert "市民服务大厅（示例路 1 号）" in board
    assert await move(both, thread, "hearing", "held", **RECORD) == 409, "nobody holds it before its day"
    assert await move(both, thread, "hearing", "unattended") == 409
    with here.clock.later(datetime.combine(day, time(10), ZONE) - here.clock()):
        await here.stay(both, citizen, here.decide)
        assert await move(both, thread, "hearing", "held", words={"present": "三个人", "record": ""}) == 409
        assert await move(both, thread, "hearing", "held", **RECORD) == 200
        bring = await citizen.send(f"/api/affairs/{thread.affair}/bring", {"case": str(thread.case)})
        assert bring.status_code == 409, "whoever says nothing has not confirmed the record"
        assert await wish(citizen, thread, choice="object", **{"object-note": "少了照片的日期"}) == 303
        shown = (await here.decide.get(f"/desk/cases/{thread.case}")).text
        assert "少了照片的日期" in shown
        quoted = {"words": {"record": "烟道的照片"}}
        assert await move(both, thread, "heard_decision", "grant", **quoted) == 409, "whoever presided does not decide"
        assert await move(here.decide, thread, "heard_decision", "grant") == 409
        assert await move(here.decide, thread, "heard_decision", "grant", **quoted) == 200
        wallet = (await citizen.get("/api/wallet")).json()["licences"]
        assert [one["type"] for one in wallet] == ["food_business_licence"]
    await here.wake()


async def citizen_again(town: Town, citizen: Caller, thread: Thread) -> Response:
    """The last letter, read by somebody whose session goes on."""
    await town.stay(citizen)
    return await citizen.get(f"/letters/{await newest(town, thread)}")


async def newest(town: Town, thread: Thread) -> str:
    [row, *_] = await town.rows(
        "select letter from letters where about = $1 order by sent desc, letter desc", thread.affair
    )
    return str(row["letter"])


async def test_whoever_examined_the_matter_neither_takes_nor_presides_over_its_hearing(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await accepted(here, citizen)
    both = await officer(here, "services.hear", "services.decide")
    assert await move(both, thread, "decision", "tell_of_hearing", **INTERESTS) == 200
    assert await wish(citizen, thread, choice="ask", **{"ask-reasons": "烟道已经改了"}) == 303
    call = {"at": at(working_days(here, 7)), "hall": "city_hall"}
    assert await move(both, thread, "hearing_call", "announce", **call) == 409
    claim = f"/desk/cases/{thread.case}/work/hearing_call/claim"
    assert (await both.post(claim, {"key": str(uuid4())})).status_code == 409
    assert "换一个人来" in (await both.get(f"/desk/cases/{thread.case}")).text
    other = await officer(here, "services.hear")
    assert (await other.post(claim, {"key": str(uuid4())})).status_code == 303
    hand = f"/desk/cases/{thread.case}/work/hearing_call/hand-over"
    given = await other.post(hand, {"to": str(await here.person(both)), "key": str(uuid4())})
    assert given.status_code == 409
    assert await move(other, thread, "hearing_call", "announce", **call) == 200


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({}, "no_meeting"),
        ({"days": 6}, "meets_too_soon"),
        ({"days": 7, "hall": "town_hall"}, "no_hall"),
        ({"days": 21}, "meets_too_late"),
        ({"rest": True}, "no_working_day"),
        ({"hour": time(3)}, "outside_hours"),
    ],
)
async def test_a_day_that_does_not_fit_is_refused_with_its_reason(
    here: Town, wrong: dict[str, object], reason: str
) -> None:
    thread = await asked_for(here, await here.new_citizen())
    hears = await officer(here, "services.hear")
    day = working_days(here, int(str(wrong.get("days", 7))))
    while wrong.get("rest") and here.city.counter.office.calendar.kind(day).works:
        day += timedelta(days=1)
    body = {"step": "hearing_call", "outcome": "announce", "words": {}, "hall": wrong.get("hall", "city_hall")}
    when = datetime.combine(day, wrong.get("hour", time(9, 30)), ZONE).isoformat()  # type: ignore[arg-type]
    answer = await hears.send(f"/api/cases/{thread.case}/moves", body | ({"at": when} if wrong else {}))
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(f"casework.{reason}")
    assert await move(hears, thread, "hearing_call", "announce", at=at(working_days(here, 20)), hall="city_hall") == 200


async def test_the_person_is_reminded_once_on_the_day_before_and_anew_when_it_is_put_off(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await asked_for(here, citizen)
    hears = await officer(here, "services.hear")
    day = working_days(here, 7)
    assert await move(hears, thread, "hearing_call", "announce", at=at(day), hall="city_hall") == 200
    assert await remind(here) == 0
    eve = datetime.combine(day - timedelta(days=1), time(8), ZONE) - here.clock()
    with here.clock.later(eve):
        assert await remind(here) >= 1
        assert await remind(here) == 0
        assert (await letters(here, thread.affair)).count("casework.meeting_soon") == 1
        await here.stay(hears)
        put = {"at": at(working_days(here, 7)), "hall": "jinshui_hall", "words": {"why": "主持人病了"}}
        assert await move(hears, thread, "hearing", "put_off", **put) == 200
        assert "听证改期" in (await here.nobody.get("/open/notices")).text
        stopped = (await citizen_again(here, citizen, thread)).text
        assert "停钟到那天" in stopped, "the latest day moves along and is told"
        eve = datetime.combine(working_days(here, 7) - timedelta(days=1), time(8), ZONE) - here.clock()
        with here.clock.later(eve):
            await remind(here)
            assert (await letters(here, thread.affair)).count("casework.meeting_soon") == 2
    await here.wake()


async def test_nobody_is_reminded_of_a_hearing_whose_case_has_ended(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await asked_for(here, citizen)
    hears = await officer(here, "services.hear")
    day = working_days(here, 7)
    assert await move(hears, thread, "hearing_call", "announce", at=at(day), hall="city_hall") == 200
    path = f"/affairs/{thread.affair}/cases/{thread.case}/withdraw"
    assert (await citizen.post(path, {"key": str(uuid4())})).status_code == 303
    assert "听证不开了" in (await here.nobody.get("/open/notices")).text
    with here.clock.later(datetime.combine(day - timedelta(days=1), time(8), ZONE) - here.clock()):
        await remind(here)
        assert "casework.meeting_soon" not in await letters(here, thread.affair)
    await here.wake()


async def test_whoever_waives_or_says_nothing_gets_a_decision_without_a_hearing(here: Town) -> None:
    citizen = await here.new_citizen()
    waived, silent = await accepted(here, citizen), await accepted(here, citizen)
    for thread in (waived, silent):
        assert await move(here.decide, thread, "decision", "tell_of_hearing", **INTERESTS) == 200
    assert await wish(citizen, waived, choice="waive") == 303
    assert await move(here.decide, waived, "decision", "grant") == 200
    with here.clock.later(timedelta(days=20)):
        await here.wake()
        await speak(here)
        assert await move(here.decide, silent, "decision", "tell_of_hearing", **INTERESTS) == 409, "once"
        assert await move(here.decide, silent, "decision", "grant") == 200
    await here.wake()


async def test_nobody_comes_to_a_hearing_of_the_citys_own_accord(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await accepted(here, citizen)
    assert await move(here.decide, thread, "decision", "hold_hearing", words={"why": "关系到一条街的人"}) == 200
    hears = await officer(here, "services.hear")
    assert await move(hears, thread, "hearing_call", "announce", at=at(working_days(here, 9)), hall="city_hall") == 200
    assert await move(here.decide, thread, "decision", "grant") == 409, "nobody decides past a hearing"
    with here.clock.later(datetime.combine(working_days(here, 9), time(10), ZONE) - here.clock()):
        await here.stay(hears, here.decide, citizen)
        assert await move(hears, thread, "hearing", "unattended") == 200
        refusal = {"facts": "油烟直排", "record": "没有人来", "rule": "第 33 条", "remedy": "改烟道"}
        assert await move(here.decide, thread, "heard_decision", "refuse", words=refusal) == 200
        assert "没有人来" in (await citizen.get(f"/letters/{await newest(here, thread)}")).text
    await here.wake()
