"""`onecity governance matters`: what can be filed on a day, and what a former matter has become."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from onecity.cli.exits import Exit
from onecity.cli.governance import governance

PACKS = Path(__file__).parents[1] / "packs"


def said(*words: str) -> Result:
    return CliRunner().invoke(governance, ["matters", *words])


def test_a_day_before_the_standard_has_the_former_matters_and_what_they_became() -> None:
    found = {one["code"]: one for one in json.loads(said("--on", "2020-09-01", "--json").stdout)}
    assert found["0102"]["name"] == {"zh": "暴露垃圾", "en": "Rubbish on the ground"}
    assert found["0102"]["becomes"] == ["06010"]
    assert found["0102"]["class"] == {"zh": "市容环境", "en": "City appearance"}
    assert "06010" not in found
    assert "0401  路面塌陷  Road collapse  z:road_collapse" in said("--on", "2020-09-01").stdout


def test_a_day_after_it_has_the_matters_of_the_standard() -> None:
    found = {one["code"]: one for one in json.loads(said("--on", "2026-11-26", "--json").stdout)}
    assert found["01002"]["name"] == {"zh": "污水井盖异常", "en": "Problem with a sewer manhole cover"}
    assert (found["01002"]["part"], found["01002"]["becomes"]) == ("01002", [])
    assert "0102" not in found


def test_another_pack_has_its_own_street_or_none(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACKS / "good", pack)
    none = said("--pack", str(pack))
    assert (none.exit_code, "declares no catalogue" in none.stderr) == (Exit.REFUSED, True)
    shutil.copytree(PACKS / "street", pack, dirs_exist_ok=True)
    assert said("--pack", str(pack), "--on", "2026-07-01").stdout.splitlines() == [
        "01001  井盖异常  Problem with a manhole cover",
        "z:hole  路面塌陷  Road collapse",
    ]
