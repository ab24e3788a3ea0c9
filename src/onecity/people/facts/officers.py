"""What can happen to officers: each step is proposed by one person and decided by another.

A proposal is a history of its own. What it changes for the officer follows in the officer's history, in the same
transaction as the decision.
"""

from datetime import date
from typing import Annotated, TypeAlias
from uuid import UUID

from onecity.kernel.acting import Scope
from onecity.ledger import Fact, Personal

_SERVICE = "while the officer serves"


class OfficerProposed(Fact, frozen=True):
    """Somebody is to become an officer, at an agency and in an area. `login` is the staff number."""

    officer: UUID
    scope: Scope
    name: Annotated[str | None, Personal(subject="officer", kept=_SERVICE)]
    login: Annotated[str | None, Personal(subject="officer", kept=_SERVICE)]
    reason: Annotated[str | None, Personal(subject="officer", kept=_SERVICE)]


class DutyProposed(Fact, frozen=True):
    """An officer is to be charged with a duty from one day on, until a last day or without end."""

    officer: UUID
    scope: Scope
    duty: str
    since: date
    until: date | None
    reason: Annotated[str | None, Personal(subject="officer", kept=_SERVICE)]


class DutyEndProposed(Fact, frozen=True):
    """A duty of an officer is to end at once."""

    officer: UUID
    scope: Scope
    duty: str
    reason: Annotated[str | None, Personal(subject="officer", kept=_SERVICE)]


class ResetProposed(Fact, frozen=True):
    """An officer lost the password or the second factor and is to choose both anew. `scope` is where they work."""

    officer: UUID
    scope: Scope
    reason: Annotated[str | None, Personal(subject="officer", kept=_SERVICE)]


class AbsenceNoted(Fact, frozen=True):
    """An officer will be away from one day to a last one; the deputy is to hold their duties in these days as well."""

    officer: UUID
    scope: Scope
    deputy: UUID
    since: date
    until: date


Proposed: TypeAlias = OfficerProposed | DutyProposed | DutyEndProposed | ResetProposed | AbsenceNoted


class ProposalConfirmed(Fact, frozen=True):
    """Another person agreed; it holds."""


class ProposalRefused(Fact, frozen=True):
    """Another person said no, and why."""

    officer: UUID
    reason: Annotated[str | None, Personal(subject="officer", kept=_SERVICE)]


class AbsenceEnded(Fact, frozen=True):
    """The officer came back before the last day."""


class SecretsReset(Fact, frozen=True):
    """By a confirmed proposal the officer's password and second factor open nothing any more."""

    proposal: UUID
