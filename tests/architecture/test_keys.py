"""Whoever is handed an idempotency key passes it on: else the city promises that nothing is done twice and does it."""

import ast

from tests.architecture.house import functions, modules


def is_key(argument: ast.arg) -> bool:
    """Whether a function is handed an idempotency key: words and registers have keys of other kinds."""
    kind = argument.annotation
    return argument.arg == "key" and isinstance(kind, ast.Name) and kind.id == "UUID"


def test_a_key_that_is_handed_over_is_used() -> None:
    handed = [
        (module, function)
        for module in modules()
        if ".web." in module.name
        for function in functions(module)
        if any(is_key(one) for one in (*function.args.args, *function.args.kwonlyargs))
    ]
    assert len(handed) > 8
    dropped = [
        f"{module.at(function)} {function.name}"
        for module, function in handed
        if not any(isinstance(one, ast.Name) and one.id == "key" for one in ast.walk(function))
    ]
    assert dropped == []
