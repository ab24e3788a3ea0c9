"""Reports and cases of the street as lists and maps show them, and the moments from which the appraisal is computed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from onecity.casework import CaseReopened, StepTaken
from onecity.governance.facts import Filed, Joined, Parted, PhotoReleased, PhotoWithdrawn, Reported
from onecity.governance.steps import HANDLE, stage_of
from onecity.ledger import Projection, Recorded, Row, Statement, Table

_REPORT = Statement(
    "reports",
    "insert into reports (report, subject, number, source, case_id, opened, cell, reported)"
    " select report, subject, number, source, case_id, case_id, cell, reported from"
    " unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[])"
    " t(report, subject, number, source, case_id, cell, reported)",
)
_FOLLOW = Statement(
    "reports",
    "update reports r set case_id = t.case_id from unnest($1::uuid[], $2::uuid[]) t(report, case_id)"
    " where r.report = t.report",
)
_PROBLEM = Statement(
    "problems",
    "insert into problems (case_id, number, source, matter, area, cell, answer_by, reported, stage, changed)"
    " select t.*, t.reported from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::timestamptz[],"
    " $9::text[]) t(case_id, number, source, matter, area, cell, answer_by, reported, stage)",
)
_FILE = Statement(
    "problems",
    "update problems p set matter = t.matter, condition = t.condition, zone = t.zone, cell = coalesce(t.cell, p.cell),"
    " longitude = t.longitude, latitude = t.latitude, urgent = t.urgent, lead = t.lead, filed = t.at,"
    " changed = t.at, part = t.part from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::bool[],"
    " $9::text[], $10::timestamptz[], $11::text[])"
    " t(case_id, matter, condition, zone, cell, longitude, latitude, urgent, lead, at, part)"
    " where p.case_id = t.case_id",
)
_STAGE = Statement(
    "problems",
    "update problems p set stage = t.stage, changed = t.at,"
    " dispatched = case when t.sets = 'dispatched' then coalesce(p.dispatched, t.at) else p.dispatched end,"
    " handled = case when t.sets = 'handled' then t.at when t.sets = 'reworked' then null else p.handled end,"
    " verified = case when t.sets = 'verified' then t.at when t.sets = 'reworked' then null else p.verified end,"
    " closed = case when t.sets = 'closed' then t.at when t.sets = 'reopened' then null else p.closed end,"
    " reopened = case when t.sets = 'reopened' then t.at else p.reopened end,"
    " lead = coalesce(t.lead, p.lead),"
    " returned = p.returned + (t.sets = 'returned')::int, reworked = p.reworked + (t.sets = 'reworked')::int,"
    " extended = p.extended + (t.sets = 'extended')::int, deferred = p.deferred + (t.sets = 'deferred')::int"
    " from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[]) t(case_id, stage, sets, at, lead)"
    " where p.case_id = t.case_id",
)

_RELEASE: Final = Statement(
    "released_photos",
    "insert into released_photos (copy, case_id, subject, photo, released)"
    " select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[])",
)
_WITHDRAW: Final = Statement("released_photos", "delete from released_photos where copy = any($1::text[])")
_CHANGE: Final = Statement(
    "problems",
    "update problems p set changed = t.at from unnest($1::uuid[], $2::timestamptz[]) t(case_id, at)"
    " where p.case_id = t.case_id",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    stream, at = recorded.stream, recorded.at
    match recorded.fact:
        case Reported() as told:
            report = (stream, told.subject, told.number, told.source, told.case, told.cell, at)
            yield Row(_REPORT, (stream,), report)
            yield _begun(told, at)
        case Joined(case=case):
            yield Row(_FOLLOW, (stream,), (stream, case))
        case Parted() as parted:
            yield Row(_FOLLOW, (stream,), (stream, parted.case))
            yield _begun(parted, at)
        case Filed() as filed:
            place = (filed.point.longitude, filed.point.latitude) if filed.point else (None, None)
            what = (stream, filed.matter, filed.condition, filed.zone, filed.cell, *place, filed.urgent, filed.lead, at)
            yield Row(_FILE, (stream,), (*what, filed.part))
        case StepTaken(opens=opens) as taken:
            lead = next((todo.agency for todo in opens if todo.step == HANDLE), None)
            yield from _moved(taken, stream, at, lead)
        case PhotoReleased() as free:
            yield Row(_RELEASE, (free.copy,), (free.copy, stream, free.subject, free.photo, at))
            yield Row(_CHANGE, (stream,), (stream, at))
        case PhotoWithdrawn(copy=copy):
            yield Row(_WITHDRAW, (copy,), (copy,))
            yield Row(_CHANGE, (stream,), (stream, at))
        case CaseReopened() as reopened:
            yield from _moved(reopened, stream, at, None)
        case _:
            raise AssertionError("a projection is asked only for its own facts")


def _begun(told: Reported | Parted, at: datetime) -> Row:
    """A case of the street as it begins. The day of the answer is that of the report, however often it begins anew."""
    found = stage_of(told)
    assert found is not None, "a case begins somewhere"
    what = (told.case, told.number, told.source, told.matter, told.area, told.cell, told.answer_by, at)
    return Row(_PROBLEM, (told.case,), (*what, found[0]))


def _moved(fact: StepTaken | CaseReopened, case: UUID, at: datetime, lead: str | None) -> Iterator[Row]:
    """The stage of a case after a fact, if it leads anywhere; `lead` is whose it is from now on, if that changes."""
    found = stage_of(fact)
    if found is not None:
        yield Row(_STAGE, (case,), (case, *found, at, lead))


STREET: Final = Projection(
    tables=(Table("reports"), Table("problems"), Table("released_photos")),
    facts=(Reported, Joined, Parted, Filed, PhotoReleased, PhotoWithdrawn, StepTaken, CaseReopened),
    apply=_apply,
)
