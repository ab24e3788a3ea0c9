"""A search through indexes finds what a look at every case would find, in the same order."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec
import pytest

from onecity.casework import CASES, FACTS, CaseOpened, Wanted, Words, find_cases
from onecity.kernel.acting import Scope, the_city
from onecity.kernel.ids import derived_id
from onecity.ledger import Change, Decision, FactBook, Ledger, Projections, Writer, rebuild
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import Address, connect, migrate, open_pool, read_migrations
from onecity.machinery.web import Held

CASES_IN_ALL: Final = 1_500
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

    def scanned(self, wanted: Wanted, held: list[Held], limit: int) -> list[UUID]:
        """The slow answer: every case looked at, one after another."""
        fits = [case for case, one in self.opened.items() if _fits(one, wanted, held)]
        return sorted(fits, reverse=True)[:limit]


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
    found = Hall(Ledger(readers, writer, book, Projections([CASES]), keys), owner, book, {}, [], [])
    await fill(found, random.Random(7))
    yield found
    await writer.close()
    await readers.close()
    keys.close()


async def fill(hall: Hall, dice: random.Random) -> None:
    """Cases of few common and some rare people, matters and places."""
    hall.people, hall.affairs = [uuid4() for _ in range(60)], [uuid4() for _ in range(400)]
    began = datetime(2020, 9, 22, tzinfo=UTC)

    def skewed(of: tuple[str, ...]) -> str:
        return of[min(int(dice.expovariate(1.0)), len(of) - 1)]

    for number in range(CASES_IN_ALL):
        opened = CaseOpened(
            matter=skewed(MATTERS), matter_version="1", process="p", process_version="1",
            affair=dice.choice(hall.affairs), subject=hall.people[min(int(dice.expovariate(0.1)), 59)],
            agency=skewed(AGENCIES), area=skewed(AREAS), received=date(2020, 9, 22), opens=(),
        )  # fmt: skip
        hall.opened[derived_id(uuid4(), now=began + timedelta(seconds=number), what="case")] = opened

    async def decide() -> Decision:
        return Decision(tuple(Change(case, 0, (one,)) for case, one in hall.opened.items()), Done())

    await hall.ledger.record(uuid4(), decide, Done, by=the_city(), now=began)


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
            held = [
                Held("services.accept", Scope(dice.choice(AGENCIES), dice.choice((*AREAS, "410000"))))
                for _ in range(dice.randint(1, 4))
            ]
            wanted, limit = any_search(hall, dice), dice.choice((1, 5, 20))
            rows = await find_cases(connection, wanted, held, limit=limit)
            assert [row.id for row in rows] == hall.scanned(wanted, held, limit), wanted
            found += len(rows)
        assert await find_cases(connection, Wanted(words=(Words(MATTERS, AGENCIES),)), []) == []
    assert found > 1_000


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
    assert await differing(hall) == (CASES_IN_ALL, set())
    forged = "delete from projections.matter_queues where matter = 'water'"
    assert await differing(hall, forged) == (CASES_IN_ALL, {("matter_queues", "missing")})
