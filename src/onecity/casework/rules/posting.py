"""Results that go by post: an address that a carrier can use, a parcel that left, one that came back."""

import re
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework.declared import APPLICANT, Process
from onecity.casework.facts import HAND_OVER, Delivery, Todo
from onecity.casework.model import Case
from onecity.casework.posting import SEND_OUT, Address, Carrier, CasePosted, DeliveryChosen, PostReturned, Returned
from onecity.casework.rules import Terms, Why
from onecity.casework.rules.deadlines import deliver_by
from onecity.casework.rules.moves import may
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact

LONGEST_NAME: Final = 50
LONGEST_LINE: Final = 120
_SHORTEST_LINE: Final = 6
_PHONE: Final = re.compile(r"1[0-9]{10}|0[0-9]{9,11}", re.ASCII)
"""A mobile number, or one of a house with its area code."""
_TRACKING: Final = re.compile(r"[A-Z0-9]{8,20}", re.ASCII)
"""Numbers of parcels as carriers print them under their bars."""


class Posting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the post room says of a parcel: the carrier's number, and by which `choice` of the person it is addressed.

    An address that changed after its sheet was printed is another choice.
    """

    tracking: str
    choice: int


def addressed(to: Address | None) -> Address | Refused:
    """An address as it goes on the sheet, or which part of it no carrier can use.

    >>> addressed(Address("林晓梅", "138 0000 0001", " 示例路 1 号 2 单元 ")).phone
    '13800000001'
    """
    name, line = (" ".join(text.split()) for text in ((to.name, to.line) if to else ("", "")))
    phone = re.sub(r"[\s-]", "", to.phone).removeprefix("+86") if to else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return Refused(Why.NO_RECIPIENT, {"most": LONGEST_NAME})
    if not _PHONE.fullmatch(phone):
        return Refused(Why.NO_PHONE)
    if not _SHORTEST_LINE <= len(line) <= LONGEST_LINE or not line.isprintable():
        return Refused(Why.NO_ADDRESS, {"least": _SHORTEST_LINE, "most": LONGEST_LINE})
    return Address(name, phone, line)


def way_chosen(how: Delivery, subject: UUID, to: Address | None) -> tuple[Fact, ...] | Refused:
    """How somebody who applies wants the result: only by post is there anything to write down."""
    if how is not Delivery.POST:
        return () if to is None else Refused(Why.ADDRESS_NOT_ASKED)
    address = addressed(to)
    return address if isinstance(address, Refused) else (DeliveryChosen(how, subject, address),)


def may_choose(case: Case, process: Process, *, by: Acting) -> Refused | None:
    """Why the author cannot say anew where the result on paper goes, whatever they say; None if they can."""
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.opened.delivery is not Delivery.POST or process.hands_over is None:
        return Refused(Why.NOT_BY_POST)
    if case.post.posted is not None:
        return Refused(Why.POSTED_ALREADY)
    return None if case.result is None or case.undelivered else Refused(Why.NOTHING_TO_DELIVER)


def chosen_anew(
    case: Case, how: Delivery, to: Address | None, *, terms: Terms, by: Acting, now: datetime
) -> tuple[Fact, ...] | Refused:
    """What happens when the person gives another address, or comes to the counter after all.

    The day of the law stays; only what had come back has a new one.
    """
    no = may_choose(case, terms.process, by=by)
    if no is not None:
        return no
    if how is Delivery.ONLINE:
        return Refused(Why.NOT_BY_POST)
    address = addressed(to) if how is Delivery.POST else None
    if isinstance(address, Refused):
        return address
    if to is not None and address is None:
        return Refused(Why.ADDRESS_NOT_ASKED)
    subject, last, today = case.opened.subject, case.deliver_by, terms.day(now)
    if last is None:
        return (DeliveryChosen(how, subject, address),)
    last = deliver_by(terms, today=today) if case.post.returned else last
    return (DeliveryChosen(how, subject, address, hands(how, terms.process, today), last),)


def posted(case: Case, parcel: Posting, *, process: Process, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when the post room gave the result to a carrier."""
    no = _not_in_post_room(case, process, by)
    if no is not None:
        return no
    if case.post.way is not Delivery.POST:
        return Refused(Why.NOT_BY_POST)
    if case.post.posted is not None:
        return Refused(Why.POSTED_ALREADY)
    if case.post.to is None or case.post.choice != parcel.choice:
        return Refused(Why.OTHER_ADDRESS)
    tracking = re.sub(r"[\s-]", "", parcel.tracking).upper()
    if not _TRACKING.fullmatch(tracking):
        return Refused(Why.NO_TRACKING)
    return (CasePosted(Carrier.BY_HAND, case.opened.subject, tracking),)


def came_back(case: Case, why: Returned, *, terms: Terms, by: Acting, now: datetime) -> tuple[Fact, ...] | Refused:
    """What happens when the carrier brings the result back: it lies at the counter, with a new day."""
    no = _not_in_post_room(case, terms.process, by)
    if no is not None:
        return no
    if case.post.posted is None:
        return Refused(Why.NOT_POSTED)
    today = terms.day(now)
    return (PostReturned(why, hands(Delivery.COUNTER, terms.process, today), deliver_by(terms, today=today)),)


def hands(how: Delivery, process: Process, today: date) -> Todo:
    """What waits for an officer when a result on paper goes a way."""
    assert process.hands_over is not None, "paper is given out only where a duty gives it out"
    return Todo(SEND_OUT if how is Delivery.POST else HAND_OVER, process.hands_over, today)


def _not_in_post_room(case: Case, process: Process, by: Acting) -> Refused | None:
    if process.hands_over is None or not may(case, process.hands_over, by):
        return Refused(Why.NOT_YOUR_DUTY)
    return None if case.undelivered else Refused(Why.NOTHING_TO_DELIVER)
