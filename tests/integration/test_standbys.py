"""A city that reads from a standby: what may be seconds old comes from there, and nobody misses what they wrote."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from tests.shipped import shipped

from onecity.bootstrap.city import City, app_of
from onecity.bootstrap.doctor import standbys_followed
from onecity.bootstrap.serve import opened
from onecity.bootstrap.settings import Settings
from onecity.kernel.acting import Held, Scope
from onecity.kernel.errors import CannotStart
from onecity.kernel.ids import PersonId
from onecity.machinery.postgres import Cluster, Readers, Standby, connect, find_binaries, start_cluster
from onecity.machinery.postgres.launcher import place_for, run_program
from onecity.machinery.postgres.standbys import read_place
from onecity.machinery.web import Visitor
from onecity.machinery.web.reading import READ_AFTER
from onecity.people.web.door import DoorPages

PATIENCE_S: Final = 60.0
SOURCES: Final = ("standby", "primary", "again")
PLACE: Final = {"longitude": 113.6651, "latitude": 34.7466}
TOLD: Final[dict[str, Any]] = {"words": "路面有个洞", "matter": "z:road_collapse", "point": PLACE}
SIDES: Final = "?west=113&south=34&east=114&north=35"
UNKNOWN: Final = "unknown"
LIST: Final = "/open311/v2/requests.json"


@pytest.fixture(scope="module")
def copy(cluster: Cluster, open_folder: Path) -> Iterator[Cluster]:
    """A standby of the tests' own PostgreSQL, over the socket."""
    data = open_folder / "s"
    folder, user = place_for(data)
    if user is not None:
        run_program(["chown", user, folder], None, "give a folder away")
    from_primary = ["-d", cluster.address("onecity_owner", "postgres"), "--wal-method=stream", "--checkpoint=fast"]
    run_program(
        [cluster.programs / "pg_basebackup", "-D", folder / "cluster", "-R", *from_primary], user, "copy itself"
    )
    found = start_cluster(find_binaries(), data, tell=lambda _: None)
    yield found
    stopped(found)


def stopped(cluster: Cluster) -> None:
    """Stop a database as a power cut does, whether it runs or not."""
    if (cluster.folder / "postmaster.pid").exists():
        run_program(
            [cluster.programs / "pg_ctl", "-D", cluster.folder, "-m", "immediate", "stop"], cluster.user, "stop"
        )


class Served(httpx.AsyncClient):
    """Somebody at the door of a city with a standby, and what becomes of their questions."""

    def __init__(self, city: City, app: Starlette, settings: Settings, standby: Cluster) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1", trust_env=False, timeout=PATIENCE_S
        )
        self.city = city
        self.app = app
        self.settings = settings
        self.standby = standby
        self.readers: Readers = city.memory.ledger.readers

    async def until(self, holds: Callable[[], object]) -> None:
        """Look at the standby as the running city does, until something holds."""
        end = time.monotonic() + PATIENCE_S
        while True:
            await self.readers.look()
            if holds():
                return
            assert time.monotonic() < end, "the standby does not get there"
            await asyncio.sleep(0.05)

    async def near(self) -> Standby:
        await self.until(self.readers.near)
        found = self.readers.near()
        assert found is not None
        return found

    async def read(self, path: str, **headers: str) -> tuple[httpx.Response, str]:
        """An answer, and from where it came; of a route that asks only the primary nothing."""
        before = told()
        answer = await self.get(path, headers=headers)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer, "".join(source for source, number in told().items() if number > before[source])

    async def report(self) -> tuple[str, dict[str, str]]:
        """Report something; its number, and the header for what one reads after it."""
        sent = await self.post("/api/reports", json=TOLD, headers={"idempotency-key": str(uuid4())})
        assert sent.status_code == httpx.codes.OK, sent.text
        return sent.json()["number"], {READ_AFTER: sent.headers[READ_AFTER]}

    async def stand_still(self) -> None:
        """The standby goes on taking the log, and replays nothing of it."""
        await self.at_standby("select pg_wal_replay_pause()")
        end = time.monotonic() + PATIENCE_S
        while await self.at_standby("select pg_get_wal_replay_pause_state()") != "paused":
            assert time.monotonic() < end
            await asyncio.sleep(0.05)

    async def at_standby(self, statement: str) -> Any:
        connection = await connect(self.standby.address("onecity_owner", "postgres"))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


def told() -> dict[str, float]:
    return {one: REGISTRY.get_sample_value("onecity_reads_total", {"source": one}) or 0.0 for one in SOURCES}


@pytest.fixture(scope="module")
async def the_door(cluster: Cluster, copy: Cluster, open_folder: Path) -> AsyncIterator[Served]:
    name = f"read_{os.getpid()}"
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    await admin.execute(f"create database {name}")
    primary, standby = (one.address("onecity_owner", name) for one in (cluster, copy))
    settings = Settings(data=open_folder / "data", database=primary, standbys=standby, standby_lag_s=60)
    settings.data.mkdir()
    async with (
        opened(settings, shipped(), lambda _: None) as (city, _),
        Served(city, app_of(city, settings), settings, copy) as found,
    ):
        yield found
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
async def door(the_door: Served) -> Served:
    """The city with its standby, as every test finds them."""
    the_door.cookies.clear()
    start_cluster(find_binaries(), the_door.standby.folder.parents[1], tell=lambda _: None)
    await the_door.at_standby("select case when pg_is_wal_replay_paused() then pg_wal_replay_resume() end")
    return the_door


