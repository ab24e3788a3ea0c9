"""Several names in one sentence."""

from collections.abc import Iterable
from typing import Final

_BETWEEN: Final = {"zh": "、", "en": ", "}


def listed(names: Iterable[str], lang: str) -> str:
    """Names one after another, as a language writes them.

    >>> listed(["tax", "water"], "en"), listed(["税务", "供水"], "zh")
    ('tax, water', '税务、供水')
    """
    return _BETWEEN[lang].join(names)
