"""Finding a case: what the words mean, then the newest cases that fit, within the scopes of whoever asks."""

import re
import unicodedata
from collections.abc import Container, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.casework import CaseRow, Wanted, find_cases
from onecity.kernel.acting import Channel, Held
from onecity.kernel.identity import is_masked
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.people import ReadLog, names_of, people_called
from onecity.people.roll import Roll
from onecity.services import store
from onecity.services.catalogue import Catalogue
from onecity.services.finding import MOST_PEOPLE, MOST_WORDS, Meaning, alternatives
from onecity.services.rules import Why

if TYPE_CHECKING:
    from asyncpg import Connection

MOST_FOUND: Final = 20

_RECEIPT: Final = re.compile(r"\d{8}-[0-9A-Z]{7}")
_NUMBER: Final = re.compile(r"[0-9A-Z]{18}")


class Found(msgspec.Struct, frozen=True):
    """A case that fits a search: its row, its receipt number, its person's name unless that was forgotten."""

    case: CaseRow
    number: str
    name: str | None


class Finder(msgspec.Struct, frozen=True):
    """What finding needs: how things are called, and whose a number is."""

    catalogue: Catalogue
    roll: Roll
    reads: ReadLog

    async def find(
        self, connection: "Connection", text: str, visitor: Visitor, *, channel: Channel, now: datetime
    ) -> list[Found] | Refused:
        """The newest cases in the scopes of an officer's duties that fit every word of a text.

        Whoever types a whole name or number learns whose a masked row is: that is a look, which the person sees.
        """
        held = visitor.duties_of("services")
        words = text.split()
        if len(words) > MOST_WORDS:
            return Refused(Why.TOO_MANY_WORDS, {"most": MOST_WORDS})
        meanings = [await self._meaning(connection, word) for word in words]
        if any(len(one.subjects) > MOST_PEOPLE for one in meanings):
            return Refused(Why.TOO_MANY_PEOPLE, {"most": MOST_PEOPLE})
        found = await _found(connection, alternatives(meanings), held)
        named = {person for one in meanings if one.whole for person in one.subjects}
        for row in _first_of(named, [one.case for one in found]):
            seen = next(one for one in held if one.scope.covers(row.agency, row.area))
            by = visitor.acting_as(channel, seen.duty, row.agency, row.area)
            await self.reads.note(row.subject, "search", about=row.affair, by=by, now=now)
        return found

    async def _meaning(self, connection: "Connection", word: str) -> Meaning:
        number = unicodedata.normalize("NFKC", word).upper()
        if _RECEIPT.fullmatch(number):
            return Meaning(affairs=tuple(await store.numbered(connection, number)))
        if _NUMBER.fullmatch(number):
            person = await self.roll.person_of(number)
            return Meaning(subjects=(person,) if person else (), whole=True)
        people = await people_called(connection, word, limit=MOST_PEOPLE + 1)
        return Meaning(self.catalogue.meant(word), tuple(people), whole=not is_masked(word))


def _first_of(people: Container[UUID], rows: Sequence[CaseRow]) -> list[CaseRow]:
    """The newest of the rows for each of some people: a search is one look at each."""
    return list({row.subject: row for row in reversed(rows) if row.subject in people}.values())


async def _found(connection: "Connection", wanted: Sequence[Wanted], held: Sequence[Held]) -> list[Found]:
    rows = [row for one in wanted for row in await find_cases(connection, one, held, limit=MOST_FOUND)]
    newest = sorted({row.id: row for row in rows}.values(), key=lambda row: row.id, reverse=True)[:MOST_FOUND]
    names = await names_of(connection, [row.subject for row in newest])
    numbers = await _numbers(connection, [row.affair for row in newest])
    return [Found(row, numbers.get(row.affair, ""), names.get(row.subject)) for row in newest]


async def _numbers(connection: "Connection", affairs: Sequence[UUID]) -> dict[UUID, str]:
    return {row.affair: row.number for row in await store.affairs_among(connection, affairs)}
