"""Cases and waiting work as lists show them."""

from collections.abc import Iterator

from onecity.casework.facts import CaseEnded, CaseOpened, CaseReleased, ClockStarted, StepTaken, Todo
from onecity.ledger import Projection, Recorded, Row, Statement, Table

_OPEN = Statement(
    "cases",
    "insert into cases (id, matter, process, affair, subject, agency, area, received) select * from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::date[])",
)
_AFTER = Statement(
    "case_order", "insert into case_order (before, case_id) select * from unnest($1::uuid[], $2::uuid[])"
)
_RELEASE = Statement(
    "cases",
    "update cases c set received = t.received from unnest($1::uuid[], $2::date[]) t(id, received) where c.id = t.id",
)
_CLOCK = Statement(
    "cases",
    "update cases c set accepted = t.accepted, due = t.due from unnest($1::uuid[], $2::date[], $3::date[])"
    " t(id, accepted, due) where c.id = t.id",
)
_END = Statement(
    "cases",
    "update cases c set result = t.result, ended = t.ended from unnest($1::uuid[], $2::text[], $3::timestamptz[])"
    " t(id, result, ended) where c.id = t.id",
)
_WAIT = Statement(
    "work_items",
    "insert into work_items (case_id, step, duty, since) select * from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) on conflict do nothing",
)
_DONE = Statement(
    "work_items",
    "delete from work_items w using unnest($1::uuid[], $2::text[]) t(case_id, step)"
    " where w.case_id = t.case_id and w.step = t.step",
)
_NONE = Statement(
    "work_items", "delete from work_items w using unnest($1::uuid[]) t(case_id) where w.case_id = t.case_id"
)


def _waiting(recorded: Recorded, opens: tuple[Todo, ...]) -> Iterator[Row]:
    for todo in opens:
        yield Row(_WAIT, (recorded.stream, todo.step), (recorded.stream, todo.step, todo.duty, recorded.at))


def _apply(recorded: Recorded) -> Iterator[Row]:
    case = recorded.stream
    match recorded.fact:
        case CaseOpened() as opened:
            params = (case, opened.matter, opened.process, opened.affair, opened.subject)
            yield Row(_OPEN, (case,), (*params, opened.agency, opened.area, opened.received))
            for before in opened.after:
                yield Row(_AFTER, (before, case), (before, case))
            yield from _waiting(recorded, opened.opens)
        case CaseReleased(received=received, opens=opens):
            yield Row(_RELEASE, (case,), (case, received))
            yield from _waiting(recorded, opens)
        case StepTaken(step=step, opens=opens):
            yield Row(_DONE, (case, step), (case, step))
            yield from _waiting(recorded, opens)
        case ClockStarted(accepted=accepted, due=due):
            yield Row(_CLOCK, (case,), (case, accepted, due))
        case CaseEnded(result):
            yield Row(_END, (case,), (case, result, recorded.at))
            yield Row(_NONE, (case,), (case,))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


CASES = Projection(
    tables=(Table("cases"), Table("case_order"), Table("work_items")),
    facts=(CaseOpened, CaseReleased, StepTaken, ClockStarted, CaseEnded),
    apply=_apply,
)
