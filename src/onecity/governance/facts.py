"""What can happen to a report, a history of its own, and what governance adds to the history of a case."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.governance.declared import MatterCode
from onecity.ledger import Fact, FactType, Personal

_KEPT: Final = "as long as the case, archives law"


class Source(StrEnum):
    """Who brought it: somebody from the street, the hotline 12345, an inspector, a program of somebody else."""

    CITIZEN = "citizen"
    HOTLINE = "hotline"
    PATROL = "patrol"
    PROGRAM = "program"


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place on the ground, WGS-84. Units: degrees; `within` is the error in metres, if the device told it."""

    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    within: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None


class Reported(Fact, frozen=True):
    """Somebody reported something; `subject` is who, or the report itself if they did not say who they are.

    `case` is the case that it opened. `cell` is the grid cell of the place, which the public may see. `photos` are
    sealed under the subject's key and named by their hashes. Whoever reported hears by `answer_by` what became of it.
    """

    subject: UUID
    case: UUID
    number: str
    source: Source
    matter: MatterCode
    area: str
    cell: str | None
    answer_by: date
    point: Annotated[Point | None, Personal(subject="subject", kept=_KEPT)]
    address: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]
    words: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]
    contact: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]
    photos: tuple[str, ...] = ()


class Alike(msgspec.Struct, frozen=True):
    """What two reports have in common, as an officer saw it: how far apart, and how long after each other."""

    metres: int | None
    hours: int | None


class Joined(Fact, frozen=True):
    """An officer found that a report is about a case that was open already: whoever reported follows that one now."""

    case: UUID
    alike: Alike


class Parted(Fact, frozen=True):
    """The joining was wrong; the report follows a case of its own again, which begins as the report once did."""

    case: UUID
    number: str
    source: Source
    matter: MatterCode
    area: str
    cell: str | None
    answer_by: date


class Filed(Fact, frozen=True):
    """A case was filed under a condition: what it is, where, how soon, and whose by the rule. `point` is that of the
    thing, as an officer confirmed it; `lead` is None where the rule knows nobody.
    """

    condition: str
    condition_version: str
    matter: MatterCode
    zone: str
    cell: str | None
    point: Point | None
    lead: str | None
    urgent: bool


class Evidenced(Fact, frozen=True):
    """An officer brought photographs of a step; `at` is where the device was, `metres` how far from the thing."""

    step: str
    photos: tuple[str, ...]
    metres: int | None


class Sighting(StrEnum):
    """What somebody found where a problem should be."""

    AS_REPORTED = "as_reported"
    NOT_FOUND = "not_found"
    RIGHT = "right"
    UNREACHABLE = "unreachable"


class Located(StrEnum):
    """Who says how far from the problem somebody stood: their device, or they themselves."""

    DEVICE = "device"
    OFFICER = "officer"


class CheckedIn(Fact, frozen=True):
    """An officer stood at the place of a step that waits, and looked. It moves nothing and is counted nowhere.

    `metres` is how far from the problem they stood, as a figure: where they stood and how they came is in no fact.
    `reason` says why the place could not be reached. Photographs are sealed under the subject's key.
    """

    step: str
    subject: UUID
    seen: Sighting
    reason: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]
    photos: tuple[str, ...]
    metres: int | None
    located: Located | None


FACTS: Final = (
    FactType("governance.reported", Reported),
    FactType("governance.joined", Joined),
    FactType("governance.parted", Parted),
    FactType("governance.filed", Filed),
    FactType("governance.evidenced", Evidenced),
    FactType("governance.checked_in", CheckedIn),
)
