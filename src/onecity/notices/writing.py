"""What a letter says: the sentences of its kind, filled with its facts and with what somebody wrote to this person."""

from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from onecity.notices.facts import LetterSent
from onecity.packs import Words

NameOf = Callable[[str, str], str]
"""The name of a matter or of an agency in a language: (language, id) → name."""
DayIn = Callable[[str, date], str]
"""A day as people of a language read it."""


class Written(msgspec.Struct, frozen=True):
    """A letter as it is read."""

    title: str
    paragraphs: tuple[str, ...]


class Scribe(msgspec.Struct, frozen=True):
    """Writes letters out: the words of the house, and how matters and days are called."""

    words: Words
    matter: NameOf
    thing: NameOf
    agency: NameOf
    day: DayIn

    def write(self, kind: str, lang: str, facts: Mapping[str, str], said: Mapping[str, str] | None) -> Written:
        """The letter of a kind. What a forgotten person was told is gone, and its place says so."""
        filled = self._filled(lang, facts) | dict(said or {})
        gone = self.words.say(lang, "notices.gone")
        known = _OrGone(filled, gone)
        title = self.words.by_language[lang][f"letter.{kind}.title"].format_map(known)
        paragraphs: list[str] = []
        while self.words.knows(f"letter.{kind}.{len(paragraphs) + 1}"):
            sentence = self.words.by_language[lang][f"letter.{kind}.{len(paragraphs) + 1}"]
            paragraphs.append(sentence.format_map(known))
        return Written(title, tuple(paragraphs))

    def of(self, letter: LetterSent, lang: str) -> Written:
        """A letter that was sent."""
        return self.write(letter.kind, lang, letter.facts, letter.words)

    def title(self, kind: str, lang: str) -> str:
        """The heading of a kind of letter in a list."""
        return self.words.say(lang, f"letter.{kind}.short")

    def _filled(self, lang: str, facts: Mapping[str, str]) -> dict[str, str]:
        filled = dict(facts)
        if "matter" in facts:
            matters = [self.matter(lang, name) for name in facts["matter"].split()]
            filled["matter"] = ("、" if lang == "zh" else ", ").join(matters)
        if "lacking" in facts:
            things = [self.thing(lang, name) for name in facts["lacking"].split()]
            filled["lacking"] = ("、" if lang == "zh" else ", ").join(things)
        for name in ("due", "before_day"):
            if name in facts:
                filled[name] = self.day(lang, date.fromisoformat(facts[name]))
        return filled


class _OrGone(dict[str, str]):
    """What the letter says where a part of it was forgotten."""

    def __init__(self, known: Mapping[str, str], gone: str) -> None:
        super().__init__(known)
        self._gone = gone

    def __missing__(self, _name: str) -> str:
        return self._gone
