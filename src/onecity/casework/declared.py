"""What a pack may say about processes: steps, the duty of each, its outcomes, and the article behind it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.people import DUTY

APPLICANT = "applicant"
"""The duty of a step that waits for the person whose affair it is."""


class Because(msgspec.Struct, frozen=True):
    """The article that sets a rule, in the version of a day. `phrase` stands there word for word."""

    law: str
    article: str
    version: date
    phrase: Annotated[str, msgspec.Meta(max_length=20)] = ""

    def said(self, lang: str) -> str:
        """The article as people cite it.

        >>> Because("行政许可法", "42", date(2019, 4, 23)).said("zh")
        '《行政许可法》第 42 条'
        """
        if lang == "en":
            return f"《{self.law}》, article {self.article}"
        return f"《{self.law}》第 {self.article} 条"


class Question(msgspec.Struct, frozen=True):
    """What whoever chooses an outcome must write; the person concerned reads it word for word."""

    ask: Text
    hint: Text | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How a step may end: it opens other steps, or it ends the case with a result.

    `letter` names the sentences that the person concerned gets; `write` is what they must be told in it.
    """

    name: Text
    opens: tuple[str, ...] = ()
    ends: str | None = None
    starts_clock: bool = False
    letter: str | None = None
    write: Mapping[str, Question] = {}
    because: Because | None = None


class Step(msgspec.Struct, frozen=True):
    """A piece of work that one duty does; the next steps follow from its outcome."""

    name: Text
    duty: str
    because: Because
    outcomes: Annotated[Mapping[str, Outcome], msgspec.Meta(min_length=1)]


class ProcessExample(msgspec.Struct, frozen=True):
    """A row of `step/outcome`, and the result with which the case ends."""

    given: tuple[str, ...]
    gives: str
    because: str


class Process(msgspec.Struct, frozen=True):
    """A process: the steps with which it begins, and all its steps. `results` are the words for how it may end.

    `succeeds` are the results after which cases that wait for this one may begin.
    """

    name: Text
    begins: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    steps: Annotated[Mapping[str, Step], msgspec.Meta(min_length=1)]
    results: Annotated[Mapping[str, Text], msgspec.Meta(min_length=1)]
    examples: Annotated[tuple[ProcessExample, ...], msgspec.Meta(min_length=1)]
    succeeds: tuple[str, ...] = ("granted",)


def run(process: Process, moves: tuple[str, ...]) -> str:
    """The result to which a row of `step/outcome` leads, or a word saying where it breaks off."""
    waiting = set(process.begins)
    for move in moves:
        step, _, outcome = move.partition("/")
        if step not in waiting or outcome not in process.steps[step].outcomes:
            return f"no way through {move}"
        waiting.remove(step)
        done = process.steps[step].outcomes[outcome]
        if done.ends is not None:
            return done.ends
        waiting.update(done.opens)
    return f"still waiting for {', '.join(sorted(waiting))}"


def _check(pack: Pack, declared: Declared[Process]) -> Iterator[Fault]:
    process = declared.value
    named = [("begins", name) for name in process.begins]
    for step_id, step in process.steps.items():
        if step.duty != APPLICANT:
            yield from pack.unknown(declared, f"steps.{step_id}.duty", DUTY, step.duty)
        for outcome_id, outcome in step.outcomes.items():
            path = f"steps.{step_id}.outcomes.{outcome_id}"
            named.extend((path, name) for name in outcome.opens)
            yield from _outcome_faults(declared, path, outcome)
    for index, result in enumerate(process.succeeds):
        if result not in process.results:
            mend = f"Results are: {', '.join(process.results)}."
            yield declared.fault(f"succeeds.{index}", f"There is no result `{result}`.", mend)
    unknown = [(path, name) for path, name in named if name not in process.steps]
    for path, name in unknown:
        yield declared.fault(path, f"There is no step `{name}`.", f"Steps are: {', '.join(process.steps)}.")
    if unknown:
        return
    for step_id in sorted(process.steps.keys() - {name for _, name in named}):
        yield declared.fault(f"steps.{step_id}", "No outcome leads here.", "Open it from an outcome, or remove it.")
    for index, example in enumerate(process.examples):
        found = run(process, example.given)
        if found != example.gives:
            what = f"This example does not hold: {found}, not {example.gives}."
            yield declared.fault(f"examples.{index}", what, "Mend the process or the example.")


def _outcome_faults(declared: Declared[Process], path: str, outcome: Outcome) -> Iterator[Fault]:
    if bool(outcome.opens) == (outcome.ends is not None):
        yield declared.fault(path, "An outcome either opens steps or ends the case.", "Write `opens` or `ends`.")
    results = declared.value.results
    if outcome.ends is not None and outcome.ends not in results:
        yield declared.fault(path, f"There is no result `{outcome.ends}`.", f"Results are: {', '.join(results)}.")
    if outcome.write and outcome.letter is None:
        yield declared.fault(path, "What is written here reaches nobody.", "Name the `letter` that carries it.")


PROCESS: Kind[Process] = Kind("process", "casework/processes", Process, _check)
