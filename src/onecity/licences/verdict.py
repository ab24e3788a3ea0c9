"""What the public is told of a licence: only what its proven facts and the signed list of states agree on."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from onecity.ledger import History, Proven
from onecity.licences.facts import LicenceChanged, LicenceIssued, LicenceRenewed
from onecity.licences.identifier import Identifier, IdentifierFault
from onecity.licences.model import Licence, State, folded, state_on
from onecity.licences.status import RANK, Line, sealed, told

FRESH: Final = timedelta(minutes=5)
"""A list that is older proves nothing any more: five renewals in a row have failed."""

FIRST_MOMENTS: Final = timedelta(minutes=2)
"""How long a new licence may be without its seal and its line in the list."""


class Verdict(StrEnum):
    """The answer to whoever checks a licence; each is a sentence in the words of licences."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    BEING_CHECKED = "being_checked"
    PROOF_FOLLOWS = "proof_follows"
    UNKNOWN = "unknown"


_OF_STATE: Final[Mapping[State, Verdict]] = {
    State.VALID: Verdict.VALID,
    State.SUSPENDED: Verdict.SUSPENDED,
    State.ANNULLED: Verdict.REVOKED,
    State.REVOKED: Verdict.REVOKED,
    State.CANCELLED: Verdict.CANCELLED,
    State.EXPIRED: Verdict.EXPIRED,
}


class Listed(msgspec.Struct, frozen=True):
    """What the signed list says of an identifier: its line, if it has one, when, on which day, from how many facts."""

    line: Line | None
    at: datetime
    day: date
    size: int


class LookedUp(msgspec.Struct, frozen=True):
    """The answer of the city. `licence` is None unless everything agrees: what is doubtful is not repeated."""

    verdict: Verdict
    licence: Licence | None = None
    state: State | None = None
    asked: Identifier | None = None
    fault: IdentifierFault | None = None
    listed_at: datetime | None = None


DOUBT: Final = LookedUp(Verdict.BEING_CHECKED)


def judged(
    asked: Identifier, history: History, listed: Listed | None, *, whole: bool, day: date, now: datetime
) -> LookedUp:
    """The answer for an identifier whose history was found. `whole`: no fact since the list is missing."""
    licence = folded(one.recorded for one in history.facts)
    if not history.sound or not whole or licence is None or asked not in licence.identifiers:
        return DOUBT
    if listed is None or now - listed.at > FRESH:
        return DOUBT
    state = state_on(licence, day)
    if listed.line is None:
        fits = _is_new(_made(history.facts, asked), listed.size, now)
        verdict = Verdict.PROOF_FOLLOWS if state is State.VALID else _OF_STATE[state]
    else:
        fits = _agrees(history, listed, listed.line) and RANK[state] >= RANK[listed.line.state]
        verdict = _OF_STATE[state]
    if verdict is Verdict.VALID and asked.edition in licence.replaced:
        verdict = Verdict.REPLACED
    return LookedUp(verdict, licence, state, asked, listed_at=listed.at) if fits else DOUBT


def _made(facts: tuple[Proven, ...], asked: Identifier) -> Proven:
    """The fact with which the edition that was asked for began."""

    def makes(one: Proven) -> bool:
        match one.recorded.fact:
            case LicenceIssued():
                return asked.edition == 1
            case LicenceRenewed(edition=edition) | LicenceChanged(edition=edition):
                return asked.edition == edition
            case _:
                return False

    return next(one for one in facts if makes(one))


def _is_new(made: Proven, listed_size: int, now: datetime) -> bool:
    """Whether an edition is so young that the list cannot know it."""
    unlisted = made.position is None or made.position >= listed_size
    return unlisted and now - made.recorded.at <= FIRST_MOMENTS


def _agrees(history: History, listed: Listed, line: Line) -> bool:
    """Whether the facts that the list could know say what it says."""
    then = told(history.facts, before=listed.size)
    return then is not None and state_on(then.licence, listed.day) is line.state and sealed(then.leaves) == line.seal
