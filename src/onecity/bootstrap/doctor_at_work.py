"""What a running city lacks: its seals, outbox, jobs and rows, judged by the limits of its alerts."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import asyncpg

from onecity.bootstrap.content import runbooks
from onecity.bootstrap.finding import Finding
from onecity.bootstrap.hold import is_held
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.watched import UNITS
from onecity.kernel.errors import CityError
from onecity.machinery.jobs.store import job_runs
from onecity.machinery.postgres import Address, find_binaries, open_pool, start_cluster
from onecity.machinery.watch import Judged, Measured, State, Told, Watch

ASKED: Final[Mapping[str, str]] = {
    "ledger.seal": "sealing",
    "ledger.outbox": "outbox",
    "machinery.jobs": "jobs",
    "ledger.fold": "rows",
}
"""The work units that are asked, and what the doctor calls them."""
UNANSWERED: Final = "cannot be asked before the database is mended"
_PATIENCE_S: Final = 15.0
_WELL: Final[Mapping[str, str]] = {
    "sealing": "no fact waits for its seal, and each bears the city's code",
    "outbox": "no fact waits long to leave for a sink",
    "jobs": "none breaks off, none is late",
    "rows": "none is known to differ from its facts",
}


def examined_at_work(settings: Settings) -> list[Finding]:
    """What a city that runs on these settings tells of itself; of one that does not run, that it does not."""
    if settings.database is None and not _runs(settings.data):
        return not_asked("no city runs here")
    try:
        return asyncio.run(ailments(_address(settings), settings.data, now()))
    except asyncpg.UndefinedTableError:
        return not_asked("no city is in this database yet, or one of an older version")
    except (CityError, TimeoutError):
        return not_asked(UNANSWERED)


def not_asked(why: str) -> list[Finding]:
    """That a city is not asked, and why; that is no ailment of its own."""
    return [Finding(what, ok=True, found=why) for what in ASKED.values()]


async def ailments(address: Address, data: Path, at: datetime) -> list[Finding]:
    """What is late or broken at an instant, each with the page that mends it.

    Raises UndefinedTableError where no city of this version ever ran, TimeoutError, and Unavailable.
    """
    async with asyncio.timeout(_PATIENCE_S):
        pool = await open_pool(address, size=1)
        try:
            async with pool.acquire() as connection:
                await job_runs(connection)
            watch = Watch(pool, data, [unit for unit in UNITS if unit.name in ASKED])
            await watch.look(at)
            return [finding for one in watch.judged(at) for finding in _findings(one)]
        finally:
            # Nothing is under way that anybody waits for, and a database that hangs would not let us go.
            pool.terminate()


def _findings(one: Judged) -> Iterator[Finding]:
    what = ASKED[one.unit.name]
    if one.state is State.UNREAD:
        mend = "Look whether the database is busy or full, and ask again."
        yield Finding(what, ok=False, found="the city's database did not tell it", mend=mend)
    elif one.state is State.WELL:
        yield Finding(what, ok=True, found=_WELL[what])
    else:
        yield from (_ill(what, told) for told in one.told if told.holds)


def _ill(what: str, told: Told) -> Finding:
    assert told.worst is not None, "a limit is passed by a figure"
    unit = " s" if told.alert.measured is Measured.SECONDS else ""
    where = f"{told.worst.where}: " if told.worst.where else ""
    page = runbooks() / f"{told.alert.runbook}.md"
    found = f"{where}{told.alert.summary} ({told.worst.value:,.0f}{unit})"
    return Finding(what, ok=False, found=found, mend=f"Follow {page}.")


def _runs(data: Path) -> bool:
    return is_held(data) and (data / "postgres" / "cluster" / "postmaster.pid").is_file()


def _address(settings: Settings) -> Address:
    if (named := settings.database_at()) is not None:
        return named
    # A city runs, so its cluster does: this only finds it.
    return start_cluster(find_binaries(), settings.data, tell=lambda _: None).address("onecity_app")
