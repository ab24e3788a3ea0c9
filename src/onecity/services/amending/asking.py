"""The questions of an item as an officer puts them together: some that the pack asks already, and new short ones.

Pure. What is wrong stands at the field of the form in which it was typed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import Final

import msgspec

from onecity.kernel.ids import slug
from onecity.kernel.refusal import Refused
from onecity.packs import Pack, Text
from onecity.services.amending.facts import Amending, NewQuestion
from onecity.services.amending.lines import Added
from onecity.services.amending.rules import LONGEST, LONGEST_ID, Why, amended, wrong_texts
from onecity.services.answers import Field, FieldType, Wrong
from onecity.services.checking import FIELD
from onecity.services.declared import Asked, Item, ItemExample
from onecity.services.forms import SECTION
from onecity.services.offering import SHORT_FIELD, TEMPLATE, ShortField, field_of, short_fields
from onecity.services.quality import COMPLETE

MOST_ASKED: Final = 40
"""Questions of one form; the longest of the shipped ones has half as many."""
PLACED: Final = "new_"
"""How the fields of a new question begin in a form; behind it stands the number with which its id ends."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_CHOICE: Final = re.compile(r"\s*([^|=；]+?)\s*\|\s*([^|；]+?)\s*")
_FEWEST_CHOICES: Final = 2
_DAYS: Final[Mapping[str, tuple[str | None, str | None]]] = {
    "": (None, None),
    "past": (None, "today"),
    "ahead": ("today", None),
}
"""The first and the last day that an answer may name, by what an officer chose."""
_GIVEN: Final = frozenset({FieldType.TEXT, FieldType.NUMBER, FieldType.COUNT, FieldType.DATE})
"""Types of which only a person can give a good answer; the others have one by themselves."""


def place_of(question: NewQuestion) -> str:
    """How the fields of a new question begin in a form.

    >>> said = Text("", "")
    >>> place_of(NewQuestion("toy_shop_2", said, "text", "", said, said, said))
    'new_2'
    """
    return PLACED + question.id.rpartition("_")[2]


def id_for(item: str, number: int) -> str:
    """The id of a new question of an item."""
    return f"{item[:LONGEST_ID].rstrip('_')}_{number}"


def short_field(question: NewQuestion) -> ShortField:
    """The line of a new question in which nothing is wrong."""
    first, last = _DAYS[question.when]
    return ShortField(
        question.id, question.ask, FieldType(question.type), question.section, question.why,
        hint=_said(question.hint), unit=_said(question.unit), least=_number(question.least),
        most=_number(question.most), not_before=first, not_after=last,
        choices="；".join(f"{value}={say.zh}|{say.en}" for value, say in choices_in(question.choices)),
        good=_good(question),
    )  # fmt: skip


def choices_in(lines: Sequence[str]) -> tuple[tuple[str, Text], ...]:
    """The choices of some lines, each with a value of its own, made of its English.

    >>> [value for value, _ in choices_in(("新办 | New", "换证 | New!", "7 天 | 7 days"))]
    ['new', 'new_2', 'c_7_days']
    """
    found: dict[str, Text] = {}
    for read in filter(None, map(_CHOICE.fullmatch, lines)):
        value = slug(read[2])[:LONGEST_ID] or "c"
        value = value if value[0].isalpha() else f"c_{value}"
        free = (f"{value}_{number}" for number in count(2))
        found[value if value not in found else next(one for one in free if one not in found)] = Text(read[1], read[2])
    return tuple(found.items())


def lines_of_questions(questions: Sequence[NewQuestion]) -> Added:
    """The lines of new questions in which nothing is wrong."""
    places = [{"": f"{at}_ask_zh"} | _parts(at) for at in map(place_of, questions)]
    return Added(SHORT_FIELD, [short_field(one) for one in questions], places)


def _parts(at: str) -> dict[str, str]:
    """The fields of a form in which the parts of a line were typed."""
    parts = {name: f"{at}_{name}" for name in ("type", "section", "least", "most", "choices", "good")}
    return parts | {name: f"{at}_{name}_zh" for name in ("ask", "why", "hint", "unit")}


def asked_after(pack: Pack, item: Item, typed: Amending) -> Item:
    """An item with the questions that an officer put together, whether or not they may be; the others stay as they are.

    What is asked already keeps its reason. What other items ask gets the reason of its line, or of the template.
    """
    if typed.asks is None or item.template is None or typed.asks == asked_by(item):
        return item
    known = {one.field: one.because for one in item.asks}
    new = {one.id: one for one in typed.questions}
    lines, template = short_fields(pack), pack.all(TEMPLATE)[item.template].value
    reasons = {name: lines[name].why if name in lines else template.why for name in typed.asks}
    reasons |= {name: one.why for name, one in new.items()} | known
    fields = {name: one.value for name, one in pack.all(FIELD).items()}
    fields |= {name: field_of(short_field(one), pack) for name, one in new.items()}
    given = {name: _example_of(fields[name]) for name in typed.asks if name in fields}
    examples = (ItemExample(given, COMPLETE, "each field as its own example answers it"),)
    asks = tuple(Asked(name, reasons[name]) for name in typed.asks)
    return msgspec.structs.replace(item, asks=asks, examples=examples)


def asked_by(item: Item) -> tuple[str, ...]:
    """The ids of what an item asks, in its order."""
    return tuple(one.field for one in item.asks)


