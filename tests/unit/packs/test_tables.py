"""Tables: what a spreadsheet saves becomes typed rows, each cell knows its place, and nothing raises."""

import csv
import io
from datetime import date
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.packs import Declared, Fault, Table, version_of
from onecity.packs.reading import Reading
from onecity.packs.tables import MAX_TABLE_BYTES, read_table, size


class Tree(msgspec.Struct, frozen=True, rename={"within": "park"}):
    code: str
    name: str
    within: str
    height: int = 1
    felled: date | None = None


class Trees(Table[Tree], frozen=True):
    """The trees of a city."""


def read(content: bytes) -> tuple[Trees | None, list[Fault], Reading]:
    tree, faults = read_table("trees.csv", content, Trees)
    reading = Reading()
    value = None if tree is None else reading.value(tree, Trees)
    return value, [*faults, *reading.faults], reading


GOOD: Final = Trees((Tree("1", "老槐", "a", 12, date(2020, 4, 8)), Tree("2", "柳, 南", "b")))


@pytest.mark.parametrize(
    "text",
    [
        '\ufeffcode,name,park,height,felled\n1,老槐,a,12,2020-04-08\n2,"柳, 南",b,,\n',
        'code,name,park,height,felled\r\n1,老槐,a,12,2020-04-08\r\n2,"柳, 南",b,1,\r\n',
        'felled,park,"code",name,height\n2020-04-08,a,1,"老槐",12\n,b,2,"柳, 南",1',
    ],
    ids=["as a spreadsheet saves it", "with the line ends of Windows", "in another order of columns"],
)
def test_one_table_is_one_value_however_it_was_saved(text: str) -> None:
    value, faults, _ = read(text.encode())
    assert faults == []
    assert value == GOOD
    assert size(GOOD) == 2


class Bark(msgspec.Struct, frozen=True):
    colour: str
    depth: int = 0


class Seen(msgspec.Struct, frozen=True):
    day: date
    bark: Bark | None = None


class Visit(msgspec.Struct, frozen=True):
    code: str
    first: Seen
    last: Seen | None = None


class Visits(Table[Visit], frozen=True):
    """What somebody saw of trees."""


def seen(text: str) -> tuple[Visits | None, list[str], Reading]:
    tree, faults = read_table("visits.csv", text.encode(), Visits)
    reading = Reading()
    value = None if tree is None else reading.value(tree, Visits)
    return value, [str(fault) for fault in (*faults, *reading.faults)], reading


def test_a_field_of_several_parts_has_a_column_for_each() -> None:
    value, faults, reading = seen(
        "code,first.day,last.day,last.bark.colour,last.bark.depth\n1,2020-04-08,2021-04-08,grey,3\n2,2020-05-01,,,\n"
    )
    assert faults == []
    assert value == Visits(
        (
            Visit("1", Seen(date(2020, 4, 8)), Seen(date(2021, 4, 8), Bark("grey", 3))),
            Visit("2", Seen(date(2020, 5, 1))),
        )
    )
    assert str(reading.places["rows.0.last.bark.depth"]) == "visits.csv:2:30"
    assert str(reading.places["rows.1.first"]) == "visits.csv:3:3"


def test_a_column_of_a_part_is_missing_only_where_the_whole_field_must_be_there() -> None:
    assert seen("code,last.day\n1,2020-04-08\n")[1] == [
        "visits.csv:1:1: The column `first.day` is missing. Add it to the first line, and a cell to each line below."
    ]
    assert seen("code,first.day,last.bark.depth\n1,2020-04-08,3\n")[1] == [
        "visits.csv:2:14: The key `colour` is missing. Add `colour:` with its value.",
        "visits.csv:2:14: The key `day` is missing. Add `day:` with its value.",
    ]
    assert seen("code,first.day,last\n1,2020-04-08,x\n")[1] == [
        "visits.csv:1:16: The column `last` is unknown here. Did you mean `last.day`?"
    ]


def test_every_cell_knows_its_line_and_column() -> None:
    _, _, reading = read('code,name,park,height\n1,老槐,a,12\n2,"柳, 南",b,3\n'.encode())
    assert str(reading.places["rows.1"]) == "trees.csv:3:1"
    assert str(reading.places["rows.1.name"]) == "trees.csv:3:3"
    assert str(reading.places["rows.1.park"]) == "trees.csv:3:10"
    assert Declared("tree", "tree", GOOD, reading.places).fault("rows.0.height", "", "").place.column == 8


def test_all_faults_of_a_table_are_found_at_once() -> None:
    _, faults, _ = read(b'code,name,park,height\n1,,a,tall\n\n1,b,"c,1\n1,d,e,-1\n1,f\n2,g,h,0x1\n')
    assert [str(fault) for fault in faults] == [
        "trees.csv:2:3: The cell of `name` is empty. Fill it in, or remove the line.",
        "trees.csv:3:1: The line is empty. Remove it.",
        "trees.csv:4:5: The quote that opens here is never closed. Close it in the same line.",
        "trees.csv:5:1: The code `1` stands in line 2 already. Keep one of the two.",
        "trees.csv:6:1: This line has 2 cells for 4 columns. Put a text with a comma in quotes, and leave no cell out.",
        "trees.csv:2:6: `tall` is not a whole number. Write it like 20.",
        "trees.csv:7:7: `0x1` is not a whole number. Write it like 20.",
    ]


def test_a_table_without_rows_is_a_table() -> None:
    assert read(b"code,name,park\n")[:2] == (Trees(()), [])


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b"x" * (MAX_TABLE_BYTES + 1)])
def test_a_file_that_is_no_table_is_one_fault(content: bytes) -> None:
    value, faults, _ = read(content)
    assert value is None
    assert len(faults) == 1


@given(st.binary(max_size=200) | st.text('code,name,park\n\r" 1;\t\x0b\u2028', max_size=60).map(str.encode))
def test_no_bytes_raise(content: bytes) -> None:
    value, faults, _ = read(content)
    assert (value is None) <= bool(faults)


_CELL: Final = st.text(min_size=1, max_size=6).filter(lambda text: text == text.strip() and text.isprintable())


@given(st.dictionaries(_CELL, st.tuples(_CELL, _CELL, st.integers(-5, 5), st.none() | st.dates()), max_size=6))
def test_what_the_standard_library_writes_is_read_back(rows: dict[str, tuple[str, str, int, date | None]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["code", "name", "park", "height", "felled"])
    writer.writerows([code, *cells] for code, cells in rows.items())
    value, faults, _ = read(written.getvalue().encode())
    assert faults == []
    assert value == Trees(tuple(Tree(code, *cells) for code, cells in rows.items()))


def test_the_version_of_a_table_changes_with_one_cell() -> None:
    other = Trees((GOOD.rows[0], msgspec.structs.replace(GOOD.rows[1], height=2)))
    versions = {version_of(Declared("tree", "tree", value, {})) for value in (GOOD, other, Trees(()))}
    assert len(versions) == 3
