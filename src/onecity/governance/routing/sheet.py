"""Texts as rows of numbers: each word counts by how rare it is, and every text counts alike, however long it is."""

from array import array
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from onecity.governance.routing.bags import Bag
from onecity.governance.routing.model import Floats

Places = npt.NDArray[np.int32]

MOST_WORDS: Final = 200_000
"""The most frequent words of long texts; a year of titles has fewer."""


class Sheet(msgspec.Struct, frozen=True, eq=False):
    """The words of texts: `values[n]` is what the word `columns[n]` counts in the text `rows[n]`.

    `height` is the number of texts, `width` that of known words.
    """

    rows: Places
    columns: Places
    values: Floats
    height: int
    width: int

    def across(self, of_words: npt.NDArray[np.floating]) -> Floats:
        """For each text the sum over its words of what each is given; shapes (width) → (height)."""
        return _sums(self.rows, self.values * of_words[self.columns], self.height)

    def scored(self, weights: npt.NDArray[np.floating]) -> Floats:
        """For each text and label the sum of the weights of its words; shapes (width, labels) → (height, labels)."""
        return np.stack([self.across(weights[:, label]) for label in range(weights.shape[1])], axis=1)

    def down(self, of_texts: Floats) -> Floats:
        """For each word the sum over the texts in which it stands; shapes (height) → (width)."""
        return _sums(self.columns, self.values * of_texts[self.rows], self.width)

    def standing(self) -> npt.NDArray[np.int64]:
        """In how many of the texts each word stands; shape (width)."""
        return np.bincount(self.columns, minlength=self.width)

    def only(self, texts: npt.NDArray[np.bool_]) -> "Sheet":
        """The same words of some of the texts."""
        kept = texts[self.rows]
        numbers = (np.cumsum(texts) - 1).astype(np.int32)
        return Sheet(numbers[self.rows[kept]], self.columns[kept], self.values[kept], int(texts.sum()), self.width)

    def weighed(self, rarity: npt.NDArray[np.floating]) -> "Sheet":
        """Of how often a word stands in a text, what it counts: 1 + ln of that, times its rarity.

        Words whose rarity is nought are left out. Then each text is stretched to length 1.
        """
        kept = rarity[self.columns] > 0
        rows, columns = self.rows[kept], self.columns[kept]
        values = (1 + np.log(self.values[kept])) * rarity[columns]
        norms = np.sqrt(_sums(rows, values * values, self.height))
        return Sheet(rows, columns, values / norms[rows], self.height, self.width)


def rarity_of(sheet: Sheet) -> Floats:
    """How rare each word is: 1 where it stands in all texts, more elsewhere, nought where it stands in none.

    Source: the smoothed inverse document frequency, ln((1 + n) / (1 + texts with the word)) + 1.
    """
    standing = sheet.standing()
    return np.where(standing > 0, np.log((1 + sheet.height) / (1 + standing)) + 1, 0.0)


def counted(bags: Iterable[Bag]) -> tuple[tuple[str, ...], Sheet]:
    """The words of many texts in order, and how often each stands in which."""
    met: dict[str, int] = {}
    sheet = _sheet([(met.setdefault(word, len(met)), count) for word, count in bag.items()] for bag in bags)
    sheet = msgspec.structs.replace(sheet, width=len(met))
    standing = sheet.standing()
    frequent = sorted(met, key=lambda word: (-standing[met[word]], word))[:MOST_WORDS]
    words = tuple(sorted(frequent))
    places = np.full(len(met), -1, dtype=np.int32)
    places[[met[word] for word in words]] = np.arange(len(words))
    columns = places[sheet.columns]
    kept = columns >= 0
    return words, Sheet(sheet.rows[kept], columns[kept], sheet.values[kept], sheet.height, len(words))


def found_in(bags: Iterable[Bag], place: Mapping[str, int]) -> Sheet:
    """How often known words stand in some texts; others are left out."""
    known = ([(place[word], count) for word, count in bag.items() if word in place] for bag in bags)
    return msgspec.structs.replace(_sheet(known), width=len(place))


def _sheet(texts: Iterable[list[tuple[int, int]]]) -> Sheet:
    """A sheet of columns and counts, text by text; its width is not known yet."""
    lengths, columns, counts = array("i"), array("i"), array("d")
    for text in texts:
        lengths.append(len(text))
        columns.extend(column for column, _ in text)
        counts.extend(count for _, count in text)
    rows = np.repeat(np.arange(len(lengths), dtype=np.int32), np.asarray(lengths))
    return Sheet(rows, np.asarray(columns), np.asarray(counts), len(lengths), 0)


def _sums(places: Places, values: Floats, count: int) -> Floats:
    """For each of so many places the sum of its values, added in their order."""
    return np.bincount(places, values, count).astype(np.float64, copy=False)
