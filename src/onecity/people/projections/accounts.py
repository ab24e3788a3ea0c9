"""Accounts and duties as the guard and the pages read them."""

from collections.abc import Iterator

from onecity.kernel.acting import Scope
from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.people.facts import AccountOpened, DutyEnded, DutyGiven, ForgettingAsked, PersonForgotten

_OPEN = Statement(
    "accounts",
    "insert into accounts (person, kind, name, department, area, opened) select * from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])"
    " on conflict (person) do update set kind = excluded.kind, name = excluded.name",
)
_GIVE = Statement(
    "duties",
    "insert into duties (person, duty, department, area, since, until) select * from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[])"
    " on conflict (person, duty, department, area, since) do update set until = excluded.until",
)
_END = Statement(
    "duties",
    "delete from duties d using unnest($1::uuid[], $2::text[], $3::text[], $4::text[])"
    " t(person, duty, department, area)"
    " where (d.person, d.duty, d.department, d.area) = (t.person, t.duty, t.department, t.area)",
)
_ASK = Statement(
    "forgettings",
    "insert into forgettings (person, asked) select * from unnest($1::uuid[], $2::timestamptz[])"
    " on conflict (person) do nothing",
)
_FORGET = Statement(
    "forgettings",
    "update forgettings f set done = t.at from unnest($1::uuid[], $2::timestamptz[]) t(person, at)"
    " where f.person = t.person",
)


def _held(recorded: Recorded, duty: str, scope: Scope) -> tuple[object, ...]:
    return (recorded.stream, duty, scope.department, scope.area)


def _apply(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case AccountOpened() as opened:
            place = (opened.scope.department, opened.scope.area) if opened.scope else (None, None)
            yield Row(_OPEN, (opened.person,), (opened.person, opened.kind, opened.name, *place, recorded.at))
        case ForgettingAsked():
            yield Row(_ASK, (recorded.stream,), (recorded.stream, recorded.at))
        case PersonForgotten():
            yield Row(_FORGET, (recorded.stream,), (recorded.stream, recorded.at))
        case DutyGiven() as given:
            held = _held(recorded, given.duty, given.scope)
            yield Row(_GIVE, held, (*held, given.since, given.until))
        case DutyEnded() as ended:
            held = _held(recorded, ended.duty, ended.scope)
            yield Row(_END, held, held)
        case _:
            raise AssertionError("a projection is asked only for its own facts")


ACCOUNTS = Projection(
    tables=(Table("accounts", personal=("name",), subject="person"), Table("duties"), Table("forgettings")),
    facts=(AccountOpened, DutyGiven, DutyEnded, ForgettingAsked, PersonForgotten),
    apply=_apply,
)