def _example_of(field: Field) -> str:
    return next((one.given for one in field.examples if one.gives == "good"), "")


def amended_item(pack: Pack, item: Item, typed: Amending) -> Item | Refused:
    """The item as it is to read and to ask, or the first thing that forbids it, with the field at which it is shown."""
    if typed.asks is not None and typed.asks != asked_by(item):
        if item.template is None:
            return Refused(Why.WRITTEN_OUT, {"field": "q"})
        if wrong := next(wrong_asked(pack, typed.asks, typed.questions), None):
            return wrong
    after = asked_after(pack, item, typed)
    found = amended(after, typed)
    nothing = isinstance(found, Refused) and found.reason is Why.NOTHING_NEW
    return after if nothing and after != item else found


def item_after(pack: Pack, item: Item, typed: Amending) -> Item:
    """The same, of what was proposed and could be."""
    after = asked_after(pack, item, typed)
    found = amended(after, typed)
    return found if isinstance(found, Item) else after


def wrong_asked(pack: Pack, asks: Sequence[str], questions: Sequence[NewQuestion]) -> Iterator[Refused]:
    """What is wrong with the questions of an item, those of the pack and new ones."""
    new = {one.id for one in questions}
    if not 1 <= len(asks) <= MOST_ASKED:
        yield Refused(Why.NOTHING_ASKED, {"field": "q", "most": MOST_ASKED})
    if len(set(asks)) < len(asks) or any(name not in new and name not in pack.all(FIELD) for name in asks):
        yield Refused(Why.NO_SUCH_FIELD, {"field": "q"})
    for one in questions:
        yield from _wrong_question(pack, one)


def _wrong_question(pack: Pack, one: NewQuestion) -> Iterator[Refused]:
    at = place_of(one)
    if one.id in pack.all(FIELD):
        yield Refused(Why.NO_SUCH_FIELD, {"field": f"{at}_ask_zh"})
    texts = [("ask", one.ask), ("why", one.why)]
    texts += [(name, text) for name, text in (("hint", one.hint), ("unit", one.unit)) if text.zh or text.en]
    yield from wrong_texts([(f"{at}_{name}", text) for name, text in texts], ())
    if one.section not in pack.all(SECTION):
        yield Refused(Why.NO_SECTION, {"field": f"{at}_section"})
    if one.type not in tuple(FieldType):
        yield Refused(Why.NO_TYPE, {"field": f"{at}_type"})
        return
    bounds = list(_wrong_bounds(one, at))
    yield from bounds
    yield from _wrong_choices(one, at)
    if not bounds and one.when in _DAYS and not _answers(pack, one):
        yield Refused(Why.BAD_EXAMPLE, {"field": f"{at}_good"})


def _wrong_bounds(one: NewQuestion, at: str) -> Iterator[Refused]:
    """A number has a unit, and bounds in their order; nothing else has any. A day has those that can be chosen."""
    number = FieldType(one.type).is_number
    if number and not one.unit.zh:
        yield Refused(Why.NO_UNIT, {"field": f"{at}_unit_zh"})
    for name in ("least", "most"):
        typed = getattr(one, name)
        if typed and not number:
            yield Refused(Why.NOT_FOR_THIS, {"field": f"{at}_{name}"})
        elif typed and not _NUMBER.fullmatch(typed):
            yield Refused(Why.NO_NUMBER, {"field": f"{at}_{name}"})
    if one.unit.zh and not number:
        yield Refused(Why.NOT_FOR_THIS, {"field": f"{at}_unit_zh"})
    least, most = _number(one.least), _number(one.most)
    if least is not None and most is not None and least > most:
        yield Refused(Why.TURNED_ROUND, {"field": f"{at}_most"})
    if one.when not in _DAYS or (one.when and one.type != FieldType.DATE):
        yield Refused(Why.NOT_FOR_THIS, {"field": f"{at}_when"})


def _wrong_choices(one: NewQuestion, at: str) -> Iterator[Refused]:
    if one.type == FieldType.CHOICE:
        read = choices_in(one.choices)
        if len(read) < len(one.choices) or len(read) < _FEWEST_CHOICES:
            yield Refused(Why.NO_CHOICES, {"field": f"{at}_choices", "least": _FEWEST_CHOICES})
        if any(len(line) > LONGEST for line in one.choices):
            yield Refused(Why.TOO_LONG, {"field": f"{at}_choices", "most": LONGEST})
    elif one.choices:
        yield Refused(Why.NOT_FOR_THIS, {"field": f"{at}_choices"})


def _answers(pack: Pack, one: NewQuestion) -> bool:
    """Whether the example of a good answer is one; the types that have one by themselves need none."""
    if one.type not in _GIVEN:
        return True
    row = short_field(one)
    return not isinstance(field_of(row, pack).read(row.good), Wrong)


def _good(question: NewQuestion) -> str:
    """A good answer: what was typed, or what its type has by itself; a street needs none."""
    if question.type == FieldType.YES_NO:
        return "yes"
    if question.type == FieldType.CHOICE:
        return next((value for value, _ in choices_in(question.choices)), "")
    return "" if question.type == FieldType.STREET else question.good


def _said(text: Text) -> Text | None:
    return text if text.zh else None


def _number(typed: str) -> Decimal | None:
    return Decimal(typed) if _NUMBER.fullmatch(typed) else None
