"""What the pages of people work with, and how they call things in the visitor's language."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from onecity.kernel.identity import masked_name
from onecity.kernel.lists import listed
from onecity.ledger import Ledger
from onecity.machinery.web import Visit
from onecity.packs import Pack
from onecity.people.declared import AGENCY, DUTY
from onecity.people.forgetting import Forgetting
from onecity.people.invitations import Invitations
from onecity.people.letters import WriteLetter
from onecity.people.reads import ReadLog
from onecity.people.recovery import Recovery, Sessions
from onecity.people.signin import PasswordDoor
from onecity.people.store import accounts
from onecity.people.usecases import Consents, LookUp, Mandates, Officers

AT = "people/web/templates/"

NameAffairs: TypeAlias = Callable[[Sequence[UUID], str], Awaitable[Mapping[UUID, str]]]
"""What affairs are called in a language; those that nobody knows are missing. Bootstrap connects it."""


NameMatters: TypeAlias = Callable[[str], Mapping[str, str]]
"""The matters that somebody can be entrusted with, by id, as a language calls them. Bootstrap connects it."""


NameOf: TypeAlias = Callable[[str, str], str]
"""What a register, or the purpose of a consent, is called: (id, language) → name. Bootstrap connects it."""


class Gatehouse(msgspec.Struct, frozen=True):
    """The gatehouse: the pack, the ledger, the door, and what packages above lend through bootstrap."""

    pack: Pack
    ledger: Ledger
    door: PasswordDoor
    reads: ReadLog
    officers: Officers
    invitations: Invitations
    recovery: Recovery
    sessions: Sessions
    mandates: Mandates
    consents: Consents
    forgetting: Forgetting
    look_up: LookUp
    letter: WriteLetter
    affairs: NameAffairs
    matters: NameMatters
    register: NameOf
    purpose: NameOf

    def agency(self, name: str, lang: str) -> str:
        """An agency by its name; the bare id of one that is no longer declared."""
        found = self.pack.all(AGENCY).get(name)
        return found.value.name.said(lang) if found else name

    def duty(self, name: str, lang: str) -> str:
        """A duty by its name; the bare id of one that is no longer declared."""
        found = self.pack.all(DUTY).get(name)
        return found.value.name.said(lang) if found else name

    def does(self, duties: Iterable[str], visit: Visit) -> str:
        """What an officer does, in a line: names alone are often the same."""
        return listed([self.duty(name, visit.lang) for name in duties], visit.lang) or visit.say("people.no_duties")

    def duties(self, lang: str) -> list[dict[str, str]]:
        """Every duty of the pack in force, to choose from."""
        return [
            {"value": name, "label": one.value.name.said(lang), "hint": one.value.does.said(lang)}
            for name, one in sorted(self.pack.all(DUTY).items())
        ]

    async def names(self, people: Sequence[UUID]) -> dict[UUID, str]:
        """The names of people; who was forgotten is missing."""
        async with self.ledger.readers.acquire() as connection:
            return await accounts.names_of(connection, people)

    def masked(self, visit: Visit, names: Mapping[UUID, str], who: UUID) -> str:
        """A name as others see it, or the words for somebody who was forgotten."""
        return masked_name(names[who]) if who in names else visit.say("people.forgotten")
