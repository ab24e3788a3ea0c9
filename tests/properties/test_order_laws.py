"""Laws of order trees, whatever their shape."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from onecity.casework.ordering import OrderRow, Stage, standing

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ROOT = UUID(int=1)


@st.composite
def trees(draw: st.DrawFn) -> list[OrderRow]:
    """A tree of up to thirty orders in any stage, its rows in any order."""
    size = draw(st.integers(1, 30))
    parents = [None, *(draw(st.integers(1, number)) for number in range(1, size))]
    rows = [
        OrderRow(
            UUID(int=number), ROOT, UUID(int=parent) if parent else None, "k", "a", str(number), None, None, NOW,
            NOW, NOW + timedelta(hours=draw(st.integers(-3, 3))) if parent and draw(st.booleans()) else None,
            Stage.RECEIVED if parent is None else draw(st.sampled_from(Stage)), draw(st.integers(0, 5)), 5,
        )
        for number, parent in enumerate(parents, start=1)
    ]  # fmt: skip
    return draw(st.permutations(rows))


def slowly(rows: list[OrderRow], top: UUID) -> tuple[int, int, int]:
    """The same sums by walking up from each order instead of down from the top."""
    by_id = {row.id: row for row in rows}
    orders = done = missing = 0
    for row in rows:
        above: OrderRow | None = row
        while above is not None and above.id != top and above.stage is not Stage.CALLED_BACK:
            above = by_id.get(above.parent) if above.parent else None
        if above is None or above.stage is Stage.CALLED_BACK:
            continue
        orders += row.id != top and row.parent is not None
        done += row.done
        missing += row.id != top and row.missing(NOW)
    return orders, done, missing


@given(trees(), st.data())
def test_sums_are_those_of_walking_up_from_each_order(rows: list[OrderRow], data: st.DataObject) -> None:
    top = data.draw(st.sampled_from(rows)).id
    found = standing(rows, top, now=NOW)
    assert (found.orders, found.done, len(found.missing)) == slowly(rows, top)
    assert found.answered <= found.orders and set(found.missing) <= set(rows)


@given(trees())
def test_whatever_is_counted_below_is_counted_above(rows: list[OrderRow]) -> None:
    whole = standing(rows, ROOT, now=NOW)
    parts = [standing(rows, row.id, now=NOW) for row in rows if row.parent == ROOT]
    own = next(row.done for row in rows if row.id == ROOT)
    assert whole.done == own + sum(part.done for part in parts)
