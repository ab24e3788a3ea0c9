"""Cases and waiting work as lists show them."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from onecity.casework.facts import (
    CaseDelivered,
    CaseEnded,
    CaseOpened,
    CaseReleased,
    ClockExtended,
    ClockRecounted,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Counted,
    DueSoon,
    Overrun,
    Rated,
    SilenceRecounted,
    StepTaken,
    Todo,
    WorkClaimed,
    WorkHandedOver,
    WorkReleased,
)
from onecity.ledger import Projection, Recorded, Row, Statement, Table

_OPEN = Statement(
    "cases",
    "insert into cases (id, matter, process, affair, subject, agency, area, received) select * from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::date[])",
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
_RELEASE = Statement(
    "cases",
    "update cases c set received = t.received from unnest($1::uuid[], $2::date[]) t(id, received) where c.id = t.id",
)
_COUNT = Statement(
    "cases",
    "with t as (select * from unnest($1::uuid[], $2::date[], $3::date[], $4::bool[], $5::bool[])"
    " t(id, accepted, due, provisional, stopped)),"
    " w as (update work_items w set due = t.due, stopped = t.stopped from t where w.case_id = t.id)"
    " update cases c set accepted = coalesce(c.accepted, t.accepted), due = t.due, provisional = t.provisional,"
    " stopped = t.stopped from t where c.id = t.id",
)
_WARN = Statement(
    "cases", "update cases c set warned = t.due from unnest($1::uuid[], $2::date[]) t(id, due) where c.id = t.id"
)
_OVERRUN = Statement(
    "cases", "update cases c set overrun = t.due from unnest($1::uuid[], $2::date[]) t(id, due) where c.id = t.id"
)
_END = Statement(
    "cases",
    "with t as (select * from unnest($1::uuid[], $2::text[], $3::timestamptz[]) t(id, result, ended)),"
    " w as (delete from work_items w using t where w.case_id = t.id)"
    " update cases c set result = t.result, ended = t.ended from t where c.id = t.id",
)
_DELIVER = Statement(
    "cases",
    "with t as (select * from unnest($1::uuid[], $2::timestamptz[]) t(id, at)),"
    " w as (delete from work_items w using t where w.case_id = t.id)"
    " update cases c set delivered = t.at from t where c.id = t.id",
)
_RATE = Statement(
    "cases", "update cases c set rated = t.level from unnest($1::uuid[], $2::int[]) t(id, level) where c.id = t.id"
)
# The queue and the latest day of a waiting step are those of its case: the list is read from one index of one table.
# So what happens to work takes its turn among what happens to the case: these statements name the table of the case.
_WAIT = Statement(
    "cases",
    "insert into work_items (case_id, step, duty, agency, area, since, silent, due, stopped)"
    " select t.case_id, t.step, t.duty, c.agency, c.area, t.since, t.silent, coalesce(t.due, c.due), c.stopped"
    " from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::date[], $6::date[])"
    " t(case_id, step, duty, since, silent, due) join cases c on c.id = t.case_id on conflict do nothing",
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
_DONE = Statement(
    "cases",
    "delete from work_items w using unnest($1::uuid[], $2::text[]) t(case_id, step)"
    " where w.case_id = t.case_id and w.step = t.step",
)


def _waiting(recorded: Recorded, opens: tuple[Todo, ...], due: date | None = None) -> Iterator[Row]:
    case = recorded.stream
    for todo in opens:
        yield Row(_WAIT, (case,), (case, todo.step, todo.duty, todo.since, todo.silent, due))


def _counted(recorded: Recorded, counted: Counted, *, stopped: bool, accepted: date | None = None) -> Row:
    case = recorded.stream
    return Row(_COUNT, (case,), (case, accepted, counted.due, counted.provisional, stopped))


def _apply(recorded: Recorded) -> Iterator[Row]:
    case = recorded.stream
    match recorded.fact:
        case CaseOpened() as opened:
            params = (case, opened.matter, opened.process, opened.affair, opened.subject)
            yield Row(_OPEN, (case,), (*params, opened.agency, opened.area, opened.received))
            place = (opened.agency, opened.area)
            yield Row(_QUEUE, place, place)
            yield Row(_MATTER_QUEUE, (*place, opened.matter), (*place, opened.matter))
            for before in opened.after:
                yield Row(_AFTER, (before, case), (before, case))
            yield from _waiting(recorded, opened.opens)
        case CaseReleased(received=received, opens=opens):
            yield Row(_RELEASE, (case,), (case, received))
            yield from _waiting(recorded, opens)
        case StepTaken(step=step, opens=opens):
            yield Row(_DONE, (case,), (case, step))
            yield from _waiting(recorded, opens)
        case CaseEnded(result=result, deliver_by=by, hands=hands):
            yield Row(_END, (case,), (case, result, recorded.at))
            yield from _waiting(recorded, (hands,) if hands else (), by)
        case _:
            yield from _apply_rest(recorded)


def _apply_rest(recorded: Recorded) -> Iterator[Row]:
    case = recorded.stream
    match recorded.fact:
        case ClockStarted(accepted=accepted, counted=counted):
            yield _counted(recorded, counted, stopped=False, accepted=accepted)
        case ClockStopped(counted=counted):
            yield _counted(recorded, counted, stopped=True)
        case ClockResumed(counted=counted) | ClockExtended(counted=counted):
            yield _counted(recorded, counted, stopped=False)
        case ClockRecounted(counted=counted, stopped=stopped):
            yield _counted(recorded, counted, stopped=stopped)
        case SilenceRecounted(step=step, silent=silent):
            yield Row(_SILENT, (case,), (case, step, silent))
        case WorkClaimed(step=step, officer=who) | WorkHandedOver(step=step, to=who):
            yield Row(_HOLD, (case,), (case, step, who))
        case WorkReleased(step=step):
            yield Row(_HOLD, (case,), (case, step, None))
        case DueSoon(due=due):
            yield Row(_WARN, (case,), (case, due))
        case Overrun(due=due):
            yield Row(_OVERRUN, (case,), (case, due))
        case CaseDelivered():
            yield Row(_DELIVER, (case,), (case, recorded.at))
        case Rated(level=level):
            yield Row(_RATE, (case,), (case, level))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


_SHOWN: Final = (
    CaseOpened,
    CaseReleased,
    StepTaken,
    ClockStarted,
    ClockStopped,
    ClockResumed,
    ClockExtended,
    ClockRecounted,
    SilenceRecounted,
    WorkClaimed,
    WorkReleased,
    WorkHandedOver,
    DueSoon,
    Overrun,
    CaseEnded,
    CaseDelivered,
    Rated,
)

CASES = Projection(
    tables=(Table("cases"), Table("case_order"), Table("queues"), Table("matter_queues"), Table("work_items")),
    facts=_SHOWN,
    apply=_apply,
)
