"""What is wrong with an item or a field that a pack declares: references, examples, and the lint rules of the trade.

The rules are those of a real province's quality check, as far as they can be told from a declaration; each message
says what to do. `Permits` that ask for conditions nobody can check are refused by the law itself.
"""

from collections.abc import Iterator, Mapping, Set
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from onecity.casework import PROCESS, Because, ClockAct, Delivery, law_faults
from onecity.licences import LICENCE_TYPE
from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.people import AGENCY
from onecity.places import Places, places_of
from onecity.registers import REGISTER
from onecity.services.answers import Choice, Field, FieldType, StreetChoice, faults
from onecity.services.bounds import bound_day
from onecity.services.declared import Handling, Item, Online, Origin, Permits, ResultKind
from onecity.services.forms import MATERIAL, SECTION

VAGUE: Final = ("其他材料", "有关材料", "相关材料", "其他条件", "有关条件", "相关条件", "按规定", "等其他")
"""Catch-alls that no guide may hold. Source: 河南省优化营商环境条例 (2020-11-28) article 28."""

A_DAY: Final = date(2020, 1, 1)
_PAPERS: Final = (
    "证", "证明", "照", "卡", "书", "文", "批复", "表", "单", "函", "记", "号",
    "回执", "文件", "意见", "报告", "协议", "答复", "复制件", "户口簿", "码", "标牌", "号牌", "证件", "合同", "发票",
)  # fmt: skip
"""How the name of a result on paper ends."""
_NO_PAPER: Final = "登记"
"""Ends like one, and is an entry in a register."""


def _check_field(pack: Pack, declared: Declared[Field]) -> Iterator[Fault]:
    field = _knowing(declared.value, pack)
    if field.section is not None:
        yield from pack.unknown(declared, "section", SECTION, field.section)
    if field.known is not None:
        yield from pack.unknown(declared, "known.register", REGISTER, field.known.register)
        register = pack.all(REGISTER).get(field.known.register)
        if register is not None and field.known.fact not in register.value.facts:
            told = ", ".join(sorted(register.value.facts))
            what = f"This register does not tell `{field.known.fact}`."
            yield declared.fault("known.fact", what, f"It tells {told}.")
    if (field.type is FieldType.CHOICE) != bool(declared.value.choices):
        yield declared.fault("type", "Choices belong to a choice.", "Write `choices`, or change `type`.")
    if not field.type.is_number and (field.least, field.most, field.unit) != (None, None, None):
        yield declared.fault("type", "Only a number has a unit and bounds.", "Remove them, or change `type`.")
    if field.type.is_number and field.unit is None:
        yield declared.fault("type", "A number has a unit.", "Write `unit`.")
    yield from _bound_faults(declared)
    yield from _order_faults(pack, declared)
    for index, example in enumerate(field.examples):
        found = field.read(example.given, on=example.on)
        shown = found.value if isinstance(found, StrEnum) else "good"
        if shown.removeprefix("answers.") != example.gives:
            what = f"This example does not hold: {shown.removeprefix('answers.')}, not {example.gives}."
            yield declared.fault(f"examples.{index}", what, "Mend the field or the example.")


def _bound_faults(declared: Declared[Field]) -> Iterator[Fault]:
    field = declared.value
    first, last = field.not_before, field.not_after
    if field.type is not FieldType.DATE and (first, last) != (None, None):
        yield declared.fault("type", "Only a date has a first and a last day.", "Remove them, or change `type`.")
    # In any year the same: the two are counted from one day, and no leap day makes up for a whole year.
    if first is not None and last is not None and bound_day(first, on=A_DAY) > bound_day(last, on=A_DAY):
        yield declared.fault("not_after", f"No day lies between {first} and {last}.", "Write the earlier day first.")


