"""What a file tells of the approvals of construction projects, and the plans that follow: before and after the reform.

All days are the file's: what the law gives, or an example where it gives no number. Working and natural days are alike.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

TYPES: Final = ("G", "L", "S", "I", "D", "M")
"""Project types: government building, linear, private, industry, land with an approved design, small of low risk."""


class Fate(StrEnum):
    """What the reform does with an item."""

    KEEP = "keep"
    MERGE = "merge"
    DROP = "drop"


class Source(StrEnum):
    """Where the days of an item come from."""

    LAW = "law"
    EXAMPLE = "example"
    REFORM = "reform"
    """The file gives another number after the reform than before."""
    PROMISE = "promise"
    """The city promises fewer than the law gives; a promise is an example of its pack."""
    UNTOLD = "untold"
    """The file has no column that says so."""


class Outside(StrEnum):
    """Why a row of the file stands in no plan, so that nobody waits for it there."""

    MERGED = "merged"
    DROPPED = "dropped"
    TAKEN_AWAY = "taken_away"
    NO_ORGAN_TIME = "no_organ_time"
    OTHER_TYPE = "other_type"
    CONDITION = "condition"
    """It counts only under a condition, and nobody said that it holds."""


class Approval(msgspec.Struct, frozen=True):
    """One item as a row of the file tells it. Units: whole days; None where the cell is empty."""

    id: str
    stage: int
    stage_name: str
    name: str
    organ: str
    days: int | None
    predecessors: tuple[str, ...]
    types: frozenset[str]
    base_for: frozenset[str]
    """The types of project for which it counts without any condition."""
    organ_time: bool
    fate: Fate
    days_after: int | None
    source: Source
    condition: str = ""
    basis: str = ""
    limit_basis: str = ""
    reform: str = ""


class Switches(msgspec.Struct, frozen=True):
    """What was said of conditions: rows that count as well, and rows that do not."""

    added: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


class Edge(msgspec.Struct, frozen=True):
    """That an item waits for another one.

    Its own row names `id` if `via` is empty. Else its row names the first of `via`, each row of `via` the next one, and
    the last of them `id`: rows that stand in no plan hand on what they waited for.
    """

    id: str
    via: tuple[str, ...] = ()


class Planned(msgspec.Struct, frozen=True):
    """An item in a plan. Units: days since the beginning; it begins as soon as whatever it waits for has ended."""

    id: str
    days: int
    starts: int
    ends: int
    slack: int
    """By how many days it may end later without anything else of the whole ending later."""
    source: Source
    waits_for: tuple[Edge, ...]
    left_out: tuple[str, ...] = ()
    """Predecessors that its row names, that are in no plan, and that hand nothing on: only before the reform."""


class Plan(msgspec.Struct, frozen=True):
    """What counts for a project, in the order of beginning, and the longest way through it."""

    items: tuple[Planned, ...]
    path: tuple[Planned, ...]
    outside: Mapping[str, Outside]
    """Every row of the file that is not in the plan, and why."""

    @property
    def serial_days(self) -> int:
        """How long all of it takes one after another."""
        return sum(item.days for item in self.items)

    @property
    def critical_days(self) -> int:
        """How long all of it takes if nothing waits but for what it needs."""
        return max((item.ends for item in self.items), default=0)

    def edge_before(self, number: int) -> Edge | None:
        """Why an item of the path waits for the one before it; None for the first."""
        if number == 0:
            return None
        before = self.path[number - 1].id
        return next(edge for edge in self.path[number].waits_for if edge.id == before)

    def days_from(self, source: Source) -> int:
        """How many days of the path have that source."""
        return sum(item.days for item in self.path if item.source is source)

    def beside(self) -> Sequence[tuple[Planned, ...]]:
        """For each item of the path the items off it that begin while it lasts."""
        on_path = {item.id for item in self.path}
        found: list[list[Planned]] = [[] for _ in self.path]
        for item in self.items:
            if item.id not in on_path:
                latest = max(at for at, other in enumerate(self.path) if other.starts <= item.starts)
                found[latest].append(item)
        return [tuple(items) for items in found]

    def longest_waiting(self, approvals: Mapping[str, Approval]) -> tuple[str, int] | None:
        """The organ with most days on the path, and how many: of equal ones the first. None without days."""
        days: dict[str, int] = {}
        for item in self.path:
            organ = approvals[item.id].organ
            days[organ] = days.get(organ, 0) + item.days
        longest = max(days, key=days.__getitem__, default=None)
        return (longest, days[longest]) if longest is not None and days[longest] else None


class Comparison(msgspec.Struct, frozen=True):
    """The approvals of one type of project, before and after the reform."""

    of_type: str
    approvals: Mapping[str, Approval]
    before: Plan
    after: Plan

    def fates(self) -> Mapping[Fate, int]:
        """How many rows of the whole file the reform keeps, merges and drops."""
        return {fate: sum(one.fate is fate for one in self.approvals.values()) for fate in Fate}
