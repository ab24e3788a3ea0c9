"""From a file to typed values by key: every fault is found in one pass, with its place and a way to mend it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from onecity.bootstrap.configuration.checking import check
from onecity.bootstrap.configuration.declaring import Key, keys, tables
from onecity.bootstrap.configuration.places import places_of
from onecity.bootstrap.configuration.writing import written
from onecity.kernel.errors import CannotStart
from onecity.packs import Fault, Place, in_reading_order
from onecity.packs.faults import nearest, short

_AT: Final = re.compile(r"^(?P<what>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_TYPE: Final = re.compile(r"^Expected `(?P<wanted>[a-z]+)[^`]*`, got `(?P<got>[a-z]+)`")
_BOUND: Final = re.compile(r"^Expected `int` (?P<sign>[<>]=) (?P<bound>\d+)")
_LENGTH: Final = re.compile(r"^Expected `(?:str|array)` of length >= 1")
_TYPES: Final = {
    "str": "text in quotes", "int": "a whole number", "bool": "true or false", "array": "a list", "object": "a table",
    "float": "a number with a point", "date": "a day", "time": "a time of day", "datetime": "an instant",
}  # fmt: skip
_WHOLE: Final = "Here a whole path in quotes is needed, from / on."


class Configuration(msgspec.Struct, frozen=True):
    """What a file gives: values by key, and where each stands."""

    path: Path
    given: Mapping[str, Any]
    places: Mapping[str, Place]


def read_configuration(path: Path) -> tuple[Configuration, tuple[Fault, ...]]:
    """The configuration in a file, and all its faults; with faults only what is whole is given. Raises CannotStart."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return _nothing(path, Fault(Place(str(path), 1, 1), "This is no text in UTF-8.", "Save it as UTF-8."))
    except OSError as failure:
        raise CannotStart(
            f"The configuration {path} cannot be read: {failure.strerror}. Name another with --config."
        ) from failure
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return _nothing(path, _no_toml(path, text, wrong))
    reading = _Reading(path, text)
    given = reading.table(tree, "")
    found = Configuration(path, given, reading.places)
    faults = reading.faults or list(check(found.given, found.places, Place(str(path), 1, 1)))
    return found, in_reading_order(faults)


def _nothing(path: Path, fault: Fault) -> tuple[Configuration, tuple[Fault, ...]]:
    return Configuration(path, {}, {}), (fault,)


def _no_toml(path: Path, text: str, wrong: tomllib.TOMLDecodeError) -> Fault:
    found = _AT.match(str(wrong))
    what = found["what"] if found else str(wrong)
    lines = text.splitlines() or [""]
    line, column = (
        (int(found["line"]), int(found["column"])) if found and found["line"] else (len(lines), len(lines[-1]) + 1)
    )
    mend = "Write `key = value` lines, text in quotes; see docs/operate/configuration.md."
    return Fault(Place(str(path), line, column), f"This is no TOML: {what}.", mend)


class _Reading:
    """Reads the tables of one file."""

    def __init__(self, path: Path, text: str) -> None:
        self._file = str(path)
        self._spots = places_of(text)
        self.faults: list[Fault] = []
        self.places: dict[str, Place] = {}

    def table(self, tree: Mapping[str, Any], before: str) -> dict[str, Any]:
        """The values of one table by their whole keys; what has a fault is left out."""
        found: dict[str, Any] = {}
        for word, value in tree.items():
            name = f"{before}{word}"
            place = self.places[name] = self._place(name)
            if not before and word in tables():
                found |= self._inner(word, value, place)
            elif name not in keys():
                known = [key.removeprefix(before) for key in _known(before)]
                self._fault(place, f"The key `{short(word)}` is unknown here.", nearest(word, known))
            else:
                found |= self._value(keys()[name], value, place)
        return found

    def _inner(self, word: str, value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self._fault(place, "Here a table is needed.", f"Write `[{word}]`, and its keys on the lines below.")
            return {}
        for key in keys().values():
            if key.needed and key.table == word and key.short not in value:
                self._fault(place, f"The key `{key.short}` is missing.", f"Add `{written(key.short, key.example)}`.")
        return self.table(value, f"{word}.")

    def _value(self, key: Key, value: Any, place: Place) -> dict[str, Any]:
        try:
            return {key.name: msgspec.convert(value, key.kind, dec_hook=_path)}
        except msgspec.ValidationError as wrong:
            like = f"Write it like `{written(key.short, key.example)}`."
            mend = nearest(value, key.choices) if key.choices and isinstance(value, str) else like
            self._fault(place, _what(str(wrong)), mend)
            return {}

    def _fault(self, place: Place, what: str, mend: str) -> None:
        self.faults.append(Fault(place, what, mend))

    def _place(self, name: str) -> Place:
        """The place of a key, or of the table or the braces in which it stands."""
        words = tuple(name.split("."))
        spot = next((self._spots[words[:end]] for end in range(len(words), 0, -1) if words[:end] in self._spots), None)
        if spot is None:
            # `smtp.host = …` makes a table that has no line of its own.
            spot = min(spot for path, spot in self._spots.items() if path[: len(words)] == words)
        return Place(self._file, *spot)


def _known(before: str) -> Iterator[str]:
    """The keys and tables that may stand in a table."""
    yield from (key.name for key in keys().values() if key.table == before.removesuffix("."))
    yield from (name for name in tables() if not before)


def _path(kind: type, value: Any) -> Path:
    """A path in a file is whole: the configuration is read by services whose folder is elsewhere."""
    assert kind is Path, "paths are the only values that msgspec does not know by itself"
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError(_WHOLE)
    return Path(value)


def _what(wrong: str) -> str:
    """What msgspec found wrong, in a sentence. It quotes no value: somebody may have written a secret there."""
    if wrong.startswith(_WHOLE):
        return _WHOLE
    if found := _TYPE.match(wrong):
        got, wanted = _TYPES.get(found["got"], found["got"]), _TYPES.get(found["wanted"], found["wanted"])
        return f"Here {wanted} is needed, not {got}."
    if found := _BOUND.match(wrong):
        how, bound = ("small", "least") if found["sign"] == ">=" else ("large", "most")
        return f"The number is too {how}: the {bound} is {found['bound']}."
    if _LENGTH.match(wrong):
        return "This must not be empty."
    if wrong.startswith("Invalid enum value"):
        return "That is not one of the choices."
    return "This has not the form that is needed here."
