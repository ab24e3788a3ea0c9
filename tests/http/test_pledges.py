"""A matter decided on a pledge: read in full, agreed to, decided, looked at afterwards, kept or broken."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.http.stages import SHOP
from tests.http.test_case_at_work import PLAN, letters, move, post, state
from tests.http.test_hearing import at, newest, officer, wish, working_days
from tests.http.towns import AREA, ZONE, Caller, Thread, Town, hidden, open_town

from onecity.casework import let_silence_speak, remind
from onecity.kernel.acting import Held, Scope
from onecity.kernel.clock import Run, due
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.licences import held_by, state_on
from onecity.machinery.jobs import Job, run_once
from onecity.machinery.postgres import Cluster
from onecity.services import ITEM as ITEM_OF

ITEM: Final = "tobacco_retail_licence"
PATH: Final = f"/items/{ITEM}"
OFFICE: Final = "tobacco_monopoly"
SEEN: Final = {"words": {"seen": "门口挂着牌子，离学校一公里"}}
DIFFERS: Final = {"words": {"facts": "店门正对小学，二十米", "rule": "店不在学校、幼儿园周边"}}
REVOKES: Final = {
    "words": {"facts": "店门正对小学；说明没有改变这一点", "rule": "行政许可法第 69 条", "remedy": "换一个地方再申请"}
}


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of this file alone: its jobs look at every case there is."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}") as found:
        yield found


class Officers(msgspec.Struct, frozen=True):
    """Those of the office: who decides, the two who look, who presides."""

    decide: Caller
    one: Caller
    two: Caller
    hear: Caller

    @property
    def all(self) -> tuple[Caller, ...]:
        return self.decide, self.one, self.two, self.hear


@pytest.fixture
async def here(own_town: Town) -> Town:
    await own_town.wake()
    return own_town


@pytest.fixture
async def office(here: Town) -> Officers:
    async def one(*duties: str) -> Caller:
        held = (Held(duty, Scope(OFFICE, AREA)) for duty in duties)
        return await here.sign_in(await here.new_officer(*held))

    return Officers(
        await one("services.decide", "licences.revoke"),
        await one("services.inspect", "services.decide"),
        await one("services.inspect", "licences.revoke"),
        await one("services.hear"),
    )


async def version(town: Town) -> str:
    return str((await town.nobody.get(f"/api{PATH}")).json()["pledge"]["version"])


async def applied(town: Town, citizen: Caller, **more: object) -> Any:
    body = {"items": [ITEM], "answers": SHOP, "pledges": {ITEM: await version(town)}} | more
    return await citizen.send("/api/applications", body)


async def test_nobody_declares_what_their_own_answers_deny(here: Town) -> None:
    citizen, near = await here.new_citizen(), SHOP | {"school_near": "yes"}
    before = await here.written()
    answer = await applied(here, citizen, answers=near)
    assert (answer.status_code, "services.no_pledge" in answer.text) == (409, True), answer.text
    assert await here.written() == before
    await citizen.post(f"{PATH}/apply/rest", near)
    assert (await citizen.get(f"{PATH}/pledge")).headers["location"] == f"{PATH}/apply", "there is nothing to choose"
    assert (await citizen.get(f"{PATH}/materials")).status_code == 200
    await citizen.post(f"{PATH}/apply/rest", SHOP)
    assert "承诺办" in (await citizen.get(f"{PATH}/pledge")).text


async def pledged(town: Town, citizen: Caller) -> Thread:
    """An application on a pledge."""
    answer = await applied(town, citizen)
    answer.raise_for_status()
    receipt = answer.json()
    assert [one["material"] for one in receipt["missing"]] == []
    return Thread(UUID(receipt["affair"]), receipt["number"], UUID(receipt["cases"][0]), UUID(int=0))


async def checked(town: Town, citizen: Caller, office: Officers) -> tuple[Thread, Thread]:
    """A decision on a pledge, and the case that looks at it."""
    thread = await pledged(town, citizen)
    assert await move(office.decide, thread, "decision", "grant") == 200
    [row] = await town.rows("select check_id from pledges where case_id = $1", thread.case)
    return thread, msgspec.structs.replace(thread, case=row["check_id"])


async def both(office: Officers, thread: Thread, outcome: str, more: Mapping[str, object]) -> None:
    assert await move(office.one, thread, "look", outcome, **more) == 200
    assert await move(office.two, thread, "look", outcome, **more) == 200


async def validity(town: Town, citizen: Caller) -> list[str]:
    """The states of somebody's licences."""
    licences, day = town.city.counter.intake.licences, day_in(ZONE, town.clock())
    return [str(state_on(one, day)) for one in await held_by(PersonId(await town.person(citizen)), licences=licences)]


