"""What is wrong with a process that a pack declares."""

from collections.abc import Iterator

from onecity.casework.declared import APPLICANT, LONGEST_STOP, NO, ClockAct, Outcome, Process, Step, run, signers
from onecity.casework.laws import law_faults
from onecity.casework.walking import flaws
from onecity.kernel.clock import StopKind
from onecity.packs import Declared, Fault, Kind, Pack
from onecity.people import DUTY


def _check(pack: Pack, declared: Declared[Process]) -> Iterator[Fault]:
    process = declared.value
    yield from law_faults(pack, declared)
    named = [("begins", name) for name in process.begins]
    wrong: list[Fault] = []
    for key, duty in (("head", process.head), ("hands_over", process.hands_over)):
        if duty is not None:
            yield from pack.unknown(declared, key, DUTY, duty)
    for step_id, step in process.steps.items():
        path = f"steps.{step_id}"
        yield from _duty_faults(pack, declared, path, step)
        named.extend((f"{path}.joins", name) for name in step.joins)
        named.extend((f"{path}.apart_from", name) for name in step.apart_from)
        wrong.extend((*_drawn_faults(declared, path, step), *_at_once_faults(declared, path, step)))
        for outcome_id, outcome in step.outcomes.items():
            inner = f"{path}.outcomes.{outcome_id}"
            named.extend((inner, name) for name in outcome.opens)
            wrong.extend(
                (*_outcome_faults(declared, inner, step, outcome), *_meets_faults(declared, step_id, outcome_id))
            )
    yield from wrong
    for field, results in (
        ("succeeds", process.succeeds),
        ("refuses", process.refuses if process.refuses != NO else ()),
    ):
        for index, result in enumerate(results):
            if result not in process.results:
                mend = f"Results are: {', '.join(process.results)}."
                yield declared.fault(f"{field}.{index}", f"There is no result `{result}`.", mend)
    named.extend(("reopens", name) for name in (process.reopens.opens if process.reopens else ()))
    unknown = [(path, name) for path, name in named if name not in process.steps]
    for path, name in unknown:
        yield declared.fault(path, f"There is no step `{name}`.", f"Steps are: {', '.join(process.steps)}.")
    if unknown:
        return
    opened = {name for path, name in named if not path.endswith((".joins", ".apart_from"))}
    unopened = sorted(process.steps.keys() - opened)
    for step_id in unopened:
        yield declared.fault(f"steps.{step_id}", "No outcome leads here.", "Open it from an outcome, or remove it.")
    for index, example in enumerate(process.examples):
        found = run(process, example.given)
        if found != example.gives:
            what = f"This example does not hold: {found}, not {example.gives}."
            yield declared.fault(f"examples.{index}", what, "Mend the process or the example.")
    if not unopened and not wrong:
        yield from (declared.fault(path, what, mend) for path, what, mend in flaws(process))


def _duty_faults(pack: Pack, declared: Declared[Process], path: str, step: Step) -> Iterator[Fault]:
    if step.duty != APPLICANT:
        yield from pack.unknown(declared, f"{path}.duty", DUTY, step.duty)
    elif step.officers != 1:
        yield declared.fault(f"{path}.officers", "A person is not two officers.", "Remove `officers`.")
    for outcome_id, outcome in step.outcomes.items():
        if outcome.duty is not None:
            yield from pack.unknown(declared, f"{path}.outcomes.{outcome_id}.duty", DUTY, outcome.duty)
    if step.confirms and step.duty != APPLICANT:
        yield declared.fault(f"{path}.confirms", "Only the applicant confirms.", "Remove `confirms`, or change `duty`.")
    if step.silence is not None and step.silence.outcome not in step.outcomes:
        mend = f"Outcomes are: {', '.join(step.outcomes)}."
        yield declared.fault(f"{path}.silence", f"There is no outcome `{step.silence.outcome}`.", mend)
    elif step.silence is not None and step.silence.after is None and not _waits_for_a_stop(declared.value, path):
        mend = "Write `number`, or open the step only from an outcome that stops the clock."
        yield declared.fault(f"{path}.silence", "Nobody announced when this ends.", mend)
    elif step.silence is not None and (found := step.outcomes[step.silence.outcome]) and (found.write or found.lists):
        yield declared.fault(f"{path}.silence", "Silence writes nothing.", "Name an outcome that asks for no words.")


def _waits_for_a_stop(process: Process, path: str) -> bool:
    """Whether every outcome that opens a step stops the clock, so that somebody says how long."""
    step = path.removeprefix("steps.")
    outcomes = (outcome for one in process.steps.values() for outcome in one.outcomes.values())
    opening = [outcome for outcome in outcomes if step in outcome.opens]
    return bool(opening) and all(outcome.clock is ClockAct.STOPS for outcome in opening)


def _drawn_faults(declared: Declared[Process], path: str, step: Step) -> Iterator[Fault]:
    for index, name in enumerate(step.drawn):
        if name not in declared.value.steps:
            mend = f"Steps are: {', '.join(declared.value.steps)}."
            yield declared.fault(f"{path}.drawn.{index}", f"There is no step `{name}`.", mend)
    if not step.drawn:
        return
    if step.duty == APPLICANT or step.officers != 1:
        yield declared.fault(f"{path}.drawn", "A lot falls on one officer.", "Remove `drawn`, or change the duty.")
    if not any(outcome.confirms for outcome in step.outcomes.values()):
        mend = "Write `confirms: true` at the outcome by which they do."
        yield declared.fault(f"{path}.drawn", "Whoever a lot chose cannot say that the work is done.", mend)


