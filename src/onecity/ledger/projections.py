"""A projection is a fold: the same pure function of a fact serves the live city and every replay."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from typing import Any, Final

import msgspec

from onecity.ledger.facts import Fact, Recorded
from onecity.ledger.versions import PackApplied

_BARE: Final = re.compile(r"\$\d+(?!\d|::\w+\[\])")


class Statement(msgspec.Struct, frozen=True, eq=False):
    """Array SQL that writes many rows of one table at once: each parameter is the array of one column, `$1::uuid[]`.

    It touches the rows of its keys and looks at no others of the projections, because the statements of a batch
    may run as one and then see nothing of each other.
    `shared` marks rows that many commands touch (counters). They are written last, so nobody waits long for them, and
    all at once: the statement itself deals with a key that comes twice, by `group by` or `on conflict do nothing`.
    """

    table: str
    sql: str
    shared: bool = False

    def __post_init__(self) -> None:
        assert not _BARE.search(self.sql), "a parameter of a statement is an array with its type: $1::uuid[]"

    @property
    def is_plain(self) -> bool:
        """Whether it can be part of a larger statement: PostgreSQL takes no `with` that writes inside another."""
        return not self.sql.lstrip().lower().startswith("with ")


class Row(msgspec.Struct, frozen=True):
    """One row for a statement. Rows of one table with the same key take effect one after another, but shared ones."""

    statement: Statement
    key: tuple[Any, ...]
    params: tuple[Any, ...]


class Table(msgspec.Struct, frozen=True):
    """A table of a projection. `personal` names its columns with personal data in clear, `subject` whose they are."""

    name: str
    personal: tuple[str, ...] = ()
    subject: str | None = None


class Projection(msgspec.Struct, frozen=True):
    """Tables and the fold that fills them. `apply` is called for facts of the given types only."""

    tables: tuple[Table, ...]
    facts: tuple[type[Fact], ...]
    apply: Callable[[Recorded], Iterable[Row]]


class Projections:
    """All projections of the house, found by type of fact."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self.tables = tuple(table for projection in projections for table in projection.tables)
        self._by_fact: dict[type[Fact], list[Projection]] = {}
        for projection in projections:
            for kind in projection.facts:
                self._by_fact.setdefault(kind, []).append(projection)

    def rows(self, recorded: Recorded) -> list[Row]:
        """What a fact changes."""
        return [row for one in self._by_fact.get(type(recorded.fact), ()) for row in one.apply(recorded)]


class Wave(msgspec.Struct, frozen=True):
    """One execution of a statement: its columns, sorted by key so that two writers never block each other.

    A wave of height 0 waits for no other; rows whose key occurred before stand one higher.
    """

    height: int
    statement: Statement
    columns: tuple[tuple[Any, ...], ...]


def waves(rows: Iterable[Row]) -> list[Wave]:
    """The executions that have the effect of the rows in their order.

    A row whose table and key occurred before goes to the next wave: one array statement would apply only one of them.
    Rows of shared statements stay together.
    """
    heights: dict[tuple[str, tuple[Any, ...]], int] = {}
    grouped: dict[tuple[int, Statement], list[Row]] = {}
    for row in rows:
        height = 0
        if not row.statement.shared:
            spot = (row.statement.table, row.key)
            height = heights.get(spot, -1) + 1
            heights[spot] = height
        grouped.setdefault((height, row.statement), []).append(row)
    return [_wave(height, statement, grouped[height, statement]) for height, statement in sorted(grouped, key=_turn)]


def _turn(place: tuple[int, Statement]) -> tuple[bool, int, str, str]:
    height, statement = place
    return statement.shared, height, statement.table, statement.sql


def parted(todo: Sequence[Wave]) -> tuple[list[Wave], list[Wave]]:
    """The waves that can travel as one statement with their facts, and those that must follow it."""
    first = [wave.height == 0 and wave.statement.is_plain for wave in todo]
    if not all(first):
        # Shared rows stay last, behind those that follow.
        first = [part and not wave.statement.shared for part, wave in zip(first, todo, strict=True)]
    return list(compress(todo, first)), [wave for part, wave in zip(first, todo, strict=True) if not part]


def _wave(height: int, statement: Statement, rows: list[Row]) -> Wave:
    rows.sort(key=lambda row: row.key)
    return Wave(height, statement, tuple(zip(*(row.params for row in rows), strict=True)))


_BRING: Final = Statement(
    "packs",
    "insert into packs (stream, version, since, recorded, origin, how) select * from"
    " unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[])",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case PackApplied() as pack:
            row = (recorded.stream, pack.version, pack.since, recorded.at, pack.origin, str(pack.how))
            yield Row(_BRING, (recorded.stream,), row)
        case _:
            raise AssertionError("a projection is asked only for its own facts")


PACKS: Final = Projection(tables=(Table("packs"),), facts=(PackApplied,), apply=_apply)
