"""That a case is late, in SQL: what `lateness.is_late` says of a row."""

from onecity.governance.lateness import MENDED

_MENDED = ", ".join(f"'{stage}'" for stage in MENDED)


def late(*, now: str, today: str) -> str:
    """A condition on a problem `p` and its case `c`; `now` and `today` are the places of the instant and the day."""
    return (
        f"coalesce(not c.stopped and p.stage not in ({_MENDED})"
        f" and (c.due_at < {now} or c.due_at is null and c.due < {today}), false)"
    )
