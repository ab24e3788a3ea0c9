"""The options that commands share: how one finds its city, and how it speaks to a machine."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from onecity.bootstrap.settings import Settings, default_data
from onecity.machinery.postgres import Address

machine_readable = click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
"""Adds --json, which every command has that tells something."""


def tell_machine(told: object) -> None:
    """Print something as JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(told)).decode())


def on_a_city(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --data and --database, and hands the command its settings."""

    @click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The city's data folder.")
    @click.option("--database", help="The URL of the city's database, if it is not its own.")
    @functools.wraps(command)
    def with_settings(*args: Any, data: Path | None, database: str | None, **words: Any) -> Any:
        settings = Settings((data or default_data()).absolute(), database=Address(database) if database else None)
        return command(*args, settings=settings, **words)

    return with_settings
