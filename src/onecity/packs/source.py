"""YAML as a tree whose every value knows its line and column; nothing is interpreted yet."""

from typing import Final, TypeAlias

import msgspec
import yaml

from onecity.packs.faults import Fault, Place
from onecity.packs.syntax import TooDeep, character_fault, encoding_fault, forbidden, syntax_fault

MAX_BYTES: Final = 1_000_000
"""A declaration is a page of text; a larger file is a mistake or an attack."""

NULL: Final = "tag:yaml.org,2002:null"
"""What YAML calls a value that is not there."""


class Scalar(msgspec.Struct, frozen=True):
    """A written value. `quoted` tells "7" from 7, `null` an empty place.

    `refused` stands for a value whose fault is already noted, so that nobody complains of it twice.
    """

    text: str
    place: Place
    quoted: bool
    null: bool
    refused: bool = False


class Entry(msgspec.Struct, frozen=True):
    """One `key: value` of a mapping, with the place of its key."""

    key: str
    place: Place
    value: "Node"


class Mapping(msgspec.Struct, frozen=True):
    """Keys and values in the order in which they were written, keys unique."""

    entries: tuple[Entry, ...]
    place: Place


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple["Node", ...]
    place: Place


Node: TypeAlias = Scalar | Mapping | Sequence


class _Tree:
    """Turns PyYAML's nodes into ours and collects what packs do not allow."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def place(self, mark: yaml.Mark) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def fault(self, place: Place, what: str, mend: str) -> None:
        self.faults.append(Fault(place, what, mend))

    def node(self, raw: yaml.Node) -> Node:
        place = self.place(raw.start_mark)
        if id(raw) in self._seen:
            # An alias may point to its own parent; refusing all of them keeps every walk finite.
            return Scalar("", place, quoted=False, null=True, refused=True)
        self._seen.add(id(raw))
        match raw:
            case yaml.MappingNode():
                return self.mapping(raw, place)
            case yaml.SequenceNode():
                return Sequence(tuple(self.node(item) for item in raw.value), place)
            case yaml.ScalarNode():
                quoted = bool(raw.style)
                null = raw.tag == NULL and not quoted
                return Scalar(raw.value, place, quoted=quoted, null=null)
            case _:
                raise AssertionError(f"YAML has no node like {type(raw).__name__}")

    def mapping(self, raw: yaml.MappingNode, place: Place) -> Mapping:
        entries: dict[str, Entry] = {}
        for raw_key, raw_value in raw.value:
            at = self.place(raw_key.start_mark)
            if not isinstance(raw_key, yaml.ScalarNode):
                self.fault(at, "A key must be a word.", "Write `key: value`.")
                continue
            if raw_key.value in entries:
                self.fault(at, f"The key `{raw_key.value}` stands here twice.", "Keep one of the two.")
                continue
            entries[raw_key.value] = Entry(raw_key.value, at, self.node(raw_value))
        return Mapping(tuple(entries.values()), place)


def read_source(file: str, content: bytes) -> tuple[Node | None, tuple[Fault, ...]]:
    """The tree of one file, or the faults that keep it from being read. `file` is its path inside the pack."""
    top = Place(file, 1, 1)
    if len(content) > MAX_BYTES:
        return None, (Fault(top, f"The file has {len(content):,} bytes.", f"Split it; {MAX_BYTES:,} is the most."),)
    try:
        text = content.decode("utf-8")
        faults = tuple(forbidden(file, text))
        raw = yaml.compose(text, Loader=yaml.CSafeLoader)
        if raw is None:
            return None, (Fault(top, "The file is empty.", "Write the declaration, or delete the file."),)
        tree = _Tree(file)
        node = tree.node(raw)
    except TooDeep as deep:
        return None, (deep.fault,)
    except UnicodeDecodeError as error:
        return None, (encoding_fault(file, content, error),)
    except yaml.MarkedYAMLError as error:
        return None, (syntax_fault(file, text, error),)
    except yaml.YAMLError:
        return None, (character_fault(file, text),)
    return node, (*faults, *tree.faults)
