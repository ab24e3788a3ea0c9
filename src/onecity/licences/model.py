"""A licence as it stands after everything that happened to it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.ledger import Recorded
from onecity.licences.facts import (
    Ending,
    FirmEnded,
    LicenceCancelled,
    LicenceChanged,
    LicenceEndsSoon,
    LicenceIssued,
    LicenceRenewed,
    LicenceResumed,
    LicenceRevoked,
    LicenceStruckOff,
    LicenceSuspended,
    LicenceUsed,
    RenewalAsked,
    RenewalRefused,
    RevocationDropped,
    RevocationProposed,
)
from onecity.licences.identifier import Identifier, serial_of


class State(StrEnum):
    """The state of a licence, by the code of the exchange between cities.

    Source: metadata of electronic licences, GB/T 36903; 06 (moved to another issuer) does not occur yet.
    """

    VALID = "01"
    SUSPENDED = "02"
    ANNULLED = "03"
    CANCELLED = "04"
    EXPIRED = "05"
    REVOKED = "07"


class Proposal(msgspec.Struct, frozen=True):
    """Somebody wants to end the licence, and why."""

    by: PersonId
    at: datetime
    fact: RevocationProposed
    instead_of: PersonId | None = None

    def comes_from(self, by: Acting) -> bool:
        """Whether an author proposed it, or stands in for whoever did, or is the one who was stood in for."""
        return bool(by.hands & {self.by, self.instead_of})


class Use(msgspec.Struct, frozen=True):
    """An agency relied on the licence."""

    at: datetime
    fact: LicenceUsed


class Licence(msgspec.Struct, frozen=True):
    """A licence: how it began, its newest edition, and what ended or stopped it. Version as in the ledger.

    `asked` is the day on which the holder asked for the next edition, while nobody has answered. `values` are what
    stands on the newest edition, None once its holder is forgotten. `reminded` is the last day of the edition of whose
    end the holder was reminded. `former` are the values of the editions before, `replaced` those editions whose place
    another one has taken because something changed. `firm_ended` says that it ends when the proposal is dropped.
    """

    id: UUID
    version: int
    issued: LicenceIssued
    edition: int
    valid_from: date
    valid_until: date | None
    values: Mapping[str, str] | None
    suspended: bool = False
    ended: State | None = None
    proposal: Proposal | None = None
    uses: tuple[Use, ...] = ()
    asked: date | None = None
    reminded: date | None = None
    former: tuple[Mapping[str, str], ...] = ()
    replaced: frozenset[int] = frozenset()
    firm_ended: FirmEnded | None = None

    @property
    def holder(self) -> PersonId:
        return PersonId(self.issued.holder)

    @property
    def identifier(self) -> Identifier:
        """The identifier of the newest edition, computed from the fact of issue."""
        issued = self.issued
        serial = serial_of(self.id, issued.issued)
        return Identifier(issued.type_code, issued.issuer, serial, self.edition)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The identifiers of all editions; paper of an old one is still in somebody's drawer."""
        return tuple(self.identifier.in_edition(number) for number in range(1, self.edition + 1))


def state_on(licence: Licence, day: date) -> State:
    """The state of a licence on a day. That it has run out needs no fact: it follows from the day."""
    if licence.ended is not None:
        return licence.ended
    if licence.valid_until is not None and day > licence.valid_until:
        return State.EXPIRED
    return State.SUSPENDED if licence.suspended else State.VALID


def folded(history: Iterable[Recorded]) -> Licence | None:
    """The licence behind a history; None if the history is not that of a licence."""
    licence: Licence | None = None
    for one in history:
        licence = _after(licence, one)
        if licence is not None:
            licence = msgspec.structs.replace(licence, version=one.version)
    return licence


def _after(licence: Licence | None, recorded: Recorded) -> Licence | None:
    match recorded.fact:
        case LicenceIssued() as issued:
            return Licence(
                recorded.stream, recorded.version, issued, 1, issued.valid_from, issued.valid_until, issued.values
            )
        case _ if licence is None:
            return None
        case LicenceSuspended():
            return msgspec.structs.replace(licence, suspended=True)
        case LicenceResumed():
            return msgspec.structs.replace(licence, suspended=False)
        case RevocationProposed() as proposed:
            assert recorded.by.person is not None, "people propose"
            proposal = Proposal(recorded.by.person, recorded.at, proposed, recorded.by.instead_of)
            return msgspec.structs.replace(licence, proposal=proposal)
        case RevocationDropped():
            return msgspec.structs.replace(licence, proposal=None)
        case LicenceRevoked(ending=ending):
            ended = State.ANNULLED if ending is Ending.ANNULLED else State.REVOKED
            return msgspec.structs.replace(licence, ended=ended, proposal=None)
        case LicenceChanged(edition=edition, valid_from=first, values=values):
            former, replaced = (*licence.former, licence.values or {}), licence.replaced | {licence.edition}
            return msgspec.structs.replace(
                licence, edition=edition, valid_from=first, values=values, former=former, replaced=replaced
            )
        case FirmEnded() as ended:
            return msgspec.structs.replace(licence, firm_ended=ended)
        case LicenceCancelled() | LicenceStruckOff():
            return msgspec.structs.replace(licence, ended=State.CANCELLED, proposal=None)
        case LicenceEndsSoon(until=until):
            return msgspec.structs.replace(licence, reminded=until)
        case RenewalAsked(asked=asked):
            return msgspec.structs.replace(licence, asked=asked)
        case RenewalRefused():
            return msgspec.structs.replace(licence, asked=None)
        case LicenceRenewed(edition=edition, valid_from=first, valid_until=last):
            return msgspec.structs.replace(licence, edition=edition, valid_from=first, valid_until=last, asked=None)
        case LicenceUsed() as used:
            return msgspec.structs.replace(licence, uses=(*licence.uses, Use(recorded.at, used)))
        case _:
            return licence
