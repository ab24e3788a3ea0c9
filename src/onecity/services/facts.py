"""What can happen to an application."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import msgspec

from onecity.ledger import Fact, FactType, Personal


class Branch(msgspec.Struct, frozen=True):
    """One item of an application, in its version, and the case that handles it."""

    item: str
    version: str
    case: UUID


class Applied(Fact, frozen=True):
    """Somebody applied. `number` is what the receipt shows; the answers hold every field once.

    `materials` are the hashes of the sealed files that were there on that day, by material.
    `area` is the street that the answers name first, else the whole city.
    `event` is the life event that bundled the items, in its version, if one did.
    """

    subject: UUID
    number: str
    area: str
    branches: tuple[Branch, ...]
    answers: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept="as long as its cases, archives law")]
    materials: Mapping[str, str] = {}
    event: str | None = None
    event_version: str | None = None


FACTS = (FactType("services.applied", Applied),)
