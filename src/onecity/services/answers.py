"""Reading what people type into the fields of a form: one canonical text for each fact, or what is wrong with it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Annotated, Final

import msgspec

from onecity.kernel.instants import read_day
from onecity.packs import Text
from onecity.packs.expressions import Type, Value
from onecity.places import in_force
from onecity.services.bounds import Bound, bound_day

LONGEST_TEXT = 200


_NUMBER: Final = re.compile(r"[+-]?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,9})?")
"""Digits, perhaps with a comma before each thousand: any other comma may be meant as a point."""


class FieldType(StrEnum):
    """How a fact is asked for and read."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    STREET = "street"

    @property
    def is_number(self) -> bool:
        """Whether its answers are numbers, in the unit of their field; those of a count are whole."""
        return self in (FieldType.NUMBER, FieldType.COUNT)


class Wrong(StrEnum):
    """What is wrong with an answer; each is a sentence in the words of services."""

    MISSING = "answers.missing"
    TOO_LONG = "answers.too_long"
    NOT_A_NUMBER = "answers.not_a_number"
    NOT_WHOLE = "answers.not_whole"
    TOO_SMALL = "answers.too_small"
    TOO_LARGE = "answers.too_large"
    NO_SUCH_CHOICE = "answers.no_such_choice"
    NOT_A_DAY = "answers.not_a_day"
    TOO_EARLY = "answers.too_early"
    TOO_LATE = "answers.too_late"
    BEFORE_OTHER = "answers.before_other"
    NO_SUCH_STREET = "answers.no_such_street"


class Choice(msgspec.Struct, frozen=True):
    """One of the answers that a choice offers."""

    value: Annotated[str, msgspec.Meta(pattern=r"[a-z][a-z0-9_]*", description="Write lower-case letters.")]
    say: Text


class StreetChoice(Choice, frozen=True):
    """A street of the city: its code, its full name, its county, and the days on which it is there."""

    county: str
    since: date | None = None
    until: date | None = None

    def is_offered(self, day: date) -> bool:
        """Whether the street is there on a day."""
        return in_force(day, since=self.since, until=self.until)

    def is_meant(self, text: str) -> bool:
        """Whether somebody who writes this means the street: by its code, or by its full name, blanks or none."""
        return text in (self.value, _closed_up(self.say.zh))


class FieldExample(msgspec.Struct, frozen=True):
    """What somebody types, and `good` or what is wrong with it."""

    given: str
    gives: str
    because: str
    on: date | None = None


class Known(msgspec.Struct, frozen=True):
    """Where the city has a fact already: `register` holds it, under the name of `fact`."""

    register: str
    fact: str


class Field(msgspec.Struct, frozen=True):
    """A canonical fact that forms ask for, whatever the number of items that need it; `known` tells where it is.

    `after` is another question: where both are asked, this day is that day or a later one.
    The choices of a street are those of the city's table; `declared.fields_in` puts them there.

    Units: a number is in the unit that the field declares.
    """

    ask: Text
    type: FieldType
    examples: Annotated[tuple[FieldExample, ...], msgspec.Meta(min_length=1)]
    hint: Text | None = None
    section: str | None = None
    unit: Text | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    not_before: Bound | None = None
    not_after: Bound | None = None
    choices: tuple[Choice, ...] = ()
    known: Known | None = None
    after: str = ""

    def read(self, typed: str, *, on: date | None = None) -> str | Wrong:
        """The canonical text of an answer, or what is wrong with it; `on` a day only what is right on it, within the
        bounds that are counted from it.
        """
        # Full-width digits and letters are what Chinese keyboards give; they mean the same.
        text = unicodedata.normalize("NFKC", typed).strip()
        if not text:
            return Wrong.MISSING
        match self.type:
            case FieldType.TEXT:
                shown = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
                if not shown:
                    return Wrong.MISSING
                return shown if len(shown) <= LONGEST_TEXT else Wrong.TOO_LONG
            case FieldType.NUMBER | FieldType.COUNT:
                return self._number(text)
            case FieldType.CHOICE:
                return text if text in {choice.value for choice in self.choices} else Wrong.NO_SUCH_CHOICE
            case FieldType.YES_NO:
                return text if text in ("yes", "no") else Wrong.NO_SUCH_CHOICE
            case FieldType.DATE:
                return self._day(text, on)
            case FieldType.STREET:
                return self._street(_closed_up(text), on)

    def streets(self, day: date) -> list[tuple[str, list[StreetChoice]]]:
        """The streets that can be chosen on a day, county by county."""
        offered = [one for one in self.choices if isinstance(one, StreetChoice) and one.is_offered(day)]
        return [(county, list(streets)) for county, streets in groupby(offered, key=lambda one: one.county)]

    def value(self, answer: str) -> Value:
        """A canonical answer as a value of the expression language."""
        match self.type:
            case FieldType.NUMBER | FieldType.COUNT:
                return Decimal(answer)
            case FieldType.YES_NO:
                return answer == "yes"
            case FieldType.DATE:
                return date.fromisoformat(answer)
            case _:
                return answer

    def _street(self, text: str, on: date | None) -> str | Wrong:
        for one in self.choices:
            if isinstance(one, StreetChoice) and one.is_meant(text) and (on is None or one.is_offered(on)):
                return one.value
        return Wrong.NO_SUCH_STREET

    def _day(self, text: str, on: date | None) -> str | Wrong:
        # A day without a year is refused here: which year a form means must not depend on when it is read.
        found = read_day(text, today=date(1, 1, 1))
        if found is None or found.year == 1:
            return Wrong.NOT_A_DAY
        if on is not None and self.not_before is not None and found < bound_day(self.not_before, on=on):
            return Wrong.TOO_EARLY
        if on is not None and self.not_after is not None and found > bound_day(self.not_after, on=on):
            return Wrong.TOO_LATE
        return found.isoformat()

    def _number(self, text: str) -> str | Wrong:
        if not _NUMBER.fullmatch(text):
            return Wrong.NOT_A_NUMBER
        number = Decimal(text.replace(",", ""))
        if self.type is FieldType.COUNT and number != number.to_integral_value():
            return Wrong.NOT_WHOLE
        if self.least is not None and number < self.least:
            return Wrong.TOO_SMALL
        if self.most is not None and number > self.most:
            return Wrong.TOO_LARGE
        return format(number.normalize(), "f")


