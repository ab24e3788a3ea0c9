"""Group commit: what waits together is written together, as one statement where that can be, and never half."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.ledgers import ADD, COUNT, NOON, OPEN, Added, Box, House, Opened, house

from onecity.kernel.acting import the_city
from onecity.ledger import Fact, Recorded, Row, Statement, store
from onecity.ledger.projections import Wave
from onecity.ledger.writer import FEW, MOST_COMMANDS, Writer, Written
from onecity.machinery.postgres import Address, connect


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    async with house(owner, app, tmp_path) as found:
        yield found


@pytest.fixture
async def writer(city: House) -> AsyncIterator[Writer]:
    """One lane, so that what waits travels together."""
    found = Writer(city.app, lanes=1)
    yield found
    await found.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands each single statement carried."""
    sizes: list[int] = []
    real = store.append_at_once

    async def counted(connection: asyncpg.Connection, batch: store.Batch, todo: Sequence[Wave]) -> None:
        sizes.append(len(batch.parts))
        await real(connection, batch, todo)

    monkeypatch.setattr(store, "append_at_once", counted)
    return sizes


async def sql(city: House, query: str, *params: object) -> list[asyncpg.Record]:
    connection = await connect(city.owner)
    try:
        return list(await connection.fetch(query, *params))
    finally:
        await connection.close()


async def box_of(city: House) -> UUID:
    found = await city.open(uuid4(), "林晓梅")
    assert isinstance(found, Box)
    return found.box


def command(city: House, box: UUID, version: int, *, rows: tuple[Row, ...] | None = None) -> Written:
    """One more thing put into a box, as the ledger would write it."""
    stored = city.book.written(Recorded(box, version, NOON, the_city(), Added(1)))
    made = (Row(ADD, (box,), (box, 1)),) if rows is None else rows
    return Written(uuid4(), b"{}", ((stored, city.book.mac(stored)),), made)


def opened(city: House, box: UUID) -> Written:
    fact: Fact = Opened(box, None)
    stored = city.book.written(Recorded(box, 1, NOON, the_city(), fact))
    return Written(uuid4(), b"{}", ((stored, city.book.mac(stored)),), (Row(OPEN, (box,), (box, box, None)),))


async def written(writer: Writer, commands: Sequence[Written]) -> list[bool]:
    return list(await asyncio.gather(*(writer.write(one) for one in commands)))


async def filled(city: House) -> dict[UUID, int]:
    return {row["box"]: row["total"] for row in await sql(city, "select box, total from projections.boxes")}


async def test_a_shape_of_batch_that_comes_again_travels_as_one_statement(
    city: House, writer: Writer, at_once: list[int]
) -> None:
    boxes = [await box_of(city) for _ in range(4)]
    at_once.clear()
    for version in (2, 3, 4):
        assert await written(writer, [command(city, box, version) for box in boxes]) == [True] * 4
    # The first command leaves alone, because a lane is free; the others wait and leave together.
    assert at_once == [1, 3, 1, 3]
    assert await filled(city) == dict.fromkeys(boxes, 3)


async def test_stale_commands_of_a_batch_leave_nothing_and_the_others_are_whole(
    city: House, writer: Writer, at_once: list[int]
) -> None:
    boxes = [await box_of(city) for _ in range(6)]
    other = Writer(city.app, lanes=1)
    await written(writer, [command(city, box, 2) for box in boxes if box != boxes[1]])
    # Another process was quicker with this one, and this writer does not know of it.
    assert await other.write(command(city, boxes[1], 2))
    await other.close()
    taken, missing = command(city, boxes[1], 2), command(city, boxes[2], 9)
    known = command(city, boxes[3], 3)
    assert await writer.write(known)
    repeated = Written(known.key, b"{}", command(city, boxes[3], 4).facts, command(city, boxes[3], 4).rows)
    batch = [command(city, boxes[0], 3), taken, missing, repeated, command(city, boxes[4], 3)]
    assert await written(writer, batch) == [True, False, False, False, True]
    assert max(at_once) > 1
    assert [total for _, total in sorted((boxes.index(box), n) for box, n in (await filled(city)).items())] == [
        2, 1, 1, 2, 2, 1,
    ]  # fmt: skip
    lengths = {
        row["stream"]: row["count"] for row in await sql(city, "select stream, count(*) from ledger.facts group by 1")
    }
    assert [lengths[box] for box in boxes] == [3, 2, 2, 3, 3, 2]


