"""Finding what the city does by everyday words, with the reason of each hit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Final

import msgspec

from onecity.kernel.search.idioms import Idioms
from onecity.kernel.search.shelves import Findable, Fits, Shelves
from onecity.kernel.search.sounds import Readings, Sounds
from onecity.kernel.search.spelling import Neighbours, mended
from onecity.kernel.search.texts import bare, is_sign, is_word, marks, plain, runs, stem

LEAST: Final = 0.2
"""Share of a question, each mark by how much it tells, that a thing must have to be found."""

LEAST_OF_BEST: Final = 0.4
"""What fits so much worse than the best is not shown beside it."""

SURE: Final = 0.6
"""Whoever finds something that fits so well wrote what was meant."""

LONGEST: Final = 100
"""Signs of a question that are read."""

_NOT_EQUAL: Final = 0.95
_TURNED: Final = 0.97
_SHORTENED: Final = 0.99
_DIGITS: Final = 6
"""Digits of a fit that count: what differs behind them was only added in another order."""


class How(StrEnum):
    """How a thing was found: by what was written, or by what that means, sounds like, abbreviates or misspells."""

    WORDS = "words"
    SYNONYM = "synonym"
    PINYIN = "pinyin"
    INITIALS = "initials"
    SOUND = "sound"
    SPELLING = "spelling"


TRUST: Final = {
    How.WORDS: 1.0,
    How.SYNONYM: 0.95,
    How.PINYIN: 0.9,
    How.SPELLING: 0.85,
    How.SOUND: 0.8,
    How.INITIALS: 0.7,
}
"""What a hit counts, by how it was found."""


class Found(msgspec.Struct, frozen=True):
    """A thing that was found, how well it fits, from 0 to 1, and by which piece of its texts most of all.

    `how` says by what the piece was reached; where that was no word of the question, `asked` is what was written and
    `read` as what it was taken.
    """

    path: str
    fit: float
    by: str
    how: How = How.WORDS
    asked: str = ""
    read: str = ""


LEAST_GUESSED: Final = {How.SOUND: 0.45, How.SPELLING: 0.5}
"""What a hit counts at least for which a sign was taken for another: with a worse one anything may be meant."""


class _Way(msgspec.Struct, frozen=True):
    """A question as it may have been meant, and what it was before somebody guessed.

    `pairs` are those of the signs that were put in place of others: a hit without any owes nothing to the guess.
    """

    text: str
    how: How
    asked: str = ""
    read: str = ""
    pairs: frozenset[str] = frozenset()


class _Hit(msgspec.Struct, frozen=True):
    """A thing by its number, found on one way."""

    thing: int
    fit: float
    phrase: int | None
    way: _Way


class Index:
    """What can be found. It is built when somebody first searches: most commands never do."""

    def __init__(
        self, things: Iterable[Findable], idioms: Idioms | None = None, readings: Readings | None = None
    ) -> None:
        self._things = tuple(things)
        self._idioms = idioms or Idioms()
        self._readings = readings

    @cached_property
    def _shelves(self) -> Shelves:
        return Shelves(self._things, self._idioms.one_way)

    @cached_property
    def _known(self) -> Mapping[str, int]:
        """The marks that somebody may mean, with how many phrases have each; what means the same counts as one."""
        known = Counter({mark: len(phrases) for mark, phrases in self._shelves.known.items()})
        for word in self._idioms.words:
            known.update(marks(word))
        return known

    @cached_property
    def _sounds(self) -> Sounds | None:
        if self._readings is None:
            return None
        return Sounds([*self._shelves.forms, *self._idioms.words], self._known, self._readings)

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._known)

    def prepare(self) -> None:
        """Build all that a search may need, so that nobody who searches waits for it."""
        _ = self._shelves, self._sounds, self._neighbours

    def find(self, question: str, *, limit: int = 20) -> list[Found]:
        """What fits a question, the best first; equal ones in the order in which they were given.

        >>> index = Index([Findable("/a", ("开店卖吃的",), ("食品经营许可",)), Findable("/b", (), ("刻公章",))])
        >>> [(found.path, found.by) for found in index.find("食品许可")]
        [('/a', '食品经营许可')]
        """
        whole = bare(plain(question[:LONGEST]))
        if not whole:
            return []
        wanted = self._wanted(whole)
        best: dict[int, _Hit] = {}
        # What may be half of a word may be a filler all the same: 刚生了孩子.
        ways = dict.fromkeys((wanted, bare(self._idioms.wanted(whole, ())), whole))
        self._keep_best(best, [_Way(text, How.WORDS) for text in ways], whole)
        if max((hit.fit for hit in best.values()), default=0.0) < SURE:
            self._keep_best(best, self._guesses(wanted), whole)
        least = LEAST_OF_BEST * max((hit.fit for hit in best.values()), default=0.0)
        order = sorted((hit for hit in best.values() if hit.fit >= least), key=lambda hit: (-hit.fit, hit.thing))
        return [self._found(hit, whole) for hit in order[:limit]]

    def wanted(self, question: str) -> str:
        """What a question asks for: plain, without marks and without the words that say nothing about it.

        >>> Index([], Idioms(fillers=["怎么办"])).wanted("网约车，怎么办？")
        '网约车'
        """
        whole = bare(plain(question[:LONGEST]))
        return self._wanted(whole) if whole else ""

    def _wanted(self, whole: str) -> str:
        return bare(self._idioms.wanted(whole, self._known))

    def _keep_best(self, best: dict[int, _Hit], ways: Iterable[_Way], whole: str) -> None:
        """Follow each way as it is and with other words of the same meaning, and keep the best hit of each thing."""
        for way in ways:
            turned = self._idioms.one_way(way.text)
            how = How.SYNONYM if way.how is How.WORDS else way.how
            other = [msgspec.structs.replace(way, text=turned, how=how)] if turned != way.text else []
            for hit in (hit for one in (way, *other) for hit in self._hits(one, whole)):
                if hit.thing not in best or hit.fit > best[hit.thing].fit:
                    best[hit.thing] = hit

    def _guesses(self, wanted: str) -> Iterator[_Way]:
        """What the question may mean if it is written by sound or with a mistake; nothing where all of it is known."""
        known = self._known
        strange = [run for run in runs(wanted) if is_word(run) and stem(run) not in known and not run.isdigit()]
        if strange:
            yield from self._spelled(wanted, strange)
            yield from self._sounded(wanted, strange)
        elif any(mark not in known for mark in marks(wanted) if not mark.isascii()):
            alike = self._sounds.respelled(wanted) if self._sounds else []
            yield from (_Way(text, How.SOUND, wanted, text, _put(wanted, text)) for text in alike)
            if not is_word(wanted) and len(runs(wanted)) == 1:
                others = (text for text in self._neighbours.mended(wanted) if text not in alike)
                yield from (_Way(text, How.SPELLING, wanted, text, _put(wanted, text)) for text in others)

    def _sounded(self, wanted: str, strange: Sequence[str]) -> Iterator[_Way]:
        """The question with its words of letters as pinyin; else with the first of them as initials."""
        if self._sounds is None:
            return
        written = self._sounds.written(wanted)
        yield from (_Way(text, How.PINYIN, wanted, text) for text in written)
        for guess in self._sounds.abbreviated(strange[0]) if not written else ():
            yield _Way(bare(wanted.replace(strange[0], guess, 1)), How.INITIALS, strange[0], guess)

    def _spelled(self, wanted: str, strange: Iterable[str]) -> Iterator[_Way]:
        """The question with each strange word mended, as far as one can be."""
        text, changed = wanted, list[tuple[str, str]]()
        for word in strange:
            near = mended(word, self._known)
            if near:
                best = max(near, key=lambda one: (self._known[one], one))
                changed.append((word, best))
                text = " ".join(best if run == word else run for run in runs(text))
        if changed:
            asked, read = (" ".join(words) for words in zip(*changed, strict=True))
            yield _Way(bare(text), How.SPELLING, asked, read)

    def _hits(self, way: _Way, whole: str) -> Iterator[_Hit]:
        """What fits one way: phrases that are all of it fit best, whatever else there is."""
        shelves, equal = self._shelves, dict[int, int]()
        # What was said so by somebody counts before what only means the same.
        for number in sorted(shelves.equal.get(way.text, ()), key=lambda one: shelves.phrases[one].turned):
            equal.setdefault(shelves.phrases[number].thing, number)
        for thing, number in equal.items():
            factor = _TURNED if shelves.phrases[number].turned else 1.0 if way.text == whole else _SHORTENED
            yield _Hit(thing, round(factor * TRUST[way.how], _DIGITS), number, way)
        for thing, fits in shelves.fitting(way.text).items():
            if thing not in equal and fits.share >= LEAST:
                turned = fits.phrase is not None and shelves.phrases[fits.phrase].turned
                trust = min(TRUST[way.how], TRUST[How.SYNONYM]) if turned else TRUST[way.how]
                hit = _Hit(thing, round(_NOT_EQUAL * trust * _fit(fits), _DIGITS), fits.phrase, way)
                if self._borne_out(hit):
                    yield hit

    def _borne_out(self, hit: _Hit) -> bool:
        """Whether a hit has what was guessed, well enough; what was turned into another word is known as a whole."""
        way = hit.way
        if not way.pairs:
            return True
        if hit.phrase is None or hit.fit < LEAST_GUESSED[way.how]:
            return False
        bearing = way.pairs & marks(way.text)
        return not bearing or not bearing.isdisjoint(marks(self._shelves.forms[hit.phrase]))

    def _found(self, hit: _Hit, whole: str) -> Found:
        """The hit as it is told: by which piece, and what stood for what."""
        thing, way = self._things[hit.thing], hit.way
        if hit.phrase is None:
            return Found(thing.path, hit.fit, _piece(way.text, thing), way.how, way.asked, way.read)
        phrase = self._shelves.phrases[hit.phrase]
        if way.how not in (How.WORDS, How.SYNONYM):
            return Found(thing.path, hit.fit, phrase.said, way.how, way.asked, way.read)
        others = self._idioms.others(whole, plain(phrase.said))
        if not others or not (phrase.turned or way.how is How.SYNONYM):
            return Found(thing.path, hit.fit, phrase.said)
        asked, read = ("、".join(words) for words in zip(*others, strict=True))
        return Found(thing.path, hit.fit, phrase.said, How.SYNONYM, asked, read)


def _put(asked: str, read: str) -> frozenset[str]:
    """The pairs of `read` with a sign that stands for another one of `asked`, its equal in signs."""
    signs = "".join(run for run in runs(asked) if not is_word(run))
    changed = {at for at, (one, other) in enumerate(zip(signs, read, strict=False)) if one != other}
    return frozenset(read[at : at + 2] for at in range(len(read) - 1) if {at, at + 1} & changed)


def _fit(fits: Fits) -> float:
    """One measure of both: what the best phrase has counts more than what stands here and there."""
    return 0.65 * fits.best + 0.35 * fits.share


def _piece(text: str, thing: Findable) -> str:
    """The piece between two marks that has most of the asked pairs; the most telling of equal ones."""
    asked = {mark for mark in marks(text) if not is_sign(mark)}
    pieces = (piece for said in thing.texts for piece in said.split())
    return max(pieces, key=lambda one: len(asked & set(marks(plain(one)))), default="")
