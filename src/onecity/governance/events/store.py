"""The SQL of events: what is known of cases, hooks, and what is on its way to them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.governance.events.kinds import About

if TYPE_CHECKING:
    from asyncpg import Connection


class Pause(StrEnum):
    """Why nothing more is sent to a hook. Stored as it is."""

    GONE = "gone"
    FAILING = "failing"


class Paused(msgspec.Struct, frozen=True):
    """Since when nothing is sent to a hook, and why."""

    at: datetime
    why: Pause


class Hook(msgspec.Struct, frozen=True):
    """Where events are sent, which kinds, and how far it came.

    `waits` and `dead` are how many events it has not taken; `lost` is how many of them are gone since it was made, and
    `lost_at` when the last ones went. `failing` is since when it took nothing of what it was sent.
    """

    hook: UUID
    name: str
    url: str
    kinds: tuple[str, ...]
    made: datetime
    delivered: int | None
    delivered_at: datetime | None
    waits: int
    dead: int
    failing: datetime | None
    paused: Paused | None
    lost: int
    lost_at: datetime | None


class DueEvent(msgspec.Struct, frozen=True):
    """An event whose turn has come at a hook; `tries` counts this one."""

    hook: UUID
    url: str
    position: int
    body: bytes
    tries: int


class DeadEvent(msgspec.Struct, frozen=True):
    """An event that a hook did not take however often it was tried, and what came back last."""

    hook: UUID
    name: str
    position: int
    kind: str
    tries: int
    failure: str
    dead: datetime


async def abouts(connection: "Connection", cases: Sequence[UUID]) -> dict[UUID, About]:
    """What everybody may know of some cases; those that are none of the street are missing."""
    query = "select case_id, number, matter, area, lead from problems where case_id = any ($1::uuid[])"
    return {row[0]: About(*row[1:]) for row in await connection.fetch(query, list(cases))}


async def new_hook(
    connection: "Connection", hook: UUID, name: str, url: str, kinds: Sequence[str], at: datetime
) -> bool:
    """Keep a hook; false if there is one of that name."""
    query = (
        "insert into hooks (hook, name, url, kinds, made) values ($1, $2, $3, $4, $5)"
        " on conflict (name) do nothing returning hook"
    )
    return await connection.fetchval(query, hook, name, url, list(kinds), at) is not None


async def end_hook(connection: "Connection", name: str) -> bool:
    """Send nothing more to a hook; false if there is none of that name."""
    return await connection.fetchval("delete from hooks where name = $1 returning name", name) is not None


_HOOKS: Final = (
    "select h.hook, h.name, h.url, h.kinds, h.made, h.delivered, h.delivered_at,"
    " (select count(*)::int from hook_events e where e.hook = h.hook and e.dead is null) as waits,"
    " (select count(*)::int from hook_events e where e.hook = h.hook and e.dead is not null) as dead,"
    " h.failing, h.paused, h.paused_why, h.lost, h.lost_at from hooks h"
)


async def anybody(connection: "Connection") -> bool:
    """Whether there is a hook."""
    return bool(await connection.fetchval("select exists (select from hooks)"))


async def hooks(connection: "Connection") -> list[Hook]:
    """All hooks by name."""
    rows = await connection.fetch(f"{_HOOKS} order by h.name")
    return [
        Hook(row["hook"], row["name"], row["url"], tuple(row["kinds"]), row["made"], row["delivered"],
             row["delivered_at"], row["waits"], row["dead"], row["failing"],
             Paused(row["paused"], Pause(row["paused_why"])) if row["paused"] else None, row["lost"], row["lost_at"])
        for row in rows
    ]  # fmt: skip


async def standing(connection: "Connection") -> tuple[int, int, int]:
    """How many events wait at hooks that take them, how many were given up, and how many hooks are paused."""
    row = await connection.fetchrow(
        "select count(*) filter (where e.dead is null and h.paused is null),"
        " count(*) filter (where e.dead is not null),"
        " (select count(*) from hooks where paused is not null)"
        " from hook_events e join hooks h on h.hook = e.hook"
    )
    return row[0], row[1], row[2]


async def enqueue(
    connection: "Connection", positions: Sequence[int], kinds: Sequence[str], bodies: Sequence[bytes], at: datetime
) -> None:
    """Put events on their way to every hook that asked for their kind; at one that is paused they wait."""
    await connection.execute(
        "insert into hook_events (hook, position, kind, body, next_try, enqueued)"
        " select h.hook, e.position, e.kind, e.body, $4, $4"
        " from unnest($1::bigint[], $2::text[], $3::bytea[]) e(position, kind, body)"
        " join hooks h on e.kind = any (h.kinds) on conflict do nothing",
        list(positions), list(kinds), list(bodies), at,
    )  # fmt: skip


# The first event of each hook that is not given up, and only if its time has come: no later one overtakes it.
_FIRST: Final = """
select e.hook, e.position from hooks h cross join lateral (
    select hook, position, next_try from hook_events
    where hook = h.hook and dead is null order by position limit 1) e
