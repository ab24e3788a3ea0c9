"""The pages for whoever runs a city name commands that can be typed, with options that there are."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from tools.describe_commands import commands

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
