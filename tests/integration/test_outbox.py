"""What is sealed leaves to a real broker in the order of positions, each fact once, whoever is killed or away."""

import asyncio
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
import nats
import pytest
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from tests.brokers import HOST, PATIENCE_S, Broker
from tests.ledgers import NOON, Box, House, house
from tests.mailhouses import write_certificate
from tests.senders import Sender

from onecity.bootstrap.settings import Settings
from onecity.bootstrap.sinks import OutboxState, end_outbox, outbox_state
from onecity.kernel.errors import Unavailable
from onecity.ledger import Stored, leaf_hash
from onecity.ledger.outbox import Sink, SinkDeclines
from onecity.ledger.outbox.jetstream import POSITION, JetStream
from onecity.ledger.outbox.sending import FAILURES, Outbox
from onecity.ledger.outbox.settings import NatsSettings
from onecity.ledger.outbox.watched import UNITS, UNSENT_S
from onecity.machinery.postgres import Address, connect
from onecity.machinery.secret_files import SecretFile
from onecity.machinery.watch import State, Watch

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "operate" / "outbox.md").read_text("utf-8")
CANARY: Final = "鱻龘靐"
SOON: Final = timedelta(seconds=6)
"""After so long a sink that failed is asked again."""
LATER: Final = timedelta(seconds=61)
"""After so long a sink is asked although nothing waits."""


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    async with house(owner, app, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker for all tests that leave it running."""
    found = Broker(tmp_path_factory.mktemp("shared"))
    found.start()
    yield found
    found.kill()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker of a test's own, which does not run yet."""
    found = Broker(tmp_path / "broker")
    yield found
    found.kill()


@pytest.fixture
def named() -> str:
    """A stream of a test's own."""
    return f"test_{uuid4().hex}"


def sink_at(broker: Broker, stream: str) -> JetStream:
    return JetStream(NatsSettings((broker.address,), stream, stream))


def outbox_to(city: House, sink: Sink) -> Outbox:
    return Outbox(city.ledger.readers, city.book, sink)


async def filled(city: House, boxes: int) -> int:
    """So many histories of four facts more, sealed; how many facts there are then."""
    opened = [city.open(uuid4(), CANARY, (1, 2, 3)) for _ in range(boxes)]
    assert all(isinstance(one, Box) for one in await asyncio.gather(*opened))
    await city.sealer.seal()
    return len(await sealed(city))


async def sealed(city: House) -> list[tuple[str, int, bytes]]:
    """Stream, version and leaf of every sealed fact, in the order of positions."""
    async with city.ledger.readers.acquire() as connection:
        rows = await connection.fetch("select stream, version, leaf from ledger.sealed order by position")
    return [(str(row[0]), row[1], row[2]) for row in rows]


@asynccontextmanager
async def streams(broker: Broker) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(broker.address, allow_reconnect=False)
    yield client.jetstream()
    await client.close()


async def messages(broker: Broker, stream: str) -> int:
    """How many messages a stream holds; none where there is no such stream."""
    async with streams(broker) as found:
        try:
            return (await found.stream_info(stream)).state.messages
        except NotFoundError:
            return 0


async def positions(broker: Broker, stream: str) -> list[int]:
    """The positions that a stream holds, in its order."""
    async with streams(broker) as found:
        state = (await found.stream_info(stream)).state
        if not state.messages:
            return []
        whole = [await found.get_msg(stream, seq=seq) for seq in range(state.first_seq, state.last_seq + 1)]
    return [int((one.headers or {})[POSITION]) for one in whole]


async def until(asked: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asked():  # noqa: ASYNC110 - a broker and other processes tell nobody
            await asyncio.sleep(0.05)


def read(address: str, stream: str, database: Path, last: int, *words: str) -> subprocess.CompletedProcess[str]:
    """The example of a consumer, as a program of its own."""
    line = [sys.executable, "tools/read_outbox.py", address, str(database), "--until", str(last)]
    more = [*words, "--stream", stream, "--subject", stream, "--patience", str(PATIENCE_S)]
    return subprocess.run([*line, *more], capture_output=True, text=True, check=False, cwd=ROOT)


async def test_each_fact_arrives_once_and_in_order_over_the_death_of_broker_and_senders(
    city: House, broker: Broker, named: str, tmp_path: Path
) -> None:
    before = await filled(city, 200)
    first, second = (Sender(city.app, city.folder, broker.address, named) for _ in range(2))

    async def waits() -> bool:
        async with city.ledger.readers.acquire() as connection:
            return bool(await connection.fetchval("select count(*) from cursors"))

    async def begun() -> bool:
        return await messages(broker, named) > 0

    async def whole() -> bool:
        return await messages(broker, named) >= len(await sealed(city))

    # The sink was never there: everything waits.
    await until(waits)
    broker.start()
    await until(begun)
    broker.kill()
    first.kill()
    broker.start()
    await filled(city, 200)
    await until(whole)
    broker.kill()
    assert await filled(city, 10) == 2 * before + 40
    broker.start()
    await until(whole)
    second.kill()

    # A consumer that is killed, or waits long, goes on where it was.
    table = tmp_path / "facts.sqlite"
    for last in (before // 2, 2 * before + 39):
        done = read(broker.address, named, table, last)
        assert done.returncode == 0, done.stderr
    rows = sqlite3.connect(table).execute("select * from facts order by position").fetchall()
    assert [row[0] for row in rows] == list(range(2 * before + 40))
    assert [(row[1], row[2], row[5]) for row in rows] == await sealed(city)
    assert {row[3] for row in rows} == {"test.opened/1", "test.added/1"}
    assert {json.loads(row[4])["data"].get("amount") for row in rows} == {None, 1, 2, 3}

    # Whatever the broker wrote: nobody's name is in it.
    written = b"".join(path.read_bytes() for path in broker.folder.rglob("*") if path.is_file())
    assert rows[-1][4] in written
    assert [one for one in (CANARY.encode(), json.dumps(CANARY).encode()) if one in written] == []


async def test_who_is_killed_between_the_answer_and_the_cursor_leaves_nothing_out_and_doubles_nothing(
    city: House, shared: Broker, named: str
) -> None:
    sink = sink_at(shared, named)
    await filled(city, 2)
    assert await outbox_to(city, sink).run(NOON) == 8
    async with city.ledger.readers.acquire() as connection:
        await connection.execute("update cursors set position = 3")
    await filled(city, 1)
    assert await outbox_to(city, sink).run(NOON) == 4
    assert await positions(shared, named) == list(range(12))


async def test_the_broker_refuses_a_second_sender_whatever_it_believes(city: House, shared: Broker, named: str) -> None:
    outbox, sink = outbox_to(city, sink_at(shared, named)), sink_at(shared, named)
    await filled(city, 3)
    await outbox.run(NOON)
    async with sink.open() as slow:
        await slow.holds()
        await filled(city, 1)
        assert await outbox.run(NOON) == 4
        await filled(city, 1)
        with pytest.raises(SinkDeclines, match="wrong last sequence"):
            await slow.take(await outbox._waiting(16))
        assert await positions(shared, named) == list(range(16))
        # What it sends as the first one did is known by its ids, and no fault.
        await slow.take(await outbox._waiting(12))
    assert await positions(shared, named) == list(range(20))
    await filled(city, 1)
    assert await outbox.run(NOON + LATER) == 4


async def test_a_broker_that_lost_its_newest_facts_or_all_of_them_gets_them_again(
    city: House, broker: Broker, named: str, tmp_path: Path
) -> None:
    broker.start()
    outbox = outbox_to(city, sink_at(broker, named))
    await filled(city, 2)
    assert await outbox.run(NOON) == 8
    broker.kill()
    shutil.copytree(broker.folder / "store", tmp_path / "older")
    broker.start()
    await filled(city, 2)
    assert await outbox.run(NOON) == 8
    broker.kill()
    shutil.rmtree(broker.folder / "store")
    shutil.copytree(tmp_path / "older", broker.folder / "store")
    broker.start()
    # Nothing waits, so it is not asked until a minute is over.
    assert await outbox.run(NOON + SOON) == 0
    assert await outbox.run(NOON + LATER) == 8
    assert await positions(broker, named) == list(range(16))
    async with streams(broker) as found:
        await found.delete_stream(named)
    assert await outbox.run(NOON + 2 * LATER) == 16
    assert await positions(broker, named) == list(range(16))


async def test_a_stream_that_let_go_what_it_had_is_sent_only_what_is_new(
    city: House, shared: Broker, named: str
) -> None:
    outbox = outbox_to(city, sink_at(shared, named))
    await filled(city, 2)
    await outbox.run(NOON)
    async with streams(shared) as found:
        await found.purge_stream(named)
    await filled(city, 1)
    assert await outbox.run(NOON + LATER) == 4
    assert await positions(shared, named) == [8, 9, 10, 11]


@pytest.mark.threat("T50")
@pytest.mark.parametrize(
    "headers", [None, {POSITION: "7", "Onecity-Leaf": "00" * 32}, {POSITION: "7000", "Onecity-Leaf": "00" * 32}]
)
async def test_nothing_follows_what_this_city_did_not_seal(
    city: House, shared: Broker, named: str, headers: dict[str, str] | None
) -> None:
    outbox = outbox_to(city, sink_at(shared, named))
    await filled(city, 2)
    await outbox.run(NOON)
    async with streams(shared) as found:
        await found.publish(f"{named}.other", b"{}", headers=headers)
    await filled(city, 1)
    failed = FAILURES.labels("OtherHistory")
    before = failed._value.get()
    assert await outbox.run(NOON + SOON) == 0
    assert failed._value.get() == before + 1
    assert await messages(shared, named) == 9


async def test_what_somebody_changed_in_the_database_does_not_leave(city: House, shared: Broker, named: str) -> None:
    outbox = outbox_to(city, sink_at(shared, named))
    await filled(city, 1)
    admin = await connect(city.owner)
    await admin.execute("update ledger.facts set body = '{}' where version = 3")
    with pytest.raises(Unavailable):
        await outbox.run(NOON)
    # With its leaf as well it would agree with itself, but for the city's code.
    (changed,) = [
        Stored(*row)
        for row in await admin.fetch("select stream, version, kind, body from ledger.facts where version = 3")
    ]
    await admin.execute("update ledger.sealed set leaf = $1 where version = 3", leaf_hash(changed.entry()))
    await admin.close()
    with pytest.raises(Unavailable):
        await outbox.run(NOON)
    assert await messages(shared, named) == 0


async def test_whoever_looks_after_the_city_sees_that_facts_wait_why_and_that_they_left(
    city: House, broker: Broker, named: str, tmp_path: Path
) -> None:
    settings = Settings(tmp_path, nats=NatsSettings((broker.address,), named, named))
    outbox = outbox_to(city, sink_at(broker, named))
    watch = Watch(city.ledger.readers, tmp_path, UNITS)
    assert await outbox_state(city.ledger, Settings(tmp_path)) == OutboxState(0, 0, None)
    await filled(city, 1)
    await watch.look(NOON + timedelta(hours=1))
    assert UNSENT_S._value.get() == 0, "a city without a sink keeps nothing back"

    await outbox.run(NOON)
    await watch.look(NOON + timedelta(minutes=6))
    [judged] = watch.judged(NOON + timedelta(minutes=6))
    assert (judged.state, [one.alert.name for one in judged.told if one.holds]) == (State.MORNING, ["OutboxLate"])
    state = await outbox_state(city.ledger, settings)
    assert (state.sealed, state.sent, state.holds) == (4, 0, None)
    assert state.trouble is not None and broker.address in state.trouble

    broker.start()
    assert await outbox.run(NOON + timedelta(seconds=1)) == 0, "who failed just now is not asked again at once"
    assert await outbox.run(NOON + SOON) == 4
    await watch.look(NOON + timedelta(minutes=6))
    [judged] = watch.judged(NOON + timedelta(minutes=6))
    assert judged.state is State.WELL
    assert await outbox_state(city.ledger, settings) == OutboxState(4, 4, sink_at(broker, named).name, holds=3)
    assert await end_outbox(city.ledger)
    assert not await end_outbox(city.ledger)


@pytest.mark.threat("T50")
async def test_facts_and_the_password_travel_under_tls_to_a_known_broker_or_not_at_all(
    city: House, shared: Broker, named: str, tmp_path: Path
) -> None:
    certificate, secret = tmp_path / "broker.pem", SecretFile(tmp_path / "password")
    write_certificate(certificate)
    secret.write_text("s3cret\n", "utf-8")
    secret.chmod(0o600)
    # As the page for engineers shows it.
    [shown] = re.findall(r"^(tls \{.*?^\] \})$", PAGE, re.MULTILINE | re.DOTALL)
    for there, here in (("/etc/nats/server.pem", certificate), ("/etc/nats/server.key", certificate), ("…", "s3cret")):
        shown = shown.replace(there, str(here))
    guarded = Broker(
        tmp_path / "guarded", shown.replace("onecity.>", f"{named}.>").replace("INFO.onecity", f"INFO.{named}")
    )
    guarded.start()
    try:
        await filled(city, 1)
        right = NatsSettings((f"tls://{HOST}:{guarded.port}",), named, named, 1, "onecity", secret, certificate)

        async def sent(**other: object) -> int:
            return await outbox_to(city, JetStream(msgspec.structs.replace(right, **other))).run(NOON)

        assert await sent(authority=None) == 0, "nobody vouches for the broker"
        assert await sent(servers=(f"tls://{HOST}:{shared.port}",)) == 0, "this one speaks no TLS"
        assert await sent(user="") == 0
        secret.write_text("wrong", "utf-8")
        assert await sent() == 0
        secret.write_text("s3cret", "utf-8")
        assert await sent() == 4
        assert await messages(shared, named) == 0
        signs = ("--user", "counting", "--password-file", str(secret), "--authority", str(certificate))
        done = read(right.servers[0], named, tmp_path / "facts.sqlite", 3, *signs)
        assert done.returncode == 0, done.stderr
    finally:
        guarded.kill()