async def test_what_a_writer_wrote_itself_is_known_to_be_stale_without_the_database(
    city: House, writer: Writer, at_once: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = await box_of(city)
    for version in (2, 3):
        assert await writer.write(command(city, box, version))
    at_once.clear()
    assert await written(writer, [command(city, box, 2), command(city, box, 3)]) == [False, False]
    assert at_once == []
    assert await writer.write(command(city, box, 4))
    # Only the latest histories are remembered; of the others the database is asked.
    monkeypatch.setattr("onecity.ledger.writer._HISTORIES", 1)
    for known in [await box_of(city) for _ in range(2)]:
        assert await writer.write(command(city, known, 2))
    at_once.clear()
    assert not await writer.write(command(city, box, 4))
    assert at_once == [1]
    assert await filled(city) | {box: 3} == await filled(city)


async def test_a_database_that_comes_back_knowing_less_is_believed(city: House, writer: Writer) -> None:
    box = await box_of(city)
    for version in (2, 3):
        assert await writer.write(command(city, box, version))
    # As after a failure of the disk whose last second was lost with it.
    await sql(city, "delete from ledger.facts where stream = $1 and version = 3", box)
    assert not await writer.write(command(city, box, 3))
    assert await writer.write(command(city, box, 3), again=True)
    assert not await writer.write(command(city, box, 3), again=True)


async def test_few_wait_for_a_batch_under_way_and_many_take_the_second_lane(
    city: House, at_once: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each shape counts as seen, and patience does not end before a batch of a slow machine is back.
    monkeypatch.setattr("onecity.ledger.writer._Lane.has_seen", lambda lane, shape: True)
    monkeypatch.setattr("onecity.ledger.writer.PATIENCE_S", 60)
    writer, boxes = Writer(city.app, lanes=2), [await box_of(city) for _ in range(FEW + 2)]
    at_once.clear()
    assert all(await written(writer, [command(city, box, 2) for box in boxes[:FEW]]))
    assert at_once == [1, FEW - 1]
    at_once.clear()
    late = [command(city, box, 2) for box in boxes[FEW:]]
    assert all(await written(writer, [command(city, box, 3) for box in boxes[:FEW]] + late))
    assert sorted(at_once) == [1, 1, FEW]
    await writer.close()


async def test_nothing_is_written_before_the_look(city: House, writer: Writer, at_once: list[int]) -> None:
    """A sequence remembers what was taken back."""
    await sql_all(city, TRACED)
    boxes = [await box_of(city) for _ in range(3)]
    other = Writer(city.app, lanes=1)
    for version in (2, 3):
        await written(writer, [command(city, boxes[0], version)])
        await written(other, [command(city, box, version) for box in boxes[1:]])
    await other.close()
    # The two shapes of below: one command alone, and the others together.
    await written(writer, [command(city, box, 2) for box in [await box_of(city) for _ in range(3)]])
    before = (await sql(city, "select last_value from traced_steps"))[0][0]
    at_once.clear()
    stale = [command(city, boxes[0], 4), command(city, boxes[1], 2), command(city, boxes[2], 2)]
    assert await written(writer, stale) == [True, False, False]
    assert at_once == [1, 2]
    assert (await sql(city, "select last_value from traced_steps"))[0][0] - before == 3, "fact, answer, row of one"


TRACED = """
create sequence public.traced_steps;
create table public.traced (step bigint default nextval('public.traced_steps'), name text);
grant all on public.traced, public.traced_steps to onecity_app;
create function public.trace() returns trigger language plpgsql as
    $$ begin insert into public.traced (name) values (tg_table_name); return new; end $$;
create trigger traced before insert on ledger.facts_all for each row execute function public.trace();
create trigger traced before insert on ledger.answers for each row execute function public.trace();
create trigger traced before insert or update on projections.boxes for each row execute function public.trace();
create trigger traced before insert or update on projections.counts for each row execute function public.trace();
"""


async def sql_all(city: House, script: str) -> None:
    connection = await connect(city.owner)
    await connection.execute(script)
    await connection.close()


async def test_one_statement_takes_its_locks_in_the_order_of_single_steps(
    city: House, writer: Writer, at_once: list[int]
) -> None:
    """Else two lanes, one of each kind, could wait for each other for ever."""
    box = await box_of(city)
    await sql_all(city, TRACED)
    for version in (2, 3):
        rows = (Row(COUNT, ("added",), ("added", 1)), Row(ADD, (box,), (box, 1)))
        at_once.clear()
        assert await writer.write(command(city, box, version, rows=rows))
        order = [row["name"] for row in await sql(city, "delete from traced returning name, step")]
        assert (order[:3], order[3], len(at_once)) == (["facts_all", "answers", "boxes"], "counts", version - 2)


async def test_a_command_that_loses_a_race_is_stale_and_its_neighbour_is_written(
    city: House, writer: Writer, at_once: list[int]
) -> None:
    here, there, third = [await box_of(city) for _ in range(3)]
    await written(writer, [command(city, box, 2) for box in (third, here, there)])
    await written(writer, [command(city, box, 3) for box in (third, here, there)])
    other = await connect(city.app)
    rival = command(city, here, 4).facts[0]
    async with other.transaction():
        await other.execute(
            "insert into ledger.facts (stream, version, kind, body, mac) values ($1, $2, $3, $4, $5)",
            rival[0].stream, rival[0].version, rival[0].kind, rival[0].body, rival[1],
        )  # fmt: skip
        at_once.clear()
        under_way = [asyncio.create_task(writer.write(command(city, box, 4))) for box in (third, here, there)]
        await asyncio.sleep(0.2)
        assert not under_way[1].done(), "the batch waits for the rival"
    assert await asyncio.gather(*under_way) == [True, False, True]
    assert at_once == [1, 2], "what lost nothing is written step by step"
    await other.close()
    assert await filled(city) == {third: 3, here: 2, there: 3}


async def test_a_fault_of_a_projection_reaches_its_authors_and_leaves_nothing(city: House, writer: Writer) -> None:
    fault = Statement(
        "boxes", "insert into boxes (box, owner, total) select *, null from unnest($1::uuid[], $2::uuid[])"
    )
    boxes = [await box_of(city) for _ in range(3)]
    for _ in range(2):
        wrong = [command(city, box, 2, rows=(Row(fault, (box,), (uuid4(), box)),)) for box in boxes]
        failures = await asyncio.gather(*(writer.write(one) for one in wrong), return_exceptions=True)
        assert [type(one) for one in failures] == [asyncpg.NotNullViolationError] * 3
    assert await filled(city) == dict.fromkeys(boxes, 0)
    assert len(await sql(city, "select from ledger.facts")) == 3


async def test_rows_of_one_key_are_written_one_after_another(city: House, writer: Writer, at_once: list[int]) -> None:
    for _ in range(2):
        box = uuid4()
        first = opened(city, box)
        both = Written(first.key, b"{}", first.facts, (*first.rows, *(Row(ADD, (box,), (box, 5)) for _ in range(3))))
        assert await writer.write(both)
        assert (await filled(city))[box] == 15
    assert at_once == [1], "what can travel with the facts does, the rest follows in the same transaction"


async def test_rows_that_follow_the_facts_are_taken_back_with_them(city: House, writer: Writer) -> None:
    fault = Statement("boxes", "update boxes set total = null from unnest($1::uuid[]) t(box) where boxes.box = t.box")
    for _ in range(2):
        first = opened(city, uuid4())
        wrong = Written(first.key, b"{}", first.facts, (*first.rows, Row(fault, first.rows[0].key, first.rows[0].key)))
        with pytest.raises(asyncpg.NotNullViolationError):
            await writer.write(wrong)
    assert await filled(city) == {}
    assert await sql(city, "select from ledger.facts") == []


async def test_a_statement_with_parts_of_its_own_follows_the_facts(
    city: House, writer: Writer, at_once: list[int]
) -> None:
    nested = Statement(
        "boxes",
        "with t as (select * from unnest($1::uuid[]) t(box)), c as (insert into counts values ('nested', 1)"
        " on conflict (what) do update set n = counts.n + 1)"
        " update boxes b set total = total + 7 from t where b.box = t.box",
    )
    boxes = [await box_of(city) for _ in range(3)]
    at_once.clear()
    for version in (2, 3):
        assert all(
            await written(writer, [command(city, box, version, rows=(Row(nested, (box,), (box,)),)) for box in boxes])
        )
    assert at_once == [1, 2]
    assert await filled(city) == dict.fromkeys(boxes, 14)


async def test_counts_of_many_commands_are_added_up_in_one_wave(
    city: House, writer: Writer, at_once: list[int]
) -> None:
    boxes = [await box_of(city) for _ in range(5)]
    at_once.clear()
    for version in (2, 3):
        rows = [(Row(COUNT, ("added",), ("added", 1)), Row(ADD, (box,), (box, 1))) for box in boxes]
        assert all(
            await written(
                writer, [command(city, box, version, rows=made) for box, made in zip(boxes, rows, strict=True)]
            )
        )
    assert at_once == [1, 4]
    assert (await sql(city, "select n from projections.counts"))[0]["n"] == 10


async def test_a_lane_is_made_anew_when_its_connection_was_cut(city: House, writer: Writer) -> None:
    box = await box_of(city)
    assert await writer.write(command(city, box, 2))
    await sql(
        city,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    )
    results = []
    for _ in range(10):
        try:
            results.append(await writer.write(command(city, box, 3)))
        except Exception:  # noqa: BLE001 - the first that notices may fail, the next ones may not
            continue
    assert results[0] is True
    assert await writer.first_answer(uuid4()) is None


async def test_who_asks_for_first_answers_together_is_told_each_its_own(city: House, writer: Writer) -> None:
    boxes = [await box_of(city) for _ in range(MOST_COMMANDS + 8)]
    commands = [command(city, box, 2) for box in boxes]
    numbered = [Written(one.key, b"%d" % number, one.facts, one.rows) for number, one in enumerate(commands)]
    assert all(await written(writer, numbered))
    asked = [*(one.key for one in numbered), uuid4()]
    answers = await asyncio.gather(*(writer.first_answer(key) for key in asked))
    assert answers == [*(b"%d" % number for number in range(len(numbered))), None]


def test_a_parameter_of_a_statement_is_an_array_with_its_type() -> None:
    with pytest.raises(AssertionError, match=r"\$1::uuid\[\]"):
        Statement("boxes", "insert into boxes (box) select * from unnest($1)")
