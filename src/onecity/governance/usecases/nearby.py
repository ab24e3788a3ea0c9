"""What is open already around a report: whoever is about to report sees it first, an officer before they accept."""

from asyncio import gather
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID, uuid5

import msgspec

from onecity.casework import Case, Moved, Terms, change, chosen_by_person
from onecity.casework import Why as CaseWhy
from onecity.governance.duplicates import MEASURES, Kinship, Seen, kinship, likeness, overlap
from onecity.governance.facts import Alike, Point, Source
from onecity.governance.ground import box_around, metres
from onecity.governance.model import Report
from onecity.governance.rules import Tell
from onecity.governance.steps import INTAKE, JOIN
from onecity.governance.store import ProblemRow, open_in, open_in_street
from onecity.governance.usecases import Street, Told
from onecity.governance.usecases.joining import followed_from, line_of
from onecity.governance.usecases.looking import first_report, understood
from onecity.governance.usecases.reporting import load_report, place_of, tell
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.people import ReadLog

MOST_SHOWN: Final = 3
MOST_FOR_OFFICERS: Final = 10
_NEAR: Final = 30
"""Open cases around a place that are compared."""
_UNTOLD_M: Final = 50.0
"""Error of a point whose device told none. Units: metres."""
_SURE: Final = 0.3
"""The least chance of a guessed matter that is looked for: a wrong card costs a glance, a missed one a second case."""
_FRESH: Final = timedelta(days=14)
"""In a whole street or cell, what was reported longer ago is hardly what somebody sees now."""
_SAID_ALIKE: Final = 0.3
"""The least share of pairs of characters in both texts by which a street alone is enough, where no kind is known."""
_HOUR: Final = timedelta(hours=1)
_ASIDE_M: Final = 100.0
"""A side of a cell of 10,000 m²: whoever stands at an edge sees what lies in the next one."""
_MOST_CELLS: Final = 30


class Like(msgspec.Struct, frozen=True):
    """An open case that a report may repeat. `metres` are unknown where somebody named a street, or where the place of
    the case is known no better than to a whole community. `hours` are whole ones, and `later` says that the case came
    after the report.
    """

    row: ProblemRow
    metres: int | None
    hours: int
    later: bool = False


class Sought(msgspec.Struct, frozen=True):
    """A report that may repeat another: its words, the kinds that it may be of, where, and when.

    `area` is its street. `case` is its own, which it does not repeat. Whoever wants `anything` sees what is open around
    whether it is alike or not: an officer, who decides.
    """

    words: str
    matters: tuple[str, ...]
    point: Point | None
    area: str
    at: datetime
    case: UUID | None = None
    anything: bool = False


Showing: TypeAlias = Callable[[ProblemRow, Street], Awaitable[Seen | None]]
"""How an open case is shown to whoever asks; None if nobody knows its place."""
Seeing: TypeAlias = Callable[[str], Acting | None]
"""Whoever asks, in a duty that reaches an area, by its code; None if they hold none."""


async def alike(command: Tell, *, street: Street, now: datetime) -> Sequence[Like]:
    """What is open that a report may repeat, for whoever brings it: the likeliest first, and never many."""
    return (await _every_like(command, street=street, now=now))[:MOST_SHOWN]


async def _every_like(command: Tell, *, street: Street, now: datetime) -> Sequence[Like]:
    """All of them: in a crowd that reports one thing, what somebody was shown is not among the first any more."""
    placed = place_of(command, street, now=now)
    if isinstance(placed, Refused):
        return ()
    matters = await _matters(command.matter, command.words, street)
    sought = Sought(command.words, matters, command.point, placed.area, now)
    return await _open_like(sought, _in_its_cell, street=street)


async def alike_told(
    report: Report, case: UUID, *, reported: datetime, street: Street, sees: Seeing, reads: ReadLog, now: datetime
) -> Sequence[Like]:
    """The same for the officer who accepts a report: where they `see` an area, they see how far apart two reporters
    stood, and each look at whom a case is about is recorded; beyond it a case is shown as everybody sees it. A person
    decides, so all that is open around is there, the likeliest first; nothing joins itself.
    """
    looks: dict[UUID, tuple[Report, Acting]] = {}

    async def showing(row: ProblemRow, street: Street) -> Seen | None:
        by = sees(row.area)
        if by is None:
            return await _in_its_cell(row, street)
        first = await first_report(row, street)
        if first is not None:
            looks[row.case] = (first, by)
        return _where_it_was_told(row, first)

    told, words = report.told, report.told.words or ""
    matters = await _matters(told.matter, words, street)
    sought = Sought(words, matters, told.point, told.area, reported, case, anything=True)
    found = (await _open_like(sought, showing, street=street))[:MOST_FOR_OFFICERS]
    shown = [looks[like.row.case] for like in found if like.metres is not None and like.row.case in looks]
    await gather(*(reads.note(first.told.subject, "case", about=first.id, by=by, now=now) for first, by in shown))
    return found


async def _matters(chosen: str, words: str, street: Street) -> tuple[str, ...]:
    """What it is about: as somebody chose, else as the words are read, if that is anything like sure.

    What nobody sorted may repeat what nobody sorted: then the last is the matter of all that is unclear.
    """
    if chosen and chosen != street.rules.unclear:
        return (chosen,)
    found = await understood(words, street=street)
    guessed = (one.label for one in found.ranked if one.probability >= _SURE) if found else ()
    return tuple(dict.fromkeys((*guessed, street.rules.unclear)))


