"""Counters of the catalogue are queries: they change with what a pack declares, and the command tells them to programs."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from tests.shipped import shipped

from onecity.bootstrap.content import shipped_pack
from onecity.cli.exits import Exit
from onecity.cli.pack import pack as pack_command
from onecity.services import ITEM
from onecity.services.counting import EventLevel, Tally, tally
from onecity.services.declared import Quality
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import listing_of
from onecity.services.offering import OFFERED_ITEM


def counted(folder: Path) -> Any:
    done = CliRunner().invoke(pack_command, ["stats", str(folder), "--json"])
    assert done.exit_code == Exit.DONE, done.output
    return json.loads(done.stdout)


def as_told(found: Tally) -> Any:
    return json.loads(json.dumps(found.figures))


def test_the_shipped_pack_reaches_what_the_article_claims_and_the_levels_that_were_set() -> None:
    """475 of 544 items on a phone and 300 life events are the article's; the levels are the project's own goals."""
    found = tally(shipped())
    items = {level: len(ids) for level, ids in found.items.items()}
    events = {level: len(ids) for level, ids in found.events.items()}
    assert len(found.online) >= 544 and len(found.mobile) >= 475
    assert items[Quality.Q4] >= 60 and items[Quality.Q3] + items[Quality.Q4] >= 260
    assert events[EventLevel.E2] + events[EventLevel.E3] + events[EventLevel.E4] >= 300
    assert events[EventLevel.E3] + events[EventLevel.E4] >= 120 and events[EventLevel.E4] >= 40


def test_each_item_and_each_event_counts_once_at_its_highest_level() -> None:
    pack = shipped()
    found, listing = tally(pack), listing_of(pack)
    items = [name for ids in found.items.values() for name in ids]
    assert sorted(items) == sorted({*pack.all(ITEM), *listing.items})
    events = [name for ids in found.events.values() for name in ids]
    assert sorted(events) == sorted({*pack.all(LIFE_EVENT), *listing.events})
    assert set(found.mobile) <= set(found.online)


def test_events_within_one_department_are_counted_apart() -> None:
    """They are no proof that departments work together: 新办纳税人套餐 is six matters of one office."""
    found = tally(shipped())
    assert {"register_new_taxpayer", "renew_driving_licence"} <= set(found.one_agency)
    assert not {"open_restaurant", "newborn", "second_hand_home"} & set(found.one_agency)
    assert found.figures["one_agency"] == len(found.one_agency)
    assert len(found.one_agency) * 4 < sum(len(ids) for ids in found.events.values())


def test_removing_one_item_changes_the_counters_and_says_that_the_pack_is_not_whole(tmp_path: Path) -> None:
    folder, before = Path(shutil.copytree(shipped_pack(), tmp_path / "city")), as_told(tally(shipped()))
    (folder / "services" / "items" / "sewer_discharge.yaml").unlink()
    done = CliRunner().invoke(pack_command, ["stats", str(folder), "--json"])
    assert done.exit_code == Exit.DONE
    assert "onecity pack check" in done.stderr
    after = json.loads(done.stdout)
    assert sum(after["items"].values()) == sum(before["items"].values()) - 1
    assert after["online"] == before["online"] - 1
    assert sum(after["events"].values()) < sum(before["events"].values())


def test_removing_one_line_of_the_list_changes_them_too(tmp_path: Path) -> None:
    folder, before = Path(shutil.copytree(shipped_pack(), tmp_path / "city")), as_told(tally(shipped()))
    path = folder / "services" / "listed_items.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    gone = next(number for number, line in enumerate(lines) if line.startswith("courier_business_licence,"))
    path.write_text("".join(lines[:gone] + lines[gone + 1 :]), "utf-8")
    after = counted(folder)
    assert sum(after["items"].values()) == sum(before["items"].values()) - 1


def test_people_read_a_line_a_figure_and_no_pack_is_no_zero(tmp_path: Path) -> None:
    done = CliRunner().invoke(pack_command, ["stats", str(shipped_pack())])
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "items", "events", "online", "mobile", "one_agency", "days_made_up", "origin",
    ]  # fmt: skip
    empty = CliRunner().invoke(pack_command, ["stats", str(tmp_path)])
    assert (empty.exit_code, empty.stdout) == (Exit.PACK_FAULT, "")


def spoilt(tmp_path: Path, file: str, change: Callable[[str], str]) -> Path:
    """The shipped pack with a change of one file."""
    folder = Path(shutil.copytree(shipped_pack(), tmp_path / "city"))
    path = folder / file
    text = path.read_text("utf-8")
    path.write_text(change(text), "utf-8")
    assert path.read_text("utf-8") != text
    return folder


def test_a_fault_in_one_row_costs_that_row_and_not_the_whole_table(tmp_path: Path) -> None:
    name = next(one.id for one in shipped().one(OFFERED_ITEM).rows)
    folder = spoilt(tmp_path, OFFERED_ITEM.folder, lambda text: text.replace(f"\n{name},", f"\n{name}!,", 1))
    before, after = as_told(tally(shipped())), counted(folder)
    online = {"Q3", "Q4"}
    lost = sum(before["items"][level] - after["items"][level] for level in online)
    assert lost == 1, "it is only listed now"
    assert sum(after["items"].values()) == sum(before["items"].values())


def test_a_fault_in_one_file_costs_that_file_and_nothing_that_follows_from_others(tmp_path: Path) -> None:
    folder = spoilt(tmp_path, "services/items/sewer_discharge.yaml", lambda text: text + "x: [\n")
    before, after = as_told(tally(shipped())), counted(folder)
    assert sum(after["items"].values()) == sum(before["items"].values()) - 1


def test_a_pack_that_lacks_what_every_pack_has_is_counted_without_what_follows(tmp_path: Path) -> None:
    folder = spoilt(tmp_path, "pack.yaml", lambda text: text + "x: [\n")
    assert sum(counted(folder)["items"].values()) > 0
