"""The register of parts as searches, pages and imports ask it."""

from collections.abc import Iterator
from typing import Final

from onecity.governance.parts.facts import PartChanged, PartRecorded, PartWithdrawn
from onecity.governance.parts.model import PartEntry
from onecity.ledger import Projection, Recorded, Row, Statement, Table

_RECORD: Final = Statement(
    "parts",
    "insert into parts select t.*, t.at from"
    " unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::float8[], $6::float8[], $7::text[], $8::text[],"
    " $9::text[], $10::text[], $11::text[], $12::text[], $13::bool[], $14::timestamptz[])"
    " t(number, stream, version, kind, longitude, latitude, cell, area, agency, owner, state, source, simulated, at)",
)
_CHANGE: Final = Statement(
    "parts",
    "update parts p set version = t.version, longitude = t.longitude, latitude = t.latitude, cell = t.cell,"
    " area = t.area, agency = t.agency, owner = t.owner, state = t.state, source = t.source, simulated = t.simulated,"
    " changed = t.at from"
    " unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::float8[], $6::float8[], $7::text[], $8::text[],"
    " $9::text[], $10::text[], $11::text[], $12::text[], $13::bool[], $14::timestamptz[])"
    " t(number, stream, version, kind, longitude, latitude, cell, area, agency, owner, state, source, simulated, at)"
    " where p.number = t.number",
)
_WITHDRAW: Final = Statement(
    "parts",
    "update parts p set version = t.version, changed = t.at, withdrawn = t.at from"
    " unnest($1::text[], $2::int[], $3::timestamptz[]) t(number, version, at) where p.number = t.number",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case PartRecorded(entry=entry):
            yield Row(_RECORD, (entry.number,), _row(recorded, entry))
        case PartChanged(entry=entry):
            yield Row(_CHANGE, (entry.number,), _row(recorded, entry))
        case PartWithdrawn(number=number):
            yield Row(_WITHDRAW, (number,), (number, recorded.version, recorded.at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


def _row(recorded: Recorded, entry: PartEntry) -> tuple[object, ...]:
    return (
        entry.number, recorded.stream, recorded.version, entry.kind, entry.longitude, entry.latitude, entry.cell,
        entry.area, entry.agency, entry.owner, entry.state, entry.source, entry.simulated, recorded.at,
    )  # fmt: skip


PARTS: Final = Projection(tables=(Table("parts"),), facts=(PartRecorded, PartChanged, PartWithdrawn), apply=_apply)
