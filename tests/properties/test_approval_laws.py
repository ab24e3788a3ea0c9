"""The longest way is the one that walking every way finds, each item's reason stands in the file, and no circle passes."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.approvals import figures

from onecity.services.approvals import (
    TYPES,
    Approval,
    Comparison,
    Fate,
    Plan,
    Source,
    Switches,
    compared,
    read_approvals,
    refusals,
)
from onecity.services.approvals.telling import as_data

Rows = Mapping[str, Approval]

few_types = st.frozensets(st.sampled_from(TYPES[:2]))


@st.composite
def files_of_rows(draw: st.DrawFn) -> Rows:
    """A few rows in any order, each waiting for some before it; few days, so that many ways are equally long."""
    ids = draw(st.permutations([f"C{number}" for number in range(draw(st.integers(0, 9)))]))
    rows = []
    for number, id_ in enumerate(ids):
        before = draw(st.sets(st.sampled_from(ids[:number]), max_size=3)) if number else set()
        base = draw(few_types)
        rows.append(
            Approval(
                id_, draw(st.integers(1, 4)), "", f"item {id_}", draw(st.sampled_from(["one", "other"])),
                draw(st.integers(0, 3)), tuple(sorted(before)), base | draw(few_types), base, draw(st.booleans()),
                draw(st.sampled_from(Fate)), draw(st.integers(0, 3)), draw(st.sampled_from([Source.LAW, Source.EXAMPLE])),
            )
        )  # fmt: skip
    return {row.id: row for row in draw(st.permutations(rows))}


@st.composite
def asked(draw: st.DrawFn) -> tuple[Rows, str, Switches]:
    """Rows, a type and switches of which none is refused."""
    rows, of_type = draw(files_of_rows()), draw(st.sampled_from(TYPES[:2]))
    ids = sorted(rows)
    can = [id_ for id_ in ids if not refusals(rows, of_type, Switches(added=frozenset({id_})))]
    added = draw(st.frozensets(st.sampled_from(can))) if can else frozenset()
    taken = draw(st.frozensets(st.sampled_from(ids), max_size=2)) if ids else frozenset()
    return rows, of_type, Switches(added - taken, taken)


def told(plan: Plan) -> tuple[int, int, int, tuple[str, ...]]:
    return len(plan.items), plan.serial_days, plan.critical_days, tuple(item.id for item in plan.path)


@settings(deadline=None)
@given(of=asked())
def test_figures_and_longest_way_are_those_of_walking_every_way(of: tuple[Rows, str, Switches]) -> None:
    rows, of_type, switches = of
    found = compared(rows, of_type, switches)
    assert (told(found.before), told(found.after)) == figures(rows, of_type, switches.added, switches.taken)


@settings(max_examples=40, deadline=None)
@given(of=asked())
def test_every_step_begins_when_the_last_it_waits_for_ends_and_its_reason_stands_in_the_file(
    of: tuple[Rows, str, Switches],
) -> None:
    rows, of_type, switches = of
    found = compared(rows, of_type, switches)
    for plan in (found.before, found.after):
        items = {item.id: item for item in plan.items}
        assert items.keys() | plan.outside.keys() == rows.keys() and not items.keys() & plan.outside.keys()
        for item in plan.items:
            assert item.starts == max((items[edge.id].ends for edge in item.waits_for), default=0)
            assert item.ends - item.starts == item.days
            assert 0 <= item.slack <= plan.critical_days - item.ends
            for edge in item.waits_for:
                chain = (item.id, *edge.via, edge.id)
                assert all(later in rows[one].predecessors for one, later in pairwise(chain))
                assert set(edge.via) <= plan.outside.keys()
        assert all(item.slack == 0 for item in plan.path)
        assert sum(item.days for item in plan.path) == plan.critical_days
        assert all(plan.edge_before(number) for number in range(1, len(plan.path)))
        beside = [item.id for items in plan.beside() for item in items]
        assert sorted([*beside, *(item.id for item in plan.path)]) == sorted(items)
    assert all(edge.via == () for item in found.before.items for edge in item.waits_for)


@settings(max_examples=40, deadline=None)
@given(of=asked(), data=st.data())
def test_the_order_of_the_rows_changes_not_a_byte(of: tuple[Rows, str, Switches], data: st.DataObject) -> None:
    rows, of_type, switches = of
    other = {row.id: row for row in data.draw(st.permutations(list(rows.values())))}
    found, again = (_in_bytes(compared(one, of_type, switches), switches) for one in (rows, other))
    assert found == again


def _in_bytes(found: Comparison, switches: Switches) -> bytes:
    return msgspec.json.encode(as_data(found, switches, lambda _lang, key, **details: f"{key} {details}"))


def written(rows: Sequence[Approval], columns: Sequence[str]) -> bytes:
    """Rows as a file, the columns in any order."""
    out = StringIO()
    table = csv.DictWriter(out, columns)
    table.writeheader()
    for row in rows:
        cells = {
            "id": row.id, "stage": f"{row.stage}stage", "name": row.name, "organ": row.organ, "model_days": row.days,
            "predecessors": " ".join(row.predecessors), "project_types": " ".join(sorted(row.types)),
            "base_case_for": " ".join(sorted(row.base_for)), "after_kind": str(row.fate), "after_days": row.days_after,
            "counts_as_organ_time": "yes, before the reform only" if row.organ_time else "no",
            "limit_number": "1" if row.source is Source.LAW else "", "note": 'a "text",\r\nof two lines',
        }  # fmt: skip
        table.writerow(cells)
    return out.getvalue().encode()


COLUMNS = (
    "id", "stage", "name", "organ", "model_days", "predecessors", "project_types", "base_case_for", "after_kind",
    "after_days", "counts_as_organ_time", "limit_number", "note",
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(rows=files_of_rows().filter(bool), columns=st.permutations(COLUMNS), marked=st.booleans())
def test_what_is_written_is_read_whatever_the_order_of_columns(rows: Rows, columns: list[str], marked: bool) -> None:
    content = b"\xef\xbb\xbf" * marked + written(list(rows.values()), columns)
    found, faults = read_approvals("rows.csv", content)
    assert faults == ()
    assert {id_: msgspec.structs.replace(row, stage_name="") for id_, row in found.items()} == rows


@settings(max_examples=40, deadline=None)
@given(rows=files_of_rows().filter(bool), data=st.data())
def test_whoever_closes_a_circle_is_told_a_circle_of_the_file(rows: Rows, data: st.DataObject) -> None:
    ids = sorted(rows)
    first, last = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
    closed = dict(rows)
    closed[first] = msgspec.structs.replace(rows[first], predecessors=tuple(sorted({*rows[first].predecessors, last})))
    found, faults = read_approvals("rows.csv", written(list(closed.values()), COLUMNS))
    if not _reaches(rows, last, first):
        assert (found.keys(), faults) == (closed.keys(), ())
        return
    assert not found and faults
    for fault in faults:
        if "itself" in fault.what:
            assert fault.what == f"`{first}` waits for itself." and first == last
            continue
        pairs = [
            part.replace(" waits", "").split(" for ") for part in fault.what.removesuffix(": a circle.").split(", ")
        ]
        names = [(one.strip("`"), other.strip("`")) for one, other in pairs]
        assert all(other in closed[one].predecessors for one, other in names)
        assert [one for one, _ in names] == [names[-1][1], *(other for _, other in names[:-1])]


def _reaches(rows: Rows, id_: str, wanted: str) -> bool:
    return id_ == wanted or any(_reaches(rows, one, wanted) for one in rows[id_].predecessors)
