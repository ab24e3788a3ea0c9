"""Strangers with links of reports never take the streams of officers, and one address not those of all others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from onecity.governance.events import Live, Stream, TooMany, live
from onecity.ledger import FactBook


class NoPool:
    """Connections to a database that nobody asks anything."""

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[None]:
        yield


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Live:
    async def sealed(_: object) -> int:
        return 0

    async def reads(_: Live) -> None:
        """Feeds nobody."""

    monkeypatch.setattr(live, "sealed_until", sealed)
    monkeypatch.setattr(Live, "_read", reads)
    return Live(cast(Any, NoPool()), cast(FactBook, None), most=8, of_links=4)


async def test_links_of_reports_have_half_and_leave_officers_theirs(streams: Live) -> None:
    for number in range(4):
        assert isinstance(await streams.open(f"report {number}", address=f"192.0.2.{number}"), Stream)
    assert await streams.open("report 5", address="192.0.2.9") is TooMany.HOUSE
    for number in range(4):
        assert isinstance(await streams.open(f"officer {number}"), Stream)
    assert await streams.open("officer 5") is TooMany.HOUSE


async def test_an_address_holds_a_few_and_what_it_leaves_is_free_again(
    streams: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EACH_ADDRESS", 2)
    held = [await streams.open(f"report {number}", address="192.0.2.1") for number in range(2)]
    assert await streams.open("report 3", address="192.0.2.1") is TooMany.ADDRESS
    assert isinstance(await streams.open("report 3", address="192.0.2.2"), Stream)
    assert isinstance(held[0], Stream)
    streams.leave(held[0])
    assert isinstance(await streams.open("report 4", address="192.0.2.1"), Stream)


async def test_whoever_is_refused_one_more_keeps_the_pages_that_they_have(
    streams: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EACH_ADDRESS", 1)
    held = [await streams.open("report", address=f"192.0.2.{number}") for number in range(live.EACH)]
    assert await streams.open("report", address="192.0.2.3") is TooMany.ADDRESS
    assert all(isinstance(one, Stream) and one.heard.empty() for one in held)
    # A page that takes the place of their own oldest one makes nothing fuller: neither its address nor the house.
    assert isinstance(await streams.open("report", address="192.0.2.0"), Stream)
    assert streams.open_streams == live.EACH


async def test_the_oldest_stream_of_somebody_ends_for_a_new_one_and_is_asked_to_come_back_later(streams: Live) -> None:
    oldest, *others = [await streams.open("officer") for _ in range(live.EACH)]
    assert isinstance(oldest, Stream)
    assert isinstance(await streams.open("officer"), Stream)
    heard = b"".join([message async for message in streams.messages(oldest, lambda _: None)])
    assert heard.endswith(f"retry: {live.REPLACED_RETRY_MS}\n\n".encode())
    assert streams.open_streams == live.EACH
    assert all(isinstance(one, Stream) and one.heard.empty() for one in others)