def _order_faults(pack: Pack, declared: Declared[Field]) -> Iterator[Fault]:
    """What is wrong with the question whose day comes first: one step asks both, so that both can be mended there."""
    field, other = declared.value, pack.all(FIELD).get(declared.value.after)
    if not field.after:
        return
    yield from pack.unknown(declared, "after", FIELD, field.after)
    if other is not None and {field.type, other.value.type} != {FieldType.DATE}:
        yield declared.fault("after", "Only a day comes after another one.", "Remove it, or name a date.")
    elif other is not None and (field.section != other.value.section or other.value.after):
        what = f"`{field.after}` stands in another section, or comes after a third one."
        yield declared.fault("after", what, "Name a question of the same section that comes first.")


def periods_in(pack: Pack) -> Set[str]:
    """The questions that are one end of a period: a day that comes after another one, or that other one."""
    return pack.once(_periods)


def _periods(pack: Pack) -> Set[str]:
    fields = pack.all(FIELD).items()
    return {end for name, one in fields if one.value.after for end in (name, one.value.after)}


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
    return msgspec.structs.replace(field, choices=streets_of(pack)) if field.type is FieldType.STREET else field


def streets_of(pack: Pack) -> tuple[Choice, ...]:
    """Every street of the city of a pack as an answer."""
    return pack.once(_streets)


def _streets(pack: Pack) -> tuple[Choice, ...]:
    return street_choices(places_of(pack))


def fields_in(pack: Pack) -> dict[str, Field]:
    """Every field of a pack, ready to read answers."""
    return {name: _knowing(declared.value, pack) for name, declared in pack.all(FIELD).items()}


def fields_of(known: Mapping[str, Field], item: Item) -> dict[str, Field]:
    """The fields that an item asks for, in its order."""
    return {asked.field: known[asked.field] for asked in item.asks}