async def test_what_may_be_seconds_old_is_read_from_the_standby_and_what_one_wrote_is_never_missed(
    door: Served,
) -> None:
    standby = await door.near()
    with door.readers.from_standby(standby):
        async with door.readers.acquire() as connection:
            assert await connection.fetchval("select pg_is_in_recovery()")
    assert (await door.read("/open/notices"))[1] == "standby"
    assert (await door.read("/verify"))[1] == "", "nobody relies on what is seconds old"

    await door.stand_still()
    number, wrote = await door.report()
    mine, source = await door.read(LIST, **wrote)
    assert (number in mine.text, source) == (True, "primary"), "whoever wrote sees it, though nothing is replayed"
    assert door.cookies.get(READ_AFTER) is None, "no cookie for programs"
    others, source = await door.read(LIST)
    assert (number in others.text, source) == (False, "standby")
    found, source = await door.read(f"/open311/v2/requests/{number}.json")
    assert (number in found.text, source) == (True, "again"), "a standby never says that something is not there"

    refused = await door.post("/api/reports", json=TOLD, headers={"idempotency-key": "once"})
    assert (refused.status_code, READ_AFTER in refused.headers) == (400, True), "whatever came of it"
    stranger = await door.post("/api/applications", json={})
    assert (stranger.status_code, READ_AFTER in stranger.headers) == (401, False), "nothing was begun for them"
    await door.post("/sign-in", data={"login": "nobody", "password": "wrong"})
    assert (await door.read(LIST))[1] == "primary", "a browser brings its cookie"
    door.cookies.clear()

    await door.at_standby("select pg_wal_replay_resume()")
    await door.until(lambda: door.readers.near([read_place(wrote[READ_AFTER])]))
    mine, source = await door.read(LIST, **wrote)
    assert (number in mine.text, source) == (True, "standby")
    assert (await door.read(LIST, **{READ_AFTER: "tomorrow"}))[1] == "primary"


async def test_a_standby_that_dies_is_noticed_by_nobody_who_reads_and_found_again(door: Served) -> None:
    await door.near()
    stopped(door.standby)
    assert (await door.read("/open/notices"))[1] == "again", "nobody knew that it was gone"
    await door.until(lambda: door.readers.near() is None)
    assert REGISTRY.get_sample_value("onecity_standbys_lacking") == 1
    assert (await door.read("/open/notices"))[1] == "primary"
    with pytest.raises(CannotStart, match=r"does not answer.*standby-lacking.md"):
        await asyncio.to_thread(standbys_followed, door.settings)
    start_cluster(find_binaries(), door.standby.folder.parents[1], tell=lambda _: None)
    await door.near()
    assert (await door.read("/open/notices"))[1] == "standby"
    assert (await asyncio.to_thread(standbys_followed, door.settings)).startswith("1 ")


async def test_every_route_that_may_lag_is_answered_by_a_standby_alone(
    door: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them writes or notes anything: that would fail there, and be asked again."""
    number, wrote = await door.report()
    await door.until(lambda: door.readers.near([read_place(wrote[READ_AFTER])]))
    routes = [route for route in door.app.state.declared if route.may_lag]
    duties = {duty for route in routes for duty in route.who.duties or ()} | {"services.accept"}
    held = tuple(Held(duty, Scope("market_supervision", "410100")) for duty in sorted(duties))
    somebody = Visitor(PersonId(uuid4()), "官", "csrf", held)

    async def guard(_: DoorPages, _token: str, _now: datetime) -> Visitor:
        return somebody

    monkeypatch.setattr(DoorPages, "guard", guard)
    paths = {route.path: route.path.format_map(Named(number)) for route in routes}
    asked = [path + SIDES * ("map" in path) for path in paths.values() if UNKNOWN not in path]
    assert len(asked) >= len(routes) - 3, "a token and proofs of facts belong to histories of other tests"
    async with Served(door.city, app_of(door.city, door.settings), door.settings, door.standby) as officer:
        officer.headers["authorization"] = "Bearer x"
        officer.cookies["session"] = "x"
        sources = [(path, (await officer.read(path))[1]) for path in asked]
    assert [path for path, source in sources if source != "standby"] == []


class Named(dict[str, str]):
    """What stands in the braces of a path; of the rest nothing is known here."""

    def __init__(self, number: str) -> None:
        super().__init__(
            collection="problems", feature=number, number=number, format="json", service=TOLD["matter"],
            hall="city_hall",
        )  # fmt: skip

    def __missing__(self, name: str) -> str:
        return UNKNOWN
