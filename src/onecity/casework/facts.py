"""What can happen to a case. Each case is a history of its own."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.kernel.clock import Limit, StopKind
from onecity.ledger import Fact, FactType, Personal

_KEPT: Final = "as long as the case, archives law"


class Todo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A step that waits, the duty that it waits for, and the day since which it waits.

    `silent` is the last day to move it before silence does, by the calendar of the day on which it began to wait, or
    as `SilenceRecounted` says. `agency` is the one that it was sent to; else it is that of the case. Who does a step
    that is `drawn` is chosen by lot.
    """

    step: str
    duty: str
    since: date
    silent: date | None = None
    agency: str | None = None
    drawn: bool = False


class Counted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The latest day as it was counted: with which version of the pack, and whether a notice may still move it.

    `at` is the latest instant of a limit in hours; `due` is then its day.
    """

    due: date
    provisional: bool
    pack: str
    at: datetime | None = None


class Delivery(StrEnum):
    """How the person gets what was decided: at once in their inbox, by hand at a counter, or on paper by post."""

    ONLINE = "online"
    COUNTER = "counter"
    POST = "post"


class CaseOpened(Fact, frozen=True):
    """A case began under one version of its matter and its process; both versions stay with it to the end.

    `matter` is what the case is about (an item of the catalogue), `affair` what it belongs to, `subject` the person
    whose affair it is. A case that waits for the results of others names them in `after` and opens nothing yet. A case
    that is `checked` has no success before somebody of another agency checked it. `limit` holds where it is another
    than that of the matter, and nothing in `spares` may be called missing. `looks_at` is the case whose decision this
    one looks at afterwards: the city's own work, of which its subject hears.
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
    checked: bool = False
    limit: Limit | None = None
    spares: tuple[str, ...] = ()
    looks_at: UUID | None = None


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


class Check(msgspec.Struct, frozen=True):
    """Somebody whom a lot chose ended a step: who had done the work, in which agency, and who looked, in which."""

    worker: UUID
    worker_agency: str
    checker: UUID
    checker_agency: str


class Meeting(msgspec.Struct, frozen=True):
    """When people come together, and in which hall of the city; without one, where the matter is."""

    at: datetime
    hall: str | None = None


class StepTaken(Fact, frozen=True):
    """A step ended with an outcome and opened others. `words` are what was written to the person concerned.

    `lacking` names what is missing, `days` the planned length of a stop in working days; `signed_by` is the first of
    two officers, `check` what a step that was drawn leaves behind, `meeting` when and where people come together. The
    author of the fact is the city itself where silence chose the outcome; where a rule chose it `at_once`, the author
    is whoever moved the case to this step.
    """

    step: str
    outcome: str
    opens: tuple[Todo, ...]
    subject: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept=_KEPT)]
    lacking: tuple[str, ...] = ()
    days: int | None = None
    signed_by: UUID | None = None
    check: Check | None = None
    at_once: bool = False
    meeting: Meeting | None = None


class LimitSet(Fact, frozen=True):
    """How long the case may take was found out on its way, and by how much a head may lengthen it."""

    limit: Limit
    extension: int


class MadeOrdinary(Fact, frozen=True):
    """What the case was spared and its own limit no longer hold, for the reason with which the case `after` ended.

    From then on it is held to what any other of its matter is; the clock begins anew with the ordinary limit.
    """

    after: UUID


class ClockStarted(Fact, frozen=True):
    """The limit began to run on the day of acceptance; a limit in hours at the instant `at`."""

    accepted: date
    limit: Limit
    counted: Counted
    at: datetime | None = None


class ClockStopped(Fact, frozen=True):
    """The clock stands still from the day `first` on, for a reason of the law and `planned` working days."""

    kind: StopKind
    first: date
    planned: int
    told: date
    counted: Counted
    at: datetime | None = None


class ClockResumed(Fact, frozen=True):
    """The clock runs again; `last` was the last day on which it stood still."""

    last: date
    counted: Counted
    at: datetime | None = None


class StopProlonged(Fact, frozen=True):
    """The clock stands longer than was told, as what it stands for was put off; `planned` counts from the same day."""

    planned: int
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


class DrawOpened(Fact, frozen=True):
    """Who may be chosen for a step was laid down before anybody could know the lot: those on duty outside some
    agencies.
    """

    step: str
    apart_from: tuple[str, ...]
    candidates: tuple[UUID, ...]


class WorkDrawn(Fact, frozen=True):
    """The lot fell on somebody: by the first checkpoint after the draw was opened, of `size` facts under `root`."""

    step: str
    officer: UUID
    size: int
    root: str


class DueSoon(Fact, frozen=True):
    """The latest day is near and those whose turn it is were warned."""

    due: date


class MeetingSoon(Fact, frozen=True):
    """The person was reminded of a meeting."""

    step: str
    meeting: Meeting


class TimeAsked(Fact, frozen=True):
    """The person asked for another time of a meeting; until an officer names one, the meeting stands."""

    step: str
    meeting: Meeting
    subject: UUID
    words: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


class VisitJoined(Fact, frozen=True):
    """All departments come to look together on a day: until then nobody names another one for a visit to the place.

    `moved` are the visits that were to come on another day, by the steps that wait for them, as they are now.
    """

    day: date
    moved: Mapping[str, Meeting] = {}


class Overrun(Fact, frozen=True):
    """The latest day passed without a decision."""

    due: date


class OverrunExplained(Fact, frozen=True):
    """Whoever is responsible said why the latest day passed; the reason is published and names nobody."""

    reason: str


class CaseEnded(Fact, frozen=True):
    """The case has its result; nothing more is to be decided. `hands` is the hand-over that waits at a counter.

    The result is a word of the process, LAPSED if something that the case waited for did not come, or WITHDRAWN. `good`
    says whether it is a success; ends written before a case could be checked do not say.
    """

    result: str
    deliver_by: date | None = None
    hands: Todo | None = None
    good: bool | None = None


class CaseReopened(Fact, frozen=True):
    """The person said that it is not so; these steps wait again."""

    opens: tuple[Todo, ...]
    subject: UUID
    words: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


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
    FactType("casework.limit_set", LimitSet),
    FactType("casework.made_ordinary", MadeOrdinary),
    FactType("casework.clock_started", ClockStarted),
    FactType("casework.clock_stopped", ClockStopped),
    FactType("casework.stop_prolonged", StopProlonged),
    FactType("casework.clock_resumed", ClockResumed),
    FactType("casework.clock_extended", ClockExtended),
    FactType("casework.clock_recounted", ClockRecounted),
    FactType("casework.silence_recounted", SilenceRecounted),
    FactType("casework.work_claimed", WorkClaimed),
    FactType("casework.work_released", WorkReleased),
    FactType("casework.work_handed_over", WorkHandedOver),
    FactType("casework.draw_opened", DrawOpened),
    FactType("casework.work_drawn", WorkDrawn),
    FactType("casework.due_soon", DueSoon),
    FactType("casework.meeting_soon", MeetingSoon),
    FactType("casework.time_asked", TimeAsked),
    FactType("casework.visit_joined", VisitJoined),
    FactType("casework.overrun", Overrun),
    FactType("casework.overrun_explained", OverrunExplained),
    FactType("casework.ended", CaseEnded),
    FactType("casework.reopened", CaseReopened),
    FactType("casework.delivered", CaseDelivered),
    FactType("casework.rated", Rated),
)
