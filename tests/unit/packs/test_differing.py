"""What one pack says otherwise than another, as a department reads it before something is published."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner
from tests.packs.test_bad_packs import GOOD

from onecity.bootstrap.content import KINDS
from onecity.cli.exits import Exit
from onecity.cli.pack import pack as pack_command
from onecity.packs import Part, differing, load_pack


def test_a_pack_differs_from_itself_in_nothing() -> None:
    pack, _ = load_pack(GOOD, KINDS)
    assert differing(pack, pack) == ()


def test_each_part_that_changed_is_named_with_what_it_was_and_is(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(GOOD, tmp_path / "pack"))
    item = folder / "services" / "items" / "felling.yaml"
    item.write_text(item.read_text("utf-8").replace("number: 20", "number: 15"), "utf-8")
    counties = folder / "places" / "counties.csv"
    lines = counties.read_text("utf-8").splitlines()
    counties.write_text("\n".join([*lines, lines[-1].replace(lines[-1][:6], "999912"), ""]), "utf-8")
    before, after = load_pack(GOOD, KINDS)[0], load_pack(folder, KINDS)[0]
    found = {(one.kind, one.id): one for one in differing(before, after)}
    assert set(found) == {("item", "felling"), ("county", "999912")}
    assert found["item", "felling"].parts == (Part("limit.number", "20", "15"),)
    assert str(found["county", "999912"].what) == "added"
    gone = {(one.kind, one.id): str(one.what) for one in differing(after, before)}
    assert gone["county", "999912"] == "removed"


def test_the_command_tells_it_to_people_and_to_programs(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(GOOD, tmp_path / "pack"))
    item = folder / "services" / "items" / "felling.yaml"
    item.write_text(item.read_text("utf-8").replace("number: 20", "number: 15"), "utf-8")
    people = CliRunner().invoke(pack_command, ["diff", str(GOOD), str(folder)])
    assert people.exit_code == Exit.DONE, people.output
    assert people.stdout.splitlines() == ["item felling: changed", "  limit.number: 20 → 15"]
    told = json.loads(CliRunner().invoke(pack_command, ["diff", str(GOOD), str(folder), "--json"]).stdout)
    assert told == [
        {"kind": "item", "id": "felling", "what": "changed",
         "parts": [{"path": "limit.number", "before": "20", "after": "15"}]}
    ]  # fmt: skip
