"""What a letter or a notice says: the sentences of its kind, filled with its facts and with what somebody wrote.

A fact is written as people read it, by its name: `matter` are items, `lacking` what an application lacks, `agency` is
an agency, `hall` a hall with its address, `due` and what ends in `_day` are days, `_days` numbers of working days with
their unit, `_at` instants; where a limit counts hours, `due` is an instant. Days and instants carry their weekday.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import count
from typing import Final

import msgspec

from onecity.kernel.lists import listed
from onecity.notices.facts import LetterSent
from onecity.packs import Words

NameOf = Callable[[str, str], str]
"""What something is called in a language: (language, id) → name."""
DayIn = Callable[[str, date], str]
"""A day as people of a language read it."""
InstantIn = Callable[[str, datetime], str]
"""An instant as people of a language read it: its day and its hour in the city."""

_PERHAPS: Final = ("bring_day", "deliver_day", "post_day", "object_day", "meeting_at", "result_day")
"""Days that a letter may have or not: nobody brings anything, nobody asked for paper or for a parcel, nobody may object
any more, nobody named an hour, nothing is counted yet.
"""


class Written(msgspec.Struct, frozen=True):
    """A letter or a notice as it is read."""

    title: str
    paragraphs: tuple[str, ...]


class Scribe(msgspec.Struct, frozen=True):
    """Writes letters and notices out: the words of the house, and what it calls matters, things, agencies and times."""

    words: Words
    matter: NameOf
    thing: NameOf
    agency: NameOf
    day: DayIn
    instant: InstantIn
    hall: NameOf

    def write(self, kind: str, lang: str, facts: Mapping[str, str], said: Mapping[str, str] | None) -> Written:
        """The letter of a kind. What a forgotten person was told is gone, and its place says so."""
        return self._written(f"letter.{kind}", lang, self._filled(lang, facts) | dict(said or {}))

    def of(self, letter: LetterSent, lang: str) -> Written:
        """A letter that was sent."""
        return self.write(letter.kind, lang, letter.facts, letter.words)

    def notice(self, kind: str, lang: str, facts: Mapping[str, str], *, agency: str) -> Written:
        """A notice of an agency on the public board."""
        return self._written(f"notice.{kind}", lang, self._filled(lang, {**facts, "agency": agency}))

    def title(self, kind: str, lang: str) -> str:
        """What a kind of letter says, in a few words."""
        return self.words.say(lang, f"letter.{kind}.short")

    def about(self, lang: str, matter: str) -> str:
        """What a letter is about, short enough for a list: the first item, and how many there are."""
        names = matter.split()
        if len(names) < 2:
            return self.matter(lang, names[0]) if names else ""
        return self.words.say(lang, "notices.several", first=self.matter(lang, names[0]), number=len(names))

    def line(self, kind: str, lang: str, matter: str) -> str:
        """A letter as a line of a list: what it is about and what it says."""
        about, short = self.about(lang, matter), self.title(kind, lang)
        return self.words.say(lang, "notices.line", about=about, short=short) if about else short

    def _written(self, key: str, lang: str, filled: dict[str, str]) -> Written:
        known = _OrGone(filled, self.words.say(lang, "notices.gone"))
        sentences = self.words.by_language[lang]
        paragraphs: list[str] = []
        for number in count(1):
            if not self.words.knows(f"{key}.{number}"):
                break
            sentence = sentences[f"{key}.{number}"]
            # Days are never forgotten: one that is missing is a day that there is not, and its sentence is left out.
            if all(day in filled or f"{{{day}}}" not in sentence for day in _PERHAPS):
                paragraphs.append(sentence.format_map(known))
        return Written(sentences[f"{key}.title"].format_map(known), tuple(paragraphs))

    def _filled(self, lang: str, facts: Mapping[str, str]) -> dict[str, str]:
        return {name: self._said(lang, name, value) for name, value in facts.items()}

    def _said(self, lang: str, name: str, value: str) -> str:
        """A fact as people read it."""
        if name in ("matter", "lacking"):
            name_of = self.matter if name == "matter" else self.thing
            return listed((name_of(lang, one) for one in value.split()), lang)
        if name == "agency":
            return self.agency(lang, value)
        if name == "hall":
            return self.hall(lang, value)
        if name == "reason" and not value:
            return self.words.say(lang, "notices.no_reason")
        if name.endswith("_at") or (name == "due" and "T" in value):
            return self.instant(lang, datetime.fromisoformat(value))
        if name == "due" or name.endswith("_day"):
            return self.day(lang, date.fromisoformat(value))
        if name.endswith("_days"):
            return self.words.say(lang, "notices.day" if value == "1" else "notices.days", number=value)
        return value


class _OrGone(dict[str, str]):
    """What the letter says where a part of it was forgotten."""

    def __init__(self, known: Mapping[str, str], gone: str) -> None:
        super().__init__(known)
        self._gone = gone

    def __missing__(self, _name: str) -> str:
        return self._gone
