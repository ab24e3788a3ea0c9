"""When an application can be taken, and what it then begins."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

import msgspec

from onecity.casework import CaseOpened, Delivery, Matter, todos
from onecity.kernel.clock import Calendar, Limit
from onecity.kernel.lists import nearest
from onecity.kernel.refusal import Reason, Refused
from onecity.services.answers import Field, FieldType, read_all


class Why(Reason):
    """Why an application is not taken."""

    NO_SUCH_ITEM = "services.no_such_item"
    NO_SUCH_EVENT = "services.no_such_event"
    ANSWERS = "services.answers"
    NOT_ASKED = "services.not_asked"
    NOT_FOUND = "services.not_found"
    STILL_LACKING = "services.still_lacking"
    RUNS_ALREADY = "services.runs_already"
    NO_SUCH_MATERIAL = "services.no_such_material"
    NO_SUCH_PURPOSE = "services.no_such_purpose"
    NOT_BROUGHT = "services.not_brought"
    NOT_IN_FORCE = "services.not_in_force"
    WHOLE_ENDED = "services.whole_ended"
    NOT_YOUR_DUTY = "services.not_your_duty"
    ABOUT_OWN_WORK = "services.about_own_work"
    NOT_JOINT = "services.not_joint"
    JOINT_ONCE = "services.joint_once"
    JOINT_PASSED = "services.joint_passed"
    JOINT_DAYS = "services.joint_days"
    JOINT_REASON = "services.joint_reason"
    NOT_KNOWN = "services.not_known"
    FILE_EMPTY = "services.file_empty"
    FILE_TOO_LARGE = "services.file_too_large"
    FILE_NOT_ACCEPTED = "services.file_not_accepted"
    TOO_MANY_WORDS = "services.too_many_words"
    TOO_MANY_PEOPLE = "services.too_many_people"


class Current(msgspec.Struct, frozen=True):
    """An item of the pack in force and its process, with the versions that a case keeps, and what holds the case.

    `limit` and `spares` are those of a case on a pledge.
    """

    item: str
    item_version: str
    process: str
    process_version: str
    agency: str
    matter: Matter
    limit: Limit | None = None
    spares: tuple[str, ...] = ()

    @property
    def first_law(self) -> str:
        """The article behind the first step, as the letter of receipt cites it."""
        process = self.matter.process
        return process.steps[process.begins[0]].because.citation


def taken(fields: Mapping[str, Field], typed: Mapping[str, str], *, on: date) -> dict[str, str] | Refused:
    """The canonical answers, or the fields that are wrong `on` the day of the application."""
    answers, wrong = read_all(fields, typed, on=on)
    if wrong:
        names, what = tuple(fault.field for fault in wrong), tuple(str(fault.wrong) for fault in wrong)
        return Refused(Why.ANSWERS, {"fields": names, "faults": what, "number": len(wrong)})
    return answers


def not_asked(fields: Iterable[str], typed: Mapping[str, str]) -> Refused | None:
    """Why answers are not taken that nobody asked for: whoever wrote one meant another question.

    >>> not_asked(["shop_name"], {"shopname": "拾味小馆"}).details["meant"]
    ('shop_name',)
    """
    known = tuple(fields)
    strange = tuple(name for name in typed if name not in known)
    if not strange:
        return None
    return Refused(Why.NOT_ASKED, {"fields": strange, "meant": nearest(strange, known), "number": len(strange)})


T = TypeVar("T")


def changed(before: Mapping[str, T], now: Mapping[str, T]) -> dict[str, T]:
    """The answers or materials that are new or different."""
    return {name: one for name, one in now.items() if before.get(name) != one}


def lies_in(fields: Mapping[str, Field], answers: Mapping[str, str], *, city: str) -> str:
    """The area in which a matter lies: the first street that the answers name, else all of the city."""
    streets = (answers[name] for name, field in fields.items() if field.type is FieldType.STREET and name in answers)
    return next(streets, city)


def case_of(
    current: Current, calendar: Calendar, *, affair: UUID, subject: UUID, area: str, received: date,
    after: tuple[UUID, ...] = (), delivery: Delivery = Delivery.ONLINE,
) -> CaseOpened:  # fmt: skip
    """The case with which an item of an application begins; one that waits for others opens nothing yet."""
    return CaseOpened(
        matter=current.item,
        matter_version=current.item_version,
        process=current.process,
        process_version=current.process_version,
        affair=affair,
        subject=subject,
        agency=current.agency,
        area=area,
        received=received,
        opens=() if after else todos(current.matter.process, current.matter.process.begins, calendar, since=received),
        after=after,
        delivery=delivery,
        limit=current.limit,
        spares=current.spares,
    )


def way_of(how: Delivery, ways: Sequence[Delivery]) -> Delivery:
    """The way on which the result of one of several items goes: whoever wants paper by post and cannot have it so gets
    it at the counter.

    >>> way_of(Delivery.POST, (Delivery.ONLINE, Delivery.COUNTER)).value
    'counter'
    """
    if how is not Delivery.POST or how in ways:
        return how
    return Delivery.COUNTER if Delivery.COUNTER in ways else Delivery.ONLINE


def together(fields: Sequence[Mapping[str, Field]]) -> dict[str, Field]:
    """The union of what several items ask: each fact once, in the order in which it is first asked."""
    found: dict[str, Field] = {}
    for one in fields:
        found.update({name: field for name, field in one.items() if name not in found})
    return found
