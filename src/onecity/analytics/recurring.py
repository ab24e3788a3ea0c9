"""Recurrence as an expression: the same matter at the same place again soon after it was closed.

`governance.recurrence` says the same of cases, one by one. Places are looked up in a lattice whose cells are no smaller
than the reach, so that whatever is near lies in the same cell or beside it; no city lies across the line of date.
"""

from datetime import timedelta
from math import radians
from typing import Final

import ibis
from ibis import _
from ibis.expr.types import FloatingValue, Table

from onecity.analytics.asking import UNSAID, Asked
from onecity.governance.ground import RADIUS_M

_FARTHEST_NORTH: Final = 89.0
_MARGIN: Final = 1.001
"""Cells are a little larger than the reach, so that no rounding puts what lies just within it two cells away."""


def ended_of(problems: Table, asked: Asked) -> Table:
    """Filed cases as recurrence sees them, under the codes of today."""
    matter = _.matter
    if asked.becomes:
        matter = ibis.cases(*((_.matter == old, new) for old, new in asked.becomes.items()), else_=_.matter)
    return problems.filter(_.filed.notnull()).select(
        _.case_id, _.area, _.longitude, _.latitude, _.part, _.closed, _.closed_day,
        opened=_.reported, opened_day=_.reported_day, matter=matter,
    )  # fmt: skip


def judged(cases: Table, asked: Asked) -> Table:
    """Closed cases by what can be said of them, each with a one in one column of `came_back` to `unlocated`.

    One counts only when its days have passed or it came back already; one without a place never does.
    """
    back = _came_back(cases, asked).mutate(back=True)
    closed = cases.filter(_.closed.notnull()).left_join(back, "case_id")
    settled = ibis.literal(asked.on - timedelta(days=asked.again_days), type="date")
    told = closed.mutate(
        located=_.longitude.notnull() & _.latitude.notnull(),
        back=_.back.fill_null(UNSAID),
        passed=_.closed_day <= settled,
    )
    counted = _.located & (_.passed | _.back)
    return told.select(
        _.matter, _.area,
        came_back=(_.located & _.back).cast("int64"),
        counted=counted.cast("int64"),
        pending=(_.located & ~_.passed & ~_.back).cast("int64"),
        unlocated=(~_.located).cast("int64"),
        early=(_.located & _.back & ~_.passed).cast("int64"),
    )  # fmt: skip


def _came_back(cases: Table, asked: Asked) -> Table:
    """The closed cases that came back: the same part, or where not both name one, the same matter near by."""
    located = _on_a_lattice(cases.filter(_.longitude.notnull() & _.latitude.notnull()), asked.again_metres)
    earlier = located.filter(_.closed.notnull())
    later = located.select(
        _.matter, _.part, _.east, _.north, other=_.case_id, other_opened=_.opened, other_day=_.opened_day,
        u=_.x, v=_.y, w=_.z,
    )  # fmt: skip
    spread = later.mutate(move_east=_steps().unnest()).mutate(move_north=_steps().unnest())
    around = spread.mutate(east=_.east + _.move_east, north=_.north + _.move_north).rename(other_part="part")
    near = earlier.join(around, ["matter", "east", "north"])
    near = near.filter((_.part.isnull() | _.other_part.isnull()) & (_metres() <= asked.again_metres))
    same = earlier.filter(_.part.notnull()).join(later.drop("matter", "east", "north"), "part")
    found = (_in_days(pairs, asked).select("case_id") for pairs in (near, same))
    return ibis.union(*found, distinct=True)


def _in_days(pairs: Table, asked: Asked) -> Table:
    """The pairs of which the second was opened after the first was closed, and soon enough."""
    after = (_.other_opened > _.opened) | ((_.other_opened == _.opened) & (_.other > _.case_id))
    soon = _.other_day.delta(_.closed_day, unit="day") <= asked.again_days
    return pairs.filter((_.other_opened >= _.closed) & soon & after)


def _steps() -> ibis.Value:
    return ibis.array([-1, 0, 1])


def _on_a_lattice(located: Table, reach_m: int) -> Table:
    """Cases with their point in space and their cell; cells are as wide as the reach where the city lies farthest off.

    Units: metres; degrees.
    """
    farthest = ibis.least(located.latitude.abs().max(), _FARTHEST_NORTH)
    steps = located.aggregate(
        north_step=ibis.literal(reach_m * _MARGIN / (RADIUS_M * radians(1))),
        east_step=reach_m * _MARGIN / (RADIUS_M * radians(1) * farthest.radians().cos()),
    )
    flat = RADIUS_M * _.latitude.radians().cos()
    return located.cross_join(steps).mutate(
        east=(_.longitude / _.east_step).floor().cast("int64"),
        north=(_.latitude / _.north_step).floor().cast("int64"),
        x=flat * _.longitude.radians().cos(),
        y=flat * _.longitude.radians().sin(),
        z=RADIUS_M * _.latitude.radians().sin(),
    ).drop("east_step", "north_step")  # fmt: skip


def _metres() -> FloatingValue:
    """How far it is between the two points of a pair, over the ground of a round earth."""
    chord = ((_.x - _.u).pow(2) + (_.y - _.v).pow(2) + (_.z - _.w).pow(2)).sqrt()
    return 2 * RADIUS_M * ibis.least(ibis.literal(1.0), chord / (2 * RADIUS_M)).asin()
