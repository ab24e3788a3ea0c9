"""What a drill looks up in the database of its city, past everything that the city itself would say."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec

from onecity.machinery.postgres import Address, archived, connect

if TYPE_CHECKING:
    from asyncpg import Connection

_ANSWERS: Final = "select answer from ledger.answers"
_KINDS: Final = "select split_part(kind, '/', 1), count(*) from ledger.facts group by 1"
_HALF: Final = """
select affair, (select count(*) from projections.cases c where c.affair = a.affair),
       (select count(*) from projections.letters l where l.about = a.affair and l.kind = 'services.received')
from projections.affairs a
where (select count(*) from projections.cases c where c.affair = a.affair) <> 1
   or (select count(*) from projections.letters l where l.about = a.affair and l.kind = 'services.received') <> 1
   or not exists (select from ledger.facts f where f.stream = a.affair)
"""
"""Applications without exactly one case, one letter that says so, and a history. Each is all of these or nothing."""


class Kept(msgspec.Struct, frozen=True):
    """What the database keeps: every answer, how many facts of each kind, and applications that are there by halves."""

    answers: Sequence[Any]
    kinds: dict[str, int]
    half: Sequence[tuple[Any, ...]]


@asynccontextmanager
async def _line(address: Address) -> AsyncIterator["Connection"]:
    connection = await connect(address)
    try:
        yield connection
    finally:
        await connection.close()


async def kept(address: Address) -> Kept:
    """What the database of a city keeps now: all of it as of one moment, as a command may be under way."""
    async with _line(address) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(_ANSWERS)
        # Behind each answer stands the seal of what was sent.
        answers = [json.loads(row["answer"].partition(b"\n")[0]) for row in rows]
        kinds = await connection.fetch(_KINDS)
        half = await connection.fetch(_HALF)
    return Kept(answers, dict(kinds), [tuple(row) for row in half])


async def archived_now(owner: Address) -> None:
    """Wait until all that the log of a database holds lies in its archive."""
    async with _line(owner) as connection:
        await archived(connection)


async def wrecked(owner: Address) -> None:
    """Somebody with too many rights and the wrong window."""
    await _run(owner, "truncate projections.reports, projections.cases, ledger.facts, ledger.sealed cascade")


SAVED: Final = ("ledger.facts", "ledger.sealed", "projections.cases")
"""What an insider tampers with."""


async def saved(owner: Address) -> None:
    """Keep a copy of what is tampered with."""
    for table in SAVED:
        await _run(owner, f"create table drill_{table.partition('.')[2]} as table {table}")


async def brought_back(owner: Address) -> None:
    """Put everything back as it was."""
    await _run(owner, f"truncate {', '.join(SAVED)} cascade")
    for table in SAVED:
        await _run(owner, f"insert into {table} select * from drill_{table.partition('.')[2]}")


_OF_ONE: Final = "where (stream, version) = (select stream, version from ledger.sealed where position = 1)"
TAMPERINGS: Final = {
    "byte": f"update ledger.facts set body = set_byte(body, 20, get_byte(body, 20) # 1) {_OF_ONE}",
    "deletion": f"delete from ledger.facts {_OF_ONE}",
    "swap": """
        update ledger.facts f set body = g.body, mac = g.mac from ledger.facts g
        where f.stream = g.stream and f.version + g.version = 3
          and f.stream = (select stream from ledger.facts where version = 2 order by stream limit 1)
    """,
    "leaf": f"update ledger.sealed set leaf = sha256(leaf) {_OF_ONE}",
    "row": "update projections.cases set subject = gen_random_uuid()",
    "forgery": f"""
        insert into ledger.facts (stream, version, kind, body, mac)
        select stream, version + 1000, kind, body, mac from ledger.facts {_OF_ONE}
    """,
}
"""What somebody with all rights of a database might do to facts, to their record in the tree, and to what is told."""


async def tampered(owner: Address, how: str) -> None:
    """Do what somebody with all rights of the database might do."""
    await _run(owner, TAMPERINGS[how])


async def alarms(owner: Address) -> int:
    """How many facts the city found that it did not write."""
    return await _counted(owner, "select count(*) from ledger.alarms")


async def forgery_removed(owner: Address) -> None:
    """Take the forged fact away again, and the alarm that it raised."""
    await _run(owner, "delete from ledger.facts where version > 1000; truncate ledger.alarms")


async def reports(address: Address) -> int:
    """How many reports the city has."""
    return await _counted(address, "select count(*) from projections.reports")


async def receipts(address: Address) -> list[str]:
    """Numbers of some applications, as people type them."""
    async with _line(address) as connection:
        rows = await connection.fetch("select number from projections.affairs tablesample system (1) limit 500")
        rows = rows or await connection.fetch("select number from projections.affairs limit 500")
        return [row["number"] for row in rows]


async def connections(address: Address) -> int:
    """How many connections the database holds open."""
    return await _counted(address, "select count(*) from pg_stat_activity where backend_type = 'client backend'")


async def _counted(address: Address, query: str) -> int:
    async with _line(address) as connection:
        return int(await connection.fetchval(query))


async def _run(address: Address, statement: str) -> None:
    async with _line(address) as connection:
        await connection.execute(statement)
