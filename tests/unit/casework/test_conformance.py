"""Which cases of a log went as a process of the pack is declared, and what they did instead."""

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.casework import PROCESS, Process
from onecity.casework.declared import ProcessExample, opened_by
from onecity.casework.mining import Case, Comparing, Conformance, Event, Stray, means

PROCESSES: Final = {name: one.value for name, one in shipped().all(PROCESS).items()}
EXAMPLES: Final = [
    pytest.param(process, example, id=f"{name}: {example.because}")
    for name, process in PROCESSES.items()
    for example in process.examples
]
FILING: Final = PROCESSES["filing"]


def case(steps: Sequence[str], name: str = "1") -> Case:
    return Case(name, tuple(Event(at, step, "") for at, step in enumerate(steps)))


def compared(process: Process, *cases: Case, **names: str) -> Conformance:
    beside = Comparing(process, names)
    for one in cases:
        beside.see(one)
    return beside.told()


@pytest.mark.parametrize(("process", "example"), EXAMPLES)
def test_an_example_of_a_process_fits_just_if_it_goes_through_whatever_the_log_calls_its_steps(
    process: Process, example: ProcessExample
) -> None:
    through, over = not example.gives.startswith("no way"), example.gives in process.results
    told = compared(process, case(example.given))
    assert (bool(told.fits), bool(told.ended)) == (through, over)
    steps = [move.partition("/")[0] for move in example.given]
    for said in (steps, [process.steps[step].name.zh for step in steps], [step.upper() for step in steps]):
        # Without outcomes a log says less, so more may fit.
        other = compared(process, case(said))
        assert other.fits >= told.fits
        assert other.ended >= told.ended
        assert not through or {one.step for one in other.steps if one.cases} >= set(steps)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(sorted(PROCESSES)), st.data())
def test_a_random_walk_through_a_process_fits_until_somebody_does_what_is_not_due(
    name: str, data: st.DataObject
) -> None:
    process = PROCESSES[name]
    waiting, moves, over = frozenset(process.begins), list[str](), False
    once = set[str]()
    while not over and len(moves) < 8:
        choices = [
            f"{step}/{outcome}"
            for step in sorted(waiting)
            for outcome in process.steps[step].outcomes
            if f"{step}/{outcome}" not in once
        ]
        if not choices:
            break
        move = data.draw(st.sampled_from(choices))
        step, _, chosen = move.partition("/")
        outcome = process.steps[step].outcomes[chosen]
        moves.append(move)
        once |= {move} if outcome.once else set()
        over = outcome.ends is not None
        waiting = waiting - {step} | frozenset(opened_by(process, waiting, step, outcome))
    told = compared(process, case(moves))
    assert (told.fits, bool(told.ended)) == (1, over)
    left = sorted(process.steps.keys() - waiting)
    if left and not over:
        stray = data.draw(st.sampled_from(left))
        other = compared(process, case([*moves, f"{stray}/{next(iter(process.steps[stray].outcomes))}"]))
        assert (other.fits, [one.why for one in other.strange]) == (0, [Stray.NOT_WAITING])


def test_what_did_not_follow_the_process_is_told_with_its_place() -> None:
    told = compared(
        FILING,
        case(["filing"], "fits"),
        case(["supplement", "filing"], "early"),
        case(["filing/file", "phone call", "filing"], "more"),
        case(["受理"], "named"),
        Case("no time", (Event(None, "filing", ""),)),
        受理="filing/file",
    )
    assert (told.cases, told.fits, told.ended) == (4, 2, 2)
    assert [(one.before, one.step, one.why, one.cases) for one in told.strange] == [
        (None, "supplement", Stray.NOT_WAITING, 1),
        ("filing/file", "phone call", Stray.UNDECLARED, 1),
        ("phone call", "filing", Stray.NOT_WAITING, 1),
    ]
    assert told.never == ("correction",)
    assert [one.case for one in told.deviating] == ["early", "more"]
    assert {one.step: one.cases for one in told.steps} == {"filing": 4, "correction": 0, "supplement": 1}


def test_what_the_law_allows_once_does_not_fit_twice() -> None:
    again = ["filing/supplement", "supplement/bring", "filing/supplement"]
    assert compared(FILING, case(again[:2])).fits == 1
    [strange] = compared(FILING, case(again)).strange
    assert (strange.step, strange.before) == ("filing/supplement", "supplement/bring")


def test_a_success_may_be_reopened_where_the_process_says_so() -> None:
    process = PROCESSES["street_problem"]
    assert process.reopens is not None
    way = next(one.given for one in process.examples if one.gives in process.succeeds)
    [again] = process.reopens.opens[:1]
    assert compared(process, case([*way, again])).fits == 1
    assert compared(FILING, case(["filing/file", "filing"])).fits == 0


def test_names_of_steps_are_known_by_id_outcome_and_language() -> None:
    assert [means(FILING, one) for one in ("filing", " Filing/FILE", "备案", "The applicant corrects")] == [True] * 4
    assert not means(FILING, "filing/bring")
