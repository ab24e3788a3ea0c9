"""Pledges as they count later: which were given, what their checks found, and until when others are barred."""

from collections.abc import Iterator

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.services.pledging.facts import CheckOpened, PledgeChecked, Pledged

_GIVE = Statement(
    "pledges",
    "insert into pledges (case_id, affair, subject, matter, version, given) select * from unnest($1::uuid[],"
    " $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[])",
)
_OPEN = Statement(
    "pledges",
    "update pledges p set check_id = t.check_id, check_by = t.check_by from unnest($1::uuid[], $2::uuid[], $3::date[])"
    " t(case_id, check_id, check_by) where p.case_id = t.case_id",
)
_CHECK = Statement(
    "pledges",
    "update pledges p set found = t.found, barred_until = t.until from unnest($1::uuid[], $2::text[], $3::date[])"
    " t(case_id, found, until) where p.case_id = t.case_id",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case Pledged(subject=subject, matter=item, case=case, version=text):
            yield Row(_GIVE, (case,), (case, recorded.stream, subject, item, text, recorded.at))
        case CheckOpened(case=case, branch=branch, by=by):
            yield Row(_OPEN, (case,), (case, branch.case, by))
        case PledgeChecked(case=case, found=found, barred_until=until):
            yield Row(_CHECK, (case,), (case, found, until))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


PLEDGES = Projection(tables=(Table("pledges"),), facts=(Pledged, CheckOpened, PledgeChecked), apply=_apply)
