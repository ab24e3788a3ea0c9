"""What only waits does not wait for ever; what somebody's right depends on stays."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from tests.http.towns import FORM, Caller, Town, open_town

from onecity.bootstrap.jobs import jobs_of
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import the_city
from onecity.machinery.jobs import run_once
from onecity.machinery.postgres import Cluster
from onecity.people import reads
from onecity.services import drafts, uploads
from onecity.services.forms import FileType
from onecity.services.store import Upload

DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
PLAN: Final = "floor_plan"
PERMIT: Final = "/items/food_business"
STRANGER: Final = {"login": "nobody", "password": "wrong password", "code": ""}


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A city of its own: what is purged here is missed nowhere else."""
    async with open_town(cluster, open_folder / "purged", f"purged_{os.getpid()}") as found:
        yield found


async def brought(
    town: Town, who: Caller, text: bytes = b"%PDF-1.7", material: str = PLAN, purpose: str = PERMIT
) -> Upload:
    """A material that somebody has just brought; its bytes are as old as the city's clock says."""
    person = await town.person(who)
    upload = await town.city.counter.uploads.keep(
        person, material, FileType.PDF, text, purpose=purpose, now=town.clock()
    )
    os.utime(path_of(town, upload), (town.clock().timestamp(),) * 2)
    return upload


def path_of(town: Town, upload: Upload) -> Path:
    return town.city.memory.blobs / "materials" / upload.blob[:2] / upload.blob


async def there(town: Town, who: Caller) -> set[str]:
    """The materials that somebody finds when they come back to their permit."""
    found = await town.city.counter.uploads.of(await town.person(who), [PLAN, "hygiene_rules"], purposes=[PERMIT])
    return set(found)


async def test_a_draft_waits_thirty_days_and_not_a_second_longer(town: Town) -> None:
    citizen = await town.new_citizen()
    await citizen.post(FORM, ANSWERS)
    person, [[began]] = await town.person(citizen), await town.rows("select max(changed) from drafts")
    await town.city.counter.drafts.purge(began + drafts.KEPT)
    assert await town.city.counter.drafts.begun(person) == ["/items/food_business"]
    assert await town.city.counter.drafts.purge(began + drafts.KEPT + SECOND) >= 1
    assert await town.city.counter.drafts.begun(person) == []


async def test_a_material_that_no_application_quotes_goes_and_its_bytes_a_day_later(town: Town) -> None:
    citizen, purge = await town.new_citizen(), town.city.counter.uploads.purge
    upload = await brought(town, citizen)
    end = town.clock() + uploads.KEPT
    await purge(end)
    assert await there(town, citizen) == {PLAN}
    await purge(end + SECOND)
    assert await there(town, citizen) == set()
    assert path_of(town, upload).is_file(), "who applied a moment ago still finds it"
    await purge(end + uploads.MARGIN + SECOND)
    assert not path_of(town, upload).exists()


async def test_a_material_that_an_application_quotes_stays_with_its_bytes(town: Town) -> None:
    citizen = await town.new_citizen()
    upload = await brought(town, citizen)
    thread = await town.apply(citizen)
    assert await town.rows("select blob from brought where affair = $1", thread.affair) == [(upload.blob,)]
    later = town.clock() + 100 * DAY
    for _ in range(2):
        await town.city.counter.uploads.purge(later)
    assert await there(town, citizen) == {PLAN}
    assert town.city.counter.uploads.open(await town.person(citizen), PLAN, upload.blob) == b"%PDF-1.7"


async def test_a_material_waits_as_long_as_what_it_is_for_is_begun(town: Town) -> None:
    citizen, other = await town.new_citizen(), "/items/fire_safety_inspection"
    await citizen.post(FORM, ANSWERS)
    await brought(town, citizen)
    await brought(town, citizen, material="hygiene_rules", purpose="")
    elsewhere = await brought(town, citizen, purpose=other)
    await town.city.counter.uploads.purge(town.clock() + 100 * DAY)
    assert await there(town, citizen) == {PLAN, "hygiene_rules"}, "nobody knows what the second one is for"
    assert await town.rows("select from uploads_by_purpose where blob = $1", elsewhere.blob) == []
    await town.city.counter.drafts.drop(await town.person(citizen), PERMIT)
    await town.city.counter.uploads.purge(town.clock() + 100 * DAY)
    assert await there(town, citizen) == set()


