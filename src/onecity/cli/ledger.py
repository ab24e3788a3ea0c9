"""`onecity ledger`: what an engineer or an auditor asks of the city's memory."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import click

from onecity import ledger as memory_of
from onecity.bootstrap.memory import Memory
from onecity.bootstrap.moment import now
from onecity.bootstrap.nightly import fold
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.sheets import sheet_in
from onecity.bootstrap.tools import at_hand, zone_at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.cli.progress import Progress
from onecity.kernel.errors import CityError
from onecity.ledger import Told, columnar
from onecity.machinery.postgres import connect
from onecity.people.reads import damages_of_reads

T = TypeVar("T")
_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_MOST_SHOWN = 50
_UNPROVEN = {
    memory_of.Unproven.ABSENT: "There is no such fact, or it is not sealed yet. Seals follow within a second.",
    memory_of.Unproven.DAMAGED: "What the database holds of this fact does not lead to the root that was published. "
    "`onecity ledger verify` says what was changed.",
}


@click.group()
def ledger() -> None:
    """The city's memory: export it, check it, prove from it."""


@ledger.command()
@click.argument("folder", type=_FOLDER)
@click.option(
    "--form", type=click.Choice(("tiles", "parquet")), default="tiles", show_default=True,
    help="Tiles for tools/verify_ledger.py, into an empty folder; Parquet to count with, which goes on where it ended.",
)  # fmt: skip
@on_a_city
def export(folder: Path, *, form: str, settings: Settings) -> None:
    """Write everything sealed until now into FOLDER, as tiles that anybody can check or as Parquet to count with.

    Example: onecity ledger export /tmp/ledger --form parquet
    """
    if form == "parquet":
        columnar.arrow()
        written = _with_memory(settings, partial(_in_columns, folder))
        files = len(written.parts)
        click.echo(f"{written.rows} facts in {folder}, in {files} {'file' if files == 1 else 'files'}")
        return

    async def as_tiles(memory: Memory, told: Told) -> memory_of.Checkpoint:
        published = memory.signer.published(memory.folder)
        connection = await connect(memory.database.app)
        try:
            return await memory_of.export(connection, memory.signer, folder, published=published, told=told)
        finally:
            await connection.close()

    checkpoint = _with_memory(settings, as_tiles)
    click.echo(f"{checkpoint.size} facts in {folder}")


async def _in_columns(folder: Path, memory: Memory, told: Told) -> columnar.Manifest:
    zone = await zone_at_hand(memory)
    published = memory.signer.published(memory.folder)
    connection = await connect(memory.database.app)
    try:
        return await columnar.export_columns(
            connection, memory.signer, sheet_in(zone), folder, now=now(), published=published, told=told
        )
    finally:
        await connection.close()


@ledger.command()
@click.argument("folder", required=False, type=_FOLDER)
@click.option("--key", type=_FILE, help="The city's verifier key, from elsewhere; for a FOLDER.")
@click.option("--older", type=_FILE, help="A checkpoint that you kept, which a FOLDER must continue.")
@machine_readable
@on_a_city
def verify(folder: Path | None, *, key: Path | None, older: Path | None, as_json: bool, settings: Settings) -> None:
    """Compare every sealed leaf with its fact as it stands now; or check a FOLDER of Parquet, which needs no city.

    Looks at people's data are compared with their batches as well. A folder of tiles is for tools/verify_ledger.py.

    Example: onecity ledger verify /tmp/ledger --key city.key
    """
    if folder is not None:
        count, found = _folder_verified(folder, key, older)
    elif key is not None or older is not None:
        raise click.UsageError("--key and --older are for a FOLDER.")
    else:
        count, found = _with_memory(settings, _city_verified)
    if as_json:
        tell_machine({"facts": count, "damages": found})
    for damage in () if as_json else found[:_MOST_SHOWN]:
        click.echo(f"position {damage.position}: {damage.what}" if damage.position is not None else damage.what)
    _end(f"{count} facts, {len(found)} damages", bad=bool(found))


async def _city_verified(memory: Memory, told: Told) -> tuple[int, list[memory_of.Damage]]:
    connection = await connect(memory.database.app)
    try:
        count, found = await memory_of.damages(connection, memory.book, told=told)
        return count, found + await damages_of_reads(connection, memory.book, now=now())
    finally:
        await connection.close()


def _folder_verified(folder: Path, key: Path | None, older: Path | None) -> tuple[int, list[memory_of.Damage]]:
    """What is wrong with an export or an archive in columns. Raises CityError if there is none."""
    verifier = columnar.key_of(folder, key)
    kept = columnar.older_of(older, verifier) if older else None
    if older is not None and kept is None:
        raise CityError(f"{older} is no checkpoint of {verifier.origin}. Name a checkpoint that this city signed.")
    with Progress() as progress:
        found = columnar.check(folder, verifier, sheet_in, older=kept, told=progress.count)
    if key is None:
        click.echo("The key is the one in the folder: this shows only that the folder agrees with itself.", err=True)
    return found.manifest.rows, found.damages


@ledger.command()
@click.option("--check", is_flag=True, help="Only compare; change nothing.")
@machine_readable
@on_a_city
def rebuild(*, check: bool, as_json: bool, settings: Settings) -> None:
    """Fold all facts again and name every row that differs; without --check, put it right.

    Example: onecity ledger rebuild --check
    """

    async def folded(memory: Memory, told: Told) -> tuple[int, list[memory_of.Difference]]:
        return await fold(memory, now=now(), replace=not check, told=told)

    count, found = _with_memory(settings, folded)
    if as_json:
        tell_machine({"facts": count, "differences": found})
    for one in () if as_json else found[:_MOST_SHOWN]:
        click.echo(f"{one.table}: {one.how} {one.row}")
    verb = "differ" if check else "were put right"
    _end(f"{count} facts folded, {len(found)} rows {verb}", bad=bool(found) and check)


@ledger.command()
@click.argument("stream", type=click.UUID)
@click.argument("version", type=click.IntRange(1))
@machine_readable
@on_a_city
def prove(stream: UUID, version: int, *, as_json: bool, settings: Settings) -> None:
    """Prove that fact VERSION of a history STREAM stands in the ledger; --json gives the proof whole.

    Example: onecity ledger prove 0199c6a2-0000-7000-8000-000000000000 1 --json
    """

    async def proven(memory: Memory, _told: Told) -> memory_of.Proof | memory_of.Unproven:
        connection = await connect(memory.database.app)
        try:
            return await memory_of.prove(
                connection, memory.signer, stream, version, folder=memory.folder, thorough=True
            )
        finally:
            await connection.close()

    proof = _with_memory(settings, proven)
    if isinstance(proof, memory_of.Unproven):
        click.echo(_UNPROVEN[proof], err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine(proof)
    else:
        origin, size, root = proof.checkpoint.split("\n")[:3]
        click.echo(f"position {proof.position} of {size} in {origin}, under root {root}, {len(proof.path)} hashes")


def _with_memory(settings: Settings, work: Callable[[Memory, Told], Awaitable[T]]) -> T:
    async def done(progress: Progress) -> T:
        async with at_hand(settings) as memory:
            return await work(memory, progress.count)

    with Progress() as progress:
        return asyncio.run(done(progress))


def _end(said: str, *, bad: bool) -> None:
    click.echo(said, err=True)
    sys.exit(Exit.REFUSED if bad else Exit.DONE)
