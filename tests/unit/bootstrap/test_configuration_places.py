"""Every key of a configuration knows its line and column, whatever stands around it."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.bootstrap.configuration.places import Path, places_of


def paths(tree: Any, before: Path = ()) -> Iterator[Path]:
    """The paths of everything in a tree; tables in lists by their number."""
    if before:
        yield before
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from paths(value, (*before, key))
    elif isinstance(tree, list) and all(isinstance(one, dict) for one in tree):
        for number, one in enumerate(tree):
            yield from paths(one, (*before, str(number)))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("", {}),
        ("# nothing\n\n", {}),
        ("a = 1", {("a",): (1, 1)}),
        ('\n  "a b"."c.d" = 1 # [x]\nb=2', {("a b", "c.d"): (2, 3), ("b",): (3, 1)}),
        ("[a . b]\nc = 1\n[d]", {("a", "b"): (1, 1), ("a", "b", "c"): (2, 1), ("d",): (3, 1)}),
        ("[[a]]\nb = 1\n[[a]]\nb = 2", {("a", "0"): (1, 1), ("a", "0", "b"): (2, 1), ("a", "1"): (3, 1), ("a", "1", "b"): (4, 1)}),
        ('a = """\nb = 1\n"""\nc = 2', {("a",): (1, 1), ("c",): (4, 1)}),
        ("a = '''\n[b]\n'''\nc = 2", {("a",): (1, 1), ("c",): (4, 1)}),
        ('a = """x""""\nc = 2', {("a",): (1, 1), ("c",): (2, 1)}),
        ('a = "\\"\\n#["\nc = 2', {("a",): (1, 1), ("c",): (2, 1)}),
        ('a = [ # ]\n  "]", [1],\n]\nc = 2', {("a",): (1, 1), ("c",): (4, 1)}),
        ("a = {b = '}', c = [1]}\nd = 2", {("a",): (1, 1), ("d",): (2, 1)}),
        ("a.b = 1\r\na.c = 2\r\n", {("a", "b"): (1, 1), ("a", "c"): (2, 1)}),
        ('"乡" = "村"\nb = 1', {("乡",): (1, 1), ("b",): (2, 1)}),
    ],
)  # fmt: skip
def test_a_key_has_its_place(text: str, known: dict[Path, tuple[int, int]]) -> None:
    tomllib.loads(text)
    assert places_of(text) == known


TEXTS = st.text(st.sampled_from("ab#[]{}=,.\\ 乡'"), max_size=8)
WORDS = st.text(st.sampled_from("abc_-1"), min_size=1, max_size=3)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\") + '"'


VALUES = st.recursive(
    st.one_of(
        st.integers(0, 9).map(str),
        TEXTS.map(quoted),
        TEXTS.map(lambda text: f"'{text.replace(chr(39), '')}'"),
        TEXTS.map(lambda text: '"""\n' + text.replace("\\", "\\\\") + '\n"""'),
    ),
    lambda inner: st.lists(inner, max_size=3).map(lambda found: f"[ # ]\n{', '.join(found)}\n]"),
    max_leaves=4,
)
TABLES = st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=4), max_size=4)


@given(TABLES)
def test_exactly_the_keys_that_are_there_have_a_place_and_stand_there(tables: dict[str, dict[str, str]]) -> None:
    lines = []
    for table, keys in tables.items():
        lines.append(f"  [{table}] # table")
        lines += [f"\t{key} = {value} # {key} = 1" for key, value in keys.items()]
    text = "\n".join(lines)
    found = places_of(text)
    tree = tomllib.loads(text)
    assert set(found) == {path for path in paths(tree) if len(path) <= 2}
    rows = text.split("\n")
    for path, (line, column) in found.items():
        assert rows[line - 1][column - 1 :].startswith(path[-1] if len(path) > 1 else f"[{path[0]}]")
