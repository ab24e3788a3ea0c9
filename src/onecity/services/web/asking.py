"""The part of an officer's form in which the questions of an item are put together: chosen, written, moved, taken out.

The choice travels in the form with all that was typed, so nothing is kept before it is handed over.
"""

import re
from collections import Counter as Counted
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from onecity.kernel.search import plain
from onecity.machinery.web import Visit
from onecity.services.amending import NewQuestion
from onecity.services.amending.asking import PLACED, id_for
from onecity.services.answers import FieldType
from onecity.services.checking import FIELD
from onecity.services.web.counter import Counter
from onecity.services.web.typed import typed_lines, typed_text

MOST_NEW: Final = 9
"""New questions of one form; whoever needs more hands over what there is, and amends the item then."""
_MOST_FOUND: Final = 8
_NEW: Final = re.compile(rf"{PLACED}([1-9][0-9]{{0,2}})")


class Choosing(NamedTuple):
    """The questions of an item as they stand in a form: ids, or for new ones the beginnings of their fields."""

    item: str
    tokens: tuple[str, ...]

    @property
    def asks(self) -> tuple[str, ...]:
        """The ids of the questions in their order."""
        return tuple(self._id(token) for token in self.tokens)

    @property
    def new(self) -> tuple[str, ...]:
        """The beginnings of the fields of new questions."""
        return tuple(token for token in self.tokens if _NEW.fullmatch(token))

    def questions(self, visit: Visit) -> tuple[NewQuestion, ...]:
        """The new questions as they were typed."""
        return tuple(_question(visit, token, self._id(token)) for token in self.new)

    def _id(self, token: str) -> str:
        found = _NEW.fullmatch(token)
        return id_for(self.item, int(found[1])) if found else token


class AskingPart:
    """Reads and shows the questions of one item in a form; `asks` carries them, `do` says what to do with one."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def chosen(self, visit: Visit, item: str) -> Choosing:
        """The questions after what was pressed: one is taken in, written anew, moved up or taken out."""
        typed = visit.form.text("asks").split()
        tokens = [one for one in dict.fromkeys(typed) if _NEW.fullmatch(one) or self._known(one)]
        do, _, name = visit.form.text("do").partition(":")
        if do == "ask" and self._known(name) and name not in tokens:
            tokens.append(name)
        elif do == "new" and name in tuple(FieldType) and sum(map(bool, map(_NEW.fullmatch, tokens))) < MOST_NEW:
            tokens.append(self._free(item, tokens))
        elif do == "unask":
            tokens = [one for one in tokens if one != name]
        elif do == "up" and name in tokens[1:]:
            at = tokens.index(name)
            tokens[at - 1 : at + 1] = [name, tokens[at - 1]]
        return Choosing(item, tuple(tokens))

    def _known(self, name: str) -> bool:
        return name in self._counter.catalogue.pack.all(FIELD)

    def _free(self, item: str, tokens: Sequence[str]) -> str:
        """The beginning of the fields of one more question, whose id no other one has."""
        number = 1
        while f"{PLACED}{number}" in tokens or self._known(id_for(item, number)):
            number += 1
        return f"{PLACED}{number}"

    def shown(self, visit: Visit, chosen: Choosing, agency: str) -> dict[str, Any]:
        """What the part of the form shows, by the names that its template reads."""
        fields = self._counter.catalogue.pack.all(FIELD)
        new = {one.id: one for one in chosen.questions(visit)}
        rows = []
        for token, name in zip(chosen.tokens, chosen.asks, strict=True):
            row = {"token": token, "new": new.get(name), "ask": "", "type": ""}
            if name in fields and name not in new:
                field = fields[name].value
                row |= {"ask": field.ask.said(visit.lang), "type": visit.say(f"services.asking.type.{field.type}")}
            rows.append(row)
        return {
            "chosen": " ".join(chosen.tokens),
            "rows": rows,
            "question": (asked := visit.form.text("q")),
            "found": self._found(visit, chosen, asked, agency),
            "types": [{"value": str(one), "label": visit.say(f"services.asking.type.{one}")} for one in FieldType],
            "sections": self._sections(visit),
        }

    def _sections(self, visit: Visit) -> list[dict[str, Any]]:
        options = [
            {"value": name, "label": section.name.said(visit.lang)}
            for name, section in self._counter.catalogue.sections()
        ]
        return [{"label": visit.say("services.asking.section"), "options": options}]

    def _found(self, visit: Visit, chosen: Choosing, asked: str, agency: str) -> list[dict[str, str]]:
        """Questions of the pack whose words fit, those first that most items ask; without words those of the agency."""
        fields, often = self._counter.catalogue.pack.all(FIELD), self._often("" if asked else agency)
        fits = [
            name
            for name, one in fields.items()
            if name not in chosen.tokens and name in often and plain(asked) in plain(one.value.ask.both)
        ]
        fits.sort(key=lambda name: (-often[name], name))
        return [
            {
                "name": name,
                "ask": (field := fields[name].value).ask.said(visit.lang),
                "type": visit.say(f"services.asking.type.{field.type}"),
            }
            for name in fits[:_MOST_FOUND]
        ]

    def _often(self, agency: str) -> Counted[str]:
        """How many items ask each question: those of one agency, or all if none is named."""
        items = [item for _, item in self._counter.catalogue.items() if not agency or item.agency == agency]
        return Counted(one.field for item in items for one in item.asks)


def _question(visit: Visit, token: str, name: str) -> NewQuestion:
    """A new question as it was typed; what was just begun says only its type."""
    do, _, kind = visit.form.text("do").partition(":")
    told = visit.form.text(f"{token}_type") or (kind if do == "new" else "")
    why, hint, unit = (typed_text(visit, f"{token}_{part}") for part in ("why", "hint", "unit"))
    least, most, when, good = (visit.form.text(f"{token}_{part}") for part in ("least", "most", "when", "good"))
    return NewQuestion(
        name, typed_text(visit, f"{token}_ask"), told if told in tuple(FieldType) else "",
        visit.form.text(f"{token}_section"), why, hint, unit, least, most, when,
        typed_lines(visit, f"{token}_choices"), good,
    )  # fmt: skip
