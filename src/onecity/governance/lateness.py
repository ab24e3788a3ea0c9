"""When a case of the street is late: only while the clock of the unit runs and the work is the unit's."""

from datetime import date, datetime
from typing import Final

MENDED: Final = ("verify", "close", "closed")
"""Stages in which the unit has done its work: what waits to be looked at is not late any more."""


def runs(stage: str, *, stopped: bool) -> bool:
    """Whether the clock of the unit runs.

    >>> runs("handle", stopped=False), runs("handle", stopped=True), runs("verify", stopped=False)
    (True, False, False)
    """
    return not stopped and stage not in MENDED


def is_late(
    stage: str, *, stopped: bool, due: date | None, due_at: datetime | None, now: datetime, today: date
) -> bool:  # fmt: skip
    """Whether an open case is late: after its latest instant, or, if it has none, after its latest day.

    `store.late` says the same in SQL.
    """
    if not runs(stage, stopped=stopped):
        return False
    return due_at < now if due_at is not None else due is not None and due < today
