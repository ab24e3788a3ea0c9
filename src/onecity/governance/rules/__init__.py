"""What may happen to reports and to cases of the street, beside what casework decides."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.governance.facts import Point, Source
from onecity.kernel.ids import receipt_number
from onecity.kernel.refusal import Reason, Refused

LONGEST_WORDS: Final = 1_000
"""Characters of a report."""
LONGEST_OF_A_PROGRAM: Final = 6_000
"""Characters of a report of a program. Source: GeoReport v2, 4,000 for the description; the rest are its attributes."""
MOST_PHOTOS: Final = 4
_NUMBER: Final = re.compile(r"W[0-9]{8}-[0-9A-Z]{7}")
PhotoName: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""The name under which a photograph is kept. That a name has its form does not say that there is a photograph."""


class Why(Reason):
    """Why a report or a case of the street stays where it is."""

    NO_SUCH_MATTER = "governance.no_such_matter"
    SAYS_NOTHING = "governance.says_nothing"
    NO_PLACE = "governance.no_place"
    OUTSIDE = "governance.outside"
    TOO_LONG = "governance.too_long"
    TOO_MANY_PHOTOS = "governance.too_many_photos"
    NO_SUCH_CONDITION = "governance.no_such_condition"
    NO_CONDITION = "governance.no_condition"
    NOT_FOUND = "governance.not_found"
    SAME_CASE = "governance.same_case"
    NO_EVIDENCE = "governance.no_evidence"
    OWN_COMMAND = "governance.own_command"
    NOTHING_ALIKE = "governance.nothing_alike"
    NO_SUCH_PART = "governance.no_such_part"
    OTHER_KIND = "governance.other_kind"
    PART_TOO_FAR = "governance.part_too_far"
    NO_SUCH_ANSWER = "governance.no_such_answer"
    NOTHING_SEEN = "governance.nothing_seen"
    NOT_REACHED = "governance.not_reached"
    TOO_FAR = "governance.too_far"
    NO_FIELD_TASK = "governance.no_field_task"
    FILED_BY_HAND = "governance.filed_by_hand"
    NO_SUCH_PHOTO = "governance.no_such_photo"
    OLD_PHOTO = "governance.old_photo"


class Tell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody reports: what it is, where, in their own words, and how to reach them if they wish.

    `area` is the street by its code, for whoever has no point; `address` says where on it. `matter` may be missing:
    then somebody at the centre looks what it is. Which way it came is not theirs to say.
    """

    words: str = ""
    matter: str = ""
    point: Point | None = None
    area: str = ""
    address: str = ""
    contact: str = ""
    photos: tuple[PhotoName, ...] = ()


class Found(Tell, frozen=True, forbid_unknown_fields=True):
    """What an inspector reports: also under which `condition` it can be filed at once, if they saw that it is so."""

    condition: str = ""


def told_wrongly(command: Tell, source: Source) -> Refused | None:
    """What is wrong with a report by itself; None if nothing is. `source` is the way that it came."""
    return next(faults_of(command, source), None)


def faults_of(command: Tell, source: Source) -> Iterator[Refused]:
    """Everything that is wrong with a report by itself, in the order of a form."""
    if not command.matter and not command.words.strip() and not command.photos:
        yield Refused(Why.SAYS_NOTHING)
    for field in ("words", "address", "contact"):
        of_program = source is Source.PROGRAM and field == "words"
        most = LONGEST_OF_A_PROGRAM if of_program else LONGEST_WORDS
        if len(getattr(command, field)) > most:
            yield Refused(Why.TOO_LONG, {"field": field, "most": most})
    if len(command.photos) > MOST_PHOTOS:
        yield Refused(Why.TOO_MANY_PHOTOS, {"most": MOST_PHOTOS})
    if command.point is None and not command.area:
        yield Refused(Why.NO_PLACE)


def report_number(report: UUID, received: date) -> str:
    """The number of a report, which follows from its id: W and the day, then seven signs.

    >>> report_number(UUID(int=1), date(2020, 9, 22))
    'W20200922-DJ4BTU8'
    """
    return f"W{receipt_number(report, received)}"


def is_report_number(text: str) -> bool:
    """Whether a text has the form of a report's number; that it has says nothing about whether there is one.

    >>> is_report_number("W20200922-DJ4BTU8"), is_report_number("W20200922")
    (True, False)
    """
    return _NUMBER.fullmatch(text) is not None
