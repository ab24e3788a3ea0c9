"""Who answers a bad rating, until when, and what follows: decided without a city."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.casework import CaseOpened, Rated, StepTaken
from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import load_pack
from onecity.places import calendar_of
from onecity.services.feedback.declared import FEEDBACK_RULE, latest, rule_on
from onecity.services.feedback.facts import CalledBack, Removes
from onecity.services.feedback.model import Feedback, Rating, State, rating_of, then
from onecity.services.feedback.rules import (
    CALL_BACK,
    Called,
    Decide,
    Deed,
    Mend,
    Propose,
    Recheck,
    Terms,
    Try,
    Why,
    answered,
    latest_day,
    object_until,
    objected,
    possible,
)

PACK = load_pack(shipped_pack(), KINDS)[0]
RULES = {name: one.value for name, one in PACK.all(FEEDBACK_RULE).items()}
NOON = datetime(2020, 9, 22, 4, tzinfo=UTC)
MOVER, RATER, STAND_IN, ONE, TWO, THREE = (PersonId(uuid4()) for _ in range(6))
HERE = Scope("market_supervision", "410100")
CASE = uuid4()
DEEDS: list[Deed] = [
    Try(), Called("a", "b", upheld=False), Called("a", "b", upheld=True), Mend("c"), Recheck("d", upheld=False),
    Recheck("d", upheld=True), Propose(Removes.FALSE, "e"), Decide(agreed=True, reason="f"),
    Decide(agreed=False, reason="f"),
]  # fmt: skip


def terms() -> Terms:
    found = rule_on(RULES, date(2020, 9, 22))
    assert found is not None
    return Terms(*found, calendar_of(PACK), ZoneInfo("Asia/Shanghai"))


TERMS = terms()


def by(person: PersonId, *, scope: Scope = HERE, duty: str | None = CALL_BACK, instead_of: Any = None) -> Acting:
    return Acting(person, Channel.PHONE, duty, scope, instead_of=instead_of)


def history(level: int = 1) -> list[Recorded]:
    opened = CaseOpened("food_business", "v", "paper_permit", "v", uuid4(), RATER, HERE.department, "410105001",
                        date(2020, 9, 1), ())  # fmt: skip
    author = Acting(RATER, Channel.PHONE)
    taken = StepTaken("decision", "refuse", (), RATER, None, signed_by=THREE)
    facts: list[tuple[Fact, Acting]] = [
        (opened, author), (taken, by(MOVER, duty="services.decide", instead_of=STAND_IN)), (Rated(level, RATER, "慢"), author),
    ]  # fmt: skip
    return [Recorded(CASE, number, NOON, who, fact) for number, (fact, who) in enumerate(facts, 1)]


def fresh(**changes: Any) -> Feedback:
    found = rating_of(history())
    assert found is not None
    rating = Rating(found.case, found.opened, found.level, found.words, found.at, frozenset({MOVER, RATER, STAND_IN}))
    return Feedback(rating, **changes)


def after(feedback: Feedback, *deeds: tuple[Deed, PersonId], now: datetime = NOON) -> Feedback:
    for deed, person in deeds:
        facts = answered(feedback, deed, terms=TERMS, by=by(person), now=now)
        assert not isinstance(facts, Refused), (deed, facts)
        feedback = then(feedback, facts, by=by(person), now=now)
    return feedback


def why(feedback: Feedback, deed: Deed, who: Acting, *, now: datetime = NOON) -> Why | None:
    found = answered(feedback, deed, terms=TERMS, by=who, now=now)
    return Why(found.reason) if isinstance(found, Refused) else None


UPHELD, NOT_UPHELD = Called("a", "b", upheld=True), Called("a", "b", upheld=False)


def test_everybody_who_had_the_case_in_hand_is_kept_from_it() -> None:
    found = rating_of(history())
    assert found is not None
    assert found.hands == {MOVER, STAND_IN, RATER, THREE}
    for level in (3, 4, 5):
        assert rating_of(history(level)) is None
    for who in (MOVER, STAND_IN, RATER):
        assert why(fresh(), UPHELD, by(who)) is Why.MOVED_IT
    # Nor does somebody for whom they stand in, or who stands in for them.
    assert why(fresh(), UPHELD, by(ONE, instead_of=MOVER)) is Why.MOVED_IT
    assert why(fresh(), UPHELD, by(ONE, scope=Scope("finance", "410100"))) is Why.NOT_YOUR_DUTY
    assert why(fresh(), UPHELD, by(ONE, scope=Scope("market_supervision", "410122"))) is Why.NOT_YOUR_DUTY
    assert why(fresh(), UPHELD, by(ONE, duty="services.accept")) is Why.NOT_YOUR_DUTY
    assert why(fresh(), UPHELD, by(ONE)) is None


def test_its_days_are_those_of_the_rule_and_count_since_the_rating() -> None:
    assert latest_day(fresh(), TERMS) == date(2020, 9, 28)
    late = NOON + timedelta(days=10)
    called = after(fresh(), (UPHELD, ONE), now=late)
    assert latest_day(called, TERMS) == date(2020, 10, 19), "since the rating, however late the call"
    closed = after(called, (Mend("c"), TWO), now=late)
    assert latest_day(closed, TERMS) is None
    assert object_until(closed, TERMS) == latest(TERMS.calendar, date(2020, 10, 2), TERMS.rule.object_within)


def test_the_rule_of_the_day_holds() -> None:
    first = RULES["since_2020"]
    later = msgspec.structs.replace(first, in_force=date(2021, 3, 1), tries=5)
    both = {"since_2020": first, "later": later}
    assert rule_on(both, date(2019, 12, 31)) is None
    assert [rule_on(both, day) for day in (date(2021, 2, 28), date(2021, 3, 1))] == [
        ("since_2020", first), ("later", later)
    ]  # fmt: skip


def test_only_tries_on_as_many_days_end_it() -> None:
    feedback = fresh()
    for day in range(3):
        now = NOON + timedelta(days=day)
        assert feedback.called is None
        feedback = after(feedback, (Try(), ONE), now=now)
        if day < 2:
            assert why(feedback, Try(), by(TWO), now=now) is Why.TRIED_TODAY
    assert feedback.called is not None
    assert (feedback.called.fact.reached, feedback.upheld, feedback.state) == (False, False, State.CLOSED)


@pytest.mark.parametrize(
    ("deed", "field"),
    [
        (Called("", "b", upheld=True), "said"), (Called("a", " ", upheld=True), "found"), (Called("a", "b", None), "upheld"),
        (Called("a" * 501, "b", upheld=True), "said"),
    ],
)  # fmt: skip
def test_a_call_says_what_was_said_what_was_found_and_whether_it_is_so(deed: Deed, field: str) -> None:
    found = answered(fresh(), deed, terms=TERMS, by=by(ONE), now=NOON)
    assert isinstance(found, Refused)
    assert found.details["field"] == field


def test_each_step_is_somebody_elses() -> None:
    upheld = after(fresh(), (UPHELD, ONE))
    assert why(upheld, Mend("c"), by(ONE)) is Why.ANOTHER
    assert why(upheld, Mend("c"), by(THREE, instead_of=ONE)) is Why.ANOTHER
    mended = after(upheld, (Mend("c"), TWO))
    said = objected(mended, "x", terms=TERMS, by=Acting(RATER, Channel.PHONE), now=NOON)
    assert not isinstance(said, Refused)
    again = then(mended, [said], by=Acting(RATER, Channel.PHONE), now=NOON)
    assert [why(again, Recheck("d", upheld=True), by(who)) for who in (ONE, TWO, THREE)] == [
        Why.ANOTHER, Why.ANOTHER, None
    ]  # fmt: skip
    owed = after(again, (Recheck("d", upheld=True), THREE))
    assert [why(owed, Mend("e"), by(who)) for who in (ONE, TWO, THREE)] == [None, None, Why.ANOTHER]


def test_a_removal_takes_two_and_only_what_is_not_upheld() -> None:
    remove = Propose(Removes.MALICIOUS, "e")
    assert why(fresh(), remove, by(ONE)) is Why.NOT_NOW
    assert why(after(fresh(), (UPHELD, ONE)), remove, by(TWO)) is Why.UPHELD
    proposed = after(fresh(), (NOT_UPHELD, ONE), (remove, TWO))
    assert (proposed.to_decide, proposed.removed) == (True, False)
    assert why(proposed, Decide(agreed=True, reason="f"), by(TWO)) is Why.ANOTHER
    assert why(proposed, remove, by(THREE)) is Why.NOT_NOW
    assert after(proposed, (Decide(agreed=True, reason="f"), ONE)).removed
    kept = after(proposed, (Decide(agreed=False, reason="f"), ONE))
    assert (kept.removed, kept.to_decide) == (False, False)
    assert why(kept, remove, by(THREE)) is Why.NOT_NOW


def test_only_whoever_rated_objects_once_and_in_time() -> None:
    me = Acting(RATER, Channel.PHONE)
    closed = after(fresh(), (NOT_UPHELD, ONE))

    def no(feedback: Feedback, who: Acting, words: str = "x", now: datetime = NOON) -> object:
        found = objected(feedback, words, terms=TERMS, by=who, now=now)
        return found.reason if isinstance(found, Refused) else None

    assert no(fresh(), me) is Why.NOT_NOW
    assert no(closed, Acting(ONE, Channel.PHONE)) is Why.NOT_FOUND
    assert no(closed, me, " ") is Why.NO_WORDS
    until = object_until(closed, TERMS)
    assert until is not None
    end = datetime.combine(until, datetime.min.time(), TERMS.zone) + timedelta(hours=23)
    assert no(closed, me, now=end) is None
    assert no(closed, me, now=end + timedelta(hours=2)) is Why.TOO_LATE
    said = objected(closed, "x", terms=TERMS, by=me, now=NOON)
    assert not isinstance(said, Refused)
    assert no(then(closed, [said], by=me, now=NOON), me) is Why.ONCE


@given(some.lists(some.tuples(some.sampled_from(DEEDS), some.sampled_from([ONE, TWO, THREE, MOVER])), max_size=12))
def test_whatever_officers_try_no_two_steps_that_need_two_are_one_persons(tries: list[tuple[Deed, PersonId]]) -> None:
    feedback, day = fresh(), 0
    for deed, person in tries:
        day += 1
        now = NOON + timedelta(days=day)
        may = set(possible(feedback, by=by(person)))
        facts = answered(feedback, deed, terms=TERMS, by=by(person), now=now)
        assert isinstance(facts, Refused) or type(deed) in may, "what is done was offered"
        if isinstance(facts, Refused):
            continue
        assert person != MOVER
        feedback = then(feedback, facts, by=by(person), now=now)
        if feedback.called and feedback.put_right:
            assert feedback.called.by.person != feedback.put_right.by.person or feedback.rechecked
        if feedback.removing and feedback.decided:
            assert feedback.removing.by.person != feedback.decided.by.person
        assert not (feedback.removed and feedback.upheld)
        assert isinstance(feedback.rating.stream, UUID)


def test_the_fact_of_a_call_says_by_which_rule() -> None:
    [fact] = answered(fresh(), UPHELD, terms=TERMS, by=by(ONE), now=NOON)  # type: ignore[misc]
    assert isinstance(fact, CalledBack)
    assert (fact.rule, fact.put_right_by) == ("since_2020", date(2020, 10, 19))
