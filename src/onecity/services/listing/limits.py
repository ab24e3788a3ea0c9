"""Which limit holds when several laws name one, and which ones lose; every candidate is shown with its article.

Most laws name none: for a permit the general rule of the permit law holds then, which is a rule here and no copy.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from onecity.casework import Because
from onecity.services import cited
from onecity.services.declared import Permits, TimeLimit

_DAYS_A_WEEK, _WORKED_A_WEEK, _DAYS_A_MONTH = 7, 5, 30


class LegalUnit(StrEnum):
    """In what a law counts the days of an organ: 工作日, 日, 个月. Zero of any is 当场, while the person waits."""

    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"
    MONTHS = "months"


class LegalLimit(msgspec.Struct, frozen=True, omit_defaults=True):
    """The days that an article gives the organ; a deadline of the applicant is none."""

    number: Annotated[int, msgspec.Meta(ge=0, le=400)]
    unit: LegalUnit
    because: Because

    @property
    def about(self) -> float:
        """About how many days of the calendar it takes: only to tell which of two is shorter."""
        match self.unit:
            case LegalUnit.WORKING_DAYS:
                return self.number * _DAYS_A_WEEK / _WORKED_A_WEEK
            case LegalUnit.NATURAL_DAYS:
                return self.number
            case LegalUnit.MONTHS:
                return self.number * _DAYS_A_MONTH


GENERAL: Final = LegalLimit(20, LegalUnit.WORKING_DAYS, cited.GENERAL)
"""Source: 行政许可法 article 42 ¶1; it may be lengthened once by ten."""


class Rank(StrEnum):
    """Whose rule it is: the law of the item, a law of the province or city, or the general rule for permits."""

    SPECIAL = "special"
    LOCAL = "local"
    GENERAL = "general"


class Candidate(msgspec.Struct, frozen=True):
    """A limit that a law names for an item."""

    rank: Rank
    limit: LegalLimit


class Resolved(msgspec.Struct, frozen=True):
    """The limit that holds, if a law names one, and those that do not.

    `conflict` says that the local one is the longer and the older: somebody should have amended it.
    """

    holds: Candidate | None
    loses: tuple[Candidate, ...] = ()
    conflict: bool = False


def of_full(limit: TimeLimit) -> Candidate | None:
    """What the law gives for an item that can be applied for, whatever the city promises; None if it counts hours."""
    if limit.unit.in_hours:
        return None
    return Candidate(Rank.SPECIAL, LegalLimit(limit.number, LegalUnit(str(limit.unit)), limit.because))


def resolve(kind: Permits, special: LegalLimit | None, local: LegalLimit | None, *, on: date) -> Resolved:
    """Which limit holds on a day. Of the item's own law and the local one the shorter binds the organ.

    The general rule gives way to both, whether they are shorter or longer. Source: 行政许可法 article 42 ¶1, second
    half: where laws and regulations say otherwise, they hold.

    >>> seven = LegalLimit(7, LegalUnit.NATURAL_DAYS, Because("法律援助法", "43", date(2021, 8, 20)))
    >>> ten = LegalLimit(10, LegalUnit.NATURAL_DAYS, Because("河南省法律援助条例", "20", date(2010, 7, 30)))
    >>> found = resolve(Permits.BENEFIT, seven, ten, on=date(2024, 1, 1))
    >>> found.holds.limit.number, found.loses[0].limit.number, found.conflict
    (7, 10, True)
    """
    named = [
        Candidate(rank, limit)
        for rank, limit in ((Rank.SPECIAL, special), (Rank.LOCAL, local))
        if limit is not None and limit.because.version <= on
    ]
    general = [Candidate(Rank.GENERAL, GENERAL)] if kind is Permits.PERMIT else []
    own = sorted(named, key=lambda one: one.limit.about)
    everyone: Sequence[Candidate] = [*own, *general]
    if not everyone:
        return Resolved(None)
    return Resolved(everyone[0], tuple(everyone[1:]), _conflict(own))


def _conflict(own: Sequence[Candidate]) -> bool:
    """Whether a local law still names more days than a national one that came after it."""
    if len(own) < 2:
        return False
    shorter, longer = own
    return longer.rank is Rank.LOCAL and longer.limit.because.version < shorter.limit.because.version
