"""Applications as lists show them, and the files that they quote."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.services.facts import Applied, AppliedAgain, Supplemented

_APPLY = Statement(
    "affairs",
    "insert into affairs (affair, subject, number, items, applied) select affair, subject, number,"
    " string_to_array(items, ' '), applied from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[],"
    " $5::timestamptz[]) t(affair, subject, number, items, applied)",
)
_BRING = Statement(
    "brought", "insert into brought (blob, affair) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing"
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case Applied() as applied:
            affair = recorded.stream
            items = " ".join(branch.item for branch in applied.branches)
            yield Row(_APPLY, (affair,), (affair, applied.subject, applied.number, items, recorded.at))
            yield from _brought(affair, applied.materials)
        case Supplemented(materials=materials) | AppliedAgain(materials=materials):
            yield from _brought(recorded.stream, materials)
        case _:
            raise AssertionError("a projection is asked only for its own facts")


def _brought(affair: UUID, materials: Mapping[str, str]) -> Iterator[Row]:
    for blob in materials.values():
        yield Row(_BRING, (blob, affair), (blob, affair))


AFFAIRS = Projection(
    tables=(Table("affairs"), Table("brought")), facts=(Applied, Supplemented, AppliedAgain), apply=_apply
)
