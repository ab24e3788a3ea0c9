"""A file is read quickly or slowly: whatever stands in it, both say the same, and each fault sends to the slow way."""

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.packs.faults import Fault, Place
from onecity.packs.quick import Doubt, quick_table, quick_value
from onecity.packs.reading import Reading
from onecity.packs.source import read_source
from onecity.packs.tables import is_table, read_table
from onecity.packs.written import read_file

_BAD: Final = Path("tests/packs/bad")
_SIGNS: Final = ["\n", " ", "  ", ",", ":", "- ", '"', '""', "'", "[", "]", "{", "}", "#", "|", "&a ", "*a", "!!str ", "7", "é",
                 "true", "null", "~", "\t", "\r", "\ufeff", "\u3000", "一", "2020-01-01", "0.5", "%", "? "]  # fmt: skip
"""What is written into files: what YAML and tables take for more than a letter."""


def of_folder(folder: Path) -> list[tuple[Path, Any]]:
    """The files of a pack, each with the type that it is read as."""
    return [
        (path, kind.type)
        for kind in KINDS
        for path in sorted((folder / kind.folder).rglob("*.yaml") if not kind.single else [folder / kind.folder])
        if path.is_file()
    ]


SHIPPED: Final = of_folder(shipped_pack())
SHORT: Final = [(path, wanted) for path, wanted in SHIPPED if path.stat().st_size < 20_000]


def quickly(content: bytes, wanted: Any) -> Any:
    return quick_table(content, wanted) if is_table(wanted) else quick_value(content, wanted)


def slowly(content: bytes, wanted: Any) -> tuple[Any, tuple[Fault, ...], Reading]:
    tree, faults = read_table("x", content, wanted) if is_table(wanted) else read_source("x", content)
    reading = Reading()
    value = None if tree is None else reading.value(tree, wanted)
    return value, (*faults, *reading.faults), reading


def check_same(content: bytes, wanted: Any) -> bool:
    """Whether a file was read quickly; what was read is then what the slow way reads, which finds no fault."""
    try:
        found = quickly(content, wanted)
    except Doubt:
        return False
    value, faults, _ = slowly(content, wanted)
    assert faults == ()
    assert found == value
    return True


def test_every_file_of_the_shipped_pack_is_read_quickly_and_rightly() -> None:
    assert len(SHIPPED) > 800
    assert [path.name for path, wanted in SHIPPED if not check_same(path.read_bytes(), wanted)] == []


def test_no_file_with_a_fault_is_read_quickly() -> None:
    read = [check_same(path.read_bytes(), wanted) for one in _BAD.iterdir() for path, wanted in of_folder(one)]
    assert read.count(False) > 50


@given(data=st.data())
def test_a_file_that_somebody_spoilt_is_read_alike(data: st.DataObject) -> None:
    path, wanted = data.draw(st.sampled_from(SHORT))
    text = path.read_bytes().decode()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = min(len(text), at + data.draw(st.sampled_from((0, 0, 1, 1, 2, 9, 80))))
        text = text[:at] + data.draw(st.sampled_from(["", *_SIGNS])) + text[end:]
    check_same(text.encode(), wanted)


@given(data=st.data())
def test_a_table_that_somebody_spoilt_is_read_alike(data: st.DataObject) -> None:
    path, wanted = data.draw(st.sampled_from([one for one in SHIPPED if is_table(one[1])]))
    header, *lines = path.read_text("utf-8").split("\n")
    few = [header, *data.draw(st.lists(st.sampled_from(lines), max_size=4))]
    line = data.draw(st.integers(0, len(few) - 1))
    cells = few[line].split(",")
    at = data.draw(st.integers(0, len(cells) - 1))
    cells[at] = data.draw(st.sampled_from(["", cells[at] + " ", cells[0], *_SIGNS]))
    few[line] = ",".join(cells)
    if data.draw(st.booleans()):
        # A column less, in the header and in every row: nothing is shifted, and something may be missing.
        gone = data.draw(st.integers(0, header.count(",")))
        few = [",".join(one for place, one in enumerate(row.split(",")) if place != gone) for row in few]
    check_same("\n".join(few).encode(), wanted)


@pytest.mark.parametrize("name", ["items/food_business.yaml", "short_fields.csv", "offered_items.csv"])
def test_places_are_those_of_the_slow_way(name: str) -> None:
    """The places of a file are read when somebody asks, and a row of a table is found without."""
    path, wanted = next(one for one in SHIPPED if one[0].as_posix().endswith(f"/{name}"))
    content = path.read_bytes()
    value, places, faults = read_file("x", content, wanted)
    expected = slowly(content, wanted)[2].places
    assert (value is not None, faults) == (True, ())
    last = Place("x", content.count(b"\n"), 1)
    assert places[f"rows.{last.line - 2}"] == last if is_table(wanted) else places[""] == Place("x", 1, 1)
    assert dict(places) == expected
    assert {one: places[one] for one in expected} == expected
    assert len(places) == len(expected)
    assert "rows.999999" not in places
