"""The SQL of the door: logins, wrong tries, sessions, and how often somebody knocks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.kernel.ids import PersonId
from onecity.kernel.rates import Rate
from onecity.people.facts import AccountKind

if TYPE_CHECKING:
    from asyncpg import Connection


class Credential(msgspec.Struct, frozen=True):
    """What the door knows of a login."""

    person: PersonId
    password: str
    totp: bytes | None
    totp_step: int


class Come(msgspec.Struct, frozen=True):
    """Whose session it is, and the mandate under which they act in it."""

    person: PersonId
    kind: AccountKind
    name: str | None
    mandate: UUID | None


class SessionRow(msgspec.Struct, frozen=True):
    """A session as its owner sees it; `here` marks the one that asks."""

    session: UUID
    started: datetime
    seen: datetime
    here: bool


async def credential(connection: "Connection", login: bytes) -> Credential | None:
    """What is known of a login."""
    row = await connection.fetchrow("select person, password, totp, totp_step from credentials where login = $1", login)
    return Credential(PersonId(row[0]), *list(row)[1:]) if row else None


async def owner(connection: "Connection", login: bytes) -> PersonId | None:
    """Whose login it is."""
    found: UUID | None = await connection.fetchval("select person from credentials where login = $1", login)
    return PersonId(found) if found else None


async def owner_with_account(connection: "Connection", login: bytes) -> PersonId | None:
    """Whose login it is, if that person has an account."""
    found: UUID | None = await connection.fetchval(
        "select person from credentials join accounts using (person) where login = $1", login
    )
    return PersonId(found) if found else None


async def claim(connection: "Connection", login: bytes, who: UUID, password: str, totp: bytes | None) -> PersonId:
    """Write a login and tell whose it is: the new person's, or that of whoever had it before.

    A login whose account was never opened (somebody broke off in between) takes the new password.
    """
    owner: UUID = await connection.fetchval(
        "insert into credentials (login, person, password, totp) values ($1, $2, $3, $4)"
        " on conflict (login) do update set password = case when exists"
        " (select from accounts a where a.person = credentials.person) then credentials.password"
        " else excluded.password end returning person",
        login, who, password, totp,
    )  # fmt: skip
    return PersonId(owner)


async def login_of(connection: "Connection", who: UUID) -> bytes | None:
    """The hidden login of a person, if they have one."""
    found: bytes | None = await connection.fetchval("select login from credentials where person = $1", who)
    return found


async def put_credential(
    connection: "Connection", login: bytes, who: UUID, password: str, totp: bytes | None, *, step: int
) -> bool:
    """Give a person's login a new password and second factor; false if the login is somebody else's."""
    done = await connection.fetchval(
        "insert into credentials (login, person, password, totp, totp_step) values ($1, $2, $3, $4, $5)"
        " on conflict (login) do update set password = excluded.password, totp = excluded.totp,"
        " totp_step = excluded.totp_step where credentials.person = excluded.person returning true",
        login, who, password, totp, step,
    )  # fmt: skip
    return bool(done)


async def put_password(connection: "Connection", who: UUID, password: str) -> None:
    """Another password for a person; the second factor stays."""
    await connection.execute("update credentials set password = $2 where person = $1", who, password)


async def forget_tries(connection: "Connection", login: bytes) -> None:
    """Nobody counts the wrong tries of before."""
    await connection.execute("delete from failed_tries where login = $1", login)


async def put_recovery(connection: "Connection", login: bytes, who: UUID, code: bytes, ends: datetime) -> None:
    """A code is on its way; an older one opens nothing any more."""
    await connection.execute(
        "insert into recoveries values ($1, $2, $3, $4) on conflict (login) do update set person = excluded.person,"
        " code = excluded.code, ends = excluded.ends",
        login, who, code, ends,
    )  # fmt: skip


async def take_recovery(connection: "Connection", login: bytes, code: bytes, now: datetime) -> PersonId | None:
    """Use a code up; whose it was, if it was right and in time."""
    found: UUID | None = await connection.fetchval(
        "delete from recoveries where login = $1 and code = $2 and ends > $3 returning person", login, code, now
    )
    return PersonId(found) if found else None


async def sessions_of(connection: "Connection", who: UUID, token: bytes, now: datetime) -> list[SessionRow]:
    """The sessions of a person that run, the latest first."""
    rows = await connection.fetch(
        "select session, started, seen, token = $2 as here from sessions where person = $1 and ends > $3"
        " order by seen desc, session",
        who, token, now,
    )  # fmt: skip
    return [SessionRow(*row) for row in rows]


async def end_own_session(connection: "Connection", session: UUID, who: UUID) -> bool:
    """End one session, if it is this person's."""
    done = await connection.fetchval(
        "delete from sessions where session = $1 and person = $2 returning true", session, who
    )
    return bool(done)


async def reserve(connection: "Connection", login: bytes, who: UUID) -> bool:
    """Keep a login for a person who has no password yet; false if it is somebody else's."""
    await connection.execute(
        "insert into credentials (login, person, password) values ($1, $2, '') on conflict do nothing", login, who
    )
    return await owner(connection, login) == who


async def close_credential(connection: "Connection", who: UUID) -> None:
    """Password and second factor of a person open nothing any more; all their sessions end."""
    async with connection.transaction():
        await connection.execute("update credentials set password = '', totp = null where person = $1", who)
        await end_sessions(connection, who)


async def end_sessions(connection: "Connection", who: UUID, *, but: bytes | None = None) -> int:
    """End a person's sessions, all or all but one; how many."""
    gone: int = await connection.fetchval(
        "with gone as (delete from sessions where person = $1 and token is distinct from $2 returning 1)"
        " select count(*) from gone",
        who, but,
    )  # fmt: skip
    return gone


