"""What may be done to a licence, by whom, or why not."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import written
from onecity.kernel.acting import Acting
from onecity.kernel.cited import Cited
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import Fact
from onecity.licences.cited import ANNULMENT, CHECKING, PENALTY
from onecity.licences.facts import (
    Ending,
    LicenceCancelled,
    LicenceResumed,
    LicenceRevoked,
    LicenceStruckOff,
    LicenceSuspended,
    LicenceUsed,
    RevocationDropped,
    RevocationProposed,
)
from onecity.licences.model import Licence, State, state_on

REVOKE: Final = "licences.revoke"
"""The duty of those who suspend licences, put them in force again and, two together, end them."""


class Why(Reason):
    """Why a licence stays as it is, or is not shown."""

    NOT_FOUND = "licences.not_found"
    NOT_YOUR_DUTY = "licences.not_your_duty"
    NO_SUCH_DEED = "licences.no_such_deed"
    ENDED = "licences.ended"
    EXPIRED = "licences.expired"
    SUSPENDED = "licences.suspended"
    NOT_SUSPENDED = "licences.not_suspended"
    PROPOSED = "licences.proposed"
    NOT_PROPOSED = "licences.not_proposed"
    SAME_PERSON = "licences.same_person"
    NOT_RENEWABLE = "licences.not_renewable"
    ASKED_TOO_LATE = "licences.asked_too_late"
    ASKED_ALREADY = "licences.asked_already"
    NOT_ASKED = "licences.not_asked"
    STILL_TIME = "licences.still_time"
    NOT_VALID = "licences.not_valid"
    NO_CONSENT = "licences.no_consent"
    UNSAID = "licences.unsaid"
    TOO_LONG = "licences.too_long"
    CASE_DECIDES = "licences.case_decides"


class Deed(StrEnum):
    """What an officer who oversees licences can do to one. `annul` and `revoke` only propose the end."""

    SUSPEND = "suspend"
    RESUME = "resume"
    ANNUL = "annul"
    REVOKE = "revoke"
    CONFIRM = "confirm"
    DROP = "drop"


class Terms(msgspec.Struct, frozen=True):
    """The letter that a deed sends, the article behind it, and what an officer must write to the holder."""

    letter: str
    because: Cited
    write: tuple[str, ...] = ()


TERMS: Final[Mapping[Deed, Terms]] = {
    Deed.SUSPEND: Terms("licences.suspended", PENALTY, ("facts", "rule", "remedy")),
    Deed.RESUME: Terms("licences.resumed", PENALTY, ("facts",)),
    Deed.ANNUL: Terms("licences.annulment_proposed", ANNULMENT, ("facts", "rule")),
    Deed.REVOKE: Terms("licences.revocation_proposed", PENALTY, ("facts", "rule")),
    Deed.DROP: Terms("licences.proposal_dropped", CHECKING, ("facts",)),
}
"""All deeds but the confirmation, which has the terms of the end that was proposed."""

ENDED: Final[Mapping[Ending, Terms]] = {
    Ending.ANNULLED: Terms("licences.annulled", ANNULMENT),
    Ending.REVOKED: Terms("licences.revoked", PENALTY),
}

ENDS: Final[Mapping[Deed, Ending]] = {Deed.ANNUL: Ending.ANNULLED, Deed.REVOKE: Ending.REVOKED}
"""What the deeds propose that propose an end."""


class Do(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deed, and what the officer writes to the holder."""

    deed: Deed
    words: Mapping[str, str] = {}


def asked_of(deed: Deed) -> tuple[str, ...]:
    """What an officer must write for a deed."""
    return TERMS[deed].write if deed in TERMS else ()


def may(licence: Licence, duty: str, by: Acting) -> bool:
    """Whether the author holds a duty for this licence's agency and area."""
    issued = licence.issued
    return by.duty == duty and by.scope is not None and by.scope.covers(issued.agency, issued.area)