async def filled(citizen: Caller) -> str:
    """The form up to the step after the questions."""
    page = (await citizen.get(f"{PATH}/apply")).headers["location"]
    return str((await citizen.post(page, SHOP | {"do": "next"})).headers["location"])


async def test_the_text_stands_in_full_before_anybody_agrees_and_the_agreement_quotes_its_version(here: Town) -> None:
    citizen = await here.new_citizen()
    assert await filled(citizen) == f"{PATH}/pledge"
    assert (await citizen.get(f"{PATH}/review")).headers["location"] == f"{PATH}/pledge", "nobody is past the choice"
    page = await citizen.get(f"{PATH}/pledge")
    for said in ("店不在学校、幼儿园周边", "先听您说，再决定要不要撤销", "2 年里，这件事不能再承诺办", "带材料办",
                 "30 个工作日（示例）内两个人来看一次", "承诺办，不用交"):  # fmt: skip
        assert said in page.text, said
    nothing = await citizen.post(f"{PATH}/pledge", {f"text-{ITEM}": hidden(page, f"text-{ITEM}")})
    assert nothing.status_code == 422
    assert "请选一种" in nothing.text
    other = await citizen.post(f"{PATH}/pledge", {f"way-{ITEM}": "pledge", f"text-{ITEM}": "0" * 64})
    assert other.status_code == 422
    assert "承诺书刚刚改过了" in other.text
    agrees = {f"way-{ITEM}": "pledge", f"text-{ITEM}": hidden(page, f"text-{ITEM}")}
    assert (await citizen.post(f"{PATH}/pledge", agrees)).headers["location"] == f"{PATH}/materials"
    brings = (await citizen.get(f"{PATH}/materials")).text
    assert 'id="business_licence"' in brings
    assert 'id="lease_or_title"' not in brings, "what the pledge spares is not asked for"
    review = await citizen.get(f"{PATH}/review")
    assert "您选了承诺办" in review.text
    done = await citizen.post(f"{PATH}/review", {"key": hidden(review, "key")})
    assert re.search(r"按承诺办</dt>\s*<dd[^>]*>烟草零售许可", (await citizen.get(done.headers["location"])).text)
    affair = UUID(done.headers["location"].split("/")[2])
    [row] = await here.rows("select matter, version, check_id from pledges where affair = $1", affair)
    assert (row["matter"], row["version"], row["check_id"]) == (ITEM, await version(here), None)
    [case] = (await citizen.get(f"/api/affairs/{affair}")).json()["cases"]
    assert (await citizen.get(f"/affairs/{affair}/cases/{case['case']}")).text.count("店不在学校、幼儿园周边") == 1


async def test_whoever_brings_papers_is_asked_for_all_of_them_and_looked_at_first(here: Town) -> None:
    citizen = await here.new_citizen()
    await filled(citizen)
    assert (await citizen.post(f"{PATH}/pledge", {f"way-{ITEM}": "papers"})).status_code == 303
    assert 'id="lease_or_title"' in (await citizen.get(f"{PATH}/materials")).text
    review = await citizen.get(f"{PATH}/review")
    done = await citizen.post(f"{PATH}/review", {"key": hidden(review, "key")})
    affair = UUID(done.headers["location"].split("/")[2])
    assert "按承诺办" not in (await citizen.get(done.headers["location"])).text
    assert await here.rows("select 1 from pledges where affair = $1", affair) == []
    [row] = await here.rows("select process from cases where affair = $1", affair)
    assert row["process"] == "paper_permit"


