"""Forward-only migrations: each package brings numbered SQL files, one process at a time runs the new ones.

What an older program still needs is taken away by a step of its own, `NNNN_name.contract.sql`, which waits until no
such program runs: see `docs/adr/0057-widen-first-and-narrow-later.md`.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres.connections import check_database

if TYPE_CHECKING:
    from asyncpg import Connection

_ONE_AT_A_TIME = 6_104_100
"""Key of the advisory lock under which migrations run."""


class Migration(msgspec.Struct, frozen=True):
    """One step of a package's schema. `sha256` tells whether somebody edited it after it ran.

    `narrows`: it takes something away that programs without this step need.
    """

    package: str
    number: int
    name: str
    sql: str
    narrows: bool = False

    @property
    def sha256(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


def read_migrations(packages: Sequence[str]) -> tuple[Migration, ...]:
    """The migrations of the named packages, lowest package first, each package's in its own order."""
    found: list[Migration] = []
    for package in packages:
        folder = files(f"onecity.{package}") / "schema"
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            named = re.fullmatch(r"(\d{4})_(\w+)(\.contract)?\.sql", entry.name)
            if named is not None:
                number, name, narrows = int(named[1]), named[2], named[3] is not None
                found.append(Migration(package, number, name, entry.read_text("utf-8"), narrows))
    return tuple(found)


async def migrate(connection: "Connection", migrations: Sequence[Migration], *, narrow: bool = False) -> int:
    """Run what has not run yet, each step in a transaction; the number of steps that ran. Raises CannotStart.

    Steps that narrow run where nothing ran before, and else only if `narrow` says that no older program needs anything.
    """
    await check_database(connection)
    await connection.execute("select pg_advisory_lock($1)", _ONE_AT_A_TIME)
    try:
        await connection.execute(
            "create table if not exists public.migrations (package text, number int, name text not null,"
            " sha256 text not null, at timestamptz not null default now(), primary key (package, number))"
        )
        done = await _done(connection)
        _check_history(done, migrations)
        new = [
            step
            for step in migrations
            if (step.package, step.number) not in done and (narrow or not done or not step.narrows)
        ]
        for step in new:
            async with connection.transaction():
                await connection.execute(step.sql)
                await connection.execute(
                    "insert into public.migrations (package, number, name, sha256) values ($1, $2, $3, $4)",
                    step.package,
                    step.number,
                    step.name,
                    step.sha256,
                )
        return len(new)
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _ONE_AT_A_TIME)


async def waiting(connection: "Connection", migrations: Sequence[Migration]) -> list[Migration]:
    """The steps that have not run: after a start of this program those that narrow."""
    done = await _done(connection)
    return [step for step in migrations if (step.package, step.number) not in done]


async def _done(connection: "Connection") -> dict[tuple[str, int], str]:
    rows = await connection.fetch("select package, number, sha256 from public.migrations")
    return {(row["package"], row["number"]): row["sha256"] for row in rows}


def _check_history(done: dict[tuple[str, int], str], migrations: Sequence[Migration]) -> None:
    known = {(step.package, step.number): step.sha256 for step in migrations}
    for (package, number), digest in done.items():
        if (package, number) not in known:
            raise CannotStart(
                f"The database is newer than this program: it has seen {package}/{number:04}. Install the newer one."
            )
        if known[package, number] != digest:
            raise CannotStart(
                f"The migration {package}/{number:04} was changed after it ran here. Restore the released file."
            )
