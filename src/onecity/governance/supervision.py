"""Which cases of the street call for a supervision order, as far as the facts say so."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Protocol

from onecity.governance.lateness import is_late

REFUSED: Final = "refused"
OVERDUE: Final = "overdue"
UNSOLVED: Final = "unsolved"
COMPUTED: Final = (REFUSED, OVERDUE, UNSOLVED)
"""The triggers that follow from facts. That something was badly handled with harm, or another reason, a person says.

Source: 潍坊市政务服务热线条例 article 26.
"""
_NOBODYS: Final = ("dispatch", "dispute")
"""Stages in which no unit has the case."""


class Course(Protocol):
    """What of a case of the street a trigger follows from."""

    @property
    def stage(self) -> str: ...
    @property
    def result(self) -> str | None: ...
    @property
    def due(self) -> date | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def returned(self) -> int: ...
    @property
    def reworked(self) -> int: ...
    @property
    def reopened(self) -> datetime | None: ...


def triggers(course: Course, *, now: datetime, today: date) -> Sequence[str]:
    """The triggers that a case shows at an instant, in the order of the rule; none once it has ended.

    It is refused while nobody has it after a unit sent it back, overdue while it is late, and unsolved once
    somebody found that what was called done was not.
    """
    if course.result is not None:
        return ()
    late = is_late(
        course.stage, stopped=course.stopped, due=course.due, due_at=course.due_at, now=now, today=today
    )  # fmt: skip
    shown = {
        REFUSED: course.returned > 0 and course.stage in _NOBODYS,
        OVERDUE: late,
        UNSOLVED: course.reworked > 0 or course.reopened is not None,
    }
    return tuple(name for name in COMPUTED if shown[name])
