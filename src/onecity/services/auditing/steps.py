"""The steps of a process as the audit sees them: which must be done, which add nothing, and which always stay."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Final

import msgspec

from onecity.casework import APPLICANT, Outcome, Process, Step
from onecity.casework.walking import Place, Taken, walked
from onecity.kernel.clock import StopKind
from onecity.services.auditing.model import Act

_PUBLIC: Final = ("公示", "公告", "公布", "公开征求")
"""How a step is called in which the city publishes something and waits whether somebody objects."""


class Guard(StrEnum):
    """Why a step is never proposed to be taken away."""

    TWO_PERSONS = "two_persons"
    LOT = "lot"
    HEARING = "hearing"
    PUBLICITY = "publicity"


class Surplus(msgspec.Struct, frozen=True):
    """A step that could go, be one with the next, or begin beside it, and the steps that it concerns."""

    act: Act
    step: str
    other: str


class Steps:
    """A process looked at once: its organ steps on every way to a success, and what each adds."""

    def __init__(self, process: Process) -> None:
        self.process = process

    @cached_property
    def of_organs(self) -> Sequence[str]:
        """The steps that are not the applicant's."""
        return [name for name, step in self.process.steps.items() if step.duty != APPLICANT]

    @cached_property
    def _ways(self) -> Mapping[Place, Sequence[Taken]]:
        _, taken = walked(self.process)
        found: defaultdict[Place, list[Taken]] = defaultdict(list)
        for one in taken:
            found[one.place].append(one)
        return found

    def _succeeds(self, *, without: str) -> bool:
        """Whether a case can succeed although nobody ever does a step."""
        begin = Place(frozenset(self.process.begins), running=self.process.counts_from_receipt)
        todo, seen = [begin], {begin}
        while todo:
            for one in self._ways.get(todo.pop(), ()):
                if one.step == without:
                    continue
                if one.to is None:
                    if self.process.steps[one.step].outcomes[one.outcome].ends in self.process.succeeds:
                        return True
                elif one.to not in seen:
                    seen.add(one.to)
                    todo.append(one.to)
        return False

    @cached_property
    def needed(self) -> Sequence[str]:
        """The organ steps without which no case succeeds."""
        return [name for name in self.of_organs if not self._succeeds(without=name)]

    @cached_property
    def sometimes(self) -> Sequence[str]:
        """The organ steps that only some cases need."""
        return [name for name in self.of_organs if name not in self.needed]

    @cached_property
    def guards(self) -> Mapping[str, Guard]:
        """The steps that are never taken away, and why."""
        return {name: guard for name in self.of_organs if (guard := self._guard(name)) is not None}

    def _guard(self, name: str) -> Guard | None:
        step = self.process.steps[name]
        if step.officers > 1:
            return Guard.TWO_PERSONS
        if step.drawn:
            return Guard.LOT
        if any(outcome.stop is StopKind.HEARING for outcome in self._opening(name)) or "听证" in step.name.zh:
            return Guard.HEARING
        return Guard.PUBLICITY if any(word in step.name.zh for word in _PUBLIC) else None

    def _opening(self, name: str) -> Iterator[Outcome]:
        """The outcomes that open a step."""
        for step in self.process.steps.values():
            yield from (outcome for outcome in step.outcomes.values() if name in outcome.opens)

    def _opened_by(self, name: str) -> set[str]:
        return {other for other, step in self.process.steps.items() if name in _after(step)}

    @cached_property
    def without_information(self) -> Sequence[str]:
        """Organ steps that decide nothing, write nothing, tell nobody and separate no duties."""
        return [name for name in self.of_organs if name not in self.guards and self._adds_nothing(name)]

    def _adds_nothing(self, name: str) -> bool:
        step = self.process.steps[name]
        if _decides(step) or any(_writes(outcome) or outcome.ends for outcome in step.outcomes.values()):
            return False
        neighbours = (self._opened_by(name) | _after(step)) - {name}
        return any(self.process.steps[other].duty == step.duty for other in neighbours)

    def surplus(self) -> Iterator[Surplus]:
        """What could be shorter: each step is named once."""
        gone = set(self.without_information)
        for name in self.without_information:
            yield Surplus(Act.DELETE, name, next(iter(sorted(_after(self.process.steps[name]))), ""))
        for name in self.of_organs:
            if name in gone or name in self.guards:
                continue
            for other in sorted(_after(self.process.steps[name]) - {name}):
                if self._merges(name, other):
                    yield Surplus(Act.MERGE, name, other)
                elif self._runs_beside(name, other):
                    yield Surplus(Act.PARALLEL, name, other)

    def _merges(self, name: str, other: str) -> bool:
        """Whether two steps of one duty follow each other, and nothing else comes between or to the second."""
        step, next_step = self.process.steps[name], self.process.steps[other]
        return (
            step.duty == next_step.duty
            and {name, other} <= set(self.needed)
            and other not in self.guards
            and not next_step.joins
            and self._opened_by(other) == {name}
            and all(outcome.opens == (other,) or outcome.ends for outcome in step.outcomes.values())
            and not any(outcome.clock or outcome.sends for outcome in step.outcomes.values())
        )

    def _runs_beside(self, name: str, other: str) -> bool:
        """Whether an organ's step waits for another that hands it nothing: no decision, no fact, no clock."""
        step, next_step = self.process.steps[name], self.process.steps[other]
        if next_step.duty == APPLICANT or _decides(step) or self._opened_by(other) != {name}:
            return False
        return not any(
            outcome.write or outcome.lists or outcome.clock or outcome.sends for outcome in step.outcomes.values()
        )


def _after(step: Step) -> set[str]:
    return {name for outcome in step.outcomes.values() for name in (*outcome.opens, *outcome.sends)}


def _decides(step: Step) -> bool:
    """Whether an outcome of a step can lead somewhere else than another one."""
    return len({(outcome.opens, outcome.ends, outcome.sends) for outcome in step.outcomes.values()}) > 1


def _writes(outcome: Outcome) -> bool:
    """Whether an outcome leaves something: words, a list, a letter, a mark on the clock."""
    return bool(outcome.write or outcome.lists or outcome.letter or outcome.clock or outcome.sends)
