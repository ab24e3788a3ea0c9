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


def test_a_day_that_a_month_does_not_have_is_told_apart_from_one_that_is_no_day() -> None:
    for text, why in (
        ("2026-02-30", "2026-02-30: that month has no day 30, only 1 to 28."),
        ("2024-02-30", "only 1 to 29."),
        ("2026-13-01", "2026-13-01: there is no such month."),
        ("0000-01-01", "there is no such year."),
        ("30 February", "'30 February' is no day as YYYY-MM-DD."),
        ("2026-2-3", "is no day as YYYY-MM-DD."),
    ):
        done = onecity("clock", "explain", "--from", text, "--working-days", "1")
        assert (done.returncode, why in done.stderr) == (2, True), done.stderr


def test_days_before_the_tables_are_called_so_and_not_provisional() -> None:
    words = ("clock", "explain", "--from", "2006-09-29", "--working-days", "5")
    found = json.loads(onecity(*words, "--json").stdout)
    assert (found["due"], found["provisional"], found["before_tables"]) == ("2006-10-10", False, True)
    said = onecity(*words).stdout
    assert "2007" in said
    assert "weekly rule" in said
    assert "provisional" not in said
    later = json.loads(onecity("clock", "explain", "--from", "2026-12-30", "--working-days", "5", "--json").stdout)
    assert later["before_tables"] is False


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
