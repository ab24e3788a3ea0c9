"""Writes what follows from the declaration of the settings: the page of all keys, the file with an example of each, and
the units and the compose file of the example configuration.

`python -m tools.write_configuration` writes them; a test fails when one is stale.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tools.describe_commands import commands

from onecity.bootstrap.configuration import (
    Key,
    default_of,
    example_file,
    keys,
    read_configuration,
    settle,
    tables,
    written,
)
from onecity.bootstrap.units import compose_files, deployment_of, systemd_files

OPERATE: Final = Path(__file__).parents[1] / "docs" / "operate"
EXAMPLES: Final = OPERATE / "examples"
CONFIGURATION: Final = Path("/etc/onecity/onecity.toml")
"""Where a machine has it by custom; the examples name it."""

OPTIONS: Final = frozenset(option.name for _, command in commands() for option in command.params)
"""The names under which commands receive their options."""

HEAD: Final = """# The configuration

*Written by `tools/write_configuration.py` from `src/onecity/bootstrap/settings.py`. A test fails when it is stale.*

One file in [TOML](https://toml.io), by custom `/etc/onecity/onecity.toml`. Every command that works on a city reads the
file of `--config FILE`, or of `ONECITY_CONFIG`. An option of the command goes before the file, the file before the
default. A relative path is refused: a service has another folder than you.

```
onecity config check /etc/onecity/onecity.toml      every fault with line, column and the way to mend it; exit code 1
onecity config show --config /etc/onecity/onecity.toml     what holds, and from where
onecity config units DIR --config /etc/onecity/onecity.toml --for systemd     the units that run the city so
onecity doctor --config /etc/onecity/onecity.toml   whether this machine can
```

**Secrets** never stand in the file. A key that ends in `_file` names the file whose only line is the secret. It must
not be readable by everybody on the machine; it is read at each use, so a new one needs no restart. Where the service
was handed a secret of the same file name, as systemd's `LoadCredential=` and compose's `secrets:` do, that one is
taken: the folder is `CREDENTIALS_DIRECTORY`.

An example of every key: [every-key.toml](examples/every-key.toml). One machine behind a proxy:
[onecity.toml](examples/onecity.toml).
"""


def _rows(table: str) -> Iterator[str]:
    yield "| key | option | meaning | default |"
    yield "|---|---|---|---|"
    for key in keys().values():
        if key.table == table:
            yield f"| `{key.short}` | {_option(key)} | {key.meaning} For example `{_example(key)}`. | {_default(key)} |"


def _example(key: Key) -> str:
    return written(key.short, key.example)


def _default(key: Key) -> str:
    return default_of(key).removeprefix("Default: ").removesuffix(".")


def _option(key: Key) -> str:
    return f"`{key.option}`" if key.dest in OPTIONS else "–"


def page() -> str:
    """The page of all keys."""
    parts = [HEAD, "## Without a table\n", *_rows("")]
    for name, kind in tables().items():
        parts += [f"\n## `[{name}]`\n", f"{(kind.__doc__ or '').strip()}\n", *_rows(name)]
    return "\n".join(parts) + "\n"


def files() -> Mapping[Path, str]:
    """Everything that this tool writes, by its path."""
    found, faults = read_configuration(EXAMPLES / "onecity.toml")
    assert faults == (), "the example has no fault"
    deployment = deployment_of(settle(found, {}).settings, CONFIGURATION)
    units = {EXAMPLES / "systemd" / name: text for name, text in systemd_files(deployment).items()}
    composed = {EXAMPLES / "compose" / name: text for name, text in compose_files(deployment).items()}
    return {OPERATE / "configuration.md": page(), EXAMPLES / "every-key.toml": example_file(), **units, **composed}


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path)
