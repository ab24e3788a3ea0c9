"""An amendment as its history tells it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.ledger import Recorded
from onecity.services.amending.facts import (
    AmendmentDropped,
    AmendmentProposed,
    AmendmentPublished,
    EventAmended,
    EventComposed,
    ItemPrepared,
    Proposed,
)


class State(StrEnum):
    """Whether somebody still has to decide."""

    OPEN = "open"
    PUBLISHED = "published"
    DROPPED = "dropped"


class Amendment(msgspec.Struct, frozen=True):
    """What was proposed by whom, and what became of it; `version` is that of its stream."""

    id: UUID
    version: int
    proposed: Proposed
    author: Acting
    at: datetime
    published: AmendmentPublished | None = None
    dropped: AmendmentDropped | None = None

    @property
    def state(self) -> State:
        if self.dropped is not None:
            return State.DROPPED
        return State.OPEN if self.published is None else State.PUBLISHED


def amendment_of(history: Sequence[Recorded]) -> Amendment | None:
    """The amendment of a stream; None if it has none."""
    found: Amendment | None = None
    for one in history:
        match one.fact:
            case AmendmentProposed() | EventComposed() | EventAmended() | ItemPrepared() as proposed:
                found = Amendment(one.stream, one.version, proposed, one.by, one.at)
            case AmendmentPublished() as published if found is not None:
                found = msgspec.structs.replace(found, published=published, version=one.version)
            case AmendmentDropped() as dropped if found is not None:
                found = msgspec.structs.replace(found, dropped=dropped, version=one.version)
            case _:
                return None
    return found
