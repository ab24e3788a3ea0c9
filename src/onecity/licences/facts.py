"""What can happen to a licence. Each licence is a history of its own."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from onecity.ledger import Fact, FactType, Personal

_KEPT: Final = "while the licence is valid, and as long as the case behind it, archives law"


class Ending(StrEnum):
    """How the city ends a licence against its holder's wish.

    `annulled` (撤销): it should never have been given. `revoked` (吊销): a penalty.
    Source: 行政许可法 (2019-04-23) article 69, 行政处罚法 (2021-01-22) article 9.
    """

    ANNULLED = "annulled"
    REVOKED = "revoked"


class LicenceIssued(Fact, frozen=True):
    """A licence began. Its identifier follows from this fact: type code, issuer, and the serial of its id and day.

    `agency` issued it, `issuer` is that agency's code in the identifier, `area` is where it lies. `matter` and `case`
    are those of the decision behind it, `affair` is what that belongs to. `values` stand on it, by field of its type.
    """

    holder: UUID
    type: str
    type_version: str
    type_code: str
    agency: str
    issuer: str
    area: str
    case: UUID
    affair: UUID
    matter: str
    issued: date
    valid_from: date
    valid_until: date | None
    holder_name: Annotated[str | None, Personal(subject="holder", kept=_KEPT)]
    values: Annotated[Mapping[str, str] | None, Personal(subject="holder", kept=_KEPT)]


class LicenceSuspended(Fact, frozen=True):
    """The licence rests; `words` are what was written to its holder."""

    holder: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="holder", kept=_KEPT)]


class LicenceResumed(Fact, frozen=True):
    """The licence is in force again."""

    holder: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="holder", kept=_KEPT)]


class RevocationProposed(Fact, frozen=True):
    """One officer wants to end the licence; another one must confirm it. The holder is told and can answer.

    `case` is the one that decides about it, where the proposal came out of a case.
    """

    holder: UUID
    ending: Ending
    words: Annotated[Mapping[str, str] | None, Personal(subject="holder", kept=_KEPT)]
    case: UUID | None = None


class RevocationDropped(Fact, frozen=True):
    """The proposal is off; the licence goes on."""

    holder: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="holder", kept=_KEPT)]


class LicenceRevoked(Fact, frozen=True):
    """The city ended the licence: `proposed_by` one officer, confirmed by the author of this fact."""

    ending: Ending
    proposed_by: UUID


class LicenceCancelled(Fact, frozen=True):
    """The licence ended because its holder wished so."""


class LicenceEndsSoon(Fact, frozen=True):
    """The holder was reminded that the edition they have ends after the day `until`."""

    until: date


class RenewalAsked(Fact, frozen=True):
    """The holder asked in time for the next edition; `until` is the last day of the edition that they have."""

    holder: UUID
    asked: date
    until: date


class RenewalRefused(Fact, frozen=True):
    """The licence ends on its day; `words` are what was written to its holder."""

    holder: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="holder", kept=_KEPT)]


class LicenceRenewed(Fact, frozen=True):
    """The licence goes on in a new edition. `asked` is the day on which the holder asked for it."""

    edition: int
    asked: date
    valid_from: date
    valid_until: date


class LicenceChanged(Fact, frozen=True):
    """What stands on the licence changed with a decision about whoever it names: a new edition since a day, with all
    its values. `case` and `matter` are those of the decision.
    """

    edition: int
    valid_from: date
    case: UUID
    matter: str
    holder: UUID
    values: Annotated[Mapping[str, str] | None, Personal(subject="holder", kept=_KEPT)]


class LicenceStruckOff(Fact, frozen=True):
    """The licence ended because whoever it names was struck off the register, by the decision of a case."""

    case: UUID
    matter: str


class FirmEnded(Fact, frozen=True):
    """Whoever the licence names was struck off while an end against the holder's wish was proposed: it ends with them
    as soon as that proposal is dropped.
    """

    case: UUID
    matter: str


class LicenceUsed(Fact, frozen=True):
    """An agency relied on the licence for a case, instead of asking the holder for a copy.

    `consent` is the person who agreed to it: the holder, or who acts for them.
    """

    agency: str
    case: UUID
    matter: str
    consent: UUID


CHANGES_STATE: Final[tuple[type[Fact], ...]] = (
    LicenceIssued,
    LicenceSuspended,
    LicenceResumed,
    LicenceRevoked,
    LicenceCancelled,
    LicenceRenewed,
    LicenceChanged,
    LicenceStruckOff,
)
"""The facts that the public list of states follows; who uses a licence, and what is only proposed, is not public."""

FACTS = (
    FactType("licences.issued", LicenceIssued),
    FactType("licences.suspended", LicenceSuspended),
    FactType("licences.resumed", LicenceResumed),
    FactType("licences.revocation_proposed", RevocationProposed),
    FactType("licences.revocation_dropped", RevocationDropped),
    FactType("licences.revoked", LicenceRevoked),
    FactType("licences.cancelled", LicenceCancelled),
    FactType("licences.ends_soon", LicenceEndsSoon),
    FactType("licences.renewal_asked", RenewalAsked),
    FactType("licences.renewal_refused", RenewalRefused),
    FactType("licences.renewed", LicenceRenewed),
    FactType("licences.changed", LicenceChanged),
    FactType("licences.struck_off", LicenceStruckOff),
    FactType("licences.firm_ended", FirmEnded),
    FactType("licences.used", LicenceUsed),
)
