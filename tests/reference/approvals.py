"""The approvals of a project, slow and obvious: every way through the items is walked, and the longest one kept.

What it says: before the reform the rows of the base case whose days are organ time count, and wait for those of their
predecessors that count; after it those of them that are kept, and a predecessor that is none of them is looked through.
Of equally long ways, from an item that waits for nothing to one that nothing waits for, the first in the order of ids.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from onecity.services.approvals import Approval, Fate

Way = tuple[str, ...]


class Figures(NamedTuple):
    """One plan: how many items, how long one after another, how long the longest way, and that way."""

    items: int
    serial_days: int
    critical_days: int
    path: Way


def figures(
    rows: Mapping[str, Approval], of_type: str, added: Collection[str] = (), taken: Collection[str] = ()
) -> tuple[Figures, Figures]:
    """Before and after the reform."""
    counted = {
        id_ for id_, row in rows.items()
        if id_ not in taken and (id_ in added or (of_type in row.base_for and row.organ_time))
    }  # fmt: skip
    kept = {id_ for id_ in counted if rows[id_].fate is Fate.KEEP}
    before = {id_: {one for one in rows[id_].predecessors if one in counted} for id_ in counted}
    after = {id_: met(id_, rows, kept) for id_ in kept}
    return (
        _figures({id_: rows[id_].days or 0 for id_ in counted}, before),
        _figures({id_: rows[id_].days_after or 0 for id_ in kept}, after),
    )


def met(id_: str, rows: Mapping[str, Approval], inside: Collection[str]) -> set[str]:
    """What a row waits for, looking through rows outside."""
    found: set[str] = set()
    for one in rows[id_].predecessors:
        found |= {one} if one in inside else met(one, rows, inside)
    return found


def _figures(days: Mapping[str, int], waits: Mapping[str, set[str]]) -> Figures:
    ways = list(_ways(waits))
    longest = max((sum(days[id_] for id_ in way) for way in ways), default=0)
    path = min((way for way in ways if sum(days[id_] for id_ in way) == longest), default=())
    return Figures(len(days), sum(days.values()), longest, path)


def _ways(waits: Mapping[str, set[str]]) -> Iterator[Way]:
    def on(way: Way) -> Iterator[Way]:
        following = [id_ for id_, before in waits.items() if way[-1] in before]
        if not following:
            yield way
        for id_ in following:
            yield from on((*way, id_))

    for id_, before in waits.items():
        if not before:
            yield from on((id_,))
