"""The pages for whoever runs a city name commands that can be typed, with options that there are."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from tools.describe_commands import commands
from tools.make_bundle import FOR_OUTSIDERS

OPERATE: Final = Path(__file__).parents[2] / "docs" / "operate"
COMMANDS: Final = dict(commands())
CALL: Final = re.compile(r"(?:^|[ /`])(onecity (?:[a-z]+ )+?[^`\n]*?)(?:  +[^ ].*|`|$)", re.MULTILINE)


def calls() -> Iterator[tuple[str, list[str]]]:
    """Every call of the pages: the command, and the words after it."""
    for page in sorted(OPERATE.glob("*.md")):
        for block in page.read_text("utf-8").replace("\\\n", " ").split("```")[1::2]:
            for found in CALL.finditer(block):
                words = shlex.split(found[1])
                known = [words[: end + 1] for end in range(1, 4) if " ".join(words[: end + 1]) in COMMANDS]
                if known:
                    yield " ".join(known[-1]), words[len(known[-1]) :]


@pytest.mark.parametrize(("name", "words"), list(calls()), ids=str)
def test_a_call_on_a_page_can_be_typed(name: str, words: list[str]) -> None:
    command = COMMANDS[name]
    options = {word for one in command.params if isinstance(one, click.Option) for word in one.opts}
    assert {word for word in words if word.startswith("--")} <= options
    command.make_context(name, list(words), resilient_parsing=True)


def test_the_pages_call_what_an_engineer_needs() -> None:
    named = {name for name, _ in calls()}
    assert {
        "onecity config check",
        "onecity config units",
        "onecity doctor",
        "onecity backup",
        "onecity restore",
    } <= named


ROOT: Final = OPERATE.parents[1]
VARIABLE: Final = re.compile(r"\bONECITY_[A-Z_]+\b")
NAMED: Final = re.compile(
    r"\b(?:tools|tests|bench|fuzz)/[\w./-]+|(?:^|`)make [a-z-]+|\bpython3? (?:-m )?[\w./]+", re.MULTILINE
)
"""What only a checkout has, and programs that somebody is told to run."""


def paragraphs() -> Iterator[tuple[str, str]]:
    """The pages for whoever runs a city, a paragraph after the other; a block belongs to the sentence before it."""
    for page in sorted(OPERATE.glob("*.md")):
        for part in re.sub(r":\n\n```", ":\n```", page.read_text("utf-8")).split("\n\n"):
            yield page.name, part


def lacking(paragraph: str) -> list[str]:
    """What a paragraph names and an installed city lacks, unless it says that it speaks of a checkout."""
    if "checkout" in paragraph or paragraph.startswith("*Written by"):
        return []
    included = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    held = included["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].values()
    programs = {f"python {Path(name).name}" for name in held if "verifier" in paragraph}
    # The bundle holds these, and a machine of a city has the bundle.
    programs |= {f"{before}tools/{name}" for name in FOR_OUTSIDERS for before in ("", "python ", "python3 ")}
    return [name for name in NAMED.findall(paragraph) if name not in programs]


def test_no_page_sends_anybody_to_what_an_installed_city_lacks() -> None:
    assert lacking("`python tools/write_sbom.py`") == ["python tools/write_sbom.py"]
    assert lacking("`python tools/follow_keys.py EXPORT`") == []
    assert lacking("lies in `onecity/verifier`: `python follow_keys.py EXPORT`") == []
    assert lacking("Practise: `make cluster-parts`, then `python -m bench failover`") != []
    assert [(page, name) for page, part in paragraphs() for name in lacking(part)] == []


def test_no_page_names_a_variable_that_nobody_reads() -> None:
    read = {
        name
        for folder in ("src", "tests", "tools", "bench")
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
        for name in VARIABLE.findall(path.read_text("utf-8"))
    }
    # A record of a decision may name what there was before it.
    pages = [ROOT / "README.md", *(one for one in (ROOT / "docs").rglob("*.md") if one.parent.name != "adr")]
    named = {(page.name, name) for page in pages for name in VARIABLE.findall(page.read_text("utf-8"))}
    assert len(named) > 1
    assert sorted((page, name) for page, name in named if name not in read) == []
