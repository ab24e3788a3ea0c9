"""`onecity clock explain` and the exit codes of the command line."""

import json
import subprocess
import sys


def onecity(*words: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-c", "from onecity.cli import main; main()", *words]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_the_long_spring_festival_of_2020_moves_the_date_to_8_april() -> None:
    done = onecity("clock", "explain", "--from", "2020-01-06", "--working-days", "61", "--json")
    found = json.loads(done.stdout)
    assert (found["due"], found["provisional"], len(found["counted"])) == ("2020-04-08", False, 61)
    assert {day["reason"] for day in found["skipped"]} == {"start", "weekend", "holiday"}
    assert done.returncode == 0


def test_a_date_after_the_last_notice_is_provisional() -> None:
    found = json.loads(onecity("clock", "explain", "--from", "2026-12-30", "--working-days", "5", "--json").stdout)
    assert found["provisional"] is True


def test_calendar_days_are_explained_as_such() -> None:
    done = onecity("clock", "explain", "--from", "2020-09-29", "--natural-days", "3", "--json")
    found = json.loads(done.stdout)
    assert found["due"] == "2020-10-09"
    assert found["counted"][0]["en"] == "A calendar day, counts"


def test_two_limits_or_none_is_wrong_usage() -> None:
    assert onecity("clock", "explain", "--from", "2020-01-06").returncode == 2
    assert onecity("clock", "explain", "--from", "6 January", "--working-days", "1").returncode == 2


def test_a_pack_that_is_not_there_is_exit_code_3() -> None:
    done = onecity("pack", "check", "nowhere", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["faults"][0]["what"] == "There is no pack here."


def test_a_day_beyond_the_calendar_is_refused_in_words() -> None:
    done = onecity("clock", "explain", "--from", "9999-12-31", "--natural-days", "1")
    assert done.returncode == 2
    assert "beyond the year 9999" in done.stderr


def test_one_fault_is_called_one_fault() -> None:
    assert onecity("pack", "check", "nowhere").stderr == "1 fault\n"
