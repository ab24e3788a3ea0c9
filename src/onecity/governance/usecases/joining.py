"""Two reports of one thing: the case of one is joined to that of the other, and parted again if that was wrong."""

from asyncio import Lock, gather
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

from onecity.casework import Follow, Happening, Move, Moved, advance, change, load
from onecity.casework import Why as CaseWhy
from onecity.governance.facts import Alike, Followed, Joined, Parted
from onecity.governance.model import Report
from onecity.governance.rules import Why
from onecity.governance.steps import INTAKE, JOIN
from onecity.governance.store import reports_of_case
from onecity.governance.usecases import Street, is_street
from onecity.governance.usecases.reporting import load_report, opened_for
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId, PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision
from onecity.notices import letter_to

_LINES: Final[WeakValueDictionary[UUID, Lock]] = WeakValueDictionary()
_UNCOMPARED: Final = Alike(None, None)
"""Whoever joins two cases looked at what opened them, not at each report that follows."""


async def join(
    report: UUID, case: CaseId, alike: Alike, *, street: Street, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Let a report follow a case that is open already; its own case ends, and whoever reported is told.

    `alike` is what the officer saw of both.
    """
    found = await load_report(report, street=street)
    if found is None:
        return Refused(Why.NOT_FOUND)
    if found.case == case:
        return Refused(Why.SAME_CASE)
    async with line_of(case):
        return await change(
            CaseId(found.case), lambda own, terms: advance(own, Move(INTAKE, JOIN), terms=terms, by=by, now=now),
            office=street.office, key=key, by=by, now=now, also=(followed_from(report, case, alike, street=street),),
        )  # fmt: skip


def line_of(case: UUID) -> Lock:
    """Where those wait who join the same case at once: each writes into its history, and a crowd that reports one
    flood would be decided again more often than the ledger has patience for.
    """
    return _LINES.setdefault(case, Lock())


def followed_from(report: UUID, case: CaseId, alike: Alike, *, street: Street) -> Follow:
    """What else happens while the case that a report opened ends because it is joined to another: the report follows
    that one, and so does every report that had followed the first.

    The other case is looked at in the same decision and written to, so that its end and a joining cannot miss each
    other, nor two joinings that cross.
    """

    async def follow(happening: Happening) -> Sequence[Change] | Refused:
        own, other = happening.case, await load(case, office=street.office)
        if other is None or not is_street(other.opened):
            return Refused(Why.NOT_FOUND)
        # A report that follows somebody else's case cannot take that one with it.
        if other.result is not None or own.opened.affair != report:
            return Refused(CaseWhy.ENDED)
        moving = await _following(own.id, street)
        joined = [
            Change(one.id, one.version, (Joined(case, alike if one.id == report else _UNCOMPARED),)) for one in moving
        ]
        return (*joined, Change(other.id, other.version, (Followed(tuple(one.id for one in moving)),)))

    return follow


async def _following(case: UUID, street: Street) -> Sequence[Report]:
    """The reports that follow a case, each as its history says."""
    async with street.office.ledger.readers.acquire() as connection:
        rows = await reports_of_case(connection, case)
    found = await gather(*(load_report(row.report, street=street) for row in rows))
    return [one for one in found if one is not None and one.case == case]


async def part(report: UUID, *, street: Street, key: UUID, by: Acting, now: datetime) -> Moved | Refused:
    """Undo a joining: the report has a case of its own again, which begins anew; its day of answer stays."""
    case = derived_id(key, now=now, what="case")

    async def decide() -> Decision | Refused:
        found = await load_report(report, street=street)
        if found is None or found.case in found.cases:
            return Refused(Why.NOT_FOUND)
        followed = await load(CaseId(found.case), office=street.office)
        if followed is None or by.scope is None or not by.scope.covers(street.rules.centre, followed.opened.area):
            return Refused(CaseWhy.NOT_YOUR_DUTY)
        told = found.told
        parted = Parted(case, told.number, told.source, told.matter, told.area, told.cell, told.answer_by)
        letter = letter_to(
            PersonId(told.subject), "governance.parted", about=found.id, sender=street.rules.centre,
            facts={"matter": told.matter, "case": str(case)}, words=None,
            law=street.rules.because.citation, key=key, now=now,
        )  # fmt: skip
        opened = opened_for(told, found.id, street, now=now)
        changes = (Change(found.id, found.version, (parted,)), Change(case, 0, (opened,)), letter)
        return Decision(changes, Moved(case, 1, None))

    return await street.office.ledger.record(key, decide, Moved, by=by, now=now)
