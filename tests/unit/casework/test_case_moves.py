"""How a case moves along its process, or why it stays."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.casework import (
    APPLICANT,
    Because,
    Case,
    CaseEnded,
    CaseOpened,
    ClockAct,
    ClockStarted,
    Move,
    Outcome,
    Process,
    Step,
    StepTaken,
    Terms,
    Why,
    advance,
    folded,
    may,
    todos,
)
from onecity.casework.declared import Question, run
from onecity.casework.facts import CaseDelivered, Counted, Delivery, Todo
from onecity.casework.model import Worker
from onecity.casework.rules import LONGEST_WORDS
from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.clock import Calendar, Limit, Run
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import Text

CASE, SUBJECT, OFFICER = CaseId(UUID(int=1)), PersonId(UUID(int=2)), PersonId(UUID(int=3))
NOON: Final = datetime(2020, 9, 22, 4, tzinfo=UTC)
TODAY: Final = date(2020, 9, 22)
PLAIN: Final = Calendar({}, frozenset({2020}), {})
COUNTED: Final = Counted(date(2020, 10, 20), False, "c" * 64)
LAW: Final = Because("行政许可法", "32", date(2019, 4, 23))
ASK: Final = Question(Text("问", "ask"))


def step(duty: str, **outcomes: Outcome) -> Step:
    return Step(Text("步", "step"), duty, LAW, outcomes)


def outcome(*opens: str, ends: str | None = None, clock: bool = False, write: tuple[str, ...] = ()) -> Outcome:
    return Outcome(
        Text("果", "outcome"),
        opens,
        ends,
        clock=ClockAct.STARTS if clock else None,
        letter="x" if write else None,
        write=dict.fromkeys(write, ASK),
    )


PROCESS: Final = Process(
    Text("流程", "process"),
    ("acceptance",),
    {
        "acceptance": step(
            "accept",
            accept=outcome("survey", "hearing", clock=True),
            amend=outcome("amendment"),
            decline=outcome(ends="declined", write=("facts", "remedy")),
        ),
        "amendment": step(APPLICANT, amended=outcome("acceptance"), withdraw=outcome(ends="withdrawn")),
        "survey": step("survey", done=outcome("decision")),
        "hearing": step("hear", held=outcome("minutes")),
        "minutes": step("hear", signed=outcome("survey", "hearing")),
        "decision": step("decide", grant=outcome(ends="granted")),
    },
    {},
    (),
)


TERMS: Final = Terms(PROCESS, Limit(20), 10, frozenset({"plan"}), PLAIN, "c" * 64)


def scope(department: str = "market", area: str = "410100") -> Scope:
    return Scope(department, area)


def officer(duty: str | None, at: Scope | None = None) -> Acting:
    return Acting(OFFICER, Channel.API, duty, at or scope())


def history(*facts: Fact) -> tuple[Recorded, ...]:
    return tuple(Recorded(CASE, number, NOON, the_city(), fact) for number, fact in enumerate(facts, 1))


OPENED: Final = CaseOpened(
    "food",
    "a" * 64,
    "permit",
    "b" * 64,
    UUID(int=9),
    SUBJECT,
    "market",
    "410105001",
    TODAY,
    todos(PROCESS, PROCESS.begins, PLAIN, since=TODAY),
)


def case(*facts: Fact) -> Case:
    found = folded(history(OPENED, *facts))
    assert found is not None
    return found


def tried(at: Case, move: Move, by: Acting) -> tuple[Fact, ...] | Refused:
    return advance(at, move, terms=TERMS, by=by, now=datetime.combine(TODAY, time(12), UTC))


def taken(step: str, outcome: str, *opens: str) -> StepTaken:
    return StepTaken(step, outcome, todos(PROCESS, opens, PLAIN, since=TODAY), SUBJECT, None)


AMENDING: Final = case(taken("acceptance", "amend", "amendment"))


@pytest.mark.parametrize(
    ("by", "allowed"),
    [
        (officer("accept"), True),
        (officer("accept", scope(area="410105")), True),
        (officer("accept", scope(area="410105001")), True),
        (officer("accept", scope(area="410000")), True),
        (officer("accept", scope(area="410105002")), False),
        (officer("accept", scope(area="410106")), False),
        (officer("accept", scope(area="410200")), False),
        (officer("accept", scope(department="fire")), False),
        (officer("decide"), False),
        (officer(None), False),
        (officer(""), False),
        (officer(APPLICANT), False),
        (Acting(OFFICER, Channel.API, "accept"), False),
        (Acting(SUBJECT, Channel.PHONE), False),
        (the_city(), False),
    ],
)
def test_an_officers_step_needs_its_duty_where_the_case_is(by: Acting, allowed: bool) -> None:
    assert may(case(), "accept", by) is allowed


@pytest.mark.parametrize(
    ("by", "allowed"),
    [
        (Acting(SUBJECT, Channel.PHONE), True),
        (Acting(OFFICER, Channel.WINDOW, on_behalf_of=SUBJECT), True),
        (Acting(SUBJECT, Channel.PHONE, on_behalf_of=OFFICER), False),
        (officer("accept"), False),
        (officer(APPLICANT), False),
        (the_city(), False),
    ],
)
def test_the_applicants_step_waits_for_the_person_concerned(by: Acting, allowed: bool) -> None:
    assert may(AMENDING, APPLICANT, by) is allowed


WORDS: Final = {"facts": "a", "remedy": "b"}
ENDED: Final = case(taken("acceptance", "decline"), CaseEnded("declined"))


@pytest.mark.parametrize(
    ("at", "move", "by", "why"),
    [
        (ENDED, Move("acceptance", "accept"), officer("accept"), Why.ENDED),
        (ENDED, Move("nothing", "nothing"), officer("decide"), Why.ENDED),
        (case(), Move("decision", "grant"), officer("decide"), Why.NO_SUCH_STEP),
        (case(), Move("nothing", "accept"), officer("accept"), Why.NO_SUCH_STEP),
        (case(), Move("", ""), officer("accept"), Why.NO_SUCH_STEP),
        (AMENDING, Move("acceptance", "accept"), officer("accept"), Why.NO_SUCH_STEP),
        (case(), Move("acceptance", "accept"), officer("decide"), Why.NOT_YOUR_DUTY),
        (case(), Move("acceptance", "nothing"), officer("decide"), Why.NOT_YOUR_DUTY),
        (case(), Move("acceptance", "nothing"), officer("accept"), Why.NO_SUCH_OUTCOME),
        (case(), Move("acceptance", "grant"), officer("accept"), Why.NO_SUCH_OUTCOME),
        (case(), Move("acceptance", "decline"), officer("accept"), Why.UNSAID),
        (case(), Move("acceptance", "decline", WORDS | {"reason": "c"}), officer("accept"), Why.NOT_ASKED),
        (case(), Move("acceptance", "accept", {"facts": "nobody asked"}), officer("accept"), Why.NOT_ASKED),
        (case(), Move("acceptance", "accept", days=3), officer("accept"), Why.NOT_ASKED),
        (case(), Move("acceptance", "accept", lacking=("plan",)), officer("accept"), Why.NOT_ASKED),
        (case(), Move("acceptance", "decline", WORDS | {"remedy": " 　\n"}), officer("accept"), Why.UNSAID),
        (case(), Move("acceptance", "decline", {"facts": "a"}), officer("accept"), Why.UNSAID),
        (case(), Move("acceptance", "decline", WORDS | {"facts": "a" * (LONGEST_WORDS + 1)}), officer("accept"), Why.TOO_LONG),
    ],
)  # fmt: skip
def test_a_case_stays_for_one_reason(at: Case, move: Move, by: Acting, why: Why) -> None:
    refused = tried(at, move, by)
    assert isinstance(refused, Refused)
    assert refused.reason is why


@pytest.mark.parametrize(("words", "field"), [({}, "facts"), ({"remedy": "b"}, "facts"), ({"facts": "a"}, "remedy")])
def test_the_first_field_that_is_unsaid_is_named(words: Mapping[str, str], field: str) -> None:
    assert tried(case(), Move("acceptance", "decline", words), officer("accept")) == Refused(
        Why.UNSAID, {"field": field}
    )


def test_what_nobody_asked_for_is_named_with_what_was_meant_and_all_that_could_be() -> None:
    move = Move("acceptance", "decline", {"fact": "a", "remedy": "b"}, days=3)
    assert tried(case(), move, officer("accept")) == Refused(
        Why.NOT_ASKED,
        {"fields": ("words.fact", "days"), "meant": ("words.facts", ""), "known": ("words.facts", "words.remedy")},
    )


def test_words_of_the_longest_length_are_taken_and_trimmed() -> None:
    words = {"facts": f" {'a' * LONGEST_WORDS} \n", "remedy": "b"}
    facts = tried(case(), Move("acceptance", "decline", words), officer("accept"))
    said = {"facts": "a" * LONGEST_WORDS, "remedy": "b"}
    # What is decided goes into the inbox at once, within the ten working days that the law gives for it.
    ended = CaseEnded("declined", date(2020, 10, 6), good=False)
    assert facts == (StepTaken("acceptance", "decline", (), SUBJECT, said), ended, CaseDelivered(Delivery.ONLINE))


def test_an_acceptance_opens_the_next_steps_and_starts_the_clock() -> None:
    facts = tried(case(), Move("acceptance", "accept"), officer("accept"))
    opens = (Todo("survey", "survey", TODAY), Todo("hearing", "hear", TODAY))
    # Twenty days from Monday to Friday: the day of acceptance itself is not counted.
    clock = ClockStarted(TODAY, Limit(20), COUNTED)
    assert facts == (StepTaken("acceptance", "accept", opens, SUBJECT, None), clock)


def test_a_case_is_folded_from_its_history() -> None:
    clock = ClockStarted(TODAY, Limit(20), COUNTED)
    found = case(taken("acceptance", "accept", "survey", "hearing"), clock, taken("survey", "done", "decision"))
    assert found == Case(
        CASE,
        4,
        OPENED,
        {"hearing": Todo("hearing", "hear", TODAY), "decision": Todo("decision", "decide", TODAY)},
        OPENED.received,
        used=frozenset({"acceptance/accept", "survey/done"}),
        clock=Run(TODAY, Limit(20)),
        counted=COUNTED,
        workers={"acceptance": Worker(None, "market"), "survey": Worker(None, "market")},
    )
    assert found.due == date(2020, 10, 20)
    assert case().due is None


def test_an_end_leaves_nothing_to_do() -> None:
    assert ENDED.waiting == {}
    assert (ENDED.result, ENDED.version) == ("declined", 3)


def test_a_history_that_is_not_of_a_case_is_none() -> None:
    assert folded(()) is None
    assert folded(history(taken("acceptance", "amend", "amendment"), CaseEnded("declined"))) is None


WAYS: Final = [(name, chosen) for name, step in PROCESS.steps.items() for chosen in step.outcomes]


def words_for(step: str, outcome: str) -> dict[str, str]:
    """Everything that an outcome asks to be written, and no more."""
    return {part: WORDS[part] for part in PROCESS.steps[step].outcomes[outcome].write}


def right_author(step: str) -> Acting:
    duty = PROCESS.steps[step].duty
    return Acting(SUBJECT, Channel.PHONE) if duty == APPLICANT else officer(duty)


@given(st.lists(st.sampled_from(WAYS), max_size=30))
def test_whatever_is_tried_the_case_stays_within_its_process(tries: list[tuple[str, str]]) -> None:
    facts: tuple[Fact, ...] = ()
    went: list[str] = []
    for step_id, outcome_id in tries:
        now = case(*facts)
        found = tried(now, Move(step_id, outcome_id, words_for(step_id, outcome_id)), right_author(step_id))
        assert isinstance(found, Refused) is (now.result is not None or step_id not in now.waiting)
        if not isinstance(found, Refused):
            facts += found
            went.append(f"{step_id}/{outcome_id}")
    end = case(*facts)
    assert end.version == 1 + len(facts)
    if end.result is not None:
        assert run(PROCESS, tuple(went)) == end.result
        assert end.waiting == {}
    else:
        assert run(PROCESS, tuple(went)) == f"still waiting for {', '.join(sorted(end.waiting))}"
        assert end.waiting


@given(st.sampled_from(WAYS), st.sampled_from(["accept", "survey", "hear", "decide", APPLICANT, "", None]))
def test_no_other_duty_ever_moves_a_case(way: tuple[str, str], duty: str | None) -> None:
    open_everywhere = case(taken("acceptance", "amend", *PROCESS.steps))
    found = tried(open_everywhere, Move(*way, words_for(*way)), officer(duty))
    allowed = PROCESS.steps[way[0]].duty == duty != APPLICANT
    assert isinstance(found, Refused) is not allowed
