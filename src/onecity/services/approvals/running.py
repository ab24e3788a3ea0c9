"""What became of a project: the dates that were promised before it began, those that came, and each day between.

Pure: a plan, a calendar and a log give the same answer always. Days are working days of the calendar.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from onecity.kernel.clock import Calendar, Limit, Run, Unit, due
from onecity.packs import Table
from onecity.services.approvals.model import Plan, Planned

_ONE_DAY: Final = timedelta(days=1)


class Round(msgspec.Struct, frozen=True):
    """One application for an item from its receipt to its end; `accepted` is None where it ended before that.

    `asked` is None where nobody tells when somebody applied.
    """

    asked: date | None
    accepted: date | None
    ended: date


class Logged(msgspec.Struct, frozen=True, omit_defaults=True):
    """What really happened with an item: the day on which it was accepted, and that of the decision.

    The clock stood still from `stopped_from` to `stopped_until`, both included, because of `why`. `entered` is when the
    decision was written into the system, `visit` the day on which officers came to look.
    """

    item: str
    accepted: date
    decided: date
    stopped_from: date | None = None
    stopped_until: date | None = None
    why: str = ""
    entered: date | None = None
    visit: date | None = None

    @property
    def asked(self) -> date | None:
        """A log does not tell when somebody applied."""
        return None

    @property
    def earlier(self) -> tuple[Round, ...]:
        """A log tells only of the application that was granted."""
        return ()

    def stands_still(self, day: date) -> str | None:
        """Why the clock stood still on a day; None if it ran."""
        first, last = self.stopped_from, self.stopped_until
        return self.why if first is not None and last is not None and first <= day <= last else None


class Happened(Protocol):
    """What really happened with an item, as a log or a case tells it."""

    @property
    def item(self) -> str: ...
    @property
    def asked(self) -> date | None: ...
    @property
    def accepted(self) -> date: ...
    @property
    def decided(self) -> date: ...
    @property
    def entered(self) -> date | None: ...
    @property
    def visit(self) -> date | None: ...
    @property
    def earlier(self) -> tuple[Round, ...]:
        """The applications that were not granted, the first one first; the other days are those of the last one."""
        ...

    def stands_still(self, day: date) -> str | None:
        """Why the clock stood still on a day; None if it ran."""
        ...


class ProjectLog(Table[Logged], frozen=True):
    """The log of one project: a row for each item that was decided."""


class Dated(msgspec.Struct, frozen=True):
    """An item of a plan in dates: it begins when whatever it waits for is decided at the latest."""

    item: str
    begins: date
    due: date


class What(StrEnum):
    """What a day of a project was: for the one item on which everything else waited then."""

    COUNTED = "counted"
    STOPPED = "stopped"
    LATE = "late"
    IDLE = "idle"
    """Everything that it waits for was there, and nobody had accepted it yet."""
    APPLICANT = "applicant"
    """Everything that it waits for was there, and nobody had applied for it yet, or again."""
    UNGRANTED = "ungranted"
    """It ran within its promised days, for an application that was not granted in the end."""
    OFF = "off"


class Lived(msgspec.Struct, frozen=True):
    """A day of a project: the item on which it hung, what it was, and why; `why` of a day off is its holiday's name."""

    day: date
    item: str
    what: What
    why: str = ""


class Course(msgspec.Struct, frozen=True):
    """A project from its first day to its last decision. Units: working days.

    `promised` are those of the plan, `saved` those that the chain on which it really hung was promised less.
    The identity `took == promised - saved + stopped + late + idle + applicant + ungranted` holds for every log.
    """

    planned: tuple[Dated, ...]
    began: date
    ended: date
    promised: int
    took: int
    days: tuple[Lived, ...]
    late_items: tuple[str, ...]
    late_entries: tuple[str, ...]
    visits: Mapping[date, tuple[str, ...]]

    @property
    def of(self) -> Counter[What]:
        """How many days were what."""
        return Counter(one.what for one in self.days)

    @property
    def saved(self) -> int:
        """By how many days the chain that decided was promised shorter, or was decided sooner, than the longest way."""
        return self.promised - self.of[What.COUNTED]


def dates(plan: Plan, calendar: Calendar, start: date) -> tuple[Dated, ...]:
    """The dates of a plan for a project that begins on a day, in the order of beginning."""
    found: dict[str, Dated] = {}
    for item in plan.items:
        begins = max((found[edge.id].due for edge in item.waits_for), default=start)
        found[item.id] = Dated(item.id, begins, last_day(calendar, begins, item.days))
    return tuple(found.values())


def missing(plan: Plan, log: Sequence[Happened]) -> tuple[str, ...]:
    """The items of a plan that a log does not tell of, then those that it tells of and no plan has."""
    planned, logged = [item.id for item in plan.items], [one.item for one in log]
    return (*(one for one in planned if one not in logged), *(one for one in logged if one not in planned))


