"""Somebody rewrites the past in the database so well that all of it fits together: an older checkpoint still shows it."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import pytest
from tests.ledgers import Box, House, house

from onecity.kernel.errors import CannotStart, CityError
from onecity.ledger import Sealer, Stored, export, leaf_hash
from onecity.machinery.postgres import Address, connect

VERIFIER: Final = Path(__file__).parents[2] / "tools" / "verify_ledger.py"

REWRITTEN: Final = {
    "one byte of a fact": (
        "update ledger.facts set body = set_byte(body, 20, get_byte(body, 20) # 1) where version = 3",
    ),
    "a deletion": ("delete from ledger.facts where version = 3", "delete from ledger.sealed where version = 3"),
    "a swap of two facts": (
        "update ledger.facts f set body = g.body, mac = g.mac from ledger.facts g"
        " where f.stream = g.stream and (f.version, g.version) in ((2, 3), (3, 2))",
    ),
    "a swap of two places": (
        "update ledger.sealed set position = 1000 where version = 2",
        "update ledger.sealed set position = 1 where version = 3",
        "update ledger.sealed set position = 2 where version = 2",
    ),
    "an inserted fact with a code that looks right": (
        "insert into ledger.facts (stream, version, kind, body, mac)"
        " select stream, 9, kind, body, mac from ledger.facts where version = 3",
        "update ledger.sealed set position = position + 1000 where version > 2",
        "insert into ledger.sealed (position, stream, version, leaf) select 999, stream, 9, leaf"
        " from ledger.sealed where version = 3",
    ),
}  # fmt: skip


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    """A city with some sealed facts, whose checkpoint an outsider has kept."""
    async with house(owner, app, tmp_path) as found:
        assert isinstance(await found.open(uuid4(), "林晓梅", tuple(range(6))), Box)
        await found.sealer.seal()
        (tmp_path / "older").write_bytes((found.folder / "ledger" / "checkpoint").read_bytes())
        yield found


async def rewrite(connection: asyncpg.Connection, statements: tuple[str, ...]) -> None:
    """Change what is there, then leave no leaf that contradicts its fact and no gap between the places."""
    for statement in statements:
        await connection.execute(statement)
    rows = await connection.fetch(
        "select s.position, f.stream, f.version, f.kind, f.body from ledger.sealed s"
        " join ledger.facts f using (stream, version) order by s.position"
    )
    await connection.execute("delete from ledger.sealed")
    await connection.executemany(
        "insert into ledger.sealed (position, stream, version, leaf) values ($1, $2, $3, $4)",
        [
            (place, stream, version, leaf_hash(Stored(stream, version, kind, bytes(body)).entry()))
            for place, (_, stream, version, kind, body) in enumerate(rows)
        ],
    )


def checked(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER), str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("statements", REWRITTEN.values(), ids=REWRITTEN)
async def test_a_rewritten_past_is_found_by_an_older_checkpoint_and_never_signed_again(
    city: House, tmp_path: Path, statements: tuple[str, ...]
) -> None:
    connection = await connect(city.owner)
    try:
        await export(connection, city.signer, tmp_path / "honest")
        assert checked(tmp_path / "honest", "--older", str(tmp_path / "older")).returncode == 0
        await rewrite(connection, statements)
        await export(connection, city.signer, tmp_path / "rewritten")
        told = checked(tmp_path / "rewritten", "--older", str(tmp_path / "older"))
        assert told.returncode == 1, told.stdout
        published = city.signer.published(city.folder / "ledger")
        assert published is not None
        with pytest.raises(CityError, match="not those that the city signed"):
            await export(connection, city.signer, tmp_path / "signed", published=published)
        # The next sealer goes on from the tree that was signed, or not at all.
        with suppress(CannotStart):
            await Sealer(connection, city.book, city.signer, city.folder / "ledger").prepare()
        assert (city.folder / "ledger" / "checkpoint").read_bytes() == (tmp_path / "older").read_bytes()
    finally:
        await connection.close()
