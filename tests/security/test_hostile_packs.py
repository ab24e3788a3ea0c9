"""A pack that somebody made to do harm: it is refused in a moment, and no file from outside the pack is read for it."""

import os
import shutil
import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

import msgspec
import pytest

from onecity.bootstrap.content import KINDS
from onecity.packs import load_pack
from onecity.packs.expressions import Type, Wrong, checked, compiled, parse, printed
from onecity.packs.reading import Reading
from onecity.packs.source import MAX_BYTES, read_source

GOOD: Final = Path(__file__).parents[1] / "packs" / "good"
SECRET: Final = "root-of-all-evil"
SOON_S: Final = 20.0
"""Each of these takes milliseconds where it is right, and would take hours where it is not."""
SHELF: Final = "agencies/stray.yaml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the good pack, and beside it a file that is nobody else's business."""
    (tmp_path / "secret.yaml").write_text(f"{SECRET}: [{SECRET}]\n", "utf-8")
    return Path(shutil.copytree(GOOD, tmp_path / "pack"))


def said(folder: Path) -> list[str]:
    return [str(fault) for fault in load_pack(folder, KINDS)[1]]


def refused_without_a_look(folder: Path, file: str) -> None:
    told = said(folder)
    assert [one for one in told if one.startswith(f"{file}:1:1: ") and "link" in one], told
    assert not [one for one in told if SECRET in one], "a fault quotes the file that the link leads to"


@pytest.mark.threat("T41")
def test_a_link_out_of_the_pack_is_not_followed(pack: Path) -> None:
    (pack / SHELF).symlink_to("../../secret.yaml")
    refused_without_a_look(pack, SHELF)


@pytest.mark.threat("T41")
def test_a_link_in_the_place_of_the_one_file_of_a_kind_is_not_followed(pack: Path) -> None:
    (pack / "words").mkdir(exist_ok=True)
    (pack / "words" / "en.yaml").unlink(missing_ok=True)
    (pack / "words" / "en.yaml").symlink_to(pack.parent / "secret.yaml")
    refused_without_a_look(pack, "words/en.yaml")


@pytest.mark.threat("T41")
def test_a_folder_that_is_a_link_is_not_entered(pack: Path) -> None:
    outside = pack.parent / "outside"
    (pack / "agencies").rename(outside)
    (outside / "stray.yaml").write_text(f"{SECRET}: 1\n", "utf-8")
    (pack / "agencies").symlink_to(outside)
    told = said(pack)
    assert told
    assert not [one for one in told if SECRET in one]


@pytest.mark.threat("T41")
def test_a_pipe_in_a_pack_holds_nobody_up(pack: Path) -> None:
    os.mkfifo(pack / SHELF)
    began = time.monotonic()
    assert any(one.startswith(f"{SHELF}:1:1: ") for one in said(pack))
    assert time.monotonic() - began < SOON_S


@pytest.mark.threat("T40")
def test_a_huge_file_is_refused_by_its_size_alone(pack: Path) -> None:
    with (pack / SHELF).open("wb") as file:
        file.truncate(64 * 2**30)
    assert any("68,719,476,736 bytes" in one for one in said(pack))


@pytest.mark.threat("T37")
def test_aliases_that_double_each_other_are_refused_one_by_one() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 100))]
    began = time.monotonic()
    _, faults = read_source("x.yaml", "\n".join(lines).encode())
    assert len(faults) >= 100
    assert time.monotonic() - began < SOON_S


@pytest.mark.threat("T38")
@pytest.mark.parametrize("opens", ["[", "{a: ", "- "])
def test_endless_nesting_is_one_fault_and_not_the_end_of_the_process(opens: str) -> None:
    content = (opens * 300_000)[: MAX_BYTES - 1].encode()
    began = time.monotonic()
    _, faults = read_source("x.yaml", content)
    assert len(faults) == 1
    assert time.monotonic() - began < SOON_S


class Fee(msgspec.Struct):
    """A declaration with numbers."""

    yuan: Annotated[Decimal, msgspec.Meta(le=5)]
    days: Annotated[int, msgspec.Meta(le=5)]


@pytest.mark.threat("T40")
@pytest.mark.parametrize("number", ["9" * 900_000, "9" * 4_000, "1e999999999", "-" + "9" * 400_000])
def test_a_number_without_end_is_refused_at_once_and_in_one_short_sentence(number: str) -> None:
    began = time.monotonic()
    for text in (f"yuan: {number}\ndays: 1\n", f"yuan: 1\ndays: {number}\n"):
        tree, _ = read_source("x.yaml", text.encode())
        assert tree is not None
        reading = Reading()
        reading.value(tree, Fee)
        assert all(len(str(fault)) < 300 for fault in reading.faults), "a page of digits would bury the sentence"
        assert reading.faults or number.startswith("-")
    assert time.monotonic() - began < SOON_S


@pytest.mark.threat("T40")
@pytest.mark.parametrize("number", ["0x1F", "0b1", "0o7", "1e99", "1e-99", "9" * 400, "1j"])
def test_a_number_that_the_language_does_not_know_is_told(number: str) -> None:
    """Python reads it as a number; for its author that must not end in a stack of calls."""
    assert isinstance(parse(f"area > {number}"), Wrong)


@pytest.mark.threat("T39")
@pytest.mark.parametrize(
    "text",
    [
        "not " * 120 + "takeaway",
        "(" * 90 + "takeaway" + ")" * 90,
        " and ".join(["takeaway"] * 38),
        "area" + " * area" * 60 + " > 1",
        "area" + " == area" * 60,
        "known(" * 70 + "area" + ")" * 70,
    ],
    ids=["nots", "brackets", "ands", "products", "chains", "knowns"],
)
def test_a_condition_of_any_form_is_checked_and_run_in_a_moment(text: str) -> None:
    """The language has no loops, but work that doubles with each level would be one."""
    began = time.monotonic()
    tree = parse(text)
    if not isinstance(tree, Wrong) and not isinstance(
        checked(tree, {"takeaway": Type.TRUTH, "area": Type.NUMBER}), Wrong
    ):
        compiled(tree)({})
        printed(tree, lambda name: name)
    assert time.monotonic() - began < SOON_S
