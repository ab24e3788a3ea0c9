"""The ledger in columns of a city in which much happened: it verifies, and what is counted over it is what the city says."""

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import ibis
import msgspec
import pytest
from pyarrow import parquet
from tests.http import stages, street
from tests.http.towns import Town, open_town

from onecity.analytics import QUESTIONS, Answer, Asked, DuckDB, answered, facts_of
from onecity.analytics.folded import cases_of, problems_of
from onecity.bootstrap.analysing import asked_of
from onecity.bootstrap.sheets import sheet_in
from onecity.governance.store.problems import JOINED
from onecity.ledger import columnar
from onecity.machinery.postgres import Cluster, connect
from onecity.places import CITY

NAMES: Final = ("林晓梅", "周雨桐", "路面塌了一个洞", "换了新井盖")
"""What people of the simulated city are called and write."""


class Exported(msgspec.Struct):
    """A town and its ledger in columns."""

    town: Town
    folder: Path
    manifest: columnar.Manifest
    asked: Asked


@pytest.fixture(scope="module")
async def exported(cluster: Cluster, open_folder: Path) -> AsyncIterator[Exported]:
    """A city of its own, and its export."""
    async with open_town(cluster, open_folder / "counted", f"counted_{uuid4().hex}") as town:
        await happened(town)
        yield await written(town, open_folder / "columns")


async def happened(town: Town) -> None:
    """Everything that can happen to a case of the street, and some cases of services at different stages."""
    for stage in (stages.asked_for_more, stages.refused, stages.waiting_at_the_counter, stages.late):
        await stage(town, await town.new_citizen())
    team = await street.crew(town)
    await street.report(town)
    await street.registered(town, "01002", 3)
    await stages.joined(town, town.nobody)
    void = await street.case_of(town, await street.report(town))
    await street.moved(team.operator, void, "intake", "void", words={"reason": "去看过，已经填平了"})
    given_back = await street.sent(await street.report(town), town, team)
    await street.moved(team.mender, given_back, "handle", "give_back")
    await badly_done(town, team)
    first = await street.report(town)
    await street.closed(await street.sent(first, town, team), town, team)
    again = await town.caller().send(f"/api{first['follow']}/reopen", {"words": "又松了"})
    assert again.status_code == 200, again.text
    # The same hole in the same place: the one that was put right a moment ago has come back.
    await street.closed(await street.sent(await street.report(town), town, team), town, team)


async def badly_done(town: Town, team: street.Crew) -> None:
    """A case that was put off, lengthened, done badly and done again, and waits to be looked at."""
    case = await street.sent(await street.report(town), town, team)
    await street.moved(team.mender, case, "handle", "ask_extension")
    await street.moved(team.chief, case, "extension", "grant", days=1, words={"reason": "等配件"})
    await street.mended(case, team)
    await street.moved(await street.drawn(case, town), case, "verify", "bad", words={"seen": "还在晃"})
    await street.mended(case, team)
    other = await street.sent(await street.report(town), town, team)
    await street.moved(team.mender, other, "handle", "ask_deferral")
    await street.moved(team.chief, other, "deferral", "grant", days=3, words={"reason": "下雨"})


async def written(town: Town, folder: Path) -> Exported:
    await town.seal()
    memory, pack = town.city.memory, town.city.pack
    zone, at = pack.one(CITY).clock_zone(), town.clock()
    connection = await connect(memory.database.app)
    try:
        sheet, published = sheet_in(zone), memory.signer.published(memory.folder)
        manifest = await columnar.export_columns(
            connection, memory.signer, sheet, folder, now=at + timedelta(seconds=1), published=published
        )
    finally:
        await connection.close()
    return Exported(town, folder, manifest, asked_of(pack, at=manifest.made, zone=zone, days=90))


@pytest.fixture
def duck(exported: Exported, tmp_path: Path) -> DuckDB:
    return DuckDB(exported.folder, exported.manifest, tmp_path)


def test_the_export_of_a_city_verifies_and_holds_thousands_of_facts(exported: Exported) -> None:
    found = columnar.check(exported.folder, columnar.key_of(exported.folder), sheet_in)
    assert found.damages == []
    assert found.manifest.rows == found.checkpoint.size > 1_000


def test_no_column_says_anything_of_anybody(exported: Exported) -> None:
    names = [*NAMES, *(one.name for one in exported.town.accounts.accounts)]
    for part in exported.manifest.parts:
        table = parquet.read_table(exported.folder / part.path).drop_columns(["body", "leaf"])
        text = str(table.to_pydict())
        assert [name for name in names if name in text] == []


