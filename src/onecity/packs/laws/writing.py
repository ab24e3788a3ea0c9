"""Hashes written behind the citations of a pack, and numbers behind its laws; every other byte stays as it was."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from onecity.kernel.errors import CityError
from onecity.packs.faults import Place
from onecity.packs.source import Node, Scalar, Sequence, read_source

KEY: Final = "sha256"
NUMBERS: Final = "numbered"
_NUMBERS: Final = re.compile(rf"^{NUMBERS}: \[(?P<said>[^\]\n]+)\]", re.MULTILINE)
_NEW_LINE: Final = "\n"

_Spot: TypeAlias = tuple[int, int]
"""Line and column of the value of `article`, from 1: it tells one citation of a file from the others."""


def write_hashes(folder: Path, hashes: Mapping[Place, str]) -> int:
    """Write the hash of an article behind each citation whose `article` stands at a place; how many files changed.

    Nothing is written before every file is known to say the same as before, and the hashes.
    """
    wanted: dict[str, dict[_Spot, str]] = {}
    for place, sha256 in hashes.items():
        wanted.setdefault(place.file, {})[(place.line, place.column)] = sha256
    ready = {folder / file: written(file, (folder / file).read_bytes(), those) for file, those in wanted.items()}
    return _put(ready)


def write_numbers(folder: Path, lines: Mapping[str, Iterable[str]]) -> int:
    """Write behind each law how its versions are numbered, each as YAML in braces; how many files changed."""
    ready = {folder / file: numbered(file, (folder / file).read_bytes(), those) for file, those in lines.items()}
    return _put(ready)


def _put(ready: Mapping[Path, bytes]) -> int:
    for path, content in ready.items():
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(content)
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    return len(ready)


def numbered(file: str, content: bytes, those: Iterable[str]) -> bytes:
    """The bytes of the file of a law with more of its versions, after a look whether it still says the same."""
    text, more = content.decode("utf-8"), ", ".join(those)
    there = _NUMBERS.search(text)
    if there:
        found = f"{text[: there.end('said')]}, {more}{text[there.end('said') :]}"
    else:
        found = f"{text}{'' if text.endswith(_NEW_LINE) else _NEW_LINE}{NUMBERS}: [{more}]{_NEW_LINE}"
    before, after = (read_source(file, one)[0] for one in (content, found.encode("utf-8")))
    if before is None or after is None or _said(before) != _said(after):
        raise CityError(f"{file}: the numbers of its articles cannot be put in here. Write them by hand: {more}")
    return found.encode("utf-8")


def with_hashes(text: str, hashes: Mapping[_Spot, str]) -> str:
    """A declaration with hashes behind some of its citations.

    >>> print(with_hashes('a: {law: 甲, article: "1"}  # so', {(1, 22): "00ff"}))
    a: {law: 甲, article: "1", sha256: "00ff"}  # so
    """
    raw = yaml.compose(text, Loader=yaml.CSafeLoader)
    added = {} if raw is None else dict(_additions(raw, text, hashes))
    for at in sorted(added, reverse=True):
        text = text[:at] + added[at] + text[at:]
    return text


def _additions(raw: yaml.Node, text: str, hashes: Mapping[_Spot, str]) -> Iterator[tuple[int, str]]:
    """Where something is to be put in, and what."""
    if isinstance(raw, yaml.SequenceNode):
        for item in raw.value:
            yield from _additions(item, text, hashes)
    if not isinstance(raw, yaml.MappingNode):
        return
    for key, value in raw.value:
        spot = (value.start_mark.line + 1, value.start_mark.column + 1)
        if key.value == "article" and spot in hashes:
            yield from _behind(raw, text, hashes[spot])
        yield from _additions(value, text, hashes)


def _behind(citation: yaml.MappingNode, text: str, sha256: str) -> Iterator[tuple[int, str]]:
    """The place behind the last value of a citation, and the hash in the form in which the citation is written."""
    entry = f'{KEY}: "{sha256}"'
    values = [value for _, value in citation.value if isinstance(value, yaml.ScalarNode)]
    last = next((value for value in reversed(values) if value.style not in ("|", ">")), None)
    if last is None:
        return
    if citation.flow_style:
        yield last.end_mark.index, f", {entry}"
        return
    line_ends = text.find("\n", last.end_mark.index)
    at = len(text) if line_ends < 0 else line_ends
    if text[:at].endswith("\r"):
        at -= 1
    ends = "\r\n" if text[at : at + 2] == "\r\n" else "\n"
    yield at, f"{ends}{' ' * citation.start_mark.column}{entry}"


def written(file: str, content: bytes, hashes: Mapping[_Spot, str]) -> bytes:
    """The bytes of a file with hashes, after a look whether it still says the same."""
    found = with_hashes(content.decode("utf-8"), hashes).encode("utf-8")
    before, after = (read_source(file, one)[0] for one in (content, found))
    if before is None or after is None or _said(before) != _said(after) or _held(before, hashes) != _held(after, {}):
        raise CityError(f"{file}: no hash can be put in here without changing something else. Write it by hand.")
    return found


def _said(node: Node) -> object:
    """What a tree says but for its hashes, and for how laws are numbered."""
    match node:
        case Scalar():
            return (node.text, node.quoted, node.null)
        case Sequence():
            return tuple(_said(item) for item in node.items)
        case _:
            return {entry.key: _said(entry.value) for entry in node.entries if entry.key not in (KEY, NUMBERS)}


def _held(node: Node, hashes: Mapping[_Spot, str]) -> list[str | None]:
    """The hash of each citation of a tree in their order, with those that are to be put in."""
    match node:
        case Scalar():
            return []
        case Sequence():
            return [one for item in node.items for one in _held(item, hashes)]
    inside = {entry.key: entry.value for entry in node.entries}
    article, kept = inside.get("article"), inside.get(KEY)
    found: list[str | None] = []
    if article is not None:
        mine = kept.text if isinstance(kept, Scalar) else None
        found.append(hashes.get((article.place.line, article.place.column), mine))
    return found + [one for value in inside.values() for one in _held(value, hashes)]
