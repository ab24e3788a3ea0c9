"""The options that commands share: how one finds its city, and how it speaks to a machine."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from onecity.machinery.postgres import MALFORMED, Address, is_address


def database_url(_context: click.Context, _option: click.Parameter, value: str | None) -> Address | None:
    """The URL of a PostgreSQL. It is never shown, also not in what is wrong with it: it may hold a password."""
    if value is None:
        return None
    if not is_address(value):
        raise click.BadParameter(MALFORMED)
    return Address(value)


class _Day(click.ParamType[date]):
    """A day as YYYY-MM-DD; one that no calendar has is told apart from one that is written otherwise."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        parts = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", value)
        if parts is None:
            self.fail(f"{value!r} is no day as YYYY-MM-DD.", param, ctx)
        year, month, day = map(int, parts.groups())
        if not 1 <= month <= 12 or year == 0:
            self.fail(f"{value}: there is no such {'year' if year == 0 else 'month'}.", param, ctx)
        days = monthrange(year, month)[1]
        if not 1 <= day <= days:
            self.fail(f"{value}: that month has no day {day}, only 1 to {days}.", param, ctx)
        return date(year, month, day)


DAY: Final = _Day()
"""The type of every option that names a day."""


class _Instant(click.ParamType[datetime]):
    """An instant with its zone: a city and its engineer need not live in the same one."""

    name = "instant"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant like 2026-11-26T10:20:00+08:00.", param, ctx)
        if found.tzinfo is None:
            self.fail(f"{value} lacks its zone. Write it like {value}+08:00.", param, ctx)
        return found


INSTANT: Final = _Instant()
"""The type of every option that names an instant."""


def pack_option(whose: str) -> Callable[..., Any]:
    """Adds --pack, which every command has that needs the content of a city and no city."""
    help_text = f"Whose {whose} (default: the shipped pack)."
    return click.option("--pack", "folder", type=click.Path(path_type=Path), help=help_text)


machine_readable = click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
"""Adds --json, which every command has that tells something."""


def in_json(told: object) -> str:
    """Something as JSON that people can read as well."""
    return msgspec.json.format(msgspec.json.encode(told)).decode()


def tell_machine(told: object) -> None:
    """Print something as JSON."""
    click.echo(in_json(told))
