"""The hooks of programs that hear of the street: told where, tried, ended, and sent again what they did not take."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec

from onecity.governance.events import Kind, secret_of, signed, store
from onecity.governance.events.cloudevents import TYPE, empty_event
from onecity.governance.events.store import DeadEvent, Hook, Pause, Paused
from onecity.kernel.refusal import Reason, Refused
from onecity.machinery.outgoing import Answer, Outgoing, is_sendable

if TYPE_CHECKING:
    from asyncpg import Pool

__all__ = [
    "DeadEvent",
    "Hook",
    "NewHook",
    "Pause",
    "Paused",
    "Why",
    "again",
    "dead_events",
    "end_hook",
    "known_hooks",
    "new_hook",
    "resume",
    "tried",
]

LONGEST_NAME: Final = 60
MOST_HOOKS: Final = 50
MOST_DEAD: Final = 200
"""Events that were given up and are shown at once."""


class Why(Reason):
    """Why a hook is not made, tried or sent to."""

    HOOK_NAME = "governance.hook.name"
    HOOK_TAKEN = "governance.hook.taken"
    HOOK_ADDRESS = "governance.hook.address"
    HOOK_KIND = "governance.hook.kind"
    HOOK_UNKNOWN = "governance.hook.unknown"
    HOOK_PAUSED = "governance.hook.paused"
    HOOK_TOO_MANY = "governance.hook.too_many"


class NewHook(msgspec.Struct, frozen=True):
    """A hook that was just made, and its secret, which is told only here."""

    name: str
    url: str
    kinds: tuple[str, ...]
    secret: str


async def new_hook(
    name: str, url: str, kinds: Sequence[str], *, pool: "Pool", key: bytes, loopback: bool, now: datetime
) -> NewHook | Refused:
    """Send events of some kinds (none named: of all) to an address, from now on."""
    asked = tuple(dict.fromkeys(kinds)) or tuple(Kind)
    strange = next((kind for kind in asked if kind not in set(Kind)), None)
    if strange is not None:
        return Refused(Why.HOOK_KIND, {"kind": strange})
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        return Refused(Why.HOOK_NAME, {"most": LONGEST_NAME})
    if not is_sendable(url, loopback=loopback):
        return Refused(Why.HOOK_ADDRESS)
    hook = uuid4()
    async with pool.acquire() as connection:
        if len(await store.hooks(connection)) >= MOST_HOOKS:
            return Refused(Why.HOOK_TOO_MANY, {"most": MOST_HOOKS})
        if not await store.new_hook(connection, hook, name, url, asked, now):
            return Refused(Why.HOOK_TAKEN, {"name": name})
    return NewHook(name, url, tuple(map(str, asked)), secret_of(hook, key))


async def known_hooks(*, pool: "Pool") -> Sequence[Hook]:
    """Every hook, and how far it came."""
    async with pool.acquire() as connection:
        return await store.hooks(connection)


async def dead_events(*, pool: "Pool") -> Sequence[DeadEvent]:
    """What was not taken, however often it was tried."""
    async with pool.acquire() as connection:
        return await store.dead(connection, limit=MOST_DEAD)


async def end_hook(name: str, *, pool: "Pool") -> bool:
    """Send nothing more to a hook, not even what is on its way; false if there is none of that name."""
    async with pool.acquire() as connection:
        return await store.end_hook(connection, name)


async def tried(name: str, *, pool: "Pool", key: bytes, loopback: bool, origin: str, now: datetime) -> Answer | Refused:
    """Send an event that says nothing, and hear what comes back."""
    hook = next((one for one in await known_hooks(pool=pool) if one.name == name), None)
    if hook is None:
        return Refused(Why.HOOK_UNKNOWN, {"name": name})
    event = empty_event(name, origin, now=now)
    body = msgspec.json.encode(event)
    headers = {"content-type": TYPE, "user-agent": "OneCity"}
    headers |= signed(body, f"{hook.hook}.{event.id}", secret_of(hook.hook, key), now=now)
    return await Outgoing(loopback=loopback).post(hook.url, headers, body)


async def again(name: str, position: int | None, *, pool: "Pool", now: datetime) -> int | Refused:
    """Try what a hook did not take again, before anything that came later; how many events.

    Nothing is tried at a hook that is paused: whoever resumes it decides about all that waits there.
    """
    async with pool.acquire() as connection, connection.transaction():
        if await store.is_paused(connection, name):
            return Refused(Why.HOOK_PAUSED, {"name": name})
        return await store.again(connection, name, position, now)


async def resume(name: str, *, pool: "Pool", now: datetime) -> int | Refused:
    """Send to a hook again, what waited first; how many events wait. One that is not paused stays as it is."""
    async with pool.acquire() as connection, connection.transaction():
        waits = await store.resume(connection, name, now)
    return Refused(Why.HOOK_UNKNOWN, {"name": name}) if waits is None else waits
