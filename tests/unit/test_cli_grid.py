"""`onecity grid`: from a point to its cell and from a cell to its ground, from the shipped pack or another."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onecity.cli.exits import Exit
from onecity.cli.grid import grid

PACKS = Path(__file__).parents[1] / "packs"


def said(*words: str) -> Result:
    return CliRunner().invoke(grid, words)


def test_a_point_tells_its_cell_and_everything_around_it() -> None:
    done = said("at", "113.6651", "34.7466", "--json")
    found = json.loads(done.stdout)
    assert found["cell"].startswith(found["village"]["code"])
    assert (found["county"]["name"], found["zone"], found["simulated"]) == ("二七区", "A", True)
    assert "模拟" in said("at", "113.6651", "34.7466").stdout


def test_a_cell_tells_its_ground_and_the_ground_its_cell() -> None:
    code = json.loads(said("at", "113.6651", "34.7466", "--json").stdout)["cell"]
    [ring] = json.loads(said("outline", code).stdout)["geometry"]["coordinates"]
    x, y = (sum(part) / 4 for part in zip(*ring[:4], strict=True))
    assert json.loads(said("at", str(x), str(y), "--json").stdout)["cell"] == code


@pytest.mark.parametrize(
    ("words", "exit_code", "why"),
    [
        (("at", "100", "34"), Exit.REFUSED, "does not lie in the city"),
        (("at", "181", "34"), Exit.USAGE, "181"),
        (("at", "nan", "34"), Exit.REFUSED, "does not lie in the city"),
        (("at", "-71.06", "42.36"), Exit.REFUSED, "does not lie in the city"),
        (("at", "east", "34"), Exit.USAGE, "east"),
        (("outline", "410105"), Exit.REFUSED, "410105"),
    ],
)
def test_what_is_not_there_is_said_so(words: tuple[str, ...], exit_code: Exit, why: str) -> None:
    done = said(*words)
    assert (done.exit_code, why in done.stderr) == (exit_code, True), done.stderr


def test_another_pack_has_its_own_ground(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACKS / "good", pack)
    none = said("at", "113.6430", "34.7700", "--pack", str(pack))
    assert (none.exit_code, "declares no ground" in none.stderr) == (Exit.REFUSED, True)
    shutil.copytree(PACKS / "ground", pack, dirs_exist_ok=True)
    found = json.loads(said("at", "113.6430", "34.7700", "--pack", str(pack), "--json").stdout)
    assert (found["cell"], found["village"]["name"]) == ("419901001001004", "东门社区")
    missing = said("at", "113.6", "34.7", "--pack", str(tmp_path))
    assert (missing.exit_code, "There is no pack here" in missing.stderr) == (Exit.PACK_FAULT, True)
