"""Whether a case is late is said twice, in Python and in SQL; both say the same of any case."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

from onecity.governance.lateness import is_late
from onecity.governance.steps import STEPS
from onecity.governance.store import late
from onecity.machinery.postgres import Address, connect

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TODAY = date(2026, 11, 26)


async def test_a_case_is_late_in_sql_when_it_is_in_python(owner: Address) -> None:
    stages = sorted({stage for stage, _ in STEPS.values()} | {"intake", "extension"})
    days = [None, *(TODAY + timedelta(days=ago) for ago in (-1, 0, 1))]
    instants = [None, *(NOW + timedelta(seconds=ago) for ago in (-1, 0, 1))]
    cases = list(product(stages, (False, True), days, instants))
    connection = await connect(owner)
    try:
        rows = await connection.fetch(
            f"select {late(now='$1', today='$2')} as late from"
            " unnest($3::text[], $4::bool[], $5::date[], $6::timestamptz[]) with ordinality"
            " as c(stage, stopped, due, due_at, place)"
            " cross join lateral (select c.stage) p(stage) order by c.place",
            NOW, TODAY, *(list(column) for column in zip(*cases, strict=True)),
        )  # fmt: skip
    finally:
        await connection.close()
    said = [
        is_late(stage, stopped=stopped, due=due, due_at=due_at, now=NOW, today=TODAY)
        for stage, stopped, due, due_at in cases
    ]
    assert [row["late"] for row in rows] == said
    assert 0 < sum(said) < len(said)
