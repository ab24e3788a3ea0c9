"""All departments come to look together: the day stands in each case, and whoever had named another one hears."""

from datetime import date, datetime
from uuid import UUID

from onecity.casework.facts import VisitJoined
from onecity.casework.model import Case
from onecity.casework.rules.meetings import joined
from onecity.casework.usecases import Happening, Office
from onecity.casework.usecases.letters import VISIT_JOINED, letter_to_officer
from onecity.casework.usecases.watching import whose_turn
from onecity.kernel.acting import Acting
from onecity.kernel.instants import stamp
from onecity.kernel.refusal import Refused
from onecity.ledger import Change


async def join_visit(
    case: Case, day: date, *, office: Office, key: UUID, by: Acting, now: datetime
) -> tuple[Change, ...] | Refused:
    """What a joint day changes in a case: for the transaction of whoever sets it. Nothing where the case agrees."""
    terms = await office.terms(case.opened)
    facts = joined(case, day, terms=terms, now=now)
    if isinstance(facts, Refused):
        return facts
    if not facts:
        return ()
    happening = Happening(case, terms, facts, key, by, now)
    [visit] = [fact for fact in facts if isinstance(fact, VisitJoined)]
    said = {"meeting_at": stamp(min(one.at for one in visit.moved.values()))} if visit.moved else {}
    people = await whose_turn(happening, office, escalated=False, steps=tuple(visit.moved))
    told = (letter_to_officer(happening, officer, VISIT_JOINED, day, said) for officer in people)
    return (Change(case.id, case.version, facts), *told)
