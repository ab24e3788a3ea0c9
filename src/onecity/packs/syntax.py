"""What the author of a file that is no YAML is told: where it breaks, in everyday words, and how to mend it."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
import yaml

from onecity.packs.faults import Fault, Place

NO_ANCHORS: Final = "Anchors and aliases are not allowed in packs."

MAX_DEPTH: Final = 50
"""No declaration needs half of it."""


class TooDeep(Exception):
    """The reader must stop here: composing recurses in C, so that depth would end the process, not raise."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class _Saying(msgspec.Struct, frozen=True):
    """What to say of one of the parser's problems. `at_start`: the place is where the broken part begins."""

    what: str
    mend: str
    at_start: bool = False


_BRACKET: Final = _Saying(
    "Here a comma or a closing bracket is missing.",
    "The bracket opens in line {start}; separate with `, ` and put a text with a colon in quotes.",
)
_SAYINGS: Final[Mapping[str, _Saying]] = {
    "mapping values are not allowed in this context": _Saying(
        "This colon makes a key where none can stand.",
        "Put a text with a colon in quotes, or align the line with its neighbours.",
    ),
    "could not find expected ':'": _Saying(
        "This line has no key.", "Write `key: value`, with a half-width colon and a space after it.", at_start=True
    ),
    "found unexpected end of stream": _Saying(
        "The quote that opens here is never closed.", "Close it with the same quote.", at_start=True
    ),
    "did not find expected ',' or ']'": _BRACKET,
    "did not find expected ',' or '}'": _BRACKET,
    "did not find expected key": _Saying(
        "Here the next key is expected.",
        "Align it with the lines above, and look for a quote that closes too early or too late.",
    ),
    "did not find expected '-' indicator": _Saying(
        "Here the next `- item` is expected.", "Align it with the items above."
    ),
    "did not find expected node content": _Saying(
        "Here a value is expected.", "Close every bracket, and put a text that begins with a sign in quotes."
    ),
    "but found another document": _Saying(
        "A second document begins here.", "Write one declaration a file; remove `---` or move the rest to its own file."
    ),
    "did not find expected alphabetic or numeric character": _Saying(
        "No text can begin with `*` or `&`.", "Put it in quotes.", at_start=True
    ),
    "found undefined alias": _Saying(NO_ANCHORS, "Put a text that begins with `*` in quotes."),
}


def syntax_fault(file: str, text: str, error: yaml.MarkedYAMLError) -> Fault:
    """The fault of a text that the parser refuses."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Fault(Place(file, 1, 1), f"This is not YAML: {error.problem}.", "Compare it with a neighbour.")
    line = (text.splitlines()[mark.line : mark.line + 1] or [""])[0]
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Fault(Place(file, mark.line + 1, 1), "The line is indented with a tab.", "Indent it with spaces.")
    start = error.context_mark or mark
    saying = _SAYINGS.get(error.problem or "", _other(error, line[mark.column : mark.column + 1]))
    at = start if saying.at_start else mark
    return Fault(Place(file, at.line + 1, at.column + 1), saying.what, saying.mend.format(start=start.line + 1))


def _other(error: yaml.MarkedYAMLError, sign: str) -> _Saying:
    if sign and error.problem == "found character that cannot start any token":
        return _Saying(f"No value can begin with `{sign}`.", "Put it in quotes.")
    return _Saying(f"This is not YAML: {error.problem}.", "Compare its indentation and quotes with a neighbour.")


def encoding_fault(file: str, content: bytes, error: UnicodeDecodeError) -> Fault:
    """The fault of bytes that are no text: its place is the first of them."""
    place = _after(file, content[: error.start].decode("utf-8"))
    return Fault(place, "From here on the file is not UTF-8.", "Save it as UTF-8; GBK and UTF-16 are not read.")


def character_fault(file: str, text: str) -> Fault:
    """The fault of a text with a character that YAML forbids: its place is the first of them."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    place = _after(file, text[: found.start()] if found else "")
    return Fault(place, "YAML forbids the invisible character that stands here.", "Remove it.")


def forbidden(file: str, text: str) -> Iterator[Fault]:
    """What YAML allows and packs do not: values that stand elsewhere, types that the author chooses, endless depth."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark = event.start_mark
        assert mark is not None, "the parser marks every event"
        place = Place(file, mark.line + 1, mark.column + 1)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise TooDeep(Fault(place, "Here the file is nested too deeply.", "Close the brackets, or split the file."))
        if isinstance(event, yaml.NodeEvent):
            yield from _ornaments(place, event)


def _ornaments(place: Place, event: yaml.NodeEvent) -> Iterator[Fault]:
    if event.anchor is not None:
        yield Fault(place, NO_ANCHORS, "Write the value out where it is used.")
    tag = getattr(event, "tag", None)
    if tag is not None:
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        yield Fault(place, f"The tag `{shown}` is not allowed in packs.", "Remove it, or put the text in quotes.")


def _after(file: str, text: str) -> Place:
    """The place that follows a text."""
    return Place(file, text.count("\n") + 1, len(text) - text.rfind("\n"))
