"""Levels are computed: an item has the level of which it lacks nothing, and a run counts while the item stays as it is."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.drills.rehearsing.recording import record
from onecity.packs import Declared, Pack, Text, load_pack, version_of
from onecity.services import ITEM, Item
from onecity.services.declared import Condition, Online, Origin, Quality, ResultKind
from onecity.services.quality import Lack, lacks_of, level_of, levels_of
from onecity.services.runs import How, ItemRun, as_table, recorded, runs_of, short_version, together

GOOD: Final = Path(__file__).parents[2] / "packs" / "good"
DAY: Final = date(2026, 11, 27)
LEVELS: Final = list(Quality)


@cache
def pack() -> Pack:
    found, faults = load_pack(GOOD, KINDS)
    assert faults == ()
    return found


def felling(**changes: Any) -> Declared[Item]:
    """The item of the good pack, whose basis somebody compared with the law, with some changes."""
    item = pack().all(ITEM)["felling"].value
    basis = msgspec.structs.replace(item.basis, sha256="0123456789abcdef")
    return Declared("item", "felling", msgspec.structs.replace(item, basis=basis, **changes), {})


def played(item: Declared[Item], *ways: How) -> tuple[ItemRun, ...]:
    return tuple(ItemRun(item.id, how, short_version(item), DAY) for how in ways)


def level(item: Declared[Item], *ways: How) -> Quality:
    return level_of(item, pack(), played(item, *ways))


def test_what_has_everything_is_as_good_as_its_runs_show() -> None:
    whole = felling()
    assert level(whole) is Quality.Q2
    assert level(whole, How.MACHINE) is Quality.Q3
    assert level(whole, How.MACHINE, How.BROWSER) is Quality.Q4
    # Whatever people clicked through, no program has shown that it goes.
    assert level(whole, How.BROWSER) is Quality.Q2


NOTHING: Final = Text("", " ")
WITHOUT: Final[dict[Lack, tuple[str, dict[str, Any]]]] = {
    Lack.BASIS: ("basis", {"sha256": None}),
    Lack.RESULT_NAME: ("result", {"name": NOTHING}),
    Lack.CONDITIONS: ("", {"conditions": ()}),
    Lack.SOURCES: ("", {"conditions": (Condition(NOTHING, Origin.LAW),)}),
    Lack.PROCESS: ("", {"process": "nobody_declared_it"}),
    Lack.ASKS: ("", {"asks": ()}),
    Lack.EXAMPLE: ("", {"examples": ()}),
    Lack.ONLINE: ("", {"online": (Online.ADVICE, Online.INTAKE, Online.PRE_CHECK)}),
    Lack.RESULT: ("result", {"kind": ResultKind.LICENCE, "licence": "nobody_declared_it"}),
    Lack.PLAIN: ("", {"plain": Text("要先办", "")}),
    Lack.FAQ: ("", {"faq": ()}),
}
"""What takes each of the things from an item: the part of it, and what is changed there."""
NEEDED_FOR: Final = {
    Quality.Q1: (Lack.BASIS, Lack.RESULT_NAME),
    Quality.Q2: (Lack.CONDITIONS, Lack.SOURCES, Lack.PROCESS),
    Quality.Q3: (Lack.ASKS, Lack.EXAMPLE, Lack.ONLINE, Lack.RESULT),
    Quality.Q4: (Lack.PLAIN, Lack.FAQ),
}


@pytest.mark.parametrize("missing", WITHOUT)
def test_an_item_stops_below_the_level_for_which_it_lacks_something(missing: Lack) -> None:
    part, changes = WITHOUT[missing]
    whole = felling()
    changed = msgspec.structs.replace(getattr(whole.value, part), **changes) if part else None
    item = Declared(
        "item", "felling", msgspec.structs.replace(whole.value, **({part: changed} if part else changes)), {}
    )
    wanted = next(one for one, lacks in NEEDED_FOR.items() if missing in lacks)
    runs = played(item, How.MACHINE, How.BROWSER)
    assert level_of(item, pack(), runs) is LEVELS[LEVELS.index(wanted) - 1]
    assert {one: lacks for one, lacks in lacks_of(item, pack(), runs).items() if lacks} == {wanted: (missing,)}


def test_an_edit_voids_the_run() -> None:
    before = felling()
    runs = played(before, How.MACHINE, How.BROWSER)
    after = felling(visits=before.value.visits + 1)
    assert level_of(before, pack(), runs) is Quality.Q4
    assert level_of(after, pack(), runs) is Quality.Q2
    another = Declared("item", "planting", before.value, {})
    assert level_of(another, pack(), [msgspec.structs.replace(one, item="planting") for one in runs]) is Quality.Q2


def test_whoever_explains_an_item_better_voids_no_run() -> None:
    runs = played(felling(), How.MACHINE, How.BROWSER)
    better = felling(also=("砍树",), plain=Text("砍自家的树也要先办", "You need it for your own trees as well"))
    assert level_of(better, pack(), runs) is Quality.Q4


def test_the_newest_run_of_an_item_and_way_stays_and_what_is_gone_goes() -> None:
    [item] = played(felling(), How.MACHINE)
    later = msgspec.structs.replace(item, on=date(2026, 11, 28))
    clicked = msgspec.structs.replace(item, how=How.BROWSER)
    gone = msgspec.structs.replace(item, item="burning")
    other = msgspec.structs.replace(item, item="chopping")
    rows = together((item, gone, clicked), (other, later), {"felling", "chopping"})
    assert rows == (other, clicked, later)


def test_a_record_is_read_as_it_was_written_and_changes_no_version_but_that_of_the_pack(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    for path in GOOD.rglob("*"):
        if path.is_file():
            (folder / path.relative_to(GOOD)).parent.mkdir(parents=True, exist_ok=True)
            (folder / path.relative_to(GOOD)).write_bytes(path.read_bytes())
    assert recorded(pack()) == ()
    table = record(folder, pack(), ["felling"], How.MACHINE, on=DAY)
    first = table.read_bytes()
    again, faults = load_pack(folder, KINDS)
    assert faults == ()
    assert recorded(again) == runs_of(pack(), ["felling"], How.MACHINE, DAY)
    assert {name: version_of(one) for name, one in again.all(ITEM).items()} == {
        name: version_of(one) for name, one in pack().all(ITEM).items()
    }
    assert again.version != pack().version
    assert record(folder, again, ["felling"], How.MACHINE, on=DAY).read_bytes() == first
    record(folder, again, ["felling"], How.BROWSER, on=DAY)
    both, _ = load_pack(folder, KINDS)
    assert [run.how for run in recorded(both)] == [How.BROWSER, How.MACHINE]


def test_the_shipped_pack_has_recorded_runs_of_items_and_levels_that_follow_from_them() -> None:
    runs, levels = recorded(shipped()), levels_of(shipped())
    assert as_table(runs) == as_table(together(runs, (), shipped().all(ITEM)))
    assert levels.keys() == shipped().all(ITEM).keys()
    for name, found in levels.items():
        counting = {
            run.how for run in runs if run.item == name and run.version == short_version(shipped().all(ITEM)[name])
        }
        assert (found in (Quality.Q3, Quality.Q4)) <= (How.MACHINE in counting), name
        assert (found is Quality.Q4) <= (How.BROWSER in counting), name
