"""Visits with a day and an hour: named, shown, reminded of, put off, and asked about once by whoever is visited."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from tests.http.test_case_at_work import letters, move, state
from tests.http.test_hearing import accepted, at, officer, remind, working_days
from tests.http.towns import ZONE, Caller, Thread, Town, hidden, open_town

from onecity.casework import Case, Meeting, Moved, StepTaken, Terms, Todo, change
from onecity.kernel.acting import the_city
from onecity.kernel.ids import CaseId
from onecity.ledger import Fact
from onecity.machinery.postgres import Cluster

SEEN: Final = {"words": {"seen": "灶台和水池分开"}}
WISH: Final = "周三上午店里有人"


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of this file alone: its jobs look at every case there is."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def here(own_town: Town) -> Town:
    await own_town.wake()
    return own_town


async def announced(town: Town, citizen: Caller, days: int = 2) -> Thread:
    thread = await accepted(town, citizen)
    assert await move(town.decide, thread, "decision", "inspect", at=at(working_days(town, days))) == 200
    return thread


async def own(citizen: Caller, thread: Thread) -> str:
    return (await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}")).text


async def wish(citizen: Caller, thread: Thread, words: str = WISH) -> int:
    path = f"/affairs/{thread.affair}/cases/{thread.case}/time"
    page = await citizen.get(path)
    key = hidden(page, "key") if page.status_code == 200 else str(uuid4())
    return (await citizen.post(path, {"time_words": words, "key": key})).status_code


def said(day: date, hour: str) -> str:
    return f"{day.month}月{day.day}日 星期{'一二三四五六日'[day.weekday()]} {hour}"


async def test_a_visit_is_named_on_the_page_shown_reminded_of_and_held_by_two(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await accepted(here, citizen)
    day, path = working_days(here, 2), f"/desk/cases/{thread.case}/decision/inspect"
    form = await here.decide.get(path)
    assert 'name="hall"' not in form.text
    assert "不用选大厅" in form.text
    typed = {"meet_day": day.isoformat(), "meet_time": "09:30"}
    looked = await here.decide.post(path, typed)
    assert looked.status_code == 200
    assert said(day, "09:30") in looked.text, "the officer reads what the person will"
    done = await here.decide.post(path, typed | {"key": hidden(looked, "key"), "sure": "yes"})
    assert done.status_code == 303
    assert await state(here, citizen, thread) == "stopped"
    for page in (await own(citizen, thread), (await citizen.get(f"/affairs/{thread.affair}")).text):
        assert f"{said(day, '09:30')}，在您申请写的地方" in page
    assert await here.rows("select from notices where about = $1", thread.case) == [], "a visit is no public matter"
    one, two = await officer(here, "services.inspect"), await officer(here, "services.inspect")
    assert await move(one, thread, "visit", "seen", **SEEN) == 409, "nobody saw anything before they went"
    assert await remind(here) == 0
    with here.clock.later(datetime.combine(day, time(9), ZONE) - timedelta(days=1) - here.clock()):
        # Visits of the tests before this one may be due on that day, too.
        assert await remind(here) > 0
        assert await remind(here) == 0
    assert (await letters(here, thread.affair)).count("casework.visit_soon") == 1
    with here.clock.later(datetime.combine(day, time(10), ZONE) - here.clock()):
        await here.stay(one, two, citizen)
        assert "约好的时间" not in await own(citizen, thread), "what is over is not to come"
        assert await move(one, thread, "visit", "seen", **SEEN) == 200
        assert await move(two, thread, "visit", "seen", **SEEN) == 200
        assert await state(here, citizen, thread) == "running"
    await here.stay(one, two, citizen)


async def test_two_officers_sign_the_same_words_and_each_sees_what_the_other_wrote(here: Town) -> None:
    citizen = await here.new_citizen()
    one, two = await officer(here, "services.inspect"), await officer(here, "services.inspect")
    thread = await announced(here, citizen)
    with here.clock.later(datetime.combine(working_days(here, 2), time(10), ZONE) - here.clock()):
        await here.stay(one, two, citizen)
        path, other = f"/desk/cases/{thread.case}/visit/seen", {"words": {"seen": "水池只有一个"}}
        assert await move(one, thread, "visit", "seen", **SEEN) == 200
        form = await two.get(path)
        assert "灶台和水池分开" in form.text and "下面是同事签的话" in form.text
        changed = await two.post(path, {"seen": "水池只有一个"})
        assert "和同事签的不一样" in changed.text
        assert await move(two, thread, "visit", "seen", **other) == 200
        assert await state(here, citizen, thread) == "stopped", "nobody signed what a colleague wrote afterwards"
        assert await move(two, thread, "visit", "seen", **other) == 409, "nor twice for themselves"
        assert "水池只有一个" in (await one.get(path)).text
        assert await move(one, thread, "visit", "seen", **other) == 200
        assert await state(here, citizen, thread) == "running"
        page = await own(citizen, thread)
        assert ("水池只有一个" in page, "灶台和水池分开" in page) == (True, False)
    await here.stay(one, two, citizen)


async def test_the_person_asks_once_for_another_time_and_one_officer_names_it(here: Town) -> None:
    citizen = await here.new_citizen()
    inspector = await officer(here, "services.inspect")
    thread = await announced(here, citizen)
    assert "请求换个时间" in await own(citizen, thread)
    assert await wish(citizen, thread, "") == 422
    assert await wish(citizen, thread, "三" * 2_001) == 422
    assert await wish(citizen, thread) == 303
    assert await wish(citizen, thread) == 409
    assert "已经请求换时间" in await own(citizen, thread)
    assert f"/cases/{thread.case}/time" not in await own(citizen, thread)
    assert WISH in (await inspector.get(f"/desk/cases/{thread.case}")).text
    person = await here.person(inspector)
    told = await here.rows("select about from letters where person = $1 and kind = 'desk.time_asked'", person)
    assert [row["about"] for row in told] == [thread.case]
    later = working_days(here, 4)
    why = {"words": {"why": "您那天店里没有人"}}
    assert await move(inspector, thread, "visit", "put_off", at=at(later), **why) == 200
    assert said(later, "09:30") in await own(citizen, thread)
    assert "已经请求换时间。" not in await own(citizen, thread), "another time is the answer"
    assert await wish(citizen, thread) == 409, "and they asked once"
    assert "services.visit_put_off" in await letters(here, thread.affair)
    sooner = working_days(here, 3)
    assert await move(inspector, thread, "visit", "put_off", at=at(sooner), **why) == 200
    [row] = await here.rows(
        "select letter from letters where about = $1 and kind = 'services.visit_put_off' order by sent desc limit 1",
        thread.affair,
    )
    letter = (await citizen.get(f"/letters/{row['letter']}")).text
    assert said(sooner, "09:30") in letter
    assert "删" not in letter, "an earlier hour moves no day, and the letter says the day that stands"


@pytest.mark.parametrize("days", [0, 11])
async def test_a_visit_without_notice_or_too_late_is_not_named(here: Town, days: int) -> None:
    thread = await accepted(here, await here.new_citizen())
    assert await move(here.decide, thread, "decision", "inspect", at=at(working_days(here, days))) == 409


async def test_bad_times_are_refused(here: Town) -> None:
    thread = await accepted(here, await here.new_citizen())
    day = working_days(here, 2)
    wrong: list[dict[str, object]] = [
        {},
        {"at": at(day), "hall": "city_hall"},
        {"at": at(day), "days": 3},
        {"at": datetime.combine(day, time(3), ZONE).isoformat()},
        {"at": f"{day}T09:30:00"},
        {"at": "9999-12-31T23:59:59+00:00"},
    ]
    for more in wrong:
        assert await move(here.decide, thread, "decision", "inspect", **more) == 409, more
    for nonsense in ("soon", 5):
        assert await move(here.decide, thread, "decision", "inspect", at=nonsense) in (400, 422), nonsense
    page = await here.decide.post(
        f"/desk/cases/{thread.case}/decision/inspect", {"meet_day": day.isoformat(), "meet_time": "03:00"}
    )
    assert page.status_code == 422


async def test_nobody_else_asks_and_nothing_is_asked_where_nothing_is_arranged(here: Town) -> None:
    citizen, other = await here.new_citizen(), await here.new_citizen()
    thread = await announced(here, citizen)
    assert await wish(other, thread) == 404
    bare = await accepted(here, citizen)
    assert await wish(citizen, bare) == 409
    body = {"case": str(thread.case), "words": WISH}
    assert (await other.send(f"/api/affairs/{thread.affair}/time", body)).status_code == 404
    assert (await citizen.send(f"/api/affairs/{thread.affair}/time", body | {"at": "x"})).status_code == 422
    assert (await citizen.send(f"/api/affairs/{thread.affair}/time", body)).status_code == 200
    rows = await here.rows("select body::text as body from ledger.facts where stream = $1", thread.case)
    assert all(WISH not in row["body"] for row in rows)


async def test_whoever_gives_up_hears_of_no_visit_and_the_board_says_nothing(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await announced(here, citizen)
    path = f"/affairs/{thread.affair}/cases/{thread.case}/withdraw"
    page = await citizen.get(path)
    assert (await citizen.post(path, {"key": hidden(page, "key")})).status_code == 303
    with here.clock.later(datetime.combine(working_days(here, 2), time(9), ZONE) - timedelta(days=1) - here.clock()):
        await remind(here)
    assert "casework.visit_soon" not in await letters(here, thread.affair)
    assert await here.rows("select from notices where about = $1", thread.case) == []


async def test_several_meetings_of_one_case_are_each_shown_and_reminded_of_once(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await accepted(here, citizen)
    office, day = here.city.counter.office, working_days(here, 2)
    visit, hearing = (datetime.combine(day, hour, ZONE) for hour in (time(9, 30), time(14)))

    def both(case: Case, terms: Terms) -> tuple[Fact, ...]:
        """What no process of the shipped pack does: two meetings for which two steps wait at once."""
        subject, today = case.opened.subject, terms.day(here.clock())
        return tuple(
            StepTaken(step, outcome, (Todo(opens, duty, today),), subject, None, meeting=meeting)
            for step, outcome, opens, duty, meeting in (
                ("decision", "inspect", "visit", "services.inspect", Meeting(visit)),
                ("hearing_call", "announce", "hearing", "services.hear", Meeting(hearing, "city_hall")),
            )
        )

    done = await change(CaseId(thread.case), both, office=office, key=uuid4(), by=the_city(), now=here.clock())
    assert isinstance(done, Moved)
    page = re.sub(r"<[^>]+>", "", await own(citizen, thread))
    card = page[page.index("约好的时间") :]
    assert card.index(said(day, "09:30")) < card.index(said(day, "14:00"))
    with here.clock.later(datetime.combine(day, time(8), ZONE) - timedelta(days=1) - here.clock()):
        await remind(here)
        await remind(here)
    kinds = await letters(here, thread.affair)
    assert (kinds.count("casework.visit_soon"), kinds.count("casework.meeting_soon")) == (1, 1)
    rows = await here.rows("select told from meetings where case_id = $1", thread.case)
    assert [row["told"] for row in rows] == [True, True]
