"""How pages tell that somebody looked at a place: what they found, how far from it, and who says how far."""

from typing import Any

from onecity.governance.facts import CheckedIn
from onecity.governance.model import Problem
from onecity.machinery.web import Visit


def looks_of(visit: Visit, problem: Problem) -> list[dict[str, Any]]:
    """Every look at the place of a case, the oldest first, as facts of a page."""
    return [{"term": visit.say("governance.fact.looked"), "value": said_of(visit, one)} for one in problem.checks]


def said_of(visit: Visit, check: CheckedIn) -> str:
    """One look as a sentence."""
    seen = visit.say(f"governance.patrol.seen.{check.seen}")
    if check.reason:
        seen = visit.say("governance.patrol.because", seen=seen, reason=check.reason)
    if check.metres is None or check.located is None:
        return seen
    return visit.say(f"governance.patrol.from.{check.located}", seen=seen, metres=check.metres)
