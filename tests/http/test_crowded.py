"""A city that is too full: an honest word for people and programs, nothing done, and the same again a moment later."""

from collections.abc import Iterator
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
