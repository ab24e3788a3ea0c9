"""What is open already where somebody is about to report: they see it first, and may say that theirs is the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec

from onecity.casework import Case, Moved, Terms, change, chosen_by_person, load
from onecity.governance.duplicates import MEASURES, Kinship, Seen, kinship, likeness
from onecity.governance.facts import Alike, Joined, Point, Source
from onecity.governance.ground import metres
from onecity.governance.rules import Tell, Why
from onecity.governance.steps import INTAKE, JOIN
from onecity.governance.store import ProblemRow, open_in, open_in_street
from onecity.governance.usecases import Street, Told
from onecity.governance.usecases.looking import NEAR, UNTOLD_M, first_report, understood
from onecity.governance.usecases.parts import box_around
from onecity.governance.usecases.reporting import Placed, load_report, place_of, tell
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Fact

MOST_SHOWN: Final = 3
_SURE: Final = 0.3
"""The least chance of a guessed matter that is looked for: a wrong card costs a glance, a missed one a second case."""
_FRESH: Final = timedelta(days=14)
"""In a whole street, what was reported longer ago is hardly what somebody sees now."""
_HOUR: Final = timedelta(hours=1)
_ASIDE_M: Final = 100.0
"""A side of a cell of 10,000 m²: whoever stands at an edge sees what lies in the next one."""
_MOST_CELLS: Final = 30


class Like(msgspec.Struct, frozen=True):
    """An open case that may be what somebody is about to report; `metres` lead to the middle of its grid cell, and are
    unknown where somebody named a street or the cell is a whole community.
    """

    row: ProblemRow
    metres: int | None
    hours: int


async def alike(command: Tell, *, street: Street, now: datetime) -> Sequence[Like]:
    """Open cases that a report may repeat, the likeliest first: around its point, or in its street, of its kind."""
    placed = place_of(command, street, now=now)
    if isinstance(placed, Refused):
        return ()
    matters = await _matters(command, street)
    if not matters:
        return ()
    found = await (
        _around(command.point, command, matters[0], street=street, now=now)
        if command.point is not None
        else _in_street(placed, matters, street=street, now=now)
    )
    return found[:MOST_SHOWN]


async def _matters(command: Tell, street: Street) -> Sequence[str]:
    """What it is about: as whoever reports chose, else as the words are read, if that is anything like sure."""
    if command.matter:
        return (command.matter,)
    found = await understood(command.words, street=street)
    return [one.label for one in found.ranked if one.probability >= _SURE] if found else ()


async def _around(point: Point, command: Tell, matter: str, *, street: Street, now: datetime) -> Sequence[Like]:
    """Cases in the cells around a point. Each is compared as if it lay in the middle of its cell, so that neither a
    distance, nor the order, nor whether it is shown at all says where in it another reporter stood.
    """
    at = (point.longitude, point.latitude)
    cells = street.ground.cells.within(*box_around(at, _ASIDE_M), most=_MOST_CELLS)
    async with street.office.ledger.readers.acquire() as connection:
        rows = await open_in(connection, cells, limit=NEAR)
    mine = Seen("", at, UNTOLD_M if point.within is None else point.within, now, matter, command.words)
    found: list[tuple[float, Like]] = []
    wide: list[ProblemRow] = []
    for row in rows:
        other = await _in_its_cell(row, street)
        if other is None or other.accuracy_m > MEASURES.elsewhere_m:
            wide.append(row)
            continue
        alike = likeness(mine, other, catalogue=street.catalogue)
        if alike.score >= MEASURES.threshold:
            found.append((alike.score, Like(row, round(alike.metres), round(alike.hours))))
    near = [like for _, like in sorted(found, key=lambda one: -one[0])]
    return [*near, *_of_kind(wide, (matter,), street=street, now=now)]


async def _in_its_cell(row: ProblemRow, street: Street) -> Seen | None:
    """A case as everybody may see it, somewhere in its cell; None if it has none.

    The circle through the corners holds 95 % of a scatter that is as wide as an even one over a square: its deviation
    is a side / √12 each way, which 2.448 times over is half a diagonal.
    """
    cells, code = street.ground.cells, row.cell or ""
    middle, ground = cells.middle(code), cells.outline(code)
    if middle is None or ground is None:
        return None
    west, south, _, _ = ground.bounds
    report = await first_report(row, street)
    words = (report.told.words if report else None) or ""
    return Seen(row.number, middle, metres(middle, (west, south)), row.reported, row.matter, words)


async def _in_street(placed: Placed, matters: Sequence[str], *, street: Street, now: datetime) -> Sequence[Like]:
    async with street.office.ledger.readers.acquire() as connection:
        rows = await open_in_street(connection, placed.area, since=now - _FRESH, limit=NEAR)
    return _of_kind(rows, matters, street=street, now=now)


def _of_kind(
    rows: Sequence[ProblemRow], matters: Sequence[str], *, street: Street, now: datetime
) -> Sequence[Like]:  # fmt: skip
    """Those that are fresh and of the kind, where no place is known that would say more."""
    near, fresh = (Kinship.MATTER, Kinship.PART), [row for row in rows if row.reported >= now - _FRESH]
    kin = [row for row in fresh if any(kinship(one, row.matter, street.catalogue) in near for one in matters)]
    return [Like(row, None, round((now - row.reported) / _HOUR)) for row in kin]


async def tell_same(
    command: Tell, number: str, *, source: Source, street: Street, key: UUID, by: Acting, now: datetime
) -> Told | Refused:
    """Take a report of which whoever brings it says that it is an open one that they were shown: it follows that case.

    It has a case of its own all the same, which ends at once, so that an officer can part the two again.
    """
    found = next((one for one in await alike(command, street=street, now=now) if one.row.number == number), None)
    told = await tell(command, source=source, street=street, key=key, by=by, now=now)
    if isinstance(told, Refused):
        return told
    report = await load_report(told.report, street=street)
    assert report is not None, "it was recorded just now"
    if report.case != told.case:
        return told
    if found is None:
        # What was shown has ended meanwhile, or was never shown: then this is a report like any other.
        return told
    joined = await _follow(report.id, found, street=street, key=uuid5(key, "same"), by=by, now=now)
    return joined if isinstance(joined, Refused) else told


async def _follow(report: UUID, like: Like, *, street: Street, key: UUID, by: Acting, now: datetime) -> Moved | Refused:
    found, other = await load_report(report, street=street), await load(CaseId(like.row.case), office=street.office)
    if found is None or other is None or other.result is not None:
        return Refused(Why.NOT_FOUND)
    whose = msgspec.structs.replace(by, on_behalf_of=PersonId(found.told.subject))

    def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        return chosen_by_person(case, INTAKE, JOIN, terms=terms, by=whose, now=now)

    async def follow(_happening: object) -> tuple[Change, ...]:
        return (Change(found.id, found.version, (Joined(like.row.case, Alike(like.metres, like.hours)),)),)

    return await change(CaseId(found.case), rule, office=street.office, key=key, by=by, now=now, also=(follow,))
