"""Every way that a case of the street can go, walked with the rules themselves and the process that ships: none closes
before somebody else confirmed the work, none is given back twice, none ends nowhere.

Who tries what in each place: everybody who has to do with it, those who must not as well.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
import yaml

from onecity.casework import (
    Case,
    CaseEnded,
    CaseOpened,
    LimitSet,
    Move,
    Process,
    StepTaken,
    Terms,
    advance,
    at_once,
    folded,
    then,
    todos,
)
from onecity.casework.rules.drawing import OnDuty, draw_opened, work_drawn
from onecity.casework.rules.moves import chosen_by_person, reopened, withdrawn
from onecity.casework.rules.work import released
from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.clock import Calendar, Limit, OfficeHours, Unit
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded

PACK: Final = Path(__file__).parents[3] / "packs" / "zhengzhou" / "casework" / "processes" / "street_problem.yaml"
PROCESS: Final = msgspec.convert(yaml.safe_load(PACK.read_text("utf-8")), Process)
CASE, REPORTER = CaseId(UUID(int=1)), PersonId(UUID(int=2))
CLERK, MENDER, MATE, HELPER, *LOOKERS = (PersonId(UUID(int=number)) for number in range(3, 10))
NOW: Final = datetime(2020, 9, 22, 4, tzinfo=UTC)
AREA: Final = "410105001"
TERMS: Final = Terms(
    PROCESS, Limit(0), 0, frozenset(), Calendar({}, frozenset({2020, 2021}), {}), "c" * 64, OfficeHours(()),
    ZoneInfo("Asia/Shanghai"), frozenset({"roads", "water"}),
)  # fmt: skip
TO: Final = {"handle": "roads", "assist": "water"}
DUTY: Final = [
    *(OnDuty(who, "roads") for who in (MENDER, MATE)), OnDuty(HELPER, "water"), OnDuty(REPORTER, "streets"),
    *(OnDuty(who, "streets") for who in LOOKERS),
]  # fmt: skip
GIVEN_BACK: Final = "handle/give_back"


class Place(msgspec.Struct, frozen=True):
    """A case, and whether somebody else has confirmed the work since it was last begun."""

    case: Case
    confirmed: bool = False

    def key(self) -> tuple[object, ...]:
        """What tells places apart, as far as any rule looks."""
        case = self.case
        once = {
            f"{step}/{name}" for step, one in PROCESS.steps.items() for name, out in one.outcomes.items() if out.once
        }
        waits = frozenset((step, todo.agency) for step, todo in case.waiting.items())
        held, lots = frozenset(case.holders), frozenset(case.draws)
        clock = (case.clock is None, case.stopped is None, case.clock is not None and case.clock.extension is not None)
        workers = frozenset((step, one.agency) for step, one in case.workers.items() if step in TO)
        return (
            waits, held, lots, clock, workers, frozenset(case.used & once), case.result, case.good, case.reopened,
            bool(case.passed), self.confirmed, frozenset(case.sent.items()),
        )  # fmt: skip


def acting(duty: str, who: PersonId, agency: str) -> Acting:
    return Acting(who, Channel.API, duty, Scope(agency, "410100"))


PERSON: Final = Acting(REPORTER, Channel.PHONE)


def begun() -> Place:
    opens = todos(PROCESS, PROCESS.begins, TERMS.calendar, since=date(2020, 9, 22))
    opened = CaseOpened(
        "z:cover", "a" * 64, "street_problem", "b" * 64, UUID(int=9), REPORTER, "centre", AREA, date(2020, 9, 22), opens,
        checked=PROCESS.checked,
    )  # fmt: skip
    case = folded([Recorded(CASE, 1, NOW, the_city(), opened)])
    assert case is not None
    return Place(case)


def after(place: Place, facts: tuple[Fact, ...], by: Acting) -> Place:
    confirmed = place.confirmed
    for fact in facts:
        if isinstance(fact, StepTaken):
            if any(todo.step in TO for todo in fact.opens):
                confirmed = False
            confirmed = confirmed or fact.check is not None
    return Place(then(place.case, facts, by=by, now=NOW), confirmed)


def worker(case: Case, step: str) -> Acting:
    """Whoever does a step: an officer of the agency where it waits, or on whom the lot fell."""
    agency, duty = case.agency_of(step), PROCESS.steps[step].duty
    if step in case.holders:
        who = PersonId(case.holders[step])
        return acting(duty, who, next(one.agency for one in DUTY if one.person == who))
    return acting(duty, {"roads": MENDER, "water": HELPER}.get(agency, CLERK), agency)


def move(step: str, name: str) -> Move:
    outcome = PROCESS.steps[step].outcomes[name]
    words = dict.fromkeys(outcome.write, "写了")
    return Move(step, name, words, 3 if outcome.asks_days else None, to={one: TO[one] for one in outcome.sends})


def filed(case: Case, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """A case that is filed finds its limit."""
    taken = next((one for one in facts if isinstance(one, StepTaken)), None)
    limit = LimitSet(Limit(8, Unit.URGENT_HOURS), 8)
    return (limit, *facts) if taken and (taken.step, taken.outcome) == ("intake", "file") else facts


def tried(place: Place) -> Iterator[tuple[tuple[Fact, ...] | Refused, Acting]]:
    """All that anybody can do to a case."""
    case = place.case
    for step, todo in case.waiting.items():
        for name in PROCESS.steps[step].outcomes:
            who = worker(case, step)
            yield advance(case, move(step, name), terms=TERMS, by=who, now=NOW), who
            yield at_once(case, move(step, name), terms=TERMS, now=NOW), the_city()
            yield chosen_by_person(case, step, name, terms=TERMS, by=PERSON, now=NOW), PERSON
        if todo.drawn and step in case.holders:
            yield released(case, step, terms=TERMS, by=worker(case, step)), worker(case, step)
        elif todo.drawn and step in case.draws:
            yield work_drawn(case, step, size=7, root=b"r" * 32), the_city()
        elif todo.drawn:
            yield draw_opened(case, step, DUTY, terms=TERMS), the_city()
    yield withdrawn(case, by=PERSON), PERSON
    yield reopened(case, "又坏了", terms=TERMS, by=PERSON, now=NOW), PERSON


def nexts(place: Place) -> Iterator[tuple[Place, tuple[Fact, ...]]]:
    for facts, by in tried(place):
        if not isinstance(facts, Refused) and facts:
            whole = filed(place.case, facts)
            yield after(place, whole, by), whole


Key = tuple[object, ...]
Onward = list[tuple[Key, Place, tuple[Fact, ...]]]
Ways = dict[Key, tuple[Place, Onward]]


@pytest.fixture(scope="module")
def ways() -> Ways:
    """Every place that can be reached, by its key, with what can happen there and where it leads."""
    found: Ways = {}
    todo = [begun()]
    while todo:
        place = todo.pop()
        if (key := place.key()) not in found:
            onward = [(to.key(), to, facts) for to, facts in nexts(place)]
            found[key] = (place, onward)
            todo += [to for there, to, _ in onward if there not in found]
    return found


def test_no_way_closes_before_somebody_else_confirmed_the_work(ways: Ways) -> None:
    ends = 0
    for _, onward in ways.values():
        for _, to, facts in onward:
            if any(isinstance(fact, CaseEnded) and fact.good for fact in facts):
                ends += 1
                assert to.confirmed, facts
                assert not to.case.waiting
    assert ends > 10


def test_whoever_confirmed_comes_from_elsewhere(ways: Ways) -> None:
    checks = 0
    for place, onward in ways.values():
        workers = [one for name, one in place.case.workers.items() if name in TO]
        for check in (fact.check for _, _, facts in onward for fact in facts if isinstance(fact, StepTaken)):
            if check is not None:
                checks += 1
                assert check.checker_agency not in {one.agency for one in workers}
                assert check.checker not in {REPORTER, *(one.person for one in workers)}
    assert checks > 10


def test_nobody_who_worked_on_it_looks_at_it_anywhere(ways: Ways) -> None:
    looks = 0
    for place, _ in ways.values():
        case = place.case
        for step in (name for name, todo in case.waiting.items() if todo.drawn):
            looks += 1
            for who, agency in ((MENDER, "roads"), (MATE, "roads"), (HELPER, "water"), (REPORTER, "streets")):
                if agency == "water" and "assist" not in case.workers:
                    continue
                for name in PROCESS.steps[step].outcomes:
                    by = acting(PROCESS.steps[step].duty, who, agency)
                    assert isinstance(advance(case, move(step, name), terms=TERMS, by=by, now=NOW), Refused)
    assert looks > 10


def test_nothing_is_given_back_twice(ways: Ways) -> None:
    again = 0
    for place, onward in ways.values():
        if GIVEN_BACK in place.case.used:
            for _, _, facts in onward:
                taken = [f"{one.step}/{one.outcome}" for one in facts if isinstance(one, StepTaken)]
                assert GIVEN_BACK not in taken
                again += "handle/done" in taken
    assert again > 0


def test_from_everywhere_a_way_leads_to_a_confirmed_close_or_to_another_end(ways: Ways) -> None:
    reaches = {key for key, (place, _) in ways.items() if place.case.result is not None}
    grows = True
    while grows:
        more = {key for key, (_, onward) in ways.items() if any(to in reaches for to, _, _ in onward)} - reaches
        reaches |= more
        grows = bool(more)
    assert reaches == ways.keys()
    # Nobody's case ends only by being withdrawn: officers alone can bring it to an end, too.
    officers = {key for key, (place, _) in ways.items() if place.case.good is not None}
    grows = True
    while grows:
        more = {
            key for key, (_, onward) in ways.items()
            if any(there in officers and to.case.result != "withdrawn" for there, to, _ in onward)
        } - officers  # fmt: skip
        officers |= more
        grows = bool(more)
    assert {key for key, (place, _) in ways.items() if place.case.result != "withdrawn"} <= officers


def test_the_walk_went_everywhere(ways: Ways) -> None:
    taken = {
        f"{fact.step}/{fact.outcome}"
        for _, onward in ways.values()
        for fact in chain.from_iterable(facts for _, _, facts in onward)
        if isinstance(fact, StepTaken)
    }
    every = {f"{step}/{name}" for step, one in PROCESS.steps.items() for name in one.outcomes}
    assert taken == every
    assert any(place.case.reopened for place, _ in ways.values())
    assert any(place.case.passed for place, _ in ways.values())
