"""The shares of an appraisal: which cases count in each, which count well, and which do not count yet."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from onecity.governance.appraisal.course import Course, known
from onecity.governance.recurrence import Recurrence


class Out(StrEnum):
    """Why a share leaves a case out, in the order in which it is told."""

    NOT_FILED = "not_filed"
    UNDECIDED = "undecided"
    UNJUDGED = "unjudged"
    PENDING = "pending"
    SUSPENDED = "suspended"
    NO_TIME = "no_time"
    NO_DUE = "no_due"
    NOT_ASKED = "not_asked"
    UNLOCATED = "unlocated"


Verdict: TypeAlias = bool | Out
"""Whether a case counts as done well or not, or why it does not count."""


class Share(msgspec.Struct, frozen=True):
    """A part of a whole, and how many are in neither, by the reason: together they are all that was asked about."""

    numerator: int
    denominator: int
    excluded: Mapping[Out, int] = msgspec.field(default_factory=dict)

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.numerator / self.denominator if self.denominator else None

    def __str__(self) -> str:
        """Both numbers beside the percentage: three of four is less than 75 %.

        >>> str(Share(3, 4)), str(Share(0, 0))
        ('75.0 % (3/4)', '– (0/0)')
        """
        told = "–" if self.value is None else f"{100 * self.value:.1f} %"
        return f"{told} ({self.numerator}/{self.denominator})"


class Appraisal(msgspec.Struct, frozen=True, kw_only=True):
    """All shares at an instant. Closed, suspended and recurred belong side by side: each shows what others can hide."""

    valid: Share
    filed_rightly: Share
    filed_in_time: Share
    dispatched_rightly: Share
    handled: Share
    handled_in_time: Share
    confirmed_in_time: Share
    verified_in_time: Share
    closed: Share
    closed_in_time: Share
    suspended: Share
    recurred: Share
    reworked: Share
    extended: Share
    reopened: Share


def appraise(courses: Iterable[Course], *, at: datetime, recurrence: Recurrence) -> Appraisal:
    """The shares at an instant; times after it have not come. Exactly at the due instant is in time.

    What has a limit counts as soon as it was done, or when its limit has passed; before that it is pending. A case that
    is suspended does not count until it is done.
    """
    told = known(courses, at)

    def of_filed(verdict: Callable[[Course, datetime], Verdict]) -> Share:
        return share_of((_unfiled(course) or verdict(course, at), 1) for course in told)

    return Appraisal(
        valid=share_of((Out.UNDECIDED if course.valid is None else course.valid, course.reports) for course in told),
        filed_rightly=of_filed(_filed_rightly),
        filed_in_time=of_filed(_filed_in_time),
        dispatched_rightly=of_filed(_dispatched_rightly),
        handled=of_filed(_handled),
        handled_in_time=of_filed(_handled_in_time),
        confirmed_in_time=share_of((_confirmed_in_time(course, at), 1) for course in told),
        verified_in_time=of_filed(_verified_in_time),
        closed=of_filed(_closed),
        closed_in_time=of_filed(closed_in_time),
        suspended=of_filed(_suspended),
        recurred=recurred(recurrence),
        reworked=of_filed(_reworked),
        extended=of_filed(_extended),
        reopened=of_filed(_reopened),
    )


def share_of(verdicts: Iterable[tuple[Verdict, int]]) -> Share:
    """The share that verdicts make, each with the number of reports or cases that it is about."""
    counts: Counter[Verdict] = Counter()
    for verdict, number in verdicts:
        counts[verdict] += number
    excluded = {reason: counts[reason] for reason in Out if counts[reason]}
    return Share(counts[True], counts[True] + counts[False], excluded)


def recurred(rate: Recurrence) -> Share:
    """Recurrence as a share beside the others."""
    excluded = {Out.PENDING: rate.pending, Out.UNLOCATED: rate.unlocated}
    return Share(rate.came_back, rate.counted, {reason: number for reason, number in excluded.items() if number})


def _unfiled(course: Course) -> Out | None:
    """Why a case is none of those that were filed."""
    if course.filed is None:
        return Out.UNDECIDED
    return None if course.filed else Out.NOT_FILED


def _done(course: Course, at: datetime, *, done: bool, due: datetime | None) -> Verdict:
    """Whether something was done that has to be, if its time has come."""
    if done:
        return True
    if course.is_suspended(at):
        return Out.SUSPENDED
    if due is None:
        return Out.NO_DUE
    return Out.PENDING if at <= due else False


def _in_time(course: Course, at: datetime, *, done: bool, when: datetime | None, due: datetime | None) -> Verdict:
    """Whether something was done in time, if its time has come."""
    if not done:
        return _done(course, at, done=done, due=due)
    if when is None:
        return Out.NO_TIME
    return Out.NO_DUE if due is None else when <= due


def _filed_rightly(course: Course, _at: datetime) -> Verdict:
    """Of the filed cases those whose filing was checked."""
    return Out.UNJUDGED if course.filed_rightly is None else course.filed_rightly


def _filed_in_time(course: Course, at: datetime) -> Verdict:
    """Of the filed cases all: whether they were filed late is known from when they were."""
    return _in_time(course, at, done=True, when=course.filed_at, due=course.filing_due)


def _dispatched_rightly(course: Course, _at: datetime) -> Verdict:
    """Of the filed cases those that a unit got: whether the first one had to take it."""
    if course.dispatched_rightly is not None:
        return course.dispatched_rightly
    return Out.UNJUDGED if course.was_dispatched else Out.PENDING


def _handled(course: Course, at: datetime) -> Verdict:
    """Of the filed cases those that a unit got."""
    return _done(course, at, done=course.was_handled, due=course.handle_due) if course.was_dispatched else Out.PENDING


def _handled_in_time(course: Course, at: datetime) -> Verdict:
    """Of the same cases; to count, one that was handled must have a time and a limit."""
    if not course.was_dispatched:
        return Out.PENDING
    return _in_time(course, at, done=course.was_handled, when=course.handled_at, due=course.handle_due)


def _confirmed_in_time(course: Course, at: datetime) -> Verdict:
    """Of the reports those at which somebody had to look before filing; what was decided was looked at."""
    if course.confirm_due is None and course.confirmed_at is None:
        return Out.NOT_ASKED
    done = course.confirmed_at is not None or course.filed is not None
    return _in_time(course, at, done=done, when=course.confirmed_at, due=course.confirm_due)


def _verified_in_time(course: Course, at: datetime) -> Verdict:
    """Of the filed cases those that were handled: somebody else has to look before closing."""
    if not course.was_handled:
        return Out.PENDING
    return _in_time(course, at, done=course.was_verified, when=course.verified_at, due=course.verify_due)


def _closed(course: Course, at: datetime) -> Verdict:
    """Of the filed cases all but those that are suspended."""
    return _done(course, at, done=course.was_closed, due=course.close_due)


def closed_in_time(course: Course, at: datetime) -> Verdict:
    """Whether a filed case was closed in time; to count, one that was closed must have a time and a limit."""
    return _in_time(course, at, done=course.was_closed, when=course.closed_at, due=course.close_due)


def _suspended(course: Course, at: datetime) -> Verdict:
    """What the share of closed cases leaves out: the whole is what that one counts, and the suspended ones."""
    verdict = _closed(course, at)
    if verdict is Out.SUSPENDED:
        return True
    return verdict if isinstance(verdict, Out) else False


def _reworked(course: Course, _at: datetime) -> Verdict:
    """Of the filed cases those that somebody verified, closed or not: nobody gains by leaving one open."""
    return course.reworked if course.was_verified or course.reworked else Out.PENDING


def _extended(course: Course, _at: datetime) -> Verdict:
    """Of the filed cases those that a unit got."""
    return course.extended if course.was_dispatched or course.extended else Out.PENDING


def _reopened(course: Course, _at: datetime) -> Verdict:
    """Of the filed cases those that were closed at least once."""
    return course.reopened if course.was_closed or course.reopened else Out.PENDING
