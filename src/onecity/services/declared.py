"""What a pack says about services: the facts that forms ask for, and the items of the implementation list."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from onecity.casework import PROCESS, Because
from onecity.kernel.clock import Limit, Unit
from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.people import AGENCY
from onecity.places import Places, places_of
from onecity.services.answers import Choice, Field, FieldType, StreetChoice, faults
from onecity.services.forms import MATERIAL, SECTION


class Permits(StrEnum):
    """What kind of power an item exercises, as far as somebody may apply for it.

    Source: GB/T 39554.1-2020; penalties, force and inspection are not started by an applicant.
    """

    PERMIT = "permit"
    CONFIRMATION = "confirmation"
    BENEFIT = "benefit"
    ADJUDICATION = "adjudication"
    REWARD = "reward"
    FILING = "filing"
    OTHER = "other"
    PUBLIC_SERVICE = "public_service"


class ForWhom(StrEnum):
    """Whose affair it can be."""

    PERSON = "person"
    FIRM = "firm"


class TimeLimit(msgspec.Struct, frozen=True):
    """The days that the law gives, with the article; `promised` may only be fewer."""

    number: Annotated[int, msgspec.Meta(ge=0, le=400)]
    unit: Unit
    because: Because
    promised: Annotated[int, msgspec.Meta(ge=0, le=400)] | None = None

    @property
    def limit(self) -> Limit:
        """The limit that counts: the promise, else the law's."""
        return Limit(self.number if self.promised is None else self.promised, self.unit)


class Asked(msgspec.Struct, frozen=True):
    """A fact that an item needs, and why it may ask for it."""

    field: str
    because: Text


class Origin(StrEnum):
    """Where the demand for a material comes from; an `example` is shown as one."""

    LAW = "law"
    FOUND = "found"
    EXAMPLE = "example"


class Needed(msgspec.Struct, frozen=True):
    """A material that an item needs, why, and by which article."""

    material: str
    why: Text
    origin: Origin
    because: Because | None = None


class Remedy(msgspec.Struct, frozen=True):
    """Where and until when a decision can be contested."""

    reconsideration_days: int
    suit_months: int
    because: Because


class ItemExample(msgspec.Struct, frozen=True):
    """Answers, and `complete` or the field that is wrong."""

    given: Mapping[str, str]
    gives: str
    because: str


class Item(msgspec.Struct, frozen=True):
    """An item of the implementation list (实施清单). `gives` is the material that its result is for other items."""

    name: Text
    plain: Text
    kind: Permits
    subject: ForWhom
    agency: str
    process: str
    basis: Because
    limit: TimeLimit
    result: Text
    remedy: Remedy
    asks: Annotated[tuple[Asked, ...], msgspec.Meta(min_length=1)]
    examples: Annotated[tuple[ItemExample, ...], msgspec.Meta(min_length=1)]
    needs: tuple[Needed, ...] = ()
    gives: str | None = None


def _check_field(pack: Pack, declared: Declared[Field]) -> Iterator[Fault]:
    field = _knowing(declared.value, pack)
    if field.section is not None:
        yield from pack.unknown(declared, "section", SECTION, field.section)
    if (field.type is FieldType.CHOICE) != bool(declared.value.choices):
        yield declared.fault("type", "Choices belong to a choice.", "Write `choices`, or change `type`.")
    if field.type is not FieldType.NUMBER and (field.least, field.most, field.unit) != (None, None, None):
        yield declared.fault("type", "Only a number has a unit and bounds.", "Remove them, or change `type`.")
    if field.type is FieldType.NUMBER and field.unit is None:
        yield declared.fault("type", "A number has a unit.", "Write `unit`.")
    for index, example in enumerate(field.examples):
        found = field.read(example.given)
        shown = found.value if isinstance(found, StrEnum) else "good"
        if shown.removeprefix("answers.") != example.gives:
            what = f"This example does not hold: {shown.removeprefix('answers.')}, not {example.gives}."
            yield declared.fault(f"examples.{index}", what, "Mend the field or the example.")


def street_choices(places: Places) -> tuple[Choice, ...]:
    """Every street of a city as an answer, county by county."""
    found: list[Choice] = []
    for county, streets in places.streets():
        for street in streets:
            name = " ".join(places.chain(street.code))
            # No source has English names, so both languages show the Chinese one.
            found.append(StreetChoice(street.code, Text(name, name), county.name, *places.period(street.code)))
    return tuple(found)


def _knowing(field: Field, pack: Pack) -> Field:
    """The field; one that asks for a street knows those of the city."""
    if field.type is not FieldType.STREET:
        return field
    return msgspec.structs.replace(field, choices=street_choices(places_of(pack)))


def fields_in(pack: Pack) -> dict[str, Field]:
    """Every field of a pack, ready to read answers."""
    return {name: _knowing(declared.value, pack) for name, declared in pack.all(FIELD).items()}


def fields_of(known: Mapping[str, Field], item: Item) -> dict[str, Field]:
    """The fields that an item asks for, in its order."""
    return {asked.field: known[asked.field] for asked in item.asks}


def _check_item(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    item = declared.value
    yield from pack.unknown(declared, "agency", AGENCY, item.agency)
    yield from pack.unknown(declared, "process", PROCESS, item.process)
    missing = [
        fault
        for index, asked in enumerate(item.asks)
        for fault in pack.unknown(declared, f"asks.{index}.field", FIELD, asked.field)
    ]
    yield from missing
    yield from _material_faults(pack, declared)
    promised = item.limit.promised
    if promised is not None and promised > item.limit.number:
        yield declared.fault("limit.promised", "A promise is never longer than the law.", "Shorten or remove it.")
    if not missing:
        yield from _broken_examples(pack, declared)


def _material_faults(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    item = declared.value
    if item.gives is not None:
        yield from pack.unknown(declared, "gives", MATERIAL, item.gives)
    for index, needed in enumerate(item.needs):
        yield from pack.unknown(declared, f"needs.{index}.material", MATERIAL, needed.material)
        if needed.material == item.gives:
            yield declared.fault(f"needs.{index}", "An item cannot need its own result.", "Remove it.")
        if (needed.because is None) != (needed.origin is Origin.EXAMPLE):
            mend = "Write `because`, or say `origin: example`."
            yield declared.fault(f"needs.{index}", "A material has an article, or it is an example.", mend)


def _broken_examples(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    known = pack.all(FIELD)
    fields = {asked.field: _knowing(known[asked.field].value, pack) for asked in declared.value.asks}
    for index, example in enumerate(declared.value.examples):
        wrong = [fault.field for fault in faults(fields, example.given)] or ["complete"]
        if wrong != [example.gives]:
            what = f"This example does not hold: {', '.join(wrong)}, not {example.gives}."
            yield declared.fault(f"examples.{index}", what, "Mend the item or the example.")


FIELD: Kind[Field] = Kind("field", "services/fields", Field, _check_field)
ITEM: Kind[Item] = Kind("item", "services/items", Item, _check_item)
