"""Every step about an officer takes two persons, and nobody decides about themself."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people.facts import (
    AbsenceEnded,
    AbsenceNoted,
    AccountKind,
    AccountOpened,
    DutyEnded,
    DutyEndProposed,
    DutyGiven,
    DutyProposed,
    OfficerProposed,
    ProposalConfirmed,
    ProposalRefused,
    Proposed,
    ResetProposed,
    SecretsReset,
)
from onecity.people.model import Absence, Charge, Person, Proposal
from onecity.people.rules.officers import (
    ADMINISTER,
    IN_PROPOSAL,
    come_back,
    consequences,
    decide,
    note_absence,
    propose_duty,
    propose_end,
    propose_officer,
    propose_reset,
)
from onecity.people.rules.why import Why

TODAY = date(2020, 9, 22)
AT = datetime(2020, 9, 22, 1, tzinfo=UTC)
FIRST, SECOND, OFFICER, DEPUTY = (PersonId(UUID(int=number)) for number in range(1, 5))
HOME = Scope("market_supervision", "410105")
KNOWN = ("services.accept", "services.decide")
HELD = Charge("services.accept", HOME, date(2020, 1, 1), None)
ID = UUID(int=99)


def admin(person: PersonId = FIRST, *, duty: str = ADMINISTER, scope: Scope = HOME) -> Acting:
    return Acting(person, Channel.PHONE, duty, scope)


def person(who: PersonId = OFFICER, home: Scope | None = HOME, kind: AccountKind = AccountKind.OFFICER) -> Person:
    return Person(who, kind, "石磊", home)


def reason_of(answer: object) -> Why | None:
    assert not isinstance(answer, Refused) or isinstance(answer.reason, Why)
    return answer.reason if isinstance(answer, Refused) and isinstance(answer.reason, Why) else None


def duty(by: Acting | None = None, **changed: Any) -> DutyProposed | Refused:
    charge = Charge(
        changed.get("duty", "services.decide"),
        changed.get("scope", HOME),
        changed.get("since", TODAY),
        changed.get("until"),
    )
    return propose_duty(
        changed.get("officer", person()), charge, changed.get("reason", "why"), held=[HELD], known=KNOWN,
        by=by or admin(), today=TODAY,
    )  # fmt: skip


PROPOSED: tuple[Proposed, ...] = (
    OfficerProposed(OFFICER, HOME, "石磊", "shilei", "new"),
    DutyProposed(OFFICER, HOME, "services.decide", TODAY, None, "why"),
    DutyEndProposed(OFFICER, HOME, "services.accept", "why"),
    ResetProposed(OFFICER, HOME, "lost"),
    AbsenceNoted(OFFICER, HOME, DEPUTY, TODAY, TODAY),
)


def proposal(what: Proposed, by: PersonId = FIRST, decided: ProposalConfirmed | None = None) -> Proposal:
    return Proposal(ID, 1, what, OFFICER if isinstance(what, AbsenceNoted) else by, AT, decided)


@pytest.mark.parametrize("what", PROPOSED, ids=lambda what: type(what).__name__)
def test_another_administrator_confirms_or_rejects(what: Proposed) -> None:
    assert decide(proposal(what), None, by=admin(SECOND)) == ProposalConfirmed()
    assert decide(proposal(what), "no", by=admin(SECOND)) == ProposalRefused(OFFICER, "no")
    assert reason_of(decide(proposal(what), " ", by=admin(SECOND))) is Why.UNSAID


@pytest.mark.parametrize("what", PROPOSED, ids=lambda what: type(what).__name__)
def test_of_all_pairs_only_two_different_persons_decide_and_never_about_themselves(what: Proposed) -> None:
    people = (FIRST, SECOND, OFFICER, DEPUTY)
    for by, decider in product(people, people):
        made = proposal(what, by)
        concerned = {OFFICER, DEPUTY} if isinstance(what, AbsenceNoted) else {OFFICER}
        allowed = decider != made.by and decider not in concerned
        assert isinstance(decide(made, None, by=admin(decider)), ProposalConfirmed) is allowed
        assert isinstance(decide(made, "no", by=admin(decider)), ProposalRefused) is allowed


@pytest.mark.parametrize("what", PROPOSED, ids=lambda what: type(what).__name__)
@pytest.mark.parametrize(
    "by",
    [
        Acting(SECOND, Channel.PHONE),
        admin(SECOND, duty="people.answer"),
        admin(SECOND, scope=Scope("fire_rescue", "410105")),
        admin(SECOND, scope=Scope("market_supervision", "410106")),
    ],
)
def test_without_the_duty_in_that_scope_nobody_decides(what: Proposed, by: Acting) -> None:
    assert reason_of(decide(proposal(what), None, by=by)) is Why.NOT_YOUR_DUTY


@pytest.mark.parametrize("what", PROPOSED, ids=lambda what: type(what).__name__)
def test_what_was_decided_stays(what: Proposed) -> None:
    made = proposal(what, decided=ProposalConfirmed())
    assert reason_of(decide(made, None, by=admin(SECOND))) is Why.DECIDED


@pytest.mark.parametrize(
    ("what", "facts"),
    [
        (PROPOSED[0], (AccountOpened(OFFICER, AccountKind.OFFICER, "石磊", None, None, scope=HOME),)),
        (PROPOSED[1], (DutyGiven("services.decide", HOME, TODAY, FIRST, IN_PROPOSAL, None, ID),)),
        (PROPOSED[2], (DutyEnded("services.accept", HOME, FIRST, IN_PROPOSAL, ID),)),
        (PROPOSED[3], (SecretsReset(ID),)),
        (PROPOSED[4], ()),
    ],
)
def test_what_a_confirmed_proposal_changes_for_the_officer(what: Proposed, facts: tuple[object, ...]) -> None:
    assert consequences(proposal(what)) == facts


@pytest.mark.parametrize(
    ("login", "good"),
    [
        ("shilei", True), ("s-1.a_b", True), ("abc", True), ("ab", False), ("Shilei", False), ("1shilei", False),
        ("a" * 40, True), ("a" * 41, False), ("410199198806120029", False), ("石磊磊", False), ("shi lei", False),
        ("shilei\n", False),
    ],
)  # fmt: skip
def test_a_staff_number_never_looks_like_an_identity_number(login: str, good: bool) -> None:
    made = propose_officer(OFFICER, "石磊", login, "new", scope=HOME, by=admin())
    assert reason_of(made) is (None if good else Why.LOGIN)


def test_a_new_officer_has_a_name_and_a_reason() -> None:
    assert reason_of(propose_officer(OFFICER, "石", "shilei", "new", scope=HOME, by=admin())) is Why.NAME
    assert reason_of(propose_officer(OFFICER, "石磊", "shilei", "", scope=HOME, by=admin())) is Why.UNSAID
    elsewhere = Scope("fire_rescue", "410105")
    made = propose_officer(OFFICER, "石磊", "shilei", "new", scope=elsewhere, by=admin())
    assert reason_of(made) is Why.NOT_YOUR_DUTY


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"until": TODAY}, None),
        ({"until": TODAY - timedelta(days=1)}, Why.DAYS),
        ({"since": TODAY + timedelta(days=2), "until": TODAY + timedelta(days=1)}, Why.DAYS),
        ({"since": date(2019, 1, 1), "until": date(2019, 2, 1)}, Why.DAYS),
        ({"duty": "services.fly"}, Why.UNKNOWN_DUTY),
        ({"duty": "services.accept"}, Why.HOLDS_ALREADY),
        ({"officer": person(kind=AccountKind.CITIZEN)}, Why.UNKNOWN_DUTY),
        ({"officer": person(FIRST)}, Why.ABOUT_SELF),
        ({"reason": ""}, Why.UNSAID),
        ({"scope": Scope("fire_rescue", "410105")}, Why.NOT_YOUR_DUTY),
    ],
)
def test_a_duty_is_proposed_for_days_to_come_or_not_at_all(changed: dict[str, Any], why: Why | None) -> None:
    assert reason_of(duty(**changed)) is why


def test_a_duty_that_is_over_can_be_given_again() -> None:
    over = Charge("services.decide", HOME, date(2019, 1, 1), date(2019, 12, 31))
    made = propose_duty(
        person(), Charge("services.decide", HOME, TODAY, None), "why", held=[over], known=KNOWN, by=admin(), today=TODAY
    )
    assert isinstance(made, DutyProposed)


def test_only_a_duty_that_is_held_can_end() -> None:
    def end(who: PersonId, name: str) -> DutyEndProposed | Refused:
        return propose_end(who, name, HOME, "why", held=[HELD], by=admin())

    assert end(OFFICER, HELD.duty) == DutyEndProposed(OFFICER, HOME, HELD.duty, "why")
    assert reason_of(end(OFFICER, "services.decide")) is Why.HOLDS_NOT
    assert reason_of(end(FIRST, HELD.duty)) is Why.ABOUT_SELF


def test_nobody_resets_their_own_secrets() -> None:
    assert propose_reset(OFFICER, "lost", home=HOME, by=admin()) == ResetProposed(OFFICER, HOME, "lost")
    assert reason_of(propose_reset(FIRST, "lost", home=HOME, by=admin())) is Why.ABOUT_SELF


def away(
    deputy: Person | None, since: date = TODAY, until: date = TODAY, deputy_holds: tuple[Charge, ...] = (),
    absences: tuple[Absence, ...] = (), officer: Person | None = None,
) -> AbsenceNoted | Refused:  # fmt: skip
    return note_absence(
        officer or person(),
        deputy,
        since,
        until,
        held=[HELD],
        deputy_holds=deputy_holds,
        absences=absences,
        today=TODAY,
    )


def test_a_colleague_of_the_department_stands_in() -> None:
    assert away(person(DEPUTY)) == AbsenceNoted(OFFICER, HOME, DEPUTY, TODAY, TODAY)
    assert isinstance(away(person(DEPUTY, Scope("market_supervision", "410100"))), AbsenceNoted)
    assert isinstance(away(person(DEPUTY, Scope("market_supervision", "410105001"))), AbsenceNoted)


@pytest.mark.parametrize(
    "deputy",
    [
        None,
        person(OFFICER),
        person(DEPUTY, kind=AccountKind.CITIZEN),
        person(DEPUTY, Scope("fire_rescue", "410105")),
        person(DEPUTY, Scope("market_supervision", "410106")),
        person(DEPUTY, None),
    ],
)
def test_nobody_else_stands_in(deputy: Person | None) -> None:
    assert reason_of(away(deputy)) is Why.NO_DEPUTY


def test_who_holds_the_same_duties_stands_in_from_anywhere() -> None:
    assert isinstance(away(person(DEPUTY, Scope("fire_rescue", "410105")), deputy_holds=(HELD,)), AbsenceNoted)


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        (TODAY, TODAY, None),
        (TODAY - timedelta(days=5), TODAY, None),
        (TODAY + timedelta(days=1), TODAY, Why.DAYS),
        (TODAY - timedelta(days=5), TODAY - timedelta(days=1), Why.DAYS),
    ],
)
def test_an_absence_has_a_first_and_a_last_day(since: date, until: date, why: Why | None) -> None:
    assert reason_of(away(person(DEPUTY), since, until)) is why


@pytest.mark.parametrize(("who", "why"), [(OFFICER, Why.AWAY_ALREADY), (DEPUTY, Why.NO_DEPUTY), (SECOND, None)])
@pytest.mark.parametrize(("day", "meets"), [(TODAY, True), (TODAY + timedelta(days=1), False)])
def test_nobody_is_away_twice_and_nobody_stands_in_who_is_away(
    who: PersonId, why: Why | None, day: date, meets: bool
) -> None:
    other = Absence(ID, who, FIRST, day, day, confirmed=False)
    assert reason_of(away(person(DEPUTY), absences=(other,))) is (why if meets else None)


def test_only_the_officer_comes_back_and_only_before_the_end() -> None:
    absence = Absence(ID, OFFICER, DEPUTY, TODAY, TODAY, confirmed=True)
    me, other = Acting(OFFICER, Channel.PHONE), Acting(DEPUTY, Channel.PHONE)
    assert come_back(absence, by=me, today=TODAY) == AbsenceEnded()
    assert reason_of(come_back(absence, by=other, today=TODAY)) is Why.NOT_FOUND
    assert reason_of(come_back(absence, by=me, today=TODAY + timedelta(days=1))) is Why.DAYS
