"""Starting and stopping a city: one process holds a data folder, the next waits for it; nothing is left half-way."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
import uvicorn

from onecity import __version__
from onecity.bootstrap.city import City, app_of, assemble
from onecity.bootstrap.database import Database, open_database
from onecity.bootstrap.founding import Accounts, drawn, found
from onecity.bootstrap.founding_parts import found_parts
from onecity.bootstrap.hold import held
from onecity.bootstrap.jobs import lines_of
from onecity.bootstrap.keepers import forgetting_of
from onecity.bootstrap.logs import write_logs
from onecity.bootstrap.memory import keep_sealing, open_memory
from onecity.bootstrap.moment import now
from onecity.bootstrap.present import Present, keep_present, pausing
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.supervisor import READY, STOPPING, tell_supervisor
from onecity.bootstrap.watched import UNITS
from onecity.kernel.errors import CannotStart, CityError
from onecity.kernel.refusal import Refused
from onecity.machinery.jobs import Line, keep_working
from onecity.machinery.postgres import find_binaries, start_cluster
from onecity.machinery.telemetry import telling
from onecity.machinery.watch import Watch
from onecity.places import CITY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import FrameType

    from starlette.types import ASGIApp

    from onecity.packs import Pack

_LOG: Final = structlog.get_logger("onecity.serve")
_WAITING: Final = 128
"""Connections that may wait while the city starts."""
_WATCH_S: Final = 0.25
_GARBAGE: Final = (20_000, 20, 50)
"""Most values of a request die without a look through them; with Python's own 700 it looks through them ten times."""

Tell = Callable[[str], None]


STEPS: Final = 6
"""Steps that a first start tells; a later one leaves some out."""


class Started(msgspec.Struct, frozen=True):
    """A city that answers. `other` is the version of the folder's pack if another one is in force; `notes` are
    sentences for whoever started it.
    """

    address: str
    accounts: Accounts | None
    version: str
    other: str | None
    notes: tuple[str, ...] = ()


def listening(settings: Settings) -> socket.socket:
    """The socket of the city, taken before anything slow begins: who comes early waits. Raises CannotStart."""
    found = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
        # Only who listens holds a port: two cities that start together could both bind it.
        found.listen(_WAITING)
    except OSError as failure:
        found.close()
        if failure.errno == errno.EADDRNOTAVAIL or isinstance(failure, socket.gaierror):
            sentence = f"This machine has no address {settings.host}. Choose another with --host."
        else:
            why = "is taken" if failure.errno == errno.EADDRINUSE else f"cannot be used: {failure.strerror}"
            sentence = f"Port {settings.port} {why}. Choose another with --port."
        raise CannotStart(sentence) from failure
    return found


@asynccontextmanager
async def opened(settings: Settings, pack: "Pack", tell: Tell) -> "AsyncIterator[tuple[City, Database]]":
    """The city on its database; the cluster stops with it. Whoever a backup brought back is forgotten again first."""
    database = await open_database(settings, tell=tell)
    try:
        async with open_memory(database, settings.data, pack.one(CITY).ledger_origin) as memory:
            tell("pack: what holds now")
            city = await assemble(memory, pack, at=now())
            if back := await forgetting_of(city).again():
                tell(f"forgetting again whom a restored backup brought back: {back}")
            yield city, database
    finally:
        database.stop()


