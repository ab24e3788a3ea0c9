"""A walk through every way that a process allows: none may lose a branch, end undecided or skip a duty."""

from collections.abc import Collection, Iterator

import msgspec

from onecity.casework.declared import APPLICANT, ClockAct, Outcome, Process, opened_by


class Place(msgspec.Struct, frozen=True):
    """A place on the way: what waits, what was used up, which steps that are `always` done are done, the clock."""

    waiting: frozenset[str]
    used: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    running: bool = False
    stopped: bool = False


class Taken(msgspec.Struct, frozen=True):
    """A move from a place: to another place, or to the end of the case."""

    place: Place
    step: str
    outcome: str
    to: Place | None


def moves(process: Process, place: Place) -> Iterator[Taken]:
    """Everything that can happen next."""
    for step_id in sorted(place.waiting):
        for outcome_id, outcome in process.steps[step_id].outcomes.items():
            name = f"{step_id}/{outcome_id}"
            if allowed(outcome, name, used=place.used, running=place.running, stopped=place.stopped):
                yield Taken(place, step_id, outcome_id, _after(process, place, step_id, outcome, name))


def allowed(outcome: Outcome, name: str, *, used: frozenset[str], running: bool, stopped: bool) -> bool:
    """Whether an outcome can be chosen where the case stands; the same for a walk and for a case."""
    if outcome.once and name in used:
        return False
    match outcome.clock:
        case ClockAct.STARTS:
            return not running
        case ClockAct.STOPS | ClockAct.EXTENDS:
            return running and not stopped
        case ClockAct.RESUMES:
            return stopped
        case None:
            return True


def _after(process: Process, place: Place, step: str, outcome: Outcome, name: str) -> Place | None:
    if outcome.ends is not None:
        return None
    opened = frozenset(opened_by(process, place.waiting, step, outcome))
    return Place(
        waiting=place.waiting - {step} | opened,
        used=place.used | {name} if outcome.once else place.used,
        done=_done(process, place.done, step, outcome, opened),
        running=place.running or outcome.clock is ClockAct.STARTS,
        stopped=(place.stopped or outcome.clock is ClockAct.STOPS) and outcome.clock is not ClockAct.RESUMES,
    )


def _done(
    process: Process, done: frozenset[str], step: str, outcome: Outcome, opened: frozenset[str]
) -> frozenset[str]:
    """The steps that are `always` done, and done by now: a look that does not confirm is none, and work that is opened
    again is to be looked at again.
    """
    undone = frozenset(name for name in done if not opened.isdisjoint(process.steps[name].drawn))
    taken = process.steps[step]
    counts = taken.always and (not taken.drawn or taken.confirmed_by(outcome))
    return (done | {step} if counts else done) - undone


def walked(process: Process) -> tuple[frozenset[Place], tuple[Taken, ...]]:
    """Every place that can be reached, and every move between them."""
    todo = [Place(frozenset(process.begins), running=process.counts_from_receipt)]
    seen = set(todo)
    taken: list[Taken] = []
    while todo:
        for move in moves(process, todo.pop()):
            taken.append(move)
            if move.to is not None and move.to not in seen:
                seen.add(move.to)
                todo.append(move.to)
    return frozenset(seen), tuple(taken)


def shortest(process: Process, ends: Collection[str] | None = None) -> tuple[str, ...] | None:
    """The fewest moves from the beginning to a success, as `step/outcome`, none of which waits for silence.

    With `ends` to one of these results. A way that an example of the process tells goes before one that is only
    possible. None if no way leads there.
    """
    silent, ends = _silent(process), process.succeeds if ends is None else ends
    told = [one.given for one in process.examples if one.gives in ends and silent.isdisjoint(one.given)]
    return min(told, key=len) if told else _found(process, silent, ends)


def _silent(process: Process) -> frozenset[str]:
    """The moves that the city makes by itself because the applicant said nothing."""
    return frozenset(
        f"{name}/{step.silence.outcome}"
        for name, step in process.steps.items()
        if step.silence is not None and step.duty == APPLICANT
    )


def _found(process: Process, silent: frozenset[str], ends: Collection[str]) -> tuple[str, ...] | None:
    """A shortest way by walking; each place is met first along one of its shortest ways."""
    begin = Place(frozenset(process.begins), running=process.counts_from_receipt)
    ways: dict[Place, tuple[str, ...]] = {begin: ()}
    for place in (todo := [begin]):
        for move in moves(process, place):
            name = f"{move.step}/{move.outcome}"
            if name in silent:
                continue
            if move.to is None and process.steps[move.step].outcomes[move.outcome].ends in ends:
                return (*ways[place], name)
            if move.to is not None and move.to not in ways:
                ways[move.to] = (*ways[place], name)
                todo.append(move.to)
    return None


Flaw = tuple[str, str, str]
"""Where in the declaration, what is wrong, how to mend it."""


def flaws(process: Process) -> Iterator[Flaw]:
    """What is wrong with some way through the process; each flaw once."""
    places, taken = walked(process)
    yield from _untaken(process, taken)
    yield from _without_end(places, taken)
    found = [flaw for move in taken if move.to is None for flaw in _bad_end(process, move)]
    yield from dict.fromkeys(found)


def _untaken(process: Process, taken: tuple[Taken, ...]) -> Iterator[Flaw]:
    used = {(move.step, move.outcome) for move in taken}
    for step_id, step in process.steps.items():
        for outcome_id in step.outcomes:
            if (step_id, outcome_id) not in used:
                where = f"steps.{step_id}.outcomes.{outcome_id}"
                yield where, "No way leads to this outcome.", "Look at what opens its step, and at the clock."


def _without_end(places: frozenset[Place], taken: tuple[Taken, ...]) -> Iterator[Flaw]:
    """Places from which no end can be reached: a branch was lost or a circle has no way out."""
    good = {move.place for move in taken if move.to is None}
    grows = True
    while grows:
        more = {move.place for move in taken if move.to in good} - good
        good |= more
        grows = bool(more)
    for step in sorted({step for place in places - good for step in place.waiting}):
        yield f"steps.{step}", "From here some way never ends.", "Give it an outcome that leads to an end."
    if any(not place.waiting for place in places):
        yield "steps", "Some way ends without a result: a join waits for nothing.", "Open what it joins, or end there."


def _bad_end(process: Process, move: Taken) -> Iterator[Flaw]:
    """What is wrong with an end of the case."""
    step = process.steps[move.step]
    outcome = step.outcomes[move.outcome]
    where = f"steps.{move.step}.outcomes.{move.outcome}"
    if outcome.ends not in process.succeeds:
        return
    for other in sorted(move.place.waiting - {move.step}):
        if process.steps[other].duty != APPLICANT:
            yield where, f"This ends the case while `{other}` still waits.", f"Join `{other}` before this step."
    if step.duty_of(outcome) == APPLICANT:
        yield where, "A person cannot decide their own affair.", "Let an officer's step end it."
    done = _done(process, move.place.done, move.step, outcome, frozenset())
    skipped = {name for name, one in process.steps.items() if one.always} - done
    for name in sorted(skipped):
        yield where, f"Some way to this success skips `{name}`.", "Lead every way through it, or remove `always`."
