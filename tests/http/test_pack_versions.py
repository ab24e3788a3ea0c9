"""A new version of the pack begins at its instant in every process; what began under the old one keeps it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs
from tests.http import street
from tests.http.towns import AREA, Caller, Clock, Town, open_town
from tests.packs_in_time import (
    ANSWERS,
    FIELD_FILE,
    PROCESS_FILE,
    TWELVE_DAYS,
    edited,
    known_until,
    replacing,
    tea,
    writing,
)

from onecity.bootstrap.city import City, app_of, assemble
from onecity.bootstrap.jobs import lasting
from onecity.bootstrap.memory import open_memory
from onecity.bootstrap.present import Pause, Present, keep_present
from onecity.bootstrap.settings import Settings
from onecity.casework import ClockStarted
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.errors import CannotStart
from onecity.ledger import PackVersion, rebuild
from onecity.machinery.jobs import Job
from onecity.machinery.postgres import Cluster, connect
from onecity.packs import Pack
from onecity.places import CITY

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def town(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town of its own for each test: its rules change. Its door is the present city, as `onecity run` opens it."""
    name = f"versions_{uuid4().hex[:12]}"
    async with open_town(cluster, open_folder / name, name) as found:
        monkeypatch.setattr("onecity.bootstrap.city.now", found.clock)
        found.door = present_of(found.city)
        yield found


def present_of(city: City) -> Present:
    return Present(city, partial(app_of, settings=Settings(data=city.memory.folder.parent)))


def the_present(town: Town) -> Present:
    assert isinstance(town.door, Present)
    return town.door


def until(clock: Clock, end: datetime) -> Pause:
    """Pauses that take no time: the clock is put forward instead."""

    async def pause(seconds: float) -> bool:
        clock.at += timedelta(seconds=seconds)
        return clock.at >= end

    return pause


async def watched(present: Present, clock: Clock, span: timedelta = 3 * SECOND) -> None:
    """Let a process look for new versions for some time."""
    await keep_present(present, clock, until(clock, clock.at + span))


async def applied(town: Town, pack: Pack, *, since: datetime | None = None) -> None:
    """Apply a pack as the command does, and let the town look for it if it begins now."""
    memory, now, origin = town.city.memory, town.clock(), pack.one(CITY).ledger_origin
    done = await memory.declarations.apply(
        pack, origin, since=since or now, ledger=memory.ledger, by=the_city(), now=now
    )
    assert isinstance(done, PackVersion)
    if since is None:
        await watched(the_present(town), town.clock)
        assert the_present(town).city.pack.version == pack.version


@asynccontextmanager
async def another_process(town: Town, pack: Pack) -> AsyncIterator[Present]:
    """A second process on the same database, started with a pack of its own."""
    first = town.city.memory
    async with open_memory(first.database, first.folder.parent, pack.one(CITY).ledger_origin) as memory:
        yield present_of(await assemble(memory, pack, at=town.clock()))


async def tea_stall(citizen: Caller) -> Any:
    """An application for the tea stall; its receipt."""
    answer = await citizen.send("/api/applications", {"items": ["tea_stall"], "answers": ANSWERS})
    answer.raise_for_status()
    return answer.json()


async def taster(town: Town) -> Caller:
    """An officer of the tea stall office."""
    scope = Scope("tea_office", AREA)
    return await town.sign_in(await town.new_officer(Held("services.accept", scope), Held("services.decide", scope)))


async def test_two_processes_change_over_at_the_same_instant(town: Town, tmp_path: Path) -> None:
    before, after, began = town.city.pack, edited(tmp_path, tea), town.clock()
    async with another_process(town, before) as second:
        await applied(town, after, since=began + MINUTE)
        for present in (the_present(town), second):
            clock = Clock(began)
            await watched(present, clock, MINUTE - 10 * SECOND)
            assert present.city.pack.version == before.version
            await watched(present, clock, 11 * SECOND)
            assert present.city.pack.version == after.version


async def test_the_moment_of_the_change_is_the_instant_itself(town: Town, tmp_path: Path) -> None:
    since = town.clock() + timedelta(seconds=10, milliseconds=350)
    await applied(town, edited(tmp_path, tea), since=since)
    clock, seen = Clock(town.clock()), list[datetime]()

    class Noted(Present):
        def become(self, city: City) -> None:
            seen.append(clock())
            super().become(city)

    noted = Noted(town.city, partial(app_of, settings=Settings(data=tmp_path)))
    await watched(noted, clock, 20 * SECOND)
    assert seen[1:] == [since]


