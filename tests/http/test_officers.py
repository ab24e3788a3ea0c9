"""Officers come, get duties, lose them, are away, and lose their telephones: always by two persons."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import httpx
import pyotp
import pytest
from tests.http.towns import AGENCY, AREA, Caller, Town, hidden

from onecity.bootstrap.founding import Account
from onecity.kernel.acting import Held, Scope

PASSWORD: Final = "a whole sentence opens the door"
REASON: Final = "新招录的同事"


async def proposed(by: Caller, path: str, sent: dict[str, str]) -> str:
    """The page of the proposal that somebody makes."""
    answer = await by.post(path, sent)
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


async def decided(by: Caller, proposal: str, how: str = "confirm", reason: str = "") -> httpx.Response:
    key = hidden(await by.get(proposal), "key")
    return await by.post(proposal, {"do": how, "reason": reason, "key": key})


def half(page: httpx.Response) -> str:
    found = re.search(r"<strong>([A-Z2-7]{4} [A-Z2-7]{4})</strong>", page.text)
    assert found, page.text
    return found[1]


async def new_officer(town: Town) -> tuple[str, dict[str, str]]:
    """Two administrators make an officer; the login, and the two halves of the code."""
    login = f"o{uuid4().hex[:12]}"
    sent = {"name": "李梅", "login": login, "agency": AGENCY, "area": AREA, "reason": REASON}
    proposal = await proposed(town.admin, "/admin/officers/new", sent)
    assert (await decided(town.second, proposal)).status_code == 303
    halves = {"first": half(await town.admin.get(proposal)), "second": half(await town.second.get(proposal))}
    return login, halves


async def set_up(town: Town, login: str, halves: dict[str, str]) -> Account:
    """The officer chooses a password and takes up the second factor."""
    visitor = town.caller()
    page = await visitor.post("/set-up", halves)
    assert page.status_code == 200, page.text
    secret = re.sub(r"\s", "", re.findall(r"<dd>([A-Z2-7 ]{20,})</dd>", page.text)[0])
    assert f"secret={secret}" in page.text.replace("&amp;", "&")
    town.clock.next_code()
    done = await visitor.post(
        "/set-up/finish", {**halves, "password": PASSWORD, "code": pyotp.TOTP(secret).at(town.clock.at)}
    )
    assert done.status_code == 200, done.text
    town.came(login)
    return Account(login, "李梅", "", PASSWORD, secret)


async def person_of(town: Town, account: Account) -> UUID:
    return await town.person(await town.sign_in(account))


async def test_a_new_officer_signs_in_after_two_persons_agreed_and_works_after_two_gave_a_duty(town: Town) -> None:
    account = await set_up(town, *await new_officer(town))
    officer = await town.sign_in(account)
    assert (await officer.get("/desk")).status_code == 403
    person = await town.person(officer)
    given = {"duty": "services.accept", "since": "", "until": "", "reason": REASON}
    proposal = await proposed(town.second, f"/admin/officers/{person}/duty", given)
    assert (await officer.get("/desk")).status_code == 403
    await decided(town.admin, proposal)
    assert (await officer.get("/desk")).status_code == 200
    ends = await proposed(town.admin, f"/admin/officers/{person}/end", {"duty": "0", "reason": REASON})
    assert (await officer.get("/desk")).status_code == 200
    await decided(town.second, ends)
    assert (await officer.get("/desk")).status_code == 403
    kinds = [
        row["kind"]
        for row in await town.rows("select kind from ledger.facts where stream = $1 order by version", person)
    ]
    assert kinds == ["people.account_opened/1", "people.secrets_set/1", "people.duty_given/1", "people.duty_ended/1"]


async def test_each_of_the_two_sees_only_their_own_half_and_others_none(town: Town) -> None:
    sent = {"name": "李梅", "login": f"o{uuid4().hex[:12]}", "agency": AGENCY, "area": AREA, "reason": REASON}
    proposal = await proposed(town.admin, "/admin/officers/new", sent)
    assert "半码" not in (await town.admin.get(proposal)).text
    await decided(town.second, proposal)
    first, second = half(await town.admin.get(proposal)), half(await town.second.get(proposal))
    assert first != second
    for wrong in (
        {"first": first, "second": first},
        {"first": second, "second": first},
        {"first": first, "second": ""},
    ):
        assert (await town.caller().post("/set-up", wrong)).status_code == 422
    stored = [bytes(row["code"]) for row in await town.rows("select code from invitations")]
    assert all(part.replace(" ", "").encode() not in code for code in stored for part in (first, second))


async def test_a_code_opens_once_and_for_a_day(town: Town) -> None:
    login, halves = await new_officer(town)
    with town.clock.later(timedelta(hours=24, seconds=1)):
        assert (await town.caller().post("/set-up", halves)).status_code == 422
    account = await set_up(town, login, halves)
    assert (await town.caller().post("/set-up", halves)).status_code == 422
    assert await town.sign_in(account)


async def test_without_a_code_from_the_telephone_nothing_is_set(town: Town) -> None:
    login, halves = await new_officer(town)
    visitor = town.caller()
    await visitor.post("/set-up", halves)
    wrong = await visitor.post("/set-up/finish", {**halves, "password": PASSWORD, "code": "000000"})
    short = await visitor.post("/set-up/finish", {**halves, "password": "short", "code": "000000"})
    assert (wrong.status_code, short.status_code) == (422, 422)
    answer = await town.caller().send("/api/sign-in", {"login": login, "password": PASSWORD, "code": ""})
    assert answer.status_code == 409


async def test_who_proposed_does_not_confirm_and_a_refusal_changes_nothing(town: Town) -> None:
    sent = {"name": "李梅", "login": f"o{uuid4().hex[:12]}", "agency": AGENCY, "area": AREA, "reason": REASON}
    proposal = await proposed(town.admin, "/admin/officers/new", sent)
    assert "您自己提的" in (await town.admin.get(proposal)).text
    assert (await town.admin.post(proposal, {"do": "confirm"})).status_code == 409
    assert (await decided(town.second, proposal, "refuse", " ")).status_code == 422
    assert (await decided(town.second, proposal, "refuse", "名额满了")).status_code == 303
    assert "名额满了" in (await town.admin.get(proposal)).text
    [row] = await town.rows(
        "select officer, confirmed from proposals where proposal = $1", UUID(proposal.rpartition("/")[2])
    )
    assert row["confirmed"] is False
    assert await town.rows("select from accounts where person = $1", row["officer"]) == []


async def test_a_staff_number_belongs_to_one(town: Town) -> None:
    login, _ = await new_officer(town)
    sent = {"name": "王一", "login": login, "agency": AGENCY, "area": AREA, "reason": REASON}
    proposal = await proposed(town.admin, "/admin/officers/new", sent)
    assert (await decided(town.second, proposal)).status_code == 422


async def test_a_reset_closes_the_old_way_at_once_and_opens_a_new_one(town: Town) -> None:
    account = await set_up(town, *await new_officer(town))
    officer = await town.sign_in(account)
    person = await town.person(officer)
    proposal = await proposed(town.second, f"/admin/officers/{person}/reset", {"reason": "手机丢了"})
    assert (await officer.get("/letters")).status_code == 200
    await decided(town.admin, proposal)
    assert (await officer.get("/letters")).status_code == 303
    assert (await town.caller().send("/api/sign-in", town.words(account))).status_code == 409
    halves = {"first": half(await town.second.get(proposal)), "second": half(await town.admin.get(proposal))}
    again = await set_up(town, account.login, halves)
    assert again.second_factor != account.second_factor
    assert await person_of(town, again) == person


async def test_a_second_click_on_the_confirmation_does_not_close_what_the_officer_chose(town: Town) -> None:
    account = await set_up(town, *await new_officer(town))
    person = await person_of(town, account)
    proposal = await proposed(town.second, f"/admin/officers/{person}/reset", {"reason": "手机丢了"})
    key = hidden(await town.admin.get(proposal), "key")
    await town.admin.post(proposal, {"do": "confirm", "key": key})
    halves = {"first": half(await town.second.get(proposal)), "second": half(await town.admin.get(proposal))}
    again = await set_up(town, account.login, halves)
    assert (await town.admin.post(proposal, {"do": "confirm", "key": key})).status_code == 303
    assert await town.sign_in(again)


async def test_a_duty_begins_and_ends_by_its_days(town: Town) -> None:
    officer = await town.sign_in(await set_up(town, *await new_officer(town)))
    person = await town.person(officer)
    first = (town.clock.at + timedelta(days=3)).date()
    sent = {
        "duty": "services.accept", "since": first.isoformat(), "until": (first + timedelta(days=1)).isoformat(),
        "reason": REASON,
    }  # fmt: skip
    await decided(town.admin, await proposed(town.second, f"/admin/officers/{person}/duty", sent))
    seen = []
    for day in range(6):
        with town.clock.later(timedelta(days=day)):
            await town.stay(officer)
            seen.append((await officer.get("/desk")).status_code)
    assert seen == [403, 403, 403, 200, 200, 403]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"duty": "services.fly"}, "请选一项职责"),
        ({"duty": "services.accept", "until": "2019-01-01"}, "日期不对"),
        ({"duty": "services.accept", "since": "morgen"}, "日期不对"),
        ({"duty": "services.decide", "reason": ""}, "请写一句"),
    ],
)
async def test_a_form_that_is_wrong_comes_back_with_what_was_typed(town: Town, sent: dict[str, str], said: str) -> None:
    officer = await town.officer()
    fields = {"since": "", "until": "", "reason": REASON} | sent
    answer = await town.admin.post(f"/admin/officers/{officer}/duty", fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert fields["reason"] in answer.text


async def colleagues(town: Town) -> tuple[Caller, Account]:
    """An officer with a duty, and a colleague of the department without that duty."""
    held = Held("services.accept", Scope(AGENCY, AREA))
    other = Held("services.decide", Scope(AGENCY, AREA))
    return await town.sign_in(await town.new_officer(held)), await town.new_officer(other)


async def away(town: Town, officer: Caller, deputy: UUID, since: int, until: int) -> str:
    """The officer notes days from today's; the proposal."""
    day = town.clock.at.date()
    sent = {
        "since": (day + timedelta(days=since)).isoformat(), "until": (day + timedelta(days=until)).isoformat(),
        "deputy": str(deputy),
    }  # fmt: skip
    answer = await officer.post("/absence", sent)
    assert answer.status_code == 303, answer.text
    [row] = await town.rows("select absence from absences where deputy = $1", deputy)
    return f"/admin/proposals/{row['absence']}"


