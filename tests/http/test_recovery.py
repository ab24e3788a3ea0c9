"""Who lost the password comes in again by telephone; nobody else does, and nobody learns who has an account."""

import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest
from structlog.testing import capture_logs
from tests.http.towns import PHONE, Caller, Town

from onecity.bootstrap.founding import Account
from onecity.bootstrap.post import FOLDER
from onecity.ledger import Basis, key_of

NAME: Final = "周雨桐"
NEW: Final = "a new and longer sentence"


async def citizen(town: Town) -> Account:
    return await town.register(NAME, await town.resident(NAME))


def post(town: Town) -> set[Path]:
    return {*(town.city.memory.folder.parent / FOLDER).glob("*")}


async def asked(town: Town, name: str, number: str) -> tuple[httpx.Response, list[str]]:
    """Somebody asks for a code; the page, and what lies in the simulated post afterwards."""
    before = post(town)
    page = await town.caller().post("/lost", {"name": name, "number": number})
    return page, [path.read_text("utf-8") for path in post(town) - before]


def code_of(messages: list[str]) -> str:
    [message] = messages
    found = re.search(r"验证码 (\d{6})", message)
    assert found, message
    return found[1]


async def renewed(town: Town, number: str, code: str, password: str = NEW) -> httpx.Response:
    return await town.caller().post("/lost/code", {"number": number, "code": code, "password": password})


async def enters(town: Town, account: Account, password: str) -> bool:
    sent = {"login": account.login, "password": password, "code": ""}
    return (await town.caller().send("/api/sign-in", sent)).status_code == 200


async def test_a_code_to_the_telephone_opens_the_account_again_and_ends_every_session(town: Town) -> None:
    account = await citizen(town)
    before = await town.sign_in(account)
    _, messages = await asked(town, NAME, account.login)
    assert "simulated" in messages[0]
    assert PHONE not in messages[0]
    assert (await renewed(town, account.login, code_of(messages))).status_code == 200
    assert (await before.get("/letters")).status_code == 303
    assert not await enters(town, account, account.password)
    after = await town.sign_in(Account(account.login, NAME, "", NEW))
    assert "您的密码重设了" in (await after.get("/letters")).text


async def test_the_page_is_the_same_whoever_asks_and_whatever_is_typed(town: Town) -> None:
    account, unknown = await citizen(town), await town.resident("马腾飞")
    officer = town.account("shouli")
    pages, sent = [], []
    tries = [
        (NAME, account.login),
        ("马腾飞", unknown),
        ("别人", account.login),
        (NAME, "x"),
        (officer.name, officer.login),
    ]
    for name, number in tries:
        page, messages = await asked(town, name, number)
        pages.append(page.text.replace(f'value="{number}"', "…"))
        sent.append(len(messages))
    assert len(set(pages)) == 1
    assert sent == [1, 0, 0, 0, 0]


async def test_a_code_opens_once(town: Town) -> None:
    account = await citizen(town)
    code = code_of((await asked(town, NAME, account.login))[1])
    assert (await renewed(town, account.login, code)).status_code == 200
    assert (await renewed(town, account.login, code, "yet another sentence")).status_code == 422
    assert await enters(town, account, NEW)


@pytest.mark.parametrize(("later", "opens"), [(timedelta(minutes=9, seconds=50), True), (timedelta(minutes=10), False)])
async def test_a_code_holds_for_ten_minutes(town: Town, later: timedelta, opens: bool) -> None:
    account = await citizen(town)
    code = code_of((await asked(town, NAME, account.login))[1])
    with town.clock.later(later):
        assert (await renewed(town, account.login, code)).status_code == (200 if opens else 422)


async def test_a_code_opens_nobody_elses_account(town: Town) -> None:
    account, other = await citizen(town), await citizen(town)
    code = code_of((await asked(town, NAME, account.login))[1])
    assert (await renewed(town, other.login, code)).status_code == 422
    assert await enters(town, other, other.password)


async def test_guessing_locks_and_the_right_code_does_not_open_then(town: Town) -> None:
    account = await citizen(town)
    code = code_of((await asked(town, NAME, account.login))[1])
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert (await renewed(town, account.login, wrong)).status_code == 422
    locked = await renewed(town, account.login, code)
    assert (locked.status_code, int(locked.headers["retry-after"]) > 800) == (429, True)
    assert "以后再试" in locked.text
    assert not await enters(town, account, account.password)
    assert (await asked(town, NAME, account.login))[1] == []


