"""The interface for machines: strict in what it takes, the same rules as the pages, a reason for every no."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import msgspec
import pyotp
import pytest
from starlette.routing import Route as StarletteRoute
from tests.http.towns import AGENCY, AREA, ZONE, Caller, Thread, Town

from onecity.bootstrap.founding import Account
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Held, Scope

APPLY: Final = {"items": ["food_business"], "answers": ANSWERS}
ACCEPT: Final = {"step": "acceptance", "outcome": "accept"}
GRANT: Final = {"step": "decision", "outcome": "grant"}
REFUSE: Final = {"step": "decision", "outcome": "refuse"}
WORDS: Final = {"facts": "没有厨房", "rule": "食品安全法第 33 条", "remedy": "加一间厨房"}
TRIES: Final = 5
A_QUARTER: Final = timedelta(minutes=15)
INSPECTOR: Final = Held("services.accept", Scope(AGENCY, AREA))


def problem(answer: httpx.Response) -> Any:
    """The problem that an answer tells, in the form that machines expect."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == answer.status_code
    assert found["title"]
    return found


def reason(answer: httpx.Response) -> str:
    """The name of the reason of a refusal."""
    name: str = problem(answer)["type"]
    return name.removeprefix("urn:onecity:")


async def sign_in(town: Town, account: Account, **other: str) -> httpx.Response:
    return await town.caller().send("/api/sign-in", town.words(account) | other)


async def test_a_good_password_and_code_begin_a_session(town: Town) -> None:
    answer = await sign_in(town, await town.new_officer(INSPECTOR))
    assert answer.status_code == 200
    assert answer.json().keys() == {"person", "token"}
    assert (await town.caller(answer.json()["token"]).get("/api/desk")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"}, {"password": " "}, {"password": "密" * 10_000}, {"code": ""},
        {"code": "000000x"}, {"login": "a login that only this test tries"}, {"login": "' or 1=1 --"},
    ],
    ids=str,
)  # fmt: skip
async def test_one_wrong_part_lets_nobody_in_and_is_not_named(town: Town, wrong: Mapping[str, str]) -> None:
    answer = await sign_in(town, await town.new_officer(), **wrong)
    assert 400 <= answer.status_code < 500
    assert reason(answer) == "people.wrong"
    assert "details" not in answer.json()


@pytest.mark.parametrize("blank", ["login", "password"])
async def test_a_blank_form_is_no_try_and_closes_no_login(town: Town, blank: str) -> None:
    officer = await town.new_officer()
    for _ in range(10):
        assert reason(await sign_in(town, officer, **{blank: ""})) == "people.blank"
    assert (await sign_in(town, officer)).status_code == 200


async def test_a_code_opens_once(town: Town) -> None:
    officer = await town.new_officer()
    words = town.words(officer)
    assert (await town.caller().send("/api/sign-in", words)).status_code == 200
    assert reason(await town.caller().send("/api/sign-in", words)) == "people.wrong"
    assert (await sign_in(town, officer)).status_code == 200


async def test_a_code_opens_once_also_at_the_same_moment(town: Town) -> None:
    words = town.words(await town.new_officer())
    answers = await asyncio.gather(*(town.caller().send("/api/sign-in", words) for _ in range(4)))
    assert sorted(answer.status_code == 200 for answer in answers) == [False, False, False, True]


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_code_may_be_one_step_early_or_late(town: Town, steps: int, good: bool) -> None:
    officer = await town.new_officer()
    town.clock.next_code()
    with town.clock.standing():
        code = pyotp.TOTP(officer.second_factor or "").at(town.clock.at + timedelta(seconds=30 * steps))
        answer = await town.caller().send(
            "/api/sign-in", {"login": officer.login, "password": officer.password, "code": code}
        )
    assert (answer.status_code == 200) is good


async def test_a_code_in_full_width_digits_is_no_bug(town: Town) -> None:
    officer = await town.new_officer()
    words = town.words(officer)
    wide = words["code"].translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    answer = await town.caller().http.post("/api/sign-in", json=words | {"code": wide})
    assert answer.status_code < 500


