"""All the SQL of notices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.notices.facts import PostChannel
from onecity.notices.rules import PAUSES

if TYPE_CHECKING:
    from asyncpg import Connection

UNDER_WAY: Final = "under_way"
"""The state of a delivery that has no end yet."""


class LetterRow(msgspec.Struct, frozen=True):
    """A letter as the inbox lists it. `matter` names the items that it is about, with spaces between."""

    letter: UUID
    person: UUID
    kind: str
    about: UUID
    matter: str
    sender: str
    sent: datetime
    opened: datetime | None


class FolderRow(msgspec.Struct, frozen=True):
    """The letters of one affair: what its first one is about, when that came, and how many there are."""

    about: UUID
    matter: str
    begun: datetime
    letters: int
    unopened: int


class DeliveryRow(msgspec.Struct, frozen=True):
    """How telling the person of a letter by a channel stands, or how it ended and when."""

    letter: UUID
    channel: PostChannel
    state: str
    simulated: bool
    at: datetime | None


class DueRow(msgspec.Struct, frozen=True):
    """A message to be handed over now. `tries` counts this one; `handed` says that a try before it told nothing."""

    letter: UUID
    channel: PostChannel
    tries: int
    handed: bool


class NoticeRow(msgspec.Struct, frozen=True):
    """A notice as it hangs on the board."""

    notice: UUID
    kind: str
    facts: Mapping[str, str]
    agency: str
    law: str
    published: datetime


_LETTER: Final = "letter, person, kind, about, matter, sender, sent, opened"
# Whoever acts for somebody sees only the letters about the affairs within their mandate; null asks for all.
_WITHIN: Final = "($2::uuid[] is null or about = any($2))"

Within: TypeAlias = Sequence[UUID] | None


async def inbox(
    connection: "Connection", person: UUID, within: Within, *, about: UUID | None = None, unopened: bool = False,
    limit: int | None = None, offset: int = 0,
) -> list[LetterRow]:  # fmt: skip
    """A person's letters, the newest first: all, those about one affair, or those that nobody opened.

    Without a `limit` the whole of it.
    """
    rows = await connection.fetch(
        f"select {_LETTER} from letters where person = $1 and {_WITHIN} and ($3::uuid is null or about = $3)"
        " and (opened is null or not $4) order by sent desc, letter limit $5 offset $6",
        person, within, about, unopened, limit, offset,
    )  # fmt: skip
    return [LetterRow(*row) for row in rows]


async def folders(connection: "Connection", person: UUID, within: Within) -> list[FolderRow]:
    """A person's letters by affair, the one with the newest letter first."""
    rows = await connection.fetch(
        "select about, (array_agg(matter order by sent, letter))[1], min(sent), count(*),"
        f" count(*) filter (where opened is null) from letters where person = $1 and {_WITHIN} group by about"
        " order by max(sent) desc, about",
        person, within,
    )  # fmt: skip
    return [FolderRow(*row) for row in rows]


async def own_letter(connection: "Connection", letter: UUID, person: UUID, within: Within) -> LetterRow | None:
    """One letter, if it is to this person."""
    row = await connection.fetchrow(
        f"select {_LETTER} from letters where person = $1 and {_WITHIN} and letter = $3", person, within, letter
    )
    return LetterRow(*row) if row else None


async def letters_of_case(connection: "Connection", case: UUID, person: UUID) -> list[LetterRow]:
    """The letters to a person about a case, the oldest first, for an officer whose right to it was asked before."""
    query = f"select {_LETTER} from letters where case_id = $1 and person = $2 order by sent, letter"
    return [LetterRow(*row) for row in await connection.fetch(query, case, person)]


async def letters_about(connection: "Connection", person: UUID, about: UUID) -> list[LetterRow]:
    """The letters to a person about one thing, the newest first, for whoever may see that thing."""
    query = f"select {_LETTER} from letters where person = $1 and about = $2 order by sent desc, letter desc"
    return [LetterRow(*row) for row in await connection.fetch(query, person, about)]