async def test_a_login_that_nobody_has_locks_like_any_other(town: Town) -> None:
    number = await town.resident("马腾飞")
    answers = [(await renewed(town, number, "000000")).text for _ in range(6)]
    assert "以后再试" in answers[-1]


async def test_nobody_gets_more_than_three_codes_an_hour(town: Town) -> None:
    account = await citizen(town)
    # From the beginning of an hour on, because codes are counted by the hour.
    with town.clock.later(timedelta(hours=1) - timedelta(seconds=town.clock.at.timestamp() % 3600)):
        sent = [len((await asked(town, NAME, account.login))[1]) for _ in range(4)]
    assert sent == [1, 1, 1, 0]


async def test_a_password_that_is_too_short_costs_no_code(town: Town) -> None:
    account = await citizen(town)
    code = code_of((await asked(town, NAME, account.login))[1])
    assert (await renewed(town, account.login, code, "short")).status_code == 422
    assert (await renewed(town, account.login, code)).status_code == 200


async def test_a_forgotten_telephone_gets_no_code(town: Town) -> None:
    account = await citizen(town)
    person = await town.person(await town.sign_in(account))
    town.city.memory.keys.destroy(key_of(person, Basis.NOTHING))
    assert (await asked(town, NAME, account.login))[1] == []


async def test_neither_the_log_nor_the_ledger_knows_code_or_telephone(
    town: Town, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), capture_logs() as lines:
        account = await citizen(town)
        code = code_of((await asked(town, NAME, account.login))[1])
        await renewed(town, account.login, code)
    said = "\n".join([*map(repr, lines), *(one.getMessage() for one in caplog.records), *capfd.readouterr()])
    bodies = b"".join([row["body"] for row in await town.rows("select body from ledger.facts")])
    stored = [bytes(row["code"]) for row in await town.rows("select code from recoveries")]
    for secret in (account.login, PHONE, NAME):
        assert secret not in said
        assert secret.encode() not in bodies
    assert f'"{code}"' not in said
    assert code.encode() not in b"".join(stored)


async def changed(caller: Caller, old: str, new: str) -> httpx.Response:
    return await caller.post("/account/password", {"old": old, "password": new})


async def test_a_password_is_changed_by_who_knows_it_and_other_sessions_end(town: Town) -> None:
    account = await citizen(town)
    here, elsewhere = await town.sign_in(account), await town.sign_in(account)
    assert (await changed(here, "wrong", NEW)).status_code == 422
    assert (await changed(here, account.password, "short")).status_code == 422
    assert (await changed(here, account.password, NEW)).status_code == 303
    assert (await here.get("/account")).status_code == 200
    assert (await elsewhere.get("/account")).status_code == 303
    assert await enters(town, account, NEW)
    assert "您的密码换了" in (await here.get("/letters")).text


async def test_an_officer_keeps_the_second_factor_with_a_new_password(town: Town) -> None:
    account = await town.new_officer()
    officer = await town.sign_in(account)
    assert (await changed(officer, account.password, NEW)).status_code == 303
    assert not await enters(town, account, NEW)
    assert await town.sign_in(Account(account.login, "", "", NEW, account.second_factor))


async def test_guessing_the_old_password_locks_as_well(town: Town) -> None:
    account = await citizen(town)
    here = await town.sign_in(account)
    for _ in range(5):
        await changed(here, "wrong", NEW)
    assert "以后再试" in (await changed(here, account.password, NEW)).text


async def test_a_person_sees_and_ends_their_own_sessions(town: Town) -> None:
    account = await citizen(town)
    here, elsewhere = await town.sign_in(account), await town.sign_in(account)
    page = (await here.get("/account")).text
    # The session in which the account was opened runs as well.
    urls = re.findall(r'action="(/account/sessions/[^"]+/end)"', page)
    assert len(urls) == page.count("别处") == 2
    stranger = await town.new_citizen()
    assert [(await stranger.post(url, {})).status_code for url in urls] == [404, 404]
    assert (await elsewhere.get("/account")).status_code == 200
    assert [(await here.post(url, {})).status_code for url in urls] == [303, 303]
    assert (await elsewhere.get("/account")).status_code == 303
    assert (await here.get("/account")).text.count("别处") == 0
