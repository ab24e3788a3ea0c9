"""What is sent to an address that somebody named never reaches what lies behind the city's own walls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.machinery import outgoing
from onecity.machinery.outgoing import Answer, Outgoing, Unsent, is_outside, is_sendable

INSIDE = (
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:192.168.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_within_the_walls_is_outside(address: str) -> None:
    assert not is_outside(ip_address(address), loopback=False)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_old_address_in_a_new_one_is_judged_as_the_old_one(address: IPv4Address) -> None:
    mapped = IPv6Address(f"::ffff:{address}")
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) + int(address))
    for loopback in (True, False):
        expected = is_outside(address, loopback=loopback)
        assert is_outside(mapped, loopback=loopback) == is_outside(translated, loopback=loopback) == expected


@pytest.mark.parametrize("url", [
    "http://hooks.example.cn/x", "ftp://hooks.example.cn", "https://user@hooks.example.cn", "https://", "hooks",
    "https://10.0.0.1/x", "https://[::1]/x", "https://hooks.example.cn:99999/", "https://钩.example.cn/",
    "https://hooks.example.cn/\n", "http://127.0.0.1/", " https://hooks.example.cn/", "https://hooks.example.cn/a b",
    "https://hooks.example.cn\\@127.0.0.1/", "https://127.0.0.1\\.example.cn/", "https://x/" + "y" * 500, "file:///etc/passwd",
])  # fmt: skip
def test_only_https_to_the_open_net_can_be_named(url: str) -> None:
    assert not is_sendable(url, loopback=False)


@asynccontextmanager
async def server(
    answer: bytes | Callable[[asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A receiver on this machine: its address, and what came."""
    came: list[bytes] = []

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        came.append(head)
        if isinstance(answer, bytes):
            writer.write(answer)
        else:
            await answer(writer)
        writer.close()

    listening = await asyncio.start_server(met, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/hook", came
    listening.close()


async def test_a_receiver_on_this_machine_is_reached_only_where_that_is_allowed() -> None:
    async with server(b"HTTP/1.1 204 No Content\r\n\r\n") as (url, came):
        assert (await Outgoing(loopback=False).post(url, {}, b"{}")).unsent is Unsent.ADDRESS
        assert came == []
        assert await Outgoing(loopback=True).post(url, {"x-one": "1"}, b"{}") == Answer(204)
        assert b"x-one: 1" in came[0]


async def test_a_name_that_leads_inside_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    async def inside(*_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        # The first address is innocent; the second is what the name was made for.
        return [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", inside, raising=False)
    assert await Outgoing(loopback=True).post("https://hooks.example.cn/x", {}, b"{}") == Answer(None, Unsent.ADDRESS)


@pytest.mark.threat("T17")
async def test_a_name_whose_answers_change_is_asked_once_and_that_very_address_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first answer is innocent, every later one leads inside: nobody asks for a later one."""
    asked: list[str] = []
    reached: list[str] = []

    async def changing(host: str, *_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        return [(2, 1, 6, "", ("1.1.1.1" if len(asked) == 1 else "169.254.169.254", 443))]

    async def connect(_: object, host: str, *__: object, **___: object) -> None:
        reached.append(host)
        raise OSError("nobody is there")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", changing, raising=False)
    monkeypatch.setattr("httpcore.AnyIOBackend.connect_tcp", connect)
    answer = await Outgoing(loopback=False).post("https://rebinding.example.cn/x", {}, b"{}")
    assert answer == Answer(None, Unsent.UNREACHED)
    assert (asked, reached) == (["rebinding.example.cn"], ["1.1.1.1"])


async def test_a_redirect_is_an_answer_and_leads_nowhere() -> None:
    async with server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as (second, came):
        said = f"HTTP/1.1 302 Found\r\nlocation: {second}\r\ncontent-length: 0\r\n\r\n".encode()
        async with server(said) as (first, _):
            answer = await Outgoing(loopback=True).post(first, {}, b"{}")
        assert (answer.status, answer.taken, came) == (302, False, [])


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            try:
                writer.write(b"x" * 65_536)
                await writer.drain()
            except ConnectionError:
                return

    async with server(endless) as (url, _):
        assert await Outgoing(loopback=True).post(url, {}, b"{}") == Answer(200)


async def test_a_slow_receiver_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "_ALTOGETHER_S", 0.1)

    async def slow(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)

    async with server(slow) as (url, _):
        assert await Outgoing(loopback=True).post(url, {}, b"{}") == Answer(None, Unsent.TOO_SLOW)
        await asyncio.sleep(0.3)


async def test_nobody_at_home_is_no_failure_of_ours() -> None:
    async with server(b"") as (url, _):
        pass
    assert await Outgoing(loopback=True).post(url, {}, b"{}") == Answer(None, Unsent.UNREACHED)
