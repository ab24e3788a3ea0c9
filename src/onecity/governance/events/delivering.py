"""Events on their way to programs elsewhere: in the order of positions at each hook, at least once, never by force.

One job follows the ledger and puts each event on its way to whoever asked for its kind, in the transaction that moves
its cursor. Another sends what is due: each try is counted before it is made. If the city is killed after somebody took
an event and before that is kept, it goes out a second time under the same id. A hook that wants nothing more, or takes
nothing for days, is paused: its events wait until somebody resumes it, or until they are too old.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

import msgspec

from onecity.governance.events import store
from onecity.governance.events.cloudevents import TYPE, cloud_event
from onecity.governance.events.kinds import TOLD, events, news_of
from onecity.governance.events.signing import secret_of, signed
from onecity.governance.events.store import DueEvent, Pause
from onecity.ledger import Ledger, Placed, follow
from onecity.machinery.outgoing import Answer
from onecity.machinery.tracing import going_on

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

FOLLOWER: Final = "governance.hooks"
PAUSES: Final = (5, 30, 120, 600, 3_600, 14_400, 43_200)
"""Seconds after each try that failed; after the one that follows the last pause the city gives up."""
GONE: Final = 410
"""The status by which a receiver says that it wants nothing more. Source: Standard Webhooks 1.0, operations."""
FAILING_FOR: Final = timedelta(days=5)
"""A hook that took nothing for so long is paused with the next event that the city would give up.

Source: Standard Webhooks 1.0, operations, asks to stop after a long time and names none. Five days outlast a long
weekend.
"""
KEPT: Final = timedelta(days=30)
"""How long an event waits, and how long one that was given up is kept. One that was taken is gone at once."""
_AT_ONCE: Final = 8
_MOST_ROUNDS: Final = 50
"""One run sends at most this many rounds, so that other jobs have their turn."""
_MOST_STRETCHES: Final = 20
_UNDER_WAY: Final = timedelta(seconds=60)
"""How long nobody else sends an event that is being sent; longer than any try takes."""


class Sends(Protocol):
    """What carries an event to its receiver."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Awaitable[Answer]: ...


async def follow_street(now: datetime, *, ledger: Ledger, origin: str) -> int:
    """Put what happened since the last look on its way; how many positions were looked at."""

    async def handle(connection: "Connection", placed: Sequence[Placed]) -> None:
        with going_on("governance.follow", (one.recorded.stream for one in placed)):
            await told_of(connection, placed)

    async def told_of(connection: "Connection", placed: Sequence[Placed]) -> None:
        found = tuple(one for one in map(news_of, placed) if one is not None)
        known = await store.abouts(connection, [one.case for one in found])
        told = [cloud_event(event, origin) for event in events(found, known)]
        bodies = [msgspec.json.encode(one) for one in told]
        positions = [int(one.id) for one in told]
        await store.enqueue(connection, positions, [one.type for one in told], bodies, now)

    seen = 0
    for _ in range(_MOST_STRETCHES):
        step = await follow(ledger.readers, ledger.book, FOLLOWER, TOLD, handle, begins=None, wanted=store.anybody)
        seen += step
        if step == 0:
            break
    return seen


class Verdict(Enum):
    """What becomes of an event that was sent."""

    TAKEN = auto()
    WAITS = auto()
    GIVEN_UP = auto()
    GONE = auto()
    FAILING = auto()


_PAUSED_BY: Final[Mapping[Verdict, Pause]] = {Verdict.GONE: Pause.GONE, Verdict.FAILING: Pause.FAILING}
"""With these the hook is paused, and the event waits."""


def verdict(answer: Answer, *, tries: int, failing: timedelta) -> Verdict:
    """What becomes of an event by what came back at a try, and how long its hook has taken nothing.

    >>> verdict(Answer(204), tries=8, failing=FAILING_FOR), verdict(Answer(410), tries=1, failing=timedelta())
    (<Verdict.TAKEN: 1>, <Verdict.GONE: 4>)
    >>> [verdict(Answer(500), tries=tries, failing=FAILING_FOR).name for tries in (7, 8)]
    ['WAITS', 'FAILING']
    >>> verdict(Answer(500), tries=8, failing=FAILING_FOR - timedelta(seconds=1)).name
    'GIVEN_UP'
    """
    if answer.taken:
        return Verdict.TAKEN
    if answer.status == GONE:
        return Verdict.GONE
    if tries <= len(PAUSES):
        return Verdict.WAITS
    return Verdict.FAILING if failing >= FAILING_FOR else Verdict.GIVEN_UP


class Courier(msgspec.Struct, frozen=True):
    """Sends what is due. `key` makes the secrets of hooks; `clock` tells the instant of a try, which is signed."""

    readers: "Pool"
    sends: Sends
    key: bytes
    clock: Callable[[], datetime]

    async def run(self, now: datetime) -> int:
        """Send what is due, one event of each hook at a time; how many were taken or given up.

        A hook that did not take its event is left alone for this run: nothing overtakes it.
        """
        done, failed = 0, set[UUID]()
        for _ in range(_MOST_ROUNDS):
            async with self.readers.acquire() as connection:
                until = now + _UNDER_WAY
                due = await store.claim(connection, now, until=until, but=list(failed), most=_AT_ONCE)
            if not due:
                break
            ended = await asyncio.gather(*(self._sent(one) for one in due))
            failed.update(one.hook for one, end in zip(due, ended, strict=True) if not end)
            done += sum(ended)
        return done

    async def purge(self, now: datetime) -> int:
        """Forget what nobody took for a month; each hook counts what it lost."""
        async with self.readers.acquire() as connection:
            return await store.purge(connection, now - KEPT, now)

    async def _sent(self, due: DueEvent) -> bool:
        """One try; whether the event needs no other one."""
        at = self.clock()
        message = f"{due.hook}.{due.position}"
        headers = {
            "content-type": TYPE, "user-agent": "OneCity",
            **signed(due.body, message, secret_of(due.hook, self.key), now=at),
        }  # fmt: skip
        answer = await self.sends.post(due.url, headers, due.body)
        async with self.readers.acquire() as connection, connection.transaction():
            return await _kept(connection, due, answer, at)


async def _kept(connection: "Connection", due: DueEvent, answer: Answer, at: datetime) -> bool:
    """Keep what came back at a try; whether the event needs no other one."""
    if answer.taken:
        await store.taken(connection, due, at)
        return True
    failing = at - await store.failing(connection, due.hook, at)
    found = verdict(answer, tries=due.tries, failing=failing)
    if found is Verdict.GIVEN_UP:
        await store.give_up(connection, due, str(answer), at)
        return True
    pause = _PAUSED_BY.get(found)
    if pause is not None:
        await store.pause(connection, due.hook, pause, at)
    # What meets a pause is tried again as soon as somebody resumes the hook.
    until = at if pause else at + timedelta(seconds=PAUSES[due.tries - 1])
    await store.wait(connection, due, str(answer), until)
    return False
