"""From a tree to a typed value: every fault is found in one pass, each with its place and a way to mend it."""

import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum, auto
from functools import cache
from typing import Any, Final, NewType

import msgspec
from msgspec.structs import FieldInfo

from onecity.packs.faults import Fault, Place, nearest, short
from onecity.packs.source import Entry, Node, Scalar, Sequence
from onecity.packs.source import Mapping as MappingNode


class Reading:
    """Reads one tree; remembers the place of every value by its path, and every fault."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.places: dict[str, Place] = {}

    def value(self, node: Node, wanted: Any, path: str = "") -> Any:
        """The typed value of a node, or None after a fault was noted."""
        self.places[path] = node.place
        if isinstance(node, Scalar) and node.refused:
            return None
        wanted, limits = without_limits(wanted)
        found = self._formed(node, wanted, path)
        if found is not None and limits is not None:
            for what, mend in limit_faults(found, limits):
                self.fault(node, what, mend)
        return found

    def fault(self, node: Node | Entry, what: str, mend: str) -> None:
        self.faults.append(Fault(node.place, what, mend))

    def _formed(self, node: Node, wanted: Any, path: str) -> Any:
        form, inner = form_of(wanted)
        match form:
            case Form.SCALAR:
                return self._scalar(node, inner)
            case Form.STRUCT:
                return self._struct(node, inner, path)
            case Form.OPTIONAL:
                return None if isinstance(node, Scalar) and node.null else self.value(node, inner, path)
            case Form.LIST:
                return self._list(node, inner, path)
            case Form.MAPPING:
                return self._mapping(node, inner, path)

    def _list(self, node: Node, wanted: Any, path: str) -> Any:
        if not isinstance(node, Sequence):
            return self.fault(node, "Here a list is needed.", "Write one `- item` a line, or `[a, b]`.")
        return tuple(self.value(item, wanted, f"{path}.{index}") for index, item in enumerate(node.items))

    def _mapping(self, node: Node, wanted: Any, path: str) -> Any:
        if not isinstance(node, MappingNode):
            return self.fault(node, "Here keys with values are needed.", "Write `key: value` lines.")
        found: dict[str, Any] = {}
        for entry in node.entries:
            inner = _below(path, entry.key)
            found[entry.key] = self.value(entry.value, wanted, inner)
            # The author chose the keys, so what is wrong with an entry is shown at its key.
            self.places[inner] = entry.place
        return found

    def _struct(self, node: Node, wanted: type[msgspec.Struct], path: str) -> Any:
        if not isinstance(node, MappingNode):
            mend = f"The keys are: {', '.join(fields_of(wanted))}."
            return self.fault(node, "Here keys with values are needed.", mend)
        fields = fields_of(wanted)
        before = len(self.faults)
        found: dict[str, Any] = {}
        for entry in node.entries:
            if entry.key not in fields:
                self._unknown_key(entry, wanted)
                continue
            field, value, inner = fields[entry.key], entry.value, _below(path, entry.key)
            if field.type is str and isinstance(value, Scalar) and not value.refused and not value.null:
                # Most of what a pack says is text, which cannot be wrong: a hundred thousand calls less.
                self.places[inner] = value.place
                found[field.name] = value.text
            else:
                found[field.name] = self.value(value, field.type, inner)
        given = {entry.key for entry in node.entries}
        for name, field in fields.items():
            if field.required and name not in given:
                self.fault(node, f"The key `{name}` is missing.", f"Add `{name}:` with its value.")
        return wanted(**found) if len(self.faults) == before else None

    def _unknown_key(self, entry: Entry, wanted: type[msgspec.Struct]) -> None:
        # A type that had a key once says in its class what to do where somebody still writes it.
        withdrawn: Mapping[str, str] = getattr(wanted, "withdrawn_keys", {})
        if entry.key in withdrawn:
            self.fault(entry, f"The key `{entry.key}` is not written any more.", withdrawn[entry.key])
            return
        mend = nearest(entry.key, fields_of(wanted))
        # `{zh: 好, en: Well, yes}` has a key `yes`: in braces a comma ends the text.
        if isinstance(entry.value, Scalar) and entry.value.null and not entry.value.text:
            mend = "If it belongs to the text before it, put the whole text in quotes."
        self.fault(entry, f"The key `{short(entry.key)}` is unknown here.", mend)

    def _scalar(self, node: Node, wanted: Any) -> Any:
        if not isinstance(node, Scalar):
            return self.fault(node, "Here a single value is needed.", "Write it on the line of its key.")
        if node.null and node.text:
            return self.fault(
                node, f"`{node.text}` means nothing in YAML.", "Put it in quotes if it is a word, or remove the key."
            )
        if node.null:
            return self.fault(node, "The value is missing.", "Write it after the colon, or remove the key.")
        if isinstance(wanted, type) and issubclass(wanted, Enum):
            return self._choice(node, wanted)
        kind = SCALARS[wanted]
        try:
            found = kind.parse(node.text)
        except ValueError:
            return self.fault(node, f"`{short(node.text)}` is not {kind.called}.", f"Write it like {kind.example}.")
        if node.quoted and kind.bare:
            return self.fault(node, f"`{node.text}` in quotes is text, not {kind.called}.", "Remove the quotes.")
        return found

    def _choice(self, node: Scalar, wanted: type[Enum]) -> Any:
        values = choices_of(wanted)
        if node.text not in values:
            return self.fault(node, f"`{short(node.text)}` is not one of the choices.", nearest(node.text, values))
        return values[node.text]


def limit_faults(found: Any, limits: msgspec.Meta) -> Iterator[tuple[str, str]]:
    """What of a value is outside of its limits, and how to mend it."""
    if limits.ge is not None and found < limits.ge:
        yield f"{short(str(found))} is too small.", f"The least is {limits.ge}."
    if limits.le is not None and found > limits.le:
        yield f"{short(str(found))} is too large.", f"The most is {limits.le}."
    if limits.gt is not None and found <= limits.gt:
        yield f"{short(str(found))} is too small.", f"It must be more than {limits.gt}."
    if limits.lt is not None and found >= limits.lt:
        yield f"{short(str(found))} is too large.", f"It must be less than {limits.lt}."
    if limits.min_length is not None and len(found) < limits.min_length:
        yield "This must not be empty.", "Write at least one."
    if limits.max_length is not None and len(found) > limits.max_length:
        unit = "characters" if isinstance(found, str) else "entries"
        yield f"Here are {len(found)} {unit}.", f"The most is {limits.max_length}."
    if limits.pattern is not None and re.fullmatch(limits.pattern, found) is None:
        mend = limits.description or f"Write it like the pattern {limits.pattern}."
        yield f"`{short(found)}` has not the form that is needed here.", mend


@cache
def fields_of(wanted: type[msgspec.Struct]) -> Mapping[str, FieldInfo]:
    """The fields of a type by the names under which they are written."""
    return {field.encode_name: field for field in msgspec.structs.fields(wanted)}


class Form(Enum):
    """What a type wants to see written."""

    SCALAR = auto()
    STRUCT = auto()
    OPTIONAL = auto()
    LIST = auto()
    MAPPING = auto()


# A pack has a hundred thousand values of some hundred types: what a type is, is asked once.
@cache
def form_of(wanted: Any) -> tuple[Form, Any]:
    """The form of a type, and the type of what is in it; of a struct and a scalar the type itself."""
    origin, inside = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        [choice] = [one for one in inside if one is not types.NoneType]
        return Form.OPTIONAL, choice
    if origin is tuple:
        return Form.LIST, inside[0]
    if origin in (dict, Mapping):
        return Form.MAPPING, inside[1]
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return Form.STRUCT, wanted
    while isinstance(wanted, NewType):
        wanted = wanted.__supertype__
    return Form.SCALAR, wanted


@cache
def without_limits(wanted: Any) -> tuple[Any, msgspec.Meta | None]:
    """A type and the limits within which its values must be."""
    if typing.get_origin(wanted) is typing.Annotated:
        kind, *extras = typing.get_args(wanted)
        return kind, next((extra for extra in extras if isinstance(extra, msgspec.Meta)), None)
    return wanted, None


@cache
def choices_of(wanted: type[Enum]) -> Mapping[str, Enum]:
    """The members of a type by the words for which they stand."""
    return {str(member.value): member for member in wanted}


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _bool(text: str) -> bool:
    # YAML 1.1 takes `no` for false; a city has a district whose code is NO, so only two words are booleans here.
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _int(text: str) -> int:
    if re.fullmatch(r"-?(0|[1-9][0-9]*)", text) is None:
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is None:
        raise ValueError(text)
    return Decimal(text)


def _date(text: str) -> date:
    # Python also takes 20200408 and 2020-W15-3; in a pack a day is written in one way only.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def _time(text: str) -> time:
    # Without an offset: the zone is the city's, and times with and without one cannot be compared.
    if re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", text) is None:
        raise ValueError(text)
    return time.fromisoformat(text)


class ScalarKind(msgspec.Struct, frozen=True):
    """A kind of single value: how it is read from its text (or ValueError), what it is called, and an example.

    A `bare` one is never written in quotes.
    """

    parse: Callable[[str], Any]
    called: str
    example: str
    bare: bool = False


SCALARS: Final[Mapping[Any, ScalarKind]] = {
    str: ScalarKind(str, "text", "this"),
    int: ScalarKind(_int, "a whole number", "20", bare=True),
    bool: ScalarKind(_bool, "true or false", "true", bare=True),
    Decimal: ScalarKind(_decimal, "a number", "182.4"),
    date: ScalarKind(_date, "a day", "2020-04-08"),
    time: ScalarKind(_time, "a time of day", '"09:00"'),
}
