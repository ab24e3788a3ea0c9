"""A database on several hosts: the one that takes writes is found in a moment, whatever the others do."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import Address, connect, is_down, open_pool
from onecity.machinery.postgres.reaching import reach

Serves = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def host(serves: Serves) -> AsyncIterator[str]:
    """A host of a database on this machine: its name and port."""
    async with AsyncExitStack() as lines:

        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await serves(reader, writer)
            except (OSError, asyncio.CancelledError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(served, "127.0.0.1", 0)
        lines.callback(server.close)
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A machine whose system still takes connections while nobody is there."""
    del writer
    while await reader.read(1000):
        pass


def through(address: Address) -> Serves:
    """A host that passes everything on to the city's own database."""
    socket = f"{parse_qs(urlsplit(address).query)['host'][0]}/.s.PGSQL.5432"

    async def serves(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket)
        try:
            await asyncio.gather(pumped(reader, back), pumped(there, writer))
        finally:
            back.close()

    return serves


async def pumped(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    while said := await source.read(65536):
        into.write(said)
        await into.drain()
    into.close()


def of(*hosts: str, owner: Address, more: str = "") -> Address:
    parts = urlsplit(owner)
    return Address(f"postgresql://{parts.username}@{','.join(hosts)}{parts.path}?sslmode=disable{more}")


async def test_a_host_that_says_nothing_keeps_nobody_from_the_next(owner: Address) -> None:
    async with host(silent) as dead, host(through(owner)) as good:
        began = time.monotonic()
        connection = await connect(of(dead, good, owner=owner))
        assert await connection.fetchval("select 1") == 1
        assert time.monotonic() - began < 2.0, "it waited for the silent one"
        await connection.close()


async def test_whoever_takes_no_writes_is_passed_over_and_found_again(owner: Address, database: str) -> None:
    admin = await connect(owner)
    async with host(through(owner)) as one, host(through(owner)) as other:
        await admin.execute(f"alter database {database} set default_transaction_read_only = on")
        with pytest.raises(asyncpg.TargetServerAttributeNotMatched) as refused:
            await reach(of(one, other, owner=owner))
        assert is_down(refused.value), "it may take writes in a moment"
        with pytest.raises(CannotStart):
            await connect(of(one, other, owner=owner))
        await admin.execute("set default_transaction_read_only = off")
        await admin.execute(f"alter database {database} reset default_transaction_read_only")
        pool = await open_pool(of(one, other, owner=owner), size=2)
        assert await pool.fetchval("select 1") == 1
        await pool.close()
    await admin.close()


async def test_one_that_takes_writes_in_a_moment_is_found_while_another_is_silent(
    owner: Address, database: str
) -> None:
    admin = await connect(owner)
    await admin.execute(f"alter database {database} set default_transaction_read_only = on")
    async with host(silent) as dead, host(through(owner)) as good:
        finding = asyncio.create_task(reach(of(dead, good, owner=owner)))
        await asyncio.sleep(0.7)
        assert not finding.done()
        await admin.execute("set default_transaction_read_only = off")
        await admin.execute(f"alter database {database} reset default_transaction_read_only")
        connection = await finding
        assert await connection.fetchval("select 1") == 1
        await connection.close()
    await admin.close()


async def test_what_is_really_wrong_is_said_although_others_are_silent(owner: Address, tmp_path: Path) -> None:
    del tmp_path
    async with host(silent) as dead, host(through(owner)) as good:
        address = Address(of(dead, good, owner=owner).replace("onecity_owner", "nobody_we_know"))
        with pytest.raises(CannotStart, match="role of its URL"):
            await connect(address)
