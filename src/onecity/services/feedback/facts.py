"""What can happen to a rating after it was given. What people said and wrote is locked under the key of who rated."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from onecity.ledger import Fact, FactType, Personal

_KEPT: Final = "as long as the case that was rated, archives law"
_Words = Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


class Removes(StrEnum):
    """Why a rating does not count: it tells of something that was not so, or it was given to do harm."""

    FALSE = "false"
    MALICIOUS = "malicious"


class CallTried(Fact, frozen=True):
    """An officer called whoever rated badly, and reached nobody."""

    case: UUID
    subject: UUID
    day: date


class CalledBack(Fact, frozen=True):
    """What came out of the call: what the person said, what was found, and whether the rating is upheld.

    Who is not reached has said nothing. One that is upheld is put right by a day; `rule` names the rule that sets it.
    """

    case: UUID
    subject: UUID
    reached: bool
    upheld: bool
    rule: str
    put_right_by: date | None
    said: _Words
    found: _Words


class PutRight(Fact, frozen=True):
    """Another officer put right what was upheld."""

    case: UUID
    subject: UUID
    day: date
    done: _Words


class Objected(Fact, frozen=True):
    """The person does not agree with what came out. They may say so once."""

    case: UUID
    subject: UUID
    words: _Words


class Rechecked(Fact, frozen=True):
    """A third officer looked at it again. One that is upheld now is put right by a day, and counts again."""

    case: UUID
    subject: UUID
    upheld: bool
    rule: str
    put_right_by: date | None
    found: _Words


class RemovalProposed(Fact, frozen=True):
    """An officer wants a rating not to count in what the city publishes, and says why."""

    case: UUID
    subject: UUID
    removes: Removes
    reason: _Words


class RemovalDecided(Fact, frozen=True):
    """Another officer agreed, or not."""

    case: UUID
    subject: UUID
    agreed: bool
    reason: _Words


FACTS: Final = (
    FactType("services.call_tried", CallTried),
    FactType("services.called_back", CalledBack),
    FactType("services.put_right", PutRight),
    FactType("services.rating_objected", Objected),
    FactType("services.rating_rechecked", Rechecked),
    FactType("services.rating_removal_proposed", RemovalProposed),
    FactType("services.rating_removal_decided", RemovalDecided),
)
