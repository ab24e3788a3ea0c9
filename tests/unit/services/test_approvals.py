"""How long the approvals of a project take: the table of our file, each rule of waiting, conditions, and reasons."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from onecity.kernel.refusal import Refused
from onecity.services.approvals import (
    TYPES,
    Approval,
    Edge,
    Fate,
    NotSwitched,
    Outside,
    Source,
    Switches,
    compared,
    read_approvals,
    refusals,
)

DATA: Final = Path(__file__).parents[2] / "data" / "construction_items.csv"

TABLE: Final[Mapping[str, tuple[int, int, int, int, int]]] = {
    "G": (36, 582, 242, 21, 160),
    "L": (30, 502, 197, 20, 157),
    "S": (32, 482, 182, 19, 105),
    "I": (23, 362, 182, 13, 105),
    "D": (15, 242, 142, 10, 90),
    "M": (10, 152, 122, 8, 90),
}
"""Items, one after another and longest way before the reform, items and longest way after it, as somebody else computed
them from the same file. Units: days."""


@cache
def city() -> Mapping[str, Approval]:
    rows, faults = read_approvals(DATA.name, DATA.read_bytes())
    assert faults == ()
    return rows


def one(id_: str, days: int | None = 10, *before: str, **said: Any) -> Approval:
    told: dict[str, Any] = {
        "stage": 1, "stage_name": "1", "name": f"item {id_}", "organ": "an organ", "types": frozenset("S"),
        "base_for": frozenset("S"), "organ_time": True, "fate": Fate.KEEP, "days_after": days, "source": Source.LAW,
    }  # fmt: skip
    return Approval(id=id_, days=days, predecessors=before, **(told | said))


def rows(*given: Approval) -> Mapping[str, Approval]:
    return {row.id: row for row in given}


def ids(items: tuple[Any, ...]) -> list[str]:
    return [item.id for item in items]


@pytest.mark.parametrize("of_type", TABLE)
def test_the_table_is_computed_from_the_file(of_type: str) -> None:
    found = compared(city(), of_type)
    before, after = found.before, found.after
    told = (len(before.items), before.serial_days, before.critical_days, len(after.items), after.critical_days)
    assert told == TABLE[of_type]


def test_the_whole_file_is_counted_by_what_becomes_of_its_rows() -> None:
    assert set(TABLE) == set(TYPES)
    assert compared(city(), "S").fates() == {Fate.KEEP: 78, Fate.MERGE: 14, Fate.DROP: 6}
    examples = [row for row in city().values() if row.source is Source.EXAMPLE and row.days]
    assert len(examples) == 24, "three of them are the days of a special procedure"


def test_the_longest_way_of_a_private_project_after_the_reform() -> None:
    found = compared(city(), "S")
    assert ids(found.after.path) == ["C04", "C24", "C44", "C50", "C64", "C83", "C97", "C98"]
    assert found.after.longest_waiting(city()) == ("自然资源规划局", 80)
    assert found.before.longest_waiting(city()) == ("自然资源规划局", 100)


def test_a_merged_item_hands_on_what_it_waited_for_with_the_rows_between() -> None:
    found = compared(city(), "G").after
    licence = next(item for item in found.items if item.id == "C64")
    assert Edge("C45", ("C59", "C54")) in licence.waits_for
    assert (found.outside["C59"], found.outside["C54"]) == (Outside.MERGED, Outside.NO_ORGAN_TIME)


def test_before_the_reform_a_predecessor_that_does_not_count_hands_on_nothing() -> None:
    found = compared(rows(one("A"), one("B", 10, "A", organ_time=False), one("C", 10, "B")), "S").before
    assert (found.critical_days, ids(found.items)) == (10, ["A", "C"])
    assert found.items[1].left_out == ("B",)


def test_after_the_reform_it_hands_on_what_it_waited_for_whatever_its_type() -> None:
    other = {"types": frozenset("G"), "base_for": frozenset("G")}
    found = compared(rows(one("A"), one("B", 10, "A", **other), one("C", 10, "B")), "S").after
    assert (found.critical_days, found.items[1].waits_for) == (20, (Edge("A", ("B",)),))
    assert found.outside == {"B": Outside.OTHER_TYPE}


def test_of_two_chains_to_the_same_item_the_shortest_is_told_and_of_equal_ones_the_smallest() -> None:
    gone = {"fate": Fate.MERGE}
    given = rows(
        one("A"),
        one("B", 1, "A", **gone),
        one("C", 1, "A", **gone),
        one("D", 1, "B", **gone),
        one("E", 1, "B", "C", "D"),
    )
    assert compared(given, "S").after.items[1].waits_for == (Edge("A", ("B",)),)
    direct = rows(one("A"), one("B", 1, "A", **gone), one("C", 1, "A", "B"))
    assert compared(direct, "S").after.items[1].waits_for == (Edge("A"),)


def test_what_is_dropped_before_counts_and_after_does_not() -> None:
    found = compared(rows(one("A", fate=Fate.DROP, days_after=None), one("B", 5, "A", days_after=3)), "S")
    assert (found.before.critical_days, found.after.critical_days) == (15, 3)
    assert found.after.outside == {"A": Outside.DROPPED}
    assert found.after.days_from(Source.REFORM) == 3


def test_of_equally_long_ways_the_one_with_the_smallest_ids_is_told() -> None:
    given = rows(one("D", 5, "B"), one("C", 5, "A", "B"), one("B"), one("A"), one("E", 0, "C", "D"))
    assert ids(compared(given, "S").before.path) == ["A", "C", "E"]


def test_the_way_begins_with_what_takes_no_days_and_ends_with_it() -> None:
    given = rows(one("C", 0), one("A", 10, "C"), one("B", 0, "A"))
    found = compared(given, "S").before
    assert [(item.id, item.starts, item.ends) for item in found.path] == [("C", 0, 0), ("A", 0, 10), ("B", 10, 10)]


def test_what_runs_at_the_same_time_stands_beside_the_step_in_which_it_begins() -> None:
    given = rows(one("A", 10), one("B", 30, "A"), one("C", 5), one("D", 5, "C"), one("E", 5, "A"))
    assert [ids(items) for items in compared(given, "S").before.beside()] == [["C", "D"], ["E"]]


def test_slack_is_what_an_item_may_take_longer() -> None:
    found = compared(rows(one("A", 10), one("B", 30, "A"), one("C", 5), one("D", 5, "C")), "S").before
    assert {item.id: item.slack for item in found.items} == {"A": 0, "B": 0, "C": 30, "D": 30}


def test_of_organs_that_are_waited_for_equally_long_the_first_on_the_way_is_told() -> None:
    given = rows(one("A", 5, organ="z"), one("B", 5, "A", organ="a"))
    assert compared(given, "S").before.longest_waiting(given) == ("z", 5)
    nothing = rows(one("A", 0))
    assert compared(nothing, "S").before.longest_waiting(nothing) is None


def test_a_type_for_which_nothing_counts_takes_no_days() -> None:
    found = compared(rows(one("A")), "M")
    assert (found.before.items, found.before.critical_days, found.after.path) == ((), 0, ())


def test_an_item_under_a_condition_counts_when_it_is_switched_on() -> None:
    as_it_is, found = compared(city(), "S"), compared(city(), "S", Switches(added=frozenset({"C07", "C43"})))
    assert as_it_is.before.outside["C07"] is Outside.CONDITION
    assert (len(found.before.items), found.before.serial_days) == (34, 482 + 60 + 20)
    assert len(found.after.items) == 21, "both are kept"
    merged = compared(city(), "S", Switches(added=frozenset({"C53"})))
    assert (len(merged.before.items), len(merged.after.items)) == (33, 19), "it is merged"


def test_a_condition_can_make_the_whole_longer() -> None:
    given = rows(one("A"), one("B", 7, "A", base_for=frozenset()), one("C", 10, "B"))
    assert compared(given, "S").before.critical_days == 10
    assert compared(given, "S", Switches(added=frozenset("B"))).before.critical_days == 27


def test_an_item_can_be_taken_away_and_what_waits_for_it_waits_for_what_came_before() -> None:
    given = rows(one("A"), one("B", 7, "A"), one("C", 10, "B"))
    found = compared(given, "S", Switches(taken=frozenset("B")))
    assert (found.before.critical_days, found.after.critical_days) == (10, 20)
    assert found.after.items[1].waits_for == (Edge("A", ("B",)),)
    assert found.after.outside == {"B": Outside.TAKEN_AWAY}


def test_what_cannot_be_switched_is_refused_with_its_reason() -> None:
    given = rows(
        one("C01", types=frozenset("G"), base_for=frozenset("G")),
        one("C02", organ_time=False),
        one("C03", None, base_for=frozenset()),
        one("C04", 3, base_for=frozenset(), days_after=None),
        one("C05", 3, base_for=frozenset(), days_after=None, fate=Fate.DROP),
    )
    switches = Switches(frozenset({"C01", "C02", "C03", "C04", "C05", "nothing"}), frozenset({"C5"}))
    assert refusals(given, "S", switches) == (
        Refused(NotSwitched.OTHER_TYPE, {"id": "C01", "name": "item C01", "type": "S"}),
        Refused(NotSwitched.NO_ORGAN_TIME, {"id": "C02", "name": "item C02", "type": "S"}),
        Refused(NotSwitched.NO_DAYS, {"id": "C03", "name": "item C03", "type": "S"}),
        Refused(NotSwitched.NO_DAYS, {"id": "C04", "name": "item C04", "type": "S"}),
        Refused(NotSwitched.ANOTHER_MEANT, {"id": "C5", "meant": "C05"}),
        Refused(NotSwitched.NO_SUCH_ITEM, {"id": "nothing", "meant": None}),
    )
    assert refusals(given, "S", Switches(taken=frozenset({"C01"}))) == (), (
        "taking away what does not count does no harm"
    )
