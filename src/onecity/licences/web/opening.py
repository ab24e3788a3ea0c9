"""How an officer comes to a licence: found within their scope, shown only after the look at it was recorded."""

from datetime import datetime
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.licences import store
from onecity.licences.identifier import Identifier, read_identifier
from onecity.licences.model import Licence, folded
from onecity.licences.rules import REVOKE, Why
from onecity.licences.store import LicenceRow
from onecity.licences.web.cabinet import Cabinet
from onecity.machinery.web import Visitor


class Opened(msgspec.Struct, frozen=True):
    """A licence that the officer may see, and as whom they look at it."""

    licence: Licence
    history: tuple[Recorded, ...]
    by: Acting


async def find(asked: UUID | str, *, cabinet: Cabinet, visitor: Visitor, duty: str = REVOKE) -> LicenceRow | None:
    """The licence of an id or an identifier, if the visitor's duty reaches it; None does not say whether it exists."""
    held = visitor.holding(duty)
    async with cabinet.licences.ledger.readers.acquire() as connection:
        if isinstance(asked, UUID):
            return await store.visible_licence(connection, asked, held)
        identifier = read_identifier(asked)
        if not isinstance(identifier, Identifier):
            return None
        return await store.visible_at(connection, identifier.stem, held)


async def open_licence(
    asked: UUID | str | None,
    *,
    cabinet: Cabinet,
    visitor: Visitor,
    channel: Channel,
    now: datetime,
    duty: str = REVOKE,
) -> Opened | Refused:
    """A licence with its history, after the look at it was recorded; not found for whoever may not know of it."""
    row = await find(asked, cabinet=cabinet, visitor=visitor, duty=duty) if asked is not None else None
    history = await cabinet.licences.ledger.history(row.licence) if row else ()
    licence = folded(history)
    if row is None or licence is None:
        return Refused(Why.NOT_FOUND)
    by = visitor.acting_as(channel, duty, row.agency, row.area)
    await cabinet.reads.note(licence.holder, "licence", about=licence.id, by=by, now=now)
    return Opened(licence, history, by)
