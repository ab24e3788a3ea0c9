"""People as rules and pages know them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.kernel.acting import Scope
from onecity.kernel.ids import PersonId
from onecity.ledger import Recorded
from onecity.people.facts import (
    AbsenceNoted,
    AccountKind,
    Document,
    DutyEndProposed,
    DutyProposed,
    MandateKind,
    OfficerProposed,
    ProposalConfirmed,
    ProposalRefused,
    Proposed,
    ReadAnswered,
    ReadQuestioned,
    ResetProposed,
)


class Person(msgspec.Struct, frozen=True):
    """An account as pages show it. `name` is None once the person is forgotten; `home` is where an officer works."""

    person: PersonId
    kind: AccountKind
    name: str | None
    home: Scope | None = None


class Read(msgspec.Struct, frozen=True):
    """One look: by whom, in which duty of which agency and area, at what (`what` is a word key), for which affair.

    `reader` is None when an engineer looked at the machine itself, by a command.
    """

    read: UUID
    at: datetime
    reader: UUID | None
    duty: str
    agency: str
    area: str
    about: UUID
    what: str


class Logged(msgspec.Struct, frozen=True):
    """A look with whose data it was at: what the tree vouches for."""

    subject: UUID
    read: Read


class Question(msgspec.Struct, frozen=True):
    """A question about a look, and its answer once there is one. Version as in the ledger."""

    id: UUID
    version: int
    asked: ReadQuestioned
    at: datetime
    answered: ReadAnswered | None = None


def question_of(history: Sequence[Recorded]) -> Question | None:
    """The question behind a history; None if the history is not that of a question."""
    if not history or not isinstance(history[0].fact, ReadQuestioned):
        return None
    first, last = history[0], history[-1]
    answered = last.fact if isinstance(last.fact, ReadAnswered) else None
    return Question(first.stream, last.version, history[0].fact, first.at, answered)


class Charge(msgspec.Struct, frozen=True):
    """A duty that an officer holds, with its days."""

    duty: str
    scope: Scope
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


class Absence(msgspec.Struct, frozen=True):
    """Days on which a deputy stands in, once that is confirmed."""

    id: UUID
    person: PersonId
    deputy: PersonId
    since: date
    until: date
    confirmed: bool


class Proposal(msgspec.Struct, frozen=True):
    """What somebody proposed about an officer, and what became of it. Version as in the ledger."""

    id: UUID
    version: int
    what: Proposed
    by: PersonId
    at: datetime
    decided: ProposalConfirmed | ProposalRefused | None = None
    decided_by: PersonId | None = None
    decided_at: datetime | None = None


def proposal_of(history: Sequence[Recorded]) -> Proposal | None:
    """The proposal behind a history; None if the history is not that of a proposal."""
    if not history:
        return None
    first, fact = history[0], history[0].fact
    if not isinstance(fact, OfficerProposed | DutyProposed | DutyEndProposed | ResetProposed | AbsenceNoted):
        return None
    assert first.by.person is not None, "people propose"
    proposal = Proposal(first.stream, history[-1].version, fact, first.by.person, first.at)
    for later in history[1:]:
        if isinstance(later.fact, ProposalConfirmed | ProposalRefused):
            proposal = msgspec.structs.replace(
                proposal, decided=later.fact, decided_by=later.by.person, decided_at=later.at
            )
    return proposal


class Mandate(msgspec.Struct, frozen=True):
    """The right of an agent to act for a grantor in some matters (none named: in all) on some days."""

    id: UUID
    kind: MandateKind
    grantor: PersonId
    agent: PersonId
    matters: tuple[str, ...]
    since: date
    until: date | None
    ended: bool = False

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return not self.ended and self.since <= day and (self.until is None or day <= self.until)

    def covers(self, matter: str) -> bool:
        """Whether it reaches a matter."""
        return not self.matters or matter in self.matters


class Reception(msgspec.Struct, frozen=True):
    """Somebody at an officer's window: who, the kind of document that was seen, the officer's duty and its scope.

    `subject` is whose matters they came for: their own, or somebody else's under a mandate.
    """

    id: UUID
    officer: PersonId
    person: PersonId
    subject: PersonId
    mandate: UUID | None
    document: Document
    duty: str
    scope: Scope
    day: date
    ended: bool = False

    def on(self, day: date) -> bool:
        """Whether the person still stands there on a day."""
        return not self.ended and self.day == day


class Consent(msgspec.Struct, frozen=True):
    """What a person agreed to: that readers use their row of a register for a purpose."""

    id: UUID
    person: PersonId
    purpose: str
    register: str
    readers: tuple[str, ...]
    until: date | None
    ended: bool = False

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return not self.ended and (self.until is None or day <= self.until)


class KnownFirm(msgspec.Struct, frozen=True):
    """What the register of firms says of a code: the name, whose number represents it, what a fact quotes."""

    name: str
    representative: str
    quoted: str


class KnownWard(msgspec.Struct, frozen=True):
    """What the registers say of a child or ward: the name, whose numbers are the guardians', what a fact quotes."""

    name: str
    guardians: tuple[str, ...]
    child: bool
    quoted: str
