"""The options by which a command finds its city."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from onecity.bootstrap.settings import Settings, default_data
from onecity.machinery.postgres import Address


def on_a_city(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --data and --database, and hands the command its settings."""

    @click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The city's data folder.")
    @click.option("--database", help="The URL of the city's database, if it is not its own.")
    @functools.wraps(command)
    def with_settings(*args: Any, data: Path | None, database: str | None, **words: Any) -> Any:
        settings = Settings((data or default_data()).absolute(), database=Address(database) if database else None)
        return command(*args, settings=settings, **words)

    return with_settings