def _at_once_faults(declared: Declared[Process], path: str, step: Step) -> Iterator[Fault]:
    """What no rule can choose: an outcome that asks a person for something, or that ends the case."""
    if step.at_once is None:
        return
    if step.officers > 1 or step.drawn or step.duty == APPLICANT:
        yield declared.fault(f"{path}.at_once", "This step needs its person.", "Remove `at_once`.")
    for index, name in enumerate(step.at_once.outcomes):
        outcome, inner = step.outcomes.get(name), f"{path}.at_once.outcomes.{index}"
        if outcome is None:
            mend = f"Outcomes are: {', '.join(step.outcomes)}."
            yield declared.fault(inner, f"There is no outcome `{name}`.", mend)
        elif outcome.write or outcome.lists or outcome.asks_days or outcome.ends or outcome.duty or outcome.meets:
            what = f"`{name}` ends the case, or asks for what only a person can say."
            yield declared.fault(inner, what, "Leave it to a person.")


def _outcome_faults(declared: Declared[Process], path: str, step: Step, outcome: Outcome) -> Iterator[Fault]:
    if outcome.confirms and not step.drawn:
        what = "Only whoever a lot chose confirms the work of others."
        yield declared.fault(path, what, "Remove `confirms`, or let the step be `drawn`.")
    if bool(outcome.opens) == (outcome.ends is not None):
        yield declared.fault(path, "An outcome either opens steps or ends the case.", "Write `opens` or `ends`.")
    for name in outcome.sends:
        if name not in outcome.opens:
            yield declared.fault(f"{path}.sends", f"`{name}` is not opened here.", "Send only what `opens` names.")
    if outcome.stop is StopKind.DEFERRAL and declared.value.hands_over is not None:
        mend = "Name a stop of the permit law, article 45."
        yield declared.fault(f"{path}.stop", "A permit cannot be put off.", mend)
    results = declared.value.results
    if outcome.ends is not None and outcome.ends not in results:
        yield declared.fault(path, f"There is no result `{outcome.ends}`.", f"Results are: {', '.join(results)}.")
    if (outcome.write or outcome.lists) and outcome.letter is None:
        yield declared.fault(path, "What is written here reaches nobody.", "Name the `letter` that carries it.")
    if (outcome.stop is not None) != (outcome.clock is ClockAct.STOPS):
        yield declared.fault(path, "A stop has a kind, and only a stop has one.", "Write `clock: stops` and `stop`.")
    if outcome.at_most != LONGEST_STOP and not (outcome.clock is ClockAct.STOPS and outcome.asks_days):
        what = "Nobody says here for how long the clock stands."
        yield declared.fault(f"{path}.at_most", what, "Write `at_most` where a stop asks for days.")
    if outcome.clock in (ClockAct.STOPS, ClockAct.EXTENDS) and outcome.letter is None:
        mend = "Name the `letter` that tells the person."
        yield declared.fault(path, "Nobody may move the latest day in silence.", mend)


def _meets_faults(declared: Declared[Process], step_id: str, outcome_id: str) -> Iterator[Fault]:
    """What is wrong with a meeting: one officer calls it, those called read of it, and somebody says how it went."""
    step = declared.value.steps[step_id]
    outcome, path = step.outcomes[outcome_id], f"steps.{step_id}.outcomes.{outcome_id}"
    if outcome.meets is None:
        return
    silent = step.silence is not None and step.outcomes.get(step.silence.outcome) is outcome
    if silent or step.duty == APPLICANT or signers(step_id, step, outcome) != 1:
        yield declared.fault(f"{path}.meets", "One officer names the day.", "Let a step of one officer call it.")
    if outcome.letter is None:
        yield declared.fault(f"{path}.meets", "Nobody is told of the day.", "Name the `letter` that tells the person.")
    if not outcome.opens:
        yield declared.fault(f"{path}.meets", "Nobody holds the meeting.", "Open the step in which people meet.")
    for name in outcome.opens:
        if name in declared.value.steps and declared.value.steps[name].silence is not None:
            what = f"Silence would end `{name}`, whatever the day on which people meet."
            yield declared.fault(f"{path}.meets", what, f"Remove `silence` from `{name}`.")
    if outcome.meets.may_ask and not any(_names_a_time(declared.value, name) for name in outcome.opens):
        what = "Whoever is asked for another time can name none."
        yield declared.fault(f"{path}.meets", what, "Give the step of the meeting an outcome that `meets`.")
    if outcome.clock not in (None, ClockAct.STOPS):
        yield declared.fault(f"{path}.meets", "A meeting to come stops the clock or leaves it.", "Change `clock`.")


def _names_a_time(process: Process, step: str) -> bool:
    outcomes = process.steps[step].outcomes.values() if step in process.steps else ()
    return any(outcome.meets is not None for outcome in outcomes)


PROCESS: Kind[Process] = Kind("process", "casework/processes", Process, _check)
"""What can happen to a case."""
