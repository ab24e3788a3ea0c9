"""Ratings as lists and figures show them: each with what became of it, and nobody's name."""

from collections.abc import Iterator

from onecity.casework import Rated
from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.services.feedback.facts import (
    CalledBack,
    CallTried,
    Objected,
    PutRight,
    Rechecked,
    RemovalDecided,
    RemovalProposed,
)
from onecity.services.feedback.model import BAD, GOOD, State

_RATE = Statement(
    "ratings",
    "insert into ratings (case_id, level, rated, state, since)"
    " select * from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[], $5::timestamptz[])",
)
_TRY = Statement(
    "ratings",
    "update ratings r set feedback = t.feedback, tries = r.tries + 1 from unnest($1::uuid[], $2::uuid[])"
    " t(case_id, feedback) where r.case_id = t.case_id",
)
_CALL = Statement(
    "ratings",
    "update ratings r set feedback = t.feedback, called = t.at, since = t.at, reached = t.reached, upheld = t.upheld,"
    " put_right_by = t.until, state = t.state from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bool[],"
    " $5::bool[], $6::date[], $7::text[]) t(case_id, feedback, at, reached, upheld, until, state)"
    " where r.case_id = t.case_id",
)
_MEND = Statement(
    "ratings",
    "update ratings r set put_right = t.day, since = t.at, state = t.state from unnest($1::uuid[], $2::date[],"
    " $3::timestamptz[], $4::text[]) t(case_id, day, at, state) where r.case_id = t.case_id",
)
_OBJECT = Statement(
    "ratings",
    "update ratings r set since = t.at, state = t.state from unnest($1::uuid[], $2::timestamptz[], $3::text[])"
    " t(case_id, at, state) where r.case_id = t.case_id",
)
# One that is upheld now is owed again: what was put right before does not count, and no removal stands.
_RECHECK = Statement(
    "ratings",
    "update ratings r set since = t.at, state = t.state, upheld = r.upheld or t.upheld,"
    " put_right_by = case when t.upheld then t.until else r.put_right_by end,"
    " put_right = case when t.upheld then null else r.put_right end,"
    " removal = case when t.upheld then null else r.removal end"
    " from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::bool[], $5::date[])"
    " t(case_id, at, state, upheld, until) where r.case_id = t.case_id",
)
_REMOVE = Statement(
    "ratings",
    "update ratings r set removal = t.removal from unnest($1::uuid[], $2::text[]) t(case_id, removal)"
    " where r.case_id = t.case_id",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    stream, at = recorded.stream, recorded.at
    match recorded.fact:
        case Rated(level=level):
            state = State.CALL.value if level <= BAD else GOOD
            yield Row(_RATE, (stream,), (stream, level, at, state, at))
        case CallTried(case=case):
            yield Row(_TRY, (case,), (case, stream))
        case CalledBack(case=case, reached=reached, upheld=upheld, put_right_by=until):
            yield Row(_CALL, (case,), (case, stream, at, reached, upheld, until, _owed(upheld)))
        case PutRight(case=case, day=day):
            yield Row(_MEND, (case,), (case, day, at, State.CLOSED.value))
        case Objected(case=case):
            yield Row(_OBJECT, (case,), (case, at, State.RECHECK.value))
        case Rechecked(case=case, upheld=upheld, put_right_by=until):
            yield Row(_RECHECK, (case,), (case, at, _owed(upheld), upheld, until))
        case RemovalProposed(case=case):
            yield Row(_REMOVE, (case,), (case, "proposed"))
        case RemovalDecided(case=case, agreed=agreed):
            yield Row(_REMOVE, (case,), (case, "removed" if agreed else "kept"))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


def _owed(upheld: bool) -> str:  # noqa: FBT001 - what the fact says
    return (State.PUT_RIGHT if upheld else State.CLOSED).value


RATINGS = Projection(
    tables=(Table("ratings"),),
    facts=(Rated, CallTried, CalledBack, PutRight, Objected, Rechecked, RemovalProposed, RemovalDecided),
    apply=_apply,
)
