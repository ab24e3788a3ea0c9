"""A case at work, from the first page to the last letter: what is missing, stops, silence, withdrawal, another try."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import httpx
import pytest
from tests.http.towns import AGENCY, AREA, ZONE, Caller, Thread, Town, hidden, open_town

from onecity.casework import CaseOpened, Office, Terms, let_silence_speak, recount, remind
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Held, Scope
from onecity.machinery.jobs import Job, run_once
from onecity.machinery.postgres import Cluster

PLAN = b"%PDF-1.7 plan"
AGREED: Final = {"words": {"agreed": "电话里说好今天就去"}}


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of this file alone: its jobs look at every case there is."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def here(own_town: Town) -> Town:
    await own_town.wake()
    return own_town


def jobs(town: Town) -> tuple[Job, ...]:
    office = town.city.counter.office
    return (
        Job("silence", 1, partial(let_silence_speak, office=office)),
        Job("remind", 1, partial(remind, office=office)),
        Job("recount", 1, partial(recount, office=office)),
    )


async def move(who: Caller, thread: Thread, step: str, outcome: str, **more: object) -> int:
    body = {"step": step, "outcome": outcome, "words": {}} | more
    return (await who.send(f"/api/cases/{thread.case}/moves", body)).status_code


async def officer(town: Town, *duties: str) -> Caller:
    return await town.sign_in(await town.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in duties)))


async def letters(town: Town, about: UUID) -> list[str]:
    rows = await town.rows("select kind from letters where about = $1 order by sent, kind", about)
    return [row["kind"] for row in rows]


async def state(town: Town, citizen: Caller, thread: Thread) -> str:
    found = (await citizen.get(f"/api/affairs/{thread.affair}")).json()["cases"]
    return str(next(case["state"] for case in found if case["case"] == str(thread.case)))


async def post(who: Caller, path: str, fields: dict[str, str], files: dict[str, bytes] | None = None) -> str:
    """Fill in the form of a page and send it; where it leads, or the status if it is not taken."""
    page = await who.get(path)
    sent = fields | {"key": hidden(page, "key"), "csrf": who.csrf}
    parts = {name: ("x", content, "application/pdf") for name, content in (files or {}).items()}
    answer = await who.ask("POST", path, data=sent, files=parts or None)
    return str(answer.headers.get("location", answer.status_code))


async def test_what_is_missing_is_asked_once_brought_by_its_person_and_looked_at_again(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    for step in ("accept", "decline"):
        told = (await here.accept.get(f"/desk/cases/{thread.case}/acceptance/{step}")).text
        assert ("还没有这些材料" in told) == (step == "accept"), "whoever accepts reads what is not there"
    case = f"/desk/cases/{thread.case}/acceptance/supplement"
    page = await here.accept.get(case)
    assert "lack-floor_plan" in page.text
    nothing = await here.accept.post(case, {})
    assert nothing.status_code == 422
    looked = await here.accept.post(case, {"lack-floor_plan": "yes"})
    assert "还差：店面平面图" in looked.text
    assert "补齐；到这天还没有补，这一项就退回" in looked.text
    assert "已经删除" not in looked.text
    sure = {"lack-floor_plan": "yes", "sure": "yes", "key": hidden(looked, "key")}
    assert (await here.accept.post(case, sure)).status_code == 303
    assert await state(here, citizen, thread) == "yours"

    path = f"/affairs/{thread.affair}/cases/{thread.case}/bring"
    page = await citizen.get(path)
    assert 'name="floor_plan"' in page.text
    part = (await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}")).text
    assert '<span class="long">告知</span>' in part, "the days of whoever brings something begin when they were told"
    assert '<span class="long">受理</span>' not in part, "nothing was accepted"
    assert 'name="hygiene_rules"' not in page.text
    assert await post(citizen, path, {}) == "422"
    assert "店面平面图 还没有交，请拍照或选一个文件" in citizen.seen[-1].text
    assert "（等您）" in (await citizen.get(f"/affairs/{thread.affair}")).text
    assert await post(citizen, path, {}, {"floor_plan": b"MZ"}) == "422"
    assert await post(citizen, path, {}, {"floor_plan": PLAN}) == f"/affairs/{thread.affair}"
    assert await state(here, citizen, thread) == "waiting"
    assert "（等您）" not in (await citizen.get(f"/affairs/{thread.affair}")).text
    file = await here.accept.get(f"/desk/cases/{thread.case}/materials/floor_plan")
    assert file.content == PLAN
    assert await move(here.accept, thread, "acceptance", "supplement", lacking=["floor_plan"]) == 409
    assert "已用过一次" in (await here.accept.get(f"/desk/cases/{thread.case}")).text
    assert await letters(here, thread.affair) == ["services.received", "services.supplement"]


async def test_a_mistake_is_corrected_without_using_up_the_one_demand(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    words = {"note": "面积和合同对不上"}
    assert await move(here.accept, thread, "acceptance", "correct", words=words) == 200
    path = f"/affairs/{thread.affair}/cases/{thread.case}/bring"
    assert "面积和合同对不上" in (await citizen.get(path)).text
    wrong = ANSWERS | {"premises_area": "3"}
    assert await post(citizen, path, wrong) == "422"
    assert await post(citizen, path, ANSWERS | {"premises_area": "96"}) == f"/affairs/{thread.affair}"
    assert "96 平方米" in (await here.accept.get(f"/desk/cases/{thread.case}")).text
    assert await move(here.accept, thread, "acceptance", "supplement", lacking=["floor_plan"]) == 200


async def test_silence_accepts_after_five_working_days_once_and_as_of_the_receipt(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    with here.clock.later(timedelta(days=6)):
        await run_once(jobs(here), here.clock())
        assert await letters(here, thread.affair) == ["services.received"]
    with here.clock.later(timedelta(days=7)):
        before = await here.rows("select count(*) from ledger.facts where stream = $1", thread.case)
        assert (await run_once(jobs(here), here.clock()))["silence"] >= 1
        assert (await run_once(jobs(here), here.clock()))["silence"] == 0
        after = await here.rows("select count(*) from ledger.facts where stream = $1", thread.case)
        assert after[0][0] == before[0][0] + 2
        [row] = await here.rows("select accepted, received from cases where id = $1", thread.case)
        assert row["accepted"] == row["received"]
    assert "到期没有人动" in (await citizen.get(f"/affairs/{thread.affair}")).text
    assert await letters(here, thread.affair) == ["services.received", "services.accepted"]


async def test_a_case_that_breaks_keeps_no_other_from_its_turn(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    citizen = await here.new_citizen()
    broken, sound = await here.apply(citizen), await here.apply(citizen)
    office, terms_of = here.city.counter.office, type(here.city.counter.office).terms

    async def terms(office: Office, opened: CaseOpened) -> Terms:
        if opened.affair == broken.affair:
            raise ValueError("as if its process could not be read")
        return await terms_of(office, opened)

    monkeypatch.setattr(Office, "terms", terms)
    monkeypatch.setattr("onecity.casework.usecases.watching._AT_ONCE", 1)
    with here.clock.later(timedelta(days=7)):
        with pytest.RaisesGroup(ValueError):
            await let_silence_speak(here.clock(), office=office)
        [row] = await here.rows("select accepted from cases where id = $1", sound.case)
        assert row["accepted"] is not None
        monkeypatch.undo()
        assert await let_silence_speak(here.clock(), office=office) == 1


async def test_a_day_in_a_year_whose_holidays_are_not_published_is_called_provisional(here: Town) -> None:
    citizen = await here.new_citizen()
    said = "国务院还没有公布这一年的放假安排，日期是暂定的"
    with here.clock.later(datetime(2026, 12, 14, 2, tzinfo=UTC) - here.clock()):
        await here.wake()
        await here.stay(citizen)
        thread = await here.apply(citizen)
        path, api = f"/affairs/{thread.affair}", f"/api/affairs/{thread.affair}"

        async def told() -> tuple[str, bool]:
            [case] = (await citizen.get(api)).json()["cases"]
            return case["due"], case["provisional"]

        assert await told() == ("2026-12-21", False), "the answer about acceptance still falls into 2026"
        assert said not in (await citizen.get(path)).text
        assert await move(here.accept, thread, "acceptance", "accept") == 200
        guide = (await citizen.get("/api/items/food_business")).json()
        assert (guide["latest"], guide["provisional"]) == await told() == ("2027-01-12", True)
        assert said in (await citizen.get(path)).text
        assert said in (await citizen.get(f"{path}/cases/{thread.case}")).text
        citizen.http.cookies.set("lang", "en")
        english = await citizen.get(path)
        assert "the date is provisional" in english.text
        assert await move(here.decide, thread, "decision", "grant") == 200
        assert (await told())[1] is False, "nothing moves the day of what is decided"


async def two_cases(town: Town, citizen: Caller) -> tuple[Thread, Thread]:
    """An application for a food permit and a fire inspection."""
    answers = ANSWERS | {"floor_number": "1", "exit_count": "2", "uses_gas": "yes"}
    body = {"items": ["food_business", "fire_safety_inspection"], "answers": answers}
    answer = await citizen.send("/api/applications", body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    food, fire = (Thread(UUID(found["affair"]), found["number"], UUID(case), uuid4()) for case in found["cases"])
    return food, fire


def strip(page: httpx.Response) -> str:
    """What the officer's row of days says of the first one."""
    found = re.search(r'class="day-strip".*?<small>([^<]*)</small>', page.text, re.DOTALL)
    assert found, page.text
    return found[1]


