"""How a command comes to its settings: options that the declaration of the settings makes, and `--config`."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from onecity.bootstrap.configuration import Key, Settled, default_of, keys, limits_of, read_configuration, settle
from onecity.bootstrap.configuration.declaring import bare
from onecity.bootstrap.settings import STDERR, LogFile
from onecity.cli.places import database_url
from onecity.machinery.postgres import Address

CONFIG: Final = "ONECITY_CONFIG"
_SETTLED: Final = "onecity.settled"
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)
_NEW_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_LOG: Final = click.Path(dir_okay=False, allow_dash=True)
_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)

Command = Callable[..., Any]


def configured(*names: str) -> Callable[[Command], Command]:
    """Adds --config and the options of these keys, and hands the command its settings.

    An option goes before the file, the file before the default.
    """
    wanted = [keys()[name] for name in names]

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_settings(*args: Any, config: Path | None, **words: Any) -> Any:
            options = {key.name: words.pop(key.dest) for key in wanted}
            settled = settle(_read(config), {name: value for name, value in options.items() if value not in (None, ())})
            click.get_current_context().meta[_SETTLED] = settled
            return command(*args, settings=settled.settings, **words)

        found: Command = with_settings
        for key in reversed(wanted):
            found = _option(key)(found)
        return _config_option(found)

    return decorate


on_a_city: Final = configured("data", "database")
"""What every command has that works on one city."""


def settled_here() -> Settled:
    """The settings of the command that runs, with where each value is from."""
    found: Settled = click.get_current_context().meta[_SETTLED]
    return found


def _read(config: Path | None) -> Any:
    if config is None:
        return None
    found, faults = read_configuration(config.absolute())
    if faults:
        lines = "\n".join(str(fault) for fault in faults)
        raise click.UsageError(f"The configuration has {len(faults)} faults.\n{lines}")
    return found


_config_option: Final = click.option(
    "--config", type=_FILE, envvar=CONFIG, show_envvar=True, help="The file of the city's configuration."
)


def _option(key: Key) -> Callable[[Command], Command]:
    """The option of a key: its type, and in its help what it is for and what holds without it."""
    default = default_of(key).replace("`", "").replace('"', "")
    words: Mapping[str, Any] = {"default": None, "help": f"{key.meaning} {default}".replace("`", "")}
    kind = bare(key.kind)
    if kind is bool:
        return click.option(key.option, key.dest, is_flag=True, **words)
    if kind is Address:
        return click.option(key.option, key.dest, callback=database_url, **words)
    if getattr(kind, "__origin__", None) is tuple:
        return click.option(key.option, key.dest, multiple=True, callback=functools.partial(_words, key), **words)
    if kind is LogFile:
        return click.option(key.option, key.dest, type=_LOG, callback=_absolute, **words)
    if kind is str:
        return click.option(key.option, key.dest, callback=functools.partial(_text, key), **words)
    return click.option(key.option, key.dest, type=_type(key, kind), callback=_absolute, **words)


def _type(key: Key, kind: Any) -> click.ParamType[Any]:
    if kind is Path:
        return _NEW_FILE if key.file else _FOLDER
    assert kind is int, f"an option for {kind} is not known yet"
    limits = limits_of(key)
    return click.IntRange(limits.get("ge"), limits.get("le"))


def _absolute(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
    """A path that is typed begins where one types it."""
    if isinstance(value, Path):
        return value.absolute()
    return str(Path(value).absolute()) if isinstance(value, str) and value != STDERR else value


def _text(key: Key, _context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else msgspec.convert(value, key.kind)
    except msgspec.ValidationError:
        raise click.BadParameter(f"Write it like {key.option} {key.example}.") from None


def _words(key: Key, _context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        found: tuple[str, ...] = msgspec.convert(value, key.kind)
    except msgspec.ValidationError:
        raise click.BadParameter(f"Write it like {key.option} {key.example[0]}.") from None
    return found
