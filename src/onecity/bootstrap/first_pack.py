"""The first pack of another city: the smallest that can be started, with notes on what to change."""

import json
import shutil
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Final

from onecity.bootstrap.content import shipped_pack
from onecity.places import NOTICE

_FIRST: Final = files("onecity") / "bootstrap" / "first_pack_files"


def write_pack(folder: Path, *, name: str, zh: str, en: str) -> None:
    """Write the first pack of a city into an empty folder. `name` is its id, `zh` and `en` are what people call it.

    The calendar is not the city's own: the notices of the State Council come from the shipped pack, with their licence.
    """
    said = {
        "id": name,
        # As JSON they are quoted, so that no sign in a name means anything to YAML.
        "name_zh": json.dumps(zh, ensure_ascii=False),
        "name_en": json.dumps(en, ensure_ascii=False),
        "origin": f"ledger.{name.replace('_', '-')}.example",
    }
    _copy(_FIRST, folder, said)
    shutil.copytree(shipped_pack() / NOTICE.folder, folder / NOTICE.folder)


def _copy(source: Traversable, target: Path, said: dict[str, str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir():
            _copy(entry, target / entry.name, said)
        else:
            (target / entry.name).write_text(Template(entry.read_text("utf-8")).substitute(said), "utf-8")
