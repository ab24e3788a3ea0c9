"""`docs/security.md` is held against the tests: no threat without a test that exists, no mark that leads nowhere."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {name: (ROOT / "docs" / name).read_text("utf-8") for name in ("security.md", "gbt-22239.md")}
ROWS: Final = re.findall(r"^\| (T\d{2}) \|(.*)\|$", PAGES["security.md"], flags=re.MULTILINE)
_FILE_OR_TEST: Final = re.compile(r"`(tests/[\w/.]+\.py|test_\w+)`")


@cache
def marks_in(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The tests of a file, each with the threats with which it is marked."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {one.name: tuple(_marks(one)) for one in found if one.name.startswith("test_")}


def _marks(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.threat":
            [number] = mark.args
            assert isinstance(number, ast.Constant), "a number is written out"
            yield str(number.value)


def named(text: str) -> Iterator[tuple[str, str]]:
    """The tests that a text names, each with the file that stands before it."""
    file = ""
    for name in _FILE_OR_TEST.findall(text):
        if name.startswith("tests/"):
            file = name
        else:
            yield file, name


def exists(file: str, test: str) -> bool:
    return (ROOT / file).is_file() and test in marks_in(ROOT / file)


def test_threats_are_numbered_without_a_gap() -> None:
    assert [number for number, _ in ROWS] == [f"T{place:02}" for place in range(1, len(ROWS) + 1)]
    assert len(ROWS) >= 40


def test_every_threat_says_who_and_what_and_is_shown_by_tests_that_exist() -> None:
    for number, row in ROWS:
        *said, shown_by = (cell.strip() for cell in row.split(" | "))
        assert len(said) == 3 and all(said), number
        shown = list(named(shown_by))
        assert shown, f"{number} has no test"
        assert [one for one in shown if not exists(*one)] == [], number


def test_whatever_is_marked_with_a_threat_stands_in_its_row() -> None:
    rows = {number: set(named(row)) for number, row in ROWS}
    marked = [
        (number, (path.relative_to(ROOT).as_posix(), test))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for test, numbers in marks_in(path).items()
        for number in numbers
    ]
    assert len(marked) > 20
    assert [one for one in marked if one[1] not in rows.get(one[0], ())] == []


def test_every_test_that_a_clause_of_the_standard_is_shown_by_exists() -> None:
    shown = list(named(PAGES["gbt-22239.md"]))
    assert len(shown) > 20
    assert [one for one in shown if not exists(*one)] == []


def test_every_clause_has_a_test_a_threat_or_an_operator() -> None:
    clauses = re.findall(
        r"^\| (8\.1\.\d+\.\d+(?: [a-h])?) \|.*\| ([^|]+) \|$", PAGES["gbt-22239.md"], flags=re.MULTILINE
    )
    assert len(clauses) > 25
    known = {number for number, _ in ROWS}
    for clause, shown in clauses:
        threats = set(re.findall(r"\bT\d{2}\b", shown))
        assert threats <= known, clause
        assert threats or list(named(shown)) or "operator" in shown, clause
