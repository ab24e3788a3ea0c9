"""Comparing two books of one day: what our facts say, and what the house outside says that took the money."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

import msgspec

from onecity.payments.facts import Difference, Movement, Stated, Taken


class Entry(msgspec.Struct, frozen=True, order=True):
    """A line of our own book: money that came or went back. Units: fen."""

    reference: str
    movement: Movement
    port: str
    agency: str
    payment: UUID
    fen: int


class Line(msgspec.Struct, frozen=True, order=True):
    """A line of the statement of the house outside. `payment` is what it was told it is for. Units: fen."""

    reference: str
    movement: Movement
    fen: int
    payment: UUID


def taken(entries: Iterable[Entry]) -> tuple[Taken, ...]:
    """Our book of a day by agency and port."""
    sums: dict[tuple[str, str], list[int]] = {}
    for entry in entries:
        found = sums.setdefault((entry.agency, entry.port), [0, 0, 0, 0])
        first = 0 if entry.movement is Movement.PAID else 2
        found[first] += 1
        found[first + 1] += entry.fen
    return tuple(Taken(agency, port, *numbers) for (agency, port), numbers in sorted(sums.items()))


def stated(port: str, statement: Sequence[Line], *, simulated: bool) -> Stated:
    """What a statement comes to, with the hash of all its lines in their order."""
    paid = [line.fen for line in statement if line.movement is Movement.PAID]
    back = [line.fen for line in statement if line.movement is Movement.REFUNDED]
    return Stated(port, simulated, len(paid), sum(paid), len(back), sum(back), root_of(statement))


def root_of(statement: Sequence[Line]) -> str:
    """The hash of a statement, whatever the order in which it came.

    >>> one, two = (Line(name, Movement.PAID, 1, UUID(int=1)) for name in "ab")
    >>> root_of([one, two]) == root_of([two, one]) != root_of([one])
    True
    """
    return sha256(msgspec.json.encode(sorted(statement))).hexdigest()


def differences(port: str, entries: Sequence[Entry], statement: Sequence[Line]) -> tuple[Difference, ...]:
    """Where our book and a statement do not say the same, by reference and by the way the money went."""
    ours = {(one.reference, one.movement): one for one in entries if one.port == port}
    theirs: dict[tuple[str, Movement], int] = {}
    for line in statement:
        # A line that stands twice in their book is money twice.
        theirs[line.reference, line.movement] = theirs.get((line.reference, line.movement), 0) + line.fen
    return tuple(
        found for key in sorted(ours.keys() | theirs.keys()) if (found := _difference(key, ours, theirs)) is not None
    )


def _difference(
    key: tuple[str, Movement], ours: Mapping[tuple[str, Movement], Entry], theirs: Mapping[tuple[str, Movement], int]
) -> Difference | None:
    mine, other = ours.get(key), theirs.get(key)
    if mine is not None and mine.fen == other:
        return None
    return Difference(*key, mine.payment if mine else None, mine.fen if mine else None, other)
