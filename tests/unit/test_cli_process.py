"""`onecity process mine`: from a file to what its cases tell, without server or database."""

import gzip
import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from onecity.cli.exits import Exit
from onecity.cli.process import process

PACK: Final = str(Path(__file__).parents[1] / "packs" / "good")
ROWS: Final = (
    "case_id;activity;timestamp;org:resource\n1;申请;2020-01-01 00:00:00+08:00;\n1;受理;2020-01-02 00:00:00+08:00;窗口\n"
    "2;申请;2020-01-01;\n2;受理;2020-01-04;\x1b[31m窗口\n3;申请;;\n3;\u202e受理;;\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode()))
    return path


def said(*words: str | Path) -> Result:
    return CliRunner().invoke(process, ["mine", *map(str, words)])


def test_a_machine_is_told_all_there_is(log: Path) -> None:
    done = said(log, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (Exit.DONE, "")
    assert (told["cases"], told["events"], told["median_days"], told["mean_days"]) == (3, 6, 2.0, 2.0)
    [wait] = told["waiting"]
    assert {key: wait[key] for key in ("step", "before", "cases", "median_days", "mean_days", "total_days")} == {
        "step": "受理", "before": "申请", "cases": 2, "median_days": 2.0, "mean_days": 2.0, "total_days": 4.0,
    }  # fmt: skip
    assert told["without_time"] == {"cases": 1, "events": 2}
    assert told["times_without_zone"] == 2
    assert told["span"] == {"first": "2019-12-31T16:00:00+00:00", "last": "2020-01-04T00:00:00+00:00"}
    assert told["lists"] == {"waiting": 1, "by_step": 1, "by_organ": 2, "variants": 1}
    assert told["columns"]["case"] == "case_id"
    cut = json.loads(said(log, "--json", "--limit", "1").stdout)
    assert (len(cut["by_organ"]), cut["lists"]["by_organ"]) == (1, 2)


def test_a_person_is_told_the_same_in_two_languages_and_no_terminal_is_steered(log: Path) -> None:
    done = said(log)
    assert done.exit_code == Exit.DONE
    for part in ("3 件，6 条记录", "3 cases, 6 events", "2.00", "申请 → 受理", "1 件没有可用的时间", "taken as UTC"):
        assert part in done.stdout
    assert not {"\x1b", "\u202e"} & set(done.stdout)


def test_cases_are_held_against_a_process_of_the_pack(log: Path) -> None:
    words = (log, "--pack", PACK, "--process", "permit", "--as", "申请=acceptance/accept")
    told = json.loads(said(*words, "--as", "受理=decision", "--json").stdout)["conformance"]
    assert (told["process"], told["cases"], told["fits"], told["ended"]) == ("permit", 2, 2, 2)
    assert (told["never"], told["strange"], told["deviating"]) == ([], [], [])
    told = json.loads(said(*words, "--json").stdout)["conformance"]
    assert told["strange"] == [{"step": "受理", "before": "申请", "why": "not_waiting", "cases": 2, "times": 2}]
    assert told["deviating"][0] == {"case": "1", "moves": [{"before": "申请", "step": "受理", "why": "not_waiting"}]}
    shown = said(*words).stdout
    for part in (
        "2 件里有 0 件照着走（0.0%）",
        "of 2 cases 0 went as declared",
        "申请 → 受理  (这时还轮不到这一步",
        "decision",
    ):
        assert part in shown


def test_a_log_without_times_says_so(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_text("<log><trace><event/></trace></log>")
    told = json.loads(said(tmp_path / "log.xes", "--json").stdout)
    assert (told["cases"], told["median_days"], told["mean_days"], told["waiting"]) == (1, None, None, [])
    assert "nobody can tell how long" in said(tmp_path / "log.xes").stdout


@pytest.mark.parametrize(
    ("name", "content", "words", "code", "why"),
    [
        ("log.csv", "step,time\n", (), Exit.REFUSED, "Name them by --case"),
        ("log.csv", "case,step,time\n1,a,soon\n", ("--json",), Exit.REFUSED, "Line 2: this is no time: soon"),
        ("log.csv", "case,step,time\n", ("--step", "x"), Exit.REFUSED, "no column x"),
        ("log.xes", "", (), Exit.REFUSED, "The file is empty"),
        ("log.xlsx", "x", (), Exit.USAGE, ".csv.gz"),
        ("log.xes", "<log/>", ("--case", "x"), Exit.USAGE, "are for CSV"),
        ("log.xes", "<log/>", ("--pack", PACK, "--process", "fling"), Exit.USAGE, "It has: permit"),
        ("log.xes", "<log/>", ("--as", "x=filing"), Exit.USAGE, "go with --process"),
        (
            "log.xes",
            "<log/>",
            ("--pack", PACK, "--process", "permit", "--as", "x=y"),
            Exit.USAGE,
            "acceptance, decision",
        ),
    ],
)
def test_what_is_wrong_is_told_and_how_to_mend_it(
    tmp_path: Path, name: str, content: str, words: tuple[str, ...], code: Exit, why: str
) -> None:
    (tmp_path / name).write_text(content)
    done = said(tmp_path / name, *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert said(tmp_path / "log.xes").exit_code == Exit.USAGE