async def test_a_deputy_works_in_the_place_of_the_absent_and_every_trace_says_so(town: Town) -> None:
    thread = await town.apply(town.citizen)
    absent, account = await colleagues(town)
    deputy = await town.sign_in(account)
    person = await town.person(absent)
    move = {"step": "acceptance", "outcome": "accept", "words": {}}
    proposal = await away(town, absent, await town.person(deputy), 0, 2)
    assert (await deputy.send(f"/api/cases/{thread.case}/moves", move)).status_code == 403
    await decided(town.admin, proposal)
    assert "代 马腾飞 值班" in (await deputy.get("/desk")).text
    assert (await deputy.send(f"/api/cases/{thread.case}/moves", move)).status_code == 200
    history = await town.city.memory.ledger.history(thread.case)
    [taken] = [one for one in history if type(one.fact).__name__ == "StepTaken"]
    assert (taken.by.person, taken.by.instead_of) == (await town.person(deputy), person)
    absent_too = await absent.get("/desk")
    assert absent_too.status_code == 200


async def test_the_deputy_stands_in_only_on_the_days_and_until_the_absent_is_back(town: Town) -> None:
    absent, account = await colleagues(town)
    deputy = await town.sign_in(account)
    proposal = await away(town, absent, await town.person(deputy), 1, 3)
    await decided(town.admin, proposal)

    async def stands_in(days: int) -> bool:
        with town.clock.later(timedelta(days=days)):
            await town.stay(deputy)
            return "值班" in (await deputy.get("/desk")).text

    assert [await stands_in(day) for day in range(5)] == [False, True, True, True, False]
    await town.stay(absent)
    back = await absent.post(f"/absence/{proposal.rpartition('/')[2]}/back", {})
    assert back.status_code == 303
    assert [await stands_in(day) for day in range(5)] == [False] * 5


