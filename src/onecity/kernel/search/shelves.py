"""The phrases of all things, put where their marks lead to them, and how much each mark tells."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import Final

import msgspec

from onecity.kernel.search.texts import bare, is_sign, marks, plain

SIGN: Final = 0.6
"""What a single sign tells beside a pair: many things share it."""

_RUNNING: Final = 0.5
"""What a mark tells that stands only in a running text beside one in a phrase."""

_LEAST: Final = 0.1
"""What a mark tells that everything has."""

_NAME: Final = 0.7
_ALSO: Final = 0.4

_FEW_SIGNS: Final = 2
"""A question of so few signs is looked for by single signs where no pair is known."""


class Findable(msgspec.Struct, frozen=True):
    """A thing that can be found: where it lives, its running texts, its names, and phrases of people who mean it."""

    path: str
    texts: tuple[str, ...]
    names: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class Phrase(msgspec.Struct, frozen=True):
    """A phrase of a thing, by the thing's number; `turned` if other words of the same meaning were put into it.

    `sure` is what a phrase is worth that has what was asked and endlessly much more: names are long.
    """

    thing: int
    said: str
    turned: bool
    sure: float


class Fits(msgspec.Struct):
    """How much of a question a thing has, in all and in its best phrase, each from 0 to 1."""

    share: float = 0.0
    best: float = 0.0
    phrase: int | None = None


class Shelves:
    """Every phrase and running text by its marks; built once, never changed."""

    def __init__(self, things: Sequence[Findable], turn: Callable[[str], str]) -> None:
        self.phrases: list[Phrase] = []
        self.equal: dict[str, list[int]] = {}
        self._by_mark: defaultdict[str, list[int]] = defaultdict(list)
        self._running: defaultdict[str, list[int]] = defaultdict(list)
        self._forms: list[str] = []
        having, phrases = Counter[str](), list[set[str]]()
        for number, thing in enumerate(things):
            has, first = marks(plain(" ".join(thing.texts))), len(phrases)
            for mark in has:
                self._running[mark].append(number)
            for said in dict.fromkeys((*thing.names, *thing.also)):
                phrases += self._put(number, said, turn, _NAME if said in thing.names else _ALSO)
            having.update(has.union(*phrases[first:]))
        self._unknown = log(1 + len(things))
        self._tells = {
            mark: (self._unknown - log(1 + count) + _LEAST) * (SIGN if is_sign(mark) else 1)
            for mark, count in having.items()
        }
        self._whole = [sum(map(self._tells.__getitem__, found)) for found in phrases]

    def _put(self, thing: int, said: str, turn: Callable[[str], str], sure: float) -> list[set[str]]:
        """Put a phrase where its marks lead, as it is and with other words of the same meaning; the marks of each."""
        form = bare(plain(said))
        turned, put = turn(form), list[set[str]]()
        for text in (form,) if turned == form else (form, turned):
            if not text:
                continue
            number, found = len(self.phrases), marks(text)
            self.phrases.append(Phrase(thing, said, text is not form, sure))
            self._forms.append(text)
            self.equal.setdefault(text, []).append(number)
            for mark in found:
                self._by_mark[mark].append(number)
            put.append(found)
        return put

    @property
    def known(self) -> Mapping[str, Sequence[int]]:
        """The marks of phrases, each with its phrases."""
        return self._by_mark

    @property
    def forms(self) -> Sequence[str]:
        """The plain form of each phrase."""
        return self._forms

    def tells(self, mark: str) -> float:
        """How much a mark tells; what nothing here has tells most."""
        return self._tells.get(mark, self._unknown * (SIGN if is_sign(mark) else 1))

    def fitting(self, text: str) -> dict[int, Fits]:
        """How well each thing fits a plain text, by the thing's number."""
        asked = {mark: self.tells(mark) for mark in sorted(marks(text))}
        strong = {mark: tells for mark, tells in asked.items() if not is_sign(mark)}
        weak = {mark: tells for mark, tells in asked.items() if is_sign(mark)}
        shared, found = self._shared(strong)
        # Signs alone would find half of everything: they only tell phrases apart that have more than signs.
        alone = not found and len(weak) <= _FEW_SIGNS
        self._add_signs(weak, shared, found, alone=alone)
        whole = sum(asked.values())
        for phrase, weight in shared.items():
            one = self.phrases[phrase]
            fits = found[one.thing]
            fit = weight / whole * (one.sure + (1 - one.sure) * weight / self._whole[phrase])
            if fit > fits.best:
                fits.best, fits.phrase = fit, phrase
        for fits in found.values():
            fits.share /= whole
        return found

    def _shared(self, asked: Mapping[str, float]) -> tuple[dict[int, float], dict[int, Fits]]:
        """What each phrase shares with the asked words and pairs, and each thing in all."""
        shared: dict[int, float] = {}
        found: dict[int, Fits] = {}
        for mark, tells in asked.items():
            here = set[int]()
            for phrase in self._by_mark.get(mark, ()):
                shared[phrase] = shared.get(phrase, 0.0) + tells
                here.add(self.phrases[phrase].thing)
            self._note(found, here, tells)
            self._note(found, set(self._running.get(mark, ())) - here, tells * _RUNNING)
        return shared, found

    def _add_signs(
        self, asked: Mapping[str, float], shared: dict[int, float], found: dict[int, Fits], *, alone: bool
    ) -> None:
        """Add what the asked signs tell to what shares something already; to everything if they stand alone."""
        for mark, tells in asked.items():
            here = set[int]()
            for phrase in self._by_mark.get(mark, ()):
                if alone or phrase in shared:
                    shared[phrase] = shared.get(phrase, 0.0) + tells
                    here.add(self.phrases[phrase].thing)
            running = found.keys() & self._running.get(mark, ())
            self._note(found, here, tells)
            self._note(found, running - here, tells * _RUNNING)

    @staticmethod
    def _note(found: dict[int, Fits], things: Iterable[int], tells: float) -> None:
        for thing in things:
            if thing not in found:
                found[thing] = Fits()
            found[thing].share += tells
