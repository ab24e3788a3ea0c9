"""What can happen to a report, a history of its own, and what governance adds to the history of a case."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.governance.declared import MatterCode
from onecity.governance.masking import Mask
from onecity.governance.parts.facts import PART_FACTS
from onecity.governance.parts.model import PartNumber
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
    """What two reports have in common, as an officer saw it: how far apart, and how long after each other. Whoever
    reports themselves is told the way to the middle of the other's cell, and no more.
    """

    metres: int | None
    hours: int | None


class Joined(Fact, frozen=True):
    """An officer found that a report is about a case that was open already: whoever reported follows that one now.

    A report that followed a case which was joined itself goes along; nobody compared it, so `alike` says nothing.
    """

    case: UUID
    alike: Alike


class Followed(Fact, frozen=True):
    """Other reports follow this case from now on: its end and a joining can no longer miss each other."""

    reports: tuple[UUID, ...]


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
    thing, as an officer confirmed it; `lead` is None where the rule knows nobody. `part` is the entry of the register
    of parts that the officer named, None if nobody did.
    """

    condition: str
    condition_version: str
    matter: MatterCode
    zone: str
    cell: str | None
    point: Point | None
    lead: str | None
    urgent: bool
    part: PartNumber | None = None


class Evidenced(Fact, frozen=True):
    """An officer brought photographs of a step; `at` is where the device was, `metres` how far from the thing."""

    step: str
    photos: tuple[str, ...]
    metres: int | None


class PhotoReleased(Fact, frozen=True):
    """A person looked at a photograph and let everybody see its masked copy.

    `photo` is the original, which stays sealed, `copy` the sealed copy by which everybody asks for it, `sha256` that of
    the copy as it is shown. Of `masks` those over a face or a plate are as a `detector` in a `version` had proposed
    them, a person marked the others; `proposed` is how many it proposed, None if it gave no answer.
    """

    subject: UUID
    photo: str
    copy: str
    sha256: str
    masks: tuple[Mask, ...]
    detector: str
    version: str
    proposed: int | None


class PhotoKeptBack(Fact, frozen=True):
    """A person looked at a photograph and lets nobody else see it, because of a reason."""

    subject: UUID
    photo: str
    reason: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


class PhotoWithdrawn(Fact, frozen=True):
    """A release was taken back, because of a reason: from now on nobody is shown the copy."""

    subject: UUID
    photo: str
    copy: str
    reason: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


class Answered(Fact, frozen=True):
    """A question was answered on the spot out of the knowledge base: with which `answer`, in which version of it."""

    answer: str
    answer_version: str


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
    FactType("governance.followed", Followed),
    FactType("governance.parted", Parted),
    FactType("governance.filed", Filed),
    FactType("governance.evidenced", Evidenced),
    FactType("governance.photo_released", PhotoReleased),
    FactType("governance.photo_kept", PhotoKeptBack),
    FactType("governance.photo_withdrawn", PhotoWithdrawn),
    *PART_FACTS,
    FactType("governance.answered", Answered),
    FactType("governance.checked_in", CheckedIn),
)
