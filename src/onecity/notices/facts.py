"""What can happen to a letter. Each letter is a history of its own."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from onecity.ledger import Fact, FactType, Personal


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
    """The person it is for opened it."""


FACTS = (
    FactType("notices.sent", LetterSent),
    FactType("notices.opened", LetterOpened),
)
