"""Every command says how it is called, speaks to machines if it tells anything, and stands on the page of commands."""

import shlex
from collections.abc import Mapping
from typing import Final

import click
import pytest
from tools.describe_commands import PAGE, commands, example_of, page

DOES: Final[Mapping[str, str]] = {
    "onecity run": "starts a city and talks to the person in front of it",
    "onecity keystore serve": "starts a key host",
    "onecity keys copy": "writes files",
    "onecity keystore take": "takes over a file",
    "onecity ledger export": "writes a folder",
    "onecity pack new": "writes a folder",
    "onecity config units": "writes a folder",
    "onecity grid outline": "a feature is GeoJSON, always",
    "onecity governance parts simulate": "a table is CSV, always",
    "onecity pack schema": "a schema is JSON, always",
    "onecity service apply": "its answer is JSON, always",
    "onecity service decide": "its answer is JSON, always",
    "onecity service extend": "its answer is JSON, always",
    "onecity licence ask-renewal": "its answer is JSON, always",
    "onecity licence renew": "its answer is JSON, always",
    "onecity case find": "its answer is JSON, always",
    "onecity case upload": "its answer is JSON, always",
    "onecity case bring": "its answer is JSON, always",
    "onecity case again": "its answer is JSON, always",
    "onecity case withdraw": "its answer is JSON, always",
    "onecity case rate": "its answer is JSON, always",
    "onecity case time": "its answer is JSON, always",
    "onecity case post": "its answer is JSON, always",
    "onecity parcel show": "its answer is JSON, always",
    "onecity parcel sent": "its answer is JSON, always",
    "onecity parcel returned": "its answer is JSON, always",
    "onecity hall book": "its answer is JSON, always",
    "onecity hall cancel": "its answer is JSON, always",
    "onecity hall number": "its answer is JSON, always",
    "onecity hall call": "its answer is JSON, always",
    "onecity hall absent": "its answer is JSON, always",
    "onecity project kinds": "its answer is JSON, always",
    "onecity project list": "its answer is JSON, always",
    "onecity project begin": "its answer is JSON, always",
    "onecity project show": "its answer is JSON, always",
    "onecity project apply": "its answer is JSON, always",
    "onecity project drop": "its answer is JSON, always",
    "onecity payment list": "its answer is JSON, always",
    "onecity payment show": "its answer is JSON, always",
    "onecity payment pay": "its answer is JSON, always",
    "onecity licence show": "its answer is JSON, always",
    "onecity catalogue export": "its answer is JSON, always",
    "onecity licence revoke": "its answer is JSON, always",
}
"""The commands that do something instead of telling something, and so need no --json."""

COMMANDS: Final = dict(commands())


def options(command: click.Command) -> set[str]:
    """Every option of a command."""
    return {name for option in command.params if isinstance(option, click.Option) for name in option.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_shows_a_call_that_can_be_typed(name: str) -> None:
    command = COMMANDS[name]
    example = example_of(command)
    assert (command.help or "").split(".")[0].strip()
    assert example.startswith(name)
    assert "\n" not in example
    # Words are taken apart as for a call; nothing is asked, opened or done.
    command.make_context(name, shlex.split(example)[len(name.split()) :], resilient_parsing=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_tells_something_tells_it_to_machines_too(name: str) -> None:
    assert ("--json" in options(COMMANDS[name])) != (name in DOES)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name: str) -> None:
    silent = [
        option.name
        for option in COMMANDS[name].params
        if isinstance(option, click.Option) and not (option.help or option.prompt)
    ]
    assert silent == []


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "call: python tools/describe_commands.py"


def test_what_is_said_to_do_exists() -> None:
    assert DOES.keys() <= COMMANDS.keys()
