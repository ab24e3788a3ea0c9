"""What stands above an affair: the day for which somebody waits, in whose hands it is, and how it ended."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from onecity.machinery.web import Visit
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Shown

_FIRST: Final = {"yours": 0, "late": 1, "running": 2, "stopped": 3, "waiting": 4, "held": 5}
_IN_HANDS: Final = ("late", "running", "stopped", "waiting")
"""States in which a department has the case."""


def foremost(parts: Sequence[Shown]) -> Shown:
    """The matter that is told first: where it is the person's turn, then those that run, then those that wait."""
    return min(parts, key=lambda one: _FIRST.get(one.state, len(_FIRST)))


def accepted_on(parts: Sequence[Shown]) -> date | None:
    """The day on which the last of the matters was accepted; None while one is not, or where none ever is.

    Where the clock runs from the receipt, nobody accepts anything.
    """
    days = [one.accepted for one in parts if not one.process.counts_from_receipt]
    return max((day for day in days if day), default=None) if all(days) else None


class Latest(msgspec.Struct, frozen=True):
    """The day that stands above everything, and the key of the words that say what it is for."""

    words: str
    day: date
    others: date | None = None
    """The latest day of what is in other hands while it is the person's turn."""
    result: date | None = None
    """The latest day of the results, where the day above is only that of an answer before them."""
    provisional: bool = False
    """Whether the page names a day that moves when the holidays of its year are published."""


def latest_of(parts: Sequence[Shown]) -> Latest | None:
    """What the person waits for: their own turn first, then the results; a day of acceptance is called one."""
    open_ = [one for one in parts if one.case.result is None]
    yours = [one.due.day for one in open_ if one.state == "yours"]
    days = {one.due.day: one for one in open_ if one.state != "yours"}
    provisional = any(one.due.provisional for one in open_)
    if yours:
        return Latest("services.affair.latest.yours", min(yours), max(days, default=None), provisional=provisional)
    if not days:
        return None
    last, result = days[max(days)], max(one.by for one in open_)
    if last.state == "waiting" or last.case.held:
        what = "held" if last.case.held else "waiting"
    else:
        what = "accepted" if any(one.state == "waiting" for one in open_) else "all"
    if all(map(_looks, open_)):
        what = "check"
    later = result if result > max(days) else None
    return Latest(f"services.affair.latest.{what}", max(days), result=later, provisional=provisional)


def _looks(one: Shown) -> bool:
    """Whether it is the city's own look at a decision on a pledge."""
    return one.case.opened.looks_at is not None


def whose_turn(visit: Visit, counter: Counter, parts: Sequence[Shown]) -> str:
    """One sentence: who must do something now. Several departments at once are counted, none is named for all."""
    first = foremost(parts)
    if first.case.result is not None:
        return ""
    agencies = {one.case.opened.agency for one in parts if one.state in _IN_HANDS}
    if len(agencies) > 1 and first.state in _IN_HANDS:
        return visit.say("services.affair.several", number=len(agencies))
    agency = counter.agency(first.case.opened.agency).name.said(visit.lang)
    return visit.say(f"services.affair.{first.state}", agency=agency)


def ended(visit: Visit, parts: Sequence[Shown]) -> str:
    """How several matters ended, once all have; empty before. A look at a pledge is no matter of its own: where it took
    something back, that is said first.
    """
    if any(_looks(one) and one.case.result in one.process.refuses for one in parts):
        return visit.say("services.affair.taken_back")
    parts = [one for one in parts if not _looks(one)]
    if len(parts) < 2 or any(one.case.result is None for one in parts):
        return ""
    good = sum(one.good for one in parts)
    if good == len(parts):
        return visit.say("services.affair.all_good", number=len(parts))
    return visit.say("services.affair.some_good", total=len(parts), number=good, others=len(parts) - good)
