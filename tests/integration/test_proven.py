"""A proven history holds to the last bit; whoever takes, adds or moves a fact by SQL makes it unsound."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.ledgers import Added, Box, House, Opened, house

from onecity.ledger import History, proven, touched, whole_between
from onecity.machinery.postgres import Address, connect


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    async with house(owner, app, tmp_path) as found:
        yield found


async def box_of(city: House, *amounts: int) -> UUID:
    found = await city.open(uuid4(), "林晓梅", amounts)
    assert isinstance(found, Box)
    return found.box


async def sql(city: House, query: str, *params: object) -> list[asyncpg.Record]:
    """Any statement, as the owner of the database."""
    connection = await connect(city.owner)
    try:
        return list(await connection.fetch(query, *params))
    finally:
        await connection.close()


async def history_of(city: House, stream: UUID) -> History:
    async with city.ledger.readers.acquire() as connection:
        return (await proven(connection, city.book, [stream]))[stream]


async def test_a_sealed_history_is_sound_and_knows_its_positions(city: House) -> None:
    first, second = await box_of(city, 1, 2), await box_of(city, 3)
    assert [one.position for one in (await history_of(city, first)).facts] == [None, None, None]
    await city.sealer.seal()
    for stream, kinds in ((first, [Opened, Added, Added]), (second, [Opened, Added])):
        found = await history_of(city, stream)
        positions = [one.position for one in found.facts if one.position is not None]
        assert found.sound
        assert [type(one.recorded.fact) for one in found.facts] == kinds
        assert positions == sorted(positions)
        assert len(positions) == len(kinds)


async def test_a_fact_of_the_last_moment_has_no_position_yet(city: House) -> None:
    box = await box_of(city)
    await city.sealer.seal()
    await city.add(box, 5)
    found = await history_of(city, box)
    assert found.sound
    assert [one.position is None for one in found.facts] == [False, True]


async def test_a_history_that_is_not_there_is_empty_and_sound(city: House) -> None:
    assert await history_of(city, uuid4()) == History((), sound=True)


TAMPERED = {
    "a byte of a fact": "update ledger.facts set body = set_byte(body, 20, get_byte(body, 20) # 1) where stream = $1 and version = 2",
    "a code": "update ledger.facts set mac = set_byte(mac, 0, get_byte(mac, 0) # 1) where stream = $1 and version = 3",
    "a kind": "update ledger.facts set kind = 'test.opened/1' where stream = $1 and version = 2",
    "a fact taken out": "delete from ledger.facts where stream = $1 and version = 3",
    "a fact in the middle taken out": "delete from ledger.facts where stream = $1 and version = 2",
    "the first fact taken out": "delete from ledger.facts where stream = $1 and version = 1",
    "both rows of a fact in the middle": "with f as (delete from ledger.facts where stream = $1 and version = 2) delete from ledger.sealed where stream = $1 and version = 2",
    "a seal in the middle": "delete from ledger.sealed where stream = $1 and version = 2",
    "a leaf": "update ledger.sealed set leaf = sha256(leaf) where stream = $1 and version = 2",
    "two positions exchanged": "update ledger.sealed s set position = case version when 2 then 1002 else 1001 end where stream = $1 and version in (2, 3)",
    "a fact put in": "insert into ledger.facts (stream, version, kind, body, mac) select stream, 4, kind, body, mac from ledger.facts where stream = $1 and version = 3",
}  # fmt: skip


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
async def test_a_history_that_somebody_changed_is_not_sound_and_tells_nothing(city: House, statement: str) -> None:
    box, other = await box_of(city, 1, 2), await box_of(city, 1)
    await city.sealer.seal()
    await sql(city, statement, box)
    assert await history_of(city, box) == History((), sound=False)
    assert (await history_of(city, other)).sound


async def test_a_last_fact_that_is_gone_without_a_trace_leaves_a_gap_in_the_positions(city: House) -> None:
    """The history alone looks sound; the tree that everybody mirrors knows better."""
    box = await box_of(city, 1, 2)
    size = (await city.sealer.seal()).size
    await sql(city, "delete from ledger.facts where stream = $1 and version = 3", box)
    await sql(city, "delete from ledger.sealed where stream = $1 and version = 3", box)
    assert (await history_of(city, box)).sound
    async with city.ledger.readers.acquire() as connection:
        assert not await whole_between(connection, 0, size)
        assert await whole_between(connection, 0, size - 1)
        assert await touched(connection, 0, size, kinds="test.") is None


async def test_what_was_touched_is_told_by_kind_and_where_a_fact_is_gone(city: House) -> None:
    first, second = await box_of(city, 1), await box_of(city)
    size = (await city.sealer.seal()).size
    async with city.ledger.readers.acquire() as connection:
        assert set(await touched(connection, 0, size, kinds="test.") or ()) == {first, second}
        assert await touched(connection, 0, size, kinds="test.added") == [first]
        assert await touched(connection, 0, size, kinds="licences.") == []
    await sql(city, "delete from ledger.facts where stream = $1", second)
    async with city.ledger.readers.acquire() as connection:
        assert await touched(connection, 0, size, kinds="licences.") == [second]


async def test_the_published_checkpoint_is_believed_only_with_the_city_s_signature(city: House) -> None:
    folder = city.folder / "ledger"
    await box_of(city, 1)
    size = (await city.sealer.seal()).size
    published = city.signer.published(folder)
    assert published is not None
    assert published.size == size
    note = (folder / "checkpoint").read_text("utf-8")
    (folder / "checkpoint").write_text(note.replace(f"\n{size}\n", f"\n{size + 1}\n"), "utf-8")
    assert city.signer.published(folder) is None
    (folder / "checkpoint").write_text(city.signer.note("something else\n"), "utf-8")
    assert city.signer.published(folder) is None
    (folder / "checkpoint").unlink()
    assert city.signer.published(folder) is None