async def unread(connection: "Connection", person: UUID, within: Within) -> int:
    """How many letters wait to be opened."""
    query = f"select count(*) from letters where person = $1 and {_WITHIN} and opened is null"
    found: int = await connection.fetchval(query, person, within)
    return found


async def deliveries(connection: "Connection", letters: Sequence[UUID]) -> list[DeliveryRow]:
    """How telling people of some letters ended, and what is still under way."""
    rows = await connection.fetch(
        "select letter, channel, state, simulated, at from deliveries where letter = any($1) union all"
        " select letter, channel, $2, false, null from post p where letter = any($1)"
        " and not exists (select from deliveries d where (d.letter, d.channel) = (p.letter, p.channel)) order by 1, 2",
        list(letters), UNDER_WAY,
    )  # fmt: skip
    return [DeliveryRow(row[0], PostChannel(row[1]), *list(row)[2:]) for row in rows]


async def take(connection: "Connection", channels: Iterable[PostChannel], since: datetime, now: datetime) -> None:
    """Put on the way what was sent since then, is wished by one of the channels, and has no end there yet."""
    await connection.execute(
        "insert into post (letter, channel, next_try) select l.letter, w.channel, $3 from letters l"
        " join post_wishes w on w.person = l.person and w.since <= l.sent and w.channel = any($1)"
        " where l.sent >= $2 and not exists"
        " (select from deliveries d where d.letter = l.letter and d.channel = w.channel) on conflict do nothing",
        list(channels), since, now,
    )  # fmt: skip


async def claim(connection: "Connection", now: datetime, limit: int) -> list[DueRow]:
    """What is to be handed over now. The try is counted and the next one set before anything leaves the house."""
    rows = await connection.fetch(
        "update post p set tries = p.tries + 1, state = 'handed',"
        " next_try = $1 + ($2::interval[])[least(p.tries + 1, cardinality($2::interval[]))]"
        " from (select letter, channel, state from post where next_try <= $1 order by next_try, letter, channel"
        " limit $3 for update skip locked) d where (p.letter, p.channel) = (d.letter, d.channel)"
        " returning p.letter, p.channel, p.tries, d.state = 'handed'",
        now, list(PAUSES), limit,
    )  # fmt: skip
    return [DueRow(row[0], PostChannel(row[1]), row[2], row[3]) for row in rows]


async def wait(connection: "Connection", due: DueRow) -> None:
    """The try did not go through; the next one comes at its time."""
    await connection.execute(
        "update post set state = 'waiting' where letter = $1 and channel = $2", due.letter, due.channel
    )


async def drop(connection: "Connection", due: DueRow) -> None:
    """Nothing is under way any more."""
    await connection.execute("delete from post where letter = $1 and channel = $2", due.letter, due.channel)


async def under_way(connection: "Connection") -> tuple[int, datetime | None]:
    """How many messages are under way, and since when the first of them is due."""
    row = await connection.fetchrow("select count(*), min(next_try) from post")
    return row[0], row[1]


async def board(connection: "Connection", agency: str | None, *, limit: int, offset: int) -> list[NoticeRow]:
    """Notices on the board, the newest first: all, or those of one agency."""
    rows = await connection.fetch(
        "select notice, kind, facts, agency, law, published from notices where ($1::text is null or agency = $1)"
        " order by published desc, notice limit $2 offset $3",
        agency, limit, offset,
    )  # fmt: skip
    return [NoticeRow(row[0], row[1], msgspec.json.decode(row[2], type=dict[str, str]), *list(row)[3:]) for row in rows]


async def board_agencies(connection: "Connection") -> dict[str, int]:
    """The agencies with notices on the board, and how many each has; the one with the most first."""
    rows = await connection.fetch("select agency, count(*) from notices group by agency order by count(*) desc, agency")
    return {row[0]: row[1] for row in rows}
