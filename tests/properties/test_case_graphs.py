"""Whatever waits for whatever: no order of ends loses a case, ends one twice, or leaves one that nothing can move."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from onecity.casework import Because, CaseEnded, CaseOpened, Move, Outcome, Process, Step, folded, move, todos, withdraw
from onecity.casework.usecases import Matter, Office
from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.clock import Calendar, Limit, OfficeHours
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Decision, Ledger, Recorded
from onecity.ledger.looking import Together
from onecity.packs import Text

NOON: Final = datetime(2020, 9, 22, 4, tzinfo=UTC)
TODAY: Final = date(2020, 9, 22)
PLAIN: Final = Calendar({}, frozenset({2020}), {})
SUBJECT, OFFICER = PersonId(UUID(int=2)), PersonId(UUID(int=3))
PROCESS: Final = Process(
    Text("流程", "process"),
    ("decision",),
    {
        "decision": Step(
            Text("决定", "decision"),
            "decide",
            Because("行政许可法", "38", date(2019, 4, 23)),
            {
                "granted": Outcome(Text("准予", "grant"), ends="granted"),
                "refused": Outcome(Text("不予", "refuse"), ends="refused"),
            },
        )
    },
    {},
    (),
)
DECIDES: Final = Acting(OFFICER, Channel.API, "decide", Scope("market", "410100"))
HERSELF: Final = Acting(SUBJECT, Channel.PHONE)

Graph = tuple[tuple[int, ...], ...]
"""For each case those before it for which it waits."""


class Hall:
    """The ledger as far as cases need it: histories in memory, each command whole or absent."""

    def __init__(self) -> None:
        self.histories: dict[UUID, list[Recorded]] = {}

    async def history(self, stream: UUID) -> tuple[Recorded, ...]:
        return tuple(self.histories.get(stream, ()))

    async def record(
        self, _key: UUID, decide: Callable[[], Awaitable[Decision | Refused]], _type: type, *, by: Acting, now: datetime
    ) -> Any:
        decision = await decide()
        if isinstance(decision, Refused):
            return decision
        streams = [change.stream for change in decision.changes]
        assert len(set(streams)) == len(streams), "a command moves a history once"
        for change in decision.changes:
            history = self.histories.setdefault(change.stream, [])
            assert len(history) == change.expected, "nobody else writes here"
            for fact in change.facts:
                history.append(Recorded(change.stream, len(history) + 1, now, by, fact))
        return decision.answer


class OneMatter:
    async def matter(self, _opened: CaseOpened) -> Matter:
        return Matter(PROCESS, Limit(20))


def opened_in(hall: Hall, graph: Graph) -> list[UUID]:
    """The cases of an affair as an application opens them."""
    cases = [uuid4() for _ in graph]
    for case, before in zip(cases, graph, strict=True):
        opens = () if before else todos(PROCESS, PROCESS.begins, PLAIN, since=TODAY)
        after = tuple(cases[other] for other in before)
        fact = CaseOpened(
            "food", "a" * 64, "permit", "b" * 64, UUID(int=9), SUBJECT, "market", "410105001", TODAY, opens, after
        )
        hall.histories[case] = [Recorded(case, 1, NOON, HERSELF, fact)]
    return cases


def office_of(hall: Hall, cases: Sequence[UUID], graph: Graph) -> Office:
    waits: Mapping[UUID, list[UUID]] = {
        case: [other for other, before in zip(cases, graph, strict=True) if number in before]
        for number, case in enumerate(cases)
    }

    async def followers(asked: Sequence[UUID]) -> list[list[UUID]]:
        return [waits[one] for one in asked]

    return Office(
        cast("Ledger", hall),
        OneMatter(),
        PLAIN,
        ZoneInfo("Asia/Shanghai"),
        "c" * 64,
        Together(followers),
        OfficeHours(()),
    )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(1, 7))
    return tuple(
        tuple(sorted(draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else ())) for number in range(size)
    )


def results(graph: Graph, ends: Sequence[str]) -> list[str]:
    """The slow reference: who waits for anybody that ended badly has lapsed, everybody else ends as they do."""
    found: list[str] = []
    for before, end in zip(graph, ends, strict=True):
        found.append(end if all(found[other] == "granted" for other in before) else "lapsed")
    return found


@given(graphs(), st.data())
def test_every_case_ends_once_and_as_those_before_it_let_it(graph: Graph, data: st.DataObject) -> None:
    ends = [data.draw(st.sampled_from(("granted", "refused", "withdrawn"))) for _ in graph]
    asyncio.run(_walked(graph, ends, data))


async def _walked(graph: Graph, ends: Sequence[str], data: st.DataObject) -> None:
    hall = Hall()
    cases = opened_in(hall, graph)
    office = office_of(hall, cases, graph)
    while ready := [number for number, case in enumerate(cases) if _waits_for_a_decision(hall, case)]:
        number = data.draw(st.sampled_from(ready))
        case = CaseId(cases[number])
        if ends[number] == "withdrawn":
            done = await withdraw(case, office=office, key=uuid4(), by=HERSELF, now=NOON)
        else:
            done = await move(case, Move("decision", ends[number]), office=office, key=uuid4(), by=DECIDES, now=NOON)
        assert not isinstance(done, Refused), done
    endings = [[one.fact.result for one in hall.histories[case] if isinstance(one.fact, CaseEnded)] for case in cases]
    assert endings == [[result] for result in results(graph, ends)]


def _waits_for_a_decision(hall: Hall, case: UUID) -> bool:
    found = folded(hall.histories[case])
    return found is not None and bool(found.waiting)
