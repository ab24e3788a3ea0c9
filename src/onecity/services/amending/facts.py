"""What can happen to an amendment. Nothing in it is about a person: it says what an item or a life event is to say."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias

import msgspec

from onecity.ledger import Fact, FactType
from onecity.packs import Text
from onecity.services.declared import Faq


class NewQuestion(msgspec.Struct, frozen=True):
    """A short question as an officer typed it, by the `id` that it will have. Numbers are what stood in their boxes.

    `when` is empty, `past` or `ahead`: whether a day may lie anywhere, at the latest today, or at the earliest.
    `choices` are lines of a Chinese and an English text with a | between; `good` is an example of a good answer.
    """

    id: str
    ask: Text
    type: str
    section: str
    why: Text
    hint: Text
    unit: Text
    least: str = ""
    most: str = ""
    when: str = ""
    choices: tuple[str, ...] = ()
    good: str = ""


class Amending(msgspec.Struct, frozen=True):
    """How an item is to read, as an officer typed it. `promised` is a number of days, or empty.

    `spared` are the papers that are asked no more. `asks` are the ids of its questions in their order, if they were
    touched, those of new `questions` among them.
    """

    called: Text
    plain: Text
    promised: str
    also: tuple[str, ...]
    faq: tuple[Faq, ...]
    spared: Annotated[tuple[str, ...], msgspec.Meta(description="ids of materials")] = ()
    asks: tuple[str, ...] | None = None
    questions: tuple[NewQuestion, ...] = ()


class AmendmentProposed(Fact, frozen=True):
    """An officer wrote how an item is to read. `matter_version` is what they read, `reason` why it changes."""

    matter: str
    matter_version: str
    agency: str
    typed: Amending
    reason: str


class ComposedPart(msgspec.Struct, frozen=True):
    """An item of a life event that somebody composes: always on, or where a `question` is answered with yes."""

    item: str
    question: str | None = None
    because: Text | None = None


class Composing(msgspec.Struct, frozen=True):
    """A life event as an officer composes it: its words, and its items in their order."""

    name: Text
    plain: Text
    also: tuple[str, ...]
    parts: tuple[ComposedPart, ...]


class EventComposed(Fact, frozen=True):
    """An officer composed a life event that there was not: `matter` is its id, `agency` whose it is to lead."""

    matter: str
    agency: str
    typed: Composing
    reason: str


class EventAmended(Fact, frozen=True):
    """An officer wrote how a life event is to be. `matter_version` is what they read, `agency` who leads it."""

    matter: str
    matter_version: str
    agency: str
    typed: Composing
    reason: str


class NewDemand(msgspec.Struct, frozen=True):
    """A condition or a paper (`what`) as an officer typed it. `article` is one of the item's own law, or empty."""

    what: str
    say: Text
    article: str


class Preparing(msgspec.Struct, frozen=True):
    """A listed item as an officer prepares it: what its form asks, what it demands, how often somebody must come.

    `asks` are the ids of its questions in their order, those of `questions` among them.
    """

    plain: Text
    asks: tuple[str, ...]
    questions: tuple[NewQuestion, ...]
    demands: tuple[NewDemand, ...]
    visits: str
    why_visit: Text
    faq: Faq


class ItemPrepared(Fact, frozen=True):
    """An officer prepared a listed item so that it can be applied for. `matter_version` is the line that they read."""

    matter: str
    matter_version: str
    agency: str
    typed: Preparing
    reason: str


class AmendmentPublished(Fact, frozen=True):
    """Another officer published it: the version of the pack in which it holds, and the instant from which it does."""

    version: str
    since: datetime


class AmendmentDropped(Fact, frozen=True):
    """It will not hold: its author thought better of it, or another officer did, with a reason."""

    reason: str


FACTS: Final = (
    FactType("services.amendment_proposed", AmendmentProposed),
    FactType("services.event_composed", EventComposed),
    FactType("services.event_amended", EventAmended),
    FactType("services.item_prepared", ItemPrepared),
    FactType("services.amendment_published", AmendmentPublished),
    FactType("services.amendment_dropped", AmendmentDropped),
)

Proposed: TypeAlias = AmendmentProposed | EventComposed | EventAmended | ItemPrepared
"""What an amendment may begin with."""
