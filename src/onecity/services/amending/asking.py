"""The questions of an item as an officer puts them together: some that the pack asks already, and new short ones.

Pure. What is wrong stands at the field of the form in which it was typed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from onecity.kernel.refusal import Refused
from onecity.packs import Pack, Text
from onecity.services.amending.facts import NewQuestion
from onecity.services.amending.rules import LONGEST, Why, wrong_texts
from onecity.services.answers import FieldType, Wrong
from onecity.services.checking import FIELD
from onecity.services.forms import SECTION
from onecity.services.offering import ShortField, field_of

MOST_ASKED: Final = 40
"""Questions of one form; the longest of the shipped ones has half as many."""
PLACED: Final = "new_"
"""How the fields of a new question begin in a form; behind it stands the number with which its id ends."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_CHOICE: Final = re.compile(r"\s*([^|=；]+?)\s*\|\s*([^|；]+?)\s*")
_NO_SIGN: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_ID: Final = 48
_FEWEST_CHOICES: Final = 2
_DAYS: Final[Mapping[str, tuple[str | None, str | None]]] = {
    "": (None, None),
    "past": (None, "today"),
    "ahead": ("today", None),
}
"""The first and the last day that an answer may name, by what an officer chose."""
_GIVEN: Final = frozenset({FieldType.TEXT, FieldType.NUMBER, FieldType.DATE})
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
    return f"{item[:_LONGEST_ID].rstrip('_')}_{number}"


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
        value = _NO_SIGN.sub("_", read[2].lower()).strip("_")[:_LONGEST_ID] or "c"
        value = value if value[0].isalpha() else f"c_{value}"
        same = sum(one == value or one.startswith(f"{value}_") for one in found)
        found[f"{value}_{same + 1}" if value in found else value] = Text(read[1], read[2])
    return tuple(found.items())


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
    number = one.type == FieldType.NUMBER
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
