"""The SQL of jobs: how each does, in one row."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection

_LONGEST: Final = 100


class JobRun(msgspec.Struct, frozen=True):
    """How a job does: how often it should run (s), when it last went through, when and how often it broke off since.

    `failure` is the type of what broke it off, never its words.
    """

    job: str
    every_s: float
    succeeded: datetime | None
    failed: datetime | None
    failures: int
    failure: str | None


async def begin(connection: "Connection", line: int, jobs: Iterable[tuple[str, float]]) -> None:
    """A process begins to work on a line of jobs: what is not of the line any more is gone."""
    names, every = zip(*jobs, strict=True) if (jobs := tuple(jobs)) else ((), ())
    async with connection.transaction():
        await connection.execute(
            "delete from working.job_runs where line = $1 and job <> all ($2::text[])", line, list(names)
        )
        await connection.execute(
            "insert into working.job_runs (job, line, every_s)"
            " select job, $1, every_s from unnest($2::text[], $3::float8[]) j(job, every_s)"
            " on conflict (job) do update set line = excluded.line, every_s = excluded.every_s",
            line, list(names), list(every),
        )  # fmt: skip


async def went_through(connection: "Connection", job: str, at: datetime) -> None:
    """A job went through: whatever broke it off before is over."""
    await connection.execute(
        "update working.job_runs set succeeded = $2, failures = 0, failure = null where job = $1", job, at
    )


async def broke_off(connection: "Connection", job: str, failure: str, at: datetime) -> None:
    """A job broke off once more."""
    await connection.execute(
        "update working.job_runs set failed = $2, failures = failures + 1, failure = $3 where job = $1",
        job, at, failure[:_LONGEST],
    )  # fmt: skip


async def job_runs(connection: "Connection") -> list[JobRun]:
    """How all jobs do, by name."""
    rows = await connection.fetch(
        "select job, every_s, succeeded, failed, failures, failure from working.job_runs order by job"
    )
    return [JobRun(*row) for row in rows]
