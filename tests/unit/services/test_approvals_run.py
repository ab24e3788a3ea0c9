"""A project that ran: the dates that were promised before it began, and each day by which it took longer."""

import json
import random
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.cli.approvals import approvals as approvals_command
from onecity.cli.exits import Exit
from onecity.kernel.clock import Calendar, Limit, Run, Unit, due
from onecity.places import calendar_of
from onecity.services.approvals import (
    Logged,
    Plan,
    What,
    broken_promises,
    compared,
    dates,
    disordered,
    lived,
    missing,
    promised,
    promises_of,
    read_approvals,
)

FILE: Final = Path(__file__).parents[2] / "data" / "construction_items.csv"
START: Final = date(2020, 3, 2)
DAY: Final = timedelta(days=1)


@cache
def planned(of_type: str) -> Plan:
    rows, faults = read_approvals(FILE.name, FILE.read_bytes())
    assert faults == ()
    return promised(compared(rows, of_type), promises_of(shipped(), of_type))


def calendar() -> Calendar:
    return calendar_of(shipped())


@pytest.fixture(scope="module", autouse=True)
def read() -> None:
    """The file and the pack are read before anything is timed."""
    planned("D")
    calendar()


def as_planned(plan: Plan) -> dict[str, Logged]:
    """A log in which everything happens on the latest day that was promised."""
    return {one.item: Logged(one.item, one.begins, one.due) for one in dates(plan, calendar(), START)}


def pushed(plan: Plan, rows: dict[str, Logged]) -> list[Logged]:
    """The log, with whatever waits accepted when it can be, and as many days later decided."""
    for item in plan.items:
        ready = max((rows[edge.id].decided for edge in item.waits_for), default=START)
        row = rows[item.id]
        if row.accepted < ready:
            rows[item.id] = Logged(
                row.item, ready, due(calendar(), Run(ready, Limit(item.days, Unit.WORKING_DAYS))).day
            )
    return list(rows.values())


@pytest.mark.parametrize(("of_type", "days"), [("S", 61), ("D", 30)])
def test_the_promises_of_the_pack_make_the_published_days_by_computation(of_type: str, days: int) -> None:
    plan = planned(of_type)
    assert plan.critical_days == days
    course = lived(plan, list(as_planned(plan).values()), calendar(), START)
    assert (course.promised, course.took, course.saved) == (days, days, 0)
    assert course.of[What.COUNTED] == days
    assert max(one.due for one in course.planned) == course.ended


def test_a_stop_a_late_organ_and_an_idle_week_are_told_day_by_day() -> None:
    plan, rows = planned("S"), as_planned(planned("S"))
    permit = rows["C44"]
    rows["C44"] = Logged("C44", permit.accepted, date(2020, 4, 24), date(2020, 4, 1), date(2020, 4, 7), "专家评审")
    course = lived(plan, pushed(plan, rows), calendar(), START)
    stopped = [one for one in course.days if one.what is What.STOPPED]
    assert {one.item for one in stopped} == {"C44"}
    assert {one.why for one in stopped} == {"专家评审"}
    # 4 to 6 April 2020 was a holiday: it stands as one, whatever the stop says.
    assert [one.day for one in stopped] == [date(2020, 4, day) for day in (1, 2, 3, 7)]
    assert [(one.day, one.why) for one in course.days if one.day == date(2020, 4, 6)] == [(date(2020, 4, 6), "清明节")]
    assert course.took == course.promised - course.saved + sum(
        course.of[what] for what in (What.STOPPED, What.LATE, What.IDLE)
    )
    assert course.late_items == ("C44",)
    assert course.of[What.LATE] > 0


def test_several_organs_that_come_on_one_day_are_one_visit_and_a_late_entry_is_told() -> None:
    plan, rows = planned("S"), as_planned(planned("S"))
    for name in ("C83", "C85", "C87"):
        one = rows[name]
        rows[name] = Logged(name, one.accepted, one.decided, visit=one.decided, entered=one.decided + 3 * DAY)
    day = rows["C83"].decided
    for name in ("C85", "C87"):
        rows[name] = Logged(name, rows[name].accepted, rows[name].decided, visit=day, entered=rows[name].decided)
    course = lived(plan, list(rows.values()), calendar(), START)
    assert course.visits == {day: ("C87", "C83", "C85")}
    assert course.late_entries == ("C83",)


