"""A second city without a line of Python: its first pack is written by a command, and the city starts with it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.cli.exits import Exit
from onecity.drills.cities import RunningCity
from onecity.packs import load_pack
from onecity.places import CITY, NOTICE

NAMES = ("--id", "kai_feng", "--name-zh", "开封", "--name-en", "Kaifeng")

pytestmark = pytest.mark.slow


def onecity(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "onecity", *words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first pack of Kaifeng."""
    folder = tmp_path_factory.mktemp("packs") / "kai_feng"
    done = onecity("pack", "new", str(folder), *NAMES)
    assert (done.returncode, done.stdout) == (Exit.DONE, f"{folder}\n")
    return folder


@pytest.fixture
def city(pack: Path, open_folder: Path) -> Iterator[RunningCity]:
    found = RunningCity(open_folder / "kai_feng", "--pack", str(pack))
    found.start()
    yield found
    found.clean()


def test_a_first_pack_has_no_fault_and_one_of_each_that_a_city_needs(pack: Path) -> None:
    found, faults = load_pack(pack, KINDS)
    assert faults == ()
    counts = found.counts()
    assert {kind: counts[kind] for kind in ("agency", "duty", "process", "item", "field")} == dict.fromkeys(
        ("agency", "duty", "process", "item", "field"), 1
    )
    assert found.one(CITY).name.zh == "开封"


def test_the_calendar_comes_with_its_licence(pack: Path) -> None:
    ours = {path.name: path.read_bytes() for path in (pack / NOTICE.folder).iterdir()}
    assert "LICENSE" in ours
    assert ours == {path.name: path.read_bytes() for path in (shipped_pack() / NOTICE.folder).iterdir()}


def test_every_file_that_an_engineer_has_to_change_says_so(pack: Path) -> None:
    for path in pack.rglob("*.yaml"):
        assert path.read_text("utf-8").startswith("# "), path


@pytest.mark.parametrize("name", ['开"封": {a}, [b] # c', "开封 \\ 'x'", "$id", "- 开封"])
def test_any_name_is_kept_letter_for_letter(tmp_path: Path, name: str) -> None:
    onecity("pack", "new", str(tmp_path / "pack"), "--id", "x", "--name-zh", name, "--name-en", name)
    found, faults = load_pack(tmp_path / "pack", KINDS)
    assert faults == ()
    assert (found.one(CITY).name.zh, found.one(CITY).name.en) == (name, name)


def test_nothing_that_lies_there_already_is_overwritten(pack: Path) -> None:
    before = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    done = onecity("pack", "new", str(pack), *NAMES)
    assert (done.returncode, done.stderr) == (Exit.REFUSED, f"{pack} is not empty. Name a new folder.\n")
    assert before == {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}


def test_an_id_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    done = onecity("pack", "new", str(tmp_path / "pack"), "--id", "Kai Feng", *NAMES[2:])
    assert done.returncode == Exit.USAGE
    assert "Kai Feng is no id. Write lower-case letters, like kaifeng." in done.stderr
    assert not (tmp_path / "pack").exists()


def test_the_second_city_starts_shows_its_item_and_signs_with_its_own_name(city: RunningCity, tmp_path: Path) -> None:
    with httpx.Client(base_url=city.address, trust_env=False) as http:
        assert "开封" in http.get("/").text
        guide = http.get("/items/shop_sign")
        assert (guide.status_code, "户外招牌设置备案" in guide.text) == (200, True)
    assert not (city.data / "simulated_accounts.json").exists()
    done = onecity("ledger", "export", str(tmp_path / "export"), "--data", str(city.data))
    assert done.returncode == Exit.DONE, done.stderr
    assert (tmp_path / "export" / "checkpoint").read_text("utf-8").startswith("ledger.kai-feng.example\n")
    assert city.stop() == 0
    # Without --pack it would be the shipped city, which is another one: nothing of the second city is touched.
    done = onecity("run", "--port", "0", "--data", str(city.data))
    assert done.returncode == Exit.OUTSIDE
    assert "This is the content of another city (ledger.zhengzhou.onecity.example)" in done.stderr
