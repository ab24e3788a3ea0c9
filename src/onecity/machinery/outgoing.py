"""Sending something to an address that somebody else named, without lending them the city's own network.

Only https, no private address whatever name leads to it, no redirect, a few seconds, and at most a few bytes of answer.
The name is looked up once, and the connection goes to the very address that was looked at: a name that leads elsewhere
a moment later leads nowhere.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore
import msgspec
from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

Address = IPv4Address | IPv6Address
_PATIENCE_S: Final = 5.0
_ALTOGETHER_S: Final = 10.0
_MOST_ANSWER: Final = 16 * 1024
"""Bytes of an answer that are read; nothing of them is kept."""
_LONGEST: Final = 500
_PLAIN: Final = re.compile(r"[!-\[\]-~]+")
"""The signs of ASCII without blanks and without the backslash: readers differ in what they make of those, and whoever
looks at an address must see the same host in it as whoever connects to it."""
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""Addresses behind which an address of the old protocol stands. Source: RFC 6052 §2.1."""


class Unsent(StrEnum):
    """Why something was not taken."""

    ADDRESS = "address"
    UNREACHED = "unreached"
    TOO_SLOW = "too_slow"
    STATUS = "status"


class Answer(msgspec.Struct, frozen=True):
    """What came back: the status, or why there is none."""

    status: int | None
    unsent: Unsent | None = None

    @property
    def taken(self) -> bool:
        """Whether whoever was written to says that they have it."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        return str(self.status) if self.status is not None else str(self.unsent)


def is_sendable(url: str, *, loopback: bool) -> bool:
    """Whether something may be sent to an address as it is written; `loopback` lets this machine be named.

    >>> is_sendable("https://hooks.example.cn/x", loopback=False), is_sendable("http://hooks.example.cn", loopback=True)
    (True, False)
    >>> is_sendable("http://127.0.0.1:9/x", loopback=True), is_sendable("https://10.0.0.1", loopback=True)
    (True, False)
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or len(url) > _LONGEST or parts.username is not None or not _PLAIN.fullmatch(url):
        return False
    named = _as_address(host)
    if parts.scheme == "http":
        return loopback and (host == "localhost" or (named is not None and named.is_loopback))
    return parts.scheme == "https" and (named is None or is_outside(named, loopback=loopback))


def _as_address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_outside(address: Address, *, loopback: bool) -> bool:
    """Whether an address is one of the open net, or of this machine where that is allowed.

    >>> [is_outside(ip_address(one), loopback=False) for one in ("1.1.1.1", "10.1.2.3", "169.254.169.254", "::1")]
    [True, False, False, False]
    >>> [is_outside(ip_address(one), loopback=False) for one in ("::ffff:10.0.0.1", "64:ff9b::7f00:1", "fe80::1")]
    [False, False, False]
    """
    if isinstance(address, IPv6Address):
        behind = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if behind is None and address in _TRANSLATED:
            behind = IPv4Address(int(address) & 0xFFFF_FFFF)
        if behind is not None:
            return is_outside(behind, loopback=loopback)
    if address.is_loopback:
        return loopback
    return address.is_global and not address.is_multicast and not address.is_reserved


class Outgoing:
    """Sends to addresses of others. `authority` is a file with certificates to trust beside the public ones."""

    def __init__(self, *, loopback: bool, authority: str | None = None) -> None:
        self._loopback = loopback
        self._authority = authority

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body. Never raises for anything that the other side does."""
        if not is_sendable(url, loopback=self._loopback):
            return Answer(None, Unsent.ADDRESS)
        try:
            async with asyncio.timeout(_ALTOGETHER_S):
                return Answer(await self._posted(url, headers, body))
        except _NotOutside:
            return Answer(None, Unsent.ADDRESS)
        except (TimeoutError, httpcore.TimeoutException):
            return Answer(None, Unsent.TOO_SLOW)
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError, UnicodeError):
            return Answer(None, Unsent.UNREACHED)

    async def _posted(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        patience = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE_S)
        trust, way = _trust(self._authority), _Outside(loopback=self._loopback)
        async with (
            httpcore.AsyncConnectionPool(trust, max_connections=1, retries=0, network_backend=way) as pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": patience}
            ) as answer,
        ):
            read = 0
            async for part in answer.aiter_stream():
                read += len(part)
                if read > _MOST_ANSWER:
                    break
            return int(answer.status)


@cache
def _trust(authority: str | None) -> ssl.SSLContext:
    """Whom we believe; to read it costs more than to send."""
    found = ssl.create_default_context()
    if authority:
        found.load_verify_locations(authority)
    return found


class _NotOutside(Exception):
    """The name leads to no address that anything may be sent to."""


class _Outside(AsyncNetworkBackend):
    """Connects to addresses of the open net only, and to those that were looked at."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback
        self._below = AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None,  # noqa: ASYNC109 - the signature is the library's
        local_address: str | None = None, socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:  # fmt: skip
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        # One that leads inside is enough to refuse the name: it was made to lead there now and then.
        if not addresses or not all(is_outside(one, loopback=self._loopback) for one in addresses):
            raise _NotOutside
        return await self._below.connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *_: Any, **__: Any) -> AsyncNetworkStream:
        raise _NotOutside

    async def sleep(self, seconds: float) -> None:
        await self._below.sleep(seconds)
