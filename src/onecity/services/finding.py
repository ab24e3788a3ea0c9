"""What an officer's search may mean: each word names matters, agencies, people or a receipt; all of it must fit."""

from collections.abc import Sequence
from itertools import product
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import Wanted, Words

MOST_WORDS: Final = 4
MOST_PEOPLE: Final = 2_000
"""Beyond so many people of one name, an officer must say more."""


class Meaning(msgspec.Struct, frozen=True):
    """What one word of a search may mean. `whole` says that it is somebody's whole name, or their number."""

    words: Words = Words((), ())
    subjects: tuple[UUID, ...] = ()
    affairs: tuple[UUID, ...] = ()
    whole: bool = False

    def readings(self) -> list[Wanted]:
        """Each way to read the word, alone."""
        found: list[Wanted] = []
        if self.words.matters or self.words.agencies:
            found.append(Wanted(words=(self.words,)))
        if self.subjects:
            found.append(Wanted(subjects=self.subjects))
        if self.affairs:
            found.append(Wanted(affairs=self.affairs))
        return found


def alternatives(meanings: Sequence[Meaning]) -> list[Wanted]:
    """The ways to read a whole search; what fits one of them fits the search. None if a word means nothing.

    >>> permit = Meaning(words=Words(("felling",), ()), subjects=(UUID(int=1),))
    >>> [(len(one.words), one.subjects) for one in alternatives([permit])]
    [(1, None), (0, (UUID('00000000-0000-0000-0000-000000000001'),))]
    """
    if not meanings:
        return []
    together = [_together(readings) for readings in product(*(one.readings() for one in meanings))]
    return [one for one in together if one.subjects != () and one.affairs != ()]


def _together(readings: Sequence[Wanted]) -> Wanted:
    return Wanted(
        tuple(word for one in readings for word in one.words),
        _shared([one.subjects for one in readings]),
        _shared([one.affairs for one in readings]),
    )


def _shared(sets: Sequence[tuple[UUID, ...] | None]) -> tuple[UUID, ...] | None:
    """What all sets have in common; None for no set at all."""
    given = [set(one) for one in sets if one is not None]
    return tuple(sorted(set.intersection(*given))) if given else None
