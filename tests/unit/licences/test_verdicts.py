"""What the public is told: the list and the facts must agree, and doubt never reads as valid."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.unit.licences.cases import (
    FIRST,
    HOLDER,
    NOON,
    TODAY,
    UNTIL,
    WORDS,
    history,
    licence,
    proposed,
    sealed,
)

from onecity.kernel.clock import renewal_last_day
from onecity.kernel.instants import day_in
from onecity.ledger import Fact, History, Proven, Recorded
from onecity.licences import (
    Ending,
    Identifier,
    LicenceCancelled,
    LicenceRenewed,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
    LicenceUsed,
    LookedUp,
    State,
    Verdict,
)
from onecity.licences.status import Line, told
from onecity.licences.verdict import DOUBT, FIRST_MOMENTS, FRESH, Listed, judged

ZONE: Final = ZoneInfo("Asia/Shanghai")
ASKED: Final = licence().identifier
SIZE: Final = 100
SUSPENDED: Final = LicenceSuspended(HOLDER, WORDS)
RESUMED: Final = LicenceResumed(HOLDER, {"facts": "x"})
REVOKED: Final = LicenceRevoked(Ending.REVOKED, FIRST)
ANNULLED: Final = LicenceRevoked(Ending.ANNULLED, FIRST)
AFTER: Final = UNTIL + timedelta(days=1)
RENEWED: Final = LicenceRenewed(2, renewal_last_day(UNTIL), AFTER, UNTIL.replace(year=2030))
SOON: Final = timedelta(milliseconds=10)


def rows(*facts: Fact) -> list[Recorded]:
    """A history that happened within a moment, so that tests choose what is new."""
    return history(*facts, every=SOON)


def listed(facts: Sequence[Proven], at: datetime, *, edition: int = 1, size: int = SIZE) -> Listed:
    """What a list says that was made from these facts at an instant."""
    day = day_in(ZONE, at)
    found = told(facts, before=size)
    lines: tuple[Line, ...] = found.lines(day) if found else ()
    return Listed(lines[edition - 1] if len(lines) >= edition else None, at, day, size)


def answer(
    facts: Sequence[Proven], told_by: Listed | None, now: datetime, *, asked: Identifier = ASKED, whole: bool = True
) -> LookedUp:
    return judged(asked, History(tuple(facts), sound=True), told_by, whole=whole, day=day_in(ZONE, now), now=now)


@pytest.mark.parametrize(
    ("facts", "verdict", "state"),
    [
        pytest.param((), Verdict.VALID, State.VALID, id="valid"),
        pytest.param((SUSPENDED,), Verdict.SUSPENDED, State.SUSPENDED, id="suspended"),
        pytest.param((SUSPENDED, RESUMED), Verdict.VALID, State.VALID, id="in force again"),
        pytest.param((proposed(),), Verdict.VALID, State.VALID, id="an end is proposed"),
        pytest.param((proposed(), REVOKED), Verdict.REVOKED, State.REVOKED, id="revoked"),
        pytest.param((proposed(), ANNULLED), Verdict.REVOKED, State.ANNULLED, id="annulled"),
        pytest.param((LicenceCancelled(),), Verdict.CANCELLED, State.CANCELLED, id="given up"),
    ],
)
def test_where_facts_and_list_agree_the_answer_is_the_state(
    facts: tuple[Fact, ...], verdict: Verdict, state: State
) -> None:
    known, now = sealed(rows(*facts)), NOON + timedelta(hours=1)
    found = answer(known, listed(known, now), now)
    assert (found.verdict, found.state) == (verdict, state)
    assert found.licence is not None


def test_at_the_midnight_after_its_last_day_a_licence_has_expired_whatever_the_list_says() -> None:
    facts = sealed(rows())
    end = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 23, 59, 59, tzinfo=ZONE)
    assert answer(facts, listed(facts, end), end).verdict is Verdict.VALID
    after = end + timedelta(seconds=1)
    assert answer(facts, listed(facts, end), after).verdict is Verdict.EXPIRED
    assert answer(facts, listed(facts, after), after).verdict is Verdict.EXPIRED


def test_a_list_of_five_minutes_holds_and_an_older_one_does_not() -> None:
    facts = sealed(rows())
    at = NOON + timedelta(hours=1)
    assert answer(facts, listed(facts, at), at + FRESH).verdict is Verdict.VALID
    assert answer(facts, listed(facts, at), at + FRESH + SOON) == DOUBT
    assert answer(facts, None, at) == DOUBT


def test_what_is_worse_than_the_list_is_told_at_once_and_what_is_better_waits() -> None:
    now = NOON + timedelta(hours=1)
    before = sealed(rows())
    listed_valid = listed(before, now, size=1)
    assert answer(sealed(rows(SUSPENDED)), listed_valid, now).verdict is Verdict.SUSPENDED
    assert answer(sealed(rows(SUSPENDED), unsealed=1), listed_valid, now).verdict is Verdict.SUSPENDED
    assert answer(sealed(rows(proposed(), REVOKED)), listed_valid, now).verdict is Verdict.REVOKED
    suspended = sealed(rows(SUSPENDED))
    assert answer(sealed(rows(SUSPENDED, RESUMED)), listed(suspended, now, size=2), now) == DOUBT


@pytest.mark.parametrize(
    ("now_facts", "then_facts"),
    [
        pytest.param((), (proposed(), REVOKED), id="the revocation was deleted"),
        pytest.param((), (SUSPENDED,), id="the suspension was deleted"),
        pytest.param((RENEWED,), (LicenceCancelled(),), id="renewed instead of given up"),
        pytest.param((), (SUSPENDED, RESUMED), id="a suspension that is over was deleted"),
        pytest.param((SUSPENDED, RESUMED), (RESUMED,), id="the same state after another history"),
        pytest.param((SUSPENDED, RESUMED), (SUSPENDED,), id="a list that lags within its own size"),
        pytest.param((SUSPENDED,), (), id="a list without a suspension that it should know"),
    ],
)
def test_where_facts_and_list_disagree_nothing_is_told(
    now_facts: tuple[Fact, ...], then_facts: tuple[Fact, ...]
) -> None:
    now = NOON + timedelta(hours=1)
    found = answer(sealed(rows(*now_facts)), listed(sealed(rows(*then_facts)), now), now)
    assert found == DOUBT
    assert found.licence is None


def test_a_use_that_came_later_changes_nothing() -> None:
    now = NOON + timedelta(hours=1)
    facts = sealed(rows())
    used = sealed(rows(LicenceUsed("fire", HOLDER, "fire", HOLDER)))
    assert answer(used, listed(facts, now, size=1), now).verdict is Verdict.VALID
    assert answer(used, listed(used, now), now).verdict is Verdict.VALID


@pytest.mark.parametrize("unsealed", [0, 1])
def test_in_the_first_moments_the_proof_follows(unsealed: int) -> None:
    facts = sealed(rows(), first=SIZE, unsealed=unsealed)
    before = listed((), NOON)
    assert before.line is None
    assert answer(facts, before, NOON + FIRST_MOMENTS).verdict is Verdict.PROOF_FOLLOWS
    assert answer(facts, listed((), NOON + FIRST_MOMENTS), NOON + FIRST_MOMENTS + SOON) == DOUBT


def test_who_is_revoked_in_the_first_moments_is_revoked() -> None:
    facts = sealed(rows(proposed(), REVOKED), first=SIZE)
    assert answer(facts, listed((), NOON), NOON + SOON * 5).verdict is Verdict.REVOKED


def test_a_licence_that_the_list_should_know_is_not_new() -> None:
    facts = sealed(rows(), first=SIZE - 1)
    assert answer(facts, listed((), NOON), NOON + SOON) == DOUBT


def test_a_licence_that_the_list_knows_is_not_new_because_its_seal_was_taken_away() -> None:
    was = sealed(rows(proposed(), REVOKED))
    assert answer(sealed(rows(), unsealed=1), listed(was, NOON), NOON + SOON) == DOUBT
    assert answer(sealed(rows(), first=SIZE), listed(was, NOON), NOON + SOON) == DOUBT


def test_a_new_edition_follows_like_a_new_licence_and_the_old_one_still_answers() -> None:
    renewed_at = NOON + SOON
    old = sealed(rows())
    both = (*old, *sealed(rows(RENEWED), first=SIZE - 1)[1:])
    second = ASKED.in_edition(2)
    now = renewed_at + timedelta(seconds=30)
    assert answer(both, listed(old, now, size=SIZE, edition=2), now, asked=second).verdict is Verdict.PROOF_FOLLOWS
    assert answer(both, listed(old, now, size=SIZE), now).verdict is Verdict.VALID
    later = now + timedelta(minutes=1)
    listed_later = listed(both, later, size=SIZE + 1, edition=2)
    assert answer(both, listed_later, later, asked=second).verdict is Verdict.VALID
    assert answer(both, listed(both, later, size=SIZE + 1), later).verdict is Verdict.VALID


def test_an_edition_that_was_never_made_is_not_told() -> None:
    facts = sealed(rows())
    assert answer(facts, listed(facts, NOON), NOON, asked=ASKED.in_edition(2)) == DOUBT


def test_another_licence_behind_the_index_is_not_told() -> None:
    facts = sealed(rows())
    other = msgspec.structs.replace(ASKED, serial="20200923ABCDEFGHJKLM")
    assert answer(facts, listed(facts, NOON), NOON, asked=other) == DOUBT


def test_a_history_with_a_hole_anywhere_since_the_list_is_not_told() -> None:
    facts = sealed(rows())
    assert answer(facts, listed(facts, NOON), NOON, whole=False) == DOUBT
    torn = judged(ASKED, History((), sound=False), listed(facts, NOON), whole=True, day=TODAY, now=NOON)
    assert torn == DOUBT
    empty = judged(ASKED, History((), sound=True), listed(facts, NOON), whole=True, day=TODAY, now=NOON)
    assert empty == DOUBT