async def test_a_case_keeps_the_version_under_which_it_was_opened(town: Town, tmp_path: Path) -> None:
    await applied(town, edited(tmp_path, tea))
    citizen, officer = await town.new_citizen(), await taster(town)
    old = await tea_stall(citizen)
    asks, nods = replacing(FIELD_FILE, "茶摊的招牌", "茶旗上"), replacing(PROCESS_FILE, "点头", "鞠躬")
    await applied(town, edited(tmp_path, tea, TWELVE_DAYS, asks, nods))
    new = await tea_stall(citizen)
    for receipt, asked, days, outcome in ((old, "茶摊的招牌", 20, "点头"), (new, "茶旗上", 12, "鞠躬")):
        other = "茶旗上" if asked == "茶摊的招牌" else "茶摊的招牌"
        affair, case = f"/affairs/{receipt['affair']}", f"/desk/cases/{receipt['cases'][0]}"
        for page in (await citizen.get(affair), await officer.get(case)):
            assert (page.status_code, asked in page.text, other in page.text) == (200, True, False)
        assert outcome in (await officer.get(case)).text
        assert (await moved(officer, receipt, "tasting", "nod")).status_code == 200
        assert await limit(town, receipt) == days


async def test_a_case_of_the_street_keeps_the_condition_as_it_read_when_it_was_filed(
    town: Town, tmp_path: Path
) -> None:
    team, told = await street.crew(town), await street.report(town)
    case = await street.filed(told, town, team, "road_collapsed")
    row = "urban_management,make_safe,public_security,before after seen"
    eased = replacing(
        "governance/conditions.csv", row, row.replace("public_security", "general_office").replace("after ", "")
    )
    closes = replacing("governance/conditions.csv", "洞围好、路封好、有人守", "洞口有人看着")
    await applied(town, edited(tmp_path, eased, closes))
    for change in ("洞围好、路封好、有人守", "洞口有人看着"):
        assert (change in (await team.dispatcher.get(f"/street/{case}")).text) == (change != "洞口有人看着")
    page = (await team.dispatcher.get(f"/street/{case}/dispatch/send_jointly")).text
    assert '<option value="public_security" selected>' in page
    assert '<option value="general_office" selected>' not in page
    await street.moved(team.dispatcher, case, "dispatch", "send", to={"handle": street.MENDERS})
    refused = await street.move(team.mender, case, "handle", "done", words={"done": "围好了"})
    assert refused.status_code == 409 and "照片" in refused.json()["title"], refused.text
    newer = await street.filed(await street.report(town), town, team, "road_collapsed")
    assert "洞口有人看着" in (await team.dispatcher.get(f"/street/{newer}")).text
    await street.moved(team.dispatcher, newer, "dispatch", "send", to={"handle": street.MENDERS})
    await street.moved(team.mender, newer, "handle", "done", words={"done": "围好了"})


async def moved(officer: Caller, receipt: Any, step: str, outcome: str) -> Any:
    return await officer.send(f"/api/cases/{receipt['cases'][0]}/moves", {"step": step, "outcome": outcome})


async def limit(town: Town, receipt: Any) -> int:
    """The working days with which a case's clock started, as the ledger remembers them."""
    history = await town.city.memory.ledger.history(UUID(receipt["cases"][0]))
    [found] = [one.fact.limit.number for one in history if isinstance(one.fact, ClockStarted)]
    return int(found)


async def test_a_licence_says_what_the_case_began_with(town: Town, tmp_path: Path) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    await applied(town, edited(tmp_path, replacing("services/fields/food_sold.yaml", "现做的饭菜", "热菜热饭")))
    scope, moves = Scope("market_supervision", AREA), f"/api/cases/{thread.case}/moves"
    for duty, step, outcome in (("accept", "acceptance", "accept"), ("decide", "decision", "grant")):
        officer = await town.sign_in(await town.new_officer(Held(f"services.{duty}", scope)))
        assert (await officer.send(moves, {"step": step, "outcome": outcome})).status_code == 200
    [licence] = await town.rows("select licence from licences")
    page = (await citizen.get(f"/wallet/{licence['licence']}")).text
    assert ("现做的饭菜" in page, "热菜热饭" in page) == (True, False)


async def test_the_calendar_of_a_new_year_makes_dates_certain(town: Town, tmp_path: Path) -> None:
    town.clock.at = datetime(2020, 12, 28, 1, tzinfo=UTC)
    guide = []
    for pack in (edited(tmp_path, tea, known_until(2020)), edited(tmp_path, tea, TWELVE_DAYS, known_until(2021))):
        await applied(town, pack)
        told = (await town.caller().get("/api/items/tea_stall")).json()
        guide.append((told["latest"], told["provisional"]))
    assert guide == [("2021-01-26", True), ("2021-01-14", False)]


