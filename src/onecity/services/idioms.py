"""How people speak of what the city does, as a pack declares it: words of one meaning, and words that say nothing."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from onecity.kernel.search import Idioms, bare, plain
from onecity.packs import Declared, Fault, Kind, Pack, Table

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
_Several = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class Synonym(msgspec.Struct, frozen=True):
    """A `word` that is looked for, and `same`, the other words of that meaning, with a space between two of them.

    Whoever writes one of them finds what is called by any other, in both directions. A word has one meaning here, so
    it stands in one row.
    """

    word: _Word
    same: _Several

    @property
    def group(self) -> tuple[str, ...]:
        """All words of one meaning, the first of which stands for all."""
        return (self.word, *self.same.split())


class Synonyms(Table[Synonym], frozen=True):
    """The words by which people look for what the city does, by meaning."""


class Filler(msgspec.Struct, frozen=True):
    """A `word` of questions that says nothing about what is wanted: 我想, 怎么办, how to.

    One sign alone is left where it may be half of a word.
    """

    word: _Word


class Fillers(Table[Filler], frozen=True):
    """What a search leaves out of a question."""


def idioms_of(pack: Pack) -> Idioms:
    """How people speak under a pack; a pack without these tables has only the words of its items."""
    groups = [row.group for table in pack.all(SYNONYM).values() for row in table.value.rows]
    fillers = [row.word for table in pack.all(FILLER).values() for row in table.value.rows]
    return Idioms(groups, fillers)


def _check_synonyms(pack: Pack, declared: Declared[Synonyms]) -> Iterator[Fault]:
    fillers = {plain(row.word) for table in pack.all(FILLER).values() for row in table.value.rows}
    lines: dict[str, int] = {}
    for number, row in enumerate(declared.value.rows):
        for word in row.group:
            said, path = plain(word), f"rows.{number}.{'word' if word == row.word else 'same'}"
            first = lines.setdefault(said, number + 2)
            if first != number + 2:
                what = f"`{word}` stands in line {first} already, and a word has one meaning."
                yield declared.fault(path, what, "Join the two rows, or take it out of one.")
            elif said in fillers:
                what = f"`{word}` is left out of every question, as fillers.csv says."
                yield declared.fault(path, what, "Take it out of one of the two tables.")
            elif not bare(said):
                yield declared.fault(path, f"`{word}` has no letter and no sign.", "Take it out.")
        if len({plain(word) for word in row.group}) < len(row.group):
            what = "A word stands twice in this row."
            yield declared.fault(f"rows.{number}.same", what, "Keep one of the two.")


SYNONYM: Final[Kind[Synonyms]] = Kind(
    "synonym", "services/synonyms.csv", Synonyms, _check_synonyms, single=True, optional=True
)
FILLER: Final[Kind[Fillers]] = Kind("filler", "services/fillers.csv", Fillers, single=True, optional=True)
