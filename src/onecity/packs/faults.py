"""What is wrong in a pack: where, what, and how to mend it. Faults are collected, never raised one by one."""

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """A spot in a pack: path of the file inside the pack, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Fault(msgspec.Struct, frozen=True):
    """One fault of a pack's content."""

    place: Place
    what: str
    mend: str

    def __str__(self) -> str:
        # One line, and no terminal codes: what an author wrote is shown, never obeyed.
        said = f"{self.place}: {self.what} {self.mend}"
        return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in said)


def in_reading_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults as a person meets them: file by file, from the top, each once."""
    return tuple(sorted(set(faults), key=lambda fault: (fault.place, fault.what)))


def nearest(word: str, known: Iterable[str]) -> str:
    """How to mend a word that is unknown: the known one that its author may have meant, else all of them."""
    known = tuple(known)
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"Did you mean `{near[0]}`?" if near else f"Known are: {', '.join(known)}."


def short(text: str) -> str:
    """A written value as a message shows it; a page of text would bury the sentence."""
    return text if len(text) <= 60 else f"{text[:59]}…"
