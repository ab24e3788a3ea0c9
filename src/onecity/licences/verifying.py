"""Checking a licence: everything that is known of it is proven anew, for everybody who asks."""

from datetime import datetime
from pathlib import Path

import msgspec

from onecity.kernel.instants import day_in
from onecity.ledger import CheckpointKey, proven, whole_between
from onecity.licences import store
from onecity.licences.identifier import Identifier, read_identifier
from onecity.licences.publishing import StatusLists
from onecity.licences.usecases import Licences
from onecity.licences.verdict import DOUBT, LookedUp, Verdict, judged


class Verifier(msgspec.Struct, frozen=True):
    """What a check needs: licences, the signed lists, and the folder of the ledger's checkpoint with its key."""

    licences: Licences
    lists: StatusLists
    key: CheckpointKey
    sealed: Path

    async def looked_up(self, text: str, *, now: datetime) -> LookedUp:
        """What the city says of an identifier as somebody typed or scanned it."""
        identifier = read_identifier(text)
        if not isinstance(identifier, Identifier):
            return LookedUp(Verdict.UNKNOWN, fault=identifier)
        # List and checkpoint first: every fact that they know is then in the database, unless somebody took it out.
        listed, point = self.lists.listed(identifier), self.key.published(self.sealed)
        ledger = self.licences.ledger
        async with (
            ledger.readers.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            licence = await store.licence_at(connection, identifier.stem)
            if licence is None:
                missing = listed is not None and listed.line is not None
                return DOUBT if missing else LookedUp(Verdict.UNKNOWN, asked=identifier)
            history = (await proven(connection, ledger.book, [licence]))[licence]
            whole = listed is not None and point is not None
            if listed is not None and point is not None:
                whole = await whole_between(connection, listed.size, point.size)
        day = day_in(self.licences.zone, now)
        return judged(identifier, history, listed, whole=whole, day=day, now=now)
