"""What can happen to a letter, to the way in which letters reach a person, and on the public board."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from onecity.ledger import Basis, Fact, FactType, Personal


class PostChannel(StrEnum):
    """By what a letter leaves the house, beside lying in the inbox."""

    SMS = "sms"
    EMAIL = "email"


class PostEnd(StrEnum):
    """How a delivery ended: the next house took it, it was tried too often, or there is no such address."""

    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    REFUSED = "refused"


class LetterSent(Fact, frozen=True):
    """A letter lies in a person's inbox.

    `kind` names the sentences, `facts` fill them and say nothing personal; `words` are what somebody wrote to this
    person. `about` is the affair, `sender` the agency, `law` the article behind the letter.
    """

    to: UUID
    kind: str
    about: UUID
    sender: str
    facts: Mapping[str, str]
    words: Annotated[Mapping[str, str] | None, Personal(subject="to", kept="while the affair it belongs to is kept")]
    law: str = ""


class LetterOpened(Fact, frozen=True):
    """The person it is for opened it, or somebody who acts for them."""


class LetterDelivered(Fact, frozen=True):
    """Telling the person of a letter by a channel came to its end, good or bad.

    `simulated` stays true of it for ever: nothing left the house.
    """

    channel: PostChannel
    state: PostEnd
    simulated: bool


class PostChosen(Fact, frozen=True):
    """A person chose by what they are told that a letter is there; without channels it waits in the inbox.

    `tells_matter` lets the message name the matter, which anybody may read on a locked screen.
    """

    person: UUID
    channels: tuple[PostChannel, ...]
    email: Annotated[str | None, Personal(subject="person", kept="nothing", basis=Basis.NOTHING)]
    tells_matter: bool
    lang: str


class NoticePublished(Fact, frozen=True):
    """A notice hangs on the public board. It says nothing that leads to a person.

    `kind` names the sentences and `facts` fill them; `about` is what the city itself finds the cause by, and is shown
    to nobody.
    """

    kind: str
    facts: Mapping[str, str]
    about: UUID
    agency: str
    law: str


FACTS = (
    FactType("notices.sent", LetterSent),
    FactType("notices.opened", LetterOpened),
    FactType("notices.delivered", LetterDelivered),
    FactType("notices.post_chosen", PostChosen),
    FactType("notices.published", NoticePublished),
)
