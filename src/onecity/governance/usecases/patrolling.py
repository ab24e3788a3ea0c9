"""Going out on the street: the nearest tasks of somebody who looks, that they looked, and what they find on the way."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import Case, Moved, Terms, WorkRow, change, drawn_for, work_list
from onecity.governance import store
from onecity.governance.facts import CheckedIn, Point, Reported, Sighting, Source
from onecity.governance.ground import Point as Degrees
from onecity.governance.lateness import runs
from onecity.governance.patrol import Task, Way, nearest
from onecity.governance.rules import MOST_PHOTOS, Found, Why
from onecity.governance.rules.patrolling import LOOKS, CheckIn, checked_in
from onecity.governance.steps import INTAKE
from onecity.governance.store import ProblemRow
from onecity.governance.usecases import Street, Told
from onecity.governance.usecases.filing import condition_of, filed_at_once
from onecity.governance.usecases.moving import Known
from onecity.governance.usecases.reporting import Placed, tell
from onecity.kernel.acting import Acting, Held
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact

_MOST: Final = 2_000
"""Waiting steps among which the nearest are looked for, those first that wait longest."""
_LAST: Final = time(23, 59)
_STREET_DIGITS: Final = 9


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody stands: as their device says, or in which street or grid cell. It orders a list, no more."""

    point: Point | None = None
    area: str = ""
    cell: str = ""


def stands(where: Where, street: Street) -> Degrees | Refused | None:
    """The point from which distances are told: where somebody stands, or the middle of the cell or street that they
    named; None if they named nothing.
    """
    ground = street.ground
    if where.point is not None:
        return where.point.longitude, where.point.latitude
    if where.cell:
        return ground.cells.middle(where.cell) or Refused(Why.NO_PLACE)
    if not where.area:
        return None
    known = len(where.area) == _STREET_DIGITS and ground.places.area(where.area) is not None
    outlines = [ground.cells.outline(one.code) for one in ground.places.inside(where.area)] if known else []
    shapes = [one for one in outlines if one is not None]
    whole = sum(one.area for one in shapes)
    if not whole:
        return Refused(Why.NO_PLACE)
    # Communities do not overlap, so the middle of a street is the mean of theirs by how large they are.
    return (
        sum(one.centroid.x * one.area for one in shapes) / whole,
        sum(one.centroid.y * one.area for one in shapes) / whole,
    )


async def nearest_tasks(
    held: Sequence[Held], person: PersonId, here: Degrees | None, *, street: Street
) -> Sequence[Way]:
    """What waits for somebody on the street, the nearest first: what their duty reaches and nobody else has in hand,
    and what a lot fell on them for.
    """
    async with street.office.ledger.readers.acquire() as connection:
        looking = [one for one in held if one.duty in LOOKS]
        rows = await work_list(connection, looking, limit=_MOST) if looking else []
        lots = await drawn_for(connection, person)
        ours = {(one.case.id, one.step): one for one in (*lots, *rows) if _theirs(one, person, street)}
        known = await store.problems(connection, [case for case, _ in ours])
    return nearest([_task(row, known[case], street) for (case, _), row in ours.items() if case in known], here)


def _theirs(row: WorkRow, person: PersonId, street: Street) -> bool:
    step = street.process.steps.get(row.step)
    if row.duty not in LOOKS or step is None:
        return False
    return row.holder == person or (row.holder is None and not step.drawn)


def _task(work: WorkRow, row: ProblemRow, street: Street) -> Task:
    exact = row.longitude is not None and row.latitude is not None
    place = (row.longitude, row.latitude) if row.longitude is not None and row.latitude is not None else None
    if place is None and row.cell is not None:
        # Where exactly it was reported is locked with the report, and told to whoever opens it.
        place = street.ground.cells.middle(row.cell)
    return Task(
        row.case, work.step, row.number, row.matter, row.area, row.cell, place, exact,
        latest_of(row, street),
    )  # fmt: skip


def latest_of(row: ProblemRow, street: Street) -> datetime:
    """Until when a look is needed: before the unit's hour or day while its clock runs, else before those who reported
    hear.
    """
    running = runs(row.stage, stopped=row.stopped)
    if row.due_at is not None and running:
        return row.due_at
    day = row.due if row.due is not None and running else row.answer_by
    spans = street.office.hours.spans
    return datetime.combine(day, spans[-1].closes if spans else _LAST, street.office.zone)


async def check_in(known: Known, command: CheckIn, *, street: Street, key: UUID, by: Acting, now: datetime) -> (
    Moved | Refused
):  # fmt: skip
    """Note that somebody looked at the place. Nothing moves by it, and no figure counts it."""
    place, case = place_of_problem(known), known.case
    # More than may come are refused anyway, and are not opened one by one.
    kept = await street.photos.all_open(case.opened.subject, command.photos[:MOST_PHOTOS])

    def rule(found: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        return checked_in(found, command, place, kept=kept, terms=terms, by=by, now=now)

    return await change(case.id, rule, office=street.office, key=key, by=by, now=now, known=case)


def place_of_problem(known: Known) -> Point | None:
    """Where the thing is: as it was filed, else as it was reported, if that is not forgotten."""
    filed = known.problem.filed
    return (filed.point if filed else None) or known.report.told.point


async def tell_on_patrol(
    command: Found, placed: Placed, after: tuple[str, ...] | None, *, street: Street, key: UUID, by: Acting,
    now: datetime,
) -> Told | Refused:  # fmt: skip
    """Report what an inspector found, and where. `after` are photographs of what they put right at once; None if they
    did not.

    Where they name a condition, it is filed under it and sent to the unit at once, as far as the process lets a rule do
    so. What was put right goes the way of everything else: it is filed, and somebody whom a lot chooses looks.
    """
    condition = condition_of(command.condition, street, now=now) if command.condition else None
    if isinstance(condition, Refused):
        return condition
    if condition is not None and not command.matter:
        command = msgspec.structs.replace(command, matter=condition.matter)
    if after == ():
        return Refused(Why.NO_EVIDENCE)

    def begins(told: Reported, begun: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        seen = (CheckedIn(INTAKE, told.subject, Sighting.RIGHT, None, after, None, None),) if after else ()
        if condition is None:
            return seen
        return filed_at_once(told, begun, condition, street, terms=terms, by=by, now=now, seen=seen)

    return await tell(
        command, source=Source.PATROL, street=street, key=key, by=by, now=now, placed=placed, with_case=begins
    )