async def test_every_case_of_the_street_is_folded_as_the_city_folds_it(exported: Exported, duck: DuckDB) -> None:
    same = (
        "case_id", "source", "area", "answer_until", "reported", "filed", "longitude", "latitude", "part", "dispatched",
        "returned", "extended", "matter", "stage", "handled", "verified", "closed", "due", "result", "reports",
    )  # fmt: skip
    told = rows_of(duck, problems_of(facts_of(exported.manifest.columns)))
    kept = await exported.town.rows(JOINED)
    assert len(kept) > 8
    assert {row["stage"] for row in kept} >= {
        "intake",
        "void",
        "joined",
        "dispute",
        "verify",
        "deferred",
        "closed",
        "dispatch",
    }
    zone = exported.town.city.counter.office.zone
    latest = {row["case_id"]: row["latest"] for row in await exported.town.rows(LATEST, str(zone))}
    for row in kept:
        mine = told[str(row["case_id"])]
        theirs = dict(row) | {"case_id": str(row["case_id"]), "due": latest[row["case_id"]]}
        theirs["answer_until"] = (await exported.town.rows(END_OF, row["answer_by"], str(zone)))[0][0]
        assert {name: mine[name] for name in same} == {name: theirs[name] for name in same}
        assert mine["reworked"] == (row["reworked"] > 0)
        assert mine["reopened"] == (row["reopened"] is not None)
    assert len(told) == len(kept)


END_OF: Final = "select ($1::date + 1)::timestamp at time zone $2"
LATEST: Final = "select id as case_id, coalesce(due_at, (due + 1)::timestamp at time zone $1) as latest from cases"


async def test_every_case_ends_as_the_city_says(exported: Exported, duck: DuckDB) -> None:
    told = rows_of(duck, cases_of(facts_of(exported.manifest.columns)))
    kept = await exported.town.rows("select id, matter, area, agency, result, good, rated from cases")
    assert {row["result"] for row in kept} >= {None, "closed"}
    for row in kept:
        mine = told[str(row["id"])]
        assert [mine[name] for name in ("matter", "area", "agency", "result", "good", "level")] == list(row.values())[
            1:
        ]
    assert len(told) == len(kept)


async def test_counts_are_those_of_the_ledger(exported: Exported, duck: DuckDB) -> None:
    counts = answered(duck, exported.manifest, QUESTIONS["counts"], exported.asked).rows
    kept = await exported.town.rows(
        "select split_part(kind, '/', 1) as name, count(*) as n from ledger.facts group by 1"
    )
    told: dict[str, int] = {}
    for row in counts:
        told[row["name"]] = told.get(row["name"], 0) + row["number"]
    assert told == {row["name"]: row["n"] for row in kept}
    reports = await exported.town.rows("select area, count(*) as n from problems group by 1")
    assert (
        sum(row["number"] for row in counts if row["name"] == "casework.opened" and row["matter"] == street.MATTER) >= 8
    )
    assert {row["area"] for row in reports} <= {row["area"] for row in counts}
    cases = answered(duck, exported.manifest, QUESTIONS["cases"], exported.asked).rows
    kept = await exported.town.rows(
        "select matter, area, count(*) as opened, count(result) as ended, count(*) filter (where good) as good,"
        " count(rated) as rated, coalesce(sum(rated), 0) as levels from cases group by 1, 2"
    )
    assert {(row["matter"], row["area"]): tuple(row[name] for name in NUMBERS) for row in cases} == {
        (row["matter"], row["area"]): tuple(row[name] for name in NUMBERS) for row in kept
    }


NUMBERS: Final = ("opened", "ended", "good", "rated", "levels")


async def test_the_shares_are_those_of_the_public_page(exported: Exported, duck: DuckDB) -> None:
    town = exported.town
    with town.clock.standing():
        town.clock.at = exported.asked.at
        page = (await town.caller().get("/api/open/street")).json()
    shown = {one["name"]: as_share(one) for one in page["shares"]}
    told = shares(answered(duck, exported.manifest, QUESTIONS["appraisal"], exported.asked))
    assert told == shown
    assert shown["reworked"]["yes"] == shown["reopened"]["yes"] == shown["extended"]["yes"] == 1


def as_share(told: Mapping[str, Any]) -> dict[str, int]:
    numbers = {"yes": told["numerator"], "no": told["denominator"] - told["numerator"]} | told["excluded"]
    return {verdict: number for verdict, number in numbers.items() if number}


def shares(answer: Answer) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in answer.rows:
        found.setdefault(row["share"], {})[row["verdict"]] = row["number"]
    return found


def rows_of(duck: DuckDB, expression: ibis.Table) -> dict[str, dict[str, Any]]:
    """The rows of an expression by their case."""
    names = expression.columns
    return {row[names.index("case_id")]: dict(zip(names, row, strict=True)) for row in duck.rows(expression)}


def asked(folder: Path, *words: str) -> dict[str, list[dict[str, Any]]]:
    """What the command says to all questions."""
    command = (sys.executable, "-m", "onecity", "analytics", "run", *QUESTIONS, "--on", str(folder), "--json", *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {one.question: one.rows for one in msgspec.json.decode(done.stdout, type=list[Answer])}


@pytest.mark.slow
def test_a_spark_cluster_of_a_master_and_two_workers_gives_the_same_answers(exported: Exported) -> None:
    mine, theirs = asked(exported.folder), asked(exported.folder, "--engine", "spark", "--workers", "2")
    assert theirs == mine
    assert all(mine.values())
