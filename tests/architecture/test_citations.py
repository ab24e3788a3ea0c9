"""What the code cites of laws stands in one place of each package, where `onecity pack check` finds it."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from tests.architecture.house import Module, modules

from onecity.bootstrap.rooms import CITED
from onecity.kernel.cited import Cited

PLACE: Final = re.compile(r"第 ?[（(]?[0-9一二三四五六七八九十百]+[)）]?[^条款项]*[条款项]")
HOMES: Final = [module.name for module in modules() if module.name.endswith(".cited")]


def said(module: Module) -> Iterator[ast.Constant]:
    """Every text of a module that is no docstring."""
    silent = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node


def cites(module: Module) -> Iterator[str]:
    """Where a module cites a law, as a text or as a value."""
    yield from (module.at(node) for node in said(module) if PLACE.search(str(node.value)))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Because", "Cited"):
            yield module.at(node)


def test_code_cites_laws_only_where_its_package_declares_them() -> None:
    assert [where for module in modules() if module.name not in HOMES for where in cites(module)] == []
    assert all(list(cites(module)) for module in modules() if module.name.endswith("licences.cited"))


def test_whatever_a_package_declares_is_held_against_every_pack() -> None:
    declared = [
        one
        for home in HOMES
        if home != Cited.__module__
        for one in vars(import_module(home)).values()
        if isinstance(one, Cited)
    ]
    assert len(declared) >= 10
    assert [one.citation for one in declared if one not in CITED] == []
    assert len(declared) == len(CITED)


def test_a_citation_has_one_form() -> None:
    form = re.compile(r"《[^《》]+》第 [0-9]+(、[0-9]+)* 条(第 [0-9]+ 款)?(第 [0-9]+ 项)?")
    assert [one.citation for one in CITED if not form.fullmatch(one.citation)] == []
