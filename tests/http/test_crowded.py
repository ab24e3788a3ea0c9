"""A city that is too full: an honest word for people and programs, nothing done, and the same again a moment later."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from tests.http.street import MATTER, PLACE
from tests.http.towns import Town


@pytest.fixture
def full(town: Town) -> Iterator[Town]:
    crowding = town.app.state.crowding
    most, crowding.most = crowding.most, 0
    yield town
    crowding.most = most


async def test_a_person_reads_that_nothing_is_lost(full: Town) -> None:
    page = await full.citizen.get("/items")
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")
    assert "什么都没丢" in page.text


async def test_a_program_gets_a_problem_and_the_same_command_goes_through_later(full: Town) -> None:
    key, sent = uuid4(), {"words": "路面塌了一个洞", "matter": MATTER, "point": PLACE}
    with capture_logs() as lines:
        refused = await full.caller().send("/api/reports", sent, key=key)
    assert (refused.status_code, refused.headers["retry-after"], refused.json()["type"]) == (
        503,
        "2",
        "urn:onecity:503",
    )
    assert [line["event"] for line in lines] == ["request"], "no bug is reported"
    full.app.state.crowding.most = 1
    assert (await full.caller().send("/api/reports", sent, key=key)).status_code == 200


async def test_a_client_of_open311_is_answered_in_its_form(full: Town) -> None:
    answer = await full.caller().get("/open311/v2/services.json")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()[0]["code"] == 503


async def test_health_and_style_are_answered(full: Town) -> None:
    for path in ("/health/live", full.city.pages.css_url):
        assert (await full.nobody.get(path)).status_code == 200


async def test_whoever_was_served_makes_room(town: Town) -> None:
    for path in ("/items", "/nowhere", "/desk"):
        await town.citizen.get(path)
    assert town.app.state.crowding.inside == 0


@pytest.fixture
def narrow(town: Town) -> Iterator[Town]:
    """A city with room for bodies of one megabyte altogether."""
    room = town.app.state.room
    most, room.most = room.most, 2**20
    yield town
    room.most = most


@pytest.mark.threat("T24")
async def test_bodies_take_no_more_memory_than_there_is(narrow: Town) -> None:
    """Anybody may send a photograph, and many at a time; whoever finds no room is asked to come again."""
    caller, room = narrow.caller(), narrow.app.state.room
    report = {"words": "路面塌了", "matter": MATTER, "area": "410105001"}
    many = {"photo": ("x.jpg", b"\xff\xd8\xff" + bytes(2**20), "image/jpeg")}
    page = await caller.ask("POST", "/report", data=report, files=many)
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")
    assert room.held == 0
    few = {"photo": ("x.jpg", b"\xff\xd8\xff", "image/jpeg")}
    assert (await caller.ask("POST", "/report", data=report, files=few)).status_code < 500
    assert (await caller.send_bytes("/api/events", bytes(2**20))).status_code == 401, "nobody without a key is heard"
    assert (await narrow.citizen.send_bytes("/api/materials", bytes(2**20 + 1))).status_code == 503
    assert room.held == 0


@pytest.mark.threat("T24")
async def test_a_body_that_never_comes_holds_nothing_for_long(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.machinery.web.forms._PATIENCE_S", 0.05)
    ended = asyncio.Event()

    async def drop_by_drop() -> AsyncIterator[bytes]:
        yield b"words="
        await ended.wait()

    kind = {"content-type": "application/x-www-form-urlencoded"}
    for path in ("/report", "/api/reports"):
        answer = await town.caller().ask("POST", path, content=drop_by_drop(), headers=kind)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert town.app.state.room.held == 0