def _check_item(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    item = declared.value
    if not declared.drawn:
        # What was drawn cites what its lines and its template cite, and these were looked at.
        yield from law_faults(pack, declared)
    yield from pack.unknown(declared, "agency", AGENCY, item.agency)
    yield from pack.unknown(declared, "process", PROCESS, item.process)
    missing = [
        fault
        for index, asked in enumerate(item.asks)
        for fault in pack.unknown(declared, f"asks.{index}.field", FIELD, asked.field)
    ]
    yield from missing
    yield from _material_faults(pack, declared)
    yield from _condition_faults(declared)
    yield from _time_faults(declared)
    yield from _result_faults(pack, declared)
    yield from _visit_faults(declared)
    yield from _post_faults(pack, declared)
    yield from _fee_faults(pack, declared)
    if not missing:
        yield from _broken_examples(pack, declared)


def _material_faults(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    item = declared.value
    if item.result.material is not None:
        yield from pack.unknown(declared, "result.material", MATERIAL, item.result.material)
    for index, needed in enumerate(item.needs):
        path = f"needs.{index}"
        yield from pack.unknown(declared, f"{path}.material", MATERIAL, needed.material)
        if needed.material == item.result.material:
            yield declared.fault(path, "An item cannot need its own result.", "Remove it.")
        yield from origin_faults(declared, path, needed.origin, needed.because)
    twice = {one.material for one in item.needs if sum(one.material == two.material for two in item.needs) > 1}
    for name in sorted(twice):
        yield declared.fault("needs", f"The material `{name}` stands here twice.", "Remove one.")


def _condition_faults(declared: Declared[Item]) -> Iterator[Fault]:
    for index, condition in enumerate(declared.value.conditions):
        yield from origin_faults(declared, f"conditions.{index}", condition.origin, condition.because)
        yield from vague(declared, f"conditions.{index}.say", condition.say)
    for index, text in enumerate(declared.value.declines):
        yield from vague(declared, f"declines.{index}", text)


def vague(declared: Declared[Any], path: str, text: Text) -> Iterator[Fault]:
    """A fault if a text holds a catch-all."""
    for word in vague_words(text):
        yield declared.fault(path, f"`{word}` says nothing that a person could do.", "Name what is meant.")


def vague_words(text: Text) -> Iterator[str]:
    """The catch-alls that a text holds.

    >>> list(vague_words(Text("身份证和其他材料", "")))
    ['其他材料']
    """
    return (word for word in VAGUE if word in text.zh)


def origin_faults(declared: Declared[Any], path: str, origin: Origin, because: Because | None) -> Iterator[Fault]:
    """A fault if a demand names no article and is no example, or names one and is."""
    if (because is None) != (origin is Origin.EXAMPLE):
        mend = "Write `because`, or say `origin: example`."
        yield declared.fault(path, "A demand has an article, or it is an example.", mend)


def _time_faults(declared: Declared[Item]) -> Iterator[Fault]:
    item = declared.value
    promised = item.limit.promised
    if promised is not None and promised > item.limit.number:
        yield declared.fault("limit.promised", "A promise is never longer than the law.", "Shorten or remove it.")
    if (item.limit.limit.number == 0) != (item.handling is Handling.AT_ONCE):
        mend = "Write `handling: at_once` with zero days, or `promised` with more."
        yield declared.fault("handling", "What is done at once takes no days, and nothing else does.", mend)
    if item.ends is not None and item.ends <= item.in_force:
        yield declared.fault("ends", "It would end before it begins.", "Write a later day.")
    if item.limit.extension is not None and item.limit.limit.number == 0:
        yield declared.fault("limit.extension", "What is done at once cannot be lengthened.", "Remove it.")


def _result_faults(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    result = declared.value.result
    if result.licence is not None:
        yield from pack.unknown(declared, "result.licence", LICENCE_TYPE, result.licence)
    if result.kind is not ResultKind.NONE and not is_paper(result.name):
        mend = f"A paper's name ends with one of: {' '.join(_PAPERS)}."
        yield declared.fault("result.name", "This does not name a paper.", mend)
    if (result.kind is ResultKind.LICENCE) != (result.licence is not None):
        mend = "Write `licence`, or change `kind`."
        yield declared.fault("result", "A licence has a type, and nothing else has.", mend)


def is_paper(result: Text) -> bool:
    """Whether a result is something to have in hand, by its name; else it is a fact, or money."""
    return result.zh.endswith(_PAPERS) and not result.zh.endswith(_NO_PAPER)


def _visit_faults(declared: Declared[Item]) -> Iterator[Fault]:
    item = declared.value
    if (item.visits > 0) != (item.why_visit is not None):
        mend = "Write `why_visit`, or set `visits: 0`."
        yield declared.fault("visits", "A visit has a reason, and only a visit has.", mend)
    if item.visits == 0 and Online.ACCEPTANCE not in item.online:
        mend = "Add `acceptance` to `online`, or say how often to come."
        yield declared.fault("visits", "Nobody need come, and yet it cannot be applied for online.", mend)
    if item.visits == 0 and Delivery.ONLINE not in item.delivery:
        mend = "Add `online` to `delivery`."
        yield declared.fault("delivery", "Nobody need come, and yet the result is only at a counter.", mend)
    if item.kind is Permits.PERMIT and not item.needs and not item.promise_after_check:
        yield declared.fault(
            "needs", "A permit without any material is a filing.", "Name a material, or change `kind`."
        )


def _post_faults(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    """Only a post room sends anything out."""
    agency = pack.all(AGENCY).get(declared.value.agency)
    if Delivery.POST in declared.value.delivery and agency is not None and agency.value.post_room is None:
        what = f"The agency `{agency.id}` has no post room that could send the result."
        yield declared.fault("delivery", what, "Give the agency a `post_room`, or take `post` out of `delivery`.")


def _fee_faults(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    """A fee is demanded when the case is accepted: by an outcome that starts the clock and decides nothing yet."""
    item, processes = declared.value, pack.all(PROCESS)
    if item.fee is None or item.process not in processes:
        return
    process = processes[item.process].value
    outcomes = [outcome for step in process.steps.values() for outcome in step.outcomes.values()]
    accepts = any(one.clock is ClockAct.STARTS and one.ends is None for one in outcomes)
    if process.counts_from_receipt or not accepts:
        what = f"Nobody would be asked to pay: the process `{item.process}` has no acceptance."
        yield declared.fault("fee", what, "Take a process with one, or remove the fee.")


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
