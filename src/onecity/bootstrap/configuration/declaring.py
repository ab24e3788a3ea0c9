"""The keys of the configuration as `bootstrap.settings` declares them: read off the type, so nothing is said twice."""

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import msgspec

from onecity.bootstrap.settings import Settings
from onecity.machinery.secret_files import SecretFile

_LIMITS: Final = ("ge", "le", "gt", "lt", "min_length", "max_length")


class Key(msgspec.Struct, frozen=True):
    """One key: its name in the file, `table.key` in a table, and what the type says of it.

    `kind` is the type of its value, `default` what holds without it, `needed` whether its table needs it, and `option`
    the option of the command line that goes before it, where a command has one. `file`: its path is one of a file.
    """

    name: str
    kind: Any
    default: Any
    needed: bool
    meaning: str
    example: Any
    option: str
    default_said: str = ""
    file: bool = False

    @property
    def table(self) -> str:
        """The table in which it stands; empty for none."""
        return self.name.rpartition(".")[0]

    @property
    def short(self) -> str:
        """Its name within its table."""
        return self.name.rpartition(".")[2]

    @property
    def choices(self) -> tuple[str, ...]:
        """The values among which one chooses, if they are few."""
        kind = bare(self.kind)
        return typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()

    @property
    def secret(self) -> bool:
        """Whether it names the file of a secret."""
        return bare(self.kind) is SecretFile

    @property
    def dest(self) -> str:
        """The name under which a command receives it."""
        return self.name.replace(".", "_")


@cache
def keys() -> Mapping[str, Key]:
    """Every key by its name, in the order of the declaration: those without a table first, as TOML wants them."""
    found = sorted(_keys(Settings, ""), key=lambda key: "." in key.name)
    return {key.name: key for key in found}


@cache
def tables() -> Mapping[str, type[msgspec.Struct]]:
    """The tables of the file, with their types."""
    fields = {field.name: _table(field.type) for field in msgspec.structs.fields(Settings)}
    return {name: kind for name, kind in fields.items() if kind is not None}


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings in which these keys have these values, and all others their defaults."""
    inner: dict[str, dict[str, Any]] = {}
    outer: dict[str, Any] = {}
    for name, value in given.items():
        table, _, key = name.rpartition(".")
        if table:
            inner.setdefault(table, {})[key] = value
        else:
            outer[key] = value
    outer |= {table: tables()[table](**found) for table, found in inner.items()}
    return Settings(**outer)


def _keys(kind: type[msgspec.Struct], before: str) -> Iterator[Key]:
    for field in msgspec.structs.fields(kind):
        table = _table(field.type)
        if table is not None:
            yield from _keys(table, f"{field.name}.")
            continue
        meta = _meta(field.type)
        extra = meta.extra or {}
        yield Key(
            name=f"{before}{field.name}",
            kind=field.type,
            default=None if field.required else field.default,
            needed=field.required and bool(before),
            meaning=meta.description or "",
            example=(meta.examples or [None])[0],
            option=extra.get("option", f"--{field.name}"),
            default_said=extra.get("default", ""),
            file=extra.get("file", False),
        )


def bare(kind: Any) -> Any:
    """A type without its limits, and without the choice of leaving it out."""
    if typing.get_origin(kind) is typing.Annotated:
        return bare(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        [kind] = [one for one in typing.get_args(kind) if one is not types.NoneType]
        return bare(kind)
    return kind


def _table(kind: Any) -> type[msgspec.Struct] | None:
    found = bare(kind)
    return found if isinstance(found, type) and issubclass(found, msgspec.Struct) else None


def _meta(kind: Any) -> msgspec.Meta:
    """What the declaration says of a key, and its limits."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        [kind] = [one for one in typing.get_args(kind) if one is not types.NoneType]
    return next(one for one in typing.get_args(kind) if isinstance(one, msgspec.Meta))


def limits_of(key: Key) -> Mapping[str, Any]:
    """The limits of a key's number."""
    meta = _meta(key.kind)
    return {name: value for name in _LIMITS if (value := getattr(meta, name)) is not None}
