"""What an officer is to write otherwise: each sentence at its field, and above the form with the name of the field."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from onecity.kernel.clock import Unit
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.amending import NewQuestion
from onecity.services.amending.asking import place_of
from onecity.services.web.counter import Counter
from onecity.services.web.shown import limit_words

_LANG: Final = re.compile(r"(?P<stem>.+)_(?P<lang>zh|en)")
_DEMAND: Final = re.compile(r"(?P<what>condition|material)_(?P<number>[0-9]+)(?P<article>_article)?")
_FAQ: Final = re.compile(r"faq_(?P<number>[0-9]+)_(?P<part>ask|answer)")
_NUMBERS: Final = frozenset({"number", "count"})
_ONLY: Final[Mapping[str, frozenset[str]]] = {
    "unit": _NUMBERS,
    "least": _NUMBERS,
    "most": _NUMBERS,
    "choices": frozenset({"choice"}),
    "when": frozenset({"date"}),
}
"""Parts of a new question that stand in the form only where the answer is of one of some types."""


class Wrong(NamedTuple):
    """The sentence at each field, and what stands above the form: each sentence, with its field if it has one."""

    errors: Mapping[str, str]
    faults: list[dict[str, str]]


class Labels(NamedTuple):
    """What the fields of a form are called, as it shows them.

    `named` are the keys of words by field, `new` the new questions by the beginning of their fields, each with its
    place among the questions of the form.
    """

    visit: Visit
    counter: Counter
    named: Mapping[str, str]
    new: Mapping[str, tuple[int, NewQuestion]] = {}

    def of(self, field: str) -> str:
        """The name of a field; empty if the form has no such field."""
        found = _LANG.fullmatch(field)
        if found is None:
            return self._stem(field)
        name = self._stem(found["stem"])
        return name + self.visit.say(f"services.amending.in_{found['lang']}") if name else ""

    def has(self, field: str) -> bool:
        """Whether the form shows a field: not every part of a new question belongs to each type of answer."""
        token, part = _split(field)
        if token not in self.new or part not in _ONLY:
            return bool(self.of(field))
        return self.new[token][1].type in _ONLY[part]

    def _stem(self, stem: str) -> str:
        say = self.visit.say
        if stem in self.named:
            return say(self.named[stem])
        if found := _DEMAND.fullmatch(stem):
            name = say(f"services.preparing.{found['what']}", number=int(found["number"]) + 1)
            return say("services.preparing.article", what=name) if found["article"] else name
        if found := _FAQ.fullmatch(stem):
            group = say("services.amending.question", number=int(found["number"]) + 1)
            return say("services.amending.within", group=group, label=say(f"services.amending.{found['part']}"))
        if stem.startswith("when-"):
            called = self.counter.catalogue.called(stem.removeprefix("when-"))
            return called.said(self.visit.lang) if called else ""
        return self._of_new(stem)

    def _of_new(self, stem: str) -> str:
        token, part = _split(stem)
        if token not in self.new:
            return ""
        label = self.visit.say("services.asking.no_type" if part == "type" else f"services.asking.{part}")
        group = f"{self.new[token][0]}. {self.visit.say('services.asking.new')}"
        return self.visit.say("services.amending.within", group=group, label=label)


def _split(field: str) -> tuple[str, str]:
    """The beginning of the fields of a new question, and the part of it."""
    found = re.fullmatch(r"(new_[0-9]+)_([a-z]+)(?:_zh|_en)?", field)
    return (found[1], found[2]) if found else ("", "")


def new_by_place(asks: Iterable[str], questions: Iterable[NewQuestion]) -> dict[str, tuple[int, NewQuestion]]:
    """The new questions of a form by the beginning of their fields, each with its place among all."""
    places = {name: number for number, name in enumerate(asks, 1)}
    return {place_of(one): (places[one.id], one) for one in questions}


def told(wrong: Iterable[Refused], labels: Labels, elsewhere: Mapping[str, str] = {}) -> Wrong:
    """What is to be written otherwise, the first thing of each field; `elsewhere` are ids of fields by their names."""
    errors, faults = dict[str, str](), list[dict[str, str]]()
    for one in wrong:
        field, text = str(one.details.get("field", "")), sentence(labels.visit, labels.counter, one)
        at = elsewhere.get(field, field) if labels.has(field) else ""
        if at in errors:
            continue
        errors[at] = text
        name = labels.of(field).rstrip("？?")
        above = labels.visit.say("services.amending.wrong_at", label=name, text=text) if name else text
        faults.append({"field": at, "text": above})
    return Wrong(errors, faults)


def sentence(visit: Visit, counter: Counter, refused: Refused) -> str:
    """Why not, with what it names as people call it."""
    said: dict[str, Any] = dict(refused.details)
    formats = visit.site.pages.formats[visit.lang]
    if "material" in said:
        said["material"] = counter.thing(str(said["material"]), visit.lang)
    if "law" in said:
        said["law"] = visit.cited(str(said["law"]))
    if "unit" in said:
        said["limit"] = visit.say(limit_words(Unit(said["unit"])), number=said["number"])
    if "day" in said:
        said["day"] = formats.day(date.fromisoformat(str(said["day"])), today=visit.today)
    if "version" in said:
        said["version"] = formats.full_day(date.fromisoformat(str(said["version"])), weekday=False)
    return visit.say(refused.reason, **said)
