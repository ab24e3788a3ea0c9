"""Amendments as lists show them."""

from collections.abc import Iterator
from typing import Final

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.services.amending.facts import (
    AmendmentDropped,
    AmendmentProposed,
    AmendmentPublished,
    EventAmended,
    EventComposed,
    ItemPrepared,
)
from onecity.services.amending.model import State

EVENTS: Final = "life_event "
"""How the matter of an amendment begins that is a life event: an item may have the same id."""

_PROPOSE = Statement(
    "amendments",
    "insert into amendments (amendment, matter, agency, state, proposed)"
    " select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])",
)
_DECIDE = Statement(
    "amendments",
    "update amendments a set state = t.state, decided = t.decided"
    " from unnest($1::uuid[], $2::text[], $3::timestamptz[]) t(amendment, state, decided)"
    " where a.amendment = t.amendment",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    stream = recorded.stream
    match recorded.fact:
        case AmendmentProposed() | ItemPrepared() as one:
            yield Row(_PROPOSE, (stream,), (stream, one.matter, one.agency, State.OPEN.value, recorded.at))
        case EventComposed() | EventAmended() as one:
            matter = f"{EVENTS}{one.matter}"
            yield Row(_PROPOSE, (stream,), (stream, matter, one.agency, State.OPEN.value, recorded.at))
        case AmendmentPublished():
            yield Row(_DECIDE, (stream,), (stream, State.PUBLISHED.value, recorded.at))
        case AmendmentDropped():
            yield Row(_DECIDE, (stream,), (stream, State.DROPPED.value, recorded.at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


AMENDMENTS = Projection(
    tables=(Table("amendments"),),
    facts=(AmendmentProposed, EventComposed, EventAmended, ItemPrepared, AmendmentPublished, AmendmentDropped),
    apply=_apply,
)
