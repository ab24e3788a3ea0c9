"""Whether the cases of a log went as a process is declared: each move a step that waited, or what it was instead.

A log names steps and seldom outcomes, so a case may be on several ways at once: every outcome that its steps allow. It
fits while at least one way is left. A move that nobody declared leaves it where it was; one for which its step was not
waiting is taken as if it had been, so that one stray event does not condemn all that follow.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from onecity.casework.declared import Process, opened_by
from onecity.casework.mining.measures import work_of
from onecity.casework.mining.model import Case

_REOPENED: Final = "/"
"""Stands among what may happen once: the person concerned said that it is not so."""


class Stray(StrEnum):
    """What is wrong with a move."""

    UNDECLARED = "undeclared"
    """The process has no step of this name."""
    NOT_WAITING = "not_waiting"
    """The step was not due here on any way that the case can have gone."""


MARK: Final = "case/"
"""How our own logs begin what befell a case and is no step: that it was received, released, opened again, ended."""


class Strange(msgspec.Struct, frozen=True):
    """A move that does not follow the process: what was done, after what (None: nothing), in how many cases."""

    step: str
    before: str | None
    why: Stray
    cases: int
    times: int


class Deviating(msgspec.Struct, frozen=True):
    """A case that does not fit, with each of its strange moves in their order."""

    case: str
    moves: tuple[tuple[str | None, str, Stray], ...]


class Happened(msgspec.Struct, frozen=True):
    """A declared step, and in how many cases it was done."""

    step: str
    zh: str
    en: str
    cases: int


class Conformance(msgspec.Struct, frozen=True):
    """How the cases of a log went beside a process. `cases` are those with a known order; `ended` fit and may be over.

    `never` are the declared steps that no case did. Lists are whole, the most frequent first.
    """

    cases: int
    fits: int
    ended: int
    strange: tuple[Strange, ...]
    steps: tuple[Happened, ...]
    never: tuple[str, ...]
    deviating: tuple[Deviating, ...]


class Way(NamedTuple):
    """Where a case may be: which steps wait, what may happen no second time, and whether it is over."""

    waiting: frozenset[str]
    once: frozenset[str]
    over: bool


class Comparing:
    """Cases of a log held against a process, one after the other. `names` says which step some names of the log mean.

    Other names are those of the process itself: the id of a step, `step/outcome`, or its name in either language.
    """

    def __init__(self, process: Process, names: Mapping[str, str]) -> None:
        self._process = process
        self._names = dict(names)
        self._known = _named(process)
        self._next: dict[tuple[frozenset[Way], str], tuple[frozenset[Way], Stray | None]] = {}
        self._cases = self._fits = self._ended = 0
        self._times: Counter[tuple[str | None, str, Stray]] = Counter()
        self._in_cases: Counter[tuple[str | None, str, Stray]] = Counter()
        self._done: Counter[str] = Counter()
        self._deviating: list[Deviating] = []

    def see(self, case: Case) -> None:
        """One more case."""
        work = [one for one in work_of(case.events) if not one.step.startswith(MARK) or self._meant(one.step)]
        if not work:
            return
        ways, before = frozenset([Way(frozenset(self._process.begins), frozenset(), over=False)]), None
        strays: list[tuple[str | None, str, Stray]] = []
        for one in work:
            ways, stray = self._moved(ways, one.step)
            if stray is not None:
                strays.append((before, one.step, stray))
            before = one.step
        self._cases += 1
        self._done.update({step for one in work for step, _ in self._meant(one.step)})
        self._times.update(strays)
        self._in_cases.update(set(strays))
        if strays:
            self._deviating.append(Deviating(case.name, tuple(strays)))
        else:
            self._fits += 1
            self._ended += any(way.over for way in ways)

    def told(self) -> Conformance:
        """What was seen."""
        ranked = sorted(self._times.items(), key=lambda pair: (-pair[1], pair[0][0] or "", pair[0][1]))
        steps = self._process.steps
        return Conformance(
            self._cases, self._fits, self._ended,
            tuple(Strange(step, before, why, self._in_cases[before, step, why], times)
                  for (before, step, why), times in ranked),
            tuple(Happened(name, step.name.zh, step.name.en, self._done[name]) for name, step in steps.items()),
            tuple(name for name in steps if not self._done[name]),
            tuple(self._deviating),
        )  # fmt: skip

    def _meant(self, name: str) -> tuple[tuple[str, str | None], ...]:
        """The steps, with an outcome if it is told, that a name of the log may mean."""
        plain = self._names.get(name, name).strip().casefold()
        return self._known.get(plain, ())

    def _moved(self, ways: frozenset[Way], name: str) -> tuple[frozenset[Way], Stray | None]:
        known = self._next.get((ways, name))
        if known is None:
            known = self._next[ways, name] = self._looked_up(ways, name)
        return known

    def _looked_up(self, ways: frozenset[Way], name: str) -> tuple[frozenset[Way], Stray | None]:
        meant = self._meant(name)
        if not meant:
            return ways, Stray.UNDECLARED
        on = frozenset(new for step, chosen in meant for new in after(self._process, ways, step, chosen))
        if on:
            return on, None
        step, chosen = meant[0]
        as_if = frozenset(way._replace(waiting=way.waiting | {step}, once=frozenset()) for way in ways)
        return after(self._process, as_if, step, chosen), Stray.NOT_WAITING


def after(process: Process, ways: frozenset[Way], step: str, chosen: str | None) -> frozenset[Way]:
    """Where a case may be when `step` was done, with the outcome `chosen` or any; empty if it waited on none."""
    found: set[Way] = set()
    for way in ways:
        if step not in way.waiting:
            continue
        for name, outcome in process.steps[step].outcomes.items():
            move = f"{step}/{name}"
            if chosen not in (None, name) or move in way.once:
                continue
            once = way.once | {move} if outcome.once else way.once
            if outcome.ends is None:
                waiting = way.waiting - {step} | frozenset(opened_by(process, way.waiting, step, outcome))
                found.add(Way(waiting, once, over=False))
            elif process.reopens and outcome.ends in process.succeeds and _REOPENED not in once:
                found.add(Way(frozenset(process.reopens.opens), once | {_REOPENED}, over=True))
            else:
                found.add(Way(frozenset(), once, over=True))
    return frozenset(found)


def means(process: Process, name: str) -> bool:
    """Whether a name is that of a step of a process, or of a step with an outcome."""
    return name.strip().casefold() in _named(process)


def _named(process: Process) -> dict[str, tuple[tuple[str, str | None], ...]]:
    """Every name under which a log may know a step: ids first, then what people read, which two steps may share."""
    found: dict[str, tuple[tuple[str, str | None], ...]] = {}
    for name, step in process.steps.items():
        for said in (step.name.zh.casefold(), step.name.en.casefold()):
            found[said] = tuple(dict.fromkeys((*found.get(said, ()), (name, None))))
    for name, step in process.steps.items():
        found[name.casefold()] = ((name, None),)
        found.update({f"{name}/{one}".casefold(): ((name, one),) for one in step.outcomes})
    return found
