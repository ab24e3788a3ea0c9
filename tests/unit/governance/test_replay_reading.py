"""Reading a file of requests: every row is read or named, with its line and what is wrong with it."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from onecity.governance.replay import Fault, Missing, Oddity, Reading, read_requests

ZONE: Final = ZoneInfo("America/New_York")
HEAD: Final = (
    "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,type,department,neighborhood,latitude,longitude\n"
)
ROW: Final = (
    "1,2011-07-01 01:00:00,2011-07-03 01:00:00,2011-07-02 01:00:00,ONTIME,Closed,Pothole,PWDx,Roxbury,42.3,-71.1\n"
)


def read(*rows: str, head: str = HEAD) -> Reading:
    found = read_requests([head, *rows], ZONE)
    assert isinstance(found, Reading)
    return found


def test_a_row_is_read_in_the_zone_of_its_city() -> None:
    [one] = read(ROW).requests
    assert (one.opened, one.target) == (datetime(2011, 7, 1, 5, tzinfo=UTC), datetime(2011, 7, 3, 5, tzinfo=UTC))
    assert (one.number, one.kind, one.on_time, one.point, one.line) == ("1", "Pothole", True, (-71.1, 42.3), 2)


def test_columns_may_come_in_any_order_beside_others_and_under_their_later_names() -> None:
    names, cells = HEAD.strip().split(","), ROW.strip().split(",")
    head = ",".join(["ward", *reversed(names)]).replace("target_dt", "sla_target_dt").replace("ontime", "on_time")
    [one] = read(",".join(["Ward 1", *reversed(cells)]) + "\n", head=head + "\n").requests
    assert (one.number, one.kind, one.on_time) == ("1", "Pothole", True)


@pytest.mark.parametrize(
    ("old", "new", "fault", "column"),
    [
        ("1,2011-07-01 01", ",2011-07-01 01", Fault.NO_NUMBER, "case_enquiry_id"),
        ("2011-07-01 01:00:00", "", Fault.NOT_OPENED, "open_dt"),
        ("2011-07-01 01:00:00", "07/01/2011", Fault.TIME, "open_dt"),
        ("2011-07-03 01:00:00", "2011-07-32 01:00:00", Fault.TIME, "target_dt"),
        ("2011-07-02 01:00:00", "", Fault.NOT_CLOSED, "closed_dt"),
        ("2011-07-02 01:00:00", "0001-01-01 00:00:00\u0000", Fault.TIME, "closed_dt"),
        ("ONTIME", "MAYBE", Fault.FLAG, "ontime"),
        ("Closed", "Done", Fault.STATUS, "case_status"),
        ("Pothole", "", Fault.NO_TYPE, "type"),
        ("Pothole", "Poth\udcffle", Fault.NOT_TEXT, "type"),
        ("42.3", "north", Fault.POINT, "longitude"),
        ("42.3", "nan", Fault.POINT, "longitude"),
        ("42.3", "142.3", Fault.POINT, "longitude"),
        (",42.3", "", Fault.FIELDS, ""),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line_and_the_others_are_read(
    old: str, new: str, fault: Fault, column: str
) -> None:
    assert old in ROW
    found = read(ROW, ROW.replace(old, new, 1), ROW.replace("1,", "2,", 1))
    [bad] = found.unread
    assert (bad.line, bad.fault, bad.column) == (3, fault, column)
    assert [one.number for one in found.requests] == ["1", "2"]


def test_a_number_that_comes_again_is_a_fault_of_the_later_row() -> None:
    found = read(ROW, ROW)
    assert [(one.line, one.fault, one.text) for one in found.unread] == [(3, Fault.AGAIN, "1")]


def test_a_quote_that_is_never_closed_is_one_row_that_says_how_far_it_reaches() -> None:
    found = read(ROW, ROW.replace("1,", '"1,', 1), ROW.replace("1,", "2,", 1))
    assert [(one.line, one.last, one.fault) for one in found.unread] == [(3, 4, Fault.FIELDS)]


def test_empty_lines_are_no_rows() -> None:
    assert read("\n", ROW, "\n").unread == ()


def test_a_file_without_the_columns_is_told_which_ones_are_missing_and_which_it_has() -> None:
    found = read_requests(["case_enquiry_id,open_dt,place\n"], ZONE)
    assert isinstance(found, Missing)
    assert found.columns[:2] == ("target_dt", "closed_dt")
    assert found.found == ("case_enquiry_id", "open_dt", "place")
    assert isinstance(read_requests([], ZONE), Missing)


@pytest.mark.parametrize(
    ("local", "odd"),
    [
        ("2011-11-06 01:30:00", (Oddity.TWICE,)),
        ("2011-11-06 02:30:00", ()),
        ("2012-03-11 02:30:00", (Oddity.NEVER,)),
        ("2012-03-11 03:30:00", ()),
    ],
)
def test_a_local_time_that_was_there_twice_or_never_is_noted(local: str, odd: tuple[Oddity, ...]) -> None:
    [one] = read(ROW.replace("2011-07-03 01:00:00", local)).requests
    assert one.odd == odd


def test_a_request_without_a_place_or_a_target_is_read() -> None:
    [one] = read(ROW.replace("42.3,-71.1", ",").replace("2011-07-03 01:00:00", "")).requests
    assert (one.point, one.target) == (None, None)
