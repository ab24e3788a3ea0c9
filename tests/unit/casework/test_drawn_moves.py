"""Work that is sent to an agency, counted in hours, and looked at by somebody whom a lot chose elsewhere."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.casework import (
    Because,
    Case,
    CaseEnded,
    CaseOpened,
    CaseReopened,
    Check,
    ClockAct,
    DrawOpened,
    Move,
    Outcome,
    Process,
    Step,
    StepTaken,
    Terms,
    Why,
    WorkDrawn,
    advance,
    at_once,
    folded,
    latest_instant,
    lot,
    pseudonym,
    then,
    todos,
)
from onecity.casework.declared import AtOnce, Question, Reopening, Silence
from onecity.casework.facts import ClockExtended, ClockResumed, ClockStarted, ClockStopped, Overrun, WorkReleased
from onecity.casework.rules.deadlines import reminders
from onecity.casework.rules.drawing import OnDuty, draw_opened, undrawn, work_drawn
from onecity.casework.rules.moves import reopened
from onecity.casework.rules.work import claimed, handed_over, released
from onecity.casework.walking import flaws
from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.clock import Calendar, Limit, OfficeHours, Span, StopKind, Unit
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import Text

CASE, REPORTER = CaseId(UUID(int=1)), PersonId(UUID(int=2))
CLERK, MENDER, MATE, FAR, FARTHER = (PersonId(UUID(int=number)) for number in range(3, 8))
LAW: Final = Because("模拟城市办事规则", "1", date(2020, 1, 1))
NAME: Final = Text("名", "name")
ASK: Final = {"why": Question(NAME)}
ZONE: Final = ZoneInfo("Asia/Shanghai")
HOURS: Final = OfficeHours((Span(time(8), time(12)), Span(time(14), time(18))))
MONDAY: Final = datetime(2020, 9, 21, 10, tzinfo=ZONE)
REASONS: Final = frozenset(
    {
        Why.DRAWN,
        Why.WAITS_FOR_LOT,
        Why.NOBODY_TO_DRAW,
        Why.NO_RECEIVER,
        Why.NO_REOPENING,
        Why.TOO_LATE,
        Why.SAME_AGENCY,
    }
)
"""Reasons that this module tries."""


def outcome(*opens: str, **more: object) -> Outcome:
    return Outcome(NAME, opens, **more)  # type: ignore[arg-type]


STEPS: Final[Mapping[str, Step]] = {
    "dispatch": Step(
        NAME, "dispatch", LAW, {"send": outcome("mend", clock=ClockAct.STARTS, sends=("mend",)), "no": outcome(ends="no")}
    ),
    "mend": Step(
        NAME,
        "mend",
        LAW,
        {
            "done": outcome("look"),
            "extend": outcome("mend", clock=ClockAct.EXTENDS, duty="chief", letter="x", once=True),
            "put_off": outcome("rest", clock=ClockAct.STOPS, stop=StopKind.DEFERRAL, letter="x", once=True),
        },
    ),
    "rest": Step(
        NAME, "dispatch", LAW, {"resume": outcome("mend", clock=ClockAct.RESUMES)}, silence=Silence("resume", LAW)
    ),
    "look": Step(NAME, "look", LAW, {"good": outcome(ends="closed", confirms=True), "bad": outcome("mend")}, always=True, drawn=("mend",)),
}  # fmt: skip
PROCESS: Final = Process(
    NAME,
    ("dispatch",),
    STEPS,
    {"closed": NAME, "no": NAME},
    (),
    succeeds=("closed",),
    refuses=("no",),
    reopens=Reopening(("mend",), 7, LAW),
)


def terms(limit: Limit = Limit(4, Unit.WORKING_HOURS)) -> Terms:  # noqa: B008 - a limit is frozen
    return Terms(
        PROCESS, limit, 4, frozenset(), Calendar({}, frozenset({2020, 2021}), {}), "c" * 64, HOURS, ZONE,
        frozenset({"roads", "water"}),
    )  # fmt: skip


def by(duty: str, who: PersonId, agency: str = "centre") -> Acting:
    return Acting(who, Channel.API, duty, Scope(agency, "410100"))


DISPATCHER: Final = by("dispatch", CLERK)
MENDING: Final = by("mend", MENDER, "roads")
PERSON: Final = Acting(REPORTER, Channel.PHONE)


class Street:
    """A case of the street, to which things happen at instants."""

    def __init__(self, limit: Limit = Limit(4, Unit.WORKING_HOURS)) -> None:  # noqa: B008 - a limit is frozen
        self.terms, self.now, self.history = terms(limit), MONDAY, list[Recorded]()
        begins = todos(PROCESS, PROCESS.begins, self.terms.calendar, since=MONDAY.date())
        opened = CaseOpened(
            "cover", "a" * 64, "street", "b" * 64, UUID(int=9), REPORTER, "centre", "410105001", MONDAY.date(), begins,
            checked=PROCESS.checked,
        )  # fmt: skip
        self.add(the_city(), opened)

    def add(self, author: Acting, *facts: Fact) -> "Street":
        for fact in facts:
            self.history.append(Recorded(CASE, len(self.history) + 1, self.now.astimezone(UTC), author, fact))
        return self

    def later(self, **time_: float) -> "Street":
        self.now += timedelta(**time_)
        return self

    @property
    def case(self) -> Case:
        found = folded(self.history)
        assert found is not None
        return found

    def tried(self, move: Move, author: Acting) -> tuple[Fact, ...] | Refused:
        return advance(self.case, move, terms=self.terms, by=author, now=self.now)

    def do(self, move: Move, author: Acting) -> "Street":
        found = self.tried(move, author)
        assert not isinstance(found, Refused), found
        return self.add(author, *found)

    def opens_lot(self, *on_duty: tuple[PersonId, str]) -> "Street":
        found = draw_opened(self.case, "look", [OnDuty(*one) for one in on_duty], terms=self.terms)
        assert not isinstance(found, Refused), found
        return self.add(the_city(), *found)

    def falls(self, root: bytes = b"r" * 32) -> PersonId:
        found = work_drawn(self.case, "look", size=7, root=root)
        assert not isinstance(found, Refused), found
        self.add(the_city(), *found)
        return PersonId(self.case.holders["look"])


def sent(limit: Limit = Limit(4, Unit.WORKING_HOURS)) -> Street:  # noqa: B008 - a limit is frozen
    return Street(limit).do(Move("dispatch", "send", to={"mend": "roads"}), DISPATCHER)


def mended() -> Street:
    return sent().later(hours=1).do(Move("mend", "done"), MENDING)


ALL: Final = ((MENDER, "roads"), (MATE, "roads"), (FAR, "streets"), (FARTHER, "water"), (REPORTER, "streets"))


def test_a_step_waits_for_the_agency_that_it_was_sent_to_and_comes_back_to_it() -> None:
    street = sent()
    assert street.case.agency_of("mend") == "roads"
    assert street.tried(Move("mend", "done"), by("mend", MENDER, "centre")) == Refused(Why.NOT_YOUR_DUTY)
    drawn = mended().opens_lot(*ALL)
    who = drawn.falls()
    back = drawn.do(Move("look", "bad"), by("look", who, dict(ALL)[who]))
    assert back.case.agency_of("mend") == "roads"


@pytest.mark.parametrize("to", [{}, {"mend": "army"}], ids=["nobody", "a stranger"])
def test_work_is_sent_only_to_those_who_can_receive_it(to: Mapping[str, str]) -> None:
    found = Street().tried(Move("dispatch", "send", to=to), DISPATCHER)
    assert isinstance(found, Refused) and found.reason is Why.NO_RECEIVER


def test_a_rule_sends_at_once_only_what_the_process_leaves_to_it_and_only_to_those_who_can_receive_it() -> None:
    step = msgspec.structs.replace(STEPS["dispatch"], at_once=AtOnce(("send",), LAW))
    ruled = msgspec.structs.replace(
        terms(), process=msgspec.structs.replace(PROCESS, steps={**STEPS, "dispatch": step})
    )
    street, send = Street(), Move("dispatch", "send", to={"mend": "roads"})
    facts = at_once(street.case, send, terms=ruled, now=street.now)
    taken = next(one for one in facts if isinstance(one, StepTaken))
    assert taken.at_once and [todo.agency for todo in taken.opens] == ["roads"]
    after = then(street.case, facts, by=DISPATCHER, now=street.now)
    assert after.waiting.keys() == {"mend"} and after.due is not None
    assert after.workers["dispatch"].person is None
    assert at_once(street.case, send, terms=terms(), now=street.now) == ()
    for other in (Move("dispatch", "send"), Move("dispatch", "send", to={"mend": "army"}), Move("dispatch", "no")):
        assert at_once(street.case, other, terms=ruled, now=street.now) == ()
    assert at_once(after, send, terms=ruled, now=street.now) == ()


def test_nothing_is_sent_where_nothing_is_to_be_sent() -> None:
    found = sent().tried(Move("mend", "done", to={"look": "water"}), MENDING)
    assert isinstance(found, Refused) and found.reason is Why.NOT_ASKED


def test_the_clock_of_the_unit_runs_from_the_dispatch_in_office_hours() -> None:
    [started] = [one.fact for one in sent().history if isinstance(one.fact, ClockStarted)]
    assert started.at == MONDAY and started.counted.at == datetime(2020, 9, 21, 16, tzinfo=ZONE)
    assert started.counted.due == date(2020, 9, 21)


def test_urgent_hours_run_day_and_night() -> None:
    case = sent(Limit(20, Unit.URGENT_HOURS)).case
    assert case.counted is not None and case.counted.at == MONDAY + timedelta(hours=20)


def test_a_clock_of_hours_is_lengthened_in_hours() -> None:
    street = sent().do(Move("mend", "extend", days=4), by("chief", CLERK, "roads"))
    [extended] = [one.fact for one in street.history if isinstance(one.fact, ClockExtended)]
    assert extended.counted.at == datetime(2020, 9, 22, 10, 0, tzinfo=ZONE)


def test_what_is_put_off_stands_still_until_its_day_and_then_runs_on_by_itself() -> None:
    street = sent().later(hours=1).do(Move("mend", "put_off", days=3), MENDING)
    [stopped] = [one.fact for one in street.history if isinstance(one.fact, ClockStopped)]
    assert stopped.at == MONDAY + timedelta(hours=1)
    assert street.case.waiting["rest"].silent == date(2020, 9, 24)
    assert stopped.counted.due == date(2020, 9, 25)
    assert street.tried(Move("rest", "resume"), the_city()) == Refused(Why.STILL_TIME)
    street.later(days=4).do(Move("rest", "resume"), the_city())
    [resumed] = [one.fact for one in street.history if isinstance(one.fact, ClockResumed)]
    # An hour was used before; three are left from eleven o'clock on Friday.
    assert resumed.counted.at == datetime(2020, 9, 25, 16, 0, tzinfo=ZONE)


def test_exactly_at_the_latest_instant_nobody_is_late() -> None:
    street = sent().later(hours=6)
    found = latest_instant(street.case, street.terms, now=street.now)
    assert found is not None and found.at == street.now
    assert reminders(street.case, street.terms, now=street.now) == ()
    assert reminders(street.case, street.terms, now=street.now + timedelta(seconds=1)) == (Overrun(date(2020, 9, 21)),)


def test_who_may_be_chosen_are_those_of_other_agencies_who_are_not_concerned() -> None:
    street = mended().opens_lot(*ALL)
    [opened] = [one.fact for one in street.history if isinstance(one.fact, DrawOpened)]
    assert opened.apart_from == ("roads",)
    assert set(opened.candidates) == {FAR, FARTHER}
    assert list(opened.candidates) == sorted(opened.candidates, key=lambda who: pseudonym(CASE, who))


def test_where_nobody_else_is_on_duty_no_lot_is_opened() -> None:
    street = mended()
    found = draw_opened(street.case, "look", [OnDuty(MENDER, "roads"), OnDuty(MATE, "roads")], terms=street.terms)
    assert found == Refused(Why.NOBODY_TO_DRAW)
    assert undrawn(street.case) == ("look",)


def test_anybody_can_draw_again_from_what_is_written() -> None:
    street = mended().opens_lot(*ALL)
    opened, version = street.history[-1].fact, len(street.history)
    who = street.falls(b"x" * 32)
    drawn = street.history[-1].fact
    assert isinstance(opened, DrawOpened) and isinstance(drawn, WorkDrawn)
    again = lot(CASE, version, bytes.fromhex(drawn.root), len(opened.candidates))
    assert opened.candidates[again] == who == drawn.officer


@given(st.integers(1, 40), st.binary(min_size=32, max_size=32), st.integers(1, 1000))
def test_a_lot_falls_on_one_of_them_and_always_on_the_same(number: int, root: bytes, version: int) -> None:
    found = lot(CASE, version, root, number)
    assert 0 <= found < number
    assert found == lot(CASE, version, root, number)


def test_lots_fall_on_everybody_about_as_often() -> None:
    falls = Counter(lot(UUID(int=one), 5, b"r" * 32, 4) for one in range(4_000))
    assert all(850 < times < 1_150 for times in falls.values()), falls


def test_before_the_lot_falls_nobody_looks_and_nobody_takes_it() -> None:
    street = mended()
    looking = by("look", FAR, "streets")
    for _ in range(2):
        assert street.tried(Move("look", "good"), looking) == Refused(Why.WAITS_FOR_LOT)
        assert claimed(street.case, "look", terms=street.terms, by=looking) == Refused(Why.WAITS_FOR_LOT)
        street = mended().opens_lot(*ALL)


def test_only_whoever_the_lot_fell_on_looks_and_nobody_stands_in() -> None:
    street = mended().opens_lot(*ALL)
    who = street.falls()
    other = FAR if who == FARTHER else FARTHER
    agency = dict(ALL)
    for stranger in (by("look", other, agency[other]), by("look", MENDER, "roads"), by("look", MATE, "roads")):
        assert street.tried(Move("look", "good"), stranger) == Refused(Why.DRAWN)
    looking = by("look", who, agency[who])
    assert claimed(street.case, "look", terms=street.terms, by=looking) == ()
    assert handed_over(street.case, "look", other, terms=street.terms, able=True, by=looking) == Refused(Why.DRAWN)
    # Somebody who has duties in two agencies does not look at the work of their own.
    assert street.tried(Move("look", "good"), by("look", who, "roads")) == Refused(Why.SAME_AGENCY)


def test_a_success_says_who_looked_at_whose_work() -> None:
    street = mended().opens_lot(*ALL)
    who = street.falls()
    street.do(Move("look", "good"), by("look", who, dict(ALL)[who]))
    [taken] = [one.fact for one in street.history if isinstance(one.fact, StepTaken) and one.fact.step == "look"]
    assert taken.check == Check(MENDER, "roads", who, dict(ALL)[who])
    [ended] = [one.fact for one in street.history if isinstance(one.fact, CaseEnded)]
    assert ended.good and street.case.result == "closed"


def test_a_look_that_does_not_confirm_is_no_check_and_lets_no_way_to_success() -> None:
    street = mended().opens_lot(*ALL)
    who = street.falls()
    street.do(Move("look", "bad"), by("look", who, dict(ALL)[who]))
    [taken] = [one.fact for one in street.history if isinstance(one.fact, StepTaken) and one.fact.step == "look"]
    assert taken.check is None
    redo = Step(NAME, "mend", LAW, {"redone": outcome(ends="closed")})
    look = msgspec.structs.replace(STEPS["look"], outcomes={**STEPS["look"].outcomes, "bad": outcome("redo")})
    skipping = msgspec.structs.replace(PROCESS, steps={**STEPS, "look": look, "redo": redo})
    assert [where for where, *_ in flaws(skipping)] == ["steps.redo.outcomes.redone"]


def test_work_that_is_begun_again_is_to_be_looked_at_again() -> None:
    close = Step(NAME, "clerk", LAW, {"close": outcome(ends="closed"), "again": outcome("mend")})
    look = msgspec.structs.replace(
        STEPS["look"], outcomes={"good": outcome("close", confirms=True), "bad": outcome("mend")}
    )
    mend = msgspec.structs.replace(STEPS["mend"], outcomes={**STEPS["mend"].outcomes, "stop": outcome("close")})
    looked_at = msgspec.structs.replace(PROCESS, steps={**STEPS, "look": look, "close": close})
    assert list(flaws(looked_at)) == []
    assert [
        where for where, *_ in flaws(msgspec.structs.replace(looked_at, steps={**looked_at.steps, "mend": mend}))
    ] == ["steps.close.outcomes.close"]


def test_a_new_look_is_open_to_those_who_gave_the_last_one_back() -> None:
    street = mended().opens_lot(*ALL)
    who = street.falls()
    street.add(by("look", who, dict(ALL)[who]), WorkReleased("look"))
    assert street.case.passed == {who}
    other = FAR if who == FARTHER else FARTHER
    street.opens_lot(*ALL)
    assert street.falls() == other
    street.do(Move("look", "bad"), by("look", other, dict(ALL)[other])).do(Move("mend", "done"), MENDING)
    assert street.case.passed == frozenset()


def test_whoever_gives_a_lot_back_is_not_drawn_again() -> None:
    street = mended().opens_lot(*ALL)
    who = street.falls()
    facts = released(street.case, "look", terms=street.terms, by=by("look", who, dict(ALL)[who]))
    assert facts == (WorkReleased("look"),)
    street.add(by("look", who, dict(ALL)[who]), *facts).opens_lot(*ALL)
    opened = street.history[-1].fact
    assert isinstance(opened, DrawOpened) and set(opened.candidates) == {FAR, FARTHER} - {who}


def closed() -> Street:
    street = mended().opens_lot(*ALL)
    who = street.falls()
    return street.do(Move("look", "good"), by("look", who, dict(ALL)[who]))


def again(street: Street, author: Acting = PERSON, words: str = "still open") -> tuple[Fact, ...] | Refused:
    return reopened(street.case, words, terms=street.terms, by=author, now=street.now)


def test_the_person_reopens_once_and_the_work_goes_back_to_whoever_did_it() -> None:
    street = closed().later(days=7)
    facts = again(street)
    assert not isinstance(facts, Refused) and isinstance(facts[0], CaseReopened)
    street.add(PERSON, *facts)
    assert street.case.result is None and street.case.agency_of("mend") == "roads"
    assert street.tried(Move("look", "good"), by("look", FAR, "streets")) == Refused(Why.NO_SUCH_STEP)
    street.do(Move("mend", "done"), MENDING).opens_lot(*ALL)
    who = street.falls(b"y" * 32)
    street.do(Move("look", "good"), by("look", who, dict(ALL)[who]))
    assert again(street) == Refused(Why.ONCE)


def test_nothing_is_reopened_too_late_by_others_without_words_or_where_nothing_was_done() -> None:
    assert again(closed().later(days=8)) == Refused(Why.TOO_LATE)
    assert again(closed(), DISPATCHER) == Refused(Why.NOT_YOUR_DUTY)
    assert again(closed(), words=" ") == Refused(Why.UNSAID, {"field": "words"})
    assert again(mended()) == Refused(Why.NOT_ENDED)
    assert again(Street().do(Move("dispatch", "no"), DISPATCHER)) == Refused(Why.NO_REOPENING)


def test_no_way_through_the_process_ends_well_without_a_look() -> None:
    assert list(flaws(PROCESS)) == []
    unseen = {**STEPS, "mend": Step(NAME, "mend", LAW, {**STEPS["mend"].outcomes, "trust_me": outcome(ends="closed")})}
    assert [where for where, *_ in flaws(Process(NAME, ("dispatch",), unseen, PROCESS.results, (), ("closed",)))] == [
        "steps.mend.outcomes.trust_me"
    ]
