"""Writes docs/packs.md: every kind of declaration with every key, from the types that read it and the shipped pack.

`python tools/write_pack_reference.py` writes the page; `--check` only tells, with exit code 1, that it is stale.
"""

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import inspect as types

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.bootstrap.replay_pack import shipped_replay_pack
from onecity.packs import Kind
from onecity.packs.tables import is_table
from onecity.services.runs import RUN

PAGE: Final = Path(__file__).parents[1] / "docs" / "packs.md"

PREFACE: Final = """# Packs: what a city says of itself

*Written by `tools/write_pack_reference.py` from the code and the shipped pack. A test fails when it is stale.*

A pack is a folder of YAML files and a few tables in CSV: one declaration a file, and the path below the folder of its
kind is its id. OneCity knows no city; whatever differs between two cities stands in their packs. There is no code in a
pack: a condition is an expression, and every declaration brings examples, which are its tests.

| command | what it does |
|---|---|
| `onecity pack new DIR --id … --name-zh … --name-en …` | writes the first pack of a city, with notes on it |
| `onecity pack check DIR` | reads every file, runs every example, tells each fault with its line and how to mend it |
| `onecity pack stats DIR` | counts the items and life events of each level |
| `onecity pack law-check DIR --laws TEXTS` | finds every citation that is not what the law says |
| `onecity service rehearse --all --pack DIR --record` | plays every item to its result and records what went well |
| `onecity run --pack DIR` | starts a city with it |
| `onecity pack apply DIR [--at INSTANT]` | lets it hold from an instant on, in every process, without a restart |
| `onecity pack versions` | every version that the city had, has and will have |
| `onecity pack schema KIND` | the JSON Schema of a kind, for an editor |

A version of a pack is the hash of everything in it. A case keeps the version under which it was opened; a start with a
folder brings its version only as news ([ADR 0021](adr/0021-a-folder-begins-only-as-news.md)). `words/zh.yaml` and
`words/en.yaml` are no declarations: a pack may override there any sentence of the house, by its key.

How complete an item is nobody writes; it is computed ([ADR 0070](adr/0070-compute-levels-and-record-runs.md)). An item
has the highest level of which it lacks nothing, and nothing of those below it:

| level | what it needs |
|---|---|
| Q0 | that it is declared |
| Q1 | a basis with its `sha256`, the name of the result, a limit with its article |
| Q2 | conditions; each of them and each material with an article or marked `example`; a process, a remedy |
| Q3 | fields with examples, an example that is `complete`, `online` from `acceptance` on, a machine run |
| Q4 | a run in a browser by two roles, plain text in two languages, a question with its answer |

A run is recorded under the version of the item, so an edit voids it: play it again. `onecity service rehearse` founds a
small city for it, applies with the item's first example that gives `complete`, lets officers take the shortest way to a
success and looks for the licence or the letter. Runs in a browser are recorded by the journeys of the house
(`pytest tests/journeys -n 0 --record-runs`).
"""

_EVERYWHERE: Final = {
    "agency": "The agency that handles it.",
    "answer": "What people should know.",
    "area": "The area, by its code.",
    "article": "The number of the article.",
    "ask": "The question.",
    "because": "Why it is so.",
    "begins": "The steps with which it begins.",
    "code": "Its official code.",
    "county": "The county in which it lies.",
    "days": "Working days.",
    "does": "What it is for, in plain words.",
    "duty": "Whose work it is.",
    "ends": "The end: a result of the process, or the last day.",
    "examples": "Cases whose answer is known; the check runs them.",
    "fen": "The amount, in hundredths of a yuan.",
    "field": "The fact that is asked.",
    "given": "What goes in.",
    "gives": "What must come out.",
    "hint": "How to answer it well.",
    "icon": "The sign beside its name.",
    "in_force": "The day from which it can be applied for.",
    "item": "The item.",
    "law": "The law, by its name.",
    "label": "What stands before the value.",
    "lead": "The agency that answers for all of it.",
    "least": "The least that is taken.",
    "material": "The material.",
    "most": "The most that is taken.",
    "name": "What people call it.",
    "not_after": "The latest day that is taken, counted from the day of the answer; written in the same way.",
    "not_before": "The earliest day that is taken: `today`, or years (`y`) or days (`d`) from it, as `-30y`.",
    "number": "How many.",
    "on": "The day on which it is answered, where that matters: for bounds.",
    "opens": "The steps that begin to wait.",
    "plain": "What it is for, in one plain line.",
    "process": "The way of its cases.",
    "renewable": "Whether it can be renewed before it ends.",
    "reconsideration_days": "Days for asking the authority above.",
    "say": "The words that people read.",
    "second_factor": "Whoever holds it signs in with a code as well.",
    "section": "The part of the form in which it stands.",
    "since": "The first day on which it is there.",
    "street": "The street in which it lies.",
    "suit_months": "Months for going to court.",
    "unit": "In which unit the number is.",
    "until": "The first day on which it is not there any more.",
    "value": "What the city keeps of the answer.",
    "version": "The day whose wording is meant.",
    "waived": "Who need not pay.",
    "years": "For how many years.",
    "why": "Why it is needed, in plain words.",
    "why_visit": "Why somebody must come.",
}
"""Keys that mean the same wherever no docstring says more."""

