"""Which open reports a new one may repeat, and why: this is proposed to a person, and nothing is merged by itself."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, product
from math import e, exp, sqrt
from typing import Final

import msgspec

from onecity.governance.catalogue import Catalogue
from onecity.governance.declared import Matter
from onecity.governance.ground import Nearby, Point, metres

_HOUR: Final = timedelta(hours=1)

_TO_DEVIATION: Final = 2.448
"""A circle of so many standard deviations holds 95 % of what scatters in both directions alike: √(-2 ln 0.05)."""


class Seen(msgspec.Struct, frozen=True):
    """A report: where, when, under which matter of the catalogue, in which words; empty if it came without.

    `accuracy_m` is the radius that holds the place with 95 %, as telephones tell it. Source: W3C Geolocation, accuracy.
    """

    id: str
    point: Point
    accuracy_m: float
    at: datetime
    matter: str
    words: str = ""


class Kinship(StrEnum):
    """What the matters of two reports have in common, the closest first."""

    MATTER = "matter"
    PART = "part"
    GROUP = "class"
    NONE = "none"


class Measures(msgspec.Struct, frozen=True):
    """What makes two reports alike, and how much. Units: metres, hours, shares of 1.

    `stand_off_m`: people stand beside the thing, not on it; a standard deviation. `elsewhere_m`: how far apart things
    lie that somebody might report; a place that is known worse than that says nothing. `half_life_h`: five days later a
    new report says half as much about one that is still open. `near`, `kind` and `words` are the shares of the whole;
    `part` and `group` say what is left of the second when the matters are not the same. `threshold` is the least score
    that is proposed. Chosen by trying some hundred settings on four simulated towns (`tests/streets.py`): of those with
    which nine in ten proposals were right there, these found most. On towns that were not tried, `make bench
    ARGS=hotspots`, 86 % are right and 80 % of the repeats are found: most that are missed have places known no better
    than to 200 m.
    """

    stand_off_m: float = 10
    elsewhere_m: float = 200
    half_life_h: float = 120
    near: float = 0.3
    kind: float = 0.5
    words: float = 0.2
    part: float = 0.75
    group: float = 0.4
    threshold: float = 0.4

    @property
    def reach_m(self) -> float:
        """No two reports farther apart reach the threshold, however well or badly their places are known.

        The score is no higher than the share of the place. That falls to the threshold at d² = 2s² · ln(k·a²/s²) with
        k = 1 / threshold - 1, which is largest where s² = k·a²/e.

        >>> round(MEASURES.reach_m)
        210
        """
        return self.elsewhere_m * sqrt(2 * (1 / self.threshold - 1) / e)


MEASURES: Final = Measures()


class Reasons(msgspec.Struct, frozen=True):
    """The parts of a score: they add up to it."""

    near: float
    kind: float
    words: float

    @property
    def score(self) -> float:
        return self.near + self.kind + self.words


class Likeness(msgspec.Struct, frozen=True):
    """How like an open report the new one is: `place` and `time` say how near, `shared` are the words in both."""

    id: str
    metres: float
    hours: float
    kinship: Kinship
    shared: tuple[str, ...]
    place: float
    time: float
    because: Reasons

    @property
    def score(self) -> float:
        """From 0 to 1."""
        return self.because.score


class OpenReports:
    """Reports that are open, by where they are; it never changes."""

    def __init__(self, reports: Iterable[Seen], *, catalogue: Catalogue, measures: Measures = MEASURES) -> None:
        self._catalogue, self._measures = catalogue, measures
        self._near = Nearby(((report.point, report) for report in reports), reach_m=measures.reach_m)

    def like(self, new: Seen) -> Sequence[Likeness]:
        """Those that a new report may repeat, the likeliest first."""
        others = (other for other in self._near.around(new.point) if other.id != new.id)
        found = (likeness(new, other, catalogue=self._catalogue, measures=self._measures) for other in others)
        enough = (one for one in found if one.score >= self._measures.threshold)
        return sorted(enough, key=lambda one: (-one.score, one.id))


def likeness(new: Seen, other: Seen, *, catalogue: Catalogue, measures: Measures = MEASURES) -> Likeness:
    """How much says that two reports are of one thing: nearness × (a part for itself + kind + words).

    Far away or long after, the same words mean nothing, so nearness in place and time bounds all parts. The words are
    compared by `overlap`; where one came without words, these say nothing, and the other parts make up the whole.
    """
    apart, hours = metres(new.point, other.point), abs(new.at - other.at) / _HOUR
    place, time = _in_place(apart, new, other, measures), 0.5 ** (hours / measures.half_life_h)
    akin = kinship(new.matter, other.matter, catalogue)
    mine, theirs = _pairs(new.words), _pairs(other.words)
    said = measures.words if mine and theirs else 0.0
    share = place * time / (measures.near + measures.kind + said)
    because = Reasons(
        near=share * measures.near,
        kind=share * measures.kind * _worth(akin, measures),
        words=share * said * overlap(new.words, other.words),
    )
    return Likeness(other.id, apart, hours, akin, _shared(new.words, mine & theirs), place, time, because)


def _in_place(apart_m: float, one: Seen, other: Seen, measures: Measures) -> float:
    """How much a distance says that both stand before one thing, knowing how well each place is known.

    If they do, the distance scatters with both errors, s² in all: its density is exp(-d²/2s²) / 2πs². If not, the
    other thing lies anywhere, with density 1 / 2πa². What follows from the two by Bayes' rule is returned.
    """
    errors = (report.accuracy_m / _TO_DEVIATION for report in (one, other))
    spread = sum(error**2 + measures.stand_off_m**2 for error in errors)
    # Beyond e⁷⁰⁰ floats end, and long before nothing is left of the answer.
    away = exp(min(apart_m**2 / (2 * spread), 700))
    return 1 / (1 + spread / measures.elsewhere_m**2 * away)


def kinship(one: str, other: str, catalogue: Catalogue) -> Kinship:
    """What two matters have in common, both read as they are filed today: a former code is what it has become."""
    pairs = list(product(_today(one, catalogue), _today(other, catalogue)))
    if one == other or any(mine.code == theirs.code for mine, theirs in pairs):
        return Kinship.MATTER
    if any(mine.part and mine.part == theirs.part for mine, theirs in pairs):
        return Kinship.PART
    return Kinship.GROUP if any(_of_one_class(mine, theirs) for mine, theirs in pairs) else Kinship.NONE


def _today(code: str, catalogue: Catalogue) -> Sequence[Matter]:
    matter = catalogue.matter(code)
    if matter is None:
        return ()
    return [catalogue.matters[later] for later in catalogue.becomes(code)] or [matter]


def _of_one_class(one: Matter, other: Matter) -> bool:
    # The same two digits are another class in another standard, whose codes have another length.
    return one.group is not None and one.group == other.group and len(one.code) == len(other.code)


def _worth(akin: Kinship, measures: Measures) -> float:
    match akin:
        case Kinship.MATTER:
            return 1.0
        case Kinship.PART:
            return measures.part
        case Kinship.GROUP:
            return measures.group
        case Kinship.NONE:
            return 0.0


def _words(text: str) -> Sequence[str]:
    """The runs of letters, characters and digits, all of one width and case."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return ["".join(run) for is_word, run in groupby(plain, str.isalnum) if is_word]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(word[at : at + 2] for word in _words(text) for at in range(len(word) - 1))


def overlap(one: str, other: str) -> float:
    """The share of pairs of characters that two texts have in common: 2·|both| / (|one| + |other|), nought if one is
    empty. Source: Dice 1945, Ecology 26(3).

    >>> overlap("路灯不亮", "路灯亮了"), overlap("路灯", "")
    (0.3333333333333333, 0.0)
    """
    mine, theirs = _pairs(one), _pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def _shared(text: str, pairs: frozenset[str]) -> tuple[str, ...]:
    """The longest pieces of a text all of whose pairs are shared, in their order.

    >>> _shared("路口井盖破损", _pairs("破损的井盖"))
    ('井盖', '破损')
    """
    pieces: list[str] = []
    for word in _words(text):
        piece = ""
        for at in range(len(word) - 1):
            pair = word[at : at + 2]
            if pair in pairs:
                piece = piece + pair[1] if piece else pair
            elif piece:
                pieces.append(piece)
                piece = ""
        if piece:
            pieces.append(piece)
    return tuple(dict.fromkeys(pieces))
