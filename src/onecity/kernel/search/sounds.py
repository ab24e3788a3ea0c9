"""What was meant where somebody wrote by sound: pinyin, its initials, or another sign that sounds the same."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import log
from typing import Final

from onecity.kernel.search.texts import is_word, runs

Readings = Callable[[Sequence[str]], Sequence[Iterable[str]]]
"""How each of some signs is read: syllables of small letters without tones."""

_LONGEST_SYLLABLE: Final = 6
_MOST_SPLITS: Final = 4
_MOST_SIGNS: Final = 16
"""Of a longer question nobody guesses each sign."""

_BEAM: Final = 12
_MOST_GUESSES: Final = 3
_INITIALS: Final = re.compile(r"[a-z]{2,8}")
_ONE_WRONG_OF: Final = 3
"""Of so many signs one may be wrong; whoever has more of them wrong meant something else."""

_SELDOM: Final = 3
"""What abbreviates to the same letters but is so many times rarer than the most frequent is not meant."""

_STRANGE: Final = -2.0
"""What a pair costs that no phrase has."""

_CHANGED: Final = -1.5
"""What it costs to take another sign than the one that was written."""

_MOST_SELDOM: Final = 1
"""So many signs of an abbreviation may be read in another way than the usual one."""

Slot = Sequence[tuple[str, float]]
"""The signs that may have been meant at one place, each with what it costs."""


class Sounds:
    """The sounds of all signs of some phrases; `known` has their pairs and signs with how many phrases have each."""

    def __init__(self, phrases: Sequence[str], known: Mapping[str, int], readings: Readings) -> None:
        signs = sorted({mark for mark in known if len(mark) == 1 and not mark.isascii()})
        self._known = known
        self._text = "\n".join(dict.fromkeys(phrases))
        self._read = {sign: tuple(dict.fromkeys(read)) for sign, read in zip(signs, readings(signs), strict=True)}
        self._readings = readings
        by_sound: defaultdict[str, list[str]] = defaultdict(list)
        for sign, read in self._read.items():
            for syllable in read:
                by_sound[syllable].append(sign)
        self._by_sound: Mapping[str, Sequence[str]] = dict(by_sound)

    def written(self, text: str) -> list[str]:
        """What a plain text with words of pinyin may mean in signs, the likeliest first.

        A word is pinyin if all of it is syllables; what is written in signs already stays.
        """
        ways = [[[(sign, 0.0)] for sign in run] if not is_word(run) else run for run in runs(text)]
        slots: list[list[Slot]] = [[]]
        for way in ways:
            splits = [way] if isinstance(way, list) else [self._slots(split) for split in self._splits(way)]
            slots = [[*begun, *split] for begun in slots for split in splits][:_MOST_SPLITS]
        return self._guesses(slots)

    def respelled(self, text: str) -> list[str]:
        """What a plain text may mean if some of its signs only sound like what was meant, the likeliest first."""
        signs = "".join(run for run in runs(text) if not is_word(run))
        if len(signs) > _MOST_SIGNS:
            return []
        strange = [sign for sign in signs if sign not in self._read]
        read = self._read | {sign: tuple(one) for sign, one in zip(strange, self._readings(strange), strict=True)}
        slots = [self._alike(sign, read[sign]) for sign in signs]
        most = max(1, len(signs) // _ONE_WRONG_OF)
        guesses = self._guesses([slots])
        return [one for one in guesses if 0 < sum(a != b for a, b in zip(one, signs, strict=True)) <= most]

    def abbreviated(self, word: str) -> list[str]:
        """What somebody may mean who writes the first letter of each syllable, the most frequent first."""
        if not _INITIALS.fullmatch(word):
            return []
        classes = [
            "".join(sign for sign, read in self._read.items() if any(one[0] == letter for one in read))
            for letter in word
        ]
        if not all(classes):
            return []
        found = Counter(re.findall("".join(f"[{signs}]" for signs in classes), self._text))
        usual = (one for one in found.items() if self._seldom_read(one[0], word) <= _MOST_SELDOM)
        order = sorted(usual, key=lambda one: (-one[1], one[0]))[:_MOST_GUESSES]
        return [guess for guess, count in order if count * _SELDOM >= order[0][1]]

    def _seldom_read(self, guess: str, word: str) -> int:
        """How many signs of a guess begin with the letter only by another reading than their first."""
        return sum(self._read[sign][0][0] != letter for sign, letter in zip(guess, word, strict=True))

    def _alike(self, sign: str, read: Iterable[str]) -> Slot:
        others = sorted({other for syllable in read for other in self._by_sound.get(syllable, ())} - {sign})
        return [(sign, 0.0), *((other, _CHANGED) for other in others)]

    def _slots(self, split: Sequence[str]) -> list[Slot]:
        return [[(sign, 0.0) for sign in self._by_sound[syllable]] for syllable in split]

    def _splits(self, word: str) -> list[tuple[str, ...]]:
        """The ways to cut a word into syllables, those of the fewest first."""
        return sorted(self._cut(word[: _MOST_SIGNS * _LONGEST_SYLLABLE]), key=lambda one: (len(one), one))[
            :_MOST_SPLITS
        ]

    def _cut(self, word: str) -> Iterator[tuple[str, ...]]:
        """Every way, found from the end: of each beginning the ways are kept that lead to it."""
        ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in word)]
        for end in range(1, len(word) + 1):
            for length in range(1, min(_LONGEST_SYLLABLE, end) + 1):
                syllable = word[end - length : end]
                if syllable in self._by_sound:
                    ways[end] += [(*way, syllable) for way in ways[end - length]]
            ways[end] = sorted(ways[end], key=len)[:_MOST_SPLITS]
        return iter(ways[-1])

    def _guesses(self, ways: Iterable[Sequence[Slot]]) -> list[str]:
        found = [one for slots in ways if 0 < len(slots) <= _MOST_SIGNS for one in self._along(slots)]
        return list(dict.fromkeys(guess for _, guess in sorted(found, key=lambda one: (-one[0], one[1]))))[
            :_MOST_GUESSES
        ]

    def _along(self, slots: Sequence[Slot]) -> list[tuple[float, str]]:
        """The likeliest ways along the slots, by the pairs that phrases have; none that is mostly strange."""
        begun = [(cost + 0.1 * self._often(sign), 0, sign) for sign, cost in slots[0]]
        for slot in slots[1:]:
            begun = sorted(begun, key=lambda one: (-one[0], one[2]))[:_BEAM]
            begun = [self._longer(way, sign, cost) for way in begun for sign, cost in slot]
        likely = sorted(begun, key=lambda one: (-one[0], one[2]))[:_MOST_GUESSES]
        return [(score / len(slots), text) for score, strange, text in likely if strange * 3 <= len(slots)]

    def _longer(self, way: tuple[float, int, str], sign: str, cost: float) -> tuple[float, int, str]:
        score, strange, text = way
        often = self._often(text[-1] + sign)
        return score + cost + (1 + 0.3 * often if often else _STRANGE), strange + (not often), text + sign

    def _often(self, mark: str) -> float:
        return log(1 + self._known.get(mark, 0))
