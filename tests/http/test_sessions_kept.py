"""A session belongs to whoever came in: nobody brings one along, guesses one, or keeps one that was left behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from tests.http.towns import Caller, Town

from onecity.bootstrap.city import app_of
from onecity.bootstrap.founding import Account
from onecity.bootstrap.settings import Settings

A_YEAR: Final = "max-age=31536000"


@pytest.fixture
async def account(town: Town) -> Account:
    """Somebody with a login and a password, and a session of their own that no test needs."""
    name = "章明远"
    number = await town.resident(name)
    await town.register(name, number)
    return msgspec.structs.replace(town.accounts.accounts[0], login=number, name=name, password=PASSWORD)


PASSWORD: Final = "correct horse battery"


async def came_in(caller: Caller, words: dict[str, str]) -> httpx.Response:
    answer = await caller.ask("POST", "/sign-in", data=words)
    assert answer.status_code == 303, answer.text
    return answer


@asynccontextmanager
async def behind_tls(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """The same city as it is run behind TLS, and a browser in front of it."""
    settings = Settings(data=town.city.memory.folder.parent, secure=True)
    app: Starlette = app_of(town.city, settings=settings)
    transport = httpx.ASGITransport(app=app, client=("192.0.2.77", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1", trust_env=False) as http:
        yield http


@pytest.mark.threat("T05")
async def test_a_session_that_somebody_brought_along_is_not_the_one_that_they_get(town: Town, account: Account) -> None:
    """Session fixation: an address or a neighbour may set a cookie, but a session only begins with a word of ours."""
    planted = "0123456789abcdef" * 2
    answer = await came_in(town.caller(planted), town.words(account))
    given = answer.cookies["session"]
    assert given != planted
    assert (await town.caller(planted).get("/account")).status_code == 303
    assert (await town.caller(given).get("/account")).status_code == 200


@pytest.mark.threat("T05")
async def test_every_session_has_a_token_of_its_own_and_the_one_of_before_is_over(town: Town, account: Account) -> None:
    browser = town.caller()
    first = (await came_in(browser, town.words(account))).cookies["session"]
    form = await browser.get("/account")
    word = form.text.split('name="csrf" value="')[1].split('"')[0]
    answer = await browser.ask("POST", "/sign-in", data=town.words(account) | {"csrf": word})
    second = answer.cookies["session"]
    assert first != second
    assert min(len(first), len(second)) >= 43, "32 bytes of dice in base64"
    assert (await town.caller(first).get("/account")).status_code == 303
    assert (await town.caller(second).get("/account")).status_code == 200


@pytest.mark.threat("T06")
async def test_a_session_is_kept_where_no_script_and_no_foreign_form_reaches_it(town: Town, account: Account) -> None:
    answer = await came_in(town.caller(), town.words(account))
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert not any(flag.startswith("domain=") for flag in flags)


@pytest.mark.threat("T06")
@pytest.mark.threat("T25")
async def test_behind_tls_cookies_travel_over_https_only_and_no_neighbour_can_set_them(
    town: Town, account: Account
) -> None:
    async with behind_tls(town) as http:
        answer = await http.post("/sign-in", data=town.words(account))
        cookie = answer.headers["set-cookie"]
        name, _, rest = cookie.partition("=")
        flags = {part.strip().lower() for part in rest.split(";")[1:]}
        assert name == "__Host-session"
        assert {"secure", "httponly", "path=/"} <= flags
        assert not any(flag.startswith("domain=") for flag in flags)
        token = rest.partition(";")[0]
        assert (await http.get("/account")).status_code == 200
        http.cookies.clear()
        # What a neighbour under the same domain may set has another name, and is nobody's session.
        assert (await http.get("/account", headers={"cookie": f"session={token}"})).status_code == 303
        gone = await http.post("/sign-out", headers={"cookie": f"__Host-session={token}"})
        assert gone.status_code == 403, "without the word of the form nobody is signed out"
        looked = await http.get("/look?lang=en&mode=elder")
        assert all("secure" in one.lower() for one in looked.headers.get_list("set-cookie"))


@pytest.mark.threat("T25")
async def test_behind_tls_every_answer_says_that_browsers_come_over_https(town: Town) -> None:
    async with behind_tls(town) as http:
        for path in ("/", "/nowhere", "/static/no.css", "/api/items", "/desk", "/health/live"):
            assert (await http.get(path)).headers["strict-transport-security"] == A_YEAR, path
        stranger = await http.get("/", headers={"host": "evil.example"})
        assert (stranger.status_code, stranger.headers["strict-transport-security"]) == (400, A_YEAR)
    assert "strict-transport-security" not in (await town.caller().get("/")).headers, "a promise that plain http breaks"


@pytest.mark.threat("T02")
async def test_guessing_at_one_moment_is_no_better_than_one_after_another(town: Town, account: Account) -> None:
    """A try counts before anybody looks at it: of many that come together five are looked at, and no more."""
    words = town.words(account)
    guesses = [words | {"password": f"wrong {number}"} for number in range(13)]
    callers = [town.caller() for _ in guesses]
    answers = await asyncio.gather(
        *(one.send("/api/sign-in", guess) for one, guess in zip(callers, guesses, strict=True))
    )
    assert sorted(one.status_code for one in answers) == [409] * 5 + [429] * 8
    assert (await town.caller().send("/api/sign-in", words)).status_code == 429


@pytest.mark.threat("T30")
async def test_figures_of_the_house_are_told_to_this_machine_and_not_through_a_proxy_of_it(town: Town) -> None:
    here = town.caller(address="127.0.0.1")
    assert (await here.get("/metrics")).status_code == 200
    for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert (await here.ask("GET", "/metrics", headers={name: "for=203.0.113.9"})).status_code == 404
