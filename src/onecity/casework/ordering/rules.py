"""What may happen to an order next, and who may let it happen."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.casework.ordering.declared import Hours, OrderKind
from onecity.casework.ordering.facts import (
    MOST_COUNTED,
    Counted,
    OrderAcknowledged,
    OrderEnded,
    OrderGiven,
    OrderMissed,
    OrderReceived,
    OrderReported,
    OrderReturned,
)
from onecity.casework.ordering.model import Order, Stage
from onecity.kernel.acting import Acting, Scope
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import Fact

LONGEST_WORDS: Final = 2_000
MOST_RECEIVERS: Final = 400
"""Places to which one command sends an order: more than any county has villages in one street."""


class Why(Reason):
    """Why an order stays as it is."""

    NOT_FOUND = "casework.order.not_found"
    NO_SUCH_KIND = "casework.order.no_such_kind"
    NO_SUCH_TRIGGER = "casework.order.no_such_trigger"
    NOT_YOUR_DUTY = "casework.order.not_your_duty"
    NOT_BELOW = "casework.order.not_below"
    NO_AGENCY = "casework.order.no_agency"
    NOBODY = "casework.order.nobody"
    TWICE = "casework.order.twice"
    TOO_MANY = "casework.order.too_many"
    UNSAID = "casework.order.unsaid"
    TOO_LONG = "casework.order.too_long"
    ENDED = "casework.order.ended"
    NOT_NOW = "casework.order.not_now"
    MORE_THAN_ALL = "casework.order.more_than_all"
    NO_NUMBER = "casework.order.no_number"
    TOO_LATE = "casework.order.too_late"
    STILL_OPEN = "casework.order.still_open"
    GIVEN_ALREADY = "casework.order.given_already"


class Receiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agency in an area to which an order is sent."""

    agency: str
    area: str

    @property
    def scope(self) -> Scope:
        return Scope(self.agency, self.area)


class Receive(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="receive"):
    """Say that it came."""


class Acknowledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="acknowledge"):
    """Say what one will do."""

    words: str


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="report"):
    """Report one's own part: how many of how many are done."""

    words: str
    done: Counted = 0
    of: Counted = 0


class Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="return"):
    """Do not take a report: say what is lacking, and within how many hours it is to come anew."""

    words: str
    hours: Hours = 24


class Fulfil(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="fulfil"):
    """Take the report: the order is fulfilled."""


class CallBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="call_back"):
    """Call the order back, and say why."""

    words: str


Act: TypeAlias = Receive | Acknowledge | Report | Return | Fulfil | CallBack

_OPEN: Final = (Stage.GIVEN, Stage.RECEIVED, Stage.ACKNOWLEDGED)
BY_RECEIVER: Final[Mapping[str, tuple[Stage, ...]]] = {
    "receive": (Stage.GIVEN,),
    "acknowledge": (Stage.GIVEN, Stage.RECEIVED),
    "report": _OPEN,
    "pass_on": (*_OPEN, Stage.REPORTED),
}
"""In which stages whoever has to answer an order may do what with it."""
BY_SENDER: Final[Mapping[str, tuple[Stage, ...]]] = {
    "fulfil": (Stage.REPORTED,),
    "return": (Stage.REPORTED,),
    "call_back": (*_OPEN, Stage.REPORTED),
}
"""The same for whoever sent it."""
_OF_A_HEAD: Final = ("pass_on", "fulfil", "call_back")
"""Nobody answers the head of a tree: it is sent on, and ended once what was sent on has ended."""


def name_of(act: Act) -> str:
    """What an act is called in the tables above, in addresses and in words."""
    return str(act.__struct_config__.tag)


def fits(order: Order, act: str) -> bool:
    """Whether an order has come to where something can be done with it, whoever does it."""
    if order.head:
        return act in _OF_A_HEAD and not order.stage.ended
    return order.stage in (BY_RECEIVER.get(act) or BY_SENDER.get(act) or ())


def holder_of(order: Order, kind: OrderKind) -> tuple[str, Scope]:
    """The duty, and where, that answers for an order: whoever began the tree for its head, else its receiver."""
    return (kind.issues if order.head else kind.takes), Scope(order.given.agency, order.given.area)


