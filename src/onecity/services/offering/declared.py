"""What a pack says so that a listed item can be applied for: what its form asks, and what all items of a kind share.

A line is enough for an item that goes by the steps of a process as they are; whoever wants more writes the item out.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec

from onecity.casework import PROCESS, law_faults
from onecity.packs import Declared, Fault, Kind, Pack, Table, Text
from onecity.services.answers import FieldType
from onecity.services.bounds import Bound
from onecity.services.checking import FIELD, ITEM, vague
from onecity.services.declared import Extension, Faq, Online, Remedy, TimeLimit
from onecity.services.forms import FileType
from onecity.services.listing import LISTED_ITEM, Demands, LegalUnit, listing_of
from onecity.services.listing.declared import Id

_CHOICE: Final = re.compile(r"([a-z][a-z0-9_]*)=([^|；]+)\|([^|；]+)")
"""How a cell writes one of the choices: its value, its Chinese, its English."""

_BETWEEN: Final = "；"
"""Stands between two choices."""


class Template(msgspec.Struct, frozen=True):
    """What all offered items share that go by one process; its id is that of the process.

    `online` is what can be done without coming. `unnamed` is the limit of an item for which no law names one,
    `extension` by how much the head may lengthen the general limit of permits. `hint` says what a good file of any
    material is, `accept` are the types of file that are taken. `why` is why the form asks what no line gives a reason
    for.
    """

    name: Text
    online: Annotated[tuple[Online, ...], msgspec.Meta(min_length=1)]
    remedy: Remedy
    unnamed: TimeLimit
    hint: Text
    why: Text
    accept: Annotated[tuple[FileType, ...], msgspec.Meta(min_length=1)]
    extension: Extension | None = None


class OfferedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A listed item by its `id`, as it is offered online: `plain` says what somebody gets of it.

    `asks` are ids of fields with a space between. `visits` is how often the person must come, `why_visit` what for.
    """

    id: Id
    plain: Text
    asks: str
    faq: Faq
    visits: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0
    why_visit: Text | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that its form asks."""
        return tuple(self.asks.split())


class OfferedItems(Table[OfferedItem], frozen=True):
    """The listed items that can be applied for by the template of their process."""


class ShortField(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact for which one line is enough, by its `id`; `why` is why a form may ask it.

    Unit of a number: `unit`. `choices` are written `value=中文|English` with ； between. `good` is an example of a good
    answer; a street needs none, that of a day may lie anywhere. `after` is as of a field.
    """

    id: Id
    ask: Text
    type: FieldType
    section: str
    why: Text
    hint: Text | None = None
    unit: Text | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    not_before: Bound | None = None
    not_after: Bound | None = None
    choices: str = ""
    good: str = ""
    after: str = ""

    @property
    def offered(self) -> tuple[tuple[str, Text], ...]:
        """The choices, each by its value; what cannot be read is left out, and a fault tells of it."""
        found = (_CHOICE.fullmatch(one.strip()) for one in self.choices.split(_BETWEEN))
        return tuple((one[1], Text(one[2].strip(), one[3].strip())) for one in found if one)


class ShortFields(Table[ShortField], frozen=True):
    """The facts for which one line each is enough."""


def offered_items(pack: Pack) -> Mapping[str, OfferedItem]:
    """The offered items of a pack by id."""
    return {row.id: row for one in pack.all(OFFERED_ITEM).values() for row in one.value.rows}


def short_fields(pack: Pack) -> Mapping[str, ShortField]:
    """The fields of a pack for which one line is enough, by id."""
    return {row.id: row for one in pack.all(SHORT_FIELD).values() for row in one.value.rows}


def _check_template(pack: Pack, declared: Declared[Template]) -> Iterator[Fault]:
    yield from law_faults(pack, declared)
    yield from pack.unknown(declared, "", PROCESS, declared.id)


def _check_items(pack: Pack, declared: Declared[OfferedItems]) -> Iterator[Fault]:
    listing = listing_of(pack)
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}"
        if row.id not in listing.items:
            yield from pack.unknown(declared, f"{path}.id", LISTED_ITEM, row.id, among=listing.items)
            continue
        written = pack.all(ITEM).get(row.id)
        if written is not None and not written.drawn:
            what = f"`{row.id}` is written out: it stands in {ITEM.folder}."
            yield declared.fault(f"{path}.id", what, "Take this line out.")
        for name in row.fields:
            yield from pack.unknown(declared, f"{path}.asks", FIELD, name)
        yield from vague(declared, f"{path}.plain.zh", row.plain)
        for what, mend in lacks(pack, row.id):
            yield declared.fault(f"{path}.id", what, mend)


def lacks(pack: Pack, name: str, *, conditions: bool = True) -> Iterator[tuple[str, str]]:
    """What a listed item lacks to be offered, and the way to mend it; with its `conditions` or without."""
    listing = listing_of(pack)
    row = listing.items[name]
    if not row.process:
        yield f"The list names no process for `{name}`.", "Name one there that has a template."
    elif row.process not in pack.all(TEMPLATE):
        yield f"The process `{row.process}` has no template.", f"Write {TEMPLATE.folder}/{row.process}.yaml."
    told = not conditions or bool(listing.demanded(name, Demands.CONDITION))
    if row.basis is None or row.result is None or not told:
        yield f"The list does not tell enough of `{name}`.", "Name its article, its result and its conditions there."
    limits = [one for one in (row.limit, row.local) if one is not None]
    if any(one.unit is LegalUnit.MONTHS for one in limits):
        yield "Its law counts in months, and the clock of a case counts days.", "Write the item out."


def _check_fields(pack: Pack, declared: Declared[ShortFields]) -> Iterator[Fault]:
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}"
        written = pack.all(FIELD).get(row.id)
        if written is not None and not written.drawn:
            yield declared.fault(f"{path}.id", f"The field `{row.id}` is written out.", "Take this line out.")
        yield from _choice_faults(declared, path, row)


def _choice_faults(declared: Declared[Any], path: str, row: ShortField) -> Iterator[Fault]:
    written = [one for one in row.choices.split(_BETWEEN) if one.strip()]
    if len(written) != len(row.offered):
        yield declared.fault(f"{path}.choices", "These choices cannot be read.", "Write value=中文|English；…")


TEMPLATE: Final[Kind[Template]] = Kind("template", "services/templates", Template, _check_template)
"""The templates by process."""

SHORT_FIELD: Final[Kind[ShortFields]] = Kind(
    "short_field", "services/short_fields.csv", ShortFields, _check_fields, single=True, optional=True
)
OFFERED_ITEM: Final[Kind[OfferedItems]] = Kind(
    "offered_item", "services/offered_items.csv", OfferedItems, _check_items, single=True, optional=True
)
