"""So many at once, and who comes beyond that is asked to come again."""

from contextlib import ExitStack

import pytest
from starlette.exceptions import HTTPException

from onecity.machinery.web.entrance import MOST_AT_ONCE, Crowding


def test_whoever_comes_beyond_the_most_is_told_when_to_come_again() -> None:
    crowding = Crowding(2)
    with ExitStack() as inside:
        for _ in range(2):
            inside.enter_context(crowding.let_in("/items"))
        with pytest.raises(HTTPException) as refused:
            inside.enter_context(crowding.let_in("/items"))
    assert (refused.value.status_code, int((refused.value.headers or {})["Retry-After"])) == (503, 2)


def test_whoever_leaves_makes_room_also_by_a_failure() -> None:
    crowding = Crowding(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), crowding.let_in("/items"):
            raise ZeroDivisionError
        with crowding.let_in("/items"):
            assert crowding.inside == 1
    assert crowding.inside == 0


def test_a_refusal_takes_no_room() -> None:
    crowding = Crowding(0)
    for _ in range(MOST_AT_ONCE):
        with pytest.raises(HTTPException), crowding.let_in("/items"):
            raise AssertionError("let in")
    assert crowding.inside == 0


@pytest.mark.parametrize("path", ["/health", "/health/live", "/metrics", "/static/{name}.css"])
def test_who_watches_over_the_city_is_always_let_in(path: str) -> None:
    with Crowding(0).let_in(path):
        pass