async def test_the_decision_opens_the_check_with_its_day_and_good_ends_it(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    thread = await pledged(here, citizen)
    case = await office.decide.get(f"/desk/cases/{thread.case}")
    assert "按承诺办" in case.text
    assert "店不在学校、幼儿园周边" in case.text
    lacking = await move(office.decide, thread, "decision", "supplement", lacking=["lease_or_title"])
    assert lacking == 409, "nobody asks afterwards for what the pledge spares"
    assert await move(office.decide, thread, "decision", "grant") == 200
    assert await validity(here, citizen) == ["01"]
    assert await letters(here, thread.affair) == ["services.received", "services.granted", "services.pledge_check"]
    [row] = await here.rows("select check_id, check_by from pledges where case_id = $1", thread.case)
    check = msgspec.structs.replace(thread, case=row["check_id"])
    assert row["check_by"] == working_days(here, 30)
    own = (await citizen.get(f"/affairs/{thread.affair}/cases/{check.case}")).text
    assert "核查承诺：" in own
    assert f"{row['check_by'].month}月{row['check_by'].day}日" in own
    assert "/withdraw" not in own
    for what in ("withdraw", "rate"):
        body = {"case": str(check.case)} | ({"level": 5} if what == "rate" else {})
        answer = await citizen.send(f"/api/affairs/{thread.affair}/{what}", body)
        assert answer.json()["type"].endswith("casework.own_work")
    work = (await office.one.get("/api/desk")).json()["work"]
    assert [one["due"] for one in work if one["case"] == str(check.case)] == [str(row["check_by"])]
    file = (await office.one.get(f"/api/cases/{check.case}")).json()
    assert "店不在学校、幼儿园周边" in file["pledged"]
    assert await move(office.one, check, "look", "fits", **SEEN) == 200
    assert await state(here, citizen, check) == "running", "two look"
    assert await move(office.one, check, "look", "fits", **SEEN) == 409
    assert await move(office.two, check, "look", "fits", **SEEN) == 200
    assert await state(here, citizen, check) == "kept"
    assert await validity(here, citizen) == ["01"], "one decision gives one licence"
    assert (await letters(here, thread.affair))[-1] == "services.pledge_kept"
    [row] = await here.rows("select found, barred_until from pledges where case_id = $1", thread.case)
    assert (row["found"], row["barred_until"]) == ("kept", None)
    assert (await applied(here, citizen)).status_code == 200, "who kept a pledge may give another"


async def test_a_broken_pledge_is_heard_then_annulled_and_bars_the_next(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    thread, check = await checked(here, citizen, office)
    assert "来看是不是和您承诺的一样，最晚" in (await citizen.get(f"/affairs/{thread.affair}")).text
    await both(office, check, "differs", DIFFERS)
    assert await validity(here, citizen) == ["01"], "nothing is annulled unheard"
    told = (await citizen.get(f"/letters/{await newest(here, thread)}")).text
    assert "店门正对小学" in told
    assert "现在还没有决定撤销" in told
    assert await move(office.decide, check, "judgement", "revoke", **REVOKES) == 409, "before the answer nobody decides"
    [licence] = (await citizen.get("/api/wallet")).json()["licences"]
    gives_back = await citizen.post(f"/wallet/{licence['licence']}/cancel", {"key": str(uuid4())})
    assert gives_back.status_code == 409, "nobody escapes by giving it back"
    for deed in ("confirm", "drop"):
        page = await office.two.get(f"/desk/licences/{licence['licence']}/{deed}")
        assert page.status_code == 409
        assert "由那件核查来定" in page.text
    path = f"/affairs/{thread.affair}/cases/{check.case}/bring"
    assert "要求听证" in (await citizen.get(path)).text
    assert await wish(citizen, check, choice="explain", **{"explain-answer": ""}) == 422
    assert await wish(citizen, check, choice="explain", **{"explain-answer": "学校是后来搬来的"}) == 303
    assert "学校是后来搬来的" in (await office.decide.get(f"/desk/cases/{check.case}")).text
    assert await move(office.one, check, "judgement", "revoke", **REVOKES) == 409, "whoever looked does not decide"
    assert await move(office.decide, check, "judgement", "revoke", **REVOKES) == 200
    assert await state(here, citizen, check) == "revoked"
    assert await validity(here, citizen) == ["03"]
    whole = (await citizen.get(f"/affairs/{thread.affair}")).text
    assert ("和承诺的不一样，许可撤销了" in whole, "项都有结果" in whole) == (True, False)
    last = (await citizen.get(f"/letters/{await newest(here, thread)}")).text
    assert "许可撤销了" in last
    assert "60 天内申请行政复议" in last
    own = (await citizen.get(f"/affairs/{thread.affair}/cases/{check.case}")).text
    assert f'href="/items/{ITEM}"' in own
    assert f"/cases/{check.case}/again" not in own
    refused = await applied(here, citizen)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("services.pledge_barred")
    assert await filled(citizen) == f"{PATH}/pledge"
    barred = (await citizen.get(f"{PATH}/pledge")).text
    assert "与事实不符" in barred
    assert "2022年9月21日" in barred
    assert "way-" not in barred
    assert (await citizen.post(f"{PATH}/pledge", {})).headers["location"] == f"{PATH}/materials"
    assert 'id="lease_or_title"' in (await citizen.get(f"{PATH}/materials")).text
    review = await citizen.get(f"{PATH}/review")
    assert (await citizen.post(f"{PATH}/review", {"key": hidden(review, "key")})).status_code == 303
    other = await here.new_citizen()
    assert (await applied(here, other)).status_code == 200, "only who broke one is barred"


async def broken(town: Town, citizen: Caller, office: Officers) -> Thread:
    """A pledge that was found broken, after its person was heard; the case that found it."""
    _, check = await checked(town, citizen, office)
    await both(office, check, "differs", DIFFERS)
    assert await wish(citizen, check, choice="explain", **{"explain-answer": "学校是后来搬来的"}) == 303
    assert await move(office.decide, check, "judgement", "revoke", **REVOKES) == 200
    return check


async def test_a_pledge_given_before_another_was_found_broken_is_decided_on_papers(
    here: Town, office: Officers
) -> None:
    citizen, other = await here.new_citizen(), await here.new_citizen()
    second, theirs = await pledged(here, citizen), await pledged(here, other)
    await broken(here, citizen, office)
    assert (await letters(here, second.affair))[-1] == "services.pledge_fell"
    told = (await citizen.get(f"/letters/{await newest(here, second)}")).text
    assert "请备好租房合同或房产证" in told
    assert "您不用重新申请" in told and "河南省社会信用条例" in told
    assert "重新算期限是这座城市自己的安排，属示例" in told, "that law says nothing of a limit that begins anew"
    own = (await citizen.get(f"/affairs/{second.affair}/cases/{second.case}")).text
    assert "承诺不再算数" in own and "不再按承诺决定" in own
    assert "不再按承诺决定" in (await office.decide.get(f"/desk/cases/{second.case}")).text
    [case] = (await citizen.get(f"/api/affairs/{second.affair}")).json()["cases"]
    ordinary = here.city.counter.catalogue.pack.all(ITEM_OF)[ITEM].value.limit.limit
    assert (
        case["due"] == due(here.city.counter.office.calendar, Run(day_in(ZONE, here.clock()), ordinary)).day.isoformat()
    )
    body = {"step": "decision", "outcome": "grant", "words": {}}
    no = await office.decide.send(f"/api/cases/{second.case}/moves", body)
    assert (no.status_code, no.json()["type"]) == (409, "urn:onecity:services.pledge_fell")
    assert "lease_or_title" in no.json()["details"]["names"]
    assert (
        await move(office.decide, second, "decision", "supplement", lacking=list(no.json()["details"]["names"])) == 200
    )
    page = await citizen.get(f"/affairs/{second.affair}/cases/{second.case}/bring")
    assert 'id="lease_or_title"' in page.text
    there = await post(citizen, page.request.url.path, {}, {"lease_or_title": PLAN})
    assert there == f"/affairs/{second.affair}"
    assert await move(office.decide, second, "decision", "grant") == 200
    [row] = await here.rows("select check_id from pledges where case_id = $1", second.case)
    assert row["check_id"] is None, "what was decided on papers is not looked at as a pledge"
    assert await move(office.decide, theirs, "decision", "grant") == 200, "only who broke one is held to papers"
    [row] = await here.rows("select check_id from pledges where case_id = $1", theirs.case)
    assert row["check_id"] is not None


@pytest.mark.parametrize("waits", [False, True])
async def test_what_a_pledge_had_spared_is_asked_for_though_the_rest_was_asked_for_before_it_fell(
    here: Town, office: Officers, waits: bool
) -> None:
    citizen = await here.new_citizen()
    second = await pledged(here, citizen)
    bring = f"/affairs/{second.affair}/cases/{second.case}/bring"
    name, ask = {"shop_name": SHOP["shop_name"]}, partial(move, office.decide, second, "decision", "supplement")
    assert await ask(lacking=["shop_name"]) == 200
    if waits:
        await broken(here, citizen, office)
    assert await post(citizen, bring, name) == f"/affairs/{second.affair}"
    if not waits:
        assert await ask(lacking=["shop_name"]) == 409, "once"
        await broken(here, citizen, office)
    assert await move(office.decide, second, "decision", "grant") == 409
    page = await office.decide.get(f"/desk/cases/{second.case}/decision/supplement")
    assert "lack-lease_or_title" in page.text
    body = {"step": "decision", "outcome": "supplement", "words": {}, "lacking": ["shop_name"]}
    no = await office.decide.send(f"/api/cases/{second.case}/moves", body)
    assert (no.status_code, no.json()["type"]) == (409, "urn:onecity:casework.once_more")
    assert await ask(lacking=["lease_or_title"]) == 200
    assert 'id="lease_or_title"' in (await citizen.get(bring)).text
    assert await post(citizen, bring, {}, {"lease_or_title": PLAN}) == f"/affairs/{second.affair}"
    assert await ask(lacking=["lease_or_title"]) == 409, "nobody is asked a third time"
    assert await move(office.decide, second, "decision", "grant") == 200


async def test_what_was_decided_before_a_pledge_was_found_broken_stays_decided(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    second, _ = await checked(here, citizen, office)
    refused = await pledged(here, citizen)
    words = {"facts": "店在学校对面", "rule": "未成年人保护法第 59 条", "remedy": "换一个地方"}
    assert await move(office.decide, refused, "decision", "refuse", words=words) == 200
    await broken(here, citizen, office)
    for thread in (second, refused):
        kinds = await letters(here, thread.affair)
        assert not any(kind.startswith("services.pledge_fell") for kind in kinds)
    assert "01" in await validity(here, citizen), "its own check finds what became of it"


async def test_silence_is_decided_by_what_was_found_and_the_bar_ends_after_its_years(
    here: Town, office: Officers
) -> None:
    citizen = await here.new_citizen()
    thread, check = await checked(here, citizen, office)
    await both(office, check, "differs", DIFFERS)
    with here.clock.later(timedelta(days=25)):
        await here.stay(citizen, *office.all)
        jobs = (Job("silence", 1, partial(let_silence_speak, office=here.city.counter.office)),)
        await run_once(jobs, here.clock())
        assert await move(office.decide, check, "judgement", "revoke", **REVOKES) == 200
    [row] = await here.rows("select barred_until from pledges where case_id = $1", thread.case)
    until: date = row["barred_until"]
    for day, status in ((until, 409), (until + timedelta(days=1), 200)):
        with here.clock.later(datetime.combine(day, time(10), ZONE) - here.clock()):
            await here.stay(citizen)
            assert (await applied(here, citizen)).status_code == status, day
    await here.wake()


async def test_a_hearing_may_end_the_doubt_and_the_licence_goes_on(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    thread, check = await checked(here, citizen, office)
    await both(office, check, "differs", DIFFERS)
    assert await wish(citizen, check, choice="ask_hearing", **{"ask_hearing-reasons": "那不是学校"}) == 303
    day = working_days(here, 7)
    assert await move(office.hear, check, "hearing_call", "announce", at=at(day), hall="city_hall") == 200
    assert await state(here, citizen, check) == "stopped"
    with here.clock.later(datetime.combine(day, time(10), ZONE) - here.clock()):
        await here.stay(citizen, *office.all)
        record = {"words": {"present": "主持人、核查的人、当事人", "record": "对面是培训班，出示了登记"}}
        assert await move(office.hear, check, "hearing", "held", **record) == 200
        assert await move(office.decide, check, "judgement", "keep", words={"facts": "对面不是学校"}) == 200
        assert await validity(here, citizen) == ["01"]
        [licence] = (await citizen.get("/api/wallet")).json()["licences"]
        back = await citizen.post(f"/wallet/{licence['licence']}/cancel", {"key": str(uuid4())})
        assert back.status_code == 303, "the doubt is over"
        [row] = await here.rows("select found, barred_until from pledges where case_id = $1", thread.case)
        assert (row["found"], row["barred_until"]) == ("kept", None)
    await here.wake()


async def test_a_refusal_opens_no_check(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    thread = await pledged(here, citizen)
    words = {"facts": "店在学校对面", "rule": "未成年人保护法第 59 条", "remedy": "换一个地方"}
    assert await move(office.decide, thread, "decision", "refuse", words=words) == 200
    [row] = await here.rows("select check_id from pledges where case_id = $1", thread.case)
    assert row["check_id"] is None


async def test_a_check_that_is_late_is_told_like_any_other(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    _, check = await checked(here, citizen, office)
    with here.clock.later(timedelta(days=70)):
        await run_once((Job("remind", 1, partial(remind, office=here.city.counter.office)),), here.clock())
        [row] = await here.rows("select overrun from cases where id = $1", check.case)
        assert row["overrun"] is not None
    await here.wake()


async def test_a_licence_that_others_want_to_end_is_settled_first(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    _, check = await checked(here, citizen, office)
    [licence] = (await citizen.get("/api/wallet")).json()["licences"]
    path = f"/desk/licences/{licence['licence']}"
    words = {"facts": "卖假烟", "rule": "烟草专卖法"}
    page = await office.two.post(f"{path}/revoke", words)
    sure = words | {"sure": "yes", "key": hidden(page, "key")}
    assert (await office.two.post(f"{path}/revoke", sure)).status_code == 303
    assert await move(office.one, check, "look", "differs", **DIFFERS) == 200
    assert await move(office.two, check, "look", "differs", **DIFFERS) == 409, "the penalty is decided first"
    page = await office.decide.get(f"{path}/confirm")
    assert (await office.decide.post(f"{path}/confirm", {"sure": "yes", "key": hidden(page, "key")})).status_code == 303
    assert await move(office.two, check, "look", "differs", **DIFFERS) == 200, "one that has ended is left alone"


@pytest.mark.parametrize(
    ("pledges", "reason"),
    [
        ({ITEM: "0" * 64}, "services.pledge_changed"),
        ({ITEM: ""}, "services.pledge_changed"),
        ({"tobacco_retail": "0" * 64}, "services.no_pledge"),
        ({"food_business": "0" * 64}, "services.no_pledge"),
        ({"fire_safety_inspection": "0" * 64}, "services.no_pledge"),
    ],
)
async def test_only_what_was_read_in_a_matter_that_has_one_is_agreed_to(
    here: Town, pledges: dict[str, str], reason: str
) -> None:
    citizen = await here.new_citizen()
    answer = await applied(here, citizen, pledges=pledges)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(reason)
    assert (await applied(here, citizen, pledges={ITEM: 3})).status_code == 422
    assert (await applied(here, citizen, pledges=[ITEM])).status_code == 422


async def test_a_matter_without_a_pledge_has_no_such_step(here: Town) -> None:
    citizen = await here.new_citizen()
    assert (await citizen.get("/items/food_business/pledge")).headers["location"] == "/items/food_business/apply"
    assert (await citizen.get("/api/items/food_business")).json()["pledge"] is None
    assert (await citizen.get("/items/nothing/pledge")).status_code == 404


async def test_an_officer_of_another_agency_sees_no_check(here: Town, office: Officers) -> None:
    citizen = await here.new_citizen()
    _, check = await checked(here, citizen, office)
    stranger = await officer(here, "services.inspect", "services.decide")
    assert (await stranger.get(f"/desk/cases/{check.case}")).status_code == 404
    assert await move(stranger, check, "look", "fits", **SEEN) == 404
