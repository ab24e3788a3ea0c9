"""Reads the facts of a city from NATS JetStream into a table, each once, in their order, and checks every leaf.

An example to begin with: nothing of OneCity is in it, only the client of NATS (`pip install nats-py`). What you do with
a fact belongs into the transaction that writes its position: then it is done once, whoever is killed and when.
See docs/operate/outbox.md. Ended at any moment, it goes on where it was.
"""

import argparse
import asyncio
import sqlite3
import ssl
import sys
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import nats
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy

TABLE = """
create table if not exists facts (
    position integer primary key, stream text not null, version integer not null, kind text not null,
    body blob not null, leaf blob not null, sequence integer not null, unique (stream, version)
)"""
PUT = "insert into facts (position, stream, version, kind, body, leaf, sequence) values (?, ?, ?, ?, ?, ?, ?)"


AT_ONCE = 500


class Fault(ValueError):
    """What came is not what a city sends; nothing after it was taken."""


def taken(database: sqlite3.Connection, message: Msg) -> int:
    """Take one message into the transaction; the position up to which everything has been taken then."""
    headers = message.headers or {}
    position, version = int(headers["Onecity-Position"]), int(headers["Onecity-Version"])
    stream, kind = headers["Onecity-Stream"], headers["Onecity-Kind"]
    (last,) = database.execute("select coalesce(max(position), -1) from facts").fetchone()
    if position <= last:
        return int(last)
    if position != last + 1:
        raise Fault(f"position {position} came after {last}: what is between them is missing")
    name = kind.encode()
    entry = UUID(stream).bytes + version.to_bytes(4, "big") + bytes([len(name)]) + name + message.data
    leaf = sha256(b"\x00" + entry).digest()
    if leaf.hex() != headers["Onecity-Leaf"]:
        raise Fault(f"position {position} is not the fact that was sealed: its leaf is another one")
    # Here follows what you do with the fact.
    row = (position, stream, version, kind, message.data, leaf, message.metadata.sequence.stream)
    database.execute(PUT, row)
    return position


async def read(words: argparse.Namespace) -> None:
    """Read on from the last position that was taken, until there is no end to it or `--until`."""
    database = sqlite3.connect(words.database)
    database.execute(TABLE)
    (position, sequence) = database.execute(
        "select coalesce(max(position), -1), coalesce(max(sequence), 0) from facts"
    ).fetchone()
    client = await nats.connect(
        words.server, allow_reconnect=False, max_reconnect_attempts=1, user=words.user,
        password=words.password_file.read_text("utf-8").strip() if words.password_file else None,
        tls=ssl.create_default_context(cafile=words.authority) if words.server.startswith("tls:") else None,
    )  # fmt: skip
    try:
        stream = client.jetstream()
        if (await stream.stream_info(words.stream)).state.last_seq < sequence:
            # The stream was made anew: what was taken before is passed over by its position.
            sequence = 0
        begins = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=sequence + 1)
        facts = await stream.subscribe(f"{words.subject}.>", stream=words.stream, ordered_consumer=True, config=begins)
        while words.until is None or position < words.until:
            position = taken(database, await facts.next_msg(timeout=words.patience))
            # One commit for whatever came together.
            if facts.pending_msgs == 0 or position % AT_ONCE == 0 or position == words.until:
                database.commit()
    finally:
        await client.close()


def main() -> None:
    """Read as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("server", help="such as tls://nats1.city.example:4222")
    parser.add_argument("database", type=Path, help="the SQLite file of the table")
    parser.add_argument("--stream", default="onecity")
    parser.add_argument("--subject", default="onecity", help="what the subjects begin with")
    parser.add_argument("--user")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--authority", type=Path, help="the certificate of the servers' own authority")
    parser.add_argument("--until", type=int, help="end when the fact at this position was taken")
    parser.add_argument("--patience", type=float, help="end with exit code 1 after so many seconds without a fact")
    try:
        asyncio.run(read(parser.parse_args()))
    except (Fault, OSError, nats.errors.Error) as failure:
        sys.exit(f"{type(failure).__name__}: {failure}")


if __name__ == "__main__":
    main()
