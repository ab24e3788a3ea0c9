"""From a booked time to a number that is called and served; the last place, foreign bookings, reminders, clerks."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from tests.http.doors import CommandLine, at_the_clock_of
from tests.http.stages import officer_with
from tests.http.towns import AGENCY, ZONE, Caller, Town, hidden, open_town
from tests.shipped import shipped

from onecity.kernel.acting import Held, Scope
from onecity.kernel.instants import day_in
from onecity.machinery.jobs import Job, run_once
from onecity.machinery.postgres import Cluster
from onecity.places import calendar_of
from onecity.services.queueing import remind_of_bookings

HALL: Final = "zhongyuan_hall"
PLACES: Final = 8
"""People who come to one time of this hall."""
PAGE: Final = f"/halls/{HALL}"
CLERK: Final = f"/window/halls/{HALL}"


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of this file alone: nobody else stands in its halls."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}") as found:
        yield found


_DAYS: Final = [date(2020, 9, 22) + timedelta(days=number) for number in range(90)]
_MORNINGS: Final = [day for day in _DAYS if calendar_of(shipped()).kind(day).works]
"""The working days of an autumn, more than this file has tests."""


@pytest.fixture
async def town(own_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town on the morning of a working day on which nobody came yet."""
    monkeypatch.setattr("onecity.bootstrap.city.now", own_town.clock)
    [row] = await own_town.rows("select max(day) as day from hall_numbers")
    last, now = row["day"] or date.min, own_town.clock.at
    # Tests come in any order: some leave the clock where the next day begins, some in the middle of an afternoon.
    day = next(one for one in _MORNINGS if one > last and now <= at(9, 20, day=one))
    own_town.clock.at = max(now, at(9, day=day))
    await own_town.wake()
    return own_town


def at(hour: int, minute: int = 0, *, day: date) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def today(town: Town) -> date:
    return day_in(ZONE, town.clock.at)


def tomorrow(town: Town) -> date:
    """The next working day."""
    return next(one for one in _MORNINGS if one > today(town))


async def wait_until(town: Town, hour: int, minute: int = 0) -> None:
    town.clock.at = max(town.clock.at, at(hour, minute, day=today(town)))
    await town.wake()


async def book(who: Caller, when: datetime, hall: str = HALL) -> httpx.Response:
    return await who.send(f"/api/halls/{hall}/bookings", {"at": when.isoformat()}, key=uuid4())


async def take(who: Caller, hall: str = HALL) -> httpx.Response:
    return await who.send(f"/api/halls/{hall}/numbers", None, key=uuid4())


async def call(clerk: Caller, window: int, deed: str = "call", hall: str = HALL) -> httpx.Response:
    return await clerk.send(f"/api/halls/{hall}/{deed}", {"window": window}, key=uuid4())


async def standing(town: Town, hall: str = HALL) -> dict[str, Any]:
    found: dict[str, Any] = (await town.nobody.get(f"/api/halls/{hall}")).json()
    return found


