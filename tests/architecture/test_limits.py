"""A list is cut only where somebody says so: whoever asks says how much, and whoever keeps asks for everything."""

import ast
from typing import Final

from tests.architecture.house import Function, functions, modules

LIMIT: Final = "limit"


def default_of(function: Function, name: str) -> ast.expr | None:
    """What a keyword of a function is without being said; None where it must be said."""
    known = {one.arg: default for one, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)}
    return known.get(name)


def test_no_list_has_a_length_that_whoever_reads_it_did_not_ask_for() -> None:
    cut = [
        f"{module.at(function)} {function.name}"
        for module in modules()
        if "store" in module.name.split(".")
        for function in functions(module)
        if isinstance(found := default_of(function, LIMIT), ast.Constant) and found.value is not None
    ]
    assert cut == []


def test_whoever_tells_what_is_held_on_a_person_asks_for_all_of_it() -> None:
    keepers = [module for module in modules() if module.name.endswith((".keeping", ".forgetting", ".holdings"))]
    assert len(keepers) > 5
    cut = [
        module.at(call)
        for module in keepers
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and any(one.arg == LIMIT for one in call.keywords)
    ]
    assert cut == []
