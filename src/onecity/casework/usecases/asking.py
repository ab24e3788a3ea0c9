"""The person asks for another time of a meeting: written into the case, and told to whoever holds it."""

from datetime import datetime
from uuid import UUID

from onecity.casework.facts import TimeAsked
from onecity.casework.rules.asking import another_time
from onecity.casework.usecases import Happening, Moved, Office
from onecity.casework.usecases.letters import TIME_ASKED, letter_to_officer
from onecity.casework.usecases.moving import change
from onecity.casework.usecases.watching import whose_turn
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import stamp
from onecity.kernel.refusal import Refused
from onecity.ledger import Change


async def ask_another_time(
    case_id: CaseId, words: str, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Ask once for another time of the next meeting."""

    async def tell(happening: Happening) -> list[Change]:
        [asked] = [fact for fact in happening.facts if isinstance(fact, TimeAsked)]
        people = await whose_turn(happening, office, escalated=False, steps=(asked.step,))
        said = {"meeting_at": stamp(asked.meeting.at)}
        day = happening.terms.day(asked.meeting.at)
        return [letter_to_officer(happening, officer, TIME_ASKED, day, said) for officer in people]

    return await change(
        case_id, lambda case, terms: another_time(case, words, terms=terms, by=by, now=now), office=office, key=key,
        by=by, now=now, also=(tell,),
    )  # fmt: skip
