"""Writes docs/cli.md from the commands themselves: call it after a command changed.

Example: python tools/describe_commands.py
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from onecity.cli.main import onecity

PAGE: Final = Path(__file__).parents[1] / "docs" / "cli.md"

HEAD: Final = """# The command line

`onecity <noun> <verb>`. Results go to stdout and talk to stderr; what tells something tells it to machines with
`--json`. Written by `python tools/describe_commands.py` from the commands themselves; a test fails when it is stale.

| exit code | what happened |
|---|---|
| 0 | done |
| 1 | refused: the city says no, or a check found something |
| 2 | wrong usage |
| 3 | a fault in the pack |
| 4 | the world outside failed: a disk, a database, a port |
| 70 | a bug of ours |
"""


def commands(command: click.Command = onecity, name: str = "onecity") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for word in sorted(command.commands):
        yield from commands(command.commands[word], f"{name} {word}")


def example_of(command: click.Command) -> str:
    """The call that the help shows; empty if it shows none."""
    _, _, after = (command.help or "").partition("Example: ")
    return after.strip()


def options_of(command: click.Command) -> Iterator[tuple[str, str]]:
    """The options of a command: how each is written, and what it is for."""
    for option in command.params:
        if not isinstance(option, click.Option):
            continue
        names = ", ".join((*option.opts, *option.secondary_opts))
        takes = "" if option.is_flag else f" {option.metavar or option.type.name.upper()}"
        said = [option.help or option.prompt or ""]
        if option.required:
            said.append("Required.")
        if option.show_default and option.default is not None:
            said.append(f"Default: {option.default}.")
        if option.show_envvar:
            said.append(f"Also from the environment: {option.envvar}.")
        yield f"`{names}{takes}`", " ".join(part for part in said if part)


def section(name: str, command: click.Command) -> str:
    """What the page says of one command."""
    sentence, _, _ = (command.help or "").partition("Example: ")
    takes = " ".join(
        one.make_metavar(click.Context(command)) for one in command.params if isinstance(one, click.Argument)
    )
    lines = [f"## {name}", "", " ".join(sentence.split()), "", "```console", f"$ {example_of(command)}", "```"]
    if takes:
        lines.insert(2, f"`{name} {takes}`\n")
    options = [f"| {written} | {what} |" for written, what in options_of(command)]
    return "\n".join([*lines, *(["", "| option | what for |", "|---|---|", *options] if options else [])])


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(f"{section(name, command)}\n" for name, command in commands())])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(f"{len(list(commands()))} commands in {PAGE}")
