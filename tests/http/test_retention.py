"""What has to end, ends when somebody says so; old months are archived so that they verify alone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.architecture.test_working_state import FOLDERS, LEDGER, NOBODY, WORKING
from tests.http.towns import FORM, Town, open_town

from onecity.bootstrap.retaining import PURGES, Kept, months_kept, purges_of, retain
from onecity.bootstrap.sheets import sheet_in
from onecity.drills.cities import ANSWERS
from onecity.ledger import columnar
from onecity.ledger.rebuild import nobody
from onecity.machinery.postgres import Cluster
from onecity.services.drafts import KEPT


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    async with open_town(cluster, open_folder / "retained", f"retained_{uuid4().hex}") as found:
        await found.seal()
        yield found


def test_every_purge_that_the_page_of_working_state_names_is_run() -> None:
    assert set(PURGES) == {row[5] for row in (*WORKING, *LEDGER, *FOLDERS)} - {NOBODY}


async def test_purges_run_at_once_and_months_are_archived_when_they_are_over(town: Town, tmp_path: Path) -> None:
    city, now = town.city, town.clock()
    assert {job.name for job in purges_of(city)} == set(PURGES)
    await (await town.new_citizen()).post(FORM, ANSWERS)
    kept = await months_kept(city, tmp_path, now=now)
    first = kept[-1].month
    assert sum(one.facts for one in kept) > 100
    found = await retain(city, tmp_path, None, now=now, told=nobody)
    assert found.purged["services.purge_drafts"] == 0
    assert [one.month for one in found.archived] == [one.month for one in kept[:-1]], "this month is not over"

    later = now + KEPT + timedelta(days=32)
    found = await retain(city, tmp_path, None, now=later, told=nobody)
    assert found.purged["services.purge_drafts"] >= 1
    assert first in [one.month for one in found.archived if one.written]
    for one in await months_kept(city, tmp_path, now=later):
        assert one == Kept(one.month, one.facts, one.facts)
        assert columnar.check(tmp_path / one.month, columnar.key_of(tmp_path / one.month), sheet_in).damages == []
    again = await retain(city, tmp_path, None, now=later, told=nobody)
    assert not any(one.written for one in again.archived)


async def test_only_months_before_the_one_that_is_named_are_archived(town: Town, tmp_path: Path) -> None:
    [*_, last] = await months_kept(town.city, None, now=town.clock())
    later = town.clock() + timedelta(days=70)
    found = await retain(town.city, tmp_path, last.month, now=later, told=nobody)
    assert last.month not in [one.month for one in found.archived]
    assert not (tmp_path / last.month).exists()