_SCALARS: Final = {
    types.StrType: "text",
    types.IntType: "whole number",
    types.BoolType: "`true` or `false`",
    types.DecimalType: "number",
    types.DateType: "day, like `2020-04-08`",
    types.TimeType: 'time of day, like `"09:00"`',
}


_ROWS_SHOWN: Final = 5
"""Lines of a table that are enough to see its form."""

_LINES_SHOWN: Final = 60
"""The same of a file in YAML: one of them holds all that a city answers on the street."""


def page() -> str:
    """The whole page."""
    kinds = [_top(kind) for kind in KINDS]
    uses = Counter(part.cls for top in kinds for part in _parts(top))
    shared = {part.cls: part for top in kinds for part in _parts(top) if uses[part.cls] > 1}
    lines = [PREFACE, "| kind | files | what it declares |", "|---|---|---|"]
    lines += [f"| [{kind.name}](#{kind.name}) | `{_files(kind)}` | {_about(kind.type)[0]} |" for kind in KINDS]
    for kind, top in zip(KINDS, kinds, strict=True):
        lines += ["", f"## {kind.name}", "", f"`{_files(kind)}`", "", *_section(top), *_example(kind)]
        for part in _parts(top):
            if part.cls not in shared:
                lines += ["", f"### {_name(part)}", "", *_section(part)]
    lines += ["", "## Parts that several kinds share"]
    for part in sorted(shared.values(), key=_name):
        lines += ["", f"### {_name(part)}", "", *_section(part)]
    return "\n".join(lines) + "\n"


def _files(kind: Kind[Any]) -> str:
    return kind.folder if kind.single else f"{kind.folder}/<id>.yaml"


def _name(part: types.StructType | types.EnumType) -> str:
    return str(part.cls.__name__)


def _top(kind: Kind[Any]) -> types.StructType:
    """What one declaration is, of a table one row."""
    value = types.type_info(kind.type)
    assert isinstance(value, types.StructType), "a kind declares keys with values"
    if not is_table(kind.type):
        return value
    [row] = _inside(value.fields[0].type)
    assert isinstance(row, types.StructType), "a table has rows"
    return row


def _parts(top: types.StructType) -> list[types.StructType]:
    """The types of the values inside a declaration, each once, in the order in which they are met."""
    found: dict[type, types.StructType] = {}
    waiting: list[types.Type] = [field.type for field in top.fields]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, types.StructType) and value.cls not in found:
            found[value.cls] = value
            waiting += [field.type for field in value.fields]
        waiting += _inside(value)
    return list(found.values())


def _inside(value: types.Type) -> Sequence[types.Type]:
    match value:
        case types.Metadata(type=inner):
            return [inner]
        case types.UnionType(types=several):
            return several
        case types.VarTupleType(item_type=item):
            return [item]
        case types.DictType(value_type=value):
            return [value]
        case _:
            return []


def _about(cls: type) -> list[str]:
    """The sentences of a docstring, paragraphs and lines joined."""
    text = " ".join(inspect.cleandoc(cls.__doc__ or "").split())
    return re.split(r"(?<=[.]) (?=[A-Z`])", text)


