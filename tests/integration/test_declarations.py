"""A pack that was applied is read again from the database, rule for rule, in the order in which it was written."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.packs_in_time import PROCESS_FILE, edited, replacing, tea, writing
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.bootstrap.database import Database
from onecity.bootstrap.memory import Memory, open_memory
from onecity.bootstrap.rooms import SCHEMAS
from onecity.casework import PROCESS
from onecity.kernel.acting import the_city
from onecity.kernel.errors import Unavailable
from onecity.kernel.refusal import Refused
from onecity.ledger import PackApplied, PackVersion
from onecity.machinery.postgres import Address, connect, migrate, read_migrations
from onecity.packs import Pack, version_of
from onecity.places import CITY

NOON = datetime(2020, 9, 22, 4, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
async def memory(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[Memory]:
    admin = await connect(owner)
    await migrate(admin, read_migrations(SCHEMAS))
    await admin.close()
    async with open_memory(Database(owner, app, None), tmp_path / "city", "ledger.test.example") as found:
        yield found


async def apply(memory: Memory, pack: Pack, *, since: datetime = NOON) -> PackVersion | Refused:
    origin = pack.one(CITY).ledger_origin
    return await memory.declarations.apply(pack, origin, since=since, ledger=memory.ledger, by=the_city(), now=NOON)


async def facts(memory: Memory) -> int:
    async with memory.pool.acquire() as connection:
        found: int = await connection.fetchval("select count(*) from ledger.facts")
    return found


async def test_a_pack_is_read_again_as_it_was_written(memory: Memory) -> None:
    pack = shipped()
    await apply(memory, pack)
    again = await memory.declarations.whole(pack.version, KINDS)
    assert again.version == pack.version
    for kind in KINDS:
        before, after = pack.all(kind), again.all(kind)
        assert list(after) == list(before)
        assert [one.value for one in after.values()] == [one.value for one in before.values()]


async def test_the_order_of_outcomes_is_kept_because_the_first_is_offered_first(memory: Memory, tmp_path: Path) -> None:
    pack = edited(tmp_path, tea)
    await apply(memory, pack)
    again = await memory.declarations.whole(pack.version, KINDS)
    assert list(again.all(PROCESS)["tea"].value.steps["tasting"].outcomes) == ["nod", "frown"]
    turned = edited(tmp_path, tea, replacing(PROCESS_FILE, "begins: [tasting]", "begins: [ tasting ]"))
    assert turned.version == pack.version


async def test_the_citys_own_words_belong_to_the_version(memory: Memory, tmp_path: Path) -> None:
    plain = edited(tmp_path)
    own = edited(tmp_path, writing("words/zh.yaml", "services.items: 我们能办的\n"))
    assert own.version != plain.version
    await apply(memory, own)
    assert (await memory.declarations.whole(own.version, KINDS)).words == {"zh": {"services.items": "我们能办的"}}


async def test_an_application_is_one_fact_whatever_the_size_of_the_pack(memory: Memory, tmp_path: Path) -> None:
    pack = edited(tmp_path, tea)
    answer = await apply(memory, pack, since=LATER)
    assert isinstance(answer, PackVersion)
    async with memory.pool.acquire() as connection:
        [stream] = [row["stream"] for row in await connection.fetch("select stream from projections.packs")]
    [recorded] = await memory.ledger.history(stream)
    assert isinstance(recorded.fact, PackApplied)
    assert (recorded.fact.version, recorded.fact.since) == (pack.version, LATER)


async def test_the_same_application_twice_is_one(memory: Memory, tmp_path: Path) -> None:
    pack = edited(tmp_path, tea)
    first = await apply(memory, pack, since=LATER)
    assert await apply(memory, pack, since=LATER) == first
    assert await facts(memory) == 1


async def test_a_declaration_that_somebody_changed_in_the_database_is_not_read(memory: Memory, owner: Address) -> None:
    pack = shipped()
    await apply(memory, pack)
    [process, *_] = pack.all(PROCESS).values()
    admin = await connect(owner)
    forged = "set body = convert_to(replace(convert_from(body, 'utf-8'), '\"because\"', '\"because\" '), 'utf-8')"
    await admin.execute(f"update ledger.declarations {forged} where hash = $1", version_of(process))
    await admin.close()
    with pytest.raises(Unavailable, match="is not what it was"):
        await memory.declarations.whole(pack.version, KINDS)
    with pytest.raises(Unavailable, match="is not what it was"):
        await memory.declarations.value(Pack({}), PROCESS, process.id, version_of(process))


async def test_a_version_without_a_kind_that_every_pack_has_is_of_another_program(memory: Memory) -> None:
    pack = shipped()
    less = Pack({kind: found for kind, found in pack.declared.items() if kind != "calendar"})
    await apply(memory, less)
    with pytest.raises(Unavailable, match=r"another version of OneCity \(calendar\)"):
        await memory.declarations.whole(less.version, KINDS)


async def test_what_was_withdrawn_is_known_as_it_was_last(memory: Memory, tmp_path: Path) -> None:
    first = edited(tmp_path, tea)
    second = edited(tmp_path, tea, replacing(PROCESS_FILE, "点头", "鞠躬"))
    for hours, pack in enumerate((first, second, shipped())):
        await apply(memory, pack, since=NOON + timedelta(hours=hours))
    past = await memory.declarations.withdrawn(shipped(), (PROCESS,))
    assert list(past.all(PROCESS)) == ["tea"]
    assert past.all(PROCESS)["tea"].value.steps["tasting"].outcomes["nod"].name.zh == "鞠躬"
    assert (await memory.declarations.withdrawn(second, (PROCESS,))).all(PROCESS) == {}
