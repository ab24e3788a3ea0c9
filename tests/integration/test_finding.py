"""Work lists and searches through indexes find what a look at every case would find, in the same order."""

import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec
import pytest

from onecity.casework import CASES, FACTS, CaseOpened, ClockStarted, Wanted, Words, find_cases, work_list
from onecity.casework.facts import Counted, Todo
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.clock import Limit, Unit
from onecity.kernel.ids import derived_id
from onecity.ledger import Change, Decision, Fact, FactBook, Ledger, Projections, Writer, rebuild
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import Address, connect, migrate, open_pool, read_migrations

CASES_IN_ALL: Final = 1_500
DUTIES: Final = ("services.accept", "services.decide", "services.deliver")
AREAS: Final = ("410100", "410105", "410105001", "410105002", "410103001", "410200")
AGENCIES: Final = ("market_supervision", "fire_rescue", "tax_service")
MATTERS: Final = ("food_business", "shop_sign", "deed_tax", "water")


class Done(msgspec.Struct, frozen=True):
    """The answer of a test's command."""


class Hall(msgspec.Struct):
    """A ledger with many cases, and what each says."""

    ledger: Ledger
    owner: Address
    book: FactBook
    opened: dict[UUID, CaseOpened]
    people: list[UUID]
    affairs: list[UUID]
    due: dict[UUID, date]

    def scanned(self, wanted: Wanted, held: list[Held], limit: int) -> list[UUID]:
        """The slow answer: every case looked at, one after another."""
        fits = [case for case, one in self.opened.items() if _fits(one, wanted, held)]
        return sorted(fits, reverse=True)[:limit]

    def waiting(self, held: list[Held], limit: int) -> list[UUID]:
        """The slow work list: first what has no day yet, then by the latest day, then by the day since which it waits."""
        mine = [
            (case in self.due, self.due.get(case, date.min), one.opens[0].since, case)
            for case, one in self.opened.items()
            if any(duty.duty == one.opens[0].duty and duty.scope.covers(one.agency, one.area) for duty in held)
        ]
        return [case for *_, case in sorted(mine)][:limit]


def _fits(one: CaseOpened, wanted: Wanted, held: list[Held]) -> bool:
    return (
        any(duty.scope.covers(one.agency, one.area) for duty in held)
        and all(one.matter in word.matters or one.agency in word.agencies for word in wanted.words)
        and (wanted.subjects is None or one.subject in wanted.subjects)
        and (wanted.affairs is None or one.affair in wanted.affairs)
    )


