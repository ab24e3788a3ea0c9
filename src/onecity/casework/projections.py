"""Cases and waiting work as lists show them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from onecity.casework.facts import (
    HAND_OVER,
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
    DrawOpened,
    DueSoon,
    Meeting,
    MeetingSoon,
    Overrun,
    Rated,
    SilenceRecounted,
    StepTaken,
    StopProlonged,
    Todo,
    VisitJoined,
    WorkClaimed,
    WorkDrawn,
    WorkHandedOver,
    WorkReleased,
)
from onecity.casework.posting import SEND_OUT, CasePosted, DeliveryChosen, PostReturned
from onecity.ledger import Projection, Recorded, Row, Statement, Table

_OPEN = Statement(
    "cases",
    "insert into cases (id, matter, process, affair, subject, agency, area, received, must_check)"
    " select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],"
    " $8::date[], $9::bool[])",
)
_AFTER = Statement(
    "case_order", "insert into case_order (before, case_id) select * from unnest($1::uuid[], $2::uuid[])"
)
_QUEUE = Statement(
    "queues",
    "insert into queues (agency, area) select * from unnest($1::text[], $2::text[]) on conflict do nothing",
    shared=True,
)
_MATTER_QUEUE = Statement(
    "matter_queues",
    "insert into matter_queues (agency, area, matter) select * from unnest($1::text[], $2::text[], $3::text[])"
    " on conflict do nothing",
    shared=True,
)
# Takes its turn among what happens to the case, because the area of a queue is that of its case.
_SENT = Statement(
    "cases",
    "insert into queues (agency, area) select t.agency, c.area from unnest($1::uuid[], $2::text[]) t(case_id, agency)"
    " join cases c on c.id = t.case_id on conflict do nothing",
)
_RELEASE = Statement(
    "cases",
    "update cases c set received = t.received from unnest($1::uuid[], $2::date[]) t(id, received) where c.id = t.id",
)
_COUNT = Statement(
    "cases",
    "with t as (select * from unnest($1::uuid[], $2::date[], $3::date[], $4::bool[], $5::bool[], $6::timestamptz[])"
    " t(id, accepted, due, provisional, stopped, due_at)),"
    " w as (update work_items w set due = t.due, due_at = t.due_at, stopped = t.stopped from t where w.case_id = t.id)"
    " update cases c set accepted = coalesce(c.accepted, t.accepted), due = t.due, due_at = t.due_at,"
    " provisional = t.provisional, stopped = t.stopped from t where c.id = t.id",
)
_WARN = Statement(
    "cases", "update cases c set warned = t.due from unnest($1::uuid[], $2::date[]) t(id, due) where c.id = t.id"
)
_OVERRUN = Statement(
    "cases", "update cases c set overrun = t.due from unnest($1::uuid[], $2::date[]) t(id, due) where c.id = t.id"
)
_END = Statement(
    "cases",
    "with t as (select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bool[])"
    " t(id, result, ended, good)),"
    " w as (delete from work_items w using t where w.case_id = t.id)"
    " update cases c set result = t.result, ended = t.ended, good = t.good from t where c.id = t.id",
)
_REOPEN = Statement(
    "cases",
    "update cases c set result = null, ended = null, good = null, worker = null, worker_agency = null, checker = null,"
    " checker_agency = null, accepted = null, due = null, due_at = null, provisional = false, stopped = false,"
    " warned = null, overrun = null from unnest($1::uuid[]) t(id) where c.id = t.id",
)
# A step that is drawn begins anew without a check: what was looked at before is not what is there now.
_CHECK = Statement(
    "cases",
    "update cases c set worker = t.worker, worker_agency = t.worker_agency, checker = t.checker,"
    " checker_agency = t.checker_agency from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[])"
    " t(id, worker, worker_agency, checker, checker_agency) where c.id = t.id",
)
_DRAW = Statement(
    "cases",
    "insert into draws (case_id, step, version) select * from unnest($1::uuid[], $2::text[], $3::int[])"
    " on conflict (case_id, step) do update set version = excluded.version",
)
_DRAWN = Statement(
    "cases",
    "delete from draws d using unnest($1::uuid[], $2::text[]) t(case_id, step)"
    " where d.case_id = t.case_id and d.step = t.step",
)
_DELIVER = Statement(
    "cases",
    "with t as (select * from unnest($1::uuid[], $2::timestamptz[]) t(id, at)),"
    " w as (delete from work_items w using t where w.case_id = t.id)"
    " update cases c set delivered = t.at from t where c.id = t.id",
)
# The queue of a parcel is that of its case, as with waiting work.
_POST = Statement(
    "cases",
    "with t as (select * from unnest($1::uuid[], $2::timestamptz[]) t(id, at)),"
    " w as (delete from work_items w using t where w.case_id = t.id)"
    " insert into posted (case_id, agency, area, at)"
    " select c.id, c.agency, c.area, t.at from t join cases c using (id)",
)
_BACK = Statement("cases", "delete from posted p using unnest($1::uuid[]) t(id) where p.case_id = t.id")
_RATE = Statement(
    "cases", "update cases c set rated = t.level from unnest($1::uuid[], $2::int[]) t(id, level) where c.id = t.id"
)
# The queue and the latest day of a waiting step are those of its case: the list is read from one index of one table.
# So what happens to work takes its turn among what happens to the case: these statements name the table of the case.
_UNCHECKED: Final = (None, None, None, None)
_WAIT = Statement(
    "cases",
    "insert into work_items (case_id, step, duty, agency, area, since, silent, due, due_at, stopped, drawn)"
    " select t.case_id, t.step, t.duty, coalesce(t.agency, c.agency), c.area, t.since, t.silent,"
    " coalesce(t.due, c.due), case when t.due is null then c.due_at end, c.stopped, t.drawn"
    " from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::date[], $6::date[], $7::text[], $8::bool[])"
    " t(case_id, step, duty, since, silent, due, agency, drawn) join cases c on c.id = t.case_id"
    " on conflict do nothing",
)
_SILENT = Statement(
    "cases",
    "update work_items w set silent = t.silent from unnest($1::uuid[], $2::text[], $3::date[])"
    " t(case_id, step, silent) where w.case_id = t.case_id and w.step = t.step",
)
_HOLD = Statement(
    "cases",
    "update work_items w set holder = t.holder from unnest($1::uuid[], $2::text[], $3::uuid[])"
    " t(case_id, step, holder) where w.case_id = t.case_id and w.step = t.step",
)
_MEET = Statement(
    "cases",
    "insert into meetings (case_id, step, at, hall) select * from unnest($1::uuid[], $2::text[], $3::timestamptz[],"
    " $4::text[]) on conflict (case_id, step) do update set at = excluded.at, hall = excluded.hall, told = false",
)
_REMINDED = Statement(
    "cases",
    "update meetings m set told = true from unnest($1::uuid[], $2::timestamptz[]) t(case_id, at)"
    " where m.case_id = t.case_id and m.at = t.at",
)
_DONE = Statement(
    "cases",
    "delete from work_items w using unnest($1::uuid[], $2::text[]) t(case_id, step)"
    " where w.case_id = t.case_id and w.step = t.step",
)


def _waiting(recorded: Recorded, opens: tuple[Todo, ...], due: date | None = None) -> Iterator[Row]:
    case = recorded.stream
    for todo in opens:
        params = (case, todo.step, todo.duty, todo.since, todo.silent, due, todo.agency, todo.drawn)
        yield Row(_WAIT, (case,), params)


def _queues(recorded: Recorded, opens: tuple[Todo, ...]) -> Iterator[Row]:
    """The queues of the agencies to which steps were sent, at the place of the case."""
    for agency in dict.fromkeys(todo.agency for todo in opens if todo.agency is not None):
        yield Row(_SENT, (recorded.stream,), (recorded.stream, agency))


def _meeting(recorded: Recorded, taken: StepTaken) -> Iterator[Row]:
    """The meeting that was called with a step, for those that it opens; one that is over keeps its row."""
    case = recorded.stream
    if taken.meeting is not None:
        for todo in taken.opens:
            yield Row(_MEET, (case,), (case, todo.step, taken.meeting.at, taken.meeting.hall))


def _joined(recorded: Recorded, moved: Mapping[str, Meeting]) -> Iterator[Row]:
    """The visits that moved to the day on which all come."""
    case = recorded.stream
    for step, meeting in moved.items():
        yield Row(_MEET, (case,), (case, step, meeting.at, meeting.hall))


def _counted(recorded: Recorded, counted: Counted, *, stopped: bool, accepted: date | None = None) -> Row:
    case = recorded.stream
    return Row(_COUNT, (case,), (case, accepted, counted.due, counted.provisional, stopped, counted.at))


def _apply(recorded: Recorded) -> Iterator[Row]:
    case = recorded.stream
    match recorded.fact:
        case CaseOpened() as opened:
            params = (case, opened.matter, opened.process, opened.affair, opened.subject)
            yield Row(_OPEN, (case,), (*params, opened.agency, opened.area, opened.received, opened.checked))
            place = (opened.agency, opened.area)
            yield Row(_QUEUE, place, place)
            yield Row(_MATTER_QUEUE, (*place, opened.matter), (*place, opened.matter))
            for before in opened.after:
                yield Row(_AFTER, (before, case), (before, case))
            yield from _waiting(recorded, opened.opens)
        case CaseReleased(received=received, opens=opens):
            yield Row(_RELEASE, (case,), (case, received))
            yield from _waiting(recorded, opens)
        case StepTaken(step=step, opens=opens, check=check) as taken:
            yield Row(_DONE, (case,), (case, step))
            if check is not None or any(todo.drawn for todo in opens):
                yield Row(_CHECK, (case,), (case, *(msgspec.structs.astuple(check) if check else _UNCHECKED)))
            yield from _queues(recorded, opens)
            yield from _waiting(recorded, opens)
            yield from _meeting(recorded, taken)
        case CaseReopened(opens=opens):
            yield Row(_REOPEN, (case,), (case,))
            yield from _waiting(recorded, opens)
        case CaseEnded(result=result, deliver_by=by, hands=hands, good=good):
            yield Row(_END, (case,), (case, result, recorded.at, good))
            yield from _waiting(recorded, (hands,) if hands else (), by)
        case _:
            yield from _apply_rest(recorded)


def _apply_rest(recorded: Recorded) -> Iterator[Row]:
    case = recorded.stream
    match recorded.fact:
        case ClockStarted(accepted=accepted, counted=counted):
            yield _counted(recorded, counted, stopped=False, accepted=accepted)
        case ClockStopped(counted=counted) | StopProlonged(counted=counted):
            yield _counted(recorded, counted, stopped=True)
        case ClockResumed(counted=counted) | ClockExtended(counted=counted):
            yield _counted(recorded, counted, stopped=False)
        case ClockRecounted(counted=counted, stopped=stopped):
            yield _counted(recorded, counted, stopped=stopped)
        case SilenceRecounted(step=step, silent=silent):
            yield Row(_SILENT, (case,), (case, step, silent))
        case WorkClaimed(step=step, officer=who) | WorkHandedOver(step=step, to=who):
            yield Row(_HOLD, (case,), (case, step, who))
        case DrawOpened(step=step):
            yield Row(_DRAW, (case,), (case, step, recorded.version))
        case WorkDrawn(step=step, officer=who):
            yield Row(_DRAWN, (case,), (case, step))
            yield Row(_HOLD, (case,), (case, step, who))
        case WorkReleased(step=step):
            yield Row(_HOLD, (case,), (case, step, None))
        case DueSoon(due=due):
            yield Row(_WARN, (case,), (case, due))
        case MeetingSoon(meeting=meeting):
            yield Row(_REMINDED, (case,), (case, meeting.at))
        case VisitJoined(moved=moved):
            yield from _joined(recorded, moved)
        case Overrun(due=due):
            yield Row(_OVERRUN, (case,), (case, due))
        case CaseDelivered():
            yield Row(_DELIVER, (case,), (case, recorded.at))
        case DeliveryChosen(hands=todo, deliver_by=by) if todo is not None:
            yield from (Row(_DONE, (case,), (case, step)) for step in (HAND_OVER, SEND_OUT))
            yield from _waiting(recorded, (todo,), by)
        case DeliveryChosen():
            pass
        case CasePosted():
            yield Row(_POST, (case,), (case, recorded.at))
        case PostReturned(hands=todo, deliver_by=by):
            yield Row(_BACK, (case,), (case,))
            yield from _waiting(recorded, (todo,), by)
        case Rated(level=level):
            yield Row(_RATE, (case,), (case, level))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


_SHOWN: Final = (
    CaseOpened,
    CaseReleased,
    CaseReopened,
    StepTaken,
    ClockStarted,
    ClockStopped,
    StopProlonged,
    ClockResumed,
    ClockExtended,
    ClockRecounted,
    SilenceRecounted,
    WorkClaimed,
    WorkReleased,
    WorkHandedOver,
    DrawOpened,
    WorkDrawn,
    DueSoon,
    MeetingSoon,
    VisitJoined,
    Overrun,
    CaseEnded,
    CaseDelivered,
    DeliveryChosen,
    CasePosted,
    PostReturned,
    Rated,
)

CASES = Projection(
    tables=tuple(
        map(Table, ("cases", "case_order", "queues", "matter_queues", "work_items", "draws", "meetings", "posted"))
    ),
    facts=_SHOWN,
    apply=_apply,
)