def half_stopped(log: Sequence[Logged]) -> tuple[str, ...]:
    """The items of a log whose stop has only one of its ends, or ends before it begins."""
    return tuple(
        one.item
        for one in log
        if (one.stopped_from is None) != (one.stopped_until is None)
        or (one.stopped_from or date.min) > (one.stopped_until or date.max)
    )


def disordered(plan: Plan, log: Sequence[Happened]) -> tuple[str, ...]:
    """The items that a log has decided before they were accepted, or accepted before what they wait for was decided.

    `missing` must have found nothing.
    """
    rows = {one.item: one for one in log}
    return tuple(
        item.id
        for item in plan.items
        if rows[item.id].decided < rows[item.id].accepted
        or any(rows[edge.id].decided > rows[item.id].accepted for edge in item.waits_for)
    )


def lived(plan: Plan, log: Sequence[Happened], calendar: Calendar, start: date) -> Course:
    """What became of a project that began on a day. `missing` and `disordered` must have found nothing."""
    rows = {one.item: one for one in log}
    chain = _chain(plan, rows)
    began, ended = start, rows[chain[-1].id].decided
    days, ready = list[Lived](), start
    for item in chain:
        days += _days(item, rows[item.id], calendar, ready)
        ready = rows[item.id].decided
    visits: dict[date, list[str]] = {}
    for one in log:
        if one.visit is not None:
            visits.setdefault(one.visit, []).append(one.item)
    return Course(
        dates(plan, calendar, start), began, ended, plan.critical_days, calendar.working_days(start + _ONE_DAY, ended),
        tuple(days), tuple(item.id for item in plan.items if _late(item, rows[item.id], calendar)),
        tuple(one.item for one in log if one.entered is not None and one.entered > one.decided),
        {day: tuple(items) for day, items in sorted(visits.items())},
    )  # fmt: skip


def _chain(plan: Plan, rows: Mapping[str, Happened]) -> list[Planned]:
    """The items on which the end really hung: the last decided, before it what it waited for longest, and so on.

    Of those that were decided on one day the one that could least wait.
    """
    items = {item.id: item for item in plan.items}

    def last(name: str) -> tuple[date, int, int, str]:
        return (rows[name].decided, -items[name].slack, items[name].starts, name)

    at: str | None = max(items, key=last)
    found: list[Planned] = []
    while at is not None:
        found.insert(0, items[at])
        at = max((edge.id for edge in items[at].waits_for), key=last, default=None)
    return found


def _days(item: Planned, row: Happened, calendar: Calendar, ready: date) -> Iterator[Lived]:
    """Each day from the one after everything was ready to the decision, each application explained from its own."""
    *earlier, last = _rounds(row)
    for one in earlier:
        yield from _days_of_round(item, one, row, calendar, ready, What.UNGRANTED)
        ready = max(ready, one.ended)
    yield from _days_of_round(item, last, row, calendar, ready, What.COUNTED)


def _days_of_round(
    item: Planned, one: Round, row: Happened, calendar: Calendar, ready: date, ran: What
) -> Iterator[Lived]:
    """The days of an application after `ready`; `ran` is what those are on which its clock ran in time."""
    counted, day = 0, ready
    while day < one.ended:
        day += _ONE_DAY
        if not calendar.kind(day).works:
            yield Lived(day, item.id, What.OFF, calendar.name(day) or "")
        elif one.asked is not None and day <= one.asked:
            yield Lived(day, item.id, What.APPLICANT)
        elif one.accepted is None or day <= one.accepted:
            yield Lived(day, item.id, What.IDLE)
        elif (why := row.stands_still(day)) is not None:
            yield Lived(day, item.id, What.STOPPED, why)
        else:
            counted += 1
            yield Lived(day, item.id, ran if counted <= item.days else What.LATE)


def _late(item: Planned, row: Happened, calendar: Calendar) -> bool:
    """Whether any application for an item took more working days than were promised, those without its stop."""
    return any(_ran(one, row, calendar) > item.days for one in _rounds(row))


def _ran(one: Round, row: Happened, calendar: Calendar) -> int:
    """The working days from the acceptance of an application to its end on which its clock ran."""
    first = one.accepted or one.ended
    days = (first + _ONE_DAY * number for number in range(1, (one.ended - first).days + 1))
    return sum(calendar.kind(day).works and row.stands_still(day) is None for day in days)


def _rounds(row: Happened) -> tuple[Round, ...]:
    return (*row.earlier, Round(row.asked, row.accepted, row.decided))


def last_day(calendar: Calendar, since: date, days: int) -> date:
    """The last of so many working days after a day."""
    return due(calendar, Run(since, Limit(days, Unit.WORKING_DAYS))).day
