"""Whoever does not know learns nothing by trying: answers look alike, cost alike, and come only so often."""

import re
from typing import Final
from uuid import uuid4

import httpx
import pytest
from tests.http.towns import PHONE, Caller, Town, hidden

from onecity.kernel.identity import resident_check
from onecity.machinery.web import EVERYBODY

READ_OFTEN: Final = {
    "/", "/sign-in", "/register", "/lost", "/set-up", "/look", "/report", "/reports", "/answers", "/answers/{answer}",
    "/items", "/items/{item}", "/life-events", "/life-events/{event}", "/open/notices", "/proof", "/proof/checkpoint", "/verify",
    "/simulated-port/{reference}", "/health/live", "/health/ready", "/metrics", "/static/{name}.css",
    "/static/{version}/{name}.js", "/static/ground.geojson", "/licences/status/{shard}", "/api/docs", "/api/items",
    "/api/items/{item}", "/api/life-events", "/api/life-events/{event}", "/api/notices", "/features", "/features/",
    "/features/conformance", "/features/api", "/features/collections", "/features/collections/{collection}",
    "/open/map", "/open/street", "/api/open/street", "/api/answers", "/api/answers/{answer}",
    "/follow/{token}", "/halls", "/halls/{hall}", "/halls/{hall}/board", "/api/halls", "/api/halls/{hall}",
    "/api/halls/{hall}/times",
}  # fmt: skip
"""Pages of everybody that are the same for all, and forms: they name nobody, and nothing is found by trying them. The
link of a report is sealed with twelve bytes.
"""

PASSWORD: Final = "a whole sentence opens the door"


def alike(page: httpx.Response) -> str:
    """A page without what differs between any two."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "…", page.text)


@pytest.mark.threat("T23")
def test_whatever_everybody_may_send_or_look_up_counts_how_often(town: Town) -> None:
    open_to_all = [one for one in town.app.state.declared if one.who == EVERYBODY and one.rate is None]
    assert [one.path for one in open_to_all if one.method == "POST"] == []
    assert {one.path for one in open_to_all} - READ_OFTEN == set()


@pytest.fixture
async def known(town: Town) -> tuple[str, str]:
    """Name and number of somebody with an account."""
    name = "骆以安"
    number = await town.resident(name)
    await town.register(name, number)
    return name, number


async def signing_in(town: Town, login: str) -> httpx.Response:
    return await town.caller().send("/api/sign-in", {"login": login, "password": "a wrong one", "code": ""})


async def registering(caller: Caller, name: str, number: str) -> httpx.Response:
    page = await caller.get("/register")
    fields = {"name": name, "number": number, "phone": PHONE, "password": PASSWORD, "key": hidden(page, "key")}
    return await caller.post("/register", fields)


@pytest.mark.threat("T20")
async def test_a_login_that_nobody_has_is_refused_in_the_same_words(town: Town, known: tuple[str, str]) -> None:
    somebodys, nobodys = await signing_in(town, known[1]), await signing_in(town, uuid4().hex)
    assert (somebodys.status_code, somebodys.json()) == (nobodys.status_code, nobodys.json())


@pytest.mark.threat("T21")
@pytest.mark.parametrize("whose", ["somebodys", "nobodys", "closed"])
async def test_a_login_costs_the_same_work_whether_somebody_has_it_or_not(
    town: Town, known: tuple[str, str], monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    """Work is counted, not timed: a loaded machine says nothing about a clock."""
    locks, verified = town.city.door.locks, list[int]()
    await signing_in(town, uuid4().hex)
    if whose == "closed":
        person = await town.city.door.opened(known[1])
        assert person is not None
        await town.city.door.close(person)
    real = locks._verified

    def counting(stored: str, given: bytes) -> bool:
        verified.append(len(given))
        return real(stored, given)

    monkeypatch.setattr(locks, "_verified", counting)
    assert (await signing_in(town, uuid4().hex if whose == "nobodys" else known[1])).status_code == 409
    assert len(verified) == 1


@pytest.mark.threat("T20")
async def test_a_wrong_name_and_a_number_that_nobody_has_are_told_alike_at_the_register(
    town: Town, known: tuple[str, str]
) -> None:
    first_17 = "41019919990909901"
    on_file, fresh = await town.resident("郗若水"), first_17 + resident_check(first_17)
    caller = town.caller()
    answers = [await registering(caller, "郭不同", number) for number in (known[1], on_file, fresh)]
    assert {answer.status_code for answer in answers} == {422}
    first, second, third = (
        alike(one).replace(n, "…") for one, n in zip(answers, (known[1], on_file, fresh), strict=True)
    )
    assert first == second == third


@pytest.mark.threat("T20")
async def test_an_identifier_that_was_never_given_is_told_like_any_other(town: Town) -> None:
    """Serial numbers hold twelve signs that follow from nothing public; the next one is not the last one plus one."""
    one, other = [(await town.issue(town.citizen)).identifier.split(".")[7] for _ in range(2)]
    assert one[:8] == other[:8]
    assert sum(a != b for a, b in zip(one[8:], other[8:], strict=True)) > 4
