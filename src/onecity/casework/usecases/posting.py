"""Results that go by post: the person says where to, the post room says that it left or came back."""

from datetime import datetime
from uuid import UUID

from onecity.casework.facts import Delivery
from onecity.casework.posting import Address, Returned
from onecity.casework.rules.posting import Posting, came_back, chosen_anew, posted
from onecity.casework.usecases import Moved, Office
from onecity.casework.usecases.moving import change
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused


async def choose_anew(
    case_id: CaseId, how: Delivery, to: Address | None, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Send a result on paper to another address, or come for it after all."""
    return await change(
        case_id, lambda case, terms: chosen_anew(case, how, to, terms=terms, by=by, now=now), office=office, key=key,
        by=by, now=now,
    )  # fmt: skip


async def post(
    case_id: CaseId, parcel: Posting, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Say that a result was given to a carrier."""
    return await change(
        case_id, lambda case, terms: posted(case, parcel, process=terms.process, by=by), office=office, key=key,
        by=by, now=now,
    )  # fmt: skip


async def take_back(
    case_id: CaseId, why: Returned, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Say that the carrier brought a result back."""
    return await change(
        case_id, lambda case, terms: came_back(case, why, terms=terms, by=by, now=now), office=office, key=key, by=by,
        now=now,
    )  # fmt: skip