async def test_five_wrong_tries_lock_a_login_and_time_opens_it(town: Town) -> None:
    account = await town.register("周雨桐", await town.resident("周雨桐"))
    for _ in range(TRIES):
        assert reason(await sign_in(town, account, password="wrong")) == "people.wrong"
    locked = await sign_in(town, account)
    assert reason(locked) == "people.locked"
    details = locked.json()["details"]
    assert locked.status_code == 429
    assert locked.headers["retry-after"] == str(details["seconds"])
    assert (details["minutes"], A_QUARTER.total_seconds() - 10 < details["seconds"] <= 900) == (15, True)
    assert f"{details['at']} 以后再试" in locked.json()["title"]
    with town.clock.later(A_QUARTER - timedelta(minutes=2)):
        assert reason(await sign_in(town, account)) == "people.locked"
    with town.clock.later(A_QUARTER):
        assert reason(await sign_in(town, account, password="wrong")) == "people.wrong"
        assert (await sign_in(town, account)).status_code == 200


async def test_a_good_try_forgets_the_wrong_ones(town: Town) -> None:
    account = await town.register("周雨桐", await town.resident("周雨桐"))
    for _ in range(2):
        for _ in range(TRIES - 1):
            await sign_in(town, account, password="wrong")
        assert (await sign_in(town, account)).status_code == 200


async def test_wrong_codes_lock_as_wrong_passwords_do(town: Town) -> None:
    officer = await town.new_officer()
    for _ in range(TRIES):
        await sign_in(town, officer, code="no code")
    assert reason(await sign_in(town, officer)) == "people.locked"


async def test_the_lock_does_not_tell_who_has_an_account(town: Town) -> None:
    known = await town.register("周雨桐", await town.resident("周雨桐"))
    unknown = Account(await town.resident("周雨桐"), "", "", "")
    with town.clock.standing():
        said = [
            [await sign_in(town, account, password="wrong") for _ in range(TRIES + 1)] for account in (known, unknown)
        ]
    assert [answer.content for answer in said[0]] == [answer.content for answer in said[1]]
    assert said[0][-1].headers["retry-after"] == said[1][-1].headers["retry-after"] == "900"


@pytest.mark.parametrize("has_account", [True, False])
async def test_the_page_says_from_when_one_can_try_again(town: Town, has_account: bool) -> None:
    number = await town.resident("周雨桐")
    login, visitor = (await town.register("周雨桐", number)).login if has_account else number, town.caller()
    with town.clock.standing():
        pages = [await visitor.post("/sign-in", {"login": login, "password": "wrong"}) for _ in range(TRIES + 1)]
        open_at = town.clock.at + A_QUARTER
    assert [page.status_code for page in pages] == [422] * TRIES + [429]
    assert pages[-1].headers["retry-after"] == "900"
    # Rounded up to the whole minute, so that nobody comes too early.
    at = (open_at + timedelta(seconds=59)).astimezone(ZONE)
    assert f"请 {at:%H:%M} 以后再试" in pages[-1].text


@pytest.mark.parametrize("path", ["/api/sign-in", "/sign-in", "/register"])
async def test_too_many_tries_from_one_address_have_to_wait(town: Town, path: str) -> None:
    hasty, patient = town.caller(), town.caller()
    with town.clock.standing():
        # Another login each time, so that no login is closed before the address is.
        statuses = [(await hasty.ask("POST", path, data={"login": str(uuid4())})).status_code for _ in range(21)]
        assert 429 not in statuses[:20]
        assert statuses[20] == 429
        assert hasty.seen[-1].headers["retry-after"] == "300"
        assert (await patient.ask("POST", path, data={"login": str(uuid4())})).status_code != 429
    with town.clock.later(timedelta(minutes=5)):
        assert (await hasty.ask("POST", path, data={"login": str(uuid4())})).status_code != 429


