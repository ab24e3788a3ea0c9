"""People as rules and pages know them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.kernel.ids import PersonId
from onecity.ledger import Recorded
from onecity.people.facts import AccountKind, ReadAnswered, ReadQuestioned


class Person(msgspec.Struct, frozen=True):
    """An account as pages show it. `name` is None once the person is forgotten."""

    person: PersonId
    kind: AccountKind
    name: str | None


class Read(msgspec.Struct, frozen=True):
    """One look: by whom, in which duty of which department and area, at what (`what` is a word key), for which affair.

    `reader` is None when an engineer looked at the machine itself, by a command.
    """

    read: UUID
    at: datetime
    reader: UUID | None
    duty: str
    department: str
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
