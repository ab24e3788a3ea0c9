"""What people say when they mean a matter, and the model that is learnt from it where nobody has trained another."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from onecity.governance.catalogue import MATTER
from onecity.governance.declared import Phrase, Phrases
from onecity.governance.routing import Example, Model, NotRouted, learned_from
from onecity.kernel.refusal import Refused
from onecity.packs import Declared, Fault, Kind, Pack

LEAST_PHRASES: Final = 4
"""Of fewer phrases nothing is learnt that holds for a fifth."""


def default_model(pack: Pack) -> Model | Refused:
    """What a pack's phrases and the names of their matters teach; learnt at the first call, then kept in memory.

    A label is the code of a matter. Refused if the pack declares no phrases.
    """
    if not pack.all(PHRASE) or not pack.all(MATTER):
        return Refused(NotRouted.NO_PHRASES)
    phrases = pack.one(PHRASE).rows
    matters = {row.matter for row in phrases}
    named = tuple(Phrase(row.name, row.code) for row in pack.one(MATTER).rows if row.code in matters)
    return _learned((*phrases, *named))


def said_of_the_street(pack: Pack) -> Sequence[str]:
    """All that people say when they mean something on the street, in the order of the pack."""
    return [row.phrase for table in pack.all(PHRASE).values() for row in table.value.rows]


@lru_cache(maxsize=2)
def _learned(phrases: tuple[Phrase, ...]) -> Model | Refused:
    return learned_from([Example(line, row.phrase, label=row.matter) for line, row in enumerate(phrases, 2)])


def _check(pack: Pack, declared: Declared[Phrases]) -> Iterator[Fault]:
    matters = {row.code: row for table in pack.all(MATTER).values() for row in table.value.rows}
    times = Counter(row.matter for row in declared.value.rows)
    told: set[str] = set()
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}.matter"
        yield from pack.unknown(declared, path, MATTER, row.matter, among=matters)
        known = matters.get(row.matter)
        if known is not None and known.until is not None:
            later = known.successors
            mend = f"Name what took its place: {' or '.join(later)}." if later else "Take the phrase out."
            yield declared.fault(path, f"The matter `{row.matter}` is not there any more.", mend)
        if times[row.matter] < LEAST_PHRASES and row.matter not in told:
            told.add(row.matter)
            what = f"`{row.matter}` has {times[row.matter]} of the {LEAST_PHRASES} phrases that it needs."
            yield declared.fault(path, what, "Write more of them, or take its phrases out.")


PHRASE: Final[Kind[Phrases]] = Kind("phrase", "governance/phrases.csv", Phrases, _check, single=True, optional=True)
