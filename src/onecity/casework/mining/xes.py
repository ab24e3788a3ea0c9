"""Logs in XES (IEEE 1849), trace by trace: nothing of the file is kept but the trace under way.

The parser is expat itself: it tells the line of what is wrong, and no tree is built. It never opens anything that a
file names, and a file that declares an entity is refused, so nothing can grow or be fetched.
"""

import sys
from collections.abc import Iterator
from typing import IO, Final
from xml.parsers import expat

from onecity.casework.mining.model import Case, Event, Remarks, Unreadable
from onecity.casework.mining.opened import Stop, pieces
from onecity.casework.mining.times import NOTHING, instant

_STEP, _TIME, _LIFE, _INSTANCE = "concept:name", "time:timestamp", "lifecycle:transition", "concept:instance"
ORGANS: Final = ("org:group", "org:role", "org:resource")
"""Who did it, the widest first: where a log names a group, it is named and not the person."""
_READ: Final = frozenset({_STEP, _TIME, _LIFE, _INSTANCE, *ORGANS})
_DEEPEST: Final = 100
"""Elements within each other; a real log has about five."""
_LONGEST_TAG: Final = 4 * 1024 * 1024
"""Bytes of one tag with its attributes."""
_ENDS: Final = frozenset({
    expat.errors.codes[one]
    for one in (
        expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN, expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
})  # fmt: skip
"""What expat says of a file that breaks off."""


def read_xes(file: IO[bytes], remarks: Remarks, *, packed: bool = False) -> Iterator[Case]:
    """The cases of a log: each trace is one. Raises Stop at the first place that cannot be read."""
    log, fed, seen = _Log(remarks), 0, False
    for piece in pieces(file, packed=packed):
        seen = seen or bool(piece.strip())
        log.feed(piece)
        fed += len(piece)
        if fed - log.parser.CurrentByteIndex > _LONGEST_TAG:
            raise Stop(Unreadable.NOT_XML, line=log.parser.CurrentLineNumber, column=1)
        yield from log.done
        log.done.clear()
    if not seen:
        raise Stop(Unreadable.EMPTY_FILE)
    log.feed(b"", last=True)
    yield from log.done


class _Log:
    """What the parser knows at a place of the file: how deep it is, and the trace and the event under way."""

    def __init__(self, remarks: Remarks) -> None:
        self.done: list[Case] = []
        self._remarks = remarks
        self._depth = 0
        self._trace_at = self._event_at = 0
        self._name = ""
        self._events: list[Event] = []
        self._said: dict[str, str] = {}
        self._when: int | None = None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        for name in (
            "EntityDeclHandler", "UnparsedEntityDeclHandler", "ExternalEntityRefHandler", "SkippedEntityHandler",
        ):  # fmt: skip
            setattr(self.parser, name, self._declared)

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Read on."""
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as wrong:
            if wrong.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
                self._declared()
            why = Unreadable.CUT if last and wrong.code in _ENDS else Unreadable.NOT_XML
            raise Stop(why, line=wrong.lineno, column=wrong.offset + 1) from None
        except (LookupError, ValueError):
            # An encoding that expat does not know, or one whose signs have several bytes.
            raise Stop(Unreadable.NOT_TEXT, line=1) from None

    def _declared(self, *_: object) -> int:
        raise Stop(Unreadable.DOCTYPE, line=self.parser.CurrentLineNumber)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        depth = self._depth
        if self._event_at:
            if depth == self._event_at + 1 and attributes.get("key") in _READ:
                self._attribute(attributes["key"], attributes.get("value", ""))
        elif self._trace_at and depth == self._trace_at + 1:
            if _local(tag) == "event":
                self._event_at, self._when, self._said = depth, None, {}
            elif attributes.get("key") == _STEP:
                self._name = attributes.get("value", "")
        elif depth == 1:
            if _local(tag) != "log":
                raise Stop(Unreadable.NOT_XES, line=self.parser.CurrentLineNumber, found=tag[:40])
        elif depth == 2 and not self._trace_at:
            self._child_of_log(_local(tag))
        if depth > _DEEPEST:
            raise Stop(Unreadable.TOO_DEEP, line=self.parser.CurrentLineNumber, most=_DEEPEST)

    def _child_of_log(self, tag: str) -> None:
        if tag == "trace":
            self._trace_at, self._name, self._events = self._depth, "", []
        elif tag == "event":
            # The standard allows events outside of traces; they are of no case.
            self._remarks.homeless += 1

    def _attribute(self, key: str, value: str) -> None:
        if key != _TIME:
            self._said[key] = sys.intern(value)
        elif value.strip().lower() not in NOTHING:
            found = instant(value.strip())
            if found is None:
                raise Stop(Unreadable.TIME, line=self.parser.CurrentLineNumber, found=value[:40])
            self._when = found[0]
            self._remarks.naive += found[1]

    def _end(self, _tag: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        if depth == self._event_at:
            said, self._event_at = self._said, 0
            organ = next((said[one] for one in ORGANS if said.get(one)), "")
            life, instance = said.get(_LIFE, "").strip().lower(), said.get(_INSTANCE, "")
            self._events.append(Event(self._when, said.get(_STEP, ""), organ, sys.intern(life), instance))
        elif depth == self._trace_at:
            self._trace_at = 0
            self.done.append(Case(self._name, tuple(self._events)))
            self._events = []


def _local(tag: str) -> str:
    """A tag without the prefix of its namespace.

    >>> _local("xes:trace"), _local("trace")
    ('trace', 'trace')
    """
    return tag.rpartition(":")[2]
