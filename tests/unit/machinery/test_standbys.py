"""Whom a page is read from: near enough, with what the visitor wrote, and only by whoever answers them alone."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Generator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from asyncpg import InterfaceError
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from onecity.machinery.postgres import Address, Readers, Standby
from onecity.machinery.postgres.standbys import NOWHERE_YET, Heard, Place, behind_s, read_place
from onecity.machinery.web import EVERYBODY, Route, Visit
from onecity.machinery.web.reading import READ_AFTER, Reading

HERE = Place(1, 1_000)
LAG_S = 5.0


class Pool:
    """A pool that gives its name for a connection; the primary knows how far it is, as long as it answers."""

    def __init__(self, name: str, lsn: int = HERE.lsn) -> None:
        self.name, self.lsn, self.away, self.busy, self.ended = name, lsn, False, False, 0

    def acquire(self, timeout: float = 0.0) -> Any:
        del timeout
        return self

    def __await__(self) -> Generator[Any, None, Any]:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> Any:
        if self.away:
            raise ConnectionRefusedError
        if self.busy:
            raise TimeoutError
        return SimpleNamespace(name=self.name, fetchrow=self.fetchrow, terminate=self.terminate)

    async def __aexit__(self, *_: object) -> None:
        return None

    async def fetchrow(self, _: str) -> dict[str, Any]:
        if self.away:
            raise ConnectionResetError
        return {"file": "0000000100000000000000AA", "inserted": self.lsn, "flushed": self.lsn}

    def terminate(self) -> None:
        self.ended += 1
        if self.away:
            # As a pool says of a connection that the server closed.
            raise InterfaceError("the connection has been released back to the pool")


class Following(Standby):
    """A standby that is told how far it is."""

    def __init__(self, name: str, place: Place | None) -> None:
        super().__init__(Address(f"postgresql://city@{name}/onecity"), size=1)
        self.told, self.own = place, Pool(name)

    async def look(self) -> None:
        self.pool = self.own
        self.place = self.told
        self.leads = self.told is None


class Watched(SimpleNamespace):
    at: float


async def readers(*standbys: Standby, primary: Pool | None = None, watch: Watched | None = None) -> Readers:
    shown = watch or Watched(at=100.0)
    found = Readers(primary or Pool("primary"), standbys, lag_s=LAG_S, clock=lambda: shown.at)
    await found.look()
    return found


def visit(path: str = "/open", **headers: str) -> Visit:
    lines = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": lines, "query_string": b""}
    return cast("Visit", SimpleNamespace(request=Request(scope)))


async def name_of(found: Readers) -> str:
    async with found.acquire() as connection:
        name: str = connection.name
        return name


def route(answer: Callable[[Visit], Awaitable[Response]], *, may_lag: bool = True) -> Route:
    return Route("GET", "/open", EVERYBODY, answer, may_lag=may_lag)


async def test_a_standby_is_asked_while_it_has_what_the_visitor_wrote_and_not_before() -> None:
    found = await readers(one := Following("one", HERE))
    assert found.near() is one
    assert found.near([HERE]) is one
    assert found.near([Place(1, HERE.lsn + 1)]) is None
    assert found.near([Place(2, HERE.lsn)]) is None, "it does not follow the primary of now yet"
    assert found.near([HERE, NOWHERE_YET]) is None


async def test_one_that_is_too_far_behind_is_not_asked_and_exactly_the_limit_is_near_enough() -> None:
    primary, watch = Pool("primary"), Watched(at=100.0)
    one = Following("one", HERE)
    found = await readers(one, primary=primary, watch=watch)
    primary.lsn += 1
    for watch.at in (101.0, 103.0, 100.0 + LAG_S):
        await found.look()
        assert found.near() is one
    assert found.lacking() == ()
    watch.at += 0.1
    assert found.near() is None
    await found.look()
    assert found.lacking() == ("one",)
    assert REGISTRY.get_sample_value("onecity_standbys_lacking") == 1
    one.told = Place(1, primary.lsn)
    await found.look()
    assert found.near() is one


async def test_while_the_primary_says_nothing_every_standby_grows_old() -> None:
    primary, watch = Pool("primary"), Watched(at=100.0)
    found = await readers(Following("one", HERE), primary=primary, watch=watch)
    primary.away = True
    watch.at += LAG_S + 1
    await found.look()
    assert found.near() is None
    assert await found.reached() == NOWHERE_YET


async def test_how_far_the_primary_is_is_asked_also_while_all_its_other_connections_are_in_use() -> None:
    primary, watch, one = Pool("primary"), Watched(at=100.0), Following("one", HERE)
    found = await readers(one, primary=primary, watch=watch)
    primary.busy, primary.lsn, watch.at = True, HERE.lsn + 1, watch.at + LAG_S + 1
    one.told = Place(1, primary.lsn)
    await found.look()
    assert found.near() is one


async def test_a_primary_that_went_away_is_asked_on_a_new_connection_once_it_is_back() -> None:
    primary, watch = Pool("primary"), Watched(at=100.0)
    found = await readers(Following("one", HERE), primary=primary, watch=watch)
    primary.away = True
    await found.look()
    assert primary.ended == 1
    found.leave()
    primary.away, watch.at = False, watch.at + LAG_S + 1
    await found.look()
    assert found.near() is not None


async def test_a_bug_of_ours_ends_no_looking_and_is_told() -> None:
    looks: list[float] = []

    async def pause(seconds: float) -> bool:
        looks.append(seconds)
        return len(looks) == 2

    one = Following("one", HERE)
    found = await readers(one)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one, "look", lambda: 1 / 0)
        await found.keep(pause)
    assert len(looks) == 2
    assert REGISTRY.get_sample_value("onecity_standbys_lacking") == 1


async def test_of_several_those_that_are_near_take_turns_and_the_one_that_leads_is_passed_over() -> None:
    near = [Following("a", HERE), Following("b", HERE)]
    found = await readers(*near, Following("leads", None), Following("other", Place(2, HERE.lsn)))
    assert {one.name for one in (found.near(), found.near(), found.near()) if one} == {"a", "b"}
    assert found.lacking() == ("other",)


async def test_only_the_task_that_answers_reads_there_and_only_until_it_has_answered() -> None:
    found = await readers(one := Following("one", HERE))
    assert await name_of(found) == "primary"
    with found.from_standby(one):
        assert await name_of(found) == "one"
        shared = asyncio.create_task(name_of(found))
        assert await shared == "primary", "what others wait for too is read where their own words are"
    assert await name_of(found) == "primary"


@pytest.mark.parametrize("fails", [HTTPException(404), ConnectionResetError(), ZeroDivisionError()])
async def test_what_a_standby_fails_at_the_primary_is_asked(fails: Exception) -> None:
    found = await readers(Following("one", HERE))

    async def answer(_: Visit) -> Response:
        if (name := await name_of(found)) == "one":
            raise fails
        return Response(name)

    assert (await Reading(found, secure=False).answered(route(answer), visit())).body == b"primary"


async def test_a_standby_never_says_no() -> None:
    found = await readers(Following("one", HERE))

    async def answer(_: Visit) -> Response:
        name = await name_of(found)
        return Response(name, 404 if name == "one" else 200)

    assert (await Reading(found, secure=False).answered(route(answer), visit())).body == b"primary"


async def test_what_somebody_brings_by_header_or_cookie_decides_and_a_route_that_decides_is_never_asked_there() -> None:
    found = await readers(Following("one", HERE))

    async def answer(_: Visit) -> Response:
        return Response(await name_of(found))

    async def source(asked: Visit, *, may_lag: bool = True) -> str:
        body = (await Reading(found, secure=False).answered(route(answer, may_lag=may_lag), asked)).body
        return bytes(body).decode()

    later = str(Place(1, HERE.lsn + 1))
    assert await source(visit()) == "one"
    assert await source(visit(), may_lag=False) == "primary"
    assert await source(visit(read_after=str(HERE))) == "one"
    assert await source(visit(read_after=later)) == "primary"
    assert await source(visit(cookie=f"{READ_AFTER}={later}", read_after=str(HERE))) == "primary"
    assert await source(visit(read_after="garbage")) == "primary"


async def test_after_a_command_its_author_is_told_how_far_the_database_is() -> None:
    primary = Pool("primary", HERE.lsn)
    reading = Reading(await readers(Following("one", HERE), primary=primary), secure=True)
    page, program = Response(), Response()
    await reading.mark(visit("/apply").request, page)
    await reading.mark(visit("/api/apply").request, program)
    assert read_place(page.headers[READ_AFTER]) == read_place(program.headers[READ_AFTER]) == HERE
    cookie = page.headers["set-cookie"]
    assert cookie.startswith(f"{READ_AFTER}={HERE}; ")
    assert all(word in cookie for word in ("HttpOnly", "Secure", f"Max-Age={int(LAG_S) + 60}", "SameSite=lax"))
    assert "set-cookie" not in program.headers
    primary.away = True
    await reading.mark(visit("/apply").request, lost := Response())
    assert read_place(lost.headers[READ_AFTER]) == NOWHERE_YET, "nobody knows, so no standby is near enough"


async def test_a_city_without_standbys_says_nothing_of_it() -> None:
    answer = Response()
    await Reading(await readers(), secure=False).mark(visit("/apply").request, answer)
    assert "set-cookie" not in answer.headers
    assert READ_AFTER not in answer.headers


PLACES = st.builds(Place, st.integers(1, 3), st.integers(0, 50))


@given(PLACES, PLACES, PLACES)
def test_whoever_holds_what_holds_something_holds_it(one: Place, other: Place, third: Place) -> None:
    assert not (one.holds(other) and other.holds(third)) or one.holds(third)
    assert read_place(str(one)) == one
    assert not one.holds(NOWHERE_YET)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=10), st.integers(0, 50))
def test_a_standby_is_as_late_as_the_last_moment_of_which_it_has_everything(lsns: list[int], replayed: int) -> None:
    moments = [(float(at), lsn) for at, lsn in enumerate(sorted(lsns))]
    heard = [Heard(at, Place(1, lsn)) for at, lsn in reversed(moments)]
    had = [at for at, lsn in moments if lsn <= replayed]
    assert behind_s(heard, Place(1, replayed), 10.0) == (10.0 - max(had) if had else math.inf)
