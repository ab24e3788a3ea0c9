"""A sealer takes up the tree where the last one left it, and only if it is the one that the city signed."""

import shutil
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.ledgers import Box, House, house

from onecity.kernel.errors import CannotStart
from onecity.ledger import Proof, Sealer, Stored, Unproven, damages, leaf_hash, prove, store
from onecity.ledger.tree import included
from onecity.machinery.postgres import Address, connect


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    """A city whose tree has two full tiles and a right edge, all of it sealed and published."""
    async with house(owner, app, tmp_path) as found:
        await box_of(found, 512 + 40)
        await found.sealer.seal()
        yield found


@pytest.fixture
def read_from(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From which positions on leaves were read."""
    positions: list[int] = []
    real = store.leaves_from

    def noted(connection: asyncpg.Connection, position: int) -> AsyncIterator[bytes]:
        positions.append(position)
        return real(connection, position)

    monkeypatch.setattr(store, "leaves_from", noted)
    return positions


async def box_of(city: House, facts: int) -> UUID:
    found = await city.open(uuid4(), "林晓梅", tuple(range(facts - 1)))
    assert isinstance(found, Box)
    return found.box


async def sql(city: House, query: str, *params: object) -> list[asyncpg.Record]:
    connection = await connect(city.owner)
    try:
        return list(await connection.fetch(query, *params))
    finally:
        await connection.close()


async def started_again(city: House) -> int:
    """A new sealer, as after a restart; the size of the tree after its first round."""
    connection = await connect(city.app)
    try:
        sealer = Sealer(connection, city.book, city.signer, city.folder / "ledger")
        await sealer.prepare()
        return (await sealer.seal()).size
    finally:
        await connection.close()


def files_of(city: House) -> dict[str, bytes]:
    folder = city.folder / "ledger"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_start_reads_no_leaf_that_a_signed_checkpoint_covers(city: House, read_from: list[int]) -> None:
    before = files_of(city)
    assert await started_again(city) == 552
    assert read_from == [552]
    assert files_of(city) == before


async def test_a_tree_that_goes_on_after_a_restart_is_the_one_that_never_stopped(city: House, tmp_path: Path) -> None:
    await box_of(city, 300)
    assert await started_again(city) == 852
    grown = files_of(city)
    shutil.rmtree(city.folder / "ledger")
    assert await started_again(city) == 852
    assert files_of(city) == grown


@pytest.mark.parametrize("lost", ["tile/0/001", "tile/0/002.p/40", "tile/1/000.p/2", "checkpoint"])
async def test_a_lost_file_is_made_anew_from_the_leaves(city: House, read_from: list[int], lost: str) -> None:
    before = files_of(city)
    (city.folder / "ledger" / lost).unlink()
    assert await started_again(city) == 552
    assert read_from[-1] == 0
    assert files_of(city) == before


@pytest.mark.parametrize("broken", ["tile/0/002.p/40", "tile/1/000.p/2", "checkpoint"])
async def test_a_file_of_the_right_edge_that_was_changed_is_put_right(city: House, broken: str) -> None:
    before = files_of(city)
    path = city.folder / "ledger" / broken
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert await started_again(city) == 552
    assert files_of(city) == before


async def test_a_folder_of_an_older_day_is_continued(city: House, tmp_path: Path, read_from: list[int]) -> None:
    shutil.copytree(city.folder / "ledger", tmp_path / "older")
    await box_of(city, 300)
    await city.sealer.seal()
    newer = files_of(city)
    shutil.rmtree(city.folder / "ledger")
    shutil.copytree(tmp_path / "older", city.folder / "ledger")
    assert await started_again(city) == 852
    assert read_from == [552]
    assert files_of(city) == newer


async def test_a_database_that_lost_its_last_positions_stops_the_start(city: House) -> None:
    await sql(city, "delete from ledger.sealed where position >= 500")
    with pytest.raises(CannotStart, match="rolled back"):
        await started_again(city)


async def test_a_changed_leaf_never_enters_the_tree_and_is_found_by_those_who_look(city: House) -> None:
    before = files_of(city)
    await sql(city, "update ledger.sealed set leaf = sha256(leaf) where position = 7")
    assert await started_again(city) == 552
    assert files_of(city) == before
    connection = await connect(city.owner)
    _, found = await damages(connection, city.book)
    await connection.close()
    assert [damage.position for damage in found] == [7]


async def test_nothing_is_published_from_leaves_that_were_not_signed(city: House) -> None:
    (city.folder / "ledger" / "tile" / "0" / "000").unlink()
    before = files_of(city)
    await sql(city, "update ledger.sealed set leaf = sha256(leaf) where position = 7")
    with pytest.raises(CannotStart, match="not those that the city signed"):
        await started_again(city)
    assert files_of(city) == before


async def test_a_leaf_changed_between_seal_and_checkpoint_stops_the_start(city: House, tmp_path: Path) -> None:
    shutil.copytree(city.folder / "ledger", tmp_path / "older")
    await box_of(city, 30)
    await city.sealer.seal()
    shutil.rmtree(city.folder / "ledger")
    shutil.copytree(tmp_path / "older", city.folder / "ledger")
    await sql(city, "update ledger.sealed set leaf = sha256(leaf) where position = 560")
    with pytest.raises(CannotStart, match="not those that the city signed"):
        await started_again(city)


async def proof_of(city: House, box: UUID, version: int, folder: Path, *, thorough: bool = False) -> Proof | Unproven:
    connection = await connect(city.app)
    try:
        return await prove(connection, city.signer, box, version, folder=folder, thorough=thorough)
    finally:
        await connection.close()


def holds(city: House, proof: Proof) -> bool:
    text = city.signer.opened(proof.checkpoint)
    assert text is not None, "the checkpoint is signed"
    _, size, root = text.splitlines()
    path = [b64decode(step) for step in proof.path]
    return included(leaf_hash(b64decode(proof.entry)), proof.position, int(size), path, b64decode(root))


async def test_a_proof_reads_only_the_tiles_on_its_way(city: House, read_from: list[int], tmp_path: Path) -> None:
    box = (await sql(city, "select stream from ledger.sealed limit 1"))[0]["stream"]
    for version in (1, 256, 257, 512, 513, 552):
        proof = await proof_of(city, box, version, city.folder / "ledger")
        assert isinstance(proof, Proof)
        assert holds(city, proof)
        assert read_from == []
    # Where nothing was published nothing is proven, and no root is signed for the occasion.
    assert await proof_of(city, box, 1, tmp_path / "nowhere", thorough=True) is Unproven.ABSENT


async def test_a_proof_does_not_follow_tiles_that_were_changed(city: House, read_from: list[int]) -> None:
    box = (await sql(city, "select stream from ledger.sealed limit 1"))[0]["stream"]
    path = city.folder / "ledger" / "tile" / "0" / "000"
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    assert await proof_of(city, box, 1, city.folder / "ledger") is Unproven.DAMAGED
    assert read_from == []
    proof = await proof_of(city, box, 1, city.folder / "ledger", thorough=True)
    assert isinstance(proof, Proof)
    assert holds(city, proof)
    assert read_from == [0]


FORGED = {
    "the body": "update ledger.facts set body = body || ' ' where stream = $1 and version = 2",
    "the leaf": "update ledger.sealed set leaf = sha256(leaf) where stream = $1 and version = 2",
    "the fact gone": "delete from ledger.facts where stream = $1 and version = 2",
}


@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize("what", [*FORGED, "body and leaf"])
async def test_nothing_is_proven_or_signed_for_a_fact_that_is_not_what_was_published(
    city: House, what: str, *, thorough: bool
) -> None:
    box = (await sql(city, "select stream from ledger.sealed limit 1"))[0]["stream"]
    if what in FORGED:
        await sql(city, FORGED[what], box)
    else:
        await sql(city, FORGED["the body"], box)
        row = (
            await sql(
                city, "select stream, version, kind, body from ledger.facts where stream = $1 and version = 2", box
            )
        )[0]
        made = leaf_hash(Stored(*row).entry())
        await sql(city, "update ledger.sealed set leaf = $2 where stream = $1 and version = 2", box, made)
    assert await proof_of(city, box, 2, city.folder / "ledger", thorough=thorough) is Unproven.DAMAGED


async def test_what_is_not_sealed_has_no_proof(city: House) -> None:
    box = await box_of(city, 2)
    assert await proof_of(city, box, 1, city.folder / "ledger") is Unproven.ABSENT
    await city.sealer.seal()
    assert isinstance(await proof_of(city, box, 1, city.folder / "ledger"), Proof)
    assert await proof_of(city, box, 3, city.folder / "ledger") is Unproven.ABSENT


OLDER_FACTS = (
    """do $$ begin
    for number in 1..200 loop
        insert into ledger.facts (stream, version, kind, body, mac)
            select gen_random_uuid(), 1, 'test.added/1', mac, mac
            from (select mac from ledger.facts limit 1) f, generate_series(1, 100);
        commit;
    end loop;
end $$""",
    "update ledger.seal_state set seen = pg_current_snapshot()",
    "analyze ledger.facts",
)


async def test_a_look_for_new_facts_does_not_read_the_old_ones(city: House) -> None:
    connection = await connect(city.owner)
    for step in OLDER_FACTS:
        await connection.execute(step)
    plan = "\n".join(row[0] for row in await connection.fetch(f"explain {store._UNSEALED}"))
    await connection.close()
    assert plan.count("Index Cond: ((era") == 2
    assert "Seq Scan on facts" not in plan


async def test_a_machine_that_does_not_seal_shows_the_same_and_never_less_than_before(city: House) -> None:
    own, other = city.folder / "ledger", city.folder / "another machine"
    connection = await connect(city.app)
    try:
        follower = Sealer(connection, city.book, city.signer, other)
        shown = []
        for _ in range(3):
            await box_of(city, 100)
            await city.sealer.seal()
            await follower.follow()
            assert (other / "checkpoint").read_bytes() == (own / "checkpoint").read_bytes()
            shown.append((other / "checkpoint").read_bytes())
        assert len(set(shown)) == 3
        published = [path for path in own.rglob("*") if path.is_file()]
        assert {path.relative_to(own) for path in published} == {
            path.relative_to(other) for path in other.rglob("*") if path.is_file()
        }
        # A process that was late must not take back what another one of the same folder has shown.
        late = Sealer(connection, city.book, city.signer, own)
        await late.prepare()
        await box_of(city, 10)
        await city.sealer.seal()
        newest = (own / "checkpoint").read_bytes()
        await late._published.announce(late._tree)
        assert (own / "checkpoint").read_bytes() == newest
    finally:
        await connection.close()
