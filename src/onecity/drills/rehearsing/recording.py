"""Writes runs that went well into the pack that was played, where its levels are computed from them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from onecity.machinery.files import put_whole
from onecity.packs import Pack
from onecity.services import ITEM
from onecity.services.runs import RUN, How, as_table, recorded, runs_of, together


def record(folder: Path, pack: Pack, items: Sequence[str], how: How, *, on: date) -> Path:
    """Write a row for each item into the table of a pack in a folder, in place of the one before; the table's path."""
    known = pack.all(ITEM)
    rows = together(recorded(pack), runs_of(pack, items, how, on), known)
    table = folder / RUN.folder
    put_whole(table, as_table(rows).encode(), durable=False)
    return table
