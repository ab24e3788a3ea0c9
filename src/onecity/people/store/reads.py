"""The SQL of the read log: looks at people's data, the batches in which they enter the tree, questions about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered
from onecity.people.model import Logged, Read

if TYPE_CHECKING:
    from asyncpg import Connection


class QuestionRow(msgspec.Struct, frozen=True):
    """A question about a look as lists show it."""

    question: UUID
    read: UUID
    person: UUID
    reader: UUID | None
    duty: str
    agency: str
    area: str
    asked: datetime
    answered: datetime | None


_READ = "read, at, reader, duty, department, area, about, what"
_QUESTION = "q.question, q.read, q.person, q.reader, q.duty, q.department, q.area, q.asked, q.answered"
_WITHIN = covered("q.department", "q.area", first=1)


async def put(connection: "Connection", looks: Sequence[Logged]) -> None:
    """Record looks at people's data."""
    rows = [
        (one.subject, look.read, look.at, look.reader, look.duty, look.agency, look.area, look.about, look.what)
        for one in looks
        for look in (one.read,)
    ]
    await connection.execute(
        f"insert into reads (subject, {_READ}) select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[],"
        " $4::uuid[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[])",
        *zip(*rows, strict=True),
    )


async def of(
    connection: "Connection", subject: UUID, *, about: UUID | None = None, limit: int | None = None, offset: int = 0
) -> list[Read]:
    """Looks at somebody's data, the latest first: all, or those about one thing. Without a `limit` all of them."""
    rows = await connection.fetch(
        f"select {_READ} from reads where subject = $1 and ($4::uuid is null or about = $4)"
        " order by at desc, read limit $2 offset $3",
        subject, limit, offset, about,
    )  # fmt: skip
    return [Read(*row) for row in rows]


async def own(connection: "Connection", read: UUID, subject: UUID) -> Read | None:
    """One look, if it was at this person's data."""
    row = await connection.fetchrow(f"select {_READ} from reads where read = $1 and subject = $2", read, subject)
    return Read(*row) if row else None


async def count_since(connection: "Connection", subject: UUID, since: datetime) -> int:
    """How often somebody's data were looked at since an instant."""
    found: int = await connection.fetchval("select count(*) from reads where subject = $1 and at >= $2", subject, since)
    return found


async def latest(connection: "Connection", subject: UUID) -> tuple[int, datetime | None]:
    """How often somebody's data were looked at, and when the last time."""
    row = await connection.fetchrow("select count(*) as times, max(at) as last from reads where subject = $1", subject)
    return row["times"], row["last"]


async def questions_of(connection: "Connection", person: UUID) -> list[UUID]:
    """The questions that somebody asked about looks."""
    rows = await connection.fetch(
        "select question from read_questions where person = $1 order by asked, question", person
    )
    return [row["question"] for row in rows]


async def gather(connection: "Connection", batch: UUID) -> None:
    """Put the looks that belong to no batch yet into one."""
    await connection.execute("update reads set batch = $1 where batch is null and not told", batch)


async def untold(connection: "Connection") -> list[UUID]:
    """The batches whose fact may not be written yet."""
    rows = await connection.fetch("select distinct batch from reads where not told and batch is not null order by 1")
    return [row["batch"] for row in rows]


async def of_batch(connection: "Connection", batch: UUID) -> list[Logged]:
    """The looks of a batch in the order of the tree."""
    rows = await connection.fetch(f"select subject, {_READ} from reads where batch = $1 order by read", batch)
    return [Logged(row["subject"], Read(*list(row)[1:])) for row in rows]


async def tell(connection: "Connection", batch: UUID) -> None:
    """The fact of a batch is written."""
    await connection.execute("update reads set told = true where batch = $1 and not told", batch)


async def batches(connection: "Connection") -> list[UUID]:
    """The batches of which looks are kept and whose fact is written."""
    rows = await connection.fetch("select distinct batch from reads where told")
    return [row["batch"] for row in rows]


async def purge(connection: "Connection", before: datetime) -> int:
    """Remove the batches whose last look is older, whole: half a batch would look like damage. How many looks."""
    gone: int = await connection.fetchval(
        "with old as (select batch from reads where told group by batch having max(at) < $1),"
        " gone as (delete from reads r using old where r.batch = old.batch returning 1) select count(*) from gone",
        before,
    )
    return gone


async def asked(connection: "Connection", person: UUID, reads: Sequence[UUID]) -> dict[UUID, QuestionRow]:
    """Which of the looks somebody has asked about."""
    rows = await connection.fetch(
        f"select {_QUESTION} from read_questions q where q.person = $1 and q.read = any($2)", person, list(reads)
    )
    return {row["read"]: QuestionRow(*row) for row in rows}


async def open_questions(
    connection: "Connection", held: Sequence[Held], *, limit: int, offset: int
) -> list[QuestionRow]:
    """Questions that wait for an answer in the scopes of the duties, the oldest first."""
    rows = await connection.fetch(
        f"select {_QUESTION} from read_questions q where q.answered is null"
        f" and {_WITHIN} order by q.asked, q.question limit $3 offset $4",
        *columns_of(one.scope for one in held), limit, offset,
    )  # fmt: skip
    return [QuestionRow(*row) for row in rows]


async def visible_question(connection: "Connection", question: UUID, held: Sequence[Held]) -> QuestionRow | None:
    """One question, if it lies in the scope of one of the duties; None does not say whether it exists."""
    row = await connection.fetchrow(
        f"select {_QUESTION} from read_questions q where q.question = $3 and {_WITHIN}",
        *columns_of(one.scope for one in held), question,
    )  # fmt: skip
    return QuestionRow(*row) if row else None
