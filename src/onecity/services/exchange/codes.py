"""The code lists of the exchange, each with where it was found; nobody makes up a code that was found nowhere.

Source: GB/T 39046-2020 (data of government service platforms), table 4 and appendix A, where a list says `standard`.
"""

import csv
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from onecity.packs import Text

BETWEEN: Final = "^"
"""Stands between several values in a cell, as the programs that were seen write them."""


class Sure(StrEnum):
    """How sure a list is: it stands in a standard, was seen in programs, or is known and nobody compared it."""

    STANDARD = "standard"
    SEEN = "seen"
    KNOWN = "known"


class Code(msgspec.Struct, frozen=True):
    """A value of a list; `code` is empty where none was found. `ours` are our words for it."""

    code: str
    name: Text
    ours: tuple[str, ...] = ()


class CodeList(msgspec.Struct, frozen=True):
    """A list by which the values of columns are checked, and what is known of where it comes from."""

    id: str
    name: Text
    sure: Sure
    source: Text
    codes: tuple[Code, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The values as rows write them."""
        return tuple(one.name.zh for one in self.codes)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The codes that were found."""
        return tuple(one.code for one in self.codes if one.code)

    def values(self, *ours: str) -> str:
        """The values for our words, in the order of the list. A word that has none stays as it is, and is refused.

        >>> code_lists()["whom"].values("both"), code_lists()["time_unit"].values("urgent_hours")
        ('自然人^企业法人', 'urgent_hours')
        """
        named = [one.name.zh for one in self.codes if set(ours) & set(one.ours)]
        unknown = [word for word in ours if not any(word in one.ours for one in self.codes)]
        return BETWEEN.join([*named, *unknown])

    def numbers_of(self, values: str) -> str:
        """The codes for the values of a cell; empty for a value that has none.

        >>> code_lists()["item_type"].numbers_of("行政许可")
        '01'
        """
        found = {one.name.zh: one.code for one in self.codes}
        return BETWEEN.join(filter(None, (found.get(value, "") for value in parts(values))))


def parts(values: str) -> Sequence[str]:
    """The values of a cell, one by one."""
    return values.split(BETWEEN) if values else ()


@cache
def code_lists() -> Mapping[str, CodeList]:
    """Every list by its id."""
    codes: dict[str, list[Code]] = {}
    for row in _rows("codes.csv"):
        found = Code(row["code"], Text(row["zh"], row["en"]), tuple(row["ours"].split()))
        codes.setdefault(row["list"], []).append(found)
    return {
        row["list"]: CodeList(
            row["list"], Text(row["zh"], row["en"]), Sure(row["sure"]), Text(row["source_zh"], row["source_en"]),
            tuple(codes[row["list"]]),
        )
        for row in _rows("lists.csv")
    }  # fmt: skip


def _rows(table: str) -> Sequence[Mapping[str, str]]:
    text = (files("onecity") / "services" / "exchange" / table).read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
