"""How a project stands on a day: what is decided, what runs, what each item is expected to take, and whose turn it is.

Pure, as `running.py`: a plan, a calendar and what the cases tell give the same answer always. Days are working days.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from onecity.kernel.clock import Calendar
from onecity.services.approvals.model import Plan, Planned
from onecity.services.approvals.paths import plan_of
from onecity.services.approvals.running import Course, Round, last_day, lived

_ONE_DAY = timedelta(days=1)


class Still(msgspec.Struct, frozen=True):
    """Days on which an item stood still, both ends included, and why; without `last` it still does.

    `announced` are the working days for which it was told to.
    """

    first: date
    last: date | None
    why: str
    announced: int = 0

    def until(self, calendar: Calendar, today: date) -> date:
        """The last day on which it stands: as was announced, unless it stands longer already."""
        if self.last is not None:
            return self.last
        return max(today, last_day(calendar, self.first - _ONE_DAY, self.announced) if self.announced else today)


class Standing(msgspec.Struct, frozen=True):
    """What came of an item so far: when somebody applied, when it was accepted and decided, and when it stood still.

    `earlier` are the applications that were not granted, the first one first, and the days are those of the last one;
    `asked` is None while nobody applied again.
    """

    item: str
    asked: date | None
    accepted: date | None = None
    decided: date | None = None
    stills: tuple[Still, ...] = ()
    visit: date | None = None
    earlier: tuple[Round, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it is decided."""
        return self.decided is not None

    @property
    def begun(self) -> date | None:
        """The day of the first application for it."""
        return self.earlier[0].asked if self.earlier else self.asked


class Phase(StrEnum):
    """Where an item of a project is."""

    DONE = "done"
    RUNS = "runs"
    STANDS = "stands"
    """Its clock stands still for a reason of the law."""
    TO_ACCEPT = "to_accept"
    TO_APPLY = "to_apply"
    WAITS = "waits"


class Ahead(msgspec.Struct, frozen=True):
    """An item as it is today, and the days on which it began and was decided, or is expected to."""

    planned: Planned
    phase: Phase
    begins: date
    ends: date
    waits_for: tuple[str, ...]
    """What it still waits for."""


class _Row(msgspec.Struct, frozen=True):
    """What happened with an item up to today; one that is not decided is as if it ended today."""

    item: str
    asked: date | None
    accepted: date
    decided: date
    stills: tuple[Still, ...]
    visit: date | None
    entered: date | None = None
    earlier: tuple[Round, ...] = ()

    def stands_still(self, day: date) -> str | None:
        return next((one.why for one in self.stills if one.first <= day <= (one.last or day)), None)


def ahead(
    plan: Plan, cases: Mapping[str, Standing], calendar: Calendar, *, start: date, today: date
) -> tuple[Ahead, ...]:
    """Each item as it stands today, in the order of the plan: what is not decided ends as if all goes by its days.

    An item that stands still today is counted as if it went on when that was announced, or tomorrow if that is over.
    """
    found: dict[str, Ahead] = {}
    for item in plan.items:
        case = cases.get(item.id)
        open_ = tuple(edge.id for edge in item.waits_for if found[edge.id].phase is not Phase.DONE)
        ready = max((found[edge.id].ends for edge in item.waits_for), default=start)
        phase = _phase(case, waits=bool(open_))
        begins = (case.begun if case is not None else None) or max(ready, today)
        if case is not None and case.decided is not None:
            ends = case.decided
        elif case is not None and case.accepted is not None:
            ends = max(last_day(calendar, case.accepted, item.days + _stood(case, calendar, today)), today)
        else:
            ends = last_day(calendar, max(ready, today), item.days)
        found[item.id] = Ahead(item, phase, min(begins, ends), ends, open_)
    return tuple(found.values())


def so_far(plan: Plan, cases: Mapping[str, Standing], calendar: Calendar, *, start: date, today: date) -> Course | None:
    """What became of a project up to today, each day explained; None before anything of it can have begun.

    What is decided counts as it was; what could be decided by now counts as if it ended today.
    """
    rows: dict[str, _Row] = {}
    for item in plan.items:
        if all(edge.id in rows and edge.id in cases and cases[edge.id].done for edge in item.waits_for):
            rows[item.id] = _row(item.id, cases.get(item.id), start=start, today=today)
    inside = [item for item in plan.items if item.id in rows]
    return lived(plan_of(inside), list(rows.values()), calendar, start) if inside and today >= start else None


def whole_end(items: tuple[Ahead, ...]) -> date | None:
    """The day on which everything is expected to have ended; None of a plan without items."""
    return max((one.ends for one in items), default=None)


def _row(name: str, case: Standing | None, *, start: date, today: date) -> _Row:
    if case is None:
        return _Row(name, today, today, max(today, start), (), None)
    decided = case.decided or today
    asked = case.asked or decided
    return _Row(name, asked, case.accepted or decided, decided, case.stills, case.visit, earlier=case.earlier)


def _phase(case: Standing | None, *, waits: bool) -> Phase:
    if case is None or case.asked is None:
        return Phase.WAITS if waits else Phase.TO_APPLY
    if case.decided is not None:
        return Phase.DONE
    if case.accepted is None:
        return Phase.WAITS if waits else Phase.TO_ACCEPT
    return Phase.STANDS if any(one.last is None for one in case.stills) else Phase.RUNS


def _stood(case: Standing, calendar: Calendar, today: date) -> int:
    """Working days since the acceptance on which an item stood still, and is to go on standing as was announced."""
    assert case.accepted is not None, "only what was accepted has a clock"
    days = {
        one.first + _ONE_DAY * number
        for one in case.stills
        for number in range((one.until(calendar, today) - one.first).days + 1)
    }
    return sum(day > case.accepted and calendar.kind(day).works for day in days)
