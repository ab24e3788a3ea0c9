"""The public list of states: what it says, and that nothing in it becomes better without a fact."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
import pytest
from tests.rings import Ring
from tests.unit.licences.cases import FIRST, HOLDER, TODAY, UNTIL, WORDS, history, issued, licence, proposed, sealed

from onecity.ledger import Checkpoint, CheckpointKey, Fact
from onecity.licences import (
    Ending,
    LicenceCancelled,
    LicenceRenewed,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
    LicenceUsed,
    RevocationDropped,
    State,
)
from onecity.licences.status import RANK, Line, Shard, Told, aged, follows, read, told, written

ORIGIN: Final = "ledger.test.example"
AT: Final = datetime(2020, 9, 23, 4, 5, 6, 789, tzinfo=UTC)
POINT: Final = Checkpoint(ORIGIN, 7, bytes(range(32)))
AFTER: Final = UNTIL + timedelta(days=1)
SUSPENDED: Final = LicenceSuspended(HOLDER, WORDS)
RESUMED: Final = LicenceResumed(HOLDER, {"facts": "x"})
REVOKED: Final = LicenceRevoked(Ending.REVOKED, FIRST)
USED: Final = LicenceUsed("fire", issued().case, "fire", HOLDER)
RENEWED: Final = LicenceRenewed(2, date(2025, 8, 1), AFTER, date(2030, 9, 22))


def list_of(*facts: Fact, until: date | None = UNTIL) -> Told:
    found = told(sealed(history(*facts, start=issued(until))), before=100)
    assert found is not None
    return found


def line_of(*facts: Fact, day: date = TODAY) -> Line:
    return list_of(*facts).lines(day)[0]


def goes_on(before: tuple[Fact, ...], after: tuple[Fact, ...], day: date = TODAY, later: date = TODAY) -> bool:
    """Whether the line of one history may be followed by that of another."""
    now = list_of(*after)
    return follows(line_of(*before, day=day), now.lines(later)[0], now)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param((), (), id="nothing happened"),
        pytest.param((), (SUSPENDED,), id="suspended"),
        pytest.param((SUSPENDED,), (SUSPENDED, RESUMED), id="put in force again"),
        pytest.param((SUSPENDED,), (SUSPENDED, proposed(), REVOKED), id="suspended, then revoked"),
        pytest.param((), (proposed(), REVOKED), id="revoked"),
        pytest.param((), (LicenceCancelled(),), id="given up"),
        pytest.param((), (USED, USED), id="used, which is not public"),
        pytest.param((proposed(),), (proposed(), RevocationDropped(HOLDER, WORDS)), id="only proposed"),
        pytest.param((), (RENEWED,), id="renewed"),
    ],
)
def test_a_history_that_went_on_replaces_its_line(before: tuple[Fact, ...], after: tuple[Fact, ...]) -> None:
    assert goes_on(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param((proposed(), REVOKED), (proposed(),), id="the revocation is gone"),
        pytest.param((proposed(), REVOKED), (proposed(), USED), id="another fact in its place"),
        pytest.param((proposed(), REVOKED), (proposed(), SUSPENDED, RESUMED), id="a longer history in its place"),
        pytest.param((SUSPENDED,), (), id="the suspension is gone"),
        pytest.param((SUSPENDED,), (USED, USED, USED), id="used instead"),
        pytest.param((LicenceCancelled(),), (RENEWED,), id="renewed instead of given up"),
        pytest.param((SUSPENDED, RESUMED), (RESUMED,), id="a piece in the middle is gone"),
    ],
)
def test_a_history_that_lost_something_never_replaces_its_line(
    before: tuple[Fact, ...], after: tuple[Fact, ...]
) -> None:
    assert not goes_on(before, after)


def test_what_has_run_out_does_not_come_back_when_a_clock_goes_back() -> None:
    assert not goes_on((), (), day=AFTER, later=TODAY)
    assert goes_on((), (RENEWED,), day=AFTER, later=AFTER)


def test_every_better_state_needs_its_own_fact() -> None:
    """All pairs of states: only two ways lead to a better one."""
    ways = {
        State.VALID: (), State.SUSPENDED: (SUSPENDED,), State.EXPIRED: (), State.CANCELLED: (LicenceCancelled(),),
        State.REVOKED: (proposed(), REVOKED), State.ANNULLED: (proposed(), LicenceRevoked(Ending.ANNULLED, FIRST)),
    }  # fmt: skip
    news: tuple[Fact, ...] = (RESUMED, RENEWED, USED)
    for state, facts in ways.items():
        before = msgspec.structs.replace(line_of(*facts), state=state)
        for fact in news:
            now = list_of(*facts, fact)
            after = msgspec.structs.replace(now.lines(TODAY)[0], state=State.VALID)
            better = (state, type(fact)) in {(State.SUSPENDED, LicenceResumed), (State.EXPIRED, LicenceRenewed)}
            assert follows(before, after, now) == (better or RANK[state] == 0), (state, fact)


def test_a_line_grows_old_by_itself() -> None:
    line = line_of()
    assert aged(line, UNTIL) == line
    assert aged(line, AFTER).state is State.EXPIRED
    assert aged(line_of(SUSPENDED), AFTER).state is State.EXPIRED
    assert aged(line_of(proposed(), REVOKED), AFTER).state is State.REVOKED
    assert aged(list_of(until=None).lines(TODAY)[0], date(9999, 1, 1)).state is State.VALID


def test_every_edition_has_a_line_and_all_say_the_same() -> None:
    lines = list_of(RENEWED, SUSPENDED).lines(TODAY)
    assert [line.hash for line in lines] == [one.hashed for one in licence(RENEWED).identifiers]
    assert {(line.state, line.until, line.changes) for line in lines} == {(State.SUSPENDED, date(2030, 9, 22), 3)}


def test_a_list_knows_only_what_was_sealed_before_it() -> None:
    facts = sealed(history(SUSPENDED, RESUMED), first=10)
    states = [found.lines(TODAY)[0].state if (found := told(facts, before=size)) else None for size in (10, 11, 12, 13)]
    assert states == [None, State.VALID, State.SUSPENDED, State.VALID]
    assert told(sealed(history(), unsealed=1), before=100) is None


def test_a_list_says_nothing_of_uses_and_proposals() -> None:
    assert line_of(USED, proposed()) == line_of()


def test_a_list_is_read_as_it_was_written() -> None:
    lines = {line.hash: line for line in (line_of(), line_of(SUSPENDED), *list_of(RENEWED).lines(TODAY))}
    shard = Shard("3f", AT, POINT, lines)
    assert read("3f", ORIGIN, written(shard)) == shard
    assert written(shard).splitlines()[0] == f"{ORIGIN}/licences/status"
    hashes = [line.split('"')[3] for line in written(shard).splitlines()[2:]]
    assert hashes == sorted(lines)


@pytest.mark.parametrize(("name", "origin"), [("40", ORIGIN), ("3f", "ledger.other.example")])
def test_a_list_is_not_taken_for_another(name: str, origin: str) -> None:
    assert read(name, origin, written(Shard("3f", AT, POINT, {}))) is None


KEY: Final = CheckpointKey(ORIGIN, Ring(bytes(32)))


def test_a_note_of_ours_opens_and_one_changed_sign_closes_it() -> None:
    text = written(Shard("3f", AT, POINT, {line_of().hash: line_of()}))
    note = KEY.note(text)
    assert KEY.opened(note) == text
    for place in range(len(note)):
        other = "0" if note[place] != "0" else "1"
        assert KEY.opened(note[:place] + other + note[place + 1 :]) is None


@pytest.mark.parametrize(
    "wrong", ["", "\n", "\n\n", "x", "x\n\n— ledger.test.example \n", "x\n\n— ledger.test.example ä\n"]
)
def test_what_is_no_note_does_not_open(wrong: str) -> None:
    assert KEY.opened(wrong) is None


def test_a_note_of_another_key_does_not_open() -> None:
    assert KEY.opened(CheckpointKey(ORIGIN, Ring(bytes([1] * 32))).note("x\n")) is None
    assert KEY.opened(CheckpointKey("other.example", Ring(bytes(32))).note("x\n")) is None
