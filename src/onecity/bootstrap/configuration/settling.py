"""What holds in the end: an option goes before the file, the file before the default; and where each value is from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from onecity.bootstrap.configuration.declaring import keys, settings_of
from onecity.bootstrap.configuration.reading import Configuration
from onecity.bootstrap.settings import Settings, default_data


class Origin(msgspec.Struct, frozen=True):
    """One key, the value that holds, and where it is from: an option, a line of the file, or the default."""

    key: str
    value: str | int | bool | tuple[str, ...] | None
    origin: str


class Settled(msgspec.Struct, frozen=True):
    """The settings of a command; `given` are the values that somebody gave, `origins` where they are from."""

    settings: Settings
    given: Mapping[str, Any]
    origins: Mapping[str, str]
    file: Path | None = None

    def told(self) -> list[Origin]:
        """Every key with its value and its origin. Secrets appear as the names of their files."""
        found = []
        for key in keys().values():
            value = self.given.get(key.name, key.default)
            found.append(Origin(key.name, _plain(value), self.origins.get(key.name, "default")))
        return found


def settle(configuration: Configuration | None, options: Mapping[str, Any]) -> Settled:
    """The settings that a file and the options of a command make together."""
    given: dict[str, Any] = {"data": default_data().absolute()} if "data" not in options else {}
    origins: dict[str, str] = {}
    if configuration is not None:
        given |= configuration.given
        origins |= {name: str(configuration.places[name]) for name in configuration.given}
    given |= options
    origins |= {name: keys()[name].option for name in options}
    return Settled(settings_of(given), given, origins, configuration.path if configuration else None)


def _plain(value: Any) -> str | int | bool | tuple[str, ...] | None:
    match value:
        case Path():
            return str(value)
        case tuple():
            return tuple(str(one) for one in value)
        case str() | int() | None:
            return value
        case _:
            raise AssertionError(f"{type(value)} is no value of a configuration")
