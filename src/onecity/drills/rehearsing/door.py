"""The door of the city for whoever plays: each answer is good, or it is told where the play broke off."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from uuid import uuid4

import msgspec

from onecity.drills.load.knocking import Line, Reply
from onecity.drills.load.towns import Somebody

T = TypeVar("T")

_GOOD: Final = (200, 303)
_BUSY: Final = (429, 503)
_TRIES: Final = 5
_PAUSE_S: Final = 5.0
_PREFIX: Final = "urn:onecity:"


class Failed(msgspec.Struct, frozen=True):
    """Where a play broke off: the step, the status of the city's answer, its reason, and what it says.

    The status is 0 where every answer was good and nothing came of it.
    """

    step: str
    status: int
    reason: str
    says: str = ""


class BrokeOff(Exception):
    """A play that cannot go on; `failed` says where and why."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.reason)
        self.failed = failed


class _Problem(msgspec.Struct, frozen=True):
    """An answer that says no, as far as it is told."""

    type: str = ""
    title: str = ""
    detail: str = ""


class Door:
    """One connection to the city; whoever is asked to come again later does."""

    def __init__(self, address: str) -> None:
        self._line = Line(address)

    async def get(self, step: str, path: str, wanted: type[T], *, who: Somebody) -> T:
        """What the interface tells somebody."""
        return self._read(step, await self._asked(step, lambda: self._line.get_json(path, who)), wanted)

    async def send(self, step: str, path: str, body: object, wanted: type[T], *, who: Somebody) -> T:
        """What the interface answers to a command."""
        key = str(uuid4())
        return self._read(step, await self._asked(step, lambda: self._line.send(path, body, who, key=key)), wanted)

    async def page(self, step: str, path: str, *, who: Somebody) -> bytes:
        """A page, for what no operation tells."""
        return (await self._asked(step, lambda: self._line.get(path, who))).body

    async def press(self, step: str, path: str) -> None:
        """A form without fields, by nobody."""
        await self._asked(step, lambda: self._line.form(path, {}, None))

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    async def _asked(self, step: str, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        for _ in range(_TRIES):
            try:
                reply = await ask()
            except (OSError, EOFError):
                # A line on which nobody spoke for seconds is closed; commands carry a key, so nothing is done twice.
                await self._line.close()
                continue
            if reply.status not in _BUSY:
                break
            await asyncio.sleep(_pause(reply))
        else:
            raise BrokeOff(Failed(step, 0, "no answer"))
        if reply.status not in _GOOD:
            raise BrokeOff(_told(step, reply))
        return reply

    def _read(self, step: str, reply: Reply, wanted: type[T]) -> T:
        try:
            return msgspec.json.decode(reply.body, type=wanted)
        except msgspec.MsgspecError as failure:
            raise BrokeOff(Failed(step, reply.status, "not the answer of this operation", str(failure))) from failure


def _told(step: str, reply: Reply) -> Failed:
    try:
        problem = msgspec.json.decode(reply.body, type=_Problem)
    except msgspec.MsgspecError:
        problem = _Problem()
    says = problem.detail or problem.title
    return Failed(step, reply.status, problem.type.removeprefix(_PREFIX) or "no reason", says)


def _pause(reply: Reply) -> float:
    """After how long one may come again."""
    said = reply.head.lower().partition(b"retry-after: ")[2].partition(b"\r\n")[0]
    return float(said) if said.isdigit() else _PAUSE_S
