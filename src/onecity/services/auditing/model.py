"""What an audit finds: figures that carry their lists, proposals, and what a person decided about them."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeAlias

import msgspec

from onecity.packs import Text

Number: TypeAlias = int | float
"""A count; halves only come from what counts half."""


class Counted(msgspec.Struct, frozen=True):
    """A line of a list: what is counted, how much of it, where it stands, and whatever else there is to tell."""

    id: str
    name: Text
    counts: Number = 1
    item: str | None = None
    more: Mapping[str, object] = {}


class Figure(msgspec.Struct, frozen=True):
    """A number that is the sum of its list; `of` so many things that are called by `of_what`."""

    lines: tuple[Counted, ...]
    of: Number
    of_what: str

    @property
    def number(self) -> Number:
        """The sum of the list."""
        return sum(line.counts for line in self.lines)

    @property
    def share(self) -> float | None:
        """Which share of `of` it is; None of nothing."""
        return round(self.number / self.of, 4) if self.of else None


class Change(msgspec.Struct, frozen=True):
    """A measure before and after over the same things; None where there is no before, or nobody declared it."""

    measure: str
    before: Figure | None
    after: Figure | None

    @property
    def reduction(self) -> float | None:
        """1 − after / before; None without a before, or where there was nothing to reduce."""
        if self.before is None or self.after is None or self.before.number == 0:
            return None
        return round(1 - self.after.number / self.before.number, 4)


class Act(StrEnum):
    """What a proposal would do."""

    FETCH = "fetch"
    REUSE = "reuse"
    DECLARE = "declare"
    DROP_PROOF = "drop_proof"
    CITE = "cite"
    DELETE = "delete"
    MERGE = "merge"
    PARALLEL = "parallel"
    ONE_FACT = "one_fact"


class Confidence(StrEnum):
    """How sure a proposal is: declared or the same name, another name for it, or a name that is only alike."""

    EXACT = "exact"
    ALIAS = "alias"
    SIMILAR = "similar"


class Choice(StrEnum):
    """What a person said to a proposal."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"


class Decision(msgspec.Struct, frozen=True):
    """What somebody decided about a proposal of the audit.

    `proposal` is its id. `decision` is what was said to it. `by` is a role, never a person's name. `day` is when it was
    said. `reason` is why, in a sentence.
    """

    proposal: str
    decision: Choice
    by: str
    day: date
    reason: str


class Proposal(msgspec.Struct, frozen=True):
    """Something that need not be as it is. `key` names its sentence, `gaps` fill it; it concerns the `items`.

    `way` and `proof` tell of a material why it need not be asked for; `declared` says that the pack does so already.
    """

    id: str
    act: Act
    items: tuple[str, ...]
    subject: Text
    confidence: Confidence
    key: str
    gaps: Mapping[str, Text]
    way: str | None = None
    proof: str | None = None
    source: str | None = None
    declared: bool = False
    decision: Decision | None = None


class Side(msgspec.Struct, frozen=True):
    """One of the packs that are looked at: its city, its version and how many items it has."""

    city: Text
    version: str
    items: tuple[str, ...]


class EventAudit(msgspec.Struct, frozen=True):
    """A life event: its items one by one beside the bundle, which waits for which, and what they ask twice.

    `apart` are items that the earlier version has not, and that are not counted therefore.
    """

    id: str
    name: Text
    items: tuple[str, ...]
    apart: tuple[str, ...]
    changes: tuple[Change, ...]
    fields: "Fields"
    waits: tuple[Counted, ...]
    path: tuple[str, ...]


class Fields(msgspec.Struct, frozen=True):
    """The fields of some items: all of them, the different ones, those asked again, those that a register knows."""

    asked: Figure
    different: Figure
    repeated: Figure
    known: Figure

    @property
    def typed_share(self) -> float | None:
        """Which share of the different fields somebody must type."""
        return None if self.known.share is None else round(1 - self.known.share, 4)


class Audit(msgspec.Struct, frozen=True):
    """All that was found in a pack, or in two versions of it."""

    before: Side | None
    after: Side
    names: Mapping[str, Text]
    same: tuple[str, ...]
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]
    changes: tuple[Change, ...]
    fields: Fields
    events: tuple[EventAudit, ...]
    obtainable: Figure
    guarded: Figure
    proposals: tuple[Proposal, ...]
    unused_decisions: tuple[Decision, ...]

    def change(self, measure: str) -> Change:
        """The change of one measure."""
        return next(one for one in self.changes if one.measure == measure)


def figure(lines: Sequence[Counted], of: Number, of_what: str) -> Figure:
    """A figure of a list in the order of its ids."""
    return Figure(tuple(sorted(lines, key=lambda line: line.id)), of, of_what)