async def test_a_repeat_with_the_same_key_gets_the_first_answer(town: Town) -> None:
    citizen, key = await town.new_citizen(), uuid4()
    answers = [await citizen.send("/api/applications", APPLY, key=key) for _ in range(3)]
    answers += await asyncio.gather(*(citizen.send("/api/applications", APPLY, key=key) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert (await citizen.get("/api/affairs")).json()["affairs"] == [answers[0].json()["affair"]]


async def test_applications_with_the_same_key_at_the_same_moment_are_one(town: Town) -> None:
    citizen, key = await town.new_citizen(), uuid4()
    answers = await asyncio.gather(*(citizen.send("/api/applications", APPLY, key=key) for _ in range(8)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert len((await citizen.get("/api/affairs")).json()["affairs"]) == 1


async def test_without_a_key_each_application_is_a_new_one(town: Town) -> None:
    citizen = await town.new_citizen()
    receipts = [(await citizen.send("/api/applications", APPLY)).json() for _ in range(2)]
    listed = (await citizen.get("/api/affairs")).json()["affairs"]
    assert listed == [receipts[1]["affair"], receipts[0]["affair"]]
    assert receipts[0]["number"] != receipts[1]["number"]


async def test_a_key_that_is_none_is_refused(town: Town) -> None:
    before = await town.written()
    answer = await town.citizen.send("/api/applications", APPLY, key="tomorrow")
    assert answer.status_code == 400
    assert reason(answer) == "idempotency_key"
    assert await town.written() == before


async def test_a_key_is_its_authors_own(town: Town) -> None:
    key = uuid4()
    mine = await (await town.new_citizen()).send("/api/applications", APPLY, key=key)
    theirs = await (await town.new_citizen()).send("/api/applications", APPLY, key=key)
    assert mine.json()["number"] not in theirs.text


async def test_a_key_of_another_command_is_refused(town: Town) -> None:
    key, officer = uuid4(), town.accept
    thread = await town.apply(town.citizen)
    assert (await officer.send("/api/applications", APPLY, key=key)).status_code == 200
    named = {"idempotency-key": str(key), "authorization": f"Bearer {officer.token}"}
    answer = await officer.http.post(f"/api/cases/{thread.case}/moves", json=ACCEPT, headers=named)
    assert answer.status_code < 500


MALFORMED: Final = {
    "empty": b"", "half": b"{", "no json": b"items=food_business", "nul": b"\x00",
    "single quotes": b"{'items': []}",
}  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("path", ["/api/applications", "/api/sign-in"])
async def test_what_is_no_json_is_refused(town: Town, path: str, body: bytes) -> None:
    answer = await town.citizen.send_bytes(path, body)
    assert answer.status_code == 400
    assert reason(answer) == "400"


async def test_what_is_no_utf_8_is_refused(town: Town) -> None:
    body = b'{"login": "\xff", "password": "x"}'
    answer = await town.caller().http.post("/api/sign-in", content=body)
    assert answer.status_code == 400


async def test_what_is_nested_too_deeply_is_refused(town: Town) -> None:
    thread = await town.apply(town.citizen)
    body, bearer = b'{"x":' + b"[" * 100_000, {"authorization": f"Bearer {town.accept.token}"}
    answer = await town.accept.http.post(f"/api/cases/{thread.case}/moves", content=body, headers=bearer)
    assert 400 <= answer.status_code < 500


WRONG: Final[Mapping[str, Any]] = {
    "null": None, "a list": [], "nothing": {}, "no answers": {"items": ["food_business"]},
    "one item": {"items": "food_business", "answers": {}}, "numbered items": {"items": [1], "answers": {}},
    "numbers": {"items": ["food_business"], "answers": {"premises_area": 182}},
    "nulls": {"items": ["food_business"], "answers": {"premises_area": None}},
    "listed answers": {"items": ["food_business"], "answers": ["182"]},
    "an unknown field": {**APPLY, "subject": "somebody else"},
}  # fmt: skip


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
async def test_an_application_of_another_type_is_refused(town: Town, body: Any) -> None:
    before = await town.written()
    answer = await town.citizen.send_bytes("/api/applications", msgspec.json.encode(body))
    assert answer.status_code == 422
    assert reason(answer) == "422"
    assert await town.written() == before


async def test_an_unknown_field_of_an_application_is_named(town: Town) -> None:
    answer = await town.citizen.send("/api/applications", {**APPLY, "subjekt": "x"})
    assert "subjekt" in problem(answer)["detail"]
    assert reason(await town.caller().send("/api/sign-in", {"login": "a", "password": "b", "admin": True})) == "422"


async def test_an_unknown_field_of_a_move_is_refused(town: Town) -> None:
    thread = await town.apply(town.citizen)
    answer = await town.accept.send(f"/api/cases/{thread.case}/moves", {**ACCEPT, "word": {}})
    assert answer.status_code == 422


async def test_a_body_that_is_too_large_is_refused(town: Town) -> None:
    large = b'{"login": "' + b"a" * (512 * 1024) + b'", "password": "x"}'
    assert reason(await town.caller().send_bytes("/api/sign-in", large)) == "413"


@pytest.mark.parametrize(
    "items", [["no_such_item"], ["food_business", "no_such_item"], [], [""], ["../food_business"]], ids=str
)
async def test_an_item_that_nobody_offers_is_no_application(town: Town, items: list[str]) -> None:
    before = await town.written()
    answer = await town.citizen.send("/api/applications", {"items": items, "answers": ANSWERS})
    assert 400 <= answer.status_code < 500
    assert reason(answer) == "services.no_such_item"
    assert await town.written() == before


LARGE: Final = {"premises_area": "420", "wants_sign": "yes"}


async def test_the_wrong_answers_are_named_and_nothing_is_taken(town: Town) -> None:
    before = await town.written()
    wrong = ANSWERS | {"premises_area": "3", "food_sold": "cars"}
    answer = await town.citizen.send("/api/applications", {"items": ["food_business"], "answers": wrong})
    assert 400 <= answer.status_code < 500
    assert reason(answer) == "services.answers"
    assert answer.json()["details"] == {
        "fields": ["premises_area", "food_sold"],
        "faults": ["answers.too_small", "answers.no_such_choice"],
        "number": 2,
        "says": ["经营场所多大？ 太小了，最少 4 平方米", "主要卖什么？ 请从这几个里选一个"],
    }
    assert await town.written() == before


async def test_an_answer_that_nobody_asked_for_is_named_with_the_one_that_was_meant(town: Town) -> None:
    before = await town.written()
    strange = ANSWERS | {"shopname": "拾味小馆", "q": "1"}
    answer = await town.citizen.send("/api/applications", {"items": ["food_business"], "answers": strange})
    assert reason(answer) == "services.not_asked"
    assert answer.json()["details"]["says"] == ["这里不问 shopname，是不是 shop_name？", "这里不问 q"]
    assert await town.written() == before
    thread = await town.apply(town.citizen)
    move = {"step": "acceptance", "outcome": "correct", "words": {"note": "面积"}}
    assert (await town.accept.send(f"/api/cases/{thread.case}/moves", move)).status_code == 200
    brought = {"case": str(thread.case), "answers": {"premisesarea": "96"}}
    answer = await town.citizen.send(f"/api/affairs/{thread.affair}/bring", brought)
    assert answer.json()["details"]["meant"] == ["premises_area"]
    good = {"case": str(thread.case), "answers": {"premises_area": "96"}}
    assert (await town.citizen.send(f"/api/affairs/{thread.affair}/bring", good)).status_code == 200


async def test_what_is_still_missing_is_named_in_words(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    move = {"step": "acceptance", "outcome": "supplement", "words": {}, "lacking": ["floor_plan"]}
    assert (await town.accept.send(f"/api/cases/{thread.case}/moves", move)).status_code == 200
    [case] = (await citizen.get(f"/api/affairs/{thread.affair}")).json()["cases"]
    assert (case["state"], case["lacking"]) == ("yours", ["floor_plan"])
    answer = await citizen.send(f"/api/affairs/{thread.affair}/bring", {"case": str(thread.case)})
    assert reason(answer) == "services.still_lacking"
    assert answer.json()["details"]["says"] == ["店面平面图"]


async def test_the_form_of_an_event_follows_from_the_answers_and_keeps_nothing(town: Town) -> None:
    before = await town.written()
    guide = (await town.nobody.get("/api/life-events/open_restaurant")).json()
    assert [one["field"] for one in guide["asks"]] == ["premises_area", "wants_sign", "drains_to_sewer", "wants_seal"]
    assert {one["item"]: one["when"] for one in guide["items"]}["shop_sign_filing"] == ["wants_sign"]
    assert guide in (await town.nobody.get("/api/life-events")).json()["events"]
    off = {"premises_area": "40", "wants_sign": "no", "drains_to_sewer": "no", "wants_seal": "no"}
    small = (await town.nobody.send("/api/forms", {"event": "open_restaurant", "answers": off})).json()
    large = (await town.nobody.send("/api/forms", {"event": "open_restaurant", "answers": off | LARGE})).json()
    assert set(large["items"]) - set(small["items"]) == {"fire_safety_inspection", "shop_sign_filing"}
    for form in (small, large):
        asked = [one["field"] for one in form["asks"]]
        assert len(asked) == len(set(asked))
        assert {one["field"] for one in form["wrong"]} == set(asked) - set(off)
    assert {one["material"] for one in large["materials"]} - {one["material"] for one in small["materials"]} == {
        "sign_drawing"
    }
    wrong = (
        await town.nobody.send("/api/forms", {"event": "open_restaurant", "answers": {"premise_area": "1"}})
    ).json()
    assert {"field": "premise_area", "says": "这里不问 premise_area，是不是 premises_area？"} in wrong["wrong"]
    assert reason(await town.nobody.send("/api/forms", {"event": "x", "answers": {}})) == "services.no_such_event"
    assert reason(await town.nobody.get("/api/life-events/x")) == "services.no_such_event"
    assert await town.written() == before


async def test_an_item_asked_for_twice_is_one_case(town: Town) -> None:
    answer = await town.citizen.send("/api/applications", {"items": ["food_business"] * 3, "answers": ANSWERS})
    assert len(answer.json()["cases"]) == 1


async def test_an_item_names_its_questions_and_its_latest_day(town: Town) -> None:
    guide = (await town.nobody.get("/api/items/food_business")).json()
    assert [asked["field"] for asked in guide["asks"]] == list(ANSWERS)
    # Twenty working days after the 22nd of September 2020: the eight days of the National Day holidays do not count,
    # the Sunday and the Saturday that were worked for them do.
    assert guide["latest"] == "2020-10-26"
    assert guide["provisional"] is False
    summary = (await town.nobody.get("/api/items")).json()["items"]
    assert [one for one in summary if one["item"] == "food_business"] == [
        {"item": "food_business", "name": "食品经营许可", "agency": "market_supervision"}
    ]


async def move(who: Caller, thread: Thread, command: Mapping[str, Any], key: str | None = None) -> httpx.Response:
    return await who.send(f"/api/cases/{thread.case}/moves", dict(command), key=key)


async def test_a_case_from_the_application_to_its_result(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    waiting = (await citizen.get(f"/api/affairs/{thread.affair}")).json()["cases"][0]
    assert (waiting["state"], waiting["steps"], waiting["accepted"]) == ("waiting", ["acceptance"], None)
    assert waiting["due"] == "2020-09-28"

    accepted = await move(town.accept, thread, ACCEPT)
    assert accepted.json() == {"case": str(thread.case), "version": 3, "result": None}
    running = (await town.decide.get(f"/api/cases/{thread.case}")).json()
    assert (running["state"], running["steps"], running["accepted"]) == ("running", ["decision"], "2020-09-22")
    assert running["due"] == "2020-10-26"

    granted = await move(town.decide, thread, GRANT)
    assert granted.json() == {"case": str(thread.case), "version": 6, "result": "granted"}
    ended = (await citizen.get(f"/api/affairs/{thread.affair}")).json()["cases"][0]
    assert (ended["state"], ended["steps"]) == ("granted", [])
    kinds = await town.rows("select kind from letters where about = $1 order by sent", thread.affair)
    assert [row["kind"] for row in kinds] == ["services.received", "services.accepted", "services.granted"]


async def test_the_work_list_holds_what_waits_for_ones_own_duty(town: Town) -> None:
    thread = await town.apply(town.citizen)

    async def listed(who: Caller) -> set[tuple[str, str]]:
        """The steps of this case on somebody's list."""
        work = (await who.get("/api/desk")).json()["work"]
        return {(one["step"], one["duty"]) for one in work if one["case"] == str(thread.case)}

    officer = await town.sign_in(await town.new_officer(Held("services.accept", Scope(AGENCY, AREA))))
    # A list has at most fifty rows; the latest day of this case is as late as that of any other.
    await town.rows("delete from work_items where case_id <> $1 returning case_id", thread.case)
    assert await listed(officer) == {("acceptance", "services.accept")}
    assert await listed(town.decide) == await listed(town.elsewhere) == await listed(town.abroad) == set()
    await move(officer, thread, ACCEPT)
    assert await listed(officer) == set()
    assert await listed(town.decide) == {("decision", "services.decide")}


async def test_another_duty_moves_nothing(town: Town) -> None:
    thread = await town.apply(town.citizen)
    before = await town.written()
    answer = await move(town.decide, thread, ACCEPT)
    assert answer.status_code == 403
    assert reason(answer) == "casework.not_your_duty"
    assert await town.written() == before


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ({"step": "decision", "outcome": "grant"}, "casework.no_such_step"),
        ({"step": "no_such_step", "outcome": "accept"}, "casework.no_such_step"),
        ({"step": "", "outcome": ""}, "casework.no_such_step"),
        ({"step": "acceptance", "outcome": "grant"}, "casework.no_such_outcome"),
        ({"step": "acceptance", "outcome": ""}, "casework.no_such_outcome"),
    ],
)
async def test_a_step_that_does_not_wait_moves_nothing(town: Town, command: Mapping[str, str], why: str) -> None:
    thread = await town.apply(town.citizen)
    before = await town.written()
    answer = await move(town.accept, thread, command)
    assert answer.status_code == 409
    assert reason(answer) == why
    assert await town.written() == before


@pytest.mark.parametrize("missing", WORDS)
@pytest.mark.parametrize("text", [None, "", " \n\t　"], ids=repr)
async def test_a_refusal_needs_all_its_words(town: Town, missing: str, text: str | None) -> None:
    thread = await town.apply(town.citizen)
    await move(town.accept, thread, ACCEPT)
    before = await town.written()
    words = {name: said for name, said in (WORDS | {missing: text}).items() if said is not None}
    answer = await move(town.decide, thread, {**REFUSE, "words": words})
    assert 400 <= answer.status_code < 500
    assert reason(answer) == "casework.unsaid"
    assert answer.json()["details"] == {"field": missing}
    assert await town.written() == before


@pytest.mark.parametrize(("length", "result"), [(2_000, "refused"), (2_001, None)])
async def test_words_have_a_longest_length(town: Town, length: int, result: str | None) -> None:
    thread = await town.apply(town.citizen)
    await move(town.accept, thread, ACCEPT)
    answer = await move(town.decide, thread, {**REFUSE, "words": WORDS | {"facts": "𠮷" * length}})
    assert answer.json().get("result") == result
    if result is None:
        assert reason(answer) == "casework.too_long"
        assert answer.json()["details"] == {"field": "facts", "most": 2_000}


async def test_a_case_that_has_ended_stays_ended(town: Town) -> None:
    thread = await town.apply(town.citizen)
    await move(
        town.accept, thread, {"step": "acceptance", "outcome": "decline", "words": {"facts": "a", "remedy": "b"}}
    )
    before = await town.written()
    for officer, command in ((town.accept, ACCEPT), (town.decide, GRANT), (town.accept, {"step": "x", "outcome": "y"})):
        answer = await move(officer, thread, command)
        assert answer.status_code == 409
        assert reason(answer) == "casework.ended"
    assert await town.written() == before


async def test_a_move_that_is_repeated_gets_the_first_answer(town: Town) -> None:
    thread, key = await town.apply(town.citizen), str(uuid4())
    first, second = await move(town.accept, thread, ACCEPT, key), await move(town.accept, thread, ACCEPT, key)
    assert first.status_code == 200
    assert first.content == second.content


async def test_of_two_outcomes_at_the_same_moment_one_holds(town: Town) -> None:
    thread = await town.apply(town.citizen)
    await move(town.accept, thread, ACCEPT)
    commands: list[Mapping[str, Any]] = [GRANT, {**REFUSE, "words": WORDS}] * 3
    answers = await asyncio.gather(*(move(town.decide, thread, command) for command in commands))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    kinds = await town.rows("select kind from ledger.facts where stream = $1 order by version", thread.case)
    assert [row["kind"] for row in kinds].count("casework.ended/1") == 1


async def test_a_refusal_is_told_in_the_language_of_whoever_asks(town: Town) -> None:
    thread = await town.apply(town.citizen)
    chinese = await move(town.decide, thread, ACCEPT)
    english = await town.decide.ask(
        "POST", f"/api/cases/{thread.case}/moves", json=ACCEPT,
        headers={"authorization": f"Bearer {town.decide.token}", "cookie": "lang=en"},
    )  # fmt: skip
    assert reason(chinese) == reason(english)
    assert chinese.json()["title"] == "这件不归您办。"
    assert english.json()["title"].isascii()


async def test_the_description_lists_every_operation_but_itself(town: Town) -> None:
    answer = await town.nobody.get("/api/docs")
    described = answer.json()
    listed = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    declared = {route.name for route in town.app.routes if isinstance(route, StarletteRoute)}
    # A stream of events and a door that speaks CloudEvents follow standards of their own: docs/events.md.
    of_their_own = {"GET /api/docs", "GET /api/street/live", "POST /api/events"}
    assert listed == {name for name in declared if " /api/" in name} - of_their_own
    assert described["openapi"] == "3.1.0"
    assert described["paths"]["/api/cases/{case}/moves"]["post"]["security"] == [{"session": []}]
    assert "security" not in described["paths"]["/api/items"]["get"]


async def test_every_type_that_the_description_names_is_described(town: Town) -> None:
    answer = await town.nobody.get("/api/docs")
    known = answer.json()["components"]["schemas"]
    named = {part.partition('"')[0] for part in answer.text.split("#/components/schemas/")[1:]}
    assert named
    assert named == set(known)
    assert known["Apply"]["additionalProperties"] is False


async def test_the_answers_are_what_the_description_says(town: Town) -> None:
    schemas = (await town.nobody.get("/api/docs")).json()["components"]["schemas"]
    thread = await town.apply(town.citizen)
    state = (await town.citizen.get(f"/api/affairs/{thread.affair}")).json()
    assert state.keys() == schemas["AffairState"]["properties"].keys()
    assert state["cases"][0].keys() == schemas["CaseState"]["properties"].keys()


@pytest.mark.parametrize(("path", "text"), [("/health/live", "live\n"), ("/health/ready", "ready\n")])
async def test_the_city_says_how_it_is(town: Town, path: str, text: str) -> None:
    answer = await town.nobody.get(path)
    assert (answer.status_code, answer.text) == (200, text)


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 404), ("10.0.0.1", 404), ("127.0.0.1.evil.example", 404)],
)
async def test_metrics_are_for_programs_on_this_machine(town: Town, address: str, status: int) -> None:
    await town.nobody.get("/items")
    # Whoever comes from elsewhere may say that they come from here.
    said = {} if status == 200 else {"x-forwarded-for": "127.0.0.1"}
    answer = await town.caller(address=address).ask("GET", "/metrics", headers=said)
    assert answer.status_code == status
    assert ("onecity_request_seconds" in answer.text) is (status == 200)


async def test_metrics_name_routes_and_no_ids(town: Town) -> None:
    thread = await town.apply(town.citizen)
    await town.citizen.get(f"/affairs/{thread.affair}")
    text = (await town.caller(address="127.0.0.1").get("/metrics")).text
    assert 'route="/affairs/{affair}"' in text
    assert str(thread.affair) not in text
