"""Which cases call for a supervision order."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from onecity.governance.supervision import OVERDUE, REFUSED, UNSOLVED, triggers

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TODAY = date(2026, 11, 26)


class Course(msgspec.Struct, frozen=True):
    """A case as far as triggers look at it."""

    stage: str = "handle"
    result: str | None = None
    due: date | None = None
    due_at: datetime | None = None
    stopped: bool = False
    returned: int = 0
    reworked: int = 0
    reopened: datetime | None = None


@pytest.mark.parametrize(
    ("course", "shown"),
    [
        (Course(), ()),
        (Course(due=TODAY), ()),
        (Course(due=TODAY - timedelta(days=1)), (OVERDUE,)),
        (Course(due=TODAY, due_at=NOW), ()),
        (Course(due=TODAY, due_at=NOW - timedelta(seconds=1)), (OVERDUE,)),
        (Course(due=TODAY - timedelta(days=1), stopped=True), ()),
        (Course(stage="verify", due_at=NOW - timedelta(days=1), reworked=1), (UNSOLVED,)),
        (Course(stage="close", due=TODAY - timedelta(days=1)), ()),
        (Course(stage="dispatch", returned=1), (REFUSED,)),
        (Course(stage="handle", returned=1), ()),
        (Course(reworked=1), (UNSOLVED,)),
        (Course(reopened=NOW), (UNSOLVED,)),
        (Course(stage="dispute", returned=1, reworked=2, due=date(2026, 1, 1)), (REFUSED, OVERDUE, UNSOLVED)),
        (Course(stage="dispute", result="closed", returned=1, reworked=2, due=date(2026, 1, 1)), ()),
    ],
)
def test_triggers_follow_from_facts(course: Course, shown: tuple[str, ...]) -> None:
    assert tuple(triggers(course, now=NOW, today=TODAY)) == shown
