"""The wheel is the whole city: installed into an empty folder, it starts, shows its pages and stops."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from tests.integration.conftest import pip
from tests.messages import LABELLED, MESSAGES, table

from onecity.drills.cities import RunningCity

ROOT: Final = Path(__file__).parents[2]
SAMPLE: Final = ROOT / "tests" / "data" / "boston_sample.csv"
SHARED: Final = sysconfig.get_path("purelib")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel; what it depends on is read from this one."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    pip("--python", str(python), "install", "--no-deps", "--quiet", str(wheel))
    [site] = home.glob("lib/python*/site-packages")
    # A path in a .pth file lends packages; the .pth files among them, also the one to this checkout, are not followed.
    (site / "shared.pth").write_text(f"{SHARED}\n", "utf-8")
    return home / "bin"


@pytest.fixture
def city(programs: Path, open_folder: Path, tmp_path: Path) -> Iterator[RunningCity]:
    found = RunningCity(open_folder / "from_wheel", program=[str(programs / "onecity")], at=tmp_path)
    found.start()
    yield found
    found.clean()


BUILT_FROM: Final = (
    "src", "packs", "docs/operate", "tools/verify_ledger.py", "tools/follow_keys.py",
    "pyproject.toml", "README.md", "LICENSE", "NOTICE", ".gitignore",
)  # fmt: skip


@pytest.mark.threat("T47")
def test_whoever_builds_the_same_commit_gets_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """In another folder, at another time, by another user, in another zone and language: byte for byte."""
    away = tmp_path / "somewhere" / "else"
    for name in BUILT_FROM:
        whole = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        (away / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(whole, away / name, ignore=ignored) if whole.is_dir() else shutil.copyfile(whole, away / name)
    for path in away.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    how = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    pip(
        "wheel", str(away), "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(tmp_path),
        umask=0o077, **how,
    )  # fmt: skip
    [again] = tmp_path.glob("onecity-*.whl")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def names(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }


def test_the_wheel_holds_every_file_of_the_house_the_pack_and_the_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        info = next(name.split("/")[0] for name in held if name.endswith("/METADATA"))
        notice = archive.read(f"{info}/licenses/NOTICE")
    assert {f"onecity/{name}" for name in names(ROOT / "src" / "onecity")} - held == set()
    assert {f"onecity/shipped_packs/zhengzhou/{name}" for name in names(ROOT / "packs" / "zhengzhou")} - held == set()
    # What outsiders check with lies beside what they check: the one program reads the other.
    assert {"onecity/verifier/verify_ledger.py", "onecity/verifier/follow_keys.py"} <= held
    assert f"{info}/licenses/LICENSE" in held
    assert notice == (ROOT / "NOTICE").read_bytes()
    assert [name for name in held if not name.startswith(("onecity/", f"{info}/"))] == []


def test_an_installed_city_starts_in_an_empty_folder_shows_a_page_and_stops(
    city: RunningCity, programs: Path, tmp_path: Path
) -> None:
    elsewhere = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    where = subprocess.run(
        [programs / "python", "-c", "import onecity; print(onecity.__file__)"],
        capture_output=True, text=True, check=True, cwd=tmp_path, env=elsewhere,
    )  # fmt: skip
    assert where.stdout.startswith(str(programs.parent))
    with httpx.Client(base_url=city.address, trust_env=False) as http:
        home = http.get("/")
        assert (home.status_code, "郑州" in home.text) == (200, True)
        style = home.text.split('<link rel="stylesheet" href="')[1].split('"')[0]
        assert http.get(style).headers["content-type"].startswith("text/css")
        assert http.get("/items/food_business").status_code == 200
    assert any("Simulated city 模拟城市" in line for line in city.said)
    assert city.stop() == 0
    assert list(tmp_path.iterdir()) == []


def test_an_installed_onecity_writes_the_first_pack_of_another_city(programs: Path, tmp_path: Path) -> None:
    installed(
        programs, tmp_path, "pack", "new", "kaifeng", "--id", "kaifeng", "--name-zh", "开封", "--name-en", "Kaifeng"
    )
    installed(programs, tmp_path, "pack", "check", "kaifeng")


def test_an_installed_onecity_learns_from_messages_and_replays_requests(
    programs: Path, open_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "labelled.tsv").write_bytes(LABELLED)
    (tmp_path / "asked.tsv").write_bytes(table(("title",), [[one.title] for one in MESSAGES]))
    city = ("--data", str(open_folder / "city"))
    installed(programs, tmp_path, "governance", "route", "--train", "labelled.tsv", *city)
    told = installed(programs, tmp_path, "governance", "route", "--predict", "asked.tsv", *city)
    assert [line.split("\t")[0] for line in told.splitlines()] == [one.label for one in MESSAGES]
    (tmp_path / "three.csv").write_text("".join(SAMPLE.read_text("utf-8").splitlines(keepends=True)[:4]), "utf-8")
    report = json.loads(installed(programs, tmp_path, "governance", "replay", "three.csv", "--json", *city))
    assert (report["replayed"], report["unread"], report["stuck"]) == (3, [], [])


def installed(programs: Path, at: Path, *words: str) -> str:
    """What the installed command says in a folder, far from this checkout."""
    elsewhere = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    line = [str(programs / "onecity"), *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=at, env=elsewhere)
    assert done.returncode == 0, done.stderr
    return done.stdout
