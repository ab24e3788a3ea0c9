"""Who stands at which window."""

from collections.abc import Iterator

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.people.facts import ReceptionEnded, ReceptionOpened

_OPEN = Statement(
    "receptions",
    "insert into receptions"
    " (reception, officer, person, subject, mandate, document, duty, department, area, day, opened)"
    " select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],"
    " $8::text[], $9::text[], $10::date[], $11::timestamptz[])",
)
_END = Statement(
    "receptions",
    "update receptions r set ended = t.at from unnest($1::uuid[], $2::timestamptz[]) t(reception, at)"
    " where r.reception = t.reception",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    stream, by = recorded.stream, recorded.by
    match recorded.fact:
        case ReceptionOpened() as opened:
            assert by.person is not None and by.duty is not None and by.scope is not None, "officers receive in a duty"
            held = (by.duty, by.scope.department, by.scope.area)
            who = (by.person, opened.person, opened.subject or opened.person, opened.mandate, opened.document)
            yield Row(_OPEN, (stream,), (stream, *who, *held, opened.day, recorded.at))
        case ReceptionEnded():
            yield Row(_END, (stream,), (stream, recorded.at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


RECEPTIONS = Projection(tables=(Table("receptions"),), facts=(ReceptionOpened, ReceptionEnded), apply=_apply)
