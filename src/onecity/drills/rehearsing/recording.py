"""Writes runs that went well into the pack that was played, where its levels are computed from them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from onecity.machinery.files import put_whole
from onecity.packs import Pack
from onecity.services import ITEM
from onecity.services.runs import EVENT_RUN, RUN, EventRun, How, as_table, event_run, recorded, runs_of, together


def record(folder: Path, pack: Pack, items: Sequence[str], how: How, *, on: date) -> Path:
    """Write a row for each item into the table of a pack in a folder, in place of the one before; the table's path."""
    known = pack.all(ITEM)
    rows = together(recorded(pack), runs_of(pack, items, how, on), known)
    table = folder / RUN.folder
    put_whole(table, as_table(rows).encode(), durable=False)
    return table


def record_event(folder: Path, pack: Pack, event: str, refused: str, *, on: date) -> None:
    """Write that a life event was played with one of its items refused, in place of what stood there of it."""
    rows = pack.one(EVENT_RUN).rows if pack.all(EVENT_RUN) else ()
    kept = {row.event: row for row in rows} | {event: event_run(pack, event, refused, on)}
    table = as_table([kept[name] for name in sorted(kept)], EventRun)
    put_whole(folder / EVENT_RUN.folder, table.encode(), durable=False)
