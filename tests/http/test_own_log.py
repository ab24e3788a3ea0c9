"""The log of the city's own cases: mined like any other, held against its process, and what the audit reads of it."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.http.test_case_at_work import jobs, move
from tests.http.towns import Thread, Town

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.own_log import write_own_log
from onecity.casework.mining import OWN_COLUMNS
from onecity.cli.catalogue import audit
from onecity.cli.exits import Exit
from onecity.cli.process import mine
from onecity.kernel.refusal import Refused
from onecity.machinery.jobs import run_once

FOOD = "food_business"
Lived = tuple[Path, dict[str, Thread]]


@pytest.fixture
async def lived(alone: Town, tmp_path: Path) -> Lived:
    """A log of three matters: one granted after a week, one given up, one still open."""
    town = alone
    granted, given_up, open_ = [await town.apply(town.citizen) for _ in range(3)]
    assert await move(town.accept, granted, "acceptance", "accept") == 200
    body = {"case": str(given_up.case)}
    assert (await town.citizen.send(f"/api/affairs/{given_up.affair}/withdraw", body)).status_code == 200
    officer = await town.person(town.decide)
    with town.clock.later(timedelta(days=7)):
        decide = await town.let_in(officer)
        assert await move(decide, granted, "decision", "grant") == 200
        log = await write_own_log(town.city.memory, tmp_path / "cases.csv")
    assert not isinstance(log, Refused)
    assert (log.cases, [one.name for one in tmp_path.iterdir()]) == (3, ["cases.csv"])
    return tmp_path / "cases.csv", {"granted": granted, "given_up": given_up, "open": open_}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def told(*args: object) -> Any:
    """What a command answers to a machine."""
    command, *words = args
    done = CliRunner().invoke(command, [str(one) for one in words])  # type: ignore[arg-type]
    assert done.exit_code == Exit.DONE, done.output
    return json.loads(done.stdout)


async def test_each_thing_that_happened_is_a_row_and_nobody_is_named(lived: Lived, alone: Town) -> None:
    file, matters = lived
    rows = rows_of(file)
    assert tuple(rows[0]) == OWN_COLUMNS
    mine_ = [one for one in rows if one["case_id"] == str(matters["granted"].case)]
    assert [one["activity"] for one in mine_] == [
        "case/received", "acceptance/accept", "decision/grant", "case/granted",
    ]  # fmt: skip
    assert [one["organ"] for one in mine_] == ["applicant", *["market_supervision"] * 3]
    assert {one["item"] for one in rows} == {FOOD}
    assert (mine_[-1]["net_days"], mine_[-1]["unit"]) == ("6", "working_days"), "a Sunday is made up for the holiday"
    for name in ("given_up", "open"):
        assert {one["net_days"] for one in rows if one["case_id"] == str(matters[name].case)} == {""}
    person = str(await alone.person(alone.citizen))
    assert person not in file.read_text("utf-8")


async def test_what_nobody_decided_took_no_days_and_a_name_that_means_no_item_is_refused(
    alone: Town, tmp_path: Path
) -> None:
    """Silence ended it after a month: that was the applicant's time and not the office's."""
    thread = await alone.apply(alone.citizen)
    assert await move(alone.accept, thread, "acceptance", "supplement", lacking=["floor_plan"]) == 200
    with alone.clock.later(timedelta(days=40)):
        assert (await run_once(jobs(alone), alone.clock()))["silence"] == 1
        file = tmp_path / "cases.csv"
        assert not isinstance(await write_own_log(alone.city.memory, file), Refused)
        last = [one for one in rows_of(file) if one["case_id"] == str(thread.case)][-1]
        assert (last["activity"], last["net_days"]) == ("case/returned", "")
        no = await write_own_log(alone.city.memory, tmp_path / "none.csv", item="food_busines")
    assert isinstance(no, Refused)
    assert not (tmp_path / "none.csv").exists()


async def test_it_is_mined_like_any_log_and_fits_the_process_by_which_it_went(lived: Lived) -> None:
    found = told(mine, lived[0], "--process", "paper_permit", "--json")
    assert found["cases"] == 3
    assert found["conformance"]["fits"] == found["conformance"]["cases"], found["conformance"]["strange"]
    assert found["conformance"]["strange"] == []
    longest = found["waiting"][0]
    assert (longest["before"], longest["step"], longest["organ"]) == (
        "acceptance/accept", "decision/grant", "market_supervision",
    )  # fmt: skip


async def test_the_audit_tells_what_cases_took_beside_the_law_and_each_number_has_its_list(lived: Lived) -> None:
    found = told(audit, shipped_pack(), "--event", "open_restaurant", "--log", lived[0], "--json")["measures"]
    taken = found["time_taken"]["after"]
    assert taken["number"] == sum(line["counts"] for line in taken["list"]) == 6
    [line] = taken["list"]
    assert (line["item"], line["cases"], line["measured_p90"]) == (FOOD, 1, 6)
    assert line["took"] == [f"{lived[1]['granted'].case}=6"]
    by_law = {one["item"]: one for one in found["time_law"]["after"]["list"]}
    assert (by_law[FOOD]["measured_median"], by_law[FOOD]["measured_p90"]) == (6, 6)
    assert {one["measured_median"] for name, one in by_law.items() if name != FOOD} == {None}
    none = told(audit, shipped_pack(), "--event", "open_restaurant", "--json")["measures"]["time_taken"]
    assert none["after"] is None
    assert "process log" in none["why"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ":1:1: These columns are missing: case_id, item, net_days, unit. Write it with"),
        ("case_id,item,unit\n", ":1:1: These columns are missing: net_days."),
        ("case_id,item,net_days,unit\n1,food_business,-3,working_days\n", ":2:1: `-3` `working_days` are no days of"),
        ("case_id,item,net_days,unit\n1,food_business,3,years\n", ":2:1: `3` `years` are no days of a case"),
        ("case_id,item,net_days,unit\n,food_business,3,working_days\n", ":2:1: `3` `working_days` are no days of"),
        (f"case_id,item,net_days,unit\n1,food_business,{'9' * 400},working_days\n", ":2:1: `9999"),
        ("case_id,item,net_days,unit\n1,food_business,3,working_hours\n", ":2:1: `3` `working_hours` are no days"),
        ('case_id,item,net_days,unit\n"1,food_business,3,working_days\n', "The file is no CSV"),
        ("\xff", "The file is no text in UTF-8."),
    ],
)
def test_a_file_that_is_no_log_of_ours_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(text.encode("latin-1"))
    done = CliRunner().invoke(audit, [str(shipped_pack()), "--log", str(file)])
    assert done.exit_code == Exit.PACK_FAULT
    assert says in done.stderr
