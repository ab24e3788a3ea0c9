"""Who may do what to a licence, and every reason for a no."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec
import pytest
from tests.unit.licences.cases import (
    FIRST,
    HOLDER,
    KIND,
    LICENCE,
    NOON,
    SECOND,
    TODAY,
    UNTIL,
    WORDS,
    history,
    holder,
    issued,
    licence,
    officer,
    proposed,
)

from onecity.casework import LONGEST_WORDS
from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.licences import (
    Deed,
    Do,
    Ending,
    Licence,
    LicenceCancelled,
    LicenceRenewed,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
    LicenceUsed,
    RenewalAsked,
    RenewalRefused,
    RevocationDropped,
    State,
    Why,
    folded,
    state_on,
)
from onecity.licences.declared import Origin, Validity
from onecity.licences.rules import TERMS, blocked, cancelled, may, overseen, used
from onecity.licences.rules.renewal import renewal_asked, renewal_refused, renewed

SUSPENDED: Final = LicenceSuspended(HOLDER, WORDS)
RESUMED: Final = LicenceResumed(HOLDER, {"facts": "改好了"})
DROPPED: Final = RevocationDropped(HOLDER, {"facts": "弄错了"})
AFTER: Final = UNTIL + timedelta(days=1)


def ended(ending: Ending = Ending.REVOKED) -> LicenceRevoked:
    return LicenceRevoked(ending, FIRST)


def renewal(edition: int = 2, until: date = date(2030, 9, 22)) -> LicenceRenewed:
    return LicenceRenewed(edition, date(2025, 8, 1), AFTER, until)


@pytest.mark.parametrize(
    ("facts", "day", "state"),
    [
        pytest.param((), TODAY, State.VALID, id="issued"),
        pytest.param((), UNTIL, State.VALID, id="on its last day"),
        pytest.param((), AFTER, State.EXPIRED, id="on the day after"),
        pytest.param((SUSPENDED,), TODAY, State.SUSPENDED, id="suspended"),
        pytest.param((SUSPENDED,), AFTER, State.EXPIRED, id="suspended and run out"),
        pytest.param((SUSPENDED, RESUMED), TODAY, State.VALID, id="resumed"),
        pytest.param((proposed(),), TODAY, State.VALID, id="an end is only proposed"),
        pytest.param((proposed(), DROPPED), TODAY, State.VALID, id="the proposal is off"),
        pytest.param((proposed(), ended()), TODAY, State.REVOKED, id="revoked"),
        pytest.param((proposed(), ended(Ending.ANNULLED)), TODAY, State.ANNULLED, id="annulled"),
        pytest.param((proposed(), ended()), AFTER, State.REVOKED, id="revoked, and its time is over"),
        pytest.param((SUSPENDED, proposed(), ended()), TODAY, State.REVOKED, id="suspended, then revoked"),
        pytest.param((LicenceCancelled(),), TODAY, State.CANCELLED, id="given up"),
        pytest.param((renewal(),), AFTER, State.VALID, id="renewed"),
        pytest.param((renewal(),), date(2030, 9, 23), State.EXPIRED, id="renewed, and run out again"),
        pytest.param((LicenceUsed("fire", UUID(int=7), "fire", HOLDER),), TODAY, State.VALID, id="used"),
    ],
)
def test_the_state_of_a_licence_follows_from_its_facts_and_the_day(
    facts: tuple[Fact, ...], day: date, state: State
) -> None:
    assert state_on(licence(*facts), day) is state


def test_a_licence_without_an_end_never_runs_out() -> None:
    assert state_on(licence(start=issued(None)), date(9999, 1, 1)) is State.VALID


def test_the_states_have_the_codes_of_the_exchange() -> None:
    assert {state.name: state.value for state in State} == {
        "VALID": "01", "SUSPENDED": "02", "ANNULLED": "03", "CANCELLED": "04", "EXPIRED": "05", "REVOKED": "07",
    }  # fmt: skip


DONE = [
    pytest.param((), Deed.SUSPEND, SUSPENDED, id="suspend"),
    pytest.param((SUSPENDED,), Deed.RESUME, LicenceResumed(HOLDER, {"facts": "没有厨房"}), id="resume"),
    pytest.param((), Deed.ANNUL, proposed(Ending.ANNULLED), id="propose to annul"),
    pytest.param((), Deed.REVOKE, proposed(), id="propose to revoke"),
    pytest.param((SUSPENDED,), Deed.REVOKE, proposed(), id="propose to revoke a suspended one"),
    pytest.param((proposed(),), Deed.CONFIRM, ended(), id="confirm a revocation"),
    pytest.param((proposed(Ending.ANNULLED),), Deed.CONFIRM, ended(Ending.ANNULLED), id="confirm an annulment"),
    pytest.param((proposed(),), Deed.DROP, RevocationDropped(HOLDER, {"facts": "没有厨房"}), id="drop"),
    pytest.param((proposed(), DROPPED), Deed.REVOKE, proposed(), id="propose again"),
    pytest.param((proposed(),), Deed.SUSPEND, SUSPENDED, id="suspend while an end is proposed"),
]


@pytest.mark.parametrize(("facts", "deed", "fact"), DONE)
def test_a_deed_adds_its_fact(facts: tuple[Fact, ...], deed: Deed, fact: Fact) -> None:
    by = officer(SECOND)
    assert overseen(licence(*facts), Do(deed, WORDS), by=by, today=TODAY) == (fact,)
    assert blocked(licence(*facts), deed, by=by, today=TODAY) is None


def test_what_has_run_out_can_still_be_annulled() -> None:
    facts = overseen(licence(), Do(Deed.ANNUL, WORDS), by=officer(), today=AFTER)
    assert facts == (proposed(Ending.ANNULLED),)


@pytest.mark.parametrize(
    ("facts", "deed", "by", "today", "why"),
    [
        pytest.param((SUSPENDED,), Deed.SUSPEND, officer(), TODAY, Why.SUSPENDED, id="suspended already"),
        pytest.param((), Deed.SUSPEND, officer(), AFTER, Why.EXPIRED, id="suspend what has run out"),
        pytest.param((), Deed.RESUME, officer(), TODAY, Why.NOT_SUSPENDED, id="resume what runs"),
        pytest.param((SUSPENDED,), Deed.RESUME, officer(), AFTER, Why.EXPIRED, id="resume what has run out"),
        pytest.param((proposed(),), Deed.REVOKE, officer(SECOND), TODAY, Why.PROPOSED, id="propose twice"),
        pytest.param((proposed(),), Deed.ANNUL, officer(SECOND), TODAY, Why.PROPOSED, id="propose another end"),
        pytest.param((), Deed.CONFIRM, officer(SECOND), TODAY, Why.NOT_PROPOSED, id="confirm nothing"),
        pytest.param((), Deed.DROP, officer(), TODAY, Why.NOT_PROPOSED, id="drop nothing"),
        pytest.param((proposed(),), Deed.CONFIRM, officer(FIRST), TODAY, Why.SAME_PERSON, id="confirm oneself"),
        *(
            pytest.param(end, deed, officer(SECOND), TODAY, Why.ENDED, id=f"{deed} after the end")
            for deed in Deed
            for end in ((proposed(), ended()), (LicenceCancelled(),))
        ),
    ],
)
def test_a_deed_that_cannot_be_done_says_why(
    facts: tuple[Fact, ...], deed: Deed, by: Acting, today: date, why: Why
) -> None:
    found = licence(*facts)
    assert overseen(found, Do(deed, WORDS), by=by, today=today) == Refused(why)
    assert blocked(found, deed, by=by, today=today) is why


DEPUTY: Final = PersonId(UUID(int=11))


def deputy(of: PersonId) -> Acting:
    return Acting(DEPUTY, Channel.PHONE, "licences.revoke", Scope("market", "410100"), instead_of=of)


def proposed_by(by: Acting) -> Licence:
    found = folded([*history(), Recorded(LICENCE, 2, NOON, by, proposed())])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second", "possible"),
    [
        pytest.param(officer(FIRST), deputy(FIRST), False, id="the deputy of who proposed"),
        pytest.param(deputy(FIRST), officer(FIRST), False, id="for whom was proposed"),
        pytest.param(deputy(FIRST), deputy(SECOND), False, id="one deputy of both"),
        pytest.param(deputy(FIRST), officer(SECOND), True, id="a deputy, then another officer"),
        pytest.param(officer(FIRST), deputy(SECOND), True, id="an officer, then the deputy of another"),
    ],
)
def test_two_who_end_a_licence_are_two_also_where_one_stands_in(first: Acting, second: Acting, possible: bool) -> None:
    facts = overseen(proposed_by(first), Do(Deed.CONFIRM), by=second, today=TODAY)
    assert (facts != Refused(Why.SAME_PERSON)) == possible
    assert isinstance(facts, Refused) != possible


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize(
    "by",
    [
        pytest.param(holder(), id="the holder"),
        pytest.param(the_city(), id="the city by rule"),
        pytest.param(officer(duty="services.decide"), id="another duty"),
        pytest.param(officer(duty="licences.renew"), id="the duty of renewing"),
        pytest.param(officer(department="fire"), id="another department"),
        pytest.param(officer(area="410200"), id="another city"),
        pytest.param(officer(area="410104"), id="another county"),
        pytest.param(Acting(FIRST, Channel.PHONE, "licences.revoke"), id="the duty without a scope"),
    ],
)
def test_nobody_without_the_duty_does_anything(deed: Deed, by: Acting) -> None:
    for found in (licence(), licence(SUSPENDED), licence(proposed())):
        assert overseen(found, Do(deed, WORDS), by=by, today=TODAY) == Refused(Why.NOT_YOUR_DUTY)
        assert blocked(found, deed, by=by, today=TODAY) is Why.NOT_YOUR_DUTY


@pytest.mark.parametrize("area", ["410105", "410100", "410000"])
def test_the_duty_reaches_down_from_its_area(area: str) -> None:
    assert may(licence(), "licences.revoke", officer(area=area))


@pytest.mark.parametrize("deed", TERMS)
def test_every_part_must_be_written_and_none_too_long(deed: Deed) -> None:
    found = {Deed.RESUME: licence(SUSPENDED), Deed.DROP: licence(proposed())}.get(deed, licence())
    for part in TERMS[deed].write:
        for empty in ("", "  \n"):
            refused = overseen(found, Do(deed, WORDS | {part: empty}), by=officer(), today=TODAY)
            assert refused == Refused(Why.UNSAID, {"field": part})
        most = overseen(found, Do(deed, WORDS | {part: "字" * LONGEST_WORDS}), by=officer(), today=TODAY)
        assert not isinstance(most, Refused)
        over = overseen(found, Do(deed, WORDS | {part: "字" * (LONGEST_WORDS + 1)}), by=officer(), today=TODAY)
        assert over == Refused(Why.TOO_LONG, {"field": part, "most": LONGEST_WORDS})


def test_the_holder_gives_a_licence_up() -> None:
    assert cancelled(licence(), by=holder(), today=TODAY) == (LicenceCancelled(),)
    acting = Acting(FIRST, Channel.WINDOW, on_behalf_of=HOLDER)
    assert cancelled(licence(SUSPENDED), by=acting, today=TODAY) == (LicenceCancelled(),)


@pytest.mark.parametrize(
    ("facts", "by", "today", "why"),
    [
        ((), officer(), TODAY, Why.NOT_FOUND),
        ((), Acting(HOLDER, Channel.PHONE, on_behalf_of=FIRST), TODAY, Why.NOT_FOUND),
        ((), the_city(), TODAY, Why.NOT_FOUND),
        ((LicenceCancelled(),), holder(), TODAY, Why.ENDED),
        ((), holder(), AFTER, Why.EXPIRED),
        ((proposed(),), holder(), TODAY, Why.PROPOSED),
    ],
)
def test_a_licence_that_cannot_be_given_up_says_why(facts: tuple[Fact, ...], by: Acting, today: date, why: Why) -> None:
    assert cancelled(licence(*facts), by=by, today=today) == Refused(why)


RENEWS: Final = officer(duty="licences.renew")
LAST_DAY: Final = date(2025, 8, 23)
"""Thirty days before 22 September 2025."""
ASKED: Final = RenewalAsked(HOLDER, LAST_DAY, UNTIL)


@pytest.mark.parametrize(("by", "today"), [(RENEWS, UNTIL), (the_city(), AFTER)], ids=["officer", "silence"])
def test_a_licence_goes_on_the_day_after_its_last(by: Acting, today: date) -> None:
    facts = renewed(licence(ASKED), KIND, by=by, today=today)
    assert facts == (LicenceRenewed(2, LAST_DAY, AFTER, date(2030, 9, 22)),)


def test_an_edition_follows_an_edition_and_is_asked_for_anew() -> None:
    asked = RenewalAsked(HOLDER, date(2030, 1, 1), date(2030, 9, 22))
    again = renewed(licence(ASKED, renewal(), asked), KIND, by=RENEWS, today=date(2030, 9, 1))
    assert again == (LicenceRenewed(3, date(2030, 1, 1), date(2030, 9, 23), date(2035, 9, 22)),)
    assert renewed(licence(ASKED, renewal()), KIND, by=RENEWS, today=date(2030, 9, 1)) == Refused(Why.NOT_ASKED)
    assert [str(one)[-5:-2] for one in licence(renewal()).identifiers] == ["001", "002"]


@pytest.mark.parametrize(
    ("found", "by", "today", "why"),
    [
        (licence(ASKED), RENEWS, AFTER, Why.EXPIRED),
        (licence(ASKED), the_city(), UNTIL, Why.STILL_TIME),
        (licence(ASKED), officer(), UNTIL, Why.NOT_YOUR_DUTY),
        (licence(ASKED), holder(), UNTIL, Why.NOT_YOUR_DUTY),
        (licence(), RENEWS, UNTIL, Why.NOT_ASKED),
        (licence(), the_city(), AFTER, Why.NOT_ASKED),
        (licence(ASKED, SUSPENDED), the_city(), AFTER, Why.SUSPENDED),
        (licence(ASKED, proposed(), ended()), RENEWS, UNTIL, Why.ENDED),
        (licence(ASKED, RenewalRefused(HOLDER, None)), the_city(), AFTER, Why.NOT_ASKED),
    ],
)
def test_a_licence_that_is_not_renewed_says_why(found: Licence, by: Acting, today: date, why: Why) -> None:
    assert renewed(found, KIND, by=by, today=today) == Refused(why)
    assert renewal_refused(found, WORDS, by=by, today=today) == Refused(why)


@pytest.mark.parametrize(
    ("found", "by", "today", "why"),
    [
        (licence(), holder(), LAST_DAY, None),
        (licence(), holder(), LAST_DAY + timedelta(days=1), Why.ASKED_TOO_LATE),
        (licence(), RENEWS, LAST_DAY, Why.NOT_FOUND),
        (licence(ASKED), holder(), LAST_DAY, Why.ASKED_ALREADY),
        (licence(SUSPENDED), holder(), LAST_DAY, Why.NOT_VALID),
        (licence(proposed(), ended()), holder(), LAST_DAY, Why.ENDED),
        (licence(start=issued(None)), holder(), LAST_DAY, Why.NOT_RENEWABLE),
    ],
)
def test_a_holder_asks_thirty_days_before_the_end_or_is_told_why_not(
    found: Licence, by: Acting, today: date, why: Why | None
) -> None:
    facts = renewal_asked(found, KIND, by=by, today=today)
    if why is None:
        assert facts == (ASKED,)
    else:
        assert isinstance(facts, Refused)
        assert facts.reason is why


def test_a_refusal_of_renewal_is_written_in_full() -> None:
    found = licence(ASKED)
    assert renewal_refused(found, WORDS, by=RENEWS, today=UNTIL) == (RenewalRefused(HOLDER, WORDS),)
    unsaid = renewal_refused(found, WORDS | {"remedy": " "}, by=RENEWS, today=UNTIL)
    assert unsaid == Refused(Why.UNSAID, {"field": "remedy"})


def test_a_type_that_is_not_renewable_has_no_last_day() -> None:
    assert msgspec.structs.replace(KIND, renewable=False).renewal_last_day(UNTIL) is None
    assert KIND.renewal_last_day(UNTIL) == LAST_DAY


def test_an_agency_relies_on_a_licence_with_consent() -> None:
    facts = used(licence(), agency="fire", case=UUID(int=7), matter="fire", consent=holder(), day=TODAY)
    assert facts == (LicenceUsed("fire", UUID(int=7), "fire", HOLDER),)
    for_them = Acting(FIRST, Channel.WINDOW, on_behalf_of=HOLDER)
    by_agent = used(licence(), agency="fire", case=UUID(int=7), matter="fire", consent=for_them, day=TODAY)
    assert by_agent == (LicenceUsed("fire", UUID(int=7), "fire", FIRST),)


@pytest.mark.parametrize(
    ("facts", "consent", "day", "why"),
    [
        ((), officer(), TODAY, Why.NO_CONSENT),
        ((), the_city(), TODAY, Why.NO_CONSENT),
        ((), Acting(HOLDER, Channel.PHONE, on_behalf_of=PersonId(UUID(int=8))), TODAY, Why.NO_CONSENT),
        ((), holder(), AFTER, Why.NOT_VALID),
        ((SUSPENDED,), holder(), TODAY, Why.NOT_VALID),
        ((proposed(), ended()), holder(), TODAY, Why.NOT_VALID),
    ],
)
def test_nobody_relies_on_a_licence_that_is_not_valid_or_without_consent(
    facts: tuple[Fact, ...], consent: Acting, day: date, why: Why
) -> None:
    refused = used(licence(*facts), agency="fire", case=UUID(int=7), matter="fire", consent=consent, day=day)
    assert refused == Refused(why)


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2020, 9, 23), 5, date(2025, 9, 22)),
        (date(2020, 2, 29), 5, date(2025, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 28)),
        (date(2019, 3, 1), 5, date(2024, 2, 29)),
        (date(2020, 1, 1), 1, date(2020, 12, 31)),
    ],
)
def test_years_end_on_the_day_before(first: date, years: int, last: date) -> None:
    assert Validity(Origin.EXAMPLE, years).last_day(first) == last
    assert Validity(Origin.EXAMPLE).last_day(first) is None