where h.paused is null and e.next_try <= $1 and h.hook <> all ($2::uuid[]) limit $3
"""
_CLAIM: Final = f"""
update hook_events e set tries = e.tries + 1, next_try = $4 from hooks h
where h.hook = e.hook and e.dead is null and (e.hook, e.position) in ({_FIRST})
returning e.hook, h.url, e.position, e.body, e.tries
"""


async def claim(
    connection: "Connection", now: datetime, *, until: datetime, but: Sequence[UUID], most: int
) -> list[DueEvent]:
    """The next event of each hook whose time has come, counted as tried before it is; `but` some hooks."""
    return [DueEvent(*row) for row in await connection.fetch(_CLAIM, now, list(but), most, until)]


async def taken(connection: "Connection", due: DueEvent, at: datetime) -> None:
    """An event was taken, and is gone."""
    # A hook is touched before its events, as wherever both are: nobody waits in a ring.
    await connection.execute(
        "update hooks set delivered = greatest(delivered, $2), delivered_at = $3, failing = null where hook = $1",
        due.hook, due.position, at,
    )  # fmt: skip
    await connection.execute("delete from hook_events where hook = $1 and position = $2", due.hook, due.position)


async def failing(connection: "Connection", hook: UUID, at: datetime) -> datetime:
    """A hook did not take something; since when it took nothing. One that was ended meanwhile fails from now."""
    query = "update hooks set failing = coalesce(failing, $2) where hook = $1 returning failing"
    since: datetime | None = await connection.fetchval(query, hook, at)
    return since or at


async def pause(connection: "Connection", hook: UUID, why: Pause, at: datetime) -> None:
    """Send nothing more to a hook until somebody resumes it."""
    await connection.execute("update hooks set paused = $3, paused_why = $2 where hook = $1", hook, str(why), at)


async def is_paused(connection: "Connection", name: str) -> bool:
    """Whether there is a hook of that name to which nothing is sent."""
    query = "select exists (select from hooks where name = $1 and paused is not null)"
    return bool(await connection.fetchval(query, name))


async def resume(connection: "Connection", name: str, at: datetime) -> int | None:
    """Send to a hook again, what waited first and as if it had not been tried; how many wait. None if there is none."""
    query = "select hook, paused is not null from hooks where name = $1 for no key update"
    row = await connection.fetchrow(query, name)
    if row is None:
        return None
    hook, paused = row
    if paused:
        await connection.execute(
            "update hooks set paused = null, paused_why = null, failing = null where hook = $1", hook
        )
        await connection.execute(
            "update hook_events set tries = 0, failure = '', next_try = $2"
            " where hook = $1 and dead is null and tries > 0",
            hook, at,
        )  # fmt: skip
    waits = await connection.fetchval("select count(*) from hook_events where hook = $1 and dead is null", hook)
    return int(waits)


async def wait(connection: "Connection", due: DueEvent, failure: str, until: datetime) -> None:
    """An event was not taken and is tried again."""
    await connection.execute(
        "update hook_events set next_try = $4, failure = $3 where hook = $1 and position = $2",
        due.hook, due.position, failure, until,
    )  # fmt: skip


async def give_up(connection: "Connection", due: DueEvent, failure: str, at: datetime) -> None:
    """An event was not taken and is not tried again by itself."""
    await connection.execute(
        "update hook_events set dead = $4, failure = $3 where hook = $1 and position = $2",
        due.hook, due.position, failure, at,
    )  # fmt: skip


async def dead(connection: "Connection", *, limit: int) -> list[DeadEvent]:
    """Events that were given up, the latest first."""
    rows = await connection.fetch(
        "select e.hook, h.name, e.position, e.kind, e.tries, e.failure, e.dead from hook_events e"
        " join hooks h on h.hook = e.hook where e.dead is not null order by e.dead desc, e.position limit $1",
        limit,
    )
    return [DeadEvent(*row) for row in rows]


async def again(connection: "Connection", name: str, position: int | None, at: datetime) -> int:
    """Try events that a hook did not take again from the first; all of them if none is named. How many."""
    rows = await connection.fetch(
        "update hook_events e set dead = null, tries = 0, next_try = $3, enqueued = $3 from hooks h"
        " where h.hook = e.hook and h.name = $1 and e.dead is not null and ($2::bigint is null or e.position = $2)"
        " returning e.position",
        name, position, at,
    )  # fmt: skip
    return len(rows)


_PURGE: Final = """
with ended as (
    delete from hook_events where dead < $1 or (dead is null and enqueued < $1) returning hook
), counted as (
    select hook, count(*) as events from ended group by hook
)
update hooks h set lost = h.lost + c.events, lost_at = $2 from counted c where c.hook = h.hook returning c.events
"""


async def purge(connection: "Connection", before: datetime, at: datetime) -> int:
    """Forget events that were given up before an instant or have waited since; each hook counts its own. How many."""
    async with connection.transaction():
        await connection.execute("select from hooks for no key update")
        return sum(row[0] for row in await connection.fetch(_PURGE, before, at))
