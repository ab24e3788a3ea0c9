"""What is done with applications: load, decide, record."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from onecity.casework import Office
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Ledger
from onecity.licences import Licences
from onecity.people import matters_of
from onecity.services import store
from onecity.services.catalogue import Catalogue
from onecity.services.model import Affair, folded
from onecity.services.rules import Why
from onecity.services.uploads import Uploads
from onecity.services.usecases.knowing import Archive


class Intake(msgspec.Struct, frozen=True):
    """What taking applications needs: what can be applied for, the casework, what people brought, their licences.

    `area` is the city's own code; `archive` are the registers of what the city knows already.
    """

    catalogue: Catalogue
    office: Office
    uploads: Uploads
    licences: Licences
    area: str
    archive: Archive

    @property
    def ledger(self) -> Ledger:
        return self.office.ledger


async def covered(items: Collection[str], *, ledger: Ledger, by: Acting) -> bool:
    """Whether somebody acts for themself, or under a mandate that covers all of some items."""
    async with ledger.readers.acquire() as connection:
        within = await matters_of(connection, by)
    return not within or set(items) <= set(within)


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
