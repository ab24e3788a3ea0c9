"""What can happen to an order. Each place that has to answer it has a history of its own; together they are a tree."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.ledger import Fact, FactType, Personal

_KEPT: Final = "as long as the case, archives law"

MOST_COUNTED: Final = 1_000_000
Counted = Annotated[int, msgspec.Meta(ge=0, le=MOST_COUNTED)]


class OrderGiven(Fact, frozen=True):
    """An order came to an agency in an area: from the order `parent`, or as the head of a tree from whoever began it.

    The head is held by those who began it and is answered by the orders below. `root` is the head's id and the subject
    under whose key all words of the tree are locked, because officers may write a name. `case` and `trigger` say which
    case it is about and why.
    """

    kind: str
    kind_version: str
    root: UUID
    parent: UUID | None
    agency: str
    area: str
    receive_by: datetime
    report_by: datetime
    words: Annotated[str | None, Personal(subject="root", kept=_KEPT)]
    case: UUID | None = None
    trigger: str | None = None


class OrderReceived(Fact, frozen=True):
    """Somebody there has seen it."""


class OrderAcknowledged(Fact, frozen=True):
    """They said what they will do."""

    root: UUID
    words: Annotated[str | None, Personal(subject="root", kept=_KEPT)]


class OrderReported(Fact, frozen=True):
    """They reported their own part: how many of how many are done. What places below did is in their own reports."""

    root: UUID
    done: Counted
    of: Counted
    words: Annotated[str | None, Personal(subject="root", kept=_KEPT)]


class OrderReturned(Fact, frozen=True):
    """Whoever sent it does not take the report: it is to be reported on anew by `report_by`."""

    root: UUID
    report_by: datetime
    words: Annotated[str | None, Personal(subject="root", kept=_KEPT)]


class Answer(StrEnum):
    """What an order asks of its receiver next."""

    RECEIVED = "received"
    REPORTED = "reported"


class OrderMissed(Fact, frozen=True):
    """An hour passed by which it had to be seen or reported on."""

    what: Answer
    due: datetime


class OrderEnded(Fact, frozen=True):
    """Whoever sent it took the report, or called the order back; then `words` say why."""

    root: UUID
    fulfilled: bool
    words: Annotated[str | None, Personal(subject="root", kept=_KEPT)]


FACTS: Final = (
    FactType("casework.order_given", OrderGiven),
    FactType("casework.order_received", OrderReceived),
    FactType("casework.order_acknowledged", OrderAcknowledged),
    FactType("casework.order_reported", OrderReported),
    FactType("casework.order_returned", OrderReturned),
    FactType("casework.order_missed", OrderMissed),
    FactType("casework.order_ended", OrderEnded),
)