def why(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("urn:onecity:services.queueing.")


async def test_from_a_booking_to_a_number_that_is_called_and_served(town: Town) -> None:
    citizen, early, clerk = await town.new_citizen(), await town.new_citizen(), town.window
    # On the telephone: choose a day and a time, confirm, read it again.
    choice = await citizen.get(f"{PAGE}/book?day={today(town)}")
    values = re.findall(r'type="radio" name="at" value="([^"]+)"', choice.text)
    ten = at(10, day=today(town)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert ten in values
    confirm = await citizen.ask("GET", f"{PAGE}/book", params={"at": ten})
    assert "就约这个时间" in confirm.text
    sent = {"at": hidden(confirm, "at"), "key": hidden(confirm, "key")}
    done = await citizen.post(f"{PAGE}/book", sent)
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    again = await citizen.post(f"{PAGE}/book", sent)
    assert (again.status_code, again.headers["location"]) == (303, PAGE)
    page = await citizen.get(PAGE)
    assert page.text.count("不去了") == 1
    assert "今天 10:00" in page.text
    for listed in ("/halls", "/affairs"):
        assert "您约了 今天 10:00" in (await citizen.get(listed)).text
    assert "您约了" not in (await early.get("/halls")).text
    # Somebody without a booking is there before; at ten the booking goes first all the same.
    assert (await early.post(f"{PAGE}/number", {})).status_code == 303
    await wait_until(town, 9, 35)
    assert (await citizen.post(f"{PAGE}/number", {})).status_code == 303
    assert "您是第 2 个，前面还有 1 人" in (await citizen.get(PAGE)).text
    await wait_until(town, 10)
    assert "下一个就是您" in (await citizen.get(PAGE)).text
    assert "您是第 2 个" in (await early.get(PAGE)).text
    window = await clerk.get(f"{CLERK}?window=3")
    assert "在等的 2 人" in window.text
    assert "约了 10:00" in window.text
    called = await clerk.post(CLERK, {"window": "3", "do": "next", "key": hidden(window, "key")})
    assert (called.status_code, called.headers["location"]) == (303, f"{CLERK}?window=3")
    assert "请到 3 号窗口" in (await citizen.get(PAGE)).text
    assert "下一个就是您" in (await early.get(PAGE)).text
    board = await town.nobody.get(f"{PAGE}/board")
    assert re.search(r"2 号</strong> <span>3 号窗口", board.text)
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in board.text
    # The next call serves whoever was there, and ends what the citizen sees of their number.
    assert (await clerk.post(CLERK, {"window": "3", "do": "next"})).status_code == 303
    assert "您的号" not in (await citizen.get(PAGE)).text
    rows = await town.rows("select number, ended, calls from hall_numbers where day = $1 order by 1", today(town))
    assert [tuple(row) for row in rows] == [(1, None, 1), (2, "served", 1)]


async def test_two_at_once_on_the_last_place_are_one_who_has_it(town: Town) -> None:
    when = at(14, day=tomorrow(town))
    people = [await town.new_citizen() for _ in range(PLACES + 1)]
    for one in people[: PLACES - 1]:
        assert (await book(one, when)).status_code == 200
    times = (await town.nobody.get(f"/api/halls/{HALL}/times?day={tomorrow(town)}")).json()["times"]
    assert [one["free"] for one in times if datetime.fromisoformat(one["at"]) == when] == [1]
    both = await asyncio.gather(*(book(one, when) for one in people[PLACES - 1 :]))
    assert sorted(one.status_code for one in both) == [200, 409]
    [late] = [one for one in both if one.status_code == 409]
    assert why(late) == "full"
    [row] = await town.rows("select count(*) n from hall_bookings where at = $1 and hall = $2", when, HALL)
    assert row["n"] == PLACES
    # It is not offered any more, and whoever still has the page is told.
    loser = await town.new_citizen()
    page = await loser.post(f"{PAGE}/book", {"at": when.isoformat()})
    assert (page.status_code, "刚刚约满了" in page.text) == (422, True)
    assert when.strftime("%Y-%m-%dT%H:%M") not in page.text


async def test_three_bookings_in_all_also_of_five_that_come_at_once(town: Town) -> None:
    citizen, day = await town.new_citizen(), tomorrow(town)
    later = next(one for one in _MORNINGS if one > day)
    halls = ("city_hall", "jinshui_hall", HALL)
    wishes = [(hall, at(15, day=one)) for one in (day, later) for hall in halls][:5]
    found = await asyncio.gather(*(book(citizen, when, hall) for hall, when in wishes))
    assert sorted(one.status_code for one in found) == [200, 200, 200, 409, 409]
    assert {why(one) for one in found if one.status_code == 409} == {"too_many"}
    own = (await citizen.get("/api/bookings")).json()
    assert len(own["bookings"]) == 3
    cancelled = await citizen.send(f"/api/bookings/{own['bookings'][0]['booking']}/cancel", None)
    assert cancelled.status_code == 200
    hall, when = next(
        one for one, answer in zip(wishes, found, strict=True) if answer.status_code == 409
    )  # fmt: skip
    assert (await book(citizen, when, hall)).status_code == 200


@pytest.mark.parametrize(
    ("hour", "minute", "ahead"), [(9, 10, 1), (12, 0, 1), (17, 0, 1), (10, 0, 60), (8, 0, 0), (10, 0, 4000)]
)
async def test_a_time_that_nobody_offers_is_refused(town: Town, hour: int, minute: int, ahead: int) -> None:
    citizen = await town.new_citizen()
    when = at(hour, minute, day=today(town)) + timedelta(days=ahead)
    assert why(await book(citizen, when)) == "no_time"
    page = await citizen.post(f"{PAGE}/book", {"at": when.isoformat()})
    assert (page.status_code, "这个时间约不了" in page.text) == (422, True)


@pytest.mark.parametrize("typed", ["", "明天", "2020-09-23", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "٣"])
async def test_what_is_no_time_asks_again(town: Town, typed: str) -> None:
    citizen = await town.new_citizen()
    page = await citizen.post(f"{PAGE}/book", {"at": typed})
    assert (page.status_code, "请另选一个" in page.text) == (422, True)
    looked = await citizen.ask("GET", f"{PAGE}/book", params={"at": typed, "day": typed})
    assert looked.status_code in (200, 422)


async def test_a_booking_is_cancelled_by_whom_it_belongs_to_before_it_begins(town: Town) -> None:
    citizen, other = await town.new_citizen(), await town.new_citizen()
    booking = (await book(citizen, at(11, day=today(town)))).json()["booking"]
    for path in (f"/bookings/{booking}/cancel", "/bookings/none/cancel", f"/bookings/{uuid4()}/cancel"):
        assert (await other.post(path, {})).status_code == 404
    assert (await other.send(f"/api/bookings/{booking}/cancel", None)).status_code == 404
    assert "11:00" in (await citizen.get(PAGE)).text
    done = await citizen.post(f"/bookings/{booking}/cancel", {})
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    assert "不去了" not in (await citizen.get(PAGE)).text
    assert why(await citizen.send(f"/api/bookings/{booking}/cancel", None)) == "cancelled"
    late = (await book(citizen, at(11, day=today(town)))).json()["booking"]
    await wait_until(town, 11)
    assert why(await citizen.send(f"/api/bookings/{late}/cancel", None)) == "begun"
    assert "不去了" not in (await citizen.get(PAGE)).text


async def test_numbers_are_taken_once_given_back_and_not_after_hours(town: Town) -> None:
    citizen = await town.new_citizen()
    assert (await take(citizen)).json()["number"] == 1
    assert why(await take(citizen)) == "has_number"
    refused = await citizen.post(f"{PAGE}/number", {})
    assert (refused.status_code, "您已经有号了" in refused.text) == (409, True)
    assert (await citizen.post(f"{PAGE}/leave", {})).status_code == 303
    assert why(await citizen.send(f"/api/halls/{HALL}/leave", None)) == "no_number"
    assert (await take(citizen)).json()["number"] == 2
    assert (await standing(town))["waiting"] == 1
    await wait_until(town, 17)
    late = await town.new_citizen()
    assert why(await take(late)) == "closed"
    assert "上班时间才能取号" in (await late.get(PAGE)).text
    # What is left ends with the day: nobody waits in the morning, and the first number is 1.
    with town.clock.later(timedelta(hours=16)):
        await town.stay(citizen)
        assert "您的号" not in (await citizen.get(PAGE)).text


async def test_an_absent_one_is_called_again_once_and_may_take_another_number(town: Town) -> None:
    citizen, clerk = await town.new_citizen(), town.window
    await take(citizen)
    assert why(await call(clerk, 2, "again")) == "nobody_called"
    assert (await call(clerk, 2)).json()["number"] == 1
    assert (await call(clerk, 2, "again")).json()["number"] == 1
    assert why(await call(clerk, 2, "again")) == "called_twice"
    page = await clerk.get(f"{CLERK}?window=2")
    assert "再叫一次：已经叫过两次了" in page.text
    assert (await clerk.post(CLERK, {"window": "2", "do": "absent"})).status_code == 303
    assert (await take(citizen)).json()["number"] == 2
    assert (await call(clerk, 2)).json()["number"] == 2
    # Nobody waits: the last one was served, and the next call says so.
    assert (await call(clerk, 2)).json()["number"] is None
    assert why(await call(clerk, 2)) == "nobody_waits"
    rows = await town.rows("select ended from hall_numbers where day = $1 order by number", today(town))
    assert [row["ended"] for row in rows] == ["absent", "served"]


async def test_two_clerks_who_call_at_once_call_two_people(town: Town) -> None:
    for _ in range(3):
        await take(await town.new_citizen())
    found = await asyncio.gather(*(call(town.window, window) for window in (1, 2, 3)))
    assert sorted(one.json()["number"] for one in found) == [1, 2, 3]
    assert (await standing(town))["waiting"] == 0


async def test_a_clerk_gives_a_number_on_paper_to_whoever_has_no_telephone(town: Town) -> None:
    clerk = town.window
    await take(await town.new_citizen())
    given = await clerk.post(CLERK, {"window": "4", "do": "give"})
    assert given.headers["location"] == f"{CLERK}/numbers/2?window=4"
    paper = await clerk.get(given.headers["location"])
    assert "<strong>2</strong>" in paper.text
    assert f'href="{CLERK}?window=4"' in paper.text
    for number in ("3", "0", "x", "9" * 30):
        assert (await clerk.get(f"{CLERK}/numbers/{number}")).status_code == 404
    [row] = await town.rows("select person from hall_numbers where day = $1 and number = 2", today(town))
    assert row["person"] is None


@pytest.mark.parametrize("typed", ["0", "17", "x", "-1", "1e1", "٣", "9" * 30])
async def test_a_window_that_the_hall_has_not_is_asked_for_again(town: Town, typed: str) -> None:
    asked = await town.window.ask("GET", CLERK, params={"window": typed})
    assert (asked.status_code, "1 到 16 号" in asked.text) == (422, True)
    await take(await town.new_citizen())
    page = await town.window.post(CLERK, {"window": typed, "do": "next"})
    assert (page.status_code, "1 到 16 号" in page.text) == (422, True)
    assert (await standing(town))["waiting"] == 1


async def test_only_a_clerk_whose_duty_reaches_the_hall_calls_there(town: Town) -> None:
    await take(await town.new_citizen())
    other = await officer_with(town, "services.accept")
    county = await town.sign_in(await town.new_officer(Held("services.window", Scope(AGENCY, "410105"))))
    agency = await town.sign_in(await town.new_officer(Held("services.window", Scope(AGENCY, "410102"))))
    for who in (other, county):
        for deed in ("call", "again", "absent"):
            assert (await call(who, 1, deed)).status_code == 403
        assert (await who.send(f"/api/halls/{HALL}/give", None)).status_code == 403
        assert (await who.post(CLERK, {"window": "1", "do": "next"})).status_code == 403
        assert (await who.get(CLERK)).status_code == 403
    assert (await call(await town.new_citizen(), 1)).status_code == 403
    assert (await standing(town))["waiting"] == 1
    assert (await call(agency, 1)).status_code == 200
    assert [one in (await county.get("/window")).text for one in (HALL, "jinshui_hall")] == [False, True]


async def test_the_wait_is_measured_and_nobody_guesses(town: Town) -> None:
    assert (await standing(town))["waited"] is None
    assert "还没有叫到人" in (await town.nobody.get(PAGE)).text
    people = [await town.new_citizen() for _ in range(3)]
    begun = town.clock.at
    for one in people:
        await take(one)
    for window, minutes in ((1, 4), (2, 10), (3, 40)):
        town.clock.at = begun + timedelta(minutes=minutes)
        await town.wake()
        await call(town.window, window)
    found = await standing(town)
    assert found["waited"] == 10
    assert "一半人等了 10 分钟以内" in (await town.nobody.get(PAGE)).text
    assert [(one["number"], one["window"]) for one in found["calls"]] == [(3, 3), (2, 2), (1, 1)]
    listed = await town.nobody.get("/halls")
    assert "3 号到 3 号窗口，2 号到 2 号窗口，1 号到 1 号窗口" in listed.text
    # An hour after the first two calls only the third counts, and later none.
    town.clock.at = begun + timedelta(minutes=75)
    assert (await standing(town))["waited"] == 40
    town.clock.at = begun + timedelta(minutes=101)
    assert (await standing(town))["waited"] is None


async def test_whoever_booked_waits_from_their_time_on(town: Town) -> None:
    citizen = await town.new_citizen()
    assert (await book(citizen, at(10, day=today(town)))).status_code == 200
    await wait_until(town, 9, 30)
    await take(citizen)
    await wait_until(town, 10, 6)
    await call(town.window, 1)
    assert (await standing(town))["waited"] == 6


async def test_people_are_reminded_once_on_the_day_before(town: Town) -> None:
    job = Job("services.bookings", 60, partial(remind_of_bookings, halls=town.city.counter.halls))
    citizen, off = await town.new_citizen(), await town.new_citizen()
    far = next(one for one in _MORNINGS if (one - today(town)).days >= 2)
    assert (await book(citizen, at(10, day=far))).status_code == 200
    gone = (await book(off, at(10, day=far))).json()["booking"]
    await off.post(f"/bookings/{gone}/cancel", {})

    async def letters(who: Caller) -> int:
        query = "select count(*) n from letters where person = $1 and kind = 'services.booking_near'"
        [row] = await town.rows(query, await town.person(who))
        return int(row["n"])

    await run_once([job], town.clock())
    assert await letters(citizen) == 0
    town.clock.at = at(8, day=far - timedelta(days=1))
    for _ in range(2):
        await run_once([job], town.clock())
    await town.stay(citizen, off)
    assert (await letters(citizen), await letters(off)) == (1, 0)
    inbox = await citizen.get("/letters")
    [path] = re.findall(r'href="(/letters/[0-9a-f-]+)"', inbox.text)
    letter = await citizen.get(path)
    assert "中原政务服务大厅（示例路 3 号）" in letter.text
    assert 'href="/halls"' in letter.text


async def test_a_hall_that_there_is_not_is_not_there(town: Town) -> None:
    for path in ("/halls/x", "/halls/x/board", "/halls/x/book", "/api/halls/x", "/api/halls/x/times"):
        assert (await town.citizen.get(path)).status_code == 404
    for path in ("/halls/x/number", "/halls/x/leave", "/halls/x/book"):
        assert (await town.citizen.post(path, {"at": at(10, day=tomorrow(town)).isoformat()})).status_code == 404
    assert (await town.window.get("/window/halls/x")).status_code == 404
    assert (await call(town.window, 1, hall="x")).status_code == 404


async def test_the_pages_name_nobody(town: Town) -> None:
    citizen = await town.new_citizen("欧阳不见")
    await take(citizen)
    await call(town.window, 1)
    for who, path in (
        (town.nobody, "/halls"),
        (town.nobody, PAGE),
        (town.nobody, f"{PAGE}/board"),
        (town.window, CLERK),
    ):
        assert "欧阳不见" not in (await who.get(path)).text


async def test_what_one_booked_is_told_with_all_that_the_city_holds(town: Town) -> None:
    citizen = await town.new_citizen()
    await book(citizen, at(10, day=tomorrow(town)))
    await take(citizen)
    told = (await citizen.get("/api/account/export")).text
    assert told.count(HALL) >= 2
    assert "约过的时间和取过的号" in (await citizen.get("/account")).text or HALL in told


async def test_the_command_line_does_the_same(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_clock_of(town, monkeypatch)
    account = town.accounts.accounts[0]
    line = CommandLine(town, account, tmp_path)

    async def said(*words: str, exit_code: int = 0) -> Any:
        done = await line.call("hall", *words, "--login", account.login, password=account.password)
        assert done.exit_code == exit_code, done.output
        return json.loads(done.stdout) if exit_code == 0 else done.stderr

    when = at(10, day=tomorrow(town)).isoformat()
    booking = (await said("book", HALL, when))["booking"]
    assert "已经约过了" in await said("book", HALL, when, exit_code=1)
    assert (await said("cancel", booking))["booking"] == booking
    assert (await said("number", HALL))["number"] == 1
    assert (await said("number", HALL, "--back"))["number"] == 1
    for words in (("number", HALL, "--give"), ("call", HALL, "1"), ("absent", HALL, "1")):
        assert "不归您叫号" in await said(*words, exit_code=1)
    shown = await line.call("hall", "show", HALL, "--json", password="")
    assert json.loads(shown.stdout)["hall"]["waiting"] == 0
    listed = await line.call("hall", "list", password="")
    assert "中原政务服务大厅" in listed.stdout
    none = await line.call("hall", "show", "x", password="")
    assert (none.exit_code, none.stdout) == (1, "")
