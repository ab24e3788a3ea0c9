"""A result on paper that goes by post: where to, when it left, and that it came back."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.casework.facts import Delivery, Todo
from onecity.ledger import Fact, FactType, Personal, Recorded

_KEPT: Final = "as long as the case, archives law"

SEND_OUT: Final = "send_out"
"""The step in which the post room of an agency sends out what was decided."""


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a result goes by post: who takes it, under which number the carrier rings, and the address in one line."""

    name: str
    phone: str
    line: str


class Carrier(StrEnum):
    """Who carries it. The city is connected to none: somebody in the post room types the number of the parcel."""

    BY_HAND = "by_hand"


class Returned(StrEnum):
    """Why the carrier brought it back."""

    UNKNOWN = "unknown"
    NOBODY = "nobody"
    DECLINED = "declined"


class DeliveryChosen(Fact, frozen=True):
    """The person said how they want the result on paper: by post to an address, or at the counter after all.

    After the end of the case `hands` is what waits then, to be done until `deliver_by`.
    """

    how: Delivery
    subject: UUID
    to: Annotated[Address | None, Personal(subject="subject", kept=_KEPT)]
    hands: Todo | None = None
    deliver_by: date | None = None


class CasePosted(Fact, frozen=True):
    """The post room gave the result to a carrier; `tracking` is the carrier's number for the parcel.

    The number is locked: with it a carrier tells where the person lives.
    """

    carrier: Carrier
    subject: UUID
    tracking: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


class PostReturned(Fact, frozen=True):
    """The carrier brought the result back; it lies at the counter until the person says where else it should go."""

    why: Returned
    hands: Todo
    deliver_by: date


class Post(msgspec.Struct, frozen=True):
    """How the result of a case reaches its person, as far as it has come.

    `to` is the address, chosen in the fact of version `choice` at the moment `chosen`; no address remains of a
    forgotten person. `left` is the moment at which `posted` went out, `returned` why it came back, until the person
    chooses anew.
    """

    way: Delivery = Delivery.ONLINE
    to: Address | None = None
    choice: int = 0
    chosen: datetime | None = None
    posted: CasePosted | None = None
    left: datetime | None = None
    returned: Returned | None = None

    def after(self, recorded: Recorded) -> "Post":
        """The same after something happened to the case."""
        match recorded.fact:
            case DeliveryChosen(how=how, to=to):
                return Post(how, to, recorded.version, recorded.at)
            case CasePosted() as posted:
                return msgspec.structs.replace(self, posted=posted, left=recorded.at)
            case PostReturned(why=why):
                return msgspec.structs.replace(self, way=Delivery.COUNTER, posted=None, left=None, returned=why)
            case _:
                return self


FACTS: Final = (
    FactType("casework.delivery_chosen", DeliveryChosen),
    FactType("casework.posted", CasePosted),
    FactType("casework.post_returned", PostReturned),
)
