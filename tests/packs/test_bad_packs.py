"""Every fault that the author of a pack can make is told in one exact sentence, at its place, with the way to mend it.

Each folder of `bad/` holds the few files that differ from `good/`, and in `expected.txt` what `onecity pack check`
prints. A file named `REMOVE` lists what the bad pack lacks, one path a line.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from onecity.bootstrap.content import KINDS
from onecity.casework import PROCESS
from onecity.cli.exits import Exit
from onecity.cli.pack import check
from onecity.packs import load_pack
from onecity.places import CITY, NOTICE

HERE: Final = Path(__file__).parent
GOOD: Final = HERE / "good"
BAD: Final = sorted(folder for folder in (HERE / "bad").iterdir() if folder.is_dir())
BESIDE: Final = ("expected.txt", "REMOVE")

Lay = Callable[[Path], Path]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lays the files of a bad pack over the good one."""

    def laid(bad: Path) -> Path:
        folder = tmp_path / "pack"
        shutil.copytree(GOOD, folder)
        if (bad / "REMOVE").is_file():
            for line in (bad / "REMOVE").read_text("utf-8").splitlines():
                shutil.rmtree(folder / line) if (folder / line).is_dir() else (folder / line).unlink()
        shutil.copytree(bad, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*BESIDE))
        return folder

    return laid


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A copy of the good pack, to be spoilt."""
    return Path(shutil.copytree(GOOD, tmp_path / "pack"))


def checked(folder: Path) -> Result:
    """What `onecity pack check` answers of a folder."""
    return CliRunner().invoke(check, [str(folder)])


def said(folder: Path) -> list[str]:
    return [str(fault) for fault in load_pack(folder, KINDS)[1]]


def test_the_good_pack_has_no_fault() -> None:
    result = checked(GOOD)
    assert (result.stdout, result.exit_code) == ("", Exit.DONE)


@pytest.mark.parametrize("bad", BAD, ids=lambda folder: folder.name)
def test_a_bad_pack_is_told_exactly_what_to_mend(bad: Path, lay: Lay) -> None:
    result = checked(lay(bad))
    assert result.stdout.splitlines() == (bad / "expected.txt").read_text("utf-8").splitlines()
    assert result.exit_code == Exit.PACK_FAULT


def test_all_faults_of_all_files_are_told_at_once_in_reading_order(lay: Lay) -> None:
    _, faults = load_pack(lay(HERE / "bad" / "several_faults_in_several_files"), KINDS)
    assert len({fault.place.file for fault in faults}) >= 5
    assert [fault.place for fault in faults] == sorted(fault.place for fault in faults)


@pytest.mark.parametrize("bad", BAD, ids=lambda folder: folder.name)
def test_a_bad_pack_brings_only_what_it_spoils(bad: Path) -> None:
    same = [
        path.relative_to(bad).as_posix()
        for path in bad.rglob("*")
        if (GOOD / path.relative_to(bad)).is_file() and path.read_bytes() == (GOOD / path.relative_to(bad)).read_bytes()
    ]
    assert same == []


def test_a_fault_is_one_line_even_where_the_author_wrote_terminal_codes(good: Path) -> None:
    (good / "pack.yaml").write_text('"\\e[31mzone\\n": xiaocheng\n', "utf-8")
    assert [line for line in said(good) if "unknown" in line] == [
        r"pack.yaml:1:1: The key `\x1b[31mzone\n` is unknown here. Did you mean `zone`?"
    ]


@pytest.mark.parametrize("written", ["419900", "004199"])
def test_text_without_quotes_is_taken_letter_for_letter(good: Path, written: str) -> None:
    # YAML 1.1 would read a number, an octal number, two booleans and a day here.
    text = (good / "pack.yaml").read_text("utf-8").replace('"419900"', written)
    text = text.replace('hotline: "12345"', "hotline: 0x1F").replace("{zh: 小城, en: Small Town}", "{zh: no, en: on}")
    (good / "pack.yaml").write_text(text, "utf-8")
    for table, header in (("counties", "code,name"), ("streets", "code,name,county"), ("villages", "code,name,street")):
        (good / "places" / f"{table}.csv").write_text(f"{header}\n", "utf-8")  # else they would lie in another city
    (good / "services" / "fields" / "street.yaml").unlink()
    pack, faults = load_pack(good, KINDS)
    city = pack.one(CITY)
    assert faults == ()
    assert (city.area, city.hotline, city.name.zh, city.name.en) == (written, "0x1F", "no", "on")


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_a_file_without_end_inside_itself_is_a_fault(good: Path, depth: int) -> None:
    (good / "pack.yaml").write_text("[" * depth + "]" * depth, "utf-8")
    assert said(good) == ["pack.yaml:1:51: Here the file is nested too deeply. Close the brackets, or split the file."]


def test_a_stray_file_that_resembles_nothing_is_told_where_declarations_live(good: Path) -> None:
    (good / "x.yaml").write_text("a: b\n", "utf-8")
    folders = ", ".join(kind.folder for kind in KINDS if not kind.single)
    assert said(good) == [f"x.yaml:1:1: No kind of declaration lives here. Move it below one of: {folders}."]
    assert NOTICE.folder in folders


def test_files_that_are_no_declarations_may_lie_in_a_pack(good: Path) -> None:
    (good / "README.md").write_text("# 小城\n", "utf-8")
    (good / "calendar" / "notices" / "LICENSE").write_text("MIT\n", "utf-8")
    assert said(good) == []


def test_references_wait_until_every_file_can_be_read(good: Path) -> None:
    # Else the item would be told that its process is unknown, although it only cannot be read.
    (good / PROCESS.folder / "permit.yaml").write_text("", "utf-8")
    assert said(good) == [
        "casework/processes/permit.yaml:1:1: The file is empty. Write the declaration, or delete the file."
    ]
