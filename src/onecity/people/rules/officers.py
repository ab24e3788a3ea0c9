"""Who is an officer, in which duty, and who stands in for whom: always proposed by one and decided by another.

Nobody decides about themself, and nobody confirms what they proposed themself.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from onecity.kernel.acting import Acting, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.people.facts import (
    AbsenceEnded,
    AbsenceNoted,
    AccountKind,
    AccountOpened,
    DutyEnded,
    DutyEndProposed,
    DutyGiven,
    DutyProposed,
    OfficerProposed,
    ProposalConfirmed,
    ProposalRefused,
    ResetProposed,
    SecretsReset,
)
from onecity.people.model import Absence, Charge, Person, Proposal
from onecity.people.rules.why import Why
from onecity.people.rules.words import said

ADMINISTER: Final = "people.administer"
"""The duty of those who propose and decide about officers."""

IN_PROPOSAL: Final = "proposal"
"""What a duty says of its reason when the proposal holds it in words."""

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{2,39}")
"""A staff number begins with a letter, so that it never takes a citizen's identity number."""


def may_administer(by: Acting, scope: Scope) -> bool:
    """Whether the author administers the officers of an agency and area."""
    return by.duty == ADMINISTER and by.scope is not None and by.scope.covers(scope.department, scope.area)


def propose_officer(
    officer: PersonId, name: str, login: str, reason: str, *, scope: Scope, by: Acting
) -> OfficerProposed | Refused:
    """Somebody is to become an officer."""
    if not may_administer(by, scope):
        return Refused(Why.NOT_YOUR_DUTY)
    if not 2 <= len(name) <= 50:
        return Refused(Why.NAME)
    if not _LOGIN.fullmatch(login):
        return Refused(Why.LOGIN)
    text = said(reason)
    return text if isinstance(text, Refused) else OfficerProposed(officer, scope, name, login, text)


def propose_duty(
    officer: Person, charge: Charge, reason: str, *, held: Sequence[Charge], known: Collection[str], by: Acting,
    today: date,
) -> DutyProposed | Refused:  # fmt: skip
    """An officer is to be charged with a duty for some days."""
    if not may_administer(by, charge.scope):
        return Refused(Why.NOT_YOUR_DUTY)
    if officer.person == by.person:
        return Refused(Why.ABOUT_SELF)
    if officer.kind is not AccountKind.OFFICER or charge.duty not in known:
        return Refused(Why.UNKNOWN_DUTY)
    if charge.until is not None and (charge.until < charge.since or charge.until < today):
        return Refused(Why.DAYS)
    if any((one.duty, one.scope) == (charge.duty, charge.scope) and one.on(charge.since) for one in held):
        return Refused(Why.HOLDS_ALREADY)
    text = said(reason)
    if isinstance(text, Refused):
        return text
    return DutyProposed(officer.person, charge.scope, charge.duty, charge.since, charge.until, text)


def propose_end(
    officer: PersonId, duty: str, scope: Scope, reason: str, *, held: Sequence[Charge], by: Acting
) -> DutyEndProposed | Refused:
    """A duty of an officer is to end."""
    if not may_administer(by, scope):
        return Refused(Why.NOT_YOUR_DUTY)
    if officer == by.person:
        return Refused(Why.ABOUT_SELF)
    if not any((one.duty, one.scope) == (duty, scope) for one in held):
        return Refused(Why.HOLDS_NOT)
    text = said(reason)
    return text if isinstance(text, Refused) else DutyEndProposed(officer, scope, duty, text)


def propose_reset(officer: PersonId, reason: str, *, home: Scope, by: Acting) -> ResetProposed | Refused:
    """An officer is to choose password and second factor anew."""
    if not may_administer(by, home):
        return Refused(Why.NOT_YOUR_DUTY)
    if officer == by.person:
        return Refused(Why.ABOUT_SELF)
    text = said(reason)
    return text if isinstance(text, Refused) else ResetProposed(officer, home, text)


def note_absence(
    officer: Person, deputy: Person | None, since: date, until: date, *, held: Sequence[Charge],
    deputy_holds: Sequence[Charge], absences: Sequence[Absence], today: date,
) -> AbsenceNoted | Refused:  # fmt: skip
    """An officer names who stands in for them: somebody of their agency, or who holds the same duties anyway.

    `absences` are those of both that are not over yet: nobody is away twice, and nobody stands in who is away.
    """
    if officer.home is None or not since <= until or until < today:
        return Refused(Why.DAYS)
    if deputy is None or deputy.person == officer.person or deputy.kind is not AccountKind.OFFICER:
        return Refused(Why.NO_DEPUTY)
    theirs = {(one.duty, one.scope) for one in deputy_holds}
    if not all(_may_hold(deputy, one.scope) or (one.duty, one.scope) in theirs for one in held):
        return Refused(Why.NO_DEPUTY)
    overlapping = [one for one in absences if one.since <= until and since <= one.until]
    if any(one.person == officer.person for one in overlapping):
        return Refused(Why.AWAY_ALREADY)
    if any(one.person == deputy.person for one in overlapping):
        return Refused(Why.NO_DEPUTY)
    return AbsenceNoted(officer.person, officer.home, deputy.person, since, until)


def _may_hold(deputy: Person, scope: Scope) -> bool:
    """Whether somebody works at the agency and in the area of a duty, or in one above or below it."""
    home = deputy.home
    if home is None or home.department != scope.department:
        return False
    return home.covers(scope.department, scope.area) or scope.covers(home.department, home.area)


def decide(proposal: Proposal, reason: str | None, *, by: Acting) -> ProposalConfirmed | ProposalRefused | Refused:
    """What another person decides about a proposal: without a reason yes, with one no."""
    what = proposal.what
    if not may_administer(by, what.scope):
        return Refused(Why.NOT_YOUR_DUTY)
    if by.person == what.officer or (isinstance(what, AbsenceNoted) and by.person == what.deputy):
        return Refused(Why.ABOUT_SELF)
    if by.person == proposal.by:
        return Refused(Why.OWN_PROPOSAL)
    if proposal.decided is not None:
        return Refused(Why.DECIDED)
    if reason is None:
        return ProposalConfirmed()
    text = said(reason)
    return text if isinstance(text, Refused) else ProposalRefused(what.officer, text)


def consequences(proposal: Proposal) -> tuple[Fact, ...]:
    """What a confirmed proposal adds to the officer's own history."""
    what, by = proposal.what, proposal.by
    match what:
        case OfficerProposed():
            return (AccountOpened(what.officer, AccountKind.OFFICER, what.name, None, None, scope=what.scope),)
        case DutyProposed():
            return (DutyGiven(what.duty, what.scope, what.since, by, IN_PROPOSAL, what.until, proposal.id),)
        case DutyEndProposed():
            return (DutyEnded(what.duty, what.scope, by, IN_PROPOSAL, proposal.id),)
        case ResetProposed():
            return (SecretsReset(proposal.id),)
        case AbsenceNoted():
            return ()


def come_back(absence: Absence, *, by: Acting, today: date) -> AbsenceEnded | Refused:
    """An officer is back before the last day; only they themself can say so."""
    if by.person != absence.person:
        return Refused(Why.NOT_FOUND)
    return AbsenceEnded() if absence.until >= today else Refused(Why.DAYS)