async def locked_until(connection: "Connection", login: bytes, now: datetime) -> datetime | None:
    """Until when too many wrong tries have closed a login, also one that nobody has; None if it is open."""
    found: datetime | None = await connection.fetchval(
        "select locked_until from failed_tries where login = $1 and locked_until > $2", login, now
    )
    return found


async def count_try(
    connection: "Connection", login: bytes, most: int, *, now: datetime, lock: timedelta
) -> datetime | None:
    """Count a try before anybody looks at it; until when the login is locked, None if the try may be looked at.

    The last that is allowed locks the login for a while and starts the count again. Whoever was right forgets the tries
    afterwards: so many guesses of one moment are no more than as many one after another.
    """
    counted = await connection.fetchval(
        "insert into failed_tries as f (login, failures, tried) values ($1, 1, $4) on conflict (login) do update set"
        " failures = case when f.failures + 1 >= $2 then 0 else f.failures + 1 end,"
        " locked_until = case when f.failures + 1 >= $2 then $3 else f.locked_until end, tried = excluded.tried"
        " where f.locked_until is null or f.locked_until <= $4 returning true",
        login, most, now + lock, now,
    )  # fmt: skip
    # Between the two somebody who was right may have opened the login again: then they come once more.
    return None if counted else await locked_until(connection, login, now) or now


async def succeeded(connection: "Connection", login: bytes, step: int) -> bool:
    """Forget the tries and use up a code of the second factor; false if the code was used before."""
    done = await connection.fetchval(
        "with used as (update credentials set totp_step = greatest(totp_step, $2)"
        " where login = $1 and ($2 = 0 or totp_step < $2) returning login),"
        " forgotten as (delete from failed_tries where login in (select login from used))"
        " select true from used",
        login, step,
    )  # fmt: skip
    return bool(done)


async def begin_session(connection: "Connection", token: bytes, who: UUID, *, now: datetime, ends: datetime) -> None:
    """A session begins."""
    await connection.execute("insert into sessions values ($1, $2, $3, $3, $4)", token, who, now, ends)


async def visitors(connection: "Connection", tokens: Mapping[bytes, datetime], *, idle: timedelta) -> dict[bytes, Come]:
    """Whose sessions they are, of those that still run at the instant of each question.

    The look itself keeps a session awake, written at most once a minute.
    """
    rows = await connection.fetch(
        "select s.token, a.person, a.kind, a.name, s.seen, s.ends, s.mandate from sessions s"
        " join accounts a using (person) where s.token = any($1)",
        list(tokens),
    )
    found: dict[bytes, Come] = {}
    woken: list[bytes] = []
    for row in rows:
        now = tokens[row["token"]]
        if row["ends"] <= now or row["seen"] <= now - idle:
            continue
        found[row["token"]] = Come(PersonId(row["person"]), AccountKind(row["kind"]), row["name"], row["mandate"])
        if row["seen"] < now - timedelta(minutes=1):
            woken.append(row["token"])
    if woken:
        await connection.execute(
            "update sessions s set seen = t.now from unnest($1::bytea[], $2::timestamptz[]) t(token, now)"
            " where s.token = t.token",
            woken, [tokens[token] for token in woken],
        )  # fmt: skip
    return found


async def end_every_session(connection: "Connection") -> int:
    """Everybody signs in anew; how many were signed in."""
    gone: int = await connection.fetchval("with gone as (delete from sessions returning 1) select count(*) from gone")
    return gone


async def end_session(connection: "Connection", token: bytes) -> None:
    """Somebody signed out."""
    await connection.execute("delete from sessions where token = $1", token)


class Coming(msgspec.Struct, frozen=True):
    """Somebody comes once more, by a key that tells nothing about them; how often they may."""

    key: bytes
    rate: Rate
    now: datetime

    @property
    def began(self) -> datetime:
        """When the window began that runs now."""
        return datetime.fromtimestamp(self.now.timestamp() // self.rate.seconds * self.rate.seconds, self.now.tzinfo)


async def too_often(connection: "Connection", comings: Sequence[Coming]) -> list[bool]:
    """Count each once more within its running window; whether that is once too often, in their order.

    The table has no log of its own: after a crash of the database everybody begins to be counted anew.
    """
    rows = await connection.fetch(
        # In one order, so that two batches do not wait for each other.
        "insert into rates select key, began, count(*) from unnest($1::bytea[], $2::timestamptz[]) t(key, began)"
        " group by 1, 2 order by 1, 2"
        " on conflict (key, began) do update set times = rates.times + excluded.times returning key, began, times",
        [one.key for one in comings], [one.began for one in comings],
    )  # fmt: skip
    times = {(row["key"], row["began"]): row["times"] for row in rows}
    found: list[bool] = []
    for one in reversed(comings):
        place = one.key, one.began
        found.append(times[place] > one.rate.times)
        times[place] -= 1
    return found[::-1]


async def purge(connection: "Connection", now: datetime) -> int:
    """Remove what has run out: sessions, invitations and codes after their end, rates and wrong tries after a day.

    How many rows.
    """
    gone: int = await connection.fetchval(
        "with s as (delete from sessions where ends < $1 returning 1),"
        " r as (delete from rates where began < $1 - interval '1 day' returning 1),"
        # A lock that is longer than a day is not forgotten before it ends.
        " f as (delete from failed_tries where greatest(tried, locked_until) < $1 - interval '1 day' returning 1),"
        " i as (delete from invitations where ends < $1 returning 1),"
        " c as (delete from recoveries where ends < $1 returning 1)"
        " select (select count(*) from s) + (select count(*) from r) + (select count(*) from f)"
        " + (select count(*) from i) + (select count(*) from c)",
        now,
    )
    return gone