async def test_neither_the_absent_nor_the_deputy_confirms_an_absence(town: Town) -> None:
    held = Held("people.administer", Scope(AGENCY, AREA))
    absent, deputy = [await town.sign_in(await town.new_officer(held)) for _ in range(2)]
    proposal = await away(town, absent, await town.person(deputy), 0, 0)
    for concerned in (absent, deputy):
        assert (await concerned.post(proposal, {"do": "confirm"})).status_code == 409
    assert (await decided(town.admin, proposal)).status_code == 303


async def test_an_administrator_sees_only_their_own_scope(town: Town) -> None:
    held = Held("people.administer", Scope("fire_rescue", AREA))
    stranger = await town.sign_in(await town.new_officer(held))
    officer, proposal = await town.officer(), await town.proposal()
    assert (await stranger.get(f"/admin/officers/{officer}")).status_code == 404
    assert (await stranger.get(f"/admin/proposals/{proposal}")).status_code == 404
    assert (await stranger.post(f"/admin/proposals/{proposal}", {"do": "confirm"})).status_code == 404
    sent = {"name": "李梅", "login": "limei2", "agency": AGENCY, "area": AREA, "reason": REASON}
    assert (await stranger.post("/admin/officers/new", sent)).status_code == 403
    assert (await town.admin.get("/admin/officers")).status_code == 200
    assert str(officer) not in (await stranger.get("/admin/officers")).text


async def test_an_officer_sees_who_opened_their_record(town: Town) -> None:
    officer = await town.sign_in(await town.new_officer(Held("services.accept", Scope(AGENCY, AREA))))
    await town.admin.get(f"/admin/officers/{await town.person(officer)}")
    page = (await officer.get("/reads")).text
    assert "管理工作人员要看" in page
    assert "温**" in page


async def test_administration_opens_no_citizens_case(town: Town) -> None:
    thread = await town.apply(town.citizen)
    assert (await town.admin.get(f"/desk/cases/{thread.case}")).status_code == 404


async def test_no_fact_of_administration_says_a_name_or_a_reason_in_clear(town: Town) -> None:
    await set_up(town, *await new_officer(town))
    bodies = b"".join(
        row["body"] for row in await town.rows("select body from ledger.facts where kind like 'people.%'")
    )
    for secret in ("李梅", REASON, "手机丢了", "一个人忙不过来"):
        assert secret.encode() not in bodies
