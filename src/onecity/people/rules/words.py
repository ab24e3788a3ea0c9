"""What somebody wrote for others to read."""

from typing import Final

from onecity.kernel.refusal import Refused
from onecity.people.rules.why import Why

LONGEST_WORDS: Final = 1_000
"""Characters that somebody may write at once."""


def said(words: str) -> str | Refused:
    """What somebody wrote, if it is something and not too long.

    >>> said("  why? ")
    'why?'
    """
    text = words.strip()
    if not text:
        return Refused(Why.UNSAID)
    return text if len(text) <= LONGEST_WORDS else Refused(Why.TOO_LONG, {"most": LONGEST_WORDS})
