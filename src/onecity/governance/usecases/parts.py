"""What is done with the register of parts: taken over from a file, mended, searched, and asked what stands nearby."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID, uuid5

import msgspec

from onecity.governance.ground import box_around, metres
from onecity.governance.parts import (
    Checks,
    PartChanged,
    PartEntry,
    PartRecorded,
    PartRow,
    PartWithdrawn,
    RowFault,
    Withdrawal,
    store,
)
from onecity.governance.parts.model import is_part_number
from onecity.governance.parts.store import Box, PartProblem
from onecity.governance.rules import Why
from onecity.governance.usecases import Street
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger
from onecity.people import AGENCY

A_BATCH: Final = 1_000
"""Entries that are written together: each batch is whole or absent."""
MOST_FAULTS: Final = 200
_NEAR: Final = 60
"""Parts in the box around a point that are measured exactly."""
_Thing = TypeVar("_Thing")


class Taken(msgspec.Struct, frozen=True):
    """What an import did: how many entries are new, how many tell something else now, how many were so already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.new + other.new, self.changed + other.changed, self.same + other.same)


class NearPart(msgspec.Struct, frozen=True):
    """A part near a point, and how far away."""

    part: PartRow
    metres: float


def checks_of(street: Street, *, source: str, simulated: bool) -> Checks:
    """What a file of parts is held against in a city."""
    return Checks(
        frozenset(street.catalogue.parts), street.filing.owners, frozenset(street.pack.all(AGENCY)),
        street.ground.cells, source, simulated,
    )  # fmt: skip


async def take_over(
    rows: Callable[[], Iterable[PartEntry | RowFault]], *, ledger: Ledger, key: UUID, by: Acting, now: datetime
) -> Taken | tuple[RowFault, ...]:
    """Take over a register. It is read twice: once to find what is wrong – then nothing is written –, once to write.

    It is written in batches, each whole or absent; whoever is interrupted imports again, and what is there stays.
    """
    faults = await _faults(rows(), ledger)
    if faults:
        return faults
    taken = Taken()
    for number, batch in enumerate(_batches(rows())):
        entries = [one for one in batch if isinstance(one, PartEntry)]
        taken += await take_batch(entries, uuid5(key, f"batch {number}"), ledger, by=by, now=now)
    return taken


async def take_batch(entries: Sequence[PartEntry], key: UUID, ledger: Ledger, *, by: Acting, now: datetime) -> Taken:
    """Write some entries as one command; what the register tells already stays as it is."""
    found = await _known(entries, ledger)
    if all(one.number in found and found[one.number].entry == one for one in entries):
        return Taken(same=len(entries))

    async def decide() -> Decision:
        known = await _known(entries, ledger)
        new = [Change(one.stream, 0, (PartRecorded(one),)) for one in entries if one.number not in known]
        other = [
            Change(one.stream, known[one.number].version, (PartChanged(one),))
            for one in entries
            if one.number in known and known[one.number].entry != one
        ]
        return Decision((*new, *other), Taken(len(new), len(other), len(entries) - len(new) - len(other)))

    done = await ledger.record(key, decide, Taken, by=by, now=now)
    assert not isinstance(done, Refused), "nothing refuses entries that were read without a fault"
    return done


async def withdraw(
    number: str, because: Withdrawal, *, ledger: Ledger, key: UUID, by: Acting, now: datetime
) -> PartRow | Refused:
    """Take an entry out that was a mistake; its number is never given again."""

    async def decide() -> Decision | Refused:
        part = await part_of(number, ledger=ledger)
        if part is None or part.withdrawn is not None:
            return Refused(Why.NO_SUCH_PART)
        return Decision((Change(part.stream, part.version, (PartWithdrawn(number, because),)),), part)

    return await ledger.record(key, decide, PartRow, by=by, now=now)


async def part_of(number: str, *, ledger: Ledger) -> PartRow | None:
    """The part of a number, also one that was withdrawn."""
    if not is_part_number(number):
        return None
    async with ledger.readers.acquire() as connection:
        return (await store.known(connection, [number])).get(number)


async def searched(
    *, ledger: Ledger, number: str | None = None, kind: str | None = None, box: Box | None = None, limit: int,
    after: str = "", offset: int = 0,
) -> Sequence[PartRow]:  # fmt: skip
    """The parts of the register by number, at most `limit`; None asks for all, `after` goes on behind a number."""
    async with ledger.readers.acquire() as connection:
        return await store.search(
            connection, number=number, kind=kind, box=box, limit=limit, after=after, offset=offset
        )


async def seen_in(box: Box, *, ledger: Ledger, limit: int) -> Sequence[PartRow]:
    """The parts of a box as a map asks for them, at most `limit`: about the nearest to its middle first."""
    async with ledger.readers.acquire() as connection:
        return await store.in_box(connection, box, limit=limit)


async def problems_of(number: str, *, ledger: Ledger, limit: int) -> Sequence[PartProblem]:
    """The cases about a part, the newest first."""
    async with ledger.readers.acquire() as connection:
        return await store.problems_of(connection, number, limit=limit)


async def near(
    point: tuple[float, float], kinds: Sequence[str], *, within_m: float, ledger: Ledger
) -> Sequence[NearPart]:
    """The parts of some kinds within some metres of a point, the nearest first."""
    async with ledger.readers.acquire() as connection:
        rows = await store.near(connection, box_around(point, within_m), kinds, point, limit=_NEAR)
    measured = (NearPart(row, metres(point, row.point)) for row in rows)
    return sorted((one for one in measured if one.metres <= within_m), key=lambda one: (one.metres, one.part.number))


async def _faults(rows: Iterable[PartEntry | RowFault], ledger: Ledger) -> tuple[RowFault, ...]:
    found: list[RowFault] = []
    line = 1
    for batch in _batches(rows):
        known = await _known([one for one in batch if isinstance(one, PartEntry)], ledger)
        for one in batch:
            line += 1
            if isinstance(one, RowFault):
                found.append(one)
            elif one.number in known and known[one.number].withdrawn is not None:
                what = f"The number {one.number} was withdrawn."
                found.append(RowFault(line, 1, what, "Give the thing the next free number."))
        if len(found) >= MOST_FAULTS:
            break
    return tuple(found[:MOST_FAULTS])


async def _known(entries: Sequence[PartEntry], ledger: Ledger) -> dict[str, PartRow]:
    async with ledger.readers.acquire() as connection:
        return await store.known(connection, [one.number for one in entries])


def _batches(rows: Iterable[_Thing]) -> Iterator[list[_Thing]]:
    left = iter(rows)
    while batch := list(islice(left, A_BATCH)):
        yield batch
