"""The ledger on a real database: whole or absent, first answer again, forged rows found, forgotten names gone."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.ledgers import ADD, NOON, OPEN, Added, Box, House, Opened, house

from onecity.kernel.acting import the_city
from onecity.kernel.errors import Unavailable
from onecity.ledger import Change, Decision, Recorded, damages, export, rebuild
from onecity.ledger.facts import Stored
from onecity.ledger.projections import Row, waves
from onecity.ledger.writer import Writer, Written
from onecity.machinery.postgres import Address, connect

VERIFIER = Path(__file__).parents[2] / "tools" / "verify_ledger.py"


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    async with house(owner, app, tmp_path) as found:
        yield found


async def box_of(city: House, name: str = "林晓梅", amounts: tuple[int, ...] = ()) -> Box:
    found = await city.open(uuid4(), name, amounts)
    assert isinstance(found, Box)
    return found


async def sql(city: House, query: str, *params: object) -> list[asyncpg.Record]:
    connection = await connect(city.owner)
    try:
        return list(await connection.fetch(query, *params))
    finally:
        await connection.close()


async def test_facts_and_projections_are_written_together(city: House) -> None:
    box = await box_of(city, amounts=(3, 4))
    assert [type(one.fact) for one in await city.ledger.history(box.box)] == [Opened, Added, Added]
    assert (await sql(city, "select total from projections.boxes"))[0]["total"] == 7


async def test_a_repeated_key_gets_the_first_answer_and_writes_nothing(city: House) -> None:
    box, key = await box_of(city), uuid4()
    first = await city.add(box.box, 5, key)
    again = await city.add(box.box, 5, key)
    assert first == again == Box(box.box, 5)
    assert len(await city.ledger.history(box.box)) == 2


async def test_without_its_answer_a_repeat_would_begin_a_second_history(city: House) -> None:
    key, month = uuid4(), timedelta(days=31)
    first = await city.open(key, "林晓梅")
    assert await city.open(key, "林晓梅", now=NOON + month) == first
    await sql(city, "delete from ledger.answers returning key")
    assert await city.open(key, "林晓梅", now=NOON + month) != first


async def test_repeats_at_the_same_moment_write_once(city: House) -> None:
    box = await box_of(city)
    key = uuid4()
    answers = await asyncio.gather(*(city.add(box.box, 5, key) for _ in range(20)))
    assert set(answers) == {Box(box.box, 5)}
    assert len(await city.ledger.history(box.box)) == 2


async def test_many_writers_of_one_history_lose_nothing(city: House) -> None:
    box = await box_of(city)
    await asyncio.gather(*(city.add(box.box, 1) for _ in range(6)))
    assert (await sql(city, "select total from projections.boxes"))[0]["total"] == 6
    assert (await sql(city, "select n from projections.counts"))[0]["n"] == 6


async def test_a_command_over_two_histories_is_whole_or_absent(city: House) -> None:
    taken, free = await box_of(city), await box_of(city)

    def change(box: Box, version: int) -> list[tuple[Stored, bytes]]:
        stored = city.book.written(Recorded(box.box, version, NOON, the_city(), Added(1)))
        return [(stored, city.book.mac(stored))]

    writer = Writer(city.app, lanes=1)
    half = Written(uuid4(), b"{}", (*change(free, 2), *change(taken, 1)), ())
    good = Written(uuid4(), b"{}", tuple(change(await box_of(city), 2)), ())
    assert [*await asyncio.gather(writer.write(half), writer.write(good))] == [False, True]
    assert len(await city.ledger.history(free.box)) == 1
    ahead = Written(uuid4(), b"{}", tuple(change(free, 9)), ())
    assert await writer.write(ahead) is False
    await writer.close()


def test_rows_of_one_key_keep_their_order_in_waves() -> None:
    first, second = uuid4(), uuid4()
    rows = [
        Row(OPEN, (first,), (first, first, "a")),
        Row(ADD, (first,), (first, 1)),
        Row(ADD, (second,), (second, 2)),
        Row(ADD, (first,), (first, 3)),
    ]
    assert [(wave.statement, len(wave.columns[0])) for wave in waves(rows)] == [(OPEN, 1), (ADD, 1), (ADD, 1), (ADD, 1)]


async def test_personal_fields_are_not_in_the_clear_text_of_the_ledger(city: House) -> None:
    box = await box_of(city, "金丝雀")
    bodies = await sql(city, "select body from ledger.facts")
    assert all("金丝雀".encode() not in row["body"] and b"\\u91d1" not in row["body"] for row in bodies)
    history = await city.ledger.history(box.box)
    assert isinstance(history[0].fact, Opened)
    assert history[0].fact.name == "金丝雀"


async def test_a_forgotten_person_is_none_and_the_tree_still_verifies(city: House, tmp_path: Path) -> None:
    box = await box_of(city)
    fact = (await city.ledger.history(box.box))[0].fact
    assert isinstance(fact, Opened)
    await city.sealer.seal()
    city.keys.destroy(fact.owner)
    again = (await city.ledger.history(box.box))[0].fact
    assert isinstance(again, Opened)
    assert again.name is None
    assert await verified(city, tmp_path / "export")


async def test_who_is_forgotten_while_others_get_their_keys_is_decided_again(
    city: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, new, make, forgotten = uuid4(), uuid4(), city.keys.make, list[UUID]()
    city.keys.ensure([known])
    decided = 0

    def meanwhile(subjects: Iterable[UUID]) -> None:
        make(subjects)
        if not forgotten:
            city.keys.destroy(known)
            forgotten.append(known)

    monkeypatch.setattr(city.keys, "make", meanwhile)

    async def decide() -> Decision:
        nonlocal decided
        decided += 1
        boxes = [Change(uuid4(), 0, (Opened(owner, "林晓梅"),)) for owner in (known, new)]
        return Decision(tuple(boxes), Box(boxes[0].stream, 0))

    done = await city.ledger.record(uuid4(), decide, Box, by=the_city(), now=NOON)
    assert isinstance(done, Box) and decided == 2
    [first] = await city.ledger.history(done.box)
    assert isinstance(first.fact, Opened) and first.fact.name == "林晓梅"


async def test_a_key_that_another_process_destroyed_at_the_last_moment_is_a_clear_no(city: House) -> None:
    fact = Opened(uuid4(), "林晓梅")
    with pytest.raises(Unavailable):
        city.book.written(Recorded(uuid4(), 1, NOON, the_city(), fact))


async def verified(city: House, folder: Path) -> bool:
    connection = await connect(city.app)
    await export(connection, city.signer, folder)
    await connection.close()
    done = subprocess.run([sys.executable, VERIFIER, folder], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode == 0


async def test_an_export_is_accepted_by_the_outside_verifier(city: House, tmp_path: Path) -> None:
    assert await verified(city, tmp_path / "empty")
    for _ in range(5):
        await box_of(city, amounts=tuple(range(60)))
    assert (await city.sealer.seal()).sealed == 5 * 61
    assert await verified(city, tmp_path / "full")


async def test_sealing_in_between_gives_each_fact_one_position(city: House) -> None:
    async def write() -> None:
        for _ in range(20):
            await box_of(city, amounts=(1,))

    async def seal() -> None:
        for _ in range(30):
            await city.sealer.seal()
            await asyncio.sleep(0.01)

    await asyncio.gather(write(), write(), write(), seal())
    last = await city.sealer.seal()
    rows = await sql(city, "select position, stream, version from ledger.sealed order by position")
    assert [row["position"] for row in rows] == list(range(120))
    assert len({(row["stream"], row["version"]) for row in rows}) == 120 == last.size
    connection = await connect(city.app)
    assert await damages(connection, city.book) == (120, [])
    await connection.close()


async def test_a_sealer_that_starts_again_continues_the_same_tree(city: House) -> None:
    await box_of(city, amounts=tuple(range(300)))
    await city.sealer.seal()
    before = (city.folder / "ledger" / "checkpoint").read_text("utf-8")
    await city.sealer.prepare()
    assert (city.folder / "ledger" / "checkpoint").read_text("utf-8") == before


async def test_a_database_that_was_rolled_back_stops_the_sealer(city: House) -> None:
    await box_of(city)
    await city.sealer.seal()
    await sql(city, "delete from ledger.sealed")
    with pytest.raises(Exception, match="rolled back"):
        await city.sealer.prepare()


async def test_a_fact_inserted_by_sql_is_never_sealed_and_raises_an_alarm(city: House) -> None:
    await box_of(city)
    await sql(
        city,
        "insert into ledger.facts (stream, version, kind, body, mac) select gen_random_uuid(), 1, kind, body, mac from ledger.facts",
    )
    done = await city.sealer.seal()
    assert (done.sealed, done.alarms) == (1, 1)
    assert await found(city) == ["1 facts bear no code of the city and were not sealed"]


TAMPERINGS = {
    "a byte of a fact": "update ledger.facts set body = set_byte(body, 20, 66) where version = 2",
    "a deletion": "delete from ledger.facts where version = 2",
    "a swap": "update ledger.facts f set body = g.body, mac = g.mac from ledger.facts g where f.version + g.version = 5 and f.stream = g.stream and f.version in (2, 3)",
}


async def found(city: House) -> list[str]:
    connection = await connect(city.owner)
    _, wrong = await damages(connection, city.book)
    await connection.close()
    return [damage.what for damage in wrong]


@pytest.mark.parametrize("how", TAMPERINGS)
async def test_tampering_with_a_sealed_fact_is_found(city: House, how: str) -> None:
    await box_of(city, amounts=(1, 2, 3))
    await city.sealer.seal()
    assert await found(city) == []
    await sql(city, TAMPERINGS[how])
    assert await found(city) != []


async def rebuilt(city: House, *, replace: bool = False) -> list[str]:
    connection = await connect(city.owner)
    _, differences = await rebuild(connection, city.book, city.projections, replace=replace)
    await connection.close()
    return [f"{one.how} {one.table}" for one in differences]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("update projections.boxes set total = 99", ["extra boxes", "missing boxes"]),
        ("delete from projections.counts", ["missing counts"]),
        ("insert into projections.counts values ('forged', 1)", ["extra counts"]),
    ],
)
async def test_a_projection_row_without_its_facts_is_named_and_mended(
    city: House, query: str, named: list[str]
) -> None:
    await box_of(city, amounts=(1, 2))
    assert await rebuilt(city) == []
    await sql(city, query)
    assert sorted(await rebuilt(city)) == named
    await rebuilt(city, replace=True)
    assert await rebuilt(city) == []


async def test_the_application_cannot_change_or_delete_a_fact(city: House) -> None:
    await box_of(city)
    connection = await connect(city.app)
    for query in (
        "update ledger.facts set version = 9",
        "delete from ledger.facts",
        "truncate ledger.facts",
        "update ledger.sealed set version = 9",
        "update ledger.answers set answer = ''",
        "delete from ledger.answers",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(query)
    await connection.close()


async def test_an_export_does_not_mix_with_an_older_one(city: House, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "checkpoint").write_text("x", "utf-8")
    connection = await connect(city.app)
    with pytest.raises(Exception, match="is not empty"):
        await export(connection, city.signer, tmp_path / "old")
    await connection.close()


async def test_a_refused_decision_writes_nothing(city: House) -> None:
    box = await box_of(city)

    async def wrong() -> Decision:
        return Decision((Change(box.box, 0, (Added(1),)),), Box(box.box, 1))

    with pytest.raises(Exception, match="same thing"):
        await city.ledger.record(uuid4(), wrong, Box, by=the_city(), now=NOON)
    assert len(await city.ledger.history(box.box)) == 1
