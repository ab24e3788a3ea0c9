"""Reading from standbys: who may be told what was true some seconds ago, and that nobody misses what they wrote.

A standby is asked only by a request that allows it, if it is near enough and has replayed what the visitor wrote.
See `docs/adr/0059-read-from-a-standby-what-may-be-seconds-old.md`.
"""

import asyncio
import math
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
import msgspec
import structlog
from prometheus_client import Gauge

from onecity.machinery.postgres.connections import open_pool
from onecity.machinery.postgres.reaching import Address, hosts_of

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

_LOG: Final = structlog.get_logger("onecity.database")

BEHIND: Final = Gauge("onecity_standby_behind_seconds", "How far a standby is behind; infinite if unknown", ["standby"])
LACKING: Final = Gauge("onecity_standbys_lacking", "Standbys that are away, or too far behind to be asked")

LOOK_S: Final = 0.5
"""How often a process asks how far the primary and the standbys are."""
_ANSWERS_S: Final = 1.0
"""How long a standby may take: to say how far it is, or to give a connection to somebody who waits for a page."""
_ATTRIBUTES: Final = "target_session_attrs="
_PLACE: Final = re.compile(r"([0-9a-f]{1,8})-([0-9a-f]{1,16})", re.ASCII)

# A visitor's own words may not be flushed yet, so they wait for everything that is inserted. A standby can only have
# what is flushed, so only that says how late it is. The name of a log file begins with the timeline.
_REACHED: Final = (
    "select pg_walfile_name(pg_current_wal_insert_lsn()) as file, pg_current_wal_insert_lsn() as inserted,"
    " pg_current_wal_flush_lsn() as flushed"
)
# The control file of a standby names a new timeline some minutes late, never too early.
_REPLAYED: Final = (
    "select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() end as replayed,"
    " (select timeline_id from pg_control_checkpoint()) as timeline"
)
_BORN: Final = "select pg_postmaster_start_time()"


class Place(msgspec.Struct, frozen=True):
    """How far a database is: a place in its log, on the timeline that the last change of the primary began."""

    timeline: int
    lsn: int

    def holds(self, other: "Place") -> bool:
        """Whether whoever is here has everything up to another place.

        What was acknowledged before a change of the primary lies before the place where the new timeline begins.

        >>> here = Place(2, 500)
        >>> here.holds(Place(2, 500)), here.holds(Place(1, 400)), here.holds(Place(2, 501)), here.holds(Place(3, 400))
        (True, True, False, False)
        """
        return self.timeline >= other.timeline and self.lsn >= other.lsn

    def __str__(self) -> str:
        return f"{self.timeline:x}-{self.lsn:x}"


NOWHERE_YET: Final = Place(2**32 - 1, 2**64 - 1)
"""A place that no standby holds: for whoever wrote, and nobody knows how far."""


def read_place(text: str) -> Place:
    """A place as a visitor brings it back; for whatever else they bring, no standby is near enough.

    >>> read_place(str(Place(1, 24060632))), read_place("0/16F2AB8") == NOWHERE_YET
    (Place(timeline=1, lsn=24060632), True)
    """
    found = _PLACE.fullmatch(text)
    return Place(int(found[1], 16), int(found[2], 16)) if found else NOWHERE_YET


class Heard(msgspec.Struct, frozen=True):
    """How far the primary was at a moment of our own clock. Unit: seconds."""

    at: float
    place: Place


def behind_s(heard: Iterable[Heard], place: Place, at: float) -> float:
    """How many seconds before a moment the primary was last heard at a place that a standby has replayed.

    `heard` begins with the latest. Infinite if that is longer ago than anybody remembers, or on another timeline.

    >>> heard = [Heard(12.0, Place(1, 900)), Heard(11.0, Place(1, 800)), Heard(10.0, Place(1, 700))]
    >>> [behind_s(heard, place, 12.5) for place in (Place(1, 900), Place(1, 899), Place(1, 699), Place(2, 999))]
    [0.5, 1.5, inf, inf]
    """
    told = tuple(heard)
    if not told or told[0].place.timeline != place.timeline:
        return math.inf
    return next((at - one.at for one in told if place.holds(one.place)), math.inf)


def standbys_of(address: Address) -> tuple[Address, ...]:
    """The address of each host that a URL names, whether it takes writes or not: who is a standby is asked again and
    again.

    >>> standbys_of(Address("postgresql://city@a,b/onecity?target_session_attrs=prefer-standby&sslmode=require"))
    ('postgresql://city@a/onecity?sslmode=require&target_session_attrs=any', \
'postgresql://city@b/onecity?sslmode=require&target_session_attrs=any')
    """
    parts = urlsplit(address)
    kept = [one for one in parts.query.split("&") if one and not one.startswith(_ATTRIBUTES)]
    query = "&".join([*kept, f"{_ATTRIBUTES}any"])
    return hosts_of(Address(urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))))


def _name_of(address: Address) -> str:
    """Host and port, or the folder of a socket: what may be told of an address, which may hold a password."""
    parts = urlsplit(address)
    where = parts.netloc.rpartition("@")[2]
    return where or parse_qs(parts.query).get("host", ["?"])[0]


