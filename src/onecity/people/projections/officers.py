"""Proposals about officers, and the days on which a deputy stands in."""

from collections.abc import Iterator
from typing import Final

from onecity.ledger import Fact, Projection, Recorded, Row, Statement, Table
from onecity.people.facts import (
    AbsenceEnded,
    AbsenceNoted,
    DutyEndProposed,
    DutyProposed,
    OfficerProposed,
    ProposalConfirmed,
    ProposalRefused,
    ResetProposed,
)

KINDS: Final[dict[type[Fact], str]] = {
    OfficerProposed: "officer",
    DutyProposed: "duty",
    DutyEndProposed: "duty_end",
    ResetProposed: "reset",
    AbsenceNoted: "absence",
}
"""What is proposed, in one word."""

_PROPOSE = Statement(
    "proposals",
    "insert into proposals (proposal, kind, officer, department, area, proposed_by, proposed) select * from"
    " unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[])",
)
_DECIDE = Statement(
    "proposals",
    "update proposals p set decided_by = t.person, decided = t.at, confirmed = t.confirmed from"
    " unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bool[]) t(proposal, person, at, confirmed)"
    " where p.proposal = t.proposal",
)
_AWAY = Statement(
    "absences",
    "insert into absences (absence, person, deputy, since, until) select * from"
    " unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::date[])",
)
_STAND_IN = Statement(
    "absences",
    "update absences a set confirmed = true from unnest($1::uuid[]) t(absence) where a.absence = t.absence",
)
_BACK = Statement("absences", "delete from absences a using unnest($1::uuid[]) t(absence) where a.absence = t.absence")


def _apply(recorded: Recorded) -> Iterator[Row]:
    proposal, fact = recorded.stream, recorded.fact
    match fact:
        case ProposalConfirmed() | ProposalRefused():
            yes = isinstance(fact, ProposalConfirmed)
            yield Row(_DECIDE, (proposal,), (proposal, recorded.by.person, recorded.at, yes))
            yield Row(_STAND_IN if yes else _BACK, (proposal,), (proposal,))
        case AbsenceEnded():
            yield Row(_BACK, (proposal,), (proposal,))
        case OfficerProposed() | DutyProposed() | DutyEndProposed() | ResetProposed() | AbsenceNoted():
            place = (fact.officer, fact.scope.department, fact.scope.area)
            by = (recorded.by.person, recorded.at)
            yield Row(_PROPOSE, (proposal,), (proposal, KINDS[type(fact)], *place, *by))
            if isinstance(fact, AbsenceNoted):
                days = (fact.since, fact.until)
                yield Row(_AWAY, (proposal,), (proposal, fact.officer, fact.deputy, *days))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


OFFICERS = Projection(
    tables=(Table("proposals"), Table("absences")),
    facts=(*KINDS, ProposalConfirmed, ProposalRefused, AbsenceEnded),
    apply=_apply,
)
