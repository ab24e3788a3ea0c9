"""A database on several hosts: whichever of them takes writes is found, and one that fell silent is noticed.

A machine that lost its power says no goodbye. The system would wait a quarter of an hour for its next word, so every
connection over a network asks after its other end, and gives up after some seconds.
See `docs/adr/0055-lose-a-machine-at-noon.md`.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NewType, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import asyncpg

if TYPE_CHECKING:
    from asyncpg import Connection

Address = NewType("Address", str)
"""A PostgreSQL URL, maybe of several hosts. It may hold a password, so it is never printed."""

SILENT_S: Final = 4
"""How long the other end of a connection may be silent when it is asked. Its system answers, however busy it is."""
_ASKING: Final = {"KEEPIDLE": 1, "KEEPINTVL": 1, "KEEPCNT": SILENT_S, "USER_TIMEOUT": SILENT_S * 1000}
HEAD_START_S: Final = 0.25
"""How long a host may take to answer before the next one is asked as well."""
PATIENCE_S: Final = 10.0
"""How long anybody waits to be let in."""
_EACH_S: Final = 2.0
"""How long one of several hosts may take to let us in."""
Trying: TypeAlias = "dict[asyncio.Task[Connection], Address]"
"""The hosts that are being asked."""
_WRITES: Final = "target_session_attrs=read-write"


class Attentive(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """A connection that notices that its other end is gone, also if nobody said so."""

    def __init__(self, protocol: Any, transport: asyncio.Transport, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        line = transport.get_extra_info("socket")
        if line is None or line.family == socket.AF_UNIX:
            return
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        # A machine's own settings stand where the system does not know ours.
        for name, value in _ASKING.items():
            with suppress(AttributeError, OSError):
                line.setsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name}"), value)


def hosts_of(address: Address) -> tuple[Address, ...]:
    """The address of each host that a URL names, in its order. Of several, the one that takes writes is meant.

    >>> hosts_of(Address("postgresql://city@a,b:5433/onecity?target_session_attrs=any"))
    ('postgresql://city@a/onecity?target_session_attrs=any', 'postgresql://city@b:5433/onecity?target_session_attrs=any')
    """
    parts = urlsplit(address)
    who, at, where = parts.netloc.rpartition("@")
    hosts = where.split(",")
    if len(hosts) == 1:
        return (address,)
    query = parts.query if "target_session_attrs=" in parts.query else "&".join(filter(None, (parts.query, _WRITES)))
    return tuple(
        Address(urlunsplit((parts.scheme, f"{who}{at}{host}", parts.path, query, parts.fragment))) for host in hosts
    )


async def reach(address: Address, **settings: Any) -> "Connection":
    """A connection to the host that serves. Raises what asyncpg raises: of several hosts, what says most.

    asyncpg itself asks one host after the other and waits for each as long as the system does.
    """
    settings["connection_class"] = Attentive  # a pool names it as well
    hosts = hosts_of(address)
    if len(hosts) == 1:
        return await asyncpg.connect(address, timeout=PATIENCE_S, **settings)
    trying: Trying = {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _first(hosts, trying, settings)
    finally:
        for task in trying:
            task.cancel()
            task.add_done_callback(_not_needed)


async def _first(hosts: Sequence[Address], trying: Trying, settings: dict[str, Any]) -> "Connection":
    """The first host that serves. The next is asked when one has failed, or takes longer than a moment.

    While one of them is silent, those that take no writes are asked again: one of them may be about to.
    """
    failures: list[BaseException] = []
    waiting, unheard = deque((host, 0.0) for host in hosts), set(hosts)
    while waiting or trying:
        if waiting:
            host, after = waiting.popleft()
            trying[asyncio.create_task(_asked(host, after, settings))] = host
        done, _ = await asyncio.wait(
            trying, timeout=HEAD_START_S if waiting else None, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            host, failure = trying.pop(task), task.exception()
            if failure is None:
                for other in done & trying.keys():
                    _not_needed(other)
                return task.result()
            failures.append(failure)
            unheard.discard(host)
            if unheard and isinstance(failure, asyncpg.TargetServerAttributeNotMatched):
                waiting.append((host, HEAD_START_S))
    raise max(failures, key=_tells)


async def _asked(host: Address, after: float, settings: dict[str, Any]) -> "Connection":
    await asyncio.sleep(after)
    return await asyncpg.connect(host, timeout=_EACH_S, **settings)


def _tells(failure: BaseException) -> int:
    """How much a failure says of why nobody serves: a wrong password more than a standby, that more than silence."""
    if isinstance(failure, asyncpg.TargetServerAttributeNotMatched):
        return 1
    return 0 if isinstance(failure, OSError) else 2


def _not_needed(task: "asyncio.Task[Connection]") -> None:
    """Close a connection that came too late; what it failed of is nobody's business any more."""
    if not task.cancelled() and task.exception() is None:
        task.result().terminate()