class Standby:
    """One server, for as long as it lives: after a restart it may be less far than it was, and is asked anew."""

    def __init__(self, address: Address, *, size: int) -> None:
        self.name = _name_of(address)
        self.pool: Pool | None = None
        self.place: Place | None = None
        self.leads = False
        self._address = address
        self._size = size
        self._life: datetime | None = None
        # How far it is can be asked also while all other connections are in use.
        self._line: Connection | None = None

    async def look(self) -> None:
        """How far it is now. Whatever it does instead of answering, it is away until it answers."""
        try:
            async with asyncio.timeout(_ANSWERS_S):
                if self.pool is None or self._line is None:
                    self.pool = await open_pool(self._address, size=self._size + 1, first=self._same_life)
                    self._line = await self.pool.acquire()
                row = await self._line.fetchrow(_REPLAYED)
        except Exception:  # noqa: BLE001 - there is nothing that a standby could do which a person should hear of
            self.leave()
            return
        self.leads = row["replayed"] is None
        self.place = None if self.leads else Place(row["timeline"], row["replayed"])

    def leave(self) -> None:
        """Ask it nothing more until it is found again; whoever waits for it is told at once."""
        pool, self.pool, self.place, self.leads = self.pool, None, None, False
        self._line = self._life = None
        if pool is not None:
            pool.terminate()

    async def _same_life(self, connection: "Connection") -> None:
        """A pool belongs to one life of one server: how far it is was asked on another of these connections."""
        born = await connection.fetchval(_BORN)
        if self._life is not None and born != self._life:
            raise ConnectionError("another server answers here")
        self._life = born


class _Asking(msgspec.Struct, frozen=True):
    """Whose task reads from which standby. A task that others share reads from the primary, whoever began it."""

    task: "asyncio.Task[Any] | None"
    pool: Any


_ASKING: Final[ContextVar[_Asking | None]] = ContextVar("asking", default=None)


class Readers:
    """Connections to read with: those of the primary, and of a standby for as long as somebody asks it."""

    def __init__(
        self, primary: "Pool", standbys: Sequence[Standby] = (), *, lag_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.standbys = tuple(standbys)
        self.lag_s = lag_s
        self._primary = primary
        self._clock = clock
        self._heard: deque[Heard] = deque(maxlen=math.ceil(lag_s / LOOK_S) + 2)
        self._turn = 0
        # How far the primary is can be asked also while all other connections are in use.
        self._line: Any = None

    def acquire(self) -> Any:
        """A connection, to be used as that of a pool."""
        asking = _ASKING.get()
        if asking is not None and asking.task is asyncio.current_task():
            return asking.pool.acquire(timeout=_ANSWERS_S)
        return self._primary.acquire()

    @contextmanager
    def from_standby(self, standby: Standby) -> Iterator[None]:
        """What this task reads inside, it reads from a standby."""
        token = _ASKING.set(_Asking(asyncio.current_task(), standby.pool))
        try:
            yield
        finally:
            _ASKING.reset(token)

    def near(self, wrote: Sequence[Place] = ()) -> Standby | None:
        """A standby that is near enough and has what a visitor wrote; they take turns. None: ask the primary."""
        fit = [one for one in self.standbys if self._is_near(one) and all(_has(one, place) for place in wrote)]
        if not fit:
            return None
        self._turn += 1
        return fit[self._turn % len(fit)]

    async def reached(self) -> Place:
        """A place in the log that no standby holds before it has everything that was committed until now."""
        try:
            async with asyncio.timeout(_ANSWERS_S), self._primary.acquire() as connection:
                row = await connection.fetchrow(_REACHED)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            return NOWHERE_YET
        return _placed(row["file"], row["inserted"])

    async def look(self) -> None:
        """Ask the primary and then the standbys how far they are, and tell the gauges."""
        await self._hear()
        await asyncio.gather(*(one.look() for one in self.standbys))
        for one in self.standbys:
            BEHIND.labels(one.name).set(0 if one.leads else self.behind_s(one))
        LACKING.set(len(self.lacking()))

    def lacking(self) -> tuple[str, ...]:
        """The names of the standbys that are away or too far behind."""
        return tuple(one.name for one in self.standbys if not one.leads and not self._is_near(one))

    def behind_s(self, standby: Standby) -> float:
        """How many seconds a standby is behind; infinite if nobody knows."""
        return math.inf if standby.place is None else behind_s(reversed(self._heard), standby.place, self._clock())

    async def keep(self, pause: Callable[[float], Awaitable[bool]]) -> None:
        """Look again and again until the city is to stop."""
        if not self.standbys:
            LACKING.set(0)
            return
        while True:
            try:
                await self.look()
            except Exception as failure:  # noqa: BLE001 - unlooked at, they grow old: nobody reads there, and it is told
                LACKING.set(len(self.standbys))
                _LOG.warning("nobody knows how far the standbys are", failure=type(failure).__name__)
            if await pause(LOOK_S):
                return

    def leave(self) -> None:
        """Ask no standby any more."""
        self._hang_up()
        for one in self.standbys:
            one.leave()

    async def _hear(self) -> None:
        try:
            async with asyncio.timeout(_ANSWERS_S):
                if self._line is None:
                    self._line = await self._primary.acquire()
                row = await self._line.fetchrow(_REACHED)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            # What was heard before grows old, and with it every standby.
            self._hang_up()
            return
        self._heard.append(Heard(self._clock(), _placed(row["file"], row["flushed"])))

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            # Whoever is behind it may lead no more; the pool opens another one. They may have hung up before.
            with suppress(asyncpg.InterfaceError):
                line.terminate()

    def _is_near(self, standby: Standby) -> bool:
        return standby.pool is not None and self.behind_s(standby) <= self.lag_s


def _has(standby: Standby, wrote: Place) -> bool:
    return standby.place is not None and standby.place.holds(wrote)


def _placed(file: str, lsn: int) -> Place:
    return Place(int(file[:8], 16), lsn)
