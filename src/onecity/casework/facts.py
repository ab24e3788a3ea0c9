"""What can happen to a case. Each case is a history of its own."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.kernel.clock import Limit, StopKind
from onecity.ledger import Fact, FactType, Personal

_KEPT: Final = "as long as the case, archives law"


class Todo(msgspec.Struct, frozen=True):
    """A step that waits, the duty that it waits for, and the day since which it waits.

    `silent` is the last day to move it before silence does, by the calendar of the day on which it began to wait, or
    as `SilenceRecounted` says.
    """

    step: str
    duty: str
    since: date
    silent: date | None = None


class Counted(msgspec.Struct, frozen=True):
    """The latest day as it was counted: with which version of the pack, and whether a notice may still move it."""

    due: date
    provisional: bool
    pack: str


class Delivery(StrEnum):
    """How the person gets what was decided: at once in their inbox, or by hand at a counter."""

    ONLINE = "online"
    COUNTER = "counter"


class CaseOpened(Fact, frozen=True):
    """A case began under one version of its matter and its process; both versions stay with it to the end.

    `matter` is what the case is about (an item of the catalogue), `affair` what it belongs to, `subject` the person
    whose affair it is. A case that waits for the results of others names them in `after` and opens nothing yet.
    """

    matter: str
    matter_version: str
    process: str
    process_version: str
    affair: UUID
    subject: UUID
    agency: str
    area: str
    received: date
    opens: tuple[Todo, ...]
    after: tuple[UUID, ...] = ()
    delivery: Delivery = Delivery.ONLINE


class BeforeEnded(Fact, frozen=True):
    """One of the cases for whose results this one waits has ended."""

    case: UUID


class Awaited(Fact, frozen=True):
    """Another case of the application began to wait for this one's result: the two can no longer miss each other."""

    case: UUID


class CaseReleased(Fact, frozen=True):
    """Everything that the case waited for is there; its first steps wait since the day `received`."""

    received: date
    opens: tuple[Todo, ...]


class StepSigned(Fact, frozen=True):
    """The first of two officers chose an outcome; it holds when another officer chooses the same."""

    step: str
    outcome: str
    subject: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept=_KEPT)]
    lacking: tuple[str, ...] = ()
    days: int | None = None


class StepTaken(Fact, frozen=True):
    """A step ended with an outcome and opened others. `words` are what was written to the person concerned.

    `lacking` names what is missing, `days` the planned length of a stop in working days; `signed_by` is the first of
    two officers. The author of the fact is the city itself where silence chose the outcome.
    """

    step: str
    outcome: str
    opens: tuple[Todo, ...]
    subject: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept=_KEPT)]
    lacking: tuple[str, ...] = ()
    days: int | None = None
    signed_by: UUID | None = None


class ClockStarted(Fact, frozen=True):
    """The limit began to run on the day of acceptance."""

    accepted: date
    limit: Limit
    counted: Counted


class ClockStopped(Fact, frozen=True):
    """The clock stands still from the day `first` on, for a reason of the law and `planned` working days."""

    kind: StopKind
    first: date
    planned: int
    told: date
    counted: Counted


class ClockResumed(Fact, frozen=True):
    """The clock runs again; `last` was the last day on which it stood still."""

    last: date
    counted: Counted


class ClockExtended(Fact, frozen=True):
    """A head lengthened the limit, once; the reason is in the words of the step."""

    days: int
    granted: date
    counted: Counted


class ClockRecounted(Fact, frozen=True):
    """A calendar was published that moves the latest day; nothing else changed. `stopped`: the clock stands still."""

    counted: Counted
    stopped: bool


class SilenceRecounted(Fact, frozen=True):
    """A calendar was published that moves the last day to move a step before silence does."""

    step: str
    silent: date


class WorkClaimed(Fact, frozen=True):
    """An officer took a waiting step; nobody else moves it until it is released or handed over."""

    step: str
    officer: UUID


class WorkReleased(Fact, frozen=True):
    """A waiting step belongs to nobody again."""

    step: str


class WorkHandedOver(Fact, frozen=True):
    """A waiting step went from one officer to another who holds its duty."""

    step: str
    to: UUID


class DueSoon(Fact, frozen=True):
    """The latest day is near and those whose turn it is were warned."""

    due: date


class Overrun(Fact, frozen=True):
    """The latest day passed without a decision."""

    due: date


class OverrunExplained(Fact, frozen=True):
    """Whoever is responsible said why the latest day passed; the reason is published and names nobody."""

    reason: str


class CaseEnded(Fact, frozen=True):
    """The case has its result; nothing more is to be decided. `hands` is the hand-over that waits at a counter.

    The result is a word of the process, LAPSED if something that the case waited for did not come, or WITHDRAWN.
    """

    result: str
    deliver_by: date | None = None
    hands: Todo | None = None


class CaseDelivered(Fact, frozen=True):
    """The person has what was decided."""

    how: Delivery


class Rated(Fact, frozen=True):
    """The person said how it went, once, from 1 (very dissatisfied) to 5 (very satisfied).

    Source: 国办发〔2019〕51号, five levels; the last two ask for an answer.
    """

    level: int
    subject: UUID
    words: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


HAND_OVER: Final = "hand_over"
"""The step in which somebody at a counter gives the person what was decided."""

LAPSED: Final = "lapsed"
WITHDRAWN: Final = "withdrawn"

FACTS = (
    FactType("casework.opened", CaseOpened),
    FactType("casework.before_ended", BeforeEnded),
    FactType("casework.awaited", Awaited),
    FactType("casework.released", CaseReleased),
    FactType("casework.step_signed", StepSigned),
    FactType("casework.step_taken", StepTaken),
    FactType("casework.clock_started", ClockStarted),
    FactType("casework.clock_stopped", ClockStopped),
    FactType("casework.clock_resumed", ClockResumed),
    FactType("casework.clock_extended", ClockExtended),
    FactType("casework.clock_recounted", ClockRecounted),
    FactType("casework.silence_recounted", SilenceRecounted),
    FactType("casework.work_claimed", WorkClaimed),
    FactType("casework.work_released", WorkReleased),
    FactType("casework.work_handed_over", WorkHandedOver),
    FactType("casework.due_soon", DueSoon),
    FactType("casework.overrun", Overrun),
    FactType("casework.overrun_explained", OverrunExplained),
    FactType("casework.ended", CaseEnded),
    FactType("casework.delivered", CaseDelivered),
    FactType("casework.rated", Rated),
)
