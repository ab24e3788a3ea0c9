"""Returns, slow and obvious: every case is held against every other one."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from onecity.governance import Again, Ended
from onecity.governance.ground import metres


def first_returns(cases: Sequence[Ended], again: Again, zone: ZoneInfo) -> dict[str, str]:
    """For each closed case that came back the id of its first return."""
    found: dict[str, str] = {}
    for case in cases:
        later = [other for other in cases if comes_back(case, other, again, zone)]
        if later:
            found[case.id] = min(later, key=lambda other: (other.opened, other.id)).id
    return found


def comes_back(case: Ended, other: Ended, again: Again, zone: ZoneInfo) -> bool:
    """Whether one case is a return of another."""
    if case.closed is None or case.point is None or other.point is None:
        return False
    if (case.opened, case.id) >= (other.opened, other.id):
        return False
    closed, opened = (instant.astimezone(zone).date() for instant in (case.closed, other.opened))
    if other.opened < case.closed or opened > closed + timedelta(days=again.days):
        return False
    if case.part is not None and other.part is not None:
        return case.part == other.part
    return other.matter == case.matter and metres(case.point, other.point) <= again.metres
