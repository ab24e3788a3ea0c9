"""A citation beside the text of the law: whether it is so, and if not, what became of the article."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from onecity.packs.laws.library import Library, Volume
from onecity.packs.laws.places import articles_in
from onecity.packs.laws.texts import hash_of, squeezed

_MOST_PROPOSED: Final = 5


class Citation(msgspec.Struct, frozen=True):
    """What a pack says of an article: in which law and version it stands, what it says, and the hash of its text."""

    law: str
    article: str
    version: date
    phrase: str = ""
    sha256: str | None = None


class Result(StrEnum):
    """What came out of a comparison. `unproven` is what nothing was said of that could be compared."""

    OK = "ok"
    MOVED = "moved"
    CHANGED = "changed"
    REPLACED = "replaced"
    MISSING = "missing"
    TRUNCATED = "truncated"
    UNPROVEN = "unproven"
    SIMULATED = "simulated"

    @property
    def is_wrong(self) -> bool:
        """Whether somebody must look at the citation before anybody may rely on it."""
        return self not in (Result.OK, Result.UNPROVEN, Result.SIMULATED)


class Compared(msgspec.Struct, frozen=True):
    """What came out for one citation: `why` tells it closer, `facts` are what its sentence names.

    `proposed` are the articles that it may mean, `sha256` the hash of the article that it names, where there is one.
    """

    result: Result
    why: str
    facts: Mapping[str, str] = {}
    proposed: tuple[str, ...] = ()
    sha256: str | None = None


def compared(citation: Citation, library: Library, *, simulated: bool = False) -> Compared:
    """A citation beside a library. A `simulated` law has no text but the one that the city made up."""
    volumes = library.of(citation.law)
    if not volumes:
        unread = library.unread_of(citation.law)
        if unread is not None:
            return Compared(Result.MISSING, "unread", {"file": unread})
        return Compared(Result.SIMULATED, "simulated") if simulated else Compared(Result.MISSING, "missing_law")
    numbers = articles_in(citation.article)
    if not numbers:
        return Compared(Result.MISSING, "no_article")
    of_the_day = [one for one in volumes if not one.days or citation.version in one.days]
    if not of_the_day:
        return _replaced(citation, volumes, numbers)
    found = [_beside(citation, one, numbers) for one in of_the_day]
    # Of several texts of one day the one that agrees tells the most.
    return min(found, key=lambda one: (one.result.is_wrong, one.result is Result.UNPROVEN, not one.proposed))


def _beside(citation: Citation, volume: Volume, numbers: tuple[str, ...]) -> Compared:
    readings = list(_readings(volume, numbers))
    if not readings:
        return _absent(citation, volume, numbers)
    for text in readings:
        if _agrees(citation, text):
            named = citation.phrase or citation.sha256
            found = (Result.OK, "ok") if named else (Result.UNPROVEN, "unproven")
            return Compared(*found, sha256=hash_of(text) if _is_sure(citation, volume, numbers, readings) else None)
    return _differs(citation, volume, numbers, readings[0])


def _is_sure(citation: Citation, volume: Volume, numbers: tuple[str, ...], readings: Sequence[str]) -> bool:
    """Whether a hash may be kept: never of one reading among several, and of no article that may be cut off."""
    cut = not volume.whole and volume.articles[-1].number in numbers
    return citation.sha256 is not None or not (cut or len(readings) > 1)


def _agrees(citation: Citation, text: str) -> bool:
    """Whether a text has the hash and holds the phrase of a citation, as far as it has them."""
    hashed = citation.sha256 is None or hash_of(text) == citation.sha256
    return hashed and squeezed(citation.phrase) in squeezed(text)


def _readings(volume: Volume, numbers: tuple[str, ...]) -> Iterator[str]:
    """What the articles say together; where a text has two of one number, each reading."""
    found = [volume.by_number.get(number, ()) for number in numbers]
    if all(found):
        for turn in range(max(map(len, found))):
            yield "\n".join(those[min(turn, len(those) - 1)].text for those in found)


def _elsewhere(citation: Citation, volume: Volume, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """The other articles that a citation may mean.

    With a hash only what reads the same has moved: that a phrase stands elsewhere says nothing of a text that is gone.
    """
    if citation.sha256 is not None:
        found = volume.moved(numbers[0], citation.sha256) if len(numbers) == 1 else ()
    else:
        found = _saying(citation, volume)
    return tuple(one for one in found if one not in numbers)[:_MOST_PROPOSED]


def _saying(citation: Citation, volume: Volume) -> tuple[str, ...]:
    return volume.saying(citation.phrase)[:_MOST_PROPOSED] if citation.phrase else ()


def _absent(citation: Citation, volume: Volume, numbers: tuple[str, ...]) -> Compared:
    """What is said of an article that the text does not have."""
    proposed = _elsewhere(citation, volume, numbers)
    if proposed:
        return _moved(volume, proposed)
    last = volume.articles[-1].number if volume.articles else "0"
    facts = {"file": volume.name, "last": last}
    if not volume.whole:
        return Compared(Result.TRUNCATED, "truncated", facts)
    return Compared(Result.MISSING, "missing_article", facts)


def _differs(citation: Citation, volume: Volume, numbers: tuple[str, ...], text: str) -> Compared:
    """What is said of an article that reads otherwise than the citation has it."""
    sha256, facts = hash_of(text), {"file": volume.name}
    if sha256 == citation.sha256:
        return Compared(Result.CHANGED, "changed_phrase", facts, _saying(citation, volume), sha256)
    proposed = _elsewhere(citation, volume, numbers)
    if proposed:
        return _moved(volume, proposed, sha256)
    # Where a text breaks off, its last article may be cut as well.
    if not volume.whole and volume.articles[-1].number in numbers:
        return Compared(Result.TRUNCATED, "truncated_within", facts, sha256=sha256)
    if citation.sha256 is None:
        return Compared(Result.CHANGED, "changed_phrase", facts, sha256=sha256)
    holds = citation.phrase and squeezed(citation.phrase) in squeezed(text)
    why = "changed_but_phrase" if holds else "changed_text"
    return Compared(Result.CHANGED, why, facts, () if holds else _saying(citation, volume), sha256)


def _moved(volume: Volume, proposed: tuple[str, ...], sha256: str | None = None) -> Compared:
    facts = {"file": volume.name, "proposed": "、".join(proposed)}
    return Compared(Result.MOVED, "moved", facts, proposed, sha256)


def _replaced(citation: Citation, volumes: tuple[Volume, ...], numbers: tuple[str, ...]) -> Compared:
    """What is said where the library has the law of other days only: the next one, else the last before."""
    later = [one for one in volumes if one.days[-1] > citation.version]
    volume = later[0] if later else volumes[-1]
    found = _beside(citation, volume, numbers)
    facts = {"file": volume.name, "other": volume.days[-1].isoformat()}
    if found.result is Result.OK:
        return Compared(Result.REPLACED, "replaced_same", facts, numbers)
    if found.proposed and found.result is Result.MOVED:
        facts["proposed"] = found.facts["proposed"]
        return Compared(Result.REPLACED, "replaced_moved", facts, found.proposed)
    return Compared(Result.REPLACED, "replaced", facts)
