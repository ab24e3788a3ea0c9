"""The longest way through the approvals of a project, computed from what each row says that it waits for.

Pure: the same rows give the same answer, byte for byte, in whatever order they stand in the file.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from graphlib import TopologicalSorter
from typing import Final, NamedTuple, TypeAlias

from onecity.kernel.refusal import Reason, Refused
from onecity.services.approvals.model import (
    Approval,
    Comparison,
    Edge,
    Fate,
    Outside,
    Plan,
    Planned,
    Source,
    Switches,
)

Approvals: TypeAlias = Mapping[str, Approval]
_AS_IT_IS: Final = Switches()


class NotSwitched(Reason):
    """Why a row cannot be counted as well, or left out."""

    NO_SUCH_ITEM = "services.approvals.no_such_item"
    ANOTHER_MEANT = "services.approvals.another_meant"
    OTHER_TYPE = "services.approvals.not_of_type"
    NO_ORGAN_TIME = "services.approvals.not_organ_time"
    NO_DAYS = "services.approvals.no_days"
    NOT_IN_PLAN = "services.approvals.not_in_plan"
    LONGER_THAN_LAW = "services.approvals.longer_than_law"


def refusals(approvals: Approvals, of_type: str, switches: Switches) -> tuple[Refused, ...]:
    """What of the switches cannot be, in the order of ids; empty if all of it can."""
    found = []
    for id_ in sorted(switches.added | switches.taken):
        one = approvals.get(id_)
        if one is None:
            near = get_close_matches(id_, approvals, n=1, cutoff=0.5)
            reason = NotSwitched.ANOTHER_MEANT if near else NotSwitched.NO_SUCH_ITEM
            found.append(Refused(reason, {"id": id_, "meant": near[0] if near else None}))
        elif id_ in switches.added and (never := _never(one, of_type)) is not None:
            found.append(Refused(never, {"id": id_, "name": one.name, "type": of_type}))
    return tuple(found)


def compared(approvals: Approvals, of_type: str, switches: Switches = _AS_IT_IS) -> Comparison:
    """The two plans of a type of project. `refusals` must have found nothing in the switches.

    Before the reform a row counts if its base case has the type and its days are organ time, and waits for those of its
    predecessors that count. After it those of them count that are kept, and a predecessor that does not count is
    replaced by its own predecessors, through every row of the file, until rows that count are met.
    """
    counted = {id_ for id_, one in approvals.items() if one.organ_time and of_type in one.base_for}
    counted = (counted | switches.added) - switches.taken
    kept = {id_ for id_ in counted if approvals[id_].fate is Fate.KEEP}
    outside = {id_: _outside(one, of_type, switches) for id_, one in approvals.items() if id_ not in counted}
    gone = {id_: Outside.MERGED if approvals[id_].fate is Fate.MERGE else Outside.DROPPED for id_ in counted - kept}
    return Comparison(
        of_type,
        approvals,
        before=_plan(approvals, counted, outside, _days_before, _direct),
        after=_plan(approvals, kept, outside | gone, _days_after, _replaced),
    )


def promised(found: Comparison, days: Mapping[str, int]) -> Plan:
    """The plan after the reform with the days that a city promises; what it does not promise takes what it took.

    Source: 河南省优化营商环境条例 (2020-11-28) article 28: a promise is public, and never longer than the law.
    """
    inside = {item.id for item in found.after.items}

    def days_of(one: Approval) -> tuple[int, Source]:
        return (days[one.id], Source.PROMISE) if one.id in days else _days_after(one)

    return _plan(found.approvals, inside, found.after.outside, days_of, _replaced)


def _never(one: Approval, of_type: str) -> NotSwitched | None:
    """Why a row can count for no project of a type."""
    if of_type not in one.types | one.base_for:
        return NotSwitched.OTHER_TYPE
    if not one.organ_time:
        return NotSwitched.NO_ORGAN_TIME
    if one.days is None or (one.fate is Fate.KEEP and one.days_after is None):
        return NotSwitched.NO_DAYS
    return None


def _outside(one: Approval, of_type: str, switches: Switches) -> Outside:
    if one.id in switches.taken:
        return Outside.TAKEN_AWAY
    if of_type not in one.types | one.base_for:
        return Outside.OTHER_TYPE
    return Outside.CONDITION if one.organ_time else Outside.NO_ORGAN_TIME


def _days_before(one: Approval) -> tuple[int, Source]:
    assert one.days is not None, "the reader and `refusals` let no row count without days"
    return one.days, one.source


def _days_after(one: Approval) -> tuple[int, Source]:
    assert one.days_after is not None, "the reader and `refusals` let no row be kept without days"
    return one.days_after, one.source if one.days_after == one.days else Source.REFORM


def _direct(one: Approval, _approvals: Approvals, inside: Collection[str]) -> tuple[Sequence[Edge], Sequence[str]]:
    """What a row waits for by its own word, and which of its predecessors are in no plan."""
    known = [Edge(id_) for id_ in one.predecessors if id_ in inside]
    return known, [id_ for id_ in one.predecessors if id_ not in inside]


def _replaced(one: Approval, approvals: Approvals, inside: Collection[str]) -> tuple[Sequence[Edge], Sequence[str]]:
    """Whatever a row waits for in a plan, through every row that is in none.

    Each is found by the shortest chain of rows; among equal ones, by that with the smallest ids.
    """
    came: dict[str, str | None] = {}
    level: list[tuple[str, str | None]] = [(id_, None) for id_ in one.predecessors]
    while level:
        following: list[tuple[str, str | None]] = []
        for id_, by in level:
            if id_ not in came:
                came[id_] = by
                if id_ not in inside:
                    following += [(before, id_) for before in approvals[id_].predecessors]
        level = following
    return [Edge(id_, _chain(came, id_)) for id_ in sorted(came) if id_ in inside], ()


def _chain(came: Mapping[str, str | None], id_: str) -> tuple[str, ...]:
    """The rows between, from the one that waits to the one that is waited for."""
    found = []
    by = came[id_]
    while by is not None:
        found.append(by)
        by = came[by]
    return tuple(reversed(found))


def _plan(
    approvals: Approvals, inside: Collection[str], outside: Mapping[str, Outside],
    days_of: Callable[[Approval], tuple[int, Source]],
    edges_of: Callable[[Approval, Approvals, Collection[str]], tuple[Sequence[Edge], Sequence[str]]],
) -> Plan:  # fmt: skip
    """The plan of some rows: each begins as soon as whatever it waits for has ended."""
    told = {id_: edges_of(approvals[id_], approvals, inside) for id_ in inside}
    waits = {id_: [edge.id for edge in edges] for id_, (edges, _) in told.items()}
    days = {id_: days_of(approvals[id_]) for id_ in inside}
    times = _times({id_: number for id_, (number, _) in days.items()}, waits)
    whole = max(times.left.values(), default=0)
    items = {}
    for id_, (edges, left_out) in told.items():
        (number, source), starts = days[id_], times.starts[id_]
        slack = whole - starts - times.left[id_]
        items[id_] = Planned(id_, number, starts, starts + number, slack, source, tuple(edges), tuple(left_out))
    in_order = sorted(items.values(), key=lambda item: (item.starts, item.ends, item.id))
    return Plan(tuple(in_order), tuple(items[id_] for id_ in _longest(waits, times)), dict(sorted(outside.items())))


def plan_of(items: Collection[Planned]) -> Plan:
    """The plan that some items were, each with whatever it waits for among them: the same way through it again."""
    known = {item.id: item for item in items}
    waits = {item.id: [edge.id for edge in item.waits_for if edge.id in known] for item in items}
    times = _times({item.id: item.days for item in items}, waits)
    in_order = sorted(items, key=lambda item: (item.starts, item.ends, item.id))
    return Plan(tuple(in_order), tuple(known[id_] for id_ in _longest(waits, times)), {})


class _Times(NamedTuple):
    """When each begins, what waits for it, and how many days are left then until all behind it has ended."""

    starts: Mapping[str, int]
    followers: Mapping[str, Sequence[str]]
    left: Mapping[str, int]
    left_behind: Mapping[str, int]
    """How many of these are left when it has ended."""


def _times(days: Mapping[str, int], waits: Mapping[str, Sequence[str]]) -> _Times:
    followers: dict[str, list[str]] = {id_: [] for id_ in waits}
    for id_, before in waits.items():
        for other in before:
            followers[other].append(id_)
    order = tuple(TopologicalSorter(waits).static_order())
    starts: dict[str, int] = {}
    left: dict[str, int] = {}
    behind: dict[str, int] = {}
    for id_ in order:
        starts[id_] = max((starts[other] + days[other] for other in waits[id_]), default=0)
    for id_ in reversed(order):
        behind[id_] = max((left[other] for other in followers[id_]), default=0)
        left[id_] = days[id_] + behind[id_]
    return _Times(starts, followers, left, behind)


def _longest(waits: Mapping[str, Sequence[str]], times: _Times) -> Sequence[str]:
    """The longest way, from an item that waits for nothing to one for which nothing waits.

    Of equal ones that whose first item has the smallest id, then the second, and so on. Items without days stand on it
    as well: the next one waits for them.
    """
    whole = max(times.left.values(), default=0)
    found = []
    at = min((id_ for id_, left in times.left.items() if left == whole and not waits[id_]), default=None)
    while at is not None:
        found.append(at)
        rest, following = times.left_behind[at], times.followers[at]
        at = min((id_ for id_ in following if times.left[id_] == rest), default=None)
    return found
