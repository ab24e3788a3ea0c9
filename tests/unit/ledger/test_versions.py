"""Which version of the rules holds at an instant, and what may begin."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.refusal import Refused
from onecity.ledger import How, PackApplied, PackVersion, Why, holding
from onecity.ledger.versions import commanded, started

NOON = datetime(2020, 9, 22, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE = "ledger.here.example"
OLD, NEW = "a" * 64, "b" * 64


def brought(version: str, since: datetime, *, how: How = How.START, recorded: datetime = NOON) -> PackVersion:
    return PackVersion(version, since, recorded, HERE, how)


RUNNING = [brought(OLD, NOON)]


def test_nothing_holds_before_the_first_version_begins() -> None:
    assert holding(RUNNING, NOON - HOUR) is None
    assert holding(RUNNING, NOON) == RUNNING[0]


def test_of_two_versions_that_begin_together_the_one_brought_later_holds() -> None:
    first = brought(NEW, NOON + HOUR)
    second = brought(OLD, NOON + HOUR, recorded=NOON + timedelta(minutes=1))
    assert holding([second, first], NOON + HOUR) == second


@given(st.permutations([brought(chr(97 + n) * 64, NOON + n * HOUR) for n in range(5)]), st.integers(0, 9))
def test_a_version_holds_until_the_next_one_begins_in_whatever_order_they_were_brought(
    known: list[PackVersion], halves: int
) -> None:
    held = holding(known, NOON + halves * HOUR / 2)
    assert held is not None
    assert held.version == chr(97 + halves // 2) * 64


def test_a_command_begins_at_its_instant_and_not_before() -> None:
    at = NOON + HOUR
    assert commanded(RUNNING, NEW, HERE, since=at, now=NOON) == PackApplied(NEW, at, HERE, How.COMMAND)


def test_now_is_early_enough_and_a_moment_ago_is_too_late() -> None:
    assert isinstance(commanded(RUNNING, NEW, HERE, since=NOON, now=NOON), PackApplied)
    late = commanded(RUNNING, NEW, HERE, since=NOON - timedelta(microseconds=1), now=NOON)
    assert isinstance(late, Refused)
    assert late.reason is Why.PAST


def test_a_command_for_what_holds_at_that_instant_changes_nothing() -> None:
    assert commanded(RUNNING, OLD, HERE, since=NOON + HOUR, now=NOON) == RUNNING[0]


def test_a_version_of_the_past_can_come_back_by_command() -> None:
    known = [*RUNNING, brought(NEW, NOON + HOUR)]
    assert isinstance(commanded(known, OLD, HERE, since=NOON + 2 * HOUR, now=NOON + 2 * HOUR), PackApplied)


@pytest.mark.parametrize("at", [NOON, NOON + HOUR])
def test_another_city_is_refused_whenever_it_would_begin(at: datetime) -> None:
    for answer in (
        commanded(RUNNING, NEW, "ledger.elsewhere.example", since=at, now=NOON),
        started(RUNNING, NEW, "ledger.elsewhere.example", now=at),
    ):
        assert isinstance(answer, Refused)
        assert answer.reason is Why.OTHER_CITY


def test_the_first_start_brings_its_folder() -> None:
    assert started([], OLD, HERE, now=NOON) == PackApplied(OLD, NOON, HERE, How.START)


def test_a_start_after_an_upgrade_brings_the_new_folder() -> None:
    assert started(RUNNING, NEW, HERE, now=NOON + HOUR) == PackApplied(NEW, NOON + HOUR, HERE, How.START)


def test_a_restart_with_an_older_folder_does_not_bring_it_back() -> None:
    # Two processes with different folders: else each restart would turn the city over.
    known = [*RUNNING, brought(NEW, NOON + HOUR)]
    assert started(known, OLD, HERE, now=NOON + 2 * HOUR) == known[1]


def test_a_start_brings_nothing_once_somebody_has_commanded() -> None:
    known = [*RUNNING, brought(NEW, NOON + HOUR, how=How.COMMAND)]
    assert started(known, "c" * 64, HERE, now=NOON + 2 * HOUR) == known[1]
    assert started(known, "c" * 64, HERE, now=NOON) == known[0]
