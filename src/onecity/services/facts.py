"""What can happen to an application."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from onecity.ledger import Fact, FactType, Personal


class Branch(msgspec.Struct, frozen=True):
    """One item of an application, in its version, and the case that handles it.

    `pack` is the version of the city's declarations under which it began: what was asked then stays readable.
    """

    item: str
    version: str
    case: UUID
    pack: str | None = None


class Taken(msgspec.Struct, frozen=True):
    """Where an answer was taken from with its person's consent: the register, and the code of the row as it was."""

    register: str
    row: str


class Applied(Fact, frozen=True):
    """Somebody applied. `number` is what the receipt shows; the answers hold every field once.

    `materials` are the hashes of the sealed files that were there on that day, by material; `licences` those that show
    what a material would show, so that nobody brings a copy.
    `area` is the street that the answers name first, else the whole city.
    `event` is the life event that bundled the items, in its version, if one did. `known` names the answers that came
    from registers.
    """

    subject: UUID
    number: str
    area: str
    branches: tuple[Branch, ...]
    answers: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept="as long as its cases, archives law")]
    materials: Mapping[str, str] = {}
    licences: Mapping[str, UUID] = {}
    event: str | None = None
    event_version: str | None = None
    known: Mapping[str, Taken] = {}


class Supplemented(Fact, frozen=True):
    """The person brought what a case lacked: `answers` are those that changed, `materials` and `licences` what came."""

    subject: UUID
    case: UUID
    answers: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept="as long as its cases, archives law")]
    materials: Mapping[str, str] = {}
    licences: Mapping[str, UUID] = {}


class AppliedAgain(Fact, frozen=True):
    """The person applied once more for an item that was not granted; `answers` and `licences` hold what changed."""

    subject: UUID
    branch: Branch
    answers: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept="as long as its cases, archives law")]
    materials: Mapping[str, str] = {}
    licences: Mapping[str, UUID] = {}


class JointExtended(Fact, frozen=True):
    """The head of government lengthened the joint limit, once. Source: 行政许可法 article 42 ¶2."""

    days: int
    granted: date
    subject: UUID
    reason: Annotated[str | None, Personal(subject="subject", kept="as long as its cases, archives law")]


class WholeEnded(Fact, frozen=True):
    """The project of which the application is a part was freed for others: nothing more of it is applied for."""

    project: UUID


def _without_licences(data: dict[str, Any]) -> dict[str, Any]:
    """Before 2026-11-26 nothing that was added to an application relied on a licence in a way that was written down."""
    return {**data, "licences": {}}


def _without_registers(data: dict[str, Any]) -> dict[str, Any]:
    """Before 2026-11-26 every answer was typed."""
    return {**data, "known": {}}


FACTS: Final = (
    FactType("services.applied", Applied, version=2, upcasts={1: _without_registers}),
    FactType("services.supplemented", Supplemented, version=2, upcasts={1: _without_licences}),
    FactType("services.applied_again", AppliedAgain, version=2, upcasts={1: _without_licences}),
    FactType("services.joint_extended", JointExtended),
    FactType("services.whole_ended", WholeEnded),
)