def answers_for(order: Order, kind: OrderKind, by: Acting) -> bool:
    """Whether somebody acts in the duty that answers for an order."""
    duty, scope = holder_of(order, kind)
    return by.duty == duty and by.scope is not None and by.scope.covers(scope.department, scope.area)


def told(words: str) -> str | Refused:
    """What is written into an order: something, and not too long."""
    said = words.strip()
    if not said:
        return Refused(Why.UNSAID)
    return said if len(said) <= LONGEST_WORDS else Refused(Why.TOO_LONG, {"most": LONGEST_WORDS})


def wrong_receivers(
    receivers: Sequence[Receiver], *, above: Scope, agencies: Collection[str], areas: Collection[str],
    already: Collection[Scope] = (),
) -> Refused | None:  # fmt: skip
    """Why an order cannot be sent to some places. `areas` are those that are there today; `already` have it."""
    if not receivers:
        return Refused(Why.NOBODY)
    if len(receivers) > MOST_RECEIVERS:
        return Refused(Why.TOO_MANY, {"most": MOST_RECEIVERS})
    seen = set(already)
    for one in receivers:
        if one.agency not in agencies:
            return Refused(Why.NO_AGENCY, {"agency": one.agency})
        if one.area not in areas or not above.reaches(one.area) or one.scope == above:
            return Refused(Why.NOT_BELOW, {"area": one.area})
        if one.scope in seen:
            return Refused(Why.TWICE, {"area": one.area})
        seen.add(one.scope)
    return None


def given(
    above: OrderGiven, to: Receiver, kind: OrderKind, words: str, parent: UUID, *, now: datetime, within: int | None
) -> OrderGiven | Refused:
    """An order as it comes to a place below another one: never to be reported on later than that one."""
    by = min(above.report_by, now + timedelta(hours=within or kind.report_within))
    if by <= now:
        return Refused(Why.TOO_LATE)
    return msgspec.structs.replace(
        above, parent=parent, agency=to.agency, area=to.area, words=words,
        receive_by=min(by, now + timedelta(hours=kind.receive_within)), report_by=by,
    )  # fmt: skip


def acted(order: Order, act: Act, *, open_below: int, now: datetime) -> tuple[Fact, ...] | Refused:
    """What an act does to an order. `open_below` counts the orders sent on from it that have not ended.

    Who may is asked before. A report needs no acknowledgement before it: whoever has done it says so at once.
    """
    if order.stage.ended:
        return Refused(Why.ENDED)
    if not fits(order, name_of(act)):
        return Refused(Why.NOT_NOW)
    said = None if isinstance(act, Receive | Fulfil) else told(act.words)
    if isinstance(said, Refused):
        return said
    root = order.given.root
    match act:
        case Receive():
            return (OrderReceived(),)
        case Acknowledge():
            return (OrderAcknowledged(root, said),)
        case Report(done=done, of=of):
            return _counted(done, of) or (OrderReported(root, done, of, said),)
        case Return(hours=hours):
            return (OrderReturned(root, now + timedelta(hours=hours), said),)
        case CallBack():
            return (OrderEnded(root, fulfilled=False, words=said),)
        case Fulfil():
            still = Refused(Why.STILL_OPEN, {"number": open_below})
            return still if open_below else (OrderEnded(root, fulfilled=True, words=None),)


def _counted(done: int, of: int) -> Refused | None:
    """Why two numbers cannot be reported: a fact that says more than it may could never be read again."""
    if not 0 <= of <= MOST_COUNTED or done < 0:
        return Refused(Why.NO_NUMBER, {"most": MOST_COUNTED})
    return Refused(Why.MORE_THAN_ALL) if done > of else None


def missed(order: Order, *, now: datetime) -> tuple[Fact, ...]:
    """The hour that passed without an answer, noted once."""
    awaited = order.awaited
    if awaited is None or awaited[1] >= now:
        return ()
    fact = OrderMissed(*awaited)
    return () if fact in order.missed else (fact,)
