"""Events of which a timeline tells in a title and a sentence: of a result on its way by post, of another time, of
the day on which all departments come, of a pledge that no longer counts.
"""

from collections.abc import Callable
from typing import TypeAlias

from onecity.casework import CasePosted, Delivery, DeliveryChosen, MadeOrdinary, PostReturned, TimeAsked, VisitJoined

_AT_FIRST = 2
"""The version of the choice that came with the application: the timeline need not tell it."""

Told: TypeAlias = DeliveryChosen | CasePosted | PostReturned | TimeAsked | VisitJoined | MadeOrdinary
"""The facts of which this module tells."""


def words_of(fact: Told, version: int, say: Callable[..., str]) -> tuple[str, str] | None:
    """A title and a sentence. Officers read timelines: no address stands there, and no number that leads to one."""
    match fact:
        case CasePosted(carrier=carrier):
            return say("services.post.posted"), say(f"casework.carrier.{carrier}")
        case PostReturned(why=why):
            return say("services.post.returned"), say(f"casework.returned.{why}")
        case TimeAsked(words=words):
            return say("services.time.asked"), words or say("services.forgotten")
        case MadeOrdinary():
            return say("services.pledge.fallen"), say("services.pledge.fell")
        case VisitJoined(moved=moved):
            return say("services.time.joined"), say("services.time.moved") if moved else ""
        case DeliveryChosen(how=how) if version > _AT_FIRST:
            return say("services.post.readdressed" if how is Delivery.POST else "services.post.fetched"), ""
        case _:
            return None
