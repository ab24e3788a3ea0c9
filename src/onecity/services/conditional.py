"""Conditions over the answers of a form, as packs write them: what they ask, whether they hold, what is wrong."""

from collections.abc import Mapping

from onecity.packs.expressions import Tree, Type, Wrong, checked, compiled, names_in, parse
from onecity.services.answers import EXPRESSED, Field, FieldType


def holds(condition: str, answers: Mapping[str, str], fields: Mapping[str, Field]) -> bool:
    """Whether canonical answers make a condition true; with an answer that is missing it does not hold."""
    facts = {name: field.value(answers[name]) for name, field in fields.items() if name in answers}
    return compiled(_tree(condition))(facts) is True


def asked_in(condition: str) -> tuple[str, ...]:
    """The questions whose answers decide whether a condition holds."""
    return tuple(dict.fromkeys(names_in(_tree(condition))))


def wrong_in(condition: str, fields: Mapping[str, Field]) -> Wrong | None:
    """What keeps a text from being a condition over some fields; None if nothing does."""
    tree = parse(condition)
    if isinstance(tree, Wrong):
        return tree
    known = {name: EXPRESSED[field.type] for name, field in fields.items()}
    choices = {
        name: {choice.value for choice in field.choices}
        for name, field in fields.items()
        if field.type is FieldType.CHOICE
    }
    found = checked(tree, known, choices)
    if isinstance(found, Wrong):
        return found
    if found is not Type.TRUTH:
        return Wrong("A condition holds or fails; this is a value.", "Compare it with something.")
    return None if any(names_in(tree)) else Wrong("This condition asks nothing.", "Remove it, or name a question.")


def _tree(condition: str) -> Tree:
    tree = parse(condition)
    assert not isinstance(tree, Wrong), "the pack was checked"
    return tree