async def test_bytes_that_a_newer_file_replaced_go_after_a_month(town: Town) -> None:
    citizen = await town.new_citizen()
    older = await brought(town, citizen, b"%PDF-first")
    newer = await brought(town, citizen, b"%PDF-second")
    await town.apply(citizen)
    await town.city.counter.uploads.purge(town.clock() + uploads.KEPT)
    assert path_of(town, older).is_file()
    await town.city.counter.uploads.purge(town.clock() + uploads.KEPT + 2 * uploads.MARGIN)
    assert not path_of(town, older).exists()
    assert path_of(town, newer).is_file()


async def test_the_bytes_of_another_package_are_not_looked_at(town: Town) -> None:
    other = town.city.memory.blobs / "elsewhere" / "ab" / ("ab" * 32)
    other.parent.mkdir(parents=True)
    other.write_bytes(b"sealed")
    os.utime(other, (0, 0))
    await town.city.counter.uploads.purge(town.clock() + 100 * DAY)
    assert other.is_file()


async def test_wrong_tries_are_forgotten_after_a_day_and_a_lock_is_not_shortened(town: Town) -> None:
    await town.caller().send("/api/sign-in", STRANGER)
    [[tried]] = await town.rows("select max(tried) from failed_tries")
    await town.city.door.purge(tried + DAY)
    assert await town.rows("select failures from failed_tries where tried = $1", tried) == [(1,)]
    await town.rows(
        "update failed_tries set locked_until = $2 where tried = $1 returning login", tried, tried + 2 * DAY
    )
    await town.city.door.purge(tried + DAY + SECOND)
    assert await town.rows("select from failed_tries where tried = $1", tried)
    await town.city.door.purge(tried + 3 * DAY + SECOND)
    assert await town.rows("select from failed_tries where tried = $1", tried) == []


async def test_who_looked_at_my_data_can_be_seen_for_three_years(town: Town) -> None:
    thread = await town.apply(await town.new_citizen())
    officer = await town.sign_in(town.account("shouli"))
    await officer.get(f"/desk/cases/{thread.case}")
    [[at]] = await town.rows("select at from reads where about = $1", thread.affair)
    await town.city.counter.reads.enter(town.city.memory.ledger, by=the_city(), now=town.clock())
    await town.city.counter.reads.purge(at + reads.KEPT)
    assert at.replace(year=at.year + 3) <= at + reads.KEPT + DAY
    assert await town.rows("select from reads where about = $1", thread.affair)
    # Looks of one batch go together, when the youngest of them may.
    await town.city.counter.reads.purge(at + reads.KEPT + DAY)
    assert await town.rows("select from reads where about = $1", thread.affair) == []


async def test_the_jobs_of_the_city_purge_whatever_only_waits(town: Town, tmp_path: Path) -> None:
    citizen = await town.new_citizen()
    await citizen.post(FORM, ANSWERS)
    await brought(town, citizen)
    await town.city.counter.reads.enter(town.city.memory.ledger, by=the_city(), now=town.clock())
    jobs = [job for job in jobs_of(town.city) if "purge" in job.name]
    future: datetime = town.clock() + 4 * 366 * DAY
    # What one job removes may be what another waited for: two rounds, as the hours pass.
    done = [await run_once(jobs, future) for _ in range(2)]
    assert done[0]["services.purge_drafts"] > 0
    assert sum(round_["services.purge_uploads"] for round_ in done) >= 2
    assert done[0]["people.purge"] > 0
    for table in ("drafts", "sessions", "rates", "failed_tries", "reads"):
        assert await town.rows(f"select from {table} limit 1") == [], table
