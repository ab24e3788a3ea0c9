"""A process that sends what is sealed, as a process of a city does, for tests that kill it."""

import asyncio
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.ledgers import NOON, TYPES

from onecity.ledger import FactBook
from onecity.ledger.outbox.jetstream import JetStream
from onecity.ledger.outbox.sending import Outbox
from onecity.ledger.outbox.settings import NatsSettings
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import Address, open_pool

ROOT: Final = Path(__file__).parents[1]


class Sender:
    """One such process; it sends until it is killed."""

    def __init__(self, app: Address, folder: Path, broker: str, stream: str) -> None:
        line = [sys.executable, "-m", "tests.senders", str(app), str(folder / "keys"), broker, stream]
        self._process = subprocess.Popen(line, cwd=ROOT)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        assert self._process.poll() is None, "it lives until it is killed"
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


async def send(app: str, keys: str, broker: str, stream: str) -> None:
    """Send for ever, in a time that runs thirty times as fast: after a failure nobody waits for seconds."""
    store = KeyStore(Path(keys))
    book = FactBook(TYPES, store, store.service_key("mac"))
    pool = await open_pool(Address(app), size=2)
    outbox = Outbox(pool, book, JetStream(NatsSettings((broker,), stream, stream)))
    began = time.monotonic()
    while True:
        await outbox.run(NOON + 30 * timedelta(seconds=time.monotonic() - began))
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(send(*sys.argv[1:]))
