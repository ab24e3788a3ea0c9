"""What happens on the street as others hear of it: which kind of event a fact is, about which case, how far it came.

Nothing of it says anything about a person: no words, no address, no contact, no point, nobody's id.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import CaseReopened, StepTaken
from onecity.governance.facts import Filed, Joined, Parted, Reported
from onecity.governance.steps import STEPS
from onecity.ledger import Fact, Placed

INTAKE: Final = "intake"
DISPATCH: Final = "dispatch"
JOINED: Final = "joined"


class Kind(StrEnum):
    """The kinds of event. Wire contract: `docs/events.md`."""

    REPORTED = "city.onecity.street.reported"
    FILED = "city.onecity.street.filed"
    MOVED = "city.onecity.street.moved"
    JOINED = "city.onecity.street.joined"
    PARTED = "city.onecity.street.parted"
    REOPENED = "city.onecity.street.reopened"


TOLD: Final[tuple[type[Fact], ...]] = (Reported, Filed, StepTaken, Joined, Parted, CaseReopened)
"""The facts of which somebody hears."""


class Happened(msgspec.Struct, frozen=True):
    """What a fact says to others: the case, the stage that it has now, the report if the fact is one of a report's."""

    position: int
    kind: Kind
    at: datetime
    case: UUID
    stage: str
    report: UUID | None = None
    agencies: frozenset[str] = frozenset()


class About(msgspec.Struct, frozen=True):
    """What everybody may know of a case of the street: number, matter and street; `lead` is whose it is."""

    number: str
    matter: str
    area: str
    lead: str | None


class Event(msgspec.Struct, frozen=True):
    """Something that happened to a case of the street."""

    happened: Happened
    about: About


def happened(placed: Placed) -> Happened | None:
    """What a fact says to others; None if it says nothing: a move that shows on no list, a case that is no street's."""
    position, recorded = placed.position, placed.recorded
    stream, at = recorded.stream, recorded.at
    match recorded.fact:
        case Reported(case=case):
            return Happened(position, Kind.REPORTED, at, case, INTAKE, stream)
        case Joined(case=case):
            return Happened(position, Kind.JOINED, at, case, JOINED, stream)
        case Parted(case=case):
            return Happened(position, Kind.PARTED, at, case, INTAKE, stream)
        case Filed():
            return Happened(position, Kind.FILED, at, stream, DISPATCH)
        case StepTaken(step=step, outcome=outcome, opens=opens):
            found = STEPS.get(f"{step}/{outcome}")
            agencies = frozenset(todo.agency for todo in opens if todo.agency)
            return Happened(position, Kind.MOVED, at, stream, found[0], agencies=agencies) if found else None
        case CaseReopened():
            return Happened(position, Kind.REOPENED, at, stream, DISPATCH)
        case _:
            return None


def events(placed: tuple[Happened, ...], known: Mapping[UUID, About]) -> tuple[Event, ...]:
    """What happened, with what is known of each case; whatever is no case of the street is left out."""
    return tuple(Event(one, known[one.case]) for one in placed if one.case in known)
