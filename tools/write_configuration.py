"""Writes what follows from the declaration of the settings: the page of all keys, and the file with an example of each.

`python -m tools.write_configuration` writes them; a test fails when one is stale.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tools.describe_commands import commands

from onecity.bootstrap.configuration import Key, default_of, example_file, keys, tables, written

OPERATE: Final = Path(__file__).parents[1] / "docs" / "operate"
EXAMPLES: Final = OPERATE / "examples"

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
    return {OPERATE / "configuration.md": page(), EXAMPLES / "every-key.toml": example_file()}


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path)
