"""Names that are alike, found without comparing each with each."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from onecity.kernel.search import pairs

_LEAST_PAIRS: Final = 2
"""Names with fewer pairs of signs in common cannot be alike: four signs side by side have three."""


class Names:
    """Many names, cut into pairs of signs once."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(names):
            for pair in sorted(pairs(name)):
                self._having[pair].append(number)

    def near(self, name: str) -> list[int]:
        """The places of all names that may be alike, in their order.

        >>> Names(["营业执照", "排水许可证", "许可证书"]).near("食品经营许可证")
        [1, 2]
        """
        shared = Counter(number for pair in sorted(pairs(name)) for number in self._having.get(pair, ()))
        return sorted(
            number for number, times in shared.items() if times >= _LEAST_PAIRS or self._names[number] == name
        )


def shared_by(one: str, other: str) -> int:
    """How many signs two names have in common side by side.

    >>> shared_by("建设用地预审意见", "用地预审")
    4
    """
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
