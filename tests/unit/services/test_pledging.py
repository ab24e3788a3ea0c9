"""Pledges: which are taken, until when they are checked, what a broken one bars, and what a doubt does to a licence."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import uuid4

import pytest
from tests.shipped import shipped

from onecity.casework import PROCESS, Because
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.licences.facts import (
    Ending,
    FirmEnded,
    LicenceCancelled,
    LicenceIssued,
    LicenceRevoked,
    LicenceStruckOff,
    RevocationDropped,
    RevocationProposed,
)
from onecity.licences.model import Licence, State, folded
from onecity.licences.rules import Why as LicenceWhy
from onecity.licences.rules.looked import doubted, settled
from onecity.places import calendar_of
from onecity.services.declared import Origin
from onecity.services.pledging.declared import PLEDGE, Barred, check_by
from onecity.services.pledging.facts import Found
from onecity.services.pledging.rules import Why, decided_after_all, found_by, taken

LAW: Final = Because("某法", "1", date(2020, 1, 1))
CASE, CHECK = uuid4(), uuid4()
HOLDER, ONE, TWO = (PersonId(uuid4()) for _ in range(3))
WORDS: Final = {"facts": "店门正对小学"}


@pytest.mark.parametrize(
    ("agreed", "barred", "reason"),
    [
        ({}, {}, None),
        ({"a": "1"}, {}, None),
        ({"a": "1", "b": "2"}, {}, None),
        ({"a": "1", "b": "2"}, {"c": date(2023, 1, 1)}, None),
        ({"a": "2"}, {}, Why.PLEDGE_CHANGED),
        ({"a": ""}, {}, Why.PLEDGE_CHANGED),
        ({"c": "3"}, {}, Why.NO_PLEDGE),
        ({"d": "4"}, {}, Why.NO_PLEDGE),
        ({"a": "1"}, {"a": date(2023, 1, 1)}, Why.PLEDGE_BARRED),
        ({"b": "2"}, {"a": date(2023, 1, 1)}, None),
    ],
)
def test_a_pledge_is_taken_in_the_words_of_today_by_whoever_broke_none(
    agreed: dict[str, str], barred: dict[str, date], reason: Why | None
) -> None:
    no = taken(agreed, items=("a", "b", "d"), texts={"a": "1", "b": "2", "c": "3"}, barred=barred)
    assert (no.reason if no else None) == reason


def test_whoever_is_barred_reads_until_when() -> None:
    no = taken({"a": "1"}, items=("a",), texts={"a": "1"}, barred={"a": date(2023, 9, 21)})
    assert no == Refused(Why.PLEDGE_BARRED, {"names": ("a",), "day": "2023-09-21"})


@pytest.mark.parametrize(
    ("broken", "years", "until"),
    [
        (date(2020, 9, 23), 3, date(2023, 9, 22)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2020, 1, 1), 1, date(2020, 12, 31)),
    ],
)
def test_a_bar_ends_on_the_day_before_the_same_day(broken: date, years: int, until: date) -> None:
    assert Barred(years, Origin.EXAMPLE, LAW).until(broken) == until


def test_the_check_of_every_pledge_of_the_pack_ends_on_a_working_day_and_with_the_three_results() -> None:
    pack = shipped()
    calendar = calendar_of(pack)
    pledges = pack.all(PLEDGE)
    assert len(pledges) >= 2
    for one in pledges.values():
        assert calendar.kind(check_by(calendar, one.value, date(2020, 9, 30))).works
        process = pack.all(PROCESS)[one.value.check.process].value
        found = {found_by(process, result) for result in process.results}
        assert found == set(Found)


def by(person: PersonId) -> Acting:
    return Acting(person, Channel.CLI)


def licence(*facts: Fact) -> Licence:
    """A licence of a case to which some things happened."""
    now = datetime(2020, 9, 23, tzinfo=UTC)
    issued = LicenceIssued(
        HOLDER, "t", "v", "c" * 21, "a", "i", "410100", CASE, uuid4(), "m", date(2020, 9, 23), date(2020, 9, 23), None,
        "周", {},
    )  # fmt: skip
    stream = uuid4()
    found = folded(Recorded(stream, n, now, by(ONE), fact) for n, fact in enumerate((issued, *facts), 1))
    assert found is not None
    return found


DOUBT: Final = RevocationProposed(HOLDER, Ending.ANNULLED, WORDS, CHECK)
PENALTY: Final = RevocationProposed(HOLDER, Ending.REVOKED, WORDS)


def test_a_doubt_proposes_to_annul_once_and_leaves_alone_what_has_ended() -> None:
    assert doubted(licence(), CHECK, WORDS) == (DOUBT,)
    assert doubted(licence(DOUBT), CHECK, WORDS) == ()
    assert doubted(licence(LicenceCancelled()), CHECK, WORDS) == ()
    assert doubted(licence(PENALTY), CHECK, WORDS) == Refused(LicenceWhy.PROPOSED)


def test_the_case_ends_the_licence_that_it_doubted_by_other_hands() -> None:
    assert settled(licence(DOUBT), CHECK, WORDS, ends=True, by=by(TWO)) == (LicenceRevoked(Ending.ANNULLED, ONE),)
    assert settled(licence(DOUBT), CHECK, WORDS, ends=True, by=by(ONE)) == Refused(LicenceWhy.SAME_PERSON)
    deputy = Acting(TWO, Channel.CLI, instead_of=ONE)
    assert settled(licence(DOUBT), CHECK, WORDS, ends=True, by=deputy) == Refused(LicenceWhy.SAME_PERSON)
    ended = licence(DOUBT, LicenceRevoked(Ending.ANNULLED, ONE))
    assert ended.ended is State.ANNULLED
    assert settled(ended, CHECK, WORDS, ends=True, by=by(TWO)) == ()


def test_a_case_settles_only_what_it_proposed() -> None:
    for other in (licence(), licence(PENALTY), licence(RevocationProposed(HOLDER, Ending.ANNULLED, WORDS, uuid4()))):
        assert settled(other, CHECK, WORDS, ends=True, by=by(TWO)) == ()
        assert settled(other, CHECK, WORDS, ends=False, by=by(TWO)) == ()


def test_without_the_doubt_a_licence_goes_on_or_the_way_of_its_firm() -> None:
    dropped = RevocationDropped(HOLDER, WORDS)
    assert settled(licence(DOUBT), CHECK, WORDS, ends=False, by=by(TWO)) == (dropped,)
    gone = licence(DOUBT, FirmEnded(CASE, "end"))
    assert settled(gone, CHECK, WORDS, ends=False, by=by(TWO)) == (dropped, LicenceStruckOff(CASE, "end"))


@pytest.mark.parametrize(
    ("spares", "brought", "ordinary", "reason"),
    [
        (("a", "b"), {"a", "b", "c"}, True, None),
        (("a", "b"), {"a"}, True, Why.PLEDGE_FELL),
        (("a",), set(), True, Why.PLEDGE_FELL),
        ((), {"a"}, True, Why.PLEDGE_FELL_ANEW),
        (("a",), {"a"}, False, Why.PLEDGE_FELL_ANEW),
    ],
)
def test_what_fell_is_granted_on_the_papers_that_the_pledge_had_spared_or_not_at_all(
    spares: tuple[str, ...], brought: set[str], reason: Why | None, *, ordinary: bool
) -> None:
    no = decided_after_all(spares, brought, ordinary=ordinary)
    assert (no.reason if no else None) == reason
    if reason is Why.PLEDGE_FELL:
        assert no is not None
        assert no.details["names"] == tuple(name for name in spares if name not in brought)
