"""A sink that is a stream of NATS JetStream: one message a fact, in an order that the broker itself keeps.

Each message names the sequence that must be the last one before it, so the broker refuses whatever would leave a gap,
come twice or come from a second sender, whenever that is. Its id is the position, as consumers of JetStream expect.
Wire contract: `docs/operate/outbox.md`.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.errors import Error, NoServersError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, Header, PubAck, RawStreamMsg, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from onecity.kernel.errors import CannotStart
from onecity.ledger.outbox import Holds, Last, Leaving, OtherHistory, SinkAway, SinkDeclines
from onecity.ledger.outbox.settings import NatsSettings
from onecity.machinery.secret_files import secret_of

POSITION: Final = "Onecity-Position"
STREAM: Final = "Onecity-Stream"
VERSION: Final = "Onecity-Version"
KIND: Final = "Onecity-Kind"
LEAF: Final = "Onecity-Leaf"
_PATIENCE_S: Final = 10
_REACH_S: Final = 3
_CLOSING_S: Final = 2.0


class JetStream:
    """A stream of NATS JetStream as a sink. Each look at it is a connection of its own, so it has no state to mend."""

    def __init__(self, settings: NatsSettings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """The stream and where it is."""
        return f"the stream {self._settings.stream} at {', '.join(self._settings.servers)}"

    @asynccontextmanager
    async def open(self) -> "AsyncIterator[JetStreamWay]":
        """A connection to the first server that answers, and the stream on it, which is made if it is not there."""
        client, lost = await self._reached()
        try:
            with _answers(self.name):
                way = JetStreamWay(self._settings, self.name, client.jetstream(timeout=_PATIENCE_S), lost)
                await way.prepare()
            yield way
        finally:
            await _closed(client)

    async def _reached(self) -> "tuple[Client, asyncio.Event]":
        failure: SinkAway | None = None
        for server in self._settings.servers:
            try:
                return await self._connected(server)
            except SinkAway as away:
                failure = away
        assert failure is not None, "the settings name a server"
        raise failure

    async def _connected(self, server: str) -> "tuple[Client, asyncio.Event]":
        settings, client, lost = self._settings, Client(), asyncio.Event()
        trust = _Trust.of(settings.authority)
        secure = urlsplit(server).scheme == "tls"

        def password() -> str:
            # The client asks for it just before it is sent: by then TLS has been spoken, or never will be.
            if secure and not trust.used:
                raise SinkAway(f"{server} offers no TLS, so it is told nothing. Let it demand TLS.")
            return secret_of(settings.password_file) if settings.password_file else ""

        async def gone() -> None:
            lost.set()

        signs: dict[str, Any] = {"user": settings.user, "password": password} if settings.user else {}
        try:
            await client.connect(
                server, name="onecity", tls=trust, allow_reconnect=False, max_reconnect_attempts=1,
                reconnect_time_wait=0, connect_timeout=_REACH_S, error_cb=_silent, closed_cb=gone, **signs,
            )  # fmt: skip
            if secure and not trust.used:
                raise SinkAway(f"{server} offers no TLS, so it is told nothing. Let it demand TLS.")
        except CannotStart as wrong:
            await _closed(client)
            raise SinkAway(wrong.sentence) from wrong
        except SinkAway:
            await _closed(client)
            raise
        except (OSError, Error, TimeoutError) as failure:
            await _closed(client)
            raise SinkAway(f"{server} cannot be used: {_reason(failure)}. Mend that; facts wait.") from failure
        return client, lost


class JetStreamWay:
    """The way into a stream, as long as its connection lasts."""

    def __init__(self, settings: NatsSettings, name: str, stream: JetStreamContext, lost: asyncio.Event) -> None:
        self._settings = settings
        self._name = name
        self._stream = stream
        self._lost = lost
        self._sequence = 0

    async def prepare(self) -> None:
        """The stream is there from now on."""
        settings = self._settings
        try:
            await self._stream.stream_info(settings.stream)
        except NotFoundError:
            wanted = StreamConfig(
                name=settings.stream, subjects=[f"{settings.subject}.>"], storage=StorageType.FILE,
                num_replicas=settings.replicas, discard=DiscardPolicy.NEW, deny_delete=True,
            )  # fmt: skip
            await self._stream.add_stream(wanted)

    async def holds(self) -> Holds:
        """The last fact of the stream, told by the headers of its last message."""
        with _answers(self._name):
            state = (await self._stream.stream_info(self._settings.stream)).state
            self._sequence = state.last_seq
            if state.messages == 0:
                return Holds(None, held=state.last_seq > 0)
            try:
                message = await self._stream.get_msg(self._settings.stream, seq=state.last_seq)
            except NotFoundError:
                return Holds(None, held=True)
        return Holds(self._last(message), held=True)

    def _last(self, message: RawStreamMsg) -> Last:
        headers = message.headers or {}
        try:
            return Last(int(headers[POSITION]), bytes.fromhex(headers[LEAF]))
        except (KeyError, ValueError):
            raise OtherHistory(
                f"Somebody else writes to {self._name}: its last message is no fact. Name a stream of the city's own."
            ) from None

    async def take(self, facts: Sequence[Leaving]) -> None:
        """Publish facts one behind the other without waiting for each; then wait until the broker has them all."""
        under_way = [asyncio.create_task(self._published(fact, place)) for place, fact in enumerate(facts)]
        lost = asyncio.create_task(self._lost.wait())
        try:
            with _answers(self._name):
                for place, task in enumerate(under_way, self._sequence + 1):
                    await asyncio.wait((task, lost), return_when=asyncio.FIRST_COMPLETED)
                    if not task.done():
                        raise SinkAway(f"{self._name} was lost while it took facts. They are looked for, then sent.")
                    if task.result().seq != place:
                        raise SinkDeclines(f"{self._name} put a fact at another place than behind the one before it.")
        finally:
            lost.cancel()
            for task in under_way:
                task.cancel()
            await asyncio.gather(lost, *under_way, return_exceptions=True)
        self._sequence += len(facts)

    def _published(self, fact: Leaving, place: int) -> "Coroutine[Any, Any, PubAck]":
        stored = fact.stored
        headers = {
            Header.MSG_ID.value: str(fact.position),
            Header.EXPECTED_LAST_SEQUENCE.value: str(self._sequence + place),
            POSITION: str(fact.position),
            STREAM: str(stored.stream),
            VERSION: str(stored.version),
            KIND: stored.kind,
            LEAF: fact.leaf.hex(),
        }
        subject = f"{self._settings.subject}.{stored.kind.partition('/')[0]}"
        return self._stream.publish(subject, stored.body, stream=self._settings.stream, headers=headers)


class _Trust(ssl.SSLContext):
    """Whom the city believes to be the broker, and whether TLS was spoken with it at all."""

    used = False

    @classmethod
    def of(cls, authority: Path | None) -> "_Trust":
        found = cls(ssl.PROTOCOL_TLS_CLIENT)
        try:
            if authority:
                found.load_verify_locations(authority)
            else:
                found.load_default_certs()
        except (OSError, ssl.SSLError) as failure:
            raise SinkAway(f"The certificate {authority} cannot be read: {_reason(failure)}.") from failure
        return found

    def wrap_bio(self, *args: Any, **words: Any) -> ssl.SSLObject:
        self.used = True
        return super().wrap_bio(*args, **words)


@contextmanager
def _answers(name: str) -> Iterator[None]:
    """What the broker answers, as a failure of a sink."""
    try:
        yield
    except (ServiceUnavailableError, TimeoutError) as failure:
        raise SinkAway(f"{name} does not answer at the moment. Look whether it runs; facts wait.") from failure
    except APIError as failure:
        raise SinkDeclines(f"{name} declines: {failure.description} ({failure.err_code}).") from failure
    except (OSError, Error) as failure:
        raise SinkAway(f"{name} cannot be used: {_reason(failure)}. Mend that; facts wait.") from failure


def _reason(failure: Exception) -> str:
    if isinstance(failure, NoServersError):
        return "nobody answers there"
    return str(failure).removeprefix("nats: ") or type(failure).__name__


async def _silent(_failure: Exception) -> None:
    """Whatever the client wants to tell on the way is told by what it raises."""


async def _closed(client: Client) -> None:
    with suppress(OSError, Error, TimeoutError):
        async with asyncio.timeout(_CLOSING_S):
            await client.close()