async def _open_like(sought: Sought, showing: Showing, *, street: Street) -> Sequence[Like]:
    """Open cases that a report may repeat, the likeliest first: around its point, or in its street, of its kind."""
    if sought.point is not None:
        return await _around(sought.point, sought, showing, street=street)
    async with street.office.ledger.readers.acquire() as connection:
        rows = await open_in_street(connection, sought.area, since=sought.at - _FRESH, limit=_NEAR)
    kin = _of_kind(rows, sought, street=street)
    if not sought.anything and street.rules.unclear not in sought.matters:
        return kin
    known = {sought.case, *(one.row.case for one in kin)}
    others = [(await _said_alike(row, sought, street), row) for row in rows if row.case not in known]
    least = 0.0 if sought.anything else _SAID_ALIKE
    return [*kin, *(_like(row, sought) for share, row in sorted(others, key=_first) if share >= least)]


async def _around(point: Point, sought: Sought, showing: Showing, *, street: Street) -> Sequence[Like]:
    """Cases in the cell of a point and in those beside it, compared as whoever asks may see them."""
    at = (point.longitude, point.latitude)
    cells = street.ground.cells.within(*box_around(at, _ASIDE_M), most=_MOST_CELLS)
    async with street.office.ledger.readers.acquire() as connection:
        rows = await open_in(connection, cells, limit=_NEAR)
    within = _UNTOLD_M if point.within is None else point.within
    own = street.ground.cells.at(*at) if within <= MEASURES.elsewhere_m else None
    mine = [Seen("", at, within, sought.at, matter, sought.words) for matter in sought.matters]
    asked = {
        row.case
        for row in rows
        if sought.anything or (own is not None and row.cell == own.code and _worth_asking(row, sought, street))
    }
    found: list[tuple[float, Like]] = []
    wide: list[ProblemRow] = []
    for row in rows:
        other = await showing(row, street) if row.case != sought.case else None
        if other is None or other.accuracy_m > MEASURES.elsewhere_m:
            wide.append(row)
            continue
        best = max((likeness(one, other, catalogue=street.catalogue) for one in mine), key=lambda one: one.score)
        if row.case in asked or best.score >= MEASURES.threshold:
            found.append((best.score, _like(row, sought, round(best.metres))))
    near, kin = [like for _, like in sorted(found, key=_first)], _of_kind(wide, sought, street=street)
    asked -= {sought.case, *(one.row.case for one in kin)}
    return [*near, *kin, *(_like(row, sought) for row in wide if row.case in asked)]


def _worth_asking(row: ProblemRow, sought: Sought, street: Street) -> bool:
    """Whether a fresh case in one's own cell is asked about however little else is alike: nobody said what the report
    is about, or people call one thing by several names of its class, as they do with covers.
    """
    if row.reported < sought.at - _FRESH:
        return False
    unsaid = street.rules.unclear in sought.matters
    return unsaid or any(kinship(one, row.matter, street.catalogue) is not Kinship.NONE for one in sought.matters)


async def _said_alike(row: ProblemRow, sought: Sought, street: Street) -> float:
    """The share of what both say, from 0 to 1."""
    report = await first_report(row, street)
    return overlap(sought.words, (report.told.words if report else None) or "")


def _like(row: ProblemRow, sought: Sought, apart: int | None = None) -> Like:
    return Like(row, apart, int(abs(sought.at - row.reported) / _HOUR), later=row.reported > sought.at)


def _first(one: tuple[float, object]) -> float:
    return -one[0]


def _where_it_was_told(row: ProblemRow, report: Report | None) -> Seen | None:
    """A case where its first reporter stood: for officers of its area alone."""
    point = report.told.point if report else None
    if report is None or point is None:
        return None
    within = _UNTOLD_M if point.within is None else point.within
    at = (point.longitude, point.latitude)
    return Seen(row.number, at, within, row.reported, row.matter, report.told.words or "")


async def _in_its_cell(row: ProblemRow, street: Street) -> Seen | None:
    """A case as everybody may see it, somewhere in its cell; None if it has none. As it is compared in the middle,
    neither a distance, nor the order, nor whether it is shown at all says where in it another reporter stood.

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


def _of_kind(rows: Sequence[ProblemRow], sought: Sought, *, street: Street) -> Sequence[Like]:
    """Those that are fresh and of the kind, where no place is known that would say more."""
    near, kinds = (Kinship.MATTER, Kinship.PART), [one for one in sought.matters if one != street.rules.unclear]
    fresh = [row for row in rows if row.reported >= sought.at - _FRESH and row.case != sought.case]
    kin = [row for row in fresh if any(kinship(one, row.matter, street.catalogue) in near for one in kinds)]
    return [_like(row, sought) for row in kin]


async def tell_same(
    command: Tell, number: str, *, source: Source, street: Street, key: UUID, by: Acting, now: datetime
) -> Told | Refused:
    """Take a report of which whoever brings it says that it is an open one that they were shown: it follows that case.

    It has a case of its own all the same, which ends at once, so that an officer can part the two again.
    """
    found = next((one for one in await _every_like(command, street=street, now=now) if one.row.number == number), None)
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
    joined = await _follow(report, found, street=street, key=uuid5(key, "same"), by=by, now=now)
    # What ended in the same moment is like what ended before.
    return joined if isinstance(joined, Refused) and joined.reason != CaseWhy.ENDED else told


async def _follow(
    report: Report, like: Like, *, street: Street, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    whose = msgspec.structs.replace(by, on_behalf_of=PersonId(report.told.subject))

    def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        return chosen_by_person(case, INTAKE, JOIN, terms=terms, by=whose, now=now)

    follow = followed_from(report.id, CaseId(like.row.case), Alike(like.metres, like.hours), street=street)
    own = CaseId(report.case)
    async with line_of(like.row.case):
        return await change(own, rule, office=street.office, key=key, by=by, now=now, also=(follow,))
