"""The source of the house as the tests of its architecture read it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
HOUSE: Final = ROOT / "src" / "onecity"

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """A file of Python: its dotted name, its path, its text and its tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The room of the house in which it lies; empty for a tool."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == "onecity" and len(parts) > 1 else ""

    def at(self, node: ast.expr | ast.stmt) -> str:
        """Where something stands, as a fault says it."""
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"


def _read(path: Path, base: Path) -> Module:
    parts = path.relative_to(base).with_suffix("").parts
    text = path.read_text("utf-8")
    return Module(".".join(parts).removesuffix(".__init__"), path, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product."""
    return tuple(_read(path, HOUSE.parent) for path in sorted(HOUSE.rglob("*.py")))


@cache
def tools() -> tuple[Module, ...]:
    """Every tool beside the product."""
    return tuple(_read(path, ROOT) for path in sorted((ROOT / "tools").glob("*.py")))


@cache
def packages() -> tuple[str, ...]:
    """The packages of the house."""
    return tuple(sorted(path.parent.name for path in HOUSE.glob("*/__init__.py")))


@cache
def imported() -> None:
    """Import every module, so that what is declared by being a subclass is known."""
    for module in modules():
        if not module.name.endswith("__main__"):
            import_module(module.name)


def functions(module: Module) -> Iterator[Function]:
    """Every function of a module, methods and inner ones included."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def texts(module: Module) -> Iterator[tuple[ast.Constant | ast.JoinedStr, str]]:
    """Every text of a module that is no docstring; what a text gets filled in stands as `{}`."""
    silent: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            silent.update(id(part) for part in ast.walk(node) if isinstance(part, ast.Constant))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.JoinedStr):
            yield node, "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            # What is filled in may hold texts of its own.
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _plain(part.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node, node.value


def _plain(within: ast.expr) -> Iterator[tuple[ast.Constant, str]]:
    for node in ast.walk(within):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of a Markdown page, without its own heading row."""
    below = re.split(rf"^#+ {re.escape(heading)}\n", text, maxsplit=1, flags=re.MULTILINE)[1]
    table = re.search(r"(?:^\|.*\n?)+", below, flags=re.MULTILINE)
    assert table, f"there is no table below {heading}"
    lines = table[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
