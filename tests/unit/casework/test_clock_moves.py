"""What officers do beside the plain way: two sign, the clock stops, somebody is asked once, silence speaks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.unit.casework import test_case_moves, test_drawn_moves, test_meetings, test_posting

from onecity.casework import (
    APPLICANT,
    Because,
    Case,
    CaseEnded,
    CaseOpened,
    ClockAct,
    Move,
    Outcome,
    Process,
    Step,
    StepTaken,
    Terms,
    Why,
    advance,
    folded,
    then,
    todos,
)
from onecity.casework.declared import Question, Silence
from onecity.casework.facts import (
    ClockExtended,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Counted,
    Delivery,
    DueSoon,
    LimitSet,
    MadeOrdinary,
    Overrun,
    SilenceRecounted,
    StepSigned,
    WorkClaimed,
)
from onecity.casework.rules.deadlines import made_ordinary, recounted, reminders, silence_spoke
from onecity.casework.rules.moves import delivered, rated, withdrawn
from onecity.casework.rules.work import claimed, explained, handed_over, released
from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.clock import Calendar, Limit, StopKind, Unit
from onecity.kernel.clock.calendar import NamedDay
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import Text

CASE, SUBJECT = CaseId(UUID(int=1)), PersonId(UUID(int=2))
ONE, OTHER = PersonId(UUID(int=3)), PersonId(UUID(int=4))
LAW: Final = Because("行政许可法", "32", date(2019, 4, 23))
PLAIN: Final = Calendar({}, frozenset({2020, 2021}), {})
NAME: Final = Text("名", "name")
TUESDAY: Final = date(2020, 9, 22)
ASK: Final = {"why": Question(NAME)}


def outcome(*opens: str, **more: object) -> Outcome:
    return Outcome(NAME, opens, **more)  # type: ignore[arg-type]


PROCESS: Final = Process(
    NAME,
    ("acceptance",),
    {
        "acceptance": Step(
            NAME,
            "accept",
            LAW,
            {
                "accept": outcome("decision", clock=ClockAct.STARTS),
                "supplement": outcome("supplement", once=True, lists=True, letter="x"),
            },
            silence=Silence("accept", LAW, 5),
        ),
        "supplement": Step(
            NAME,
            APPLICANT,
            LAW,
            {"bring": outcome("acceptance"), "lapse": outcome(ends="returned")},
            silence=Silence("lapse", LAW, 30, Unit.NATURAL_DAYS),
        ),
        "decision": Step(
            NAME,
            "decide",
            LAW,
            {
                "grant": outcome(ends="granted"),
                "visit": outcome("visit", clock=ClockAct.STOPS, stop=StopKind.INSPECTION, letter="x"),
                "again": outcome("decision", clock=ClockAct.STARTS),
                "extend": outcome("decision", duty="head", clock=ClockAct.EXTENDS, letter="x", write=ASK),
                "resume": outcome("decision", clock=ClockAct.RESUMES),
            },
        ),
        "visit": Step(
            NAME,
            "inspect",
            LAW,
            {"seen": outcome("decision", clock=ClockAct.RESUMES), "not_seen": outcome("visit")},
            officers=2,
        ),
    },
    {"granted": NAME, "returned": NAME},
    (),
    head="head",
    hands_over="deliver",
)
TERMS: Final = Terms(PROCESS, Limit(10), 10, frozenset({"plan"}), PLAIN, "c" * 64)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def officer(duty: str, who: PersonId = ONE) -> Acting:
    return Acting(who, Channel.API, duty, Scope("market", "410100"))


PERSON: Final = Acting(SUBJECT, Channel.PHONE)


def opened(delivery: Delivery = Delivery.ONLINE) -> CaseOpened:
    begins = todos(PROCESS, PROCESS.begins, PLAIN, since=TUESDAY)
    return CaseOpened(
        "food", "a" * 64, "permit", "b" * 64, UUID(int=9), SUBJECT, "market", "410105001", TUESDAY, begins,
        delivery=delivery,
    )  # fmt: skip


class Play:
    """A case to which things happen, each on its day and by its author."""

    def __init__(self, delivery: Delivery = Delivery.ONLINE) -> None:
        self.history: list[Recorded] = []
        self.add(the_city(), opened(delivery))

    def add(self, by: Acting, *facts: Fact) -> "Play":
        for fact in facts:
            at = datetime(2020, 9, 22, 4, tzinfo=UTC)
            self.history.append(Recorded(CASE, len(self.history) + 1, at, by, fact))
        return self

    @property
    def case(self) -> Case:
        found = folded(self.history)
        assert found is not None
        return found

    def tried(self, move: Move, by: Acting, today: date = TUESDAY, terms: Terms = TERMS) -> tuple[Fact, ...] | Refused:
        return advance(self.case, move, terms=terms, by=by, now=noon(today))

    def do(self, move: Move, by: Acting, today: date = TUESDAY, terms: Terms = TERMS) -> tuple[Fact, ...]:
        found = self.tried(move, by, today, terms)
        assert not isinstance(found, Refused), found
        self.add(by, *found)
        return found


def accepted() -> Play:
    play = Play()
    play.do(Move("acceptance", "accept"), officer("accept"))
    return play


def stopped(days: int = 3) -> Play:
    play = accepted()
    play.do(Move("decision", "visit", days=days), officer("decide"))
    return play


def ended(delivery: Delivery = Delivery.ONLINE) -> Play:
    play = Play(delivery)
    play.do(Move("acceptance", "accept"), officer("accept"))
    play.do(Move("decision", "grant"), officer("decide"))
    return play


def supplemented() -> Play:
    play = Play()
    play.do(Move("acceptance", "supplement", lacking=("plan",)), officer("accept"))
    play.do(Move("supplement", "bring"), PERSON)
    return play


def signed() -> Play:
    play = stopped()
    play.do(Move("visit", "seen"), officer("inspect"))
    return play


def claimed_by_other() -> Play:
    return accepted().add(officer("decide", OTHER), WorkClaimed("decision", OTHER))


WORDS: Final = {"why": "heavy rain"}
LATE: Final = date(2020, 9, 30)
"""A day after the fifth working day since Tuesday."""

MOVES: Final = [
    (supplemented, Move("acceptance", "supplement", lacking=("plan",)), officer("accept"), TUESDAY, Why.ONCE),
    (Play, Move("acceptance", "supplement"), officer("accept"), TUESDAY, Why.NOTHING_LISTED),
    (Play, Move("acceptance", "supplement", lacking=("soul",)), officer("accept"), TUESDAY, Why.NOT_NEEDED),
    (Play, Move("acceptance", "accept"), the_city(), TUESDAY, Why.STILL_TIME),
    (Play, Move("acceptance", "supplement", lacking=("plan",)), the_city(), LATE, Why.STILL_TIME),
    (Play, Move("acceptance", "supplement", lacking=("plan",)), officer("accept"), LATE, Why.SILENCE_SPOKE),
    (accepted, Move("decision", "again"), officer("decide"), TUESDAY, Why.CLOCK_RUNS),
    (accepted, Move("decision", "resume"), officer("decide"), TUESDAY, Why.CLOCK_NOT_STOPPED),
    (accepted, Move("decision", "visit"), officer("decide"), TUESDAY, Why.NO_DAYS),
    (accepted, Move("decision", "visit", days=0), officer("decide"), TUESDAY, Why.NO_DAYS),
    (accepted, Move("decision", "visit", days=121), officer("decide"), TUESDAY, Why.TOO_MANY_DAYS),
    (accepted, Move("decision", "extend", WORDS, days=11), officer("head"), TUESDAY, Why.TOO_MANY_DAYS),
    (accepted, Move("decision", "extend", WORDS), officer("head"), TUESDAY, Why.NO_DAYS),
    (accepted, Move("decision", "extend", WORDS, days=5), officer("decide"), TUESDAY, Why.NOT_YOUR_DUTY),
    (claimed_by_other, Move("decision", "grant"), officer("decide"), TUESDAY, Why.IN_OTHER_HANDS),
    (signed, Move("visit", "seen"), officer("inspect"), TUESDAY, Why.SAME_OFFICER),
    (Play, Move("supplement", "lapse"), PERSON, TUESDAY, Why.NO_SUCH_STEP),
]


@pytest.mark.parametrize(("play", "move", "by", "today", "why"), MOVES)
def test_a_case_stays_where_the_law_keeps_it(play: type[Play], move: Move, by: Acting, today: date, why: Why) -> None:
    found = play().tried(move, by, today)
    assert isinstance(found, Refused)
    assert found.reason is why


def test_the_person_cannot_choose_what_silence_chooses() -> None:
    play = Play()
    play.do(Move("acceptance", "supplement", lacking=("plan",)), officer("accept"))
    found = play.tried(Move("supplement", "lapse"), PERSON)
    assert found == Refused(Why.NO_SUCH_OUTCOME)


def test_a_clock_that_does_not_run_neither_stops_nor_grows() -> None:
    play = Play().add(
        the_city(), StepTaken("x", "y", todos(PROCESS, ("decision",), PLAIN, since=TUESDAY), SUBJECT, None)
    )
    for move, by in (
        (Move("decision", "visit", days=3), officer("decide")),
        (Move("decision", "extend", WORDS, days=3), officer("head")),
    ):
        assert play.tried(move, by) == Refused(Why.CLOCK_NOT_RUNNING)


def test_a_stopped_clock_does_not_stop_again() -> None:
    play = stopped().add(
        the_city(), StepTaken("x", "y", todos(PROCESS, ("decision",), PLAIN, since=TUESDAY), SUBJECT, None)
    )
    assert play.tried(Move("decision", "visit", days=3), officer("decide")) == Refused(Why.CLOCK_STOPPED)


def test_a_matter_without_an_extension_in_its_law_has_none() -> None:
    terms = Terms(PROCESS, Limit(10), 0, frozenset(), PLAIN, "c" * 64)
    found = accepted().tried(Move("decision", "extend", WORDS, days=5), officer("head"), terms=terms)
    assert found == Refused(Why.NO_EXTENSION)


def test_an_extension_is_granted_once() -> None:
    play = accepted()
    facts = play.do(Move("decision", "extend", WORDS, days=5), officer("head"))
    # Ten working days after Tuesday end on 6 October of this calendar without holidays, fifteen on the 13th.
    assert facts[1] == ClockExtended(5, TUESDAY, Counted(date(2020, 10, 13), False, "c" * 64))
    assert play.tried(Move("decision", "extend", WORDS, days=5), officer("head")) == Refused(Why.ONCE)


def test_silence_accepts_as_of_the_day_of_receipt() -> None:
    by_the_city = Play().do(Move("acceptance", "accept"), the_city(), LATE)
    too_late = Play().do(Move("acceptance", "accept"), officer("accept"), LATE)
    for facts in (by_the_city, too_late):
        assert facts[1] == ClockStarted(TUESDAY, Limit(10), Counted(date(2020, 10, 6), False, "c" * 64))


@pytest.mark.parametrize(("day", "spoke"), [(date(2020, 9, 29), False), (date(2020, 9, 30), True)])
def test_silence_speaks_after_the_fifth_working_day_and_not_on_it(day: date, spoke: bool) -> None:
    assert isinstance(Play().tried(Move("acceptance", "accept"), the_city(), day), Refused) is not spoke


def test_the_five_days_begin_anew_when_what_was_missing_came() -> None:
    play = Play()
    play.do(Move("acceptance", "supplement", lacking=("plan", "plan")), officer("accept"))
    assert play.case.lacking == ("plan",)
    play.do(Move("supplement", "bring"), PERSON, date(2020, 10, 9))
    assert play.case.waiting["acceptance"].since == date(2020, 10, 9)


def test_a_clock_stands_still_from_tomorrow_and_runs_from_the_day_after_the_result() -> None:
    play = stopped(3)
    fact = play.history[-1].fact
    assert isinstance(fact, ClockStopped)
    assert (fact.first, fact.told) == (date(2020, 9, 23), TUESDAY)
    assert fact.counted.due == date(2020, 10, 9)
    play.do(Move("visit", "seen"), officer("inspect"), date(2020, 9, 24))
    facts = play.do(Move("visit", "seen"), officer("inspect", OTHER), date(2020, 9, 24))
    assert facts[1] == ClockResumed(date(2020, 9, 24), Counted(date(2020, 10, 8), False, "c" * 64))
    assert play.case.stopped is None


def test_two_officers_must_choose_the_same() -> None:
    play = stopped()
    first = play.do(Move("visit", "seen"), officer("inspect"))
    assert first == (StepSigned("visit", "seen", SUBJECT, None),)
    other = play.do(Move("visit", "not_seen"), officer("inspect", OTHER))
    assert other == (StepSigned("visit", "not_seen", SUBJECT, None),)
    second = play.do(Move("visit", "not_seen"), officer("inspect"))
    assert isinstance(second[0], StepTaken)
    assert second[0].signed_by == OTHER


def test_near_days_are_told_once_and_missed_days_once() -> None:
    play = accepted()
    told: list[tuple[date, Fact]] = []
    for number in range(20):
        day = date(2020, 9, 28).fromordinal(date(2020, 9, 28).toordinal() + number)
        facts = reminders(play.case, TERMS, now=noon(day))
        play.add(the_city(), *facts)
        told += [(day, fact) for fact in facts]
    assert told == [
        (date(2020, 10, 2), DueSoon(date(2020, 10, 6))),
        (date(2020, 10, 7), Overrun(date(2020, 10, 6))),
    ]


THURSDAY: Final = date(2020, 9, 24)


@pytest.mark.parametrize(
    ("limit", "began", "warned"),
    [
        (Limit(3), TUESDAY, date(2020, 9, 23)),
        (Limit(2), TUESDAY, date(2020, 9, 23)),
        (Limit(1), TUESDAY, date(2020, 9, 23)),
        (Limit(0), TUESDAY, None),
        (Limit(3, Unit.NATURAL_DAYS), THURSDAY, date(2020, 9, 25)),
        (Limit(2, Unit.NATURAL_DAYS), TUESDAY, date(2020, 9, 23)),
    ],
)
def test_on_the_day_on_which_work_comes_nobody_is_warned_and_of_a_short_time_later(
    limit: Limit, began: date, warned: date | None
) -> None:
    terms, play = Terms(PROCESS, limit, 10, frozenset(), PLAIN, "c" * 64), Play()
    play.do(Move("acceptance", "accept"), officer("accept"), began, terms)
    told = _told(play, terms, began, 10)
    assert play.case.counted is not None
    due = play.case.counted.due
    first = [(warned, DueSoon(due))] if warned else []
    assert told[:-1] == first and isinstance(told[-1][1], Overrun)


def test_whoever_gets_the_work_late_is_warned_a_day_after_it_came() -> None:
    """The clock stood still and runs again with a few days left; a head lengthens a limit on its last day."""
    terms, play = Terms(PROCESS, Limit(2), 10, frozenset(), PLAIN, "c" * 64), Play()
    play.do(Move("acceptance", "accept"), officer("accept"), TUESDAY, terms)
    play.do(Move("decision", "visit", days=3), officer("decide"), TUESDAY, terms)
    play.do(Move("visit", "seen"), officer("inspect"), THURSDAY, terms)
    play.do(Move("visit", "seen"), officer("inspect", OTHER), THURSDAY, terms)
    told = _told(play, terms, THURSDAY, 10)
    assert [type(fact) for _, fact in told] == [DueSoon, Overrun]
    assert told[0][0] > THURSDAY


def _told(play: Play, terms: Terms, began: date, days: int) -> list[tuple[date, Fact]]:
    """What is told on so many days from one on."""
    told: list[tuple[date, Fact]] = []
    for day in (began + timedelta(days=number) for number in range(days)):
        facts = reminders(play.case, terms, now=noon(day))
        play.add(the_city(), *facts)
        told += [(day, fact) for fact in facts]
    return told


def test_nobody_is_late_while_the_clock_stands_still() -> None:
    assert reminders(stopped(3).case, TERMS, now=noon(date(2021, 1, 4))) == ()


def test_a_new_calendar_moves_a_latest_day_and_says_so_once() -> None:
    early = Calendar({}, frozenset({2020}), {})
    play = Play()
    before = Terms(PROCESS, Limit(80), 0, frozenset(), early, "d" * 64)
    play.do(Move("acceptance", "accept"), officer("accept"), terms=before)
    assert play.case.counted is not None
    assert play.case.counted.provisional
    after = Terms(PROCESS, Limit(80), 0, frozenset(), PLAIN, "e" * 64)
    facts = recounted(play.case, after, now=noon(TUESDAY))
    assert len(facts) == 1
    play.add(the_city(), *facts)
    assert recounted(play.case, after, now=noon(TUESDAY)) == ()


def test_a_new_calendar_moves_the_day_of_silence_and_nothing_else_does() -> None:
    rest = Calendar({TUESDAY + timedelta(days=1): NamedDay("放假", off=True)}, PLAIN.years, {})
    after = Terms(PROCESS, Limit(10), 10, frozenset({"plan"}), rest, "e" * 64)
    play = Play()
    before = play.case.waiting["acceptance"]
    assert before.silent is not None
    assert not silence_spoke(before, today=before.silent)
    facts = recounted(play.case, after, now=noon(TUESDAY))
    assert facts == (SilenceRecounted("acceptance", before.silent + timedelta(days=1)),)
    assert recounted(play.case, after, now=noon(before.silent + timedelta(days=1))) == ()
    play.add(the_city(), *facts)
    assert not silence_spoke(play.case.waiting["acceptance"], today=before.silent + timedelta(days=1))
    assert recounted(play.case, after, now=noon(TUESDAY)) == ()


def reason(found: tuple[Fact, ...] | Refused) -> Why | None:
    if not isinstance(found, Refused):
        return None
    assert isinstance(found.reason, Why)
    return found.reason


OTHERS: Final[Mapping[str, tuple[tuple[Fact, ...] | Refused, Why | None]]] = {
    "withdrawn by a stranger": (withdrawn(accepted().case, by=officer("accept")), Why.NOT_YOUR_DUTY),
    "withdrawn after the end": (withdrawn(ended().case, by=PERSON), Why.ENDED),
    "withdrawn": (withdrawn(accepted().case, by=PERSON), None),
    "rated by an officer": (rated(ended().case, 5, "", by=officer("accept")), Why.NOT_YOUR_DUTY),
    "rated before the end": (rated(accepted().case, 5, "", by=PERSON), Why.NOT_ENDED),
    "rated with six": (rated(ended().case, 6, "", by=PERSON), Why.NO_SUCH_LEVEL),
    "rated with nothing": (rated(ended().case, 0, "", by=PERSON), Why.NO_SUCH_LEVEL),
    "rated at length": (rated(ended().case, 1, "x" * 2001, by=PERSON), Why.TOO_LONG),
    "rated": (rated(ended().case, 1, "", by=PERSON), None),
    "handed out online": (delivered(ended().case, PROCESS, by=officer("deliver")), Why.NOTHING_TO_DELIVER),
    "handed out by another": (
        delivered(ended(Delivery.COUNTER).case, PROCESS, by=officer("accept")),
        Why.NOT_YOUR_DUTY,
    ),
    "handed out": (delivered(ended(Delivery.COUNTER).case, PROCESS, by=officer("deliver")), None),
    "claimed by another duty": (
        claimed(accepted().case, "decision", terms=TERMS, by=officer("accept")),
        Why.NOT_YOUR_DUTY,
    ),
    "claimed twice": (
        claimed(claimed_by_other().case, "decision", terms=TERMS, by=officer("decide")),
        Why.IN_OTHER_HANDS,
    ),
    "claimed what does not wait": (
        claimed(accepted().case, "visit", terms=TERMS, by=officer("inspect")),
        Why.NO_SUCH_STEP,
    ),
    "claimed after the end": (claimed(ended().case, "decision", terms=TERMS, by=officer("decide")), Why.ENDED),
    "claimed": (claimed(accepted().case, "decision", terms=TERMS, by=officer("decide")), None),
    "released by another": (
        released(claimed_by_other().case, "decision", terms=TERMS, by=officer("decide")),
        Why.NOT_IN_HAND,
    ),
    "released": (released(claimed_by_other().case, "decision", terms=TERMS, by=officer("decide", OTHER)), None),
    "handed to nobody able": (
        handed_over(accepted().case, "decision", OTHER, terms=TERMS, able=False, by=officer("decide")),
        Why.NOT_YOUR_DUTY,
    ),
    "handed over from other hands": (
        handed_over(claimed_by_other().case, "decision", ONE, terms=TERMS, able=True, by=officer("decide")),
        Why.IN_OTHER_HANDS,
    ),
    "handed over": (
        handed_over(accepted().case, "decision", OTHER, terms=TERMS, able=True, by=officer("decide")),
        None,
    ),
    "explained in time": (
        explained(accepted().case, "x", duties=frozenset({"head"}), by=officer("head")),
        Why.NOT_LATE,
    ),
    "explained with nothing": (
        explained(
            accepted().add(the_city(), Overrun(TUESDAY)).case, " ", duties=frozenset({"head"}), by=officer("head")
        ),
        Why.UNSAID,
    ),
    "explained": (
        explained(
            accepted().add(the_city(), Overrun(TUESDAY)).case, "x", duties=frozenset({"head"}), by=officer("head")
        ),
        None,
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_done_beside_the_process_has_its_own_reasons(what: str) -> None:
    found, why = OTHERS[what]
    assert reason(found) is why


def test_a_matter_is_rated_once() -> None:
    play = ended()
    found = rated(play.case, 4, "quick", by=PERSON)
    assert not isinstance(found, Refused)
    play.add(PERSON, *found)
    assert rated(play.case, 5, "", by=PERSON) == Refused(Why.RATED)


def test_what_the_city_looks_at_afterwards_is_neither_withdrawn_nor_rated_by_its_subject() -> None:
    case = ended(Delivery.COUNTER).case
    looking = replace(case, opened=replace(case.opened, looks_at=UUID(int=9)))
    assert withdrawn(looking, by=PERSON) == Refused(Why.OWN_WORK)
    assert withdrawn(replace(looking, result=None), by=PERSON) == Refused(Why.OWN_WORK)
    assert rated(looking, 5, "", by=PERSON) == Refused(Why.OWN_WORK)


def test_a_result_for_the_counter_waits_to_be_handed_out_within_ten_working_days() -> None:
    fact = next(one.fact for one in ended(Delivery.COUNTER).history if isinstance(one.fact, CaseEnded))
    assert fact.hands is not None
    assert (fact.hands.duty, fact.deliver_by) == ("deliver", date(2020, 10, 6))


def test_each_reason_of_a_refusal_stands_in_a_table_or_in_a_test_of_its_own() -> None:
    [plain] = [mark.args[1] for mark in test_case_moves.test_a_case_stays_for_one_reason.pytestmark]  # type: ignore[attr-defined]
    shown = {why for *_, why in plain} | {why for *_, why in MOVES} | {why for _, why in OTHERS.values() if why}
    own = {Why.CLOCK_NOT_RUNNING, Why.CLOCK_STOPPED, Why.NO_EXTENSION, Why.ONCE_MORE, Why.OWN_WORK, Why.RATED}
    own |= test_drawn_moves.REASONS | test_meetings.REASONS | test_posting.REASONS
    assert shown | own == set(Why) - {Why.NOT_FOUND}


def test_a_case_that_was_spared_something_goes_on_like_any_other_with_a_limit_that_runs_anew() -> None:
    opened = CaseOpened(
        "food", "a" * 64, "permit", "b" * 64, UUID(int=9), SUBJECT, "market", "410100", TUESDAY, (), limit=Limit(1),
        spares=("plan",),
    )  # fmt: skip
    now, after = datetime(2020, 9, 24, 2, tzinfo=UTC), UUID(int=7)
    run = ClockStarted(TUESDAY, Limit(1), Counted(date(2020, 9, 23), provisional=False, pack=TERMS.pack))
    began = then(Case(CASE, 1, opened, {}, TUESDAY), [run], by=the_city(), now=now)
    facts = made_ordinary(began, after=after, terms=TERMS, now=now)
    assert facts[0] == MadeOrdinary(after)
    case = then(began, facts, by=the_city(), now=now)
    assert (case.ordinary, case.opened.limit, case.opened.spares) == (True, None, ())
    assert case.due == date(2020, 10, 8), "ten working days from today, not from the receipt"
    assert made_ordinary(case, after=after, terms=TERMS, now=now) == (), "once"
    held = replace(began, clock=None)
    assert made_ordinary(held, after=after, terms=TERMS, now=now) == (MadeOrdinary(after),)
    assert made_ordinary(replace(began, result="granted"), after=after, terms=TERMS, now=now) == ()
    assert made_ordinary(replace(began, opened=replace(opened, limit=None)), after=after, terms=TERMS, now=now) == ()


def fell(play: Play, day: date, terms: Terms = TERMS) -> Play:
    """The case was spared a plan and held to a day when it began; now it is not any more."""
    [first, *_] = play.history
    spared = replace(first.fact, limit=Limit(1), spares=("plan",))
    play.history[0] = replace(first, fact=spared)
    return play.add(the_city(), *made_ordinary(play.case, after=UUID(int=7), terms=terms, now=noon(day)))


def test_a_clock_that_stands_when_the_limit_begins_anew_stands_on_and_runs_again() -> None:
    play = fell(stopped(5), date(2020, 9, 24))
    [stop] = [one.fact for one in play.history if isinstance(one.fact, ClockStopped)][1:]
    assert (stop.first, stop.planned, stop.told) == (date(2020, 9, 23), 5, TUESDAY), "as it was told"
    # Four of the five announced days are still to come when ten working days begin anew on the 24th.
    assert play.case.stopped is not None
    assert play.case.due == stop.counted.due == date(2020, 10, 13)
    for who in (ONE, OTHER):
        play.do(Move("visit", "seen"), officer("inspect", who), date(2020, 9, 28))
    assert play.case.stopped is None
    assert play.case.due == date(2020, 10, 12), "the stop ended on the 28th"


def test_hours_that_stand_when_the_limit_begins_anew_stand_on_and_run_again() -> None:
    hours = replace(TERMS, limit=Limit(4, Unit.URGENT_HOURS))
    play = Play()
    play.do(Move("acceptance", "accept"), officer("accept"), terms=hours)
    play.do(Move("decision", "visit", days=1), officer("decide"), terms=hours)
    at = play.case.stopped.at if play.case.stopped else None
    fell(play, date(2020, 9, 23), hours)
    assert play.case.stopped is not None and play.case.stopped.at == at is not None
    for who in (ONE, OTHER):
        play.do(Move("visit", "seen"), officer("inspect", who), date(2020, 9, 23), hours)
    assert play.case.counted is not None
    assert play.case.counted.at == noon(date(2020, 9, 23)) + timedelta(hours=4)


def test_a_limit_that_was_found_on_the_way_is_the_one_that_begins_anew() -> None:
    play = fell(accepted().add(the_city(), LimitSet(Limit(3), 0)), date(2020, 9, 24))
    assert play.case.clock is not None
    assert (play.case.clock.limit, play.case.due) == (Limit(3), date(2020, 9, 29))


TWO: Final = replace(TERMS, lackable=frozenset({"plan", "name"}))


def asked(play: Play, *names: str) -> tuple[Fact, ...] | Refused:
    return play.tried(Move("acceptance", "supplement", lacking=names), officer("accept"), terms=TWO)


def ask(play: Play, *names: str) -> None:
    play.do(Move("acceptance", "supplement", lacking=names), officer("accept"), terms=TWO)


def bring(play: Play) -> None:
    play.do(Move("supplement", "bring"), PERSON, terms=TWO)


@pytest.mark.parametrize("waits", [False, True])
def test_what_was_spared_is_asked_for_though_the_rest_was_asked_for_before(waits: bool) -> None:
    play = Play()
    ask(play, "name")
    if waits:
        bring(fell(play, TUESDAY))
    else:
        bring(play)
        assert asked(play, "name") == Refused(Why.ONCE)
        fell(play, TUESDAY)
    no = asked(play, "name")
    assert no == Refused(Why.ONCE_MORE, {"names": ("plan",), "number": 1}), "only for the sake of what was spared"
    ask(play, "plan", "name")
    bring(play)
    assert asked(play, "plan") == Refused(Why.ONCE), "and only once"


def test_whoever_forgot_what_was_spared_asks_once_more() -> None:
    play = fell(Play(), TUESDAY)
    ask(play, "name")
    bring(play)
    ask(play, "plan")
    bring(play)
    assert asked(play, "plan") == Refused(Why.ONCE)
