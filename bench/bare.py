"""A bare server: what this machine gives to somebody who only writes, with the city's own parts and its own load.

A yardstick and no upper bound: each command is a transaction of its own, where the city writes in batches.

It knows who asks, reads what was sent, writes as many facts and rows of the same size in one statement, and answers. It
decides nothing, locks nothing, seals nothing and tells nobody. `python -m bench.bare` serves it for a measurement.
"""

import asyncio
import gc
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import msgspec
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.ledgers import settled
from onecity.drills.load.knocking import Line
from onecity.drills.load.towns import Somebody
from onecity.machinery.postgres import Address, Cluster, connect, open_pool
from onecity.people.signin import SESSION, hashed

if TYPE_CHECKING:
    from asyncpg import Pool

PEER: Final = "a bare server that writes the same facts and rows"
DATABASE: Final = "bare"
_BODY: Final = 500
"""Bytes of a fact. The city's facts of the street have 210 to 1,330."""
_WRITERS: Final = 16
_PEOPLE: Final = 1_000
_SCHEMA: Final = """
create schema bare;
create table bare.sessions (token bytea primary key, person uuid not null, ends timestamptz not null);
create table bare.facts (
    stream uuid not null, version int not null, kind text not null, body bytea not null, mac bytea not null,
    xid xid8 not null default pg_current_xact_id(), primary key (stream, version)
);
create table bare.answers (key uuid primary key, answer bytea not null, at timestamptz not null default now());
create table bare.rows (
    id uuid primary key, kind text not null, person uuid not null, words text not null, at timestamptz not null
);
create index rows_by_kind on bare.rows (kind, at);
"""
_KNOWN: Final = "select person from bare.sessions where token = $1 and ends > $2"
_WRITTEN: Final = """
with told as (
    insert into bare.facts (stream, version, kind, body, mac)
    select $1, n, 'bare.told/1', $2, $3 from generate_series(1, $4) n
), answered as (
    insert into bare.answers (key, answer) values ($5, $6)
)
insert into bare.rows select gen_random_uuid(), 'waiting', $7, $8, now() from generate_series(1, $9)
"""


class Load(msgspec.Struct, frozen=True):
    """What a unit of work asks of the machine: its commands, and the facts and rows that each of them writes."""

    commands: int
    facts: int
    rows: int


class Bare:
    """The server itself: one command, which writes."""

    def __init__(self, pool: "Pool", load: Load) -> None:
        self._pool, self._load = pool, load

    async def work(self, request: Request) -> Response:
        """Write what one command writes."""
        sent = msgspec.json.decode(await request.body())
        token = request.headers["authorization"].removeprefix("Bearer ")
        key, answer = UUID(request.headers["idempotency-key"]), msgspec.json.encode({"stream": uuid4()})
        async with self._pool.acquire() as connection:
            person = await connection.fetchval(_KNOWN, hashed(token), datetime.now(UTC))
            if person is None:
                return Response(status_code=401)
            await connection.execute(
                _WRITTEN, uuid4(), bytes(_BODY), bytes(16), self._load.facts, key, answer, person, sent["words"],
                self._load.rows,
            )  # fmt: skip
        return Response(answer, media_type="application/json")


async def serve(where: Address, load: Load) -> None:
    """Serve on a free port and say which, with the settings of the city's own server."""
    pool = await open_pool(where, size=_WRITERS)
    door = Starlette(routes=[Route("/work", Bare(pool, load).work, methods=["POST"])])
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    gc.collect()
    gc.freeze()
    await uvicorn.Server(uvicorn.Config(door, log_config=None, access_log=False, server_header=False)).serve(
        [listening]
    )


@contextmanager
def served(cluster: Cluster, load: Load) -> Iterator[str]:
    """The address of a bare server in a process of its own, as the city has one."""
    words = [sys.executable, "-m", "bench.bare", cluster.address("onecity_owner", DATABASE)]
    process = subprocess.Popen([*words, msgspec.json.encode(load).decode()], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=30)


async def prepared(cluster: Cluster) -> Sequence[Somebody]:
    """A database with people who have sessions."""
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    await admin.execute(f"create database {DATABASE}")
    await admin.close()
    people = [Somebody(uuid4(), "", uuid4().hex) for _ in range(_PEOPLE)]
    until = datetime.now(UTC) + SESSION
    connection = await connect(cluster.address("onecity_owner", DATABASE))
    await connection.execute(_SCHEMA)
    await connection.executemany(
        "insert into bare.sessions values ($1, $2, $3)", [(hashed(one.token), one.person, until) for one in people]
    )
    await connection.close()
    return people


async def rate(cluster: Cluster, people: Sequence[Somebody], load: Load, *, clients: int, seconds: float) -> float:
    """Units of work a second. Each client sends the commands of a unit one after another."""
    done, sent = 0, {"words": "路边的东西坏了，走路要绕开"}

    async def client(address: str, until: float) -> None:
        nonlocal done
        line = Line(address)
        while time.perf_counter() < until:
            for _ in range(load.commands):
                reply = await line.send("/work", sent, people[done % len(people)], key=str(uuid4()))
                assert reply.status == 200, reply.body
            done += 1
        await line.close()

    await settled(cluster)
    with served(cluster, load) as address:
        began = time.perf_counter()
        await asyncio.gather(*(client(address, began + seconds) for _ in range(clients)))
        return done / (time.perf_counter() - began)


if __name__ == "__main__":
    uvloop.run(serve(Address(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Load)))
