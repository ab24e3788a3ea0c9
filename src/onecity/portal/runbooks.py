"""The pages that say how to mend what an alert tells, as engineers read them in docs/operate: read, not written here.

They keep to a small form: headings, paragraphs, lists, and commands between three backticks.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

_NAME: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
_ITEM: Final = re.compile(r"(?:- |\d+\. )(.*)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Part(msgspec.Struct, frozen=True):
    """A part of a page: `heading`, `text`, `list`, `steps` (a list whose order counts) or `commands`, and its lines."""

    kind: str
    lines: tuple[str, ...]


class Runbook(msgspec.Struct, frozen=True):
    """A page: what it is about, and its parts."""

    title: str
    parts: tuple[Part, ...]


class Runbooks:
    """The pages of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, name: str) -> Runbook | None:
        """The page of a name; None if there is none. A name is never a path."""
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / f"{name}.md"
        return read(path.read_text("utf-8")) if path.is_file() else None


def read(text: str) -> Runbook:
    """A page, taken apart.

    >>> page = read("# A: b\\n\\n## What\\n\\nOne\\ntwo.\\n\\n1. `x`\\n   y\\n2. z\\n")
    >>> page.title, [(part.kind, part.lines) for part in page.parts]
    ('A: b', [('heading', ('What',)), ('text', ('One two.',)), ('steps', ('x y', 'z'))])
    """
    title, _, rest = text.partition("\n")
    return Runbook(title.removeprefix("# "), tuple(_parts(rest)))


def _parts(text: str) -> Iterator[Part]:
    for number, block in enumerate(text.split("```")):
        if number % 2:
            yield Part("commands", tuple(block.strip("\n").split("\n")))
            continue
        for paragraph in filter(None, (one.strip("\n") for one in re.split(r"\n\s*\n", block))):
            yield _part(paragraph)


def _part(paragraph: str) -> Part:
    if paragraph.startswith("## "):
        return Part("heading", (paragraph.removeprefix("## "),))
    if not _ITEM.match(paragraph):
        return Part("text", (_plain(paragraph),))
    items: list[str] = []
    for line in paragraph.split("\n"):
        begun = _ITEM.match(line)
        if begun:
            items.append(begun[1])
        else:
            items[-1] += f" {line.strip()}"
    return Part("list" if paragraph.startswith("- ") else "steps", tuple(map(_plain, items)))


def _plain(text: str) -> str:
    """Text without its signs: what stood between backticks is a word like others, a link is its words."""
    return _LINK.sub(r"\1", " ".join(text.split())).replace("`", "")