@given(seed=st.integers(0, 10**9))
def test_the_sum_of_the_days_is_the_time_that_it_took(seed: int) -> None:
    dice, plan = random.Random(seed), planned("D")
    rows: dict[str, Logged] = {}
    for item in plan.items:
        ready = max((rows[edge.id].decided for edge in item.waits_for), default=START)
        accepted = ready + dice.choice([0, 0, 0, 1, 6]) * DAY
        decided = accepted + dice.randint(0, 25) * DAY
        first = accepted + dice.randint(1, 9) * DAY
        stop = (first, first + dice.randint(0, 8) * DAY) if dice.random() < 0.3 else (None, None)
        rows[item.id] = Logged(item.id, accepted, decided, *stop)
    log = list(rows.values())
    assert (missing(plan, log), disordered(plan, log)) == ((), ())
    course = lived(plan, log, calendar(), START)
    of = course.of
    assert course.took == of[What.COUNTED] + of[What.STOPPED] + of[What.LATE] + of[What.IDLE]
    assert course.saved >= 0
    assert [one.day for one in course.days] == [
        START + DAY * number for number in range(1, (course.ended - START).days + 1)
    ]
    assert course.ended == max(one.decided for one in log)


def test_a_promise_longer_than_the_law_is_refused() -> None:
    rows, _ = read_approvals(FILE.name, FILE.read_bytes())
    found = compared(rows, "S")
    [longer, stranger] = broken_promises(found.after, rows, {"C44": 31, "C01": 5, "C64": 7})[::-1]
    assert (longer.reason, longer.details["law"]) == ("services.approvals.longer_than_law", 30)
    assert stranger.reason == "services.approvals.not_in_plan"


def run(tmp_path: Path, log: list[Logged], *more: str) -> Any:
    path = tmp_path / "log.csv"
    lines = [f"{one.item},{one.accepted},{one.decided},{one.visit or ''}" for one in log]
    path.write_text("\n".join(["item,accepted,decided,visit", *lines, ""]), "utf-8")
    asked = ["run", str(FILE), "--type", "D", "--log", str(path), "--start", START.isoformat(), *more]
    return CliRunner().invoke(approvals_command, asked)


def test_the_command_tells_it_to_people_and_to_programs(tmp_path: Path) -> None:
    plan = planned("D")
    done = run(tmp_path, list(as_planned(plan).values()), "--json")
    assert done.exit_code == Exit.DONE, done.output
    told = json.loads(done.stdout)
    assert (told["promised"], told["took"], told["late"]) == (30, 30, [])
    people = run(tmp_path, list(as_planned(plan).values()), "--language", "en")
    assert "promised in 30 working days, took 30" in people.stdout


def test_a_log_that_does_not_fit_is_refused_in_words(tmp_path: Path) -> None:
    log = list(as_planned(planned("D")).values())
    short = run(tmp_path, log[1:])
    assert (short.exit_code, log[0].item in short.stderr) == (Exit.REFUSED, True)
    first = log[0]
    wrong = run(tmp_path, [Logged(first.item, first.accepted, date(2020, 9, 1)), *log[1:]])
    assert wrong.exit_code == Exit.REFUSED
    half = tmp_path / "half.csv"
    rows = [f"{one.item},{one.accepted},{one.decided},{one.accepted if one is first else ''}" for one in log]
    half.write_text("\n".join(["item,accepted,decided,stopped_from", *rows, ""]), "utf-8")
    asked = ["run", str(FILE), "--type", "D", "--log", str(half), "--start", "2020-03-02"]
    stopped = CliRunner().invoke(approvals_command, asked)
    assert (stopped.exit_code, "停钟要写明" in stopped.stderr) == (Exit.REFUSED, True)
    path = tmp_path / "log.csv"
    path.write_text("item,accepted,decided\nC04,soon,2020-03-02\n", "utf-8")
    asked = ["run", str(FILE), "--type", "D", "--log", str(path), "--start", "2020-03-02"]
    bad = CliRunner().invoke(approvals_command, asked)
    assert (bad.exit_code, "log.csv:2:5" in bad.stderr) == (Exit.PACK_FAULT, True)