def _closed_up(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


EXPRESSED: Final = {
    FieldType.TEXT: Type.TEXT,
    FieldType.CHOICE: Type.TEXT,
    FieldType.NUMBER: Type.NUMBER,
    FieldType.COUNT: Type.NUMBER,
    FieldType.YES_NO: Type.TRUTH,
    FieldType.DATE: Type.DAY,
    FieldType.STREET: Type.TEXT,
}
"""The type that an answer has in the expression language."""


class AnswerFault(msgspec.Struct, frozen=True):
    """A field and what is wrong with its answer."""

    field: str
    wrong: Wrong


def read_all(
    fields: Mapping[str, Field], typed: Mapping[str, str], *, on: date | None = None
) -> tuple[dict[str, str], list[AnswerFault]]:
    """The canonical answers, and every fault; `on` a day only what is there on it is right."""
    good: dict[str, str] = {}
    wrong: list[AnswerFault] = []
    for name, field in fields.items():
        found = field.read(typed.get(name, ""), on=on)
        if isinstance(found, Wrong):
            wrong.append(AnswerFault(name, found))
        else:
            good[name] = found
    backwards = [name for name in good if good[name] < good.get(fields[name].after, "")]
    wrong += [AnswerFault(name, Wrong.BEFORE_OTHER) for name in backwards]
    return {name: text for name, text in good.items() if name not in backwards}, wrong


def faults(fields: Mapping[str, Field], typed: Mapping[str, str], *, on: date | None = None) -> list[AnswerFault]:
    """Every fault of the answers."""
    return read_all(fields, typed, on=on)[1]


def retold(field: Field, text: str, lang: str, say: Callable[[str, str], str]) -> str:
    """What `answer_text` wrote in Chinese on a licence, in a language; a text that it did not word stays.

    `say` says a sentence of the house: (language, key) → sentence.
    """
    match field.type:
        case FieldType.YES_NO:
            possible: tuple[str, ...] = ("yes", "no")
        case FieldType.NUMBER | FieldType.COUNT if field.unit is not None:
            possible = (text.removesuffix(f" {field.unit.zh}"),)
        case _:
            possible = tuple(choice.value for choice in field.choices)
    for answer in possible:
        if answer_text(field, answer, "zh", partial(say, "zh")) == text:
            return answer_text(field, answer, lang, partial(say, lang))
    return text


def answer_text(field: Field, value: str, lang: str, say: Callable[[str], str]) -> str:
    """An answer as people say it: a choice by its words, a street by its full name, a number with its unit."""
    match field.type:
        case FieldType.CHOICE | FieldType.STREET:
            return next((choice.say.said(lang) for choice in field.choices if choice.value == value), value)
        case FieldType.YES_NO:
            return say(f"services.form.{value}")
        case FieldType.NUMBER | FieldType.COUNT if field.unit is not None:
            return f"{value} {field.unit.said(lang)}"
        case _:
            return value
