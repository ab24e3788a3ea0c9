"""What is done with applications: load, decide, record."""

from uuid import UUID

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Ledger
from onecity.people import matters_of
from onecity.services import store
from onecity.services.model import Affair, folded
from onecity.services.rules import Why


async def own_affair(affair: UUID, *, ledger: Ledger, by: Acting) -> Affair | Refused:
    """An application, if it is that of whoever asks, or of whom they act for in the matters of their mandate."""
    assert by.subject is not None, "only people have affairs"
    async with ledger.readers.acquire() as connection:
        row = await store.own_affair(connection, affair, by.subject, within=await matters_of(connection, by))
    return await affair_of_case(affair, ledger=ledger) if row else Refused(Why.NOT_FOUND)


async def affair_of_case(affair: UUID, *, ledger: Ledger) -> Affair | Refused:
    """The application behind a case that the officer may open."""
    found = folded(await ledger.history(affair))
    return found if found is not None else Refused(Why.NOT_FOUND)