async def serve(settings: Settings, pack: "Pack", *, tell: Tell, welcome: Callable[[Started], None]) -> None:
    """Run the city until it is told to stop. Raises CannotStart."""
    with (
        held(settings.data, tell) as hold,
        listening(settings) as found_socket,
        telling(settings.traces, version=__version__, clock=now),
    ):
        write_logs(settings.log_file())
        async with opened(settings, pack, tell) as (city, database):
            accounts = None
            if city.pack.one(CITY).simulated:
                accounts = drawn(settings.data, city.pack)
                tell("people: the simulated city")
                await found(city, accounts, at=now())
                await found_parts(city, at=now())
            here = f"http://{settings.host}:{found_socket.getsockname()[1]}"
            version = city.pack.version
            other = pack.version if pack.version != version else None
            started = Started(here, accounts, version, other, notes_of(city))
            watch = Watch(city.memory.pool, settings.data, UNITS)
            present = Present(city, partial(app_of, settings=settings, watch=watch))
            lines = lines_of(present, settings, settings.address or here)
            config = served(present, settings)

            def welcomed() -> None:
                tell_supervisor(READY)
                welcome(started)

            def stopping() -> None:
                tell_supervisor(STOPPING)
                hold.stopping()
                # Open pages would keep the server from its end.
                city.memory.live.close()

            server = _Greeting(config, welcomed, stopping)
            # The pack stays as long as the process: to look through it for garbage again and again costs 5 % of it.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_GARBAGE)
            await _run(server, present, lines, database, settings, found_socket, watch)


def served(app: "ASGIApp", settings: Settings) -> uvicorn.Config:
    """How the app is served. Only the proxies that are named are believed for whom they speak."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=10,
    )


async def _run(
    server: "_Greeting",
    present: Present,
    lines: Sequence[Line],
    database: Database,
    settings: Settings,
    found: socket.socket,
    watch: Watch,
) -> None:
    """Serve, with everything that goes on beside the requests, until the city is told to stop."""
    stopping, sealed = asyncio.Event(), asyncio.Event()
    sealing = asyncio.create_task(keep_sealing(present.city.memory, sealed))
    watching = asyncio.create_task(_watch(database, settings))
    remembering = asyncio.create_task(watch.keep(pausing(stopping)))
    near = asyncio.create_task(present.city.memory.ledger.readers.keep(pausing(stopping)))
    working = [(asyncio.create_task(keep_working(database.app, line, now, stopping)), line) for line in lines]
    preparing = asyncio.create_task(_prepare_search(server, present.city))
    changing = asyncio.create_task(keep_present(present, now, pausing(stopping)))
    for task in (sealing, changing, *(task for task, _ in working)):
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=[found])
    finally:
        stopping.set()
        # Who only looks has nothing to end: what was read so far is read again another time.
        looking = [watching, remembering, near, preparing, *(task for task, line in working if line.looks)]
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
        # What the jobs did last is sealed as well: the sealer ends after them.
        await asyncio.gather(changing, *(task for task, line in working if not line.looks))
        sealed.set()
        await sealing


async def _prepare_search(server: "_Greeting", city: City) -> None:
    """Make searches ready as soon as pages are answered: before that it would only keep the first of them waiting."""
    await server.answers.wait()
    await asyncio.to_thread(city.counter.catalogue.prepare_search)


def notes_of(city: City) -> tuple[str, ...]:
    """What whoever starts a city should know, in both languages: that it does not use what it learnt, and why."""
    found = city.centre.street.trained if city.centre else None
    if not isinstance(found, Refused):
        return ()
    _LOG.warning("the trained model is not used", why=found.reason)
    key, say = "governance.routing.unused", city.words.say
    return (" / ".join(say(lang, key, why=say(lang, found.reason, **found.details)) for lang in ("zh", "en")),)


class _Greeting(uvicorn.Server):
    """A server that says when it answers and when it stops, and that leaves signals to us.

    uvicorn raises a signal again after it stopped, which would end the process before the database is stopped.
    """

    def __init__(self, config: uvicorn.Config, welcome: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._welcome = welcome
        self._stopping = stopping
        self.answers = asyncio.Event()

    def handle_exit(self, sig: int, frame: "FrameType | None") -> None:
        self._stopping()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, self.handle_exit, one, None)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._welcome()
            self.answers.set()


async def _watch(database: Database, settings: Settings) -> None:
    """Start the city's own database again when it is gone."""
    if database.cluster is None:
        return
    binaries = find_binaries()
    while True:
        await asyncio.sleep(_WATCH_S)
        try:
            await asyncio.to_thread(start_cluster, binaries, settings.data, tell=lambda what: _LOG.warning(what))
        except CityError as failure:
            _LOG.error("the database does not start", sentence=failure.sentence)
