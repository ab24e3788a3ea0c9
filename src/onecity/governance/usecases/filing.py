"""Filing a case of the street under a condition, and sending it at once to those whom the rule of responsibility names.

Whom a rule does not name, a person chooses. What the city may do by itself the process says, step by step.
See `docs/adr/0047-let-rules-dispatch-what-they-know.md`.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework import (
    Case,
    LimitSet,
    Move,
    Moved,
    Process,
    Terms,
    advance,
    at_once,
    change,
    load,
    then,
)
from onecity.governance.facts import Filed, Point, Reported
from onecity.governance.filing import CONDITION, Condition
from onecity.governance.model import Problem
from onecity.governance.parts import PartRow
from onecity.governance.rules import Why
from onecity.governance.steps import ASSIST, DISPATCH, FILE, HANDLE, INTAKE, SEND, SEND_JOINTLY
from onecity.governance.usecases import Street, condition_of_case
from onecity.governance.usecases.moving import Known
from onecity.governance.usecases.naming import named_part
from onecity.governance.usecases.reporting import load_report
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.packs import version_of
from onecity.people import AGENCY
from onecity.places import Zone


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Under which condition a case is filed, and where the thing is, if somebody knows better than the report.

    `part` is the number of the part that it is about, if the officer knows it: its place is then that of the thing.
    With `by_hand` a person decides to whom it is sent, also where a rule knows it.
    """

    condition: str
    point: Point | None = None
    part: str = ""
    by_hand: bool = False


async def file(
    case: CaseId, command: File, *, street: Street, key: UUID, by: Acting, now: datetime, known: Known | None = None
) -> Moved | Refused:
    """File a case: from now on it is of a kind, has a limit, and is somebody's. `known` is what the caller loaded."""
    condition = condition_of(command.condition, street, now=now)
    if isinstance(condition, Refused):
        return condition
    place = await _place(case, command, known, street)
    part = await named_part(command.part, condition, place, street=street)
    if isinstance(part, Refused):
        return part
    if part is not None and command.point is None:
        place = Point(*part.point)
    lies_in = street.ground.cells.at(place.longitude, place.latitude) if place else None
    cell = lies_in.code if lies_in else None

    def rule(found: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        facts = advance(found, Move(INTAKE, FILE), terms=terms, by=by, now=now)
        if isinstance(facts, Refused):
            return facts
        filed = _filed(found.opened.area, condition, place, cell, part, street)
        facts = (filed, _limit(filed, street), *facts)
        if command.by_hand:
            return facts
        return (*facts, *sent_at_once(then(found, facts, by=by, now=now), filed, condition, terms=terms, now=now))

    at_hand = known.case if known else None
    return await change(case, rule, office=street.office, key=key, by=by, now=now, known=at_hand)


def condition_of(name: str, street: Street, *, now: datetime) -> Condition | Refused:
    """A condition under which something can be filed today."""
    if not name:
        return Refused(Why.NO_CONDITION)
    condition, today = street.filing.conditions.get(name), day_in(street.office.zone, now)
    matter = street.catalogue.matter(condition.matter) if condition else None
    if condition is None or matter is None or not (condition.holds(today) and matter.holds(today)):
        return Refused(Why.NO_SUCH_CONDITION, {"condition": name})
    return condition


def may_file_at_once(process: Process) -> bool:
    """Whether what is reported under a condition can be filed by a rule, without a person at the centre."""
    step = process.steps.get(INTAKE)
    return step is not None and step.at_once is not None and FILE in step.at_once.outcomes


async def _place(case: CaseId, command: File, known: Known | None, street: Street) -> Point | None:
    """Where the thing is: as the officer says, else as whoever reported said, if that is not forgotten."""
    if command.point is not None:
        return command.point
    if known is not None:
        return known.report.told.point
    found = await load(case, office=street.office)
    report = await load_report(found.opened.affair, street=street) if found else None
    return report.told.point if report else None


def filed_at_once(
    told: Reported, begun: Case, condition: Condition, street: Street, *, terms: Terms, by: Acting, now: datetime,
    seen: tuple[Fact, ...] = (),
) -> tuple[Fact, ...] | Refused:  # fmt: skip
    """The facts with which a case begins that nobody need accept: filed as whoever reported named it, and sent on.

    `seen` are facts of its beginning that come before.
    """
    if condition.matter != told.matter:
        return Refused(Why.NO_SUCH_CONDITION, {"condition": condition.id})
    case = then(begun, seen, by=by, now=now)
    filed = _filed(told.area, condition, told.point, told.cell, None, street)
    taken = at_once(case, Move(INTAKE, FILE), terms=terms, now=now)
    if not taken:
        return Refused(Why.FILED_BY_HAND)
    facts: tuple[Fact, ...] = (*seen, filed, _limit(filed, street), *taken)
    return (*facts, *sent_at_once(then(begun, facts, by=by, now=now), filed, condition, terms=terms, now=now))


def sent_at_once(case: Case, filed: Filed, condition: Condition, *, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """The facts by which a case that was just filed goes to those whom the rule names; none if it names nobody."""
    to = receivers(filed, condition)
    outcome = SEND_JOINTLY if ASSIST in to else SEND
    return at_once(case, Move(DISPATCH, outcome, to=to), terms=terms, now=now) if to else ()


def receivers(filed: Filed, condition: Condition) -> dict[str, str]:
    """To whom the rule of responsibility sends a case: who leads, and who helps if anybody; or nobody."""
    helping = condition.assisting[:1]
    return {HANDLE: filed.lead, **({ASSIST: helping[0]} if helping else {})} if filed.lead else {}


async def proposed(problem: Problem, street: Street) -> dict[str, str]:
    """Whom the rule under which a case was filed proposes to a person who sends it."""
    filed = problem.filed
    return receivers(filed, await condition_of_case(filed, street)) if filed else {}


def _filed(
    area: str, condition: Condition, point: Point | None, cell: str | None, part: PartRow | None, street: Street
) -> Filed:
    return Filed(
        condition=condition.id,
        condition_version=version_of(next(iter(street.pack.all(CONDITION).values()))),
        matter=condition.matter,
        zone=street.ground.zone(area),
        cell=cell,
        point=point,
        # An agency that the register names and that is no more leaves the rule by kind to decide.
        lead=street.filing.lead(
            condition, keeper=part.agency if part and part.agency in street.pack.all(AGENCY) else None
        ),
        urgent=condition.urgent,
        part=part.number if part else None,
    )


def _limit(filed: Filed, street: Street) -> LimitSet:
    """At most as long again as the limit itself, once."""
    limit = street.filing.conditions[filed.condition].limit(Zone(filed.zone))
    return LimitSet(limit, limit.number)
