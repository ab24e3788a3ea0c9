"""`onecity ledger`: what an engineer or an auditor asks of the city's memory."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import click

from onecity import ledger as memory_of
from onecity.bootstrap.memory import Memory
from onecity.bootstrap.moment import now
from onecity.bootstrap.nightly import fold
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.cli.progress import Progress
from onecity.ledger import Told
from onecity.machinery.postgres import connect
from onecity.people.reads import damages_of_reads

T = TypeVar("T")
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
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@on_a_city
def export(folder: Path, *, settings: Settings) -> None:
    """Write everything sealed until now into an empty FOLDER, for tools/verify_ledger.py.

    Example: onecity ledger export /tmp/ledger
    """

    async def written(memory: Memory, told: Told) -> memory_of.Checkpoint:
        published = memory.signer.published(memory.folder)
        connection = await connect(memory.database.app)
        try:
            return await memory_of.export(connection, memory.signer, folder, published=published, told=told)
        finally:
            await connection.close()

    checkpoint = _with_memory(settings, written)
    click.echo(f"{checkpoint.size} facts in {folder}")


@ledger.command()
@machine_readable
@on_a_city
def verify(*, as_json: bool, settings: Settings) -> None:
    """Compare every sealed leaf with its fact as it stands now, and the looks at people's data with their batches.

    Example: onecity ledger verify
    """

    async def checked(memory: Memory, told: Told) -> tuple[int, list[memory_of.Damage]]:
        connection = await connect(memory.database.app)
        try:
            count, found = await memory_of.damages(connection, memory.book, told=told)
            return count, found + await damages_of_reads(connection, memory.book, now=now())
        finally:
            await connection.close()

    count, found = _with_memory(settings, checked)
    if as_json:
        tell_machine({"facts": count, "damages": found})
    for damage in () if as_json else found[:_MOST_SHOWN]:
        click.echo(f"position {damage.position}: {damage.what}" if damage.position is not None else damage.what)
    _end(f"{count} facts, {len(found)} damages", bad=bool(found))


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
