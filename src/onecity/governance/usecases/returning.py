"""What came back: the case that was closed at the same place before, for whoever deals with the next one."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from onecity.governance.ground import box_around
from onecity.governance.recurrence import returns
from onecity.governance.store import ProblemRow, filed_near
from onecity.governance.usecases import Street
from onecity.governance.usecases.appraising import ended

_MOST: Final = 500
"""Cases around a place that are compared."""
_MOST_CELLS: Final = 30
_A_DAY: Final = timedelta(days=1)


class Earlier(msgspec.Struct, frozen=True):
    """The closed case that a later one is the return of, when it was closed, and how far apart the two lie."""

    row: ProblemRow
    closed: datetime
    metres: int


async def came_back(row: ProblemRow, *, street: Street) -> Earlier | None:
    """The case that came back in this one, by the rule by which the appraisal counts; None if it is no return.

    Of several it is the one that was closed last. What nobody has filed yet has no place, and is none.
    """
    if row.longitude is None or row.latitude is None or row.stage == "joined":
        return None
    again = street.rules.again
    box = box_around((row.longitude, row.latitude), again.metres)
    cells = street.ground.cells.within(*box, most=_MOST_CELLS)
    # A day more than the rule: its last day ends with the night.
    since = row.reported - timedelta(days=again.days) - _A_DAY
    async with street.office.ledger.readers.acquire() as connection:
        near = await filed_near(connection, cells, row.part, closed=since, until=row.reported, limit=_MOST)
    others = {str(one.case): one for one in near if one.case != row.case}
    cases = [ended(one, street) for one in (*others.values(), row)]
    found = [one for one in returns(cases, again=again, zone=street.office.zone) if one.later == str(row.case)]
    if not found:
        return None
    last = found[-1]
    earlier = others[last.earlier]
    assert earlier.closed is not None, "only what was closed comes back"
    return Earlier(earlier, earlier.closed, round(last.metres))
