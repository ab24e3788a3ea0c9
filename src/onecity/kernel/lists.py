"""Several names in one sentence, and the name that somebody meant."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Final

_BETWEEN: Final = {"zh": "、", "en": ", "}


def listed(names: Iterable[str], lang: str) -> str:
    """Names one after another, as a language writes them.

    >>> listed(["tax", "water"], "en"), listed(["税务", "供水"], "zh")
    ('tax, water', '税务、供水')
    """
    return _BETWEEN[lang].join(names)


def nearest(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """For each name the known one that was probably meant; an empty one where none is near.

    >>> nearest(["shopname", "q"], ["shop_name"])
    ('shop_name', '')
    """
    return tuple(next(iter(get_close_matches(name, known, n=1, cutoff=0.5)), "") for name in names)
