"""What became of one case, as the appraisal reads it, and what can be known of it at an instant."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one case, folded from its facts up to the instant of the appraisal.

    A time that is None has not come, or nobody wrote it down. Which of the two is known from what came later: a closed
    case was handled, and if nobody wrote down when, the shares in time say so. A `due` of None: no limit was given.

    `reports` are those that were merged into the case, the first included; `valid` says whether they told of something
    real, `filed` whether the case was filed, `filed_rightly` what a check of the filing found, `dispatched_rightly`
    whether the first unit had to take it: None means that nobody has said yet. `confirmed` is the look before filing
    (核实), `verified` the one before closing (核查). `closed` is true of a closed case even without a time. It is
    suspended (缓办) from `suspended_at` to `suspended_until`, its day of review, or without an end. `extended`,
    `reworked` and `reopened` say whether that ever happened.
    """

    id: str
    channel: str
    reported_at: datetime | None
    reports: int = 1
    valid: bool | None = None
    confirmed_at: datetime | None = None
    confirm_due: datetime | None = None
    filed: bool | None = None
    filed_at: datetime | None = None
    filing_due: datetime | None = None
    filed_rightly: bool | None = None
    dispatched_at: datetime | None = None
    dispatched_rightly: bool | None = None
    handled_at: datetime | None = None
    handle_due: datetime | None = None
    verified_at: datetime | None = None
    verify_due: datetime | None = None
    closed: bool = False
    closed_at: datetime | None = None
    close_due: datetime | None = None
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    extended: bool = False
    reworked: bool = False
    reopened: bool = False

    @property
    def was_closed(self) -> bool:
        return self.closed or self.closed_at is not None

    @property
    def was_verified(self) -> bool:
        return self.verified_at is not None or self.was_closed

    @property
    def was_handled(self) -> bool:
        return self.handled_at is not None or self.was_verified

    @property
    def was_dispatched(self) -> bool:
        return self.dispatched_at is not None or self.was_handled

    def is_suspended(self, at: datetime) -> bool:
        """Whether it rests at an instant; on its day of review it does not any more."""
        until = self.suspended_until
        return self.suspended_at is not None and (until is None or at < until)


_TOLD_WITH: Final[Mapping[str, Mapping[str, bool | None]]] = {
    "confirmed_at": {},
    "filed_at": {"filed": None, "filed_rightly": None},
    "dispatched_at": {"dispatched_rightly": None},
    "handled_at": {},
    "verified_at": {},
    "closed_at": {"closed": False},
    "suspended_at": {},
}
"""The times of a course, and what is known no earlier than each."""


def known(courses: Iterable[Course], at: datetime) -> Sequence[Course]:
    """Courses as they were known at an instant: what came later had not come."""
    return [_known(course, at) for course in courses if course.reported_at is None or course.reported_at <= at]


def _known(course: Course, at: datetime) -> Course:
    unknown: dict[str, bool | None] = {}
    for name, told in _TOLD_WITH.items():
        time: datetime | None = getattr(course, name)
        if time is not None and time > at:
            unknown |= {name: None, **told}
    return msgspec.structs.replace(course, **unknown) if unknown else course