def overseen(licence: Licence, command: Do, *, by: Acting, today: date) -> tuple[Fact, ...] | Refused:
    """The facts that an officer's deed adds, or why the licence stays as it is."""
    if not may(licence, REVOKE, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if licence.ended is not None:
        return Refused(Why.ENDED)
    wrong = _STANDS_IN_THE_WAY[command.deed](licence, by, today)
    if wrong is not None:
        return Refused(wrong)
    said = said_of(asked_of(command.deed), command.words)
    if isinstance(said, Refused):
        return said
    fact, ended = _fact(licence, command.deed, said), licence.firm_ended
    # Without the penalty it goes the way of its firm, which is gone.
    goes = command.deed is Deed.DROP and ended is not None
    return (fact, LicenceStruckOff(ended.case, ended.matter)) if goes and ended else (fact,)


def _fact(licence: Licence, deed: Deed, said: dict[str, str]) -> Fact:
    holder = licence.issued.holder
    match deed:
        case Deed.SUSPEND:
            return LicenceSuspended(holder, said)
        case Deed.RESUME:
            return LicenceResumed(holder, said)
        case Deed.ANNUL | Deed.REVOKE:
            return RevocationProposed(holder, ENDS[deed], said)
        case Deed.CONFIRM:
            assert licence.proposal is not None, "what stands in the way was asked before"
            return LicenceRevoked(licence.proposal.fact.ending, licence.proposal.by)
        case Deed.DROP:
            return RevocationDropped(holder, said)


def _to_suspend(licence: Licence, _by: Acting, today: date) -> Why | None:
    if licence.suspended:
        return Why.SUSPENDED
    return Why.EXPIRED if state_on(licence, today) is State.EXPIRED else None


def _to_resume(licence: Licence, _by: Acting, today: date) -> Why | None:
    if not licence.suspended:
        return Why.NOT_SUSPENDED
    return Why.EXPIRED if state_on(licence, today) is State.EXPIRED else None


def _to_propose(licence: Licence, _by: Acting, _today: date) -> Why | None:
    # Also one that has run out: what should never have been given is annulled from the beginning.
    return Why.PROPOSED if licence.proposal else None


def _to_confirm(licence: Licence, by: Acting, _today: date) -> Why | None:
    if licence.proposal is None:
        return Why.NOT_PROPOSED
    if licence.proposal.fact.case is not None:
        return Why.CASE_DECIDES
    return Why.SAME_PERSON if licence.proposal.comes_from(by) else None


def _to_drop(licence: Licence, _by: Acting, _today: date) -> Why | None:
    if licence.proposal is None:
        return Why.NOT_PROPOSED
    return Why.CASE_DECIDES if licence.proposal.fact.case is not None else None


_STANDS_IN_THE_WAY: Final[Mapping[Deed, Callable[[Licence, Acting, date], Why | None]]] = {
    Deed.SUSPEND: _to_suspend,
    Deed.RESUME: _to_resume,
    Deed.ANNUL: _to_propose,
    Deed.REVOKE: _to_propose,
    Deed.CONFIRM: _to_confirm,
    Deed.DROP: _to_drop,
}


def blocked(licence: Licence, deed: Deed, *, by: Acting, today: date) -> Why | None:
    """Why a deed is not possible now, before a word is written; None if it is."""
    if not may(licence, REVOKE, by):
        return Why.NOT_YOUR_DUTY
    return Why.ENDED if licence.ended else _STANDS_IN_THE_WAY[deed](licence, by, today)


def cancelled(licence: Licence, *, by: Acting, today: date) -> tuple[Fact, ...] | Refused:
    """The end of a licence at its holder's wish. To anybody else it is not there."""
    if by.subject != licence.holder:
        return Refused(Why.NOT_FOUND)
    if licence.ended is not None:
        return Refused(Why.ENDED)
    if state_on(licence, today) is State.EXPIRED:
        return Refused(Why.EXPIRED)
    # Nobody escapes a penalty by giving the licence back.
    return Refused(Why.PROPOSED) if licence.proposal else (LicenceCancelled(),)


def used(
    licence: Licence, *, agency: str, case: UUID, matter: str, consent: Acting, day: date
) -> tuple[Fact, ...] | Refused:
    """That an agency relies on a licence for a case: only on a valid one, and only if its holder agreed.

    A case that relies on it already says so once.
    """
    if consent.person is None or consent.subject != licence.holder:
        return Refused(Why.NO_CONSENT)
    if any(use.fact.case == case for use in licence.uses):
        return ()
    if state_on(licence, day) is not State.VALID:
        return Refused(Why.NOT_VALID)
    return (LicenceUsed(agency, case, matter, consent.person),)


def said_of(asked: tuple[str, ...], words: Mapping[str, str]) -> dict[str, str] | Refused:
    """What must be written to the holder, each part there and none too long."""
    return written(asked, words, unsaid=Why.UNSAID, too_long=Why.TOO_LONG)
