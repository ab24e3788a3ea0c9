"""A function fits on a screen and a module in a head."""

from ast import AsyncFunctionDef, ClassDef, FunctionDef, get_docstring

from tests.architecture.house import ROOT, functions, modules, tools

LONGEST_FUNCTION = 50
LONGEST_MODULE = 400


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{module.at(found)} {found.name}: {found.end_lineno - found.lineno + 1} lines"
        for module in (*modules(), *tools())
        for found in functions(module)
        if found.end_lineno is not None and found.end_lineno - found.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = [
        f"{module.path.relative_to(ROOT)}: {len(module.text.splitlines())} lines"
        for module in (*modules(), *tools())
        if len(module.text.splitlines()) > LONGEST_MODULE
    ]
    assert long == []


def test_every_module_class_and_public_function_says_what_it_is() -> None:
    silent = [str(module.path.relative_to(ROOT)) for module in (*modules(), *tools()) if not get_docstring(module.tree)]
    for module in modules():
        silent += [
            f"{module.at(found)} {found.name}"
            for found in module.tree.body
            if isinstance(found, ClassDef | FunctionDef | AsyncFunctionDef)
            and not found.name.startswith("_")
            and not get_docstring(found)
        ]
    assert silent == []
