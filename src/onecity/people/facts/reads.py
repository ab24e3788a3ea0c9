"""What can happen to the looks at people's data: they enter the tree, people ask about them, officers answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from onecity.ledger import Basis, Fact, Personal


class ReadsRecorded(Fact, frozen=True):
    """A batch of looks entered the tree. `root` is the Merkle root over them in hex, `last` the latest of them."""

    root: str
    count: int
    last: datetime


class ReadQuestioned(Fact, frozen=True):
    """Somebody asked why their data were looked at. Who looked, in which duty and where, is quoted from the look."""

    read: UUID
    person: UUID
    reader: UUID | None
    duty: str
    agency: str
    area: str
    about: UUID
    looked: datetime
    words: Annotated[str | None, Personal(subject="person", kept="nothing", basis=Basis.NOTHING)]


class ReadAnswered(Fact, frozen=True):
    """The agency answered."""

    person: UUID
    words: Annotated[str | None, Personal(subject="person", kept="nothing", basis=Basis.NOTHING)]
