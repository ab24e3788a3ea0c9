"""`onecity governance replay`: real requests through the use cases, from the file to the comparison."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.bootstrap.replay_pack import crosswalk, shipped_replay_pack, write_replay_pack
from onecity.bootstrap.replaying import NoText, opened_file, zone_of
from onecity.cli.exits import Exit
from onecity.cli.replay import replay
from onecity.governance import catalogue_of
from onecity.governance.replay import Reading, read_requests
from onecity.packs import load_pack

SAMPLE: Final = Path(__file__).parents[1] / "data" / "boston_sample.csv"


def said(*words: str | Path) -> Result:
    return CliRunner().invoke(replay, [str(word) for word in words])


def reading(path: Path) -> Reading:
    with opened_file(path) as lines:
        found = read_requests(lines, zone_of(shipped_replay_pack()))
    assert isinstance(found, Reading)
    return found


@pytest.fixture
def rows() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.mark.slow
def test_the_sample_gives_the_counts_and_the_flags_of_its_file(open_folder: Path, rows: list[dict[str, str]]) -> None:
    done = said(SAMPLE, "--json", "--data", open_folder / "city")
    assert (done.exit_code, list(open_folder.glob("onecity-replay-*"))) == (Exit.DONE, []), done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["rows"], found["replayed"], found["stuck"], found["unread"]) == (len(rows), len(rows), [], [])
    months = {(one["kind"], one["month"]): (one["file"], one["ours"]) for one in found["comparison"]["months"]}
    for one in rows:
        file, ours = months[one["type"], one["open_dt"][:7]]
        assert file == ours
    assert sum(file for file, _ in months.values()) == len(rows)
    judged = [one for one in rows if one["target_dt"] and one["ontime"]]
    in_time = sum(one["ontime"] == "ONTIME" for one in judged)
    of = found["comparison"]["on_time"]
    assert (of["judged"], of["file"], of["target"], of["limit"]) == (len(judged), in_time, in_time, in_time)
    untimed = sum(not one["target_dt"] for one in rows)
    unflagged = sum(bool(one["target_dt"]) and not one["ontime"] for one in rows)
    assert (found["reasons"]["no_target"], found["reasons"]["no_flag"]) == (untimed, unflagged)
    assert set(found["reasons"]) <= {"no_target", "no_flag"}
    assert found["recurrence"]["came_back"] > 0
    assert found["mapped"] + sum(found["unmapped"].values()) == len(rows)


@pytest.mark.slow
def test_a_file_that_the_pack_does_not_know_is_replayed_with_one_of_its_own(
    open_folder: Path, tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    strange = rows[0] | {"type": "Moon Dust", "neighborhood": "The Moon", "department": "NASA", "latitude": "41.5"}
    bad = rows[2] | {"open_dt": "yesterday"}
    path = written(tmp_path / "moon.csv", [strange, rows[1] | {"latitude": "", "longitude": ""}, bad])
    done = said(path, "--data", open_folder / "city")
    assert done.exit_code == Exit.REFUSED, done.output
    assert "The pack does not know 1 types, 1 departments, 1 neighbourhoods, 1 squares of this file." in done.stdout
    assert "1 rows cannot be read:\n  line 4: open_dt is no time: 'yesterday'; write it like 2011-07-01" in done.stdout
    assert "2 counts of 2 types by month, 0 of them differ." in done.stdout


def test_another_file_is_told_which_columns_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,x\n", "utf-8")
    done = said(tmp_path / "a.csv")
    assert done.exit_code == Exit.REFUSED
    assert "Missing: case_enquiry_id, open_dt, target_dt, " in done.stderr and "It has: id, name." in done.stderr
    (tmp_path / "b.csv").write_bytes(b"")
    assert "It has: none." in said(tmp_path / "b.csv").stderr


def test_a_file_of_which_no_row_can_be_read_is_told_why(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    done = said(written(tmp_path / "a.csv", [rows[0] | {"case_status": "Lost"}]))
    assert done.exit_code == Exit.REFUSED
    assert "line 2: case_status is 'Lost', not Open or Closed." in done.stderr
    assert "no row can be replayed" in done.stderr


def test_a_packed_file_is_read_whatever_its_name_and_a_damaged_one_says_so(tmp_path: Path) -> None:
    packed = gzip.compress(SAMPLE.read_bytes())
    (tmp_path / "a.csv").write_bytes(packed)
    assert reading(tmp_path / "a.csv") == reading(SAMPLE)
    (tmp_path / "b.csv.gz").write_bytes(packed[:-2_000])
    with pytest.raises(NoText, match="breaks off"):
        reading(tmp_path / "b.csv.gz")


def test_the_pack_that_ships_has_no_fault_and_neither_has_one_of_the_sample(tmp_path: Path) -> None:
    assert load_pack(shipped_replay_pack(), KINDS)[1] == ()
    write_replay_pack(tmp_path, reading(SAMPLE).requests)
    assert load_pack(tmp_path, KINDS)[1] == ()


def test_every_counterpart_is_a_matter_of_the_shipped_city() -> None:
    catalogue = catalogue_of(shipped())
    assert catalogue is not None
    codes = {code for code in crosswalk(shipped_replay_pack()).values() if code}
    assert len(codes) > 20
    assert codes <= catalogue.matters.keys()
