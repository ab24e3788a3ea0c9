"""What happens on the street as others hear of it: which kind of event a fact is, about which case, how far it came.

What leaves the house says nothing about a person: no words, no address, no contact, no point, nobody's id.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import CaseReopened, StepTaken, WorkDrawn
from onecity.governance.facts import Filed, Joined, Parted, Reported
from onecity.governance.steps import stage_of
from onecity.ledger import Fact, Placed


class Kind(StrEnum):
    """The kinds of event. Wire contract: `docs/events.md`."""

    REPORTED = "city.onecity.street.reported"
    FILED = "city.onecity.street.filed"
    MOVED = "city.onecity.street.moved"
    JOINED = "city.onecity.street.joined"
    PARTED = "city.onecity.street.parted"
    REOPENED = "city.onecity.street.reopened"


TOLD: Final[tuple[type[Fact], ...]] = (Reported, Filed, StepTaken, Joined, Parted, CaseReopened)
"""The facts of which programs elsewhere hear."""
SHOWN: Final[tuple[type[Fact], ...]] = (*TOLD, WorkDrawn)
"""The facts of which open pages hear: also that a lot fell, which names an officer and stays in the house."""


class News(msgspec.Struct, frozen=True):
    """What a fact says to others: the case, the stage that it has now, the report if the fact is one of a report's.

    Without a kind only open pages hear of it. `drawn` is the officer on whom a lot fell: whom to tell, told to nobody.
    """

    position: int
    kind: Kind | None
    at: datetime
    case: UUID
    stage: str
    report: UUID | None = None
    agencies: frozenset[str] = frozenset()
    drawn: UUID | None = None


class About(msgspec.Struct, frozen=True):
    """What everybody may know of a case of the street: number, matter and street; `lead` is whose it is."""

    number: str
    matter: str
    area: str
    lead: str | None


class Event(msgspec.Struct, frozen=True):
    """Something that happened to a case of the street."""

    news: News
    about: About


def news_of(placed: Placed) -> News | None:
    """What a fact says to others; None if it says nothing: a move that shows on no list, a case that is no street's."""
    fact, position, stream, at = placed.recorded.fact, placed.position, placed.recorded.stream, placed.recorded.at
    if isinstance(fact, WorkDrawn):
        # A lot leads a case nowhere: it stays at the step that was drawn.
        return News(position, None, at, stream, fact.step, drawn=fact.officer)
    found = stage_of(fact)
    if found is None:
        return None
    stage, _ = found
    match fact:
        case Reported(case=case):
            return News(position, Kind.REPORTED, at, case, stage, stream)
        case Joined(case=case):
            return News(position, Kind.JOINED, at, case, stage, stream)
        case Parted(case=case):
            return News(position, Kind.PARTED, at, case, stage, stream)
        case Filed():
            return News(position, Kind.FILED, at, stream, stage)
        case StepTaken(opens=opens):
            agencies = frozenset(todo.agency for todo in opens if todo.agency)
            return News(position, Kind.MOVED, at, stream, stage, agencies=agencies)
        case CaseReopened():
            return News(position, Kind.REOPENED, at, stream, stage)
        case _:
            return None


def events(placed: tuple[News, ...], known: Mapping[UUID, About]) -> tuple[Event, ...]:
    """What happened, with what is known of each case; whatever is no case of the street is left out."""
    return tuple(Event(one, known[one.case]) for one in placed if one.case in known)
