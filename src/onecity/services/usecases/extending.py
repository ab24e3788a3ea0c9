"""Lengthening the limit of everything together: load, decide, record; the applicant reads why."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.casework import Case, load
from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision
from onecity.notices import letter_to
from onecity.services.cited import LENGTHENED
from onecity.services.facts import JointExtended
from onecity.services.model import Affair
from onecity.services.rules.joint import ExtendJointly, extended_jointly, joint_limit
from onecity.services.usecases import Intake, affair_of_case


class Lengthened(msgspec.Struct, frozen=True):
    """The answer to whoever lengthened a joint limit: its new latest day."""

    affair: UUID
    due: date


async def cases_of(affair: Affair, *, intake: Intake) -> list[Case]:
    """The cases of an application, folded, in their order."""
    found = [await load(branch.case, office=intake.office) for branch in affair.branches]
    return [case for case in found if case is not None]


async def extend_jointly(
    affair_id: UUID, command: ExtendJointly, *, intake: Intake, key: UUID, by: Acting, now: datetime
) -> Lengthened | Refused:
    """Lengthen the joint limit of an application, once."""
    today, calendar = day_in(intake.office.zone, now), intake.office.calendar

    async def decide() -> Decision | Refused:
        affair = await affair_of_case(affair_id, ledger=intake.ledger)
        if isinstance(affair, Refused):
            return affair
        cases = await cases_of(affair, intake=intake)
        fact = extended_jointly(affair, cases, command, calendar=calendar, by=by, today=today)
        if isinstance(fact, Refused):
            return fact
        limit = joint_limit(msgspec.structs.replace(affair, extended=fact), cases, calendar)
        assert limit is not None, "what was lengthened has a limit"
        letter = _letter(affair, fact, limit.day, by=by, key=key, now=now)
        return Decision((Change(affair.id, affair.version, (fact,)), letter), Lengthened(affair.id, limit.day))

    return await intake.ledger.record(key, decide, Lengthened, by=by, now=now)


def _letter(affair: Affair, fact: JointExtended, due: date, *, by: Acting, key: UUID, now: datetime) -> Change:
    assert by.scope is not None, "the rule asked for it"
    matters = " ".join(dict.fromkeys(branch.item for branch in affair.branches))
    return letter_to(
        PersonId(affair.applied.subject), "services.joint_extended", about=affair.id, sender=by.scope.department,
        facts={"matter": matters, "due": due.isoformat(), "extension_days": str(fact.days)},
        words={"reason": fact.reason or ""}, law=LENGTHENED.citation, key=key, now=now,
    )  # fmt: skip
