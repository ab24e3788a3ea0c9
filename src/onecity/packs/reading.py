"""From a tree to a typed value: every fault is found in one pass, each with its place and a way to mend it."""

import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from functools import cache
from typing import Any, NewType

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
        wanted, limits = _without_limits(wanted)
        found = self._formed(node, wanted, path)
        if found is not None and limits is not None:
            self._check_limits(node, found, limits)
        return found

    def fault(self, node: Node | Entry, what: str, mend: str) -> None:
        self.faults.append(Fault(node.place, what, mend))

    def _formed(self, node: Node, wanted: Any, path: str) -> Any:
        form, inner = _form(wanted)
        match form:
            case _Form.SCALAR:
                return self._scalar(node, inner)
            case _Form.STRUCT:
                return self._struct(node, inner, path)
            case _Form.OPTIONAL:
                return None if isinstance(node, Scalar) and node.null else self.value(node, inner, path)
            case _Form.LIST:
                return self._list(node, inner, path)
            case _Form.MAPPING:
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
            mend = f"The keys are: {', '.join(_fields(wanted))}."
            return self.fault(node, "Here keys with values are needed.", mend)
        fields = _fields(wanted)
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
        mend = nearest(entry.key, _fields(wanted))
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
        if isinstance(wanted, NewType):
            return self._scalar(node, wanted.__supertype__)
        parse, form = _SCALARS[wanted]
        try:
            return parse(node)
        except (ValueError, InvalidOperation):
            if node.quoted and _parses(parse, msgspec.structs.replace(node, quoted=False)):
                return self.fault(node, f"`{node.text}` in quotes is text, not {form[0]}.", "Remove the quotes.")
            return self.fault(node, f"`{short(node.text)}` is not {form[0]}.", f"Write it like {form[1]}.")

    def _choice(self, node: Scalar, wanted: type[Enum]) -> Any:
        values = _choices(wanted)
        if node.text not in values:
            return self.fault(node, f"`{short(node.text)}` is not one of the choices.", nearest(node.text, values))
        return values[node.text]

    def _check_limits(self, node: Node, found: Any, limits: msgspec.Meta) -> None:
        if limits.ge is not None and found < limits.ge:
            self.fault(node, f"{short(str(found))} is too small.", f"The least is {limits.ge}.")
        if limits.le is not None and found > limits.le:
            self.fault(node, f"{short(str(found))} is too large.", f"The most is {limits.le}.")
        if limits.gt is not None and found <= limits.gt:
            self.fault(node, f"{short(str(found))} is too small.", f"It must be more than {limits.gt}.")
        if limits.lt is not None and found >= limits.lt:
            self.fault(node, f"{short(str(found))} is too large.", f"It must be less than {limits.lt}.")
        if limits.min_length is not None and len(found) < limits.min_length:
            self.fault(node, "This must not be empty.", "Write at least one.")
        if limits.max_length is not None and len(found) > limits.max_length:
            unit = "characters" if isinstance(found, str) else "entries"
            self.fault(node, f"Here are {len(found)} {unit}.", f"The most is {limits.max_length}.")
        if limits.pattern is not None and re.fullmatch(limits.pattern, found) is None:
            mend = limits.description or f"Write it like the pattern {limits.pattern}."
            self.fault(node, f"`{short(found)}` has not the form that is needed here.", mend)


@cache
def _fields(wanted: type[msgspec.Struct]) -> Mapping[str, FieldInfo]:
    """The fields of a type by the names under which they are written."""
    return {field.encode_name: field for field in msgspec.structs.fields(wanted)}


class _Form(Enum):
    """What a type wants to see written."""

    SCALAR = auto()
    STRUCT = auto()
    OPTIONAL = auto()
    LIST = auto()
    MAPPING = auto()


# A pack has a hundred thousand values of some hundred types: what a type is, is asked once.
@cache
def _form(wanted: Any) -> tuple[_Form, Any]:
    """The form of a type, and the type of what is in it; of a struct and a scalar the type itself."""
    origin, inside = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        [choice] = [one for one in inside if one is not types.NoneType]
        return _Form.OPTIONAL, choice
    if origin is tuple:
        return _Form.LIST, inside[0]
    if origin in (dict, Mapping):
        return _Form.MAPPING, inside[1]
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return _Form.STRUCT, wanted
    return _Form.SCALAR, wanted


@cache
def _without_limits(wanted: Any) -> tuple[Any, msgspec.Meta | None]:
    if typing.get_origin(wanted) is typing.Annotated:
        kind, *extras = typing.get_args(wanted)
        return kind, next((extra for extra in extras if isinstance(extra, msgspec.Meta)), None)
    return wanted, None


@cache
def _choices(wanted: type[Enum]) -> Mapping[str, Enum]:
    return {str(member.value): member for member in wanted}


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _parses(parse: Callable[[Scalar], Any], node: Scalar) -> bool:
    try:
        parse(node)
    except ValueError:
        return False
    return True


def _bool(node: Scalar) -> bool:
    # YAML 1.1 takes `no` for false; a city has a district whose code is NO, so only two words are booleans here.
    if node.quoted or node.text not in ("true", "false"):
        raise ValueError(node.text)
    return node.text == "true"


def _int(node: Scalar) -> int:
    if node.quoted or re.fullmatch(r"-?(0|[1-9][0-9]*)", node.text) is None:
        raise ValueError(node.text)
    return int(node.text)


def _decimal(node: Scalar) -> Decimal:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", node.text) is None:
        raise ValueError(node.text)
    return Decimal(node.text)


def _date(node: Scalar) -> date:
    # Python also takes 20200408 and 2020-W15-3; in a pack a day is written in one way only.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", node.text) is None:
        raise ValueError(node.text)
    return date.fromisoformat(node.text)


def _time(node: Scalar) -> time:
    # Without an offset: the zone is the city's, and times with and without one cannot be compared.
    if re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", node.text) is None:
        raise ValueError(node.text)
    return time.fromisoformat(node.text)


_SCALARS: Mapping[Any, tuple[Callable[[Scalar], Any], tuple[str, str]]] = {
    str: (lambda node: node.text, ("text", "this")),
    int: (_int, ("a whole number", "20")),
    bool: (_bool, ("true or false", "true")),
    Decimal: (_decimal, ("a number", "182.4")),
    date: (_date, ("a day", "2020-04-08")),
    time: (_time, ("a time of day", '"09:00"')),
}
