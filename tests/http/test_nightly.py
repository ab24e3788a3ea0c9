"""At night the city folds everything again and says, without a word about anybody, what differs."""

from datetime import timedelta

from prometheus_client import REGISTRY
from structlog.testing import capture_logs
from tests.http.street import report
from tests.http.towns import Town

from onecity.bootstrap.doctor_at_work import ailments
from onecity.bootstrap.jobs import nightly_jobs_of
from onecity.bootstrap.nightly import HOUR, fold
from onecity.machinery.jobs import run_once
from onecity.machinery.postgres import connect


def counted() -> float | None:
    return REGISTRY.get_sample_value("onecity_projection_differences")


async def test_rows_that_somebody_changed_are_counted_at_night_and_at_no_other_hour(alone: Town) -> None:
    town, office = alone, alone.city.counter.office
    told = await report(town, words="麤骉驫门前有个洞")
    local = town.clock().astimezone(office.zone)
    night = local.replace(hour=HOUR, minute=10) + timedelta(days=1)
    assert await run_once(nightly_jobs_of(town.city), night) == {"ledger.fold": 1}
    assert counted() == 0
    owner = await connect(town.city.memory.database.owner)
    await owner.execute("update projections.problems set stage = 'closed' where number = $1", told["number"])
    await owner.close()
    assert await run_once(nightly_jobs_of(town.city), night + timedelta(hours=5)) == {"ledger.fold": 0}
    assert counted() == 0
    with capture_logs() as lines:
        await run_once(nightly_jobs_of(town.city), night + timedelta(days=1))
    assert counted() == 2
    [line] = [line for line in lines if line["event"] == "rows differ from their facts"]
    assert line["tables"] == {"problems": 2}
    assert told["number"] not in repr(lines)
    # Whoever asks later hears the same, also of a process that was started since.
    memory = town.city.memory
    [rows] = [one for one in await ailments(memory.database.app, memory.folder.parent, night) if one.what == "rows"]
    assert (rows.ok, rows.found.endswith("(2)")) == (False, True)
    await fold(memory, now=night, replace=True)
    [rows] = [one for one in await ailments(memory.database.app, memory.folder.parent, night) if one.what == "rows"]
    assert rows.ok