def _section(part: types.StructType) -> Iterator[str]:
    sentences = _about(part.cls)
    named = {field.encode_name for field in part.fields}
    yield " ".join(one for number, one in enumerate(sentences) if number == 0 or not _of(one, named))
    yield from ("", "| key | | value | meaning |", "|---|---|---|---|")
    for field in part.fields:
        value = "; ".join(one for one in (_value(field.type), _default(field)) if one)
        cells = (f"`{field.encode_name}`", "needed" if field.required else "", value, _meaning(field, sentences))
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _meaning(field: types.Field, sentences: Sequence[str]) -> str:
    """What the docstring says of a key, else what the docstring of its type says, else what the key always means."""
    said = [one for one in sentences if _of(one, {field.encode_name})]
    named = [one for one in (field.type, *_inside(field.type)) if isinstance(one, types.StructType | types.EnumType)]
    told = [_about(one.cls)[0] for one in named if _name(one) != "Text"]
    return " ".join(said or told[:1]) or _EVERYWHERE.get(field.encode_name, "")


def _of(sentence: str, keys: set[str]) -> bool:
    """Whether a sentence of a docstring speaks of one of the keys."""
    return any(f"`{key}`" in sentence for key in keys)


def _value(value: types.Type) -> str:
    match value:
        case types.Metadata(type=inner):
            return _value(inner)
        case types.UnionType():
            return " or ".join(_value(one) for one in value.types if not isinstance(one, types.NoneType))
        case types.VarTupleType():
            return f"list of {_value(value.item_type)}{_limits(value, 'min_length', 'max_length')}"
        case types.DictType():
            return (
                f"keys of your choice, each with {_value(value.value_type)}{_limits(value, 'min_length', 'max_length')}"
            )
        case types.EnumType():
            choices = ", ".join(f"`{member.value}`" for member in value.cls)
            return f"one of {choices}"
        case types.StructType():
            return f"[{_name(value)}](#{_name(value).lower()})"
        case types.StrType(pattern=pattern, max_length=longest):
            form = f" of the form `{pattern}`" if pattern else ""
            return f"text{form}{f', at most {longest} characters' if longest else ''}"
        case types.IntType():
            return f"whole number{_limits(value, 'ge', 'le')}"
        case _:
            return _SCALARS[type(value)]


def _limits(value: types.Type, low: str, high: str) -> str:
    least, most = getattr(value, low), getattr(value, high)
    if least is not None and most is not None:
        return f", {least} to {most}"
    return f", at least {least}" if least is not None else f", at most {most}" if most is not None else ""


def _default(field: types.Field) -> str:
    if field.required or field.default in (None, (), msgspec.NODEFAULT, msgspec.UNSET):
        return ""
    value = msgspec.to_builtins(field.default)
    return f"without it `{msgspec.json.encode(value).decode()}`"


def _example(kind: Kind[Any]) -> Iterator[str]:
    """The shortest declaration of the kind that ships; none of what programs write anew after each edit."""
    if kind.name == RUN.name:
        return
    packs = (shipped_pack(), shipped_replay_pack())
    pack = next((one for one in packs if (one / kind.folder).exists()), packs[0])
    at = pack / kind.folder
    paths = [at] if kind.single else sorted(at.rglob("*.yaml"))
    if not paths:
        return
    shortest = min(paths, key=lambda path: (path.stat().st_size, path.as_posix()))
    shown, text = shortest.relative_to(pack).as_posix(), shortest.read_text("utf-8").rstrip()
    lines, most = text.split("\n"), _ROWS_SHOWN if is_table(kind.type) else _LINES_SHOWN
    if len(lines) > most:
        text = "\n".join([*lines[:most], "…"])
    language = shortest.suffix.removeprefix(".")
    which = "" if pack == packs[0] else f" {pack.name}"
    yield from ("", f"`{shown}` of the shipped pack{which}:", "", f"```{language}", text, "```")


def main() -> int:
    """Write the page, or tell that it is stale."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), "utf-8")
        return 0
    fresh = PAGE.is_file() and PAGE.read_text("utf-8") == page()
    if not fresh:
        print(f"{PAGE.name} is stale. Write it again: python tools/write_pack_reference.py", file=sys.stderr)
    return 0 if fresh else 1


if __name__ == "__main__":
    sys.exit(main())
