"""The register of parts: numbers, files with their faults, and the simulated register."""

from datetime import date
from io import BytesIO
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.governance.ground import box_around, metres
from onecity.governance.parts import Checks, PartEntry, RowFault, Standing, is_part_number, read_parts, simulated_parts
from onecity.governance.parts.model import part_stream
from onecity.packs import Text
from onecity.places import Cells, Grid
from onecity.places.grid import Lattice

STREET: Final = "410105001"
CELLS: Final = Cells(
    Grid(date(2020, 1, 1), Lattice(11, 9), (STREET,), (), Text("试验", "A trial")),
    {
        f"{STREET}001": "POLYGON ((113.6630 34.7400, 113.6652 34.7400, 113.6652 34.7418, 113.6630 34.7418, 113.6630 34.7400))"
    },
)
GROUND: Final = CELLS.outline(f"{STREET}001")
CHECKS: Final = Checks(
    frozenset({"01001", "01037"}), {"01001": "water_company", "01037": "street_lighting"},
    frozenset({"water_company", "street_lighting", "urban_management"}), CELLS, "试验", simulated=False,
)  # fmt: skip
HEAD: Final = "number,longitude,latitude,agency,owner,state\n"
LAMP: Final = "41010501037000001"


def place() -> tuple[float, float]:
    assert GROUND is not None
    middle = GROUND.representative_point()
    return middle.x, middle.y


def row(number: str = LAMP, longitude: object = "", latitude: object = "", rest: str = ",,") -> str:
    x, y = place()
    return f"{number},{longitude or f'{x:.6f}'},{latitude or f'{y:.6f}'},{rest}\n"


def read(*rows: str | bytes, head: str = HEAD) -> list[PartEntry | RowFault]:
    whole = b"".join(one if isinstance(one, bytes) else one.encode() for one in (head, *rows))
    return list(read_parts(BytesIO(whole), CHECKS))


def only_fault(*rows: str | bytes, head: str = HEAD) -> RowFault:
    [fault] = [one for one in read(*rows, head=head) if isinstance(one, RowFault)]
    return fault


def test_a_row_becomes_an_entry_with_its_cell_and_whose_it_is_by_the_rule() -> None:
    [found] = read(row())
    assert isinstance(found, PartEntry)
    assert (found.kind, found.agency, found.owner, found.state) == ("01037", "street_lighting", None, Standing.IN_ORDER)
    assert (found.area, found.cell[:12]) == (STREET, f"{STREET}001")


def test_an_agency_and_an_owner_of_its_own_go_before_the_rule() -> None:
    [found] = read(row(rest='urban_management,"灯杆公司, 试验",damaged'))
    assert isinstance(found, PartEntry)
    assert (found.agency, found.owner, found.state) == ("urban_management", "灯杆公司, 试验", Standing.DAMAGED)


def test_columns_that_nobody_needs_may_be_missing_and_a_spreadsheets_mark_says_nothing() -> None:
    x, y = place()
    [found] = read(f"{y:.6f},{x:.6f},{LAMP}\r\n", head="\ufefflatitude,longitude,number\r\n")
    assert isinstance(found, PartEntry)


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ((row("4101050103700001"),), (2, 1)),
        ((row("41010501037000000"),), (2, 1)),
        ((row("41010501999000001"),), (2, 7)),
        ((row("41010201037000001"),), (2, 19)),
        ((row(longitude="113,66"),), (2, 1)),
        ((row(longitude="113.66x"),), (2, 19)),
        ((row(longitude="1e2"),), (2, 19)),
        ((row(latitude="91"),), (2, 30)),
        ((row(longitude="120.1"),), (2, 19)),
        ((row(rest="nobody,,"),), (2, 40)),
        ((row(rest=",,brokn"),), (2, 42)),
        ((row(rest=f",{'长' * 61},"),), (2, 41)),
        ((row(), row()), (3, 1)),
        ((row(), "\n"), (3, 1)),
        ((row(), b"41010501037000002,\xff\n"), (3, 19)),
        ((row(rest='"x,,'),), (2, 40)),
        ((row(), "x" * 5_000),  (3, 1)),
    ],
)  # fmt: skip
def test_each_fault_has_its_line_and_column_and_says_how_to_mend_it(
    rows: tuple[str | bytes, ...], at: tuple[int, int]
) -> None:
    fault = only_fault(*rows)
    assert ((fault.line, fault.column), bool(fault.what), bool(fault.mend)) == (at, True, True)


def test_a_fault_does_not_hide_the_rows_below_it() -> None:
    found = read(row("x"), row(), row("y"))
    assert [isinstance(one, RowFault) for one in found] == [True, False, True]


@pytest.mark.parametrize("head", ["number,longitude\n", "number,longitude,latitude,colour\n", "number,number\n", ""])
def test_a_first_line_that_is_none_ends_the_file(head: str) -> None:
    [fault] = read(row(), head=head) if head else read(head="")
    assert isinstance(fault, RowFault)
    assert fault.line == 1


@given(content=st.binary(max_size=400))
def test_no_file_breaks_the_reading(content: bytes) -> None:
    for one in read_parts(BytesIO(HEAD.encode() + content), CHECKS):
        assert isinstance(one, PartEntry | RowFault)


def test_the_simulated_register_is_the_same_each_time_and_every_entry_says_what_it_is() -> None:
    found = list(simulated_parts(CELLS, CHECKS.owners, per=40))
    assert found == list(simulated_parts(CELLS, CHECKS.owners, per=40))
    assert len({one.number for one in found}) == len(found) == 40
    assert all(one.simulated and "模拟" in one.source and is_part_number(one.number) for one in found)
    at = [CELLS.at(one.longitude, one.latitude) for one in found]
    assert [one.code if one else None for one in at] == [one.cell for one in found]


def test_a_number_has_one_history_and_two_numbers_have_two() -> None:
    assert part_stream(LAMP) == part_stream(LAMP) != part_stream("41010501037000002")


@given(
    longitude=st.floats(-179, 179), latitude=st.floats(-89, 89), east=st.floats(-0.02, 0.02),
    north=st.floats(-0.02, 0.02), reach=st.floats(1, 1000),
)  # fmt: skip
def test_whatever_is_within_reach_lies_in_the_box(
    longitude: float, latitude: float, east: float, north: float, reach: float
) -> None:
    other = (longitude + east, latitude + north)
    west, south, to_east, to_north = box_around((longitude, latitude), reach)
    inside = west <= other[0] <= to_east and south <= other[1] <= to_north
    assert inside or metres((longitude, latitude), other) > reach
