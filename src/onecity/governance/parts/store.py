"""All the SQL of the register of parts."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.governance.parts.model import PartEntry, Standing

if TYPE_CHECKING:
    from asyncpg import Connection

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in degrees, WGS-84; the edges belong to it."""


class PartRow(msgspec.Struct, frozen=True):
    """A part as lists show it, with the version of its history. Units: degrees, WGS-84; instants in UTC."""

    number: str
    stream: UUID
    version: int
    kind: str
    longitude: float
    latitude: float
    cell: str
    area: str
    agency: str
    owner: str | None
    state: Standing
    source: str
    simulated: bool
    recorded: datetime
    changed: datetime
    withdrawn: datetime | None

    @property
    def point(self) -> tuple[float, float]:
        return self.longitude, self.latitude

    @property
    def entry(self) -> PartEntry:
        """What the register tells of it."""
        return PartEntry(
            self.number, self.longitude, self.latitude, self.cell, self.area, self.agency, self.owner, self.state,
            self.source, self.simulated,
        )  # fmt: skip


class PartProblem(msgspec.Struct, frozen=True):
    """A case about a part: its number and matter, when it was reported, and how far it came."""

    case: UUID
    number: str
    matter: str
    stage: str
    result: str | None
    reported: datetime
    closed: datetime | None


_PART: Final = (
    "select p.number, p.stream, p.version, p.kind, p.longitude, p.latitude, p.cell, p.area, p.agency, p.owner,"
    " p.state, p.source, p.simulated, p.recorded, p.changed, p.withdrawn from parts p"
)
_IN_BOX: Final = "point(p.longitude, p.latitude) <@ box(point({0}, {1}), point({2}, {3}))"


async def known(connection: "Connection", numbers: Sequence[str]) -> dict[str, PartRow]:
    """Some parts by their numbers, also those that were withdrawn."""
    rows = await connection.fetch(f"{_PART} where p.number = any($1)", list(numbers))
    return {row["number"]: PartRow(*row) for row in rows}


async def near(
    connection: "Connection", box: Box, kinds: Sequence[str], point: tuple[float, float], *, limit: int
) -> list[PartRow]:
    """Parts of some kinds in a box, about the nearest to a point first."""
    query = (
        f"{_PART} where {_IN_BOX.format('$1', '$2', '$3', '$4')} and p.kind = any($5) and p.withdrawn is null"
        " order by point(p.longitude, p.latitude) <-> point($6, $7), p.number limit $8"
    )
    rows = await connection.fetch(query, *box, list(kinds), *point, limit)
    return [PartRow(*row) for row in rows]


async def in_box(connection: "Connection", box: Box, *, limit: int) -> list[PartRow]:
    """Parts in a box, about the nearest to its middle first."""
    west, south, east, north = box
    query = (
        f"{_PART} where {_IN_BOX.format('$1', '$2', '$3', '$4')} and p.withdrawn is null"
        " order by point(p.longitude, p.latitude) <-> point($5, $6) limit $7"
    )
    rows = await connection.fetch(query, *box, (west + east) / 2, (south + north) / 2, limit)
    return [PartRow(*row) for row in rows]


async def search(
    connection: "Connection", *, number: str | None = None, kind: str | None = None, box: Box | None = None,
    limit: int, after: str = "", offset: int = 0,
) -> list[PartRow]:  # fmt: skip
    """Parts by number, the lowest first; None asks for all, and `after` goes on behind a number."""
    asked: list[tuple[str, Sequence[object]]] = [("p.withdrawn is null", ()), ("p.number > {0}", (after,))]
    asked += [("p.number = {0}", (number,))] if number is not None else []
    asked += [("p.kind = {0}", (kind,))] if kind is not None else []
    asked += [(_IN_BOX, box)] if box is not None else []
    values: list[object] = [limit, offset]
    where: list[str] = []
    for condition, given in asked:
        where.append(condition.format(*(f"${len(values) + place}" for place in range(1, len(given) + 1))))
        values += given
    query = f"{_PART} where {' and '.join(where)} order by p.number limit $1 offset $2"
    return [PartRow(*row) for row in await connection.fetch(query, *values)]


async def problems_of(connection: "Connection", number: str, *, limit: int) -> list[PartProblem]:
    """The cases about a part, the newest first."""
    rows = await connection.fetch(
        "select p.case_id, p.number, p.matter, p.stage, c.result, p.reported, p.closed from problems p"
        " join cases c on c.id = p.case_id where p.part = $1 order by p.reported desc, p.case_id desc limit $2",
        number, limit,
    )  # fmt: skip
    return [PartProblem(*row) for row in rows]
