"""A query becomes a search and a form a report, or every reason why not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.governance.open311 import Posted, Search, Why, read_post, read_search
from onecity.governance.open311.asking import MOST, WINDOW, Pairs

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2020, 9, 22, 1, tzinfo=UTC)
NAMES = (
    "service_request_id", "service_code", "start_date", "end_date", "updated_after", "updated_before", "status", "page",
    "page_size", "extensions", "jurisdiction_id", "lat", "long", "address_string", "address_id", "description",
    "media_url", "email", "attribute[A]", "attribute[A][]", "attribute[",
)  # fmt: skip


def searched(*sent: tuple[str, str]) -> Search:
    found = read_search(sent, zone=ZONE, now=NOW)
    assert isinstance(found, Search), found
    return found


def refused(*sent: tuple[str, str]) -> list[str]:
    found = read_search(sent, zone=ZONE, now=NOW)
    assert isinstance(found, tuple), found
    return [one.reason for one in found]


def test_without_a_word_the_newest_thousand_of_ninety_days_are_asked_for() -> None:
    assert searched() == Search(reported=(NOW - timedelta(days=90), NOW), limit=1_000)
    assert searched(("status", ""), ("service_code", " , ")) == searched()


def test_named_requests_are_found_whenever_they_were_reported() -> None:
    found = searched(("service_request_id", "a, b"), ("service_request_id", "c"), ("status", "open"))
    assert found == Search(numbers=("a", "b", "c"))


def test_lists_have_commas() -> None:
    found = searched(("service_code", "a,b"), ("status", "open,closed"))
    assert (found.services, found.is_open) == (("a", "b"), None)
    assert searched(("status", "closed")).is_open is False
    assert searched(("status", "open")).is_open is True


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2020-09-01T08:00:00+08:00", datetime(2020, 9, 1, tzinfo=UTC)),
        ("2020-09-01T08:00:00 08:00", datetime(2020, 9, 1, tzinfo=UTC)),
        ("2020-09-01T00:00:00Z", datetime(2020, 9, 1, tzinfo=UTC)),
        ("2020-09-01T08:00:00", datetime(2020, 9, 1, tzinfo=UTC)),
        ("2020-09-01", datetime(2020, 8, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_with_its_zone_or_in_that_of_the_city(typed: str, instant: datetime) -> None:
    assert searched(("start_date", typed)).reported == (instant, instant + WINDOW)
    assert searched(("end_date", typed)).reported == (instant - WINDOW, instant)


def test_what_changed_is_found_whenever_it_was_reported() -> None:
    found = searched(("updated_after", "2020-09-01T00:00:00Z"))
    since = datetime(2020, 9, 1, tzinfo=UTC)
    assert (found.reported, found.changed) == ((None, None), (since, since + WINDOW))
    both = searched(("updated_after", "2018-09-01"), ("updated_before", "2020-09-01"), ("start_date", "2020-07-01"))
    assert both.reported[0] == datetime(2020, 6, 30, 16, tzinfo=UTC)
    assert both.changed[0] == datetime(2018, 8, 31, 16, tzinfo=UTC)


def test_pages_follow_each_other() -> None:
    assert (searched(("page", "3"), ("page_size", "200")).offset, searched(("page_size", "5000")).limit) == (400, MOST)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"start_date": "yesterday"}, Why.NO_DATE),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, Why.NO_DATE),
        ({"start_date": "2020-01-01", "end_date": "2020-09-01"}, Why.TOO_FAR_APART),
        ({"updated_after": "2020-01-01", "updated_before": "2020-09-01"}, Why.TOO_FAR_APART),
        ({"start_date": "2020-09-02", "end_date": "2020-09-01"}, Why.BACKWARDS),
        ({"status": "late"}, Why.NO_STATUS),
        ({"page": "0"}, Why.NO_NUMBER),
        ({"page": "1001"}, Why.NO_NUMBER),
        ({"page_size": "-1"}, Why.NO_NUMBER),
    ],
    ids=lambda case: "-".join(case.values()) if isinstance(case, dict) else "",
)
def test_what_cannot_be_read_is_refused(sent: dict[str, str], why: Why) -> None:
    assert refused(*sent.items()) == [why]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert refused(("page", "x"), ("status", "x"), ("end_date", "x")) == [Why.NO_NUMBER, Why.NO_DATE, Why.NO_STATUS]


def test_a_form_becomes_a_report() -> None:
    sent = [
        ("service_code", "01001"), ("lat", "34.7466"), ("long", "113.6651"), ("address_string", " 花园路 1 号 "),
        ("description", "坏了"), ("media_url", "https://example.org/a.jpg"), ("email", "a@example.org"),
        ("first_name", "三"), ("last_name", "张"), ("phone", "1"), ("device_id", "d"), ("account_id", "a"),
        ("attribute[A]", "1"), ("attribute[B][]", "2"), ("attribute[B][]", "3"), ("attribute[C]", ""),
    ]  # fmt: skip
    assert read_post(sent) == Posted(
        "01001", "坏了", (113.6651, 34.7466), "花园路 1 号", "", "https://example.org/a.jpg", "张 三 1 a@example.org",
        {"A": ("1",), "B": ("2", "3")},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"address_string": "x"}, Why.NO_SERVICE),
        ({"service_code": "x"}, Why.NO_PLACE),
        ({"service_code": "x", "lat": "1"}, Why.NO_POSITION),
        ({"service_code": "x", "lat": "nan", "long": "1"}, Why.NO_POSITION),
        ({"service_code": "x", "lat": "91", "long": "1"}, Why.NO_POSITION),
        ({"service_code": "x", "address_string": "x", "description": "x" * 4_001}, Why.TOO_LONG),
    ],
)
def test_a_form_that_is_no_report_is_refused(sent: dict[str, str], why: Why) -> None:
    found = read_post(sent.items())
    assert isinstance(found, tuple)
    assert [one.reason for one in found] == [why]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text() | st.sampled_from(["1", "2020-09-01", "open"]))))
def test_whatever_is_sent_is_read_or_refused(sent: Pairs) -> None:
    pairs = list(sent)
    search, post = read_search(pairs, zone=ZONE, now=NOW), read_post(pairs)
    assert isinstance(search, Search) or search
    assert isinstance(post, Posted) or post