async def test_a_desk_and_a_card_say_accepted_only_of_what_was_accepted(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    desk = f"/desk/cases/{thread.case}"
    assert strip(await here.accept.get(desk)) == "收到"
    assert "</time>收到</span>" in (await citizen.get("/affairs")).text
    assert await move(here.accept, thread, "acceptance", "accept") == 200
    assert strip(await here.accept.get(desk)) == "受理"
    assert "</time>受理</span>" in (await citizen.get("/affairs")).text


async def test_a_card_does_not_say_accepted_while_one_of_its_cases_waits(here: Town) -> None:
    citizen = await here.new_citizen()
    food, fire = await two_cases(here, citizen)
    assert await move(here.accept, food, "acceptance", "accept") == 200
    card = (await citizen.get("/affairs")).text
    assert "</time>收到</span>" in card
    assert "</time>受理</span>" not in card
    brigade = await here.sign_in(await here.new_officer(Held("services.accept", Scope("fire_rescue", AREA))))
    assert await move(brigade, fire, "acceptance", "accept") == 200
    assert "</time>受理</span>" in (await citizen.get("/affairs")).text


async def test_a_visit_on_the_day_of_its_announcement_is_told_as_no_stop(here: Town) -> None:
    food, _ = await two_cases(here, await here.new_citizen())
    assert await move(here.accept, food, "acceptance", "accept") == 200
    assert await move(here.decide, food, "decision", "inspect_agreed", days=3, **AGREED) == 200
    for _ in range(2):
        one = await officer(here, "services.inspect")
        assert await move(one, food, "visit", "seen", words={"seen": "灶台和水池分开"}) == 200
    text = re.sub(r"<[^>]+>", "", (await here.decide.get(f"/desk/cases/{food.case}")).text)
    today = here.clock.at.astimezone(ZONE)
    assert f"停钟 {today.month}/{today.day} 当天就恢复了，没有停" in text
    assert text.count("停钟 ") == 1, "there is no range beside it"


async def test_a_visit_stops_the_clock_for_days_that_were_told_and_needs_two(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    assert await move(here.accept, thread, "acceptance", "accept") == 200
    assert await move(here.decide, thread, "decision", "inspect_agreed", **AGREED) == 409
    page = await here.decide.post(f"/desk/cases/{thread.case}/decision/inspect_agreed", {"days": "3"} | AGREED["words"])
    assert "3 个工作日" in page.text
    long = await here.decide.post(
        f"/desk/cases/{thread.case}/decision/inspect_agreed", {"days": "11"} | AGREED["words"]
    )
    assert (long.status_code, "最多 10 个工作日" in long.text) == (422, True), "who goes now is not away for months"
    assert await move(here.decide, thread, "decision", "inspect_agreed", days=3, **AGREED) == 200
    assert await state(here, citizen, thread) == "stopped"
    [[due]] = await here.rows("select due from cases where id = $1", thread.case)
    timeline = (await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}")).text.split("</li>")
    [visit] = [one.split("moment-future")[1] for one in timeline if "moment-future" in one and "现场核查" in one]
    assert f"{due.month}月{due.day}日" not in visit, "the visit has the days of the stop, not those of the whole case"
    one, two = await officer(here, "services.inspect"), await officer(here, "services.inspect")
    looked = await one.post(f"/desk/cases/{thread.case}/visit/seen", {"seen": "看到了操作台"})
    assert "忘掉了" not in looked.text
    assert "看到了操作台" in looked.text
    seen = {"words": {"seen": "灶台和水池分开"}}
    assert await move(one, thread, "visit", "seen", **seen) == 200
    assert await move(one, thread, "visit", "seen", **seen) == 409
    assert await state(here, citizen, thread) == "stopped"
    assert await move(two, thread, "visit", "seen", **seen) == 200
    assert await state(here, citizen, thread) == "running"
    [[sooner]] = await here.rows("select due from cases where id = $1", thread.case)
    # Both came on the day on which the stop was announced, so that it stood still on no day at all.
    assert sooner < due
    assert "两个人一起定的" in (await citizen.get(f"/affairs/{thread.affair}")).text


async def test_the_head_extends_once_with_a_reason(here: Town) -> None:
    thread = await here.apply(await here.new_citizen())
    assert await move(here.accept, thread, "acceptance", "accept") == 200
    head = await officer(here, "services.head")
    words = {"words": {"why": "等检测报告"}}
    assert await move(here.decide, thread, "decision", "extend", days=5, **words) == 403
    assert await move(head, thread, "decision", "extend", days=11, **words) == 409
    assert await move(head, thread, "decision", "extend", days=5, **words) == 200
    assert await move(head, thread, "decision", "extend", days=5, **words) == 409


async def test_near_and_missed_days_are_told_and_explained(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    assert await move(here.accept, thread, "acceptance", "accept") == 200
    head = await officer(here, "services.head")
    with here.clock.later(timedelta(days=40)):
        await here.wake()
        # Whoever answers for other things as well explains as what they are here.
        head = await officer(here, "licences.revoke", "services.head")
        await run_once(jobs(here), here.clock())
        assert "casework.overrun" in await letters(here, thread.affair)
        assert "desk.overrun" in await letters(here, thread.case)
        told = await letters(here, thread.case)
        await run_once(jobs(here), here.clock())
        assert await letters(here, thread.case) == told
        assert "还没有写" in (await here.nobody.get("/open/notices")).text
        path = f"/desk/cases/{thread.case}/explain"
        asked = (await head.get(path)).text
        assert thread.number in asked, "whoever explains sees which case it is"
        assert f'<p class="desk-back"><a href="/desk/cases/{thread.case}">返回</a>' in asked
        assert await post(head, path, {"reason": "系统故障两天"}) == f"/desk/cases/{thread.case}"
        assert "系统故障两天" in (await here.nobody.get("/open/notices")).text
        citizen = await here.sign_in(await here.register("周雨桐", await here.resident("周雨桐")))
        assert (await citizen.get(f"/affairs/{thread.affair}")).status_code == 404
    await here.wake()


async def test_a_withdrawal_ends_a_case_and_what_waits_for_it(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    path = f"/affairs/{thread.affair}/cases/{thread.case}/withdraw"
    assert (await here.other.get(path)).status_code == 404
    page = await citizen.get(path)
    answer = await citizen.post(path, {"key": hidden(page, "key")})
    assert answer.headers["location"] == f"/affairs/{thread.affair}"
    assert await state(here, citizen, thread) == "withdrawn"
    assert await here.rows("select from work_items where case_id = $1", thread.case) == []
    assert await move(here.accept, thread, "acceptance", "accept") == 409
    assert (await citizen.get(path)).status_code == 409


async def test_a_refused_item_is_applied_for_again_without_typing_anything_twice(here: Town) -> None:
    citizen = await here.new_citizen()
    thread = await here.apply(citizen)
    path = f"/affairs/{thread.affair}/cases/{thread.case}/again"
    assert (await citizen.get(path)).status_code == 409
    assert await move(here.accept, thread, "acceptance", "accept") == 200
    words = {"facts": "没有洗手池", "rule": "食品安全法第 33 条", "remedy": "装一个洗手池"}
    assert await move(here.decide, thread, "decision", "refuse", words=words) == 200
    page = await citizen.get(path)
    asked = ("看到了什么事实", "哪一条不符合", "怎么改就可以")
    parts = tuple(f"{question}：{said}" for question, said in zip(asked, words.values(), strict=True))
    rows = "".join(
        rf"<dt>{question}</dt><dd>{said}</dd>.*?" for question, said in zip(asked, words.values(), strict=True)
    )
    # An article stands in a span that no line breaks.
    assert re.search(rows, re.sub("</?span[^>]*>", "", page.text), re.DOTALL)
    lines = '</p><p class="moment-sentence">'.join(parts)
    assert lines in (await citizen.get(f"/affairs/{thread.affair}")).text
    assert ANSWERS["shop_name"] in page.text
    assert await post(citizen, path, ANSWERS) == f"/affairs/{thread.affair}"
    cases = (await citizen.get(f"/api/affairs/{thread.affair}")).json()["cases"]
    assert sorted(case["state"] for case in cases) == ["refused", "waiting"]
    assert (await citizen.get(f"/affairs/{thread.affair}")).text.count("食品经营许可 · 收到申请") == 1
    new = next(UUID(case["case"]) for case in cases if case["state"] == "waiting")
    again = Thread(thread.affair, thread.number, new, thread.letter)
    assert await move(here.accept, again, "acceptance", "accept") == 200
    assert await move(here.decide, again, "decision", "grant") == 200
    assert (await citizen.get(f"/affairs/{thread.affair}/cases/{new}/again")).status_code == 409
    rate = f"/affairs/{thread.affair}/cases/{new}/rate"
    assert await post(citizen, rate, {"rating_words": "快"}) == "422"
    assert "请从五个里选一个" in citizen.seen[-1].text
    assert ">快</textarea>" in citizen.seen[-1].text
    assert await post(citizen, rate, {"rating": "5", "rating_words": "快"}) == f"/affairs/{thread.affair}"
    assert (await citizen.get(rate)).status_code == 409
    once_more = {"rating": "1", "key": str(uuid4())}
    assert (await citizen.post(rate, once_more)).status_code == 409


async def test_work_is_taken_handed_over_and_given_back(here: Town) -> None:
    thread = await here.apply(await here.new_citizen())
    one, two = await officer(here, "services.accept"), await officer(here, "services.accept")
    work = f"/desk/cases/{thread.case}/work/acceptance"
    page = await one.get(f"/desk/cases/{thread.case}")
    assert (await one.post(f"{work}/claim", {"key": hidden(page, "key")})).status_code == 303
    assert await move(two, thread, "acceptance", "accept") == 409
    assert (await two.post(f"{work}/claim", {"key": str(uuid4())})).status_code == 409
    colleague = str(await here.person(two))
    listed = await one.get(f"{work}/hand-over")
    assert re.search(r'type="radio" name="to"', listed.text)
    assert thread.number in listed.text
    assert (await one.post(f"{work}/hand-over", {"to": colleague, "key": str(uuid4())})).status_code == 303
    assert (await one.post(f"{work}/release", {"key": str(uuid4())})).status_code == 409
    assert (await two.post(f"{work}/release", {"key": str(uuid4())})).status_code == 303
    assert await move(one, thread, "acceptance", "accept") == 200


async def test_a_result_on_paper_waits_at_the_counter_until_it_was_handed_over(here: Town) -> None:
    citizen = await here.new_citizen()
    body = {"items": ["food_business"], "answers": ANSWERS, "delivery": "counter"}
    receipt = (await citizen.send("/api/applications", body)).json()
    thread = Thread(UUID(receipt["affair"]), "", UUID(receipt["cases"][0]), uuid4())
    assert await move(here.accept, thread, "acceptance", "accept") == 200
    assert await move(here.decide, thread, "decision", "grant") == 200
    [row] = await here.rows("select step, due from work_items where case_id = $1", thread.case)
    assert row["step"] == "hand_over"
    hand = await officer(here, "services.deliver")
    assert "交给本人了" in (await hand.get(f"/desk/cases/{thread.case}")).text
    path = f"/desk/cases/{thread.case}/deliver"
    assert (await here.decide.post(path, {"key": str(uuid4())})).status_code == 403
    assert (await hand.post(path, {"key": str(uuid4())})).status_code == 303
    assert (await hand.post(path, {"key": str(uuid4())})).status_code == 409
    assert await here.rows("select from work_items where case_id = $1", thread.case) == []