@pytest.fixture
async def hall(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[Hall]:
    admin = await connect(owner)
    await migrate(admin, read_migrations(["ledger", "casework"]))
    await admin.close()
    keys = KeyStore(tmp_path / "keys")
    book = FactBook(FACTS, keys, keys.service_key("mac"))
    readers, writer = await open_pool(app, size=2), Writer(app)
    found = Hall(Ledger(readers, writer, book, Projections([CASES]), keys), owner, book, {}, [], [], {})
    await fill(found, random.Random(7))
    yield found
    await writer.close()
    await readers.close()
    keys.close()


async def fill(hall: Hall, dice: random.Random) -> None:
    """Cases of few common and some rare people, matters and places."""
    hall.people, hall.affairs = [uuid4() for _ in range(60)], [uuid4() for _ in range(400)]
    began = datetime(2020, 9, 22, tzinfo=UTC)

    for number in range(CASES_IN_ALL):
        opened = CaseOpened(
            matter=skewed(dice, MATTERS), matter_version="1", process="p", process_version="1",
            affair=dice.choice(hall.affairs), subject=hall.people[min(int(dice.expovariate(0.1)), 59)],
            agency=skewed(dice, AGENCIES), area=skewed(dice, AREAS), received=date(2020, 9, 22),
            opens=(Todo("step", skewed(dice, DUTIES), date(2020, 9, dice.randint(1, 22))),),
        )  # fmt: skip
        case = derived_id(uuid4(), now=began + timedelta(seconds=number), what="case")
        hall.opened[case] = opened
        if dice.random() < 0.5:
            hall.due[case] = date(2020, 10, dice.randint(1, 31))

    async def decide() -> Decision:
        return Decision(tuple(Change(case, 0, tuple(facts_of(hall, case))) for case in hall.opened), Done())

    await hall.ledger.record(uuid4(), decide, Done, by=the_city(), now=began)


def facts_of(hall: Hall, case: UUID) -> Iterator[Fact]:
    """How a case began, and its clock if it runs."""
    yield hall.opened[case]
    if case in hall.due:
        counted = Counted(hall.due[case], provisional=False, pack="1")
        yield ClockStarted(date(2020, 9, 22), Limit(20, Unit.WORKING_DAYS), counted)


def any_scopes(dice: random.Random) -> list[Held]:
    """Duties in scopes of a street, a county, the city, another city or the province; some twice."""
    return [
        Held(skewed(dice, DUTIES), Scope(dice.choice(AGENCIES), dice.choice((*AREAS, "410000"))))
        for _ in range(dice.randint(1, 4))
    ]


def skewed(dice: random.Random, of: tuple[str, ...]) -> str:
    """The first most often, the last hardly ever."""
    return of[min(int(dice.expovariate(1.0)), len(of) - 1)]


def any_search(hall: Hall, dice: random.Random) -> Wanted:
    """Words, people, receipts, or several at once; now and then something that fits nothing."""

    def some(of: list[UUID], most: int) -> tuple[UUID, ...]:
        return tuple(dice.sample(of, dice.randint(0, most)))

    words = tuple(
        Words(tuple(dice.sample(MATTERS, dice.randint(0, 2))), tuple(dice.sample(AGENCIES, dice.randint(0, 1))))
        for _ in range(dice.randint(0, 2))
    )
    subjects = some(hall.people, 20) if dice.random() < 0.5 else None
    affairs = some(hall.affairs, 100) if dice.random() < 0.2 else None
    return Wanted(words or (Words(MATTERS, ()),) if subjects is affairs is None else words, subjects, affairs)


async def test_the_answer_by_index_is_that_of_a_look_at_every_case(hall: Hall) -> None:
    dice, found = random.Random(11), 0
    async with hall.ledger.readers.acquire() as connection:
        for _ in range(400):
            held = any_scopes(dice)
            wanted, limit = any_search(hall, dice), dice.choice((1, 5, 20))
            rows = await find_cases(connection, wanted, held, limit=limit)
            assert [row.id for row in rows] == hall.scanned(wanted, held, limit), wanted
            found += len(rows)
        assert await find_cases(connection, Wanted(words=(Words(MATTERS, AGENCIES),)), [], limit=20) == []
    assert found > 1_000


async def test_the_work_list_is_that_of_a_look_at_every_waiting_step(hall: Hall) -> None:
    dice, found = random.Random(13), 0
    async with hall.ledger.readers.acquire() as connection:
        for _ in range(300):
            held, limit = any_scopes(dice), dice.choice((1, 5, 50))
            rows = await work_list(connection, held, limit=limit)
            wanted = hall.waiting(held, limit)
            # Which of several steps of one day comes last is left open.
            assert [(row.due, row.since) for row in rows] == [
                (hall.due.get(case), hall.opened[case].opens[0].since) for case in wanted
            ]
            assert all(any(one.duty == row.duty for one in held) for row in rows)
            assert len({row.case.id for row in rows}) == len(rows)
            found += len(rows)
    assert found > 1_000


async def test_the_work_list_page_by_page_is_the_whole_list(hall: Hall) -> None:
    dice, found = random.Random(17), 0
    async with hall.ledger.readers.acquire() as connection:
        for _ in range(30):
            held, page = any_scopes(dice), dice.choice((1, 7, 20))
            whole = [(row.case.id, row.step) for row in await work_list(connection, held, limit=3 * page)]
            parts = [await work_list(connection, held, limit=page, offset=page * turn) for turn in range(3)]
            assert [(row.case.id, row.step) for part in parts for row in part] == whole
            found += len(whole)
    assert found > 200


async def differing(hall: Hall, first: str = "") -> tuple[int, set[tuple[str, str]]]:
    """After a statement: how many facts are folded, and in which tables which rows differ."""
    connection = await connect(hall.owner)
    try:
        if first:
            await connection.execute(first)
        count, found = await rebuild(connection, hall.book, hall.ledger.projections, replace=False)
    finally:
        await connection.close()
    return count, {(one.table, one.how) for one in found}


async def test_the_places_that_a_search_reads_follow_from_the_facts(hall: Hall) -> None:
    facts = CASES_IN_ALL + len(hall.due)
    assert await differing(hall) == (facts, set())
    forged = "delete from projections.matter_queues where matter = 'water'"
    assert await differing(hall, forged) == (facts, {("matter_queues", "missing")})
