"""Whoever looks after the city hears from its own metrics what is late, without a word about anybody."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
from tests.http import street
from tests.http.towns import Town

from onecity.bootstrap import doctor_at_work
from onecity.bootstrap.city import app_of
from onecity.bootstrap.finding import Finding
from onecity.bootstrap.jobs import lines_of
from onecity.bootstrap.last_backup import LAST, Backup
from onecity.bootstrap.present import Present
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.watched import UNITS
from onecity.ledger.outbox.settings import NatsSettings
from onecity.machinery.jobs import Job, Line, keep_working
from onecity.machinery.postgres import connect
from onecity.machinery.watch import Judged, Source, State, Watch

_LOCK = 77
_FORGED = (
    "insert into ledger.facts (stream, version, kind, body, mac)"
    " select $1, version, kind, body, mac from ledger.facts limit 1"
)


async def metrics(town: Town) -> dict[str, float]:
    """What the city tells a program on its own machine."""
    answer = await town.caller(address="127.0.0.1").get("/metrics")
    assert answer.status_code == 200
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def judged(town: Town) -> dict[str, Judged]:
    """Each work unit as it is now, by its name."""
    watch = Watch(town.city.memory.pool, town.city.memory.folder.parent, UNITS)
    await watch.look(town.clock())
    return {one.unit.name: one for one in watch.judged(town.clock())}


async def ailments(town: Town) -> list[Finding]:
    """What the doctor hears of the running city."""
    return await doctor_at_work.ailments(town.city.memory.database.app, town.city.memory.folder.parent, town.clock())


async def test_what_waits_for_its_seal_is_counted_and_what_somebody_slipped_in_raises_the_alarm(alone: Town) -> None:
    await alone.seal()
    calm = await metrics(alone)
    assert (calm["onecity_ledger_unsealed_facts"], calm["onecity_ledger_unsealed_seconds"]) == (0, 0)
    assert calm["onecity_database_up"] == 1
    await street.report(alone, words="有个坑")
    with alone.clock.later(timedelta(seconds=75)):
        late, told = await metrics(alone), await judged(alone)
    assert late["onecity_ledger_unsealed_facts"] >= 1
    assert 75 <= late["onecity_ledger_unsealed_seconds"] < 90
    assert told["ledger.seal"].state is State.WAKE
    assert [one.alert.name for one in told["ledger.seal"].told if one.holds] == ["SealingLate"]
    with alone.clock.later(timedelta(seconds=75)):
        [sealing] = [one for one in await ailments(alone) if not one.ok]
    assert (sealing.what, sealing.ok) == ("sealing", False)
    assert "thirty seconds" in sealing.found
    assert sealing.mend.endswith("sealing-late.md.")
    await alone.seal()
    assert (await judged(alone))["ledger.seal"].state is State.WELL
    assert [one for one in await ailments(alone) if not one.ok] == []
    owner = await connect(alone.city.memory.database.owner)
    await owner.execute(_FORGED, uuid4())
    await owner.close()
    await alone.seal()
    assert [one.alert.name for one in (await judged(alone))["ledger.seal"].told if one.holds] == ["ForgedFacts"]


@asynccontextmanager
async def working(town: Town, jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Somebody works on a line of jobs."""
    stopping = asyncio.Event()
    task = asyncio.create_task(keep_working(town.city.memory.database.app, Line(jobs, _LOCK), town.clock, stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


async def until(town: Town, query: str) -> None:
    """Wait until a question to the database is answered yes; it must be within some seconds."""
    for _ in range(400):
        if (await town.rows(query))[0][0]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(query)


async def test_facts_leave_to_a_sink_in_a_line_of_their_own_where_one_is_named(town: Town) -> None:
    def lines(settings: Settings) -> list[list[str]]:
        present = Present(town.city, lambda city: app_of(city, settings=settings))
        return [[job.name for job in line.jobs] for line in lines_of(present, settings, "")]

    data = town.city.memory.folder.parent
    assert ["ledger.outbox"] in lines(Settings(data, nats=NatsSettings(("nats://127.0.0.1:1",))))
    assert ["ledger.outbox"] not in lines(Settings(data))


async def test_a_job_that_breaks_off_is_known_to_every_process_until_it_goes_through(town: Town) -> None:
    goes_through = False

    async def run(_now: datetime) -> int:
        if not goes_through:
            raise RuntimeError("麤骉驫")
        return 1

    row = "from working.job_runs where job = 'test.once'"
    jobs = [Job("test.once", 3600, run)]
    async with working(town, jobs):
        await until(town, f"select exists (select {row} and failed is not null)")
    told = (await judged(town))["machinery.jobs"]
    [broken] = [one for one in told.told if one.alert.name == "JobFails"]
    assert (told.state, broken.holds) == (State.MORNING, True)
    assert broken.worst is not None
    assert (broken.worst.where, broken.worst.value) == ("test.once", 1)
    [found] = [one for one in await ailments(town) if not one.ok and one.what == "jobs"]
    assert found.found.startswith("test.once: ")
    assert Path(found.mend.removeprefix("Follow ").removesuffix(".")).name == "job-fails.md"
    page = await town.caller(address="127.0.0.1").get("/metrics")
    assert "麤骉驫" not in page.text
    assert (await town.rows(f"select failure {row}"))[0][0] == "RuntimeError"
    goes_through = True
    async with working(town, jobs):
        await until(town, f"select exists (select {row} and succeeded is not null)")
    told = (await judged(town))["machinery.jobs"]
    assert [one for one in told.told if one.holds] == []
    # Whoever works on the line without this job forgets it; a job that nobody has any more is never late.
    async with working(town, []):
        await until(town, f"select not exists (select {row})")


async def test_the_age_of_the_backup_is_told_and_a_city_without_one_is_told_so(town: Town) -> None:
    folder = town.city.memory.folder.parent
    [none] = (await judged(town))["bootstrap.backup"].told
    assert none.holds
    ended = town.clock() - timedelta(hours=3)
    backup = Backup("s", ended, ended, "18", 1, 0, "/b", "/k")
    (folder / LAST).write_bytes(msgspec.json.encode(backup))
    try:
        [told] = (await judged(town))["bootstrap.backup"].told
    finally:
        (folder / LAST).unlink()
    assert told.worst is not None
    assert (round(told.worst.value / 3600), told.holds) == (3, False)


async def test_a_unit_that_cannot_be_read_says_so_and_hides_no_other(town: Town) -> None:
    async def fails(_source: Source) -> None:
        raise RuntimeError("麤骉驫")

    broken = [replace(one, read=fails) if one.name == "ledger.follow" else one for one in UNITS]
    watch = Watch(town.city.memory.pool, town.city.memory.folder.parent, broken)
    await watch.look(town.clock())
    states = {one.unit.name: one.state for one in watch.judged(town.clock())}
    assert states["ledger.follow"] is State.UNREAD
    assert State.UNREAD not in {state for name, state in states.items() if name != "ledger.follow"}


async def test_a_city_without_its_database_still_tells_that_it_is_away(town: Town) -> None:
    class Away:
        def acquire(self, *, timeout: float) -> None:
            raise ConnectionRefusedError(timeout)

    watch = Watch(Away(), town.city.memory.folder.parent, UNITS)
    await watch.look(town.clock())
    states = {one.unit.name: one.state for one in watch.judged(town.clock())}
    assert states["machinery.database"] is State.WAKE
    assert states["ledger.follow"] is State.UNREAD
    assert (await metrics(town))["onecity_database_up"] == 1


async def test_what_happens_per_time_is_counted_over_the_last_minutes_only(town: Town) -> None:
    watch = Watch(town.city.memory.pool, town.city.memory.folder.parent, UNITS)
    app = town.app.state.crowding
    most, app.most = app.most, 0
    try:
        assert (await town.caller().get("/items")).status_code == 503
    finally:
        app.most = most

    def crowded() -> bool:
        return any(
            one.holds for unit in watch.judged(town.clock()) for one in unit.told if one.alert.name == "CityCrowded"
        )

    assert crowded()
    for _ in range(30):
        watch.remember()
    assert not crowded()
