"""What can happen to an amendment. Nothing in it is about a person: everybody may read what an item says."""

from datetime import datetime
from typing import Final

from onecity.ledger import Fact, FactType


class AmendmentProposed(Fact, frozen=True):
    """An officer wrote how an item is to read. `matter_version` is what they read, `text` the declaration in YAML.

    `reason` is why, which whoever publishes it reads, and everybody who looks at the item's history.
    """

    matter: str
    matter_version: str
    agency: str
    text: str
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
    FactType("services.amendment_published", AmendmentPublished),
    FactType("services.amendment_dropped", AmendmentDropped),
)
