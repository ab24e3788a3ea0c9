"""Which task is nearest, and in which direction it lies."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from onecity.governance.ground import Point
from onecity.governance.ground import metres as metres_between
from onecity.governance.patrol import Direction, Task, bearing, direction, nearest, sketch

HERE: Point = (113.66, 34.74)
NOON = datetime(2020, 9, 22, 4, tzinfo=UTC)


def task(number: int, place: Point | None, hours: int = 0) -> Task:
    latest = NOON + timedelta(hours=hours)
    return Task(UUID(int=number), "look", str(number), "01002", "410105001", None, place, True, latest)


points = st.tuples(st.floats(112.7, 114.3), st.floats(34.2, 35.0))


def test_each_of_eight_directions_has_its_name() -> None:
    around = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]
    found = [direction(HERE, (HERE[0] + east * 0.012, HERE[1] + north * 0.01)) for east, north in around]
    assert found == list(Direction)


@given(points, points)
def test_the_way_back_leads_the_other_way(one: Point, other: Point) -> None:
    if metres_between(one, other) > 100:
        turned = (bearing(one, other) - bearing(other, one)) % 360
        # Meridians of one city lean against each other by less than a degree.
        assert abs(turned - 180) < 1


@given(st.lists(st.one_of(st.none(), points), max_size=12), st.one_of(st.none(), points))
def test_no_task_is_lost_and_none_stands_before_a_nearer_one(places: list[Point | None], here: Point | None) -> None:
    tasks = [task(number, place, hours=-number) for number, place in enumerate(places)]
    ways = nearest(tasks, here)
    assert sorted(way.task.number for way in ways) == sorted(one.number for one in tasks)
    known = [way.metres for way in ways if way.metres is not None]
    assert known == sorted(known)
    assert [way.metres for way in ways[: len(known)]] == known, "what has no place comes last"
    unknown = [way.task.latest for way in ways[len(known) :]]
    assert unknown == sorted(unknown)


@given(st.lists(points, min_size=1, max_size=12), points)
def test_a_sketch_holds_every_mark_and_its_rim_is_beyond_the_farthest(places: list[Point], here: Point) -> None:
    ways = nearest([task(number, place) for number, place in enumerate(places)], here)
    drawn = sketch(ways, here)
    assert drawn is not None
    assert all(mark.x**2 + mark.y**2 <= 1.0001 for mark in drawn.marks)
    assert [mark.number for mark in drawn.marks] == list(range(1, min(len(places), 8) + 1))
    shown = [way.metres or 0 for way in ways[:8]]
    assert max(shown) <= drawn.reach_m


def test_what_lies_north_stands_above_on_the_sketch() -> None:
    drawn = sketch(nearest([task(1, (HERE[0], HERE[1] + 0.001))], HERE), HERE)
    assert drawn is not None
    assert drawn.reach_m == 200
    assert drawn.marks[0].y < -0.5
    assert sketch(nearest([task(1, None)], HERE), HERE) is None
