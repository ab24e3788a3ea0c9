"""Starting and stopping a city: one process holds a data folder, the next waits for it; nothing is left half-way."""

import asyncio
import errno
import fcntl
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
import uvicorn

from onecity.bootstrap.city import City, app_of, assemble
from onecity.bootstrap.database import Database, open_database
from onecity.bootstrap.founding import Accounts, drawn, found
from onecity.bootstrap.jobs import jobs_of
from onecity.bootstrap.keepers import forgetting_of
from onecity.bootstrap.memory import Memory, keep_sealing, open_memory
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.kernel.errors import CannotStart, CityError
from onecity.machinery.jobs import Job, keep_working
from onecity.machinery.postgres import find_binaries, start_cluster
from onecity.places import CITY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette

    from onecity.packs import Pack

_LOG: Final = structlog.get_logger("onecity.serve")
_PATIENCE_S: Final = 60.0
_LOOK_S: Final = 0.1
_WATCH_S: Final = 1.0

Tell = Callable[[str], None]


class Started(msgspec.Struct, frozen=True):
    """A city that answers."""

    address: str
    accounts: Accounts | None


@contextmanager
def held(settings: Settings, tell: Tell) -> Iterator[None]:
    """The data folder, for this process alone; waits for a predecessor that is still stopping."""
    try:
        settings.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        file = (settings.data / "run.lock").open("a", encoding="utf-8")
    except OSError as failure:
        raise CannotStart(_unusable(settings, failure)) from failure
    with file:
        _lock(file.fileno(), settings, tell)
        yield


def _lock(descriptor: int, settings: Settings, tell: Tell) -> None:
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() - began > _PATIENCE_S:
                raise CannotStart(
                    f"Another city runs on {settings.data}. Stop it, or name another folder with --data."
                ) from None
            if time.monotonic() - began < _LOOK_S:
                tell("waiting for the city that is still stopping on this folder")
            time.sleep(_LOOK_S)
        else:
            return


def _unusable(settings: Settings, failure: OSError) -> str:
    if failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free some space, then start again; nothing is lost."
    return f"The data folder {settings.data} cannot be used: {failure.strerror}. Choose another with --data."


def listening(settings: Settings) -> socket.socket:
    """The socket of the city, taken before anything slow begins. Raises CannotStart if the port is taken."""
    found = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
    except OSError as failure:
        found.close()
        why = "is taken" if failure.errno == errno.EADDRINUSE else f"cannot be used: {os.strerror(failure.errno or 0)}"
        raise CannotStart(f"Port {settings.port} {why}. Choose another with --port.") from failure
    return found


@asynccontextmanager
async def opened(settings: Settings, pack: "Pack", tell: Tell) -> "AsyncIterator[tuple[City, Database]]":
    """The city on its database; the cluster stops with it. Whoever a backup brought back is forgotten again first."""
    database = await open_database(settings, tell=tell)
    try:
        async with open_memory(database, settings.data, pack.one(CITY).ledger_origin) as memory:
            city = await assemble(memory, pack, at=now())
            if back := await forgetting_of(city).again():
                tell(f"forgetting again whom a restored backup brought back: {back}")
            yield city, database
    finally:
        database.stop()


async def serve(settings: Settings, pack: "Pack", *, tell: Tell, welcome: Callable[[Started], None]) -> None:
    """Run the city until it is told to stop. Raises CannotStart."""
    with held(settings, tell), listening(settings) as found_socket:
        async with opened(settings, pack, tell) as (city, database):
            accounts = None
            if pack.one(CITY).simulated:
                accounts = drawn(settings.data)
                tell("people: the simulated city")
                await found(city, accounts, at=now())
            port = found_socket.getsockname()[1]
            await _run(
                app_of(city, settings),
                jobs_of(city),
                city.memory,
                database,
                settings,
                found_socket,
                lambda: welcome(Started(f"http://{settings.host}:{port}", accounts)),
            )


async def _run(
    app: "Starlette",
    jobs: Sequence[Job],
    memory: Memory,
    database: Database,
    settings: Settings,
    found: socket.socket,
    welcome: Callable[[], None],
) -> None:
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=10)
    server = _Greeting(config, welcome)
    stopping, sealed = asyncio.Event(), asyncio.Event()
    sealing = asyncio.create_task(keep_sealing(memory, sealed))
    watching = asyncio.create_task(_watch(database, settings))
    working = asyncio.create_task(keep_working(database.app, jobs, now, stopping))
    for task in (sealing, working):
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=[found])
    finally:
        stopping.set()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        # What the jobs did last is sealed as well: the sealer ends after them.
        await working
        sealed.set()
        await sealing


class _Greeting(uvicorn.Server):
    """A server that says when it answers, and that leaves signals to us.

    uvicorn raises a signal again after it stopped, which would end the process before the database is stopped.
    """

    def __init__(self, config: uvicorn.Config, welcome: Callable[[], None]) -> None:
        super().__init__(config)
        self._welcome = welcome

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