async def test_what_is_declared_no_more_is_named_where_it_began(town: Town, tmp_path: Path) -> None:
    shipped = town.city.pack
    await applied(town, edited(tmp_path, tea))
    citizen, officer = await town.new_citizen(), await taster(town)
    receipt = await tea_stall(citizen)
    await applied(town, shipped)
    assert (await citizen.get("/items/tea_stall")).status_code == 404
    [letter] = await town.rows("select letter from letters where about = $1", UUID(receipt["affair"]))
    case = f"/desk/cases/{receipt['cases'][0]}"
    for who, path, named in (
        (citizen, "/affairs", ("茶摊许可",)),
        (citizen, f"/affairs/{receipt['affair']}", ("茶摊许可", "茶摊管理处", "茶摊的招牌", "老周茶摊")),
        (citizen, f"/affairs/{receipt['affair']}/receipt", ("茶摊许可", "茶摊管理处")),
        (citizen, "/letters", ("茶摊管理处",)),
        (citizen, f"/letters/{letter['letter']}", ("茶摊许可",)),
        (officer, "/desk", ("茶摊许可", "品茶")),
        (officer, case, ("茶具照片", "点头", "老周茶摊")),
    ):
        page = await who.get(path)
        assert (page.status_code, [name for name in named if name not in page.text]) == (200, []), path
    assert (await moved(officer, receipt, "tasting", "nod")).status_code == 200
    assert (await moved(officer, receipt, "pouring", "pour")).json()["result"] == "granted"


async def test_a_city_speaks_the_sentences_of_the_version_in_force(town: Town, tmp_path: Path) -> None:
    await applied(town, edited(tmp_path, writing("words/en.yaml", "services.items: All that we do\n")))
    page = await town.caller().ask("GET", "/items", headers={"cookie": "lang=en"})
    assert "All that we do" in page.text


async def test_jobs_are_done_by_the_present_city(town: Town, tmp_path: Path) -> None:
    def jobs(city: City) -> list[Job]:
        async def run(_now: datetime) -> int:
            done.append(city.pack.version)
            return 1

        return [Job("test.look", 1, run)]

    done: list[str] = []
    before, after = town.city.pack, edited(tmp_path, tea)
    [job] = lasting(the_present(town), jobs)
    await job.run(town.clock())
    await applied(town, after)
    await job.run(town.clock())
    assert done == [before.version, after.version]


async def test_a_start_with_an_older_folder_keeps_what_is_in_force(town: Town, tmp_path: Path) -> None:
    before, after = town.city.pack, edited(tmp_path, tea)
    async with another_process(town, after) as upgraded:
        # Nobody applied anything by command: the new folder is news, and the older process follows.
        assert upgraded.city.pack.version == after.version
        await watched(the_present(town), town.clock)
        assert the_present(town).city.pack.version == after.version
    town.clock.tick()
    async with another_process(town, before) as restarted:
        assert restarted.city.pack.version == after.version


async def test_a_start_brings_nothing_once_a_version_was_applied_by_command(town: Town, tmp_path: Path) -> None:
    ours = edited(tmp_path, tea)
    await applied(town, ours)
    async with another_process(town, edited(tmp_path, tea, TWELVE_DAYS)) as second:
        assert second.city.pack.version == ours.version


async def test_a_start_with_another_city_is_refused(town: Town, tmp_path: Path) -> None:
    other = edited(tmp_path, replacing("pack.yaml", town.city.pack.one(CITY).ledger_origin, "ledger.elsewhere.example"))
    with pytest.raises(CannotStart, match=r"another city \(ledger.elsewhere.example\)"):
        async with another_process(town, other):
            pass


async def test_a_process_that_cannot_read_a_version_keeps_its_own(town: Town, tmp_path: Path) -> None:
    before = town.city.pack
    newer = edited(tmp_path, tea)
    strange = Pack({**newer.declared, "camera": newer.declared["agency"]}, newer.words)
    memory = town.city.memory
    await memory.declarations.apply(
        strange, before.one(CITY).ledger_origin, since=town.clock(), ledger=memory.ledger, by=the_city(),
        now=town.clock(),
    )  # fmt: skip
    with capture_logs() as told:
        await watched(the_present(town), town.clock, 10 * SECOND)
    assert the_present(town).city.pack.version == before.version
    assert (await town.caller().get("/items")).status_code == 200
    [once] = told
    assert "another version of OneCity (camera)" in once["sentence"]


async def test_versions_are_folded_from_their_facts(town: Town, tmp_path: Path) -> None:
    await applied(town, edited(tmp_path, tea), since=town.clock() + MINUTE)
    assert await differences(town) == set()
    await town.rows("update packs set since = since - interval '1 hour' where how = 'command' returning 1")
    assert await differences(town) == {("packs", "missing"), ("packs", "extra")}


async def differences(town: Town) -> set[tuple[str, str]]:
    """Where the projections are not what the facts say."""
    memory = town.city.memory
    connection = await connect(memory.database.owner)
    try:
        _, wrong = await rebuild(connection, memory.book, memory.projections, replace=False)
    finally:
        await connection.close()
    return {(one.table, one.how) for one in wrong}
