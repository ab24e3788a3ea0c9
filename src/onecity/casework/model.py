"""A case as it stands after everything that happened to it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from onecity.casework.facts import (
    BeforeEnded,
    CaseDelivered,
    CaseEnded,
    CaseOpened,
    CaseReleased,
    CaseReopened,
    ClockExtended,
    ClockRecounted,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Counted,
    Delivery,
    DrawOpened,
    DueSoon,
    LimitSet,
    MadeOrdinary,
    Meeting,
    MeetingSoon,
    Overrun,
    OverrunExplained,
    Rated,
    SilenceRecounted,
    StepSigned,
    StepTaken,
    StopProlonged,
    TimeAsked,
    Todo,
    VisitJoined,
    WorkClaimed,
    WorkDrawn,
    WorkHandedOver,
    WorkReleased,
)
from onecity.casework.posting import CasePosted, DeliveryChosen, Post, PostReturned
from onecity.kernel.acting import Acting
from onecity.kernel.clock import Extension, Limit, Run, Stop
from onecity.kernel.ids import CaseId
from onecity.ledger import Fact, Recorded

_REPLACED = msgspec.structs.replace


class DueFor(StrEnum):
    """What a latest day is for: somebody must know by then whether it is accepted, get a result, be handed it, or bring
    what is missing; an estimate is that of a case which waits for another.
    """

    ACCEPTANCE = "acceptance"
    RESULT = "result"
    DELIVERY = "delivery"
    APPLICANT = "applicant"
    ESTIMATE = "estimate"


class Signature(msgspec.Struct, frozen=True):
    """What the first of two officers chose."""

    officer: UUID | None
    signed: StepSigned


class Worker(msgspec.Struct, frozen=True):
    """Who ended a step last, and in which agency; no person where a rule or silence did."""

    person: UUID | None
    agency: str


class Draw(msgspec.Struct, frozen=True):
    """A lot that is open for a step: who may be chosen, and the version of the history at which it was opened."""

    opened: DrawOpened
    version: int


class Case(msgspec.Struct, frozen=True):
    """A case: how it began, which steps wait, its clock, its result. Version as in the ledger.

    `waiting` holds the waiting steps with the day since which each waits, `holders` the officers who took one, `used`
    every `step/outcome` that was chosen, `counted` the latest day as it was counted last. `missing` are the cases for
    whose results it still waits, `lacking` what was said to be missing last. `limit` and `extension` hold where the
    case found its own on the way. `sent` names the agency to which a step was sent last, `workers` who ended a step
    last, `draws` the lots that are open, `passed` those on whom a lot of this look fell and who gave it back. `ended`
    is the moment of the end, `reopened` whether the person said that it is not so. `meetings` are those for which a
    step waits, `near` those of which the person was reminded, `asked` those, by step, instead of which they asked for
    another time, `joint` the day on which all departments come to look together, `seen` the last visit to the place for
    which each step waited, once that took place. `hands` are all who ever ended or signed a step, with those for whom
    they stood in. An `ordinary` one was spared something when it began, and is no longer; `opened` then says what it is
    held to, and `unasked` what of it nobody has asked for yet. `post` says how the result reaches the person.
    """

    id: CaseId
    version: int
    opened: CaseOpened
    waiting: Mapping[str, Todo]
    received: date
    used: frozenset[str] = frozenset()
    holders: Mapping[str, UUID] = {}
    signatures: Mapping[str, Signature] = {}
    clock: Run | None = None
    counted: Counted | None = None
    result: str | None = None
    deliver_by: date | None = None
    delivered: bool = False
    missing: frozenset[UUID] = frozenset()
    warned: date | None = None
    overrun: date | None = None
    explained: str | None = None
    rated: int | None = None
    lacking: tuple[str, ...] = ()
    limit: Limit | None = None
    extension: int | None = None
    sent: Mapping[str, str] = {}
    workers: Mapping[str, Worker] = {}
    draws: Mapping[str, Draw] = {}
    passed: frozenset[UUID] = frozenset()
    good: bool | None = None
    ended: datetime | None = None
    reopened: bool = False
    meetings: Mapping[str, Meeting] = {}
    near: frozenset[Meeting] = frozenset()
    asked: Mapping[str, Meeting] = {}
    joint: date | None = None
    seen: Mapping[str, Meeting] = {}
    ordinary: bool = False
    unasked: frozenset[str] = frozenset()
    hands: Mapping[str, frozenset[UUID]] = {}
    post: Post = Post()

    def agency_of(self, step: str) -> str:
        """The agency whose a waiting step is."""
        todo = self.waiting.get(step)
        return todo.agency if todo and todo.agency else self.opened.agency

    @property
    def agencies(self) -> frozenset[str]:
        """Every agency that had something to do with it."""
        return frozenset((self.opened.agency, *self.sent.values()))

    @property
    def held(self) -> bool:
        """Whether the case still waits for the results of others."""
        return bool(self.missing) and self.result is None

    @property
    def due(self) -> date | None:
        """The latest day as it was counted last."""
        return self.counted.due if self.counted else None

    @property
    def undelivered(self) -> bool:
        """Whether its result on paper has yet to be handed over: it lies at the counter, or went by post."""
        return self.result is not None and self.deliver_by is not None and not self.delivered

    @property
    def waits_for_post(self) -> bool:
        """Whether a post room has it to send; only then does anybody need the address."""
        return self.undelivered and self.post.way is Delivery.POST and self.post.posted is None

    @property
    def stopped(self) -> Stop | None:
        """The stop that runs now."""
        open_ = [stop for stop in self.clock.stops if stop.last is None] if self.clock else []
        return open_[0] if open_ else None


def folded(history: Iterable[Recorded]) -> Case | None:
    """The case behind a history; None if the history is not that of a case."""
    case: Case | None = None
    for one in history:
        case = gone_on(case, one)
    return case


def gone_on(case: Case | None, one: Recorded) -> Case | None:
    """The case after one more fact of its history; None as long as the history is not that of a case."""
    if isinstance(one.fact, CaseOpened) and one.version == 1:
        case = _begun(CaseId(one.stream), one.fact)
    elif case is not None:
        case = _after(case, one)
    return None if case is None else _REPLACED(case, version=one.version)


def then(case: Case, facts: Iterable[Fact], *, by: Acting, now: datetime) -> Case:
    """The case as it will be when some facts are added to it."""
    for fact in facts:
        recorded = Recorded(case.id, case.version + 1, now, by, fact)
        case = _REPLACED(_after(case, recorded), version=recorded.version)
    return case


def _begun(case: CaseId, opened: CaseOpened) -> Case:
    waiting = {todo.step: todo for todo in opened.opens}
    post = Post(opened.delivery)
    return Case(case, 1, opened, waiting, opened.received, missing=frozenset(opened.after), post=post)


def _after(case: Case, recorded: Recorded) -> Case:
    match recorded.fact:
        case BeforeEnded(case=ended):
            return _REPLACED(case, missing=case.missing - {ended})
        case CaseReleased(received=received, opens=opens):
            return _REPLACED(case, received=received, waiting={todo.step: todo for todo in opens})
        case CaseReopened(opens=opens):
            waiting = {todo.step: todo for todo in opens}
            idle = _REPLACED(case, clock=None, counted=None, warned=None, overrun=None, explained=None)
            return _REPLACED(idle, waiting=waiting, result=None, good=None, ended=None, reopened=True)
        case StepSigned(step=step) as signed:
            given = Signature(recorded.by.person, signed)
            hands = _with_hands(case, step, recorded.by)
            return _REPLACED(case, signatures={**case.signatures, step: given}, hands=hands)
        case StepTaken() as taken:
            return _moved(case, taken, recorded)
        case ClockStarted() | ClockStopped() | StopProlonged() | ClockResumed() | ClockExtended() | ClockRecounted():
            return _counted(case, recorded.fact)
        case SilenceRecounted(step=step, silent=silent):
            moved = _REPLACED(case.waiting[step], silent=silent)
            return _REPLACED(case, waiting={**case.waiting, step: moved})
        case WorkClaimed() | WorkReleased() | WorkHandedOver() | WorkDrawn() | DrawOpened():
            return _worked(case, recorded.fact, recorded.version)
        case CaseEnded(result=result, deliver_by=by, good=good):
            idle = _REPLACED(case, waiting={}, holders={}, signatures={}, draws={}, meetings={})
            return _REPLACED(idle, result=result, deliver_by=by, good=good, ended=recorded.at)
        case _:
            return _noted(case, recorded)


def _moved(case: Case, taken: StepTaken, recorded: Recorded) -> Case:
    agency = case.agency_of(taken.step)
    person = None if taken.at_once else recorded.by.person
    # Whoever gave back the last look may be chosen for the next one: else two who are ill end every lot.
    passed = frozenset[UUID]() if any(todo.drawn for todo in taken.opens) else case.passed
    sent = {todo.step: todo.agency for todo in taken.opens if todo.agency is not None}
    called = {todo.step: taken.meeting for todo in taken.opens} if taken.meeting else {}
    waiting = {name: todo for name, todo in case.waiting.items() if name != taken.step}
    waiting.update({todo.step: todo for todo in taken.opens})
    visit = case.meetings.get(taken.step)
    over = visit is not None and visit.hall is None and visit.at <= recorded.at and taken.meeting is None
    return _REPLACED(
        case,
        waiting=waiting,
        used=case.used | {f"{taken.step}/{taken.outcome}"},
        holders={name: who for name, who in case.holders.items() if name != taken.step},
        signatures={name: one for name, one in case.signatures.items() if name != taken.step},
        lacking=taken.lacking or case.lacking,
        unasked=case.unasked.difference(taken.lacking),
        sent={**case.sent, **sent} if sent else case.sent,
        workers={**case.workers, taken.step: Worker(person, agency)},
        draws={name: draw for name, draw in case.draws.items() if name != taken.step},
        passed=passed,
        meetings={name: one for name, one in case.meetings.items() if name != taken.step} | called,
        seen={**case.seen, taken.step: visit} if visit is not None and over else case.seen,
        hands=case.hands if taken.at_once else _with_hands(case, taken.step, recorded.by),
    )


def _with_hands(case: Case, step: str, by: Acting) -> Mapping[str, frozenset[UUID]]:
    return {**case.hands, step: case.hands.get(step, frozenset()) | by.hands} if by.hands else case.hands


def _counted(case: Case, fact: Fact) -> Case:
    run = case.clock
    match fact:
        case ClockStarted(accepted=accepted, limit=limit, counted=counted, at=at):
            return _REPLACED(case, clock=Run(accepted, limit, at=at), counted=counted)
        case ClockStopped(kind=kind, first=first, planned=planned, told=told, counted=counted, at=at):
            assert run is not None, "only a running clock stops"
            stops = (*run.stops, Stop(kind, first, planned, told, at=at))
            return _REPLACED(case, clock=_REPLACED(run, stops=stops), counted=counted)
        case StopProlonged(planned=planned, counted=counted):
            assert run is not None, "only a stopped clock stands longer"
            stops = tuple(_REPLACED(one, planned=planned) if one.last is None else one for one in run.stops)
            return _REPLACED(case, clock=_REPLACED(run, stops=stops), counted=counted)
        case ClockResumed(last=last, counted=counted, at=at):
            assert run is not None, "only a stopped clock runs again"
            stops = tuple(_REPLACED(one, last=last, until=at) if one.last is None else one for one in run.stops)
            return _REPLACED(case, clock=_REPLACED(run, stops=stops), counted=counted)
        case ClockExtended(days=days, granted=granted, counted=counted):
            assert run is not None, "only a running clock is extended"
            return _REPLACED(case, clock=_REPLACED(run, extension=Extension(days, granted, "")), counted=counted)
        case ClockRecounted(counted=counted):
            return _REPLACED(case, counted=counted)
        case _:
            raise AssertionError("asked only for what the clock does")


def _worked(case: Case, fact: Fact, version: int) -> Case:
    match fact:
        case WorkClaimed(step=step, officer=who) | WorkHandedOver(step=step, to=who):
            return _REPLACED(case, holders={**case.holders, step: who})
        case WorkReleased(step=step):
            holders = {name: who for name, who in case.holders.items() if name != step}
            given_back = {case.holders[step]} if case.waiting[step].drawn and step in case.holders else set()
            return _REPLACED(case, holders=holders, passed=case.passed | given_back)
        case DrawOpened(step=step) as opened:
            return _REPLACED(case, draws={**case.draws, step: Draw(opened, version)})
        case WorkDrawn(step=step, officer=who):
            draws = {name: draw for name, draw in case.draws.items() if name != step}
            return _REPLACED(case, holders={**case.holders, step: who}, draws=draws)
        case _:
            raise AssertionError("asked only for who does the work")


def _noted(case: Case, recorded: Recorded) -> Case:
    match recorded.fact:
        case CaseDelivered():
            return _REPLACED(case, delivered=True)
        case DeliveryChosen(deliver_by=by) | PostReturned(deliver_by=by):
            return _REPLACED(case, post=case.post.after(recorded), deliver_by=by or case.deliver_by)
        case CasePosted():
            return _REPLACED(case, post=case.post.after(recorded))
        case DueSoon(due=due):
            return _REPLACED(case, warned=due)
        case MeetingSoon(meeting=meeting):
            return _REPLACED(case, near=case.near | {meeting})
        case TimeAsked(step=step, meeting=meeting):
            return _REPLACED(case, asked={**case.asked, step: meeting})
        case VisitJoined(day=day, moved=moved):
            return _REPLACED(case, joint=day, meetings={**case.meetings, **moved})
        case Overrun(due=due):
            return _REPLACED(case, overrun=due)
        case OverrunExplained(reason=reason):
            return _REPLACED(case, explained=reason)
        case Rated(level=level):
            return _REPLACED(case, rated=level)
        case MadeOrdinary():
            opened, unasked = _REPLACED(case.opened, limit=None, spares=()), frozenset(case.opened.spares)
            return _REPLACED(case, ordinary=True, opened=opened, unasked=unasked)
        case LimitSet(limit=limit, extension=extension):
            return _REPLACED(case, limit=limit, extension=extension)
        case _:
            return case
