"""What was really played from an application to its result: by a machine over the interface, by people in a browser."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from csv import writer
from datetime import date
from enum import StrEnum
from hashlib import sha256
from io import StringIO
from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec.structs import astuple, replace

from onecity.packs import Declared, Fault, Kind, Pack, Table, kept
from onecity.services.checking import ITEM
from onecity.services.declared import Item
from onecity.services.life_events import LIFE_EVENT, LifeEvent
from onecity.services.same_questions import asked_once, same_in

_DIGITS: Final = 16

EXPLAINS: Final = ("plain", "also", "faq")
"""What is said of an item or an event beside it: the sentence below its name, the words by which people find it, and
what they often ask. Nobody plays it, and whoever words it better has changed nothing that was played."""


class How(StrEnum):
    """Who played an item: a program through the interface for machines, or two roles on the pages in a browser."""

    MACHINE = "machine"
    BROWSER = "browser"


class ItemRun(msgspec.Struct, frozen=True):
    """An item that was played from the application to what it promises.

    `on` is the day of it. `version` is the beginning of the version of the item's declaration then, without what only
    explains it (`EXPLAINS`): whoever edits anything else of the item voids the run.
    """

    item: str
    how: How
    version: Annotated[
        str, msgspec.Meta(pattern=r"[0-9a-f]{16}", description="Let `onecity service rehearse --record` write it.")
    ]
    on: date


class ItemRuns(Table[ItemRun], frozen=True):
    """The recorded runs of a pack: one row for each item and way of playing it. Programs write it, nobody else."""

    named_by: ClassVar[int] = 2


class EventRun(msgspec.Struct, frozen=True):
    """An `event` that two roles played on the pages: `refused` is the item that was refused, the rest was granted.

    `on` is the day of it. `version` and `items` are as of an item: of the event, and of all its items together with
    what their one form asks.
    """

    event: str
    refused: str
    version: Annotated[str, msgspec.Meta(pattern=r"[0-9a-f]{16}", description="Let a journey write it.")]
    items: Annotated[str, msgspec.Meta(pattern=r"[0-9a-f]{16}", description="Let a journey write it.")]
    on: date


class EventRuns(Table[EventRun], frozen=True):
    """The life events that were played with one of their items refused: one row each. Programs write it."""


def _check_events(pack: Pack, declared: Declared[EventRuns]) -> Iterator[Fault]:
    for number, row in enumerate(declared.value.rows):
        yield from pack.unknown(declared, f"rows.{number}.event", LIFE_EVENT, row.event)
        event = pack.all(LIFE_EVENT).get(row.event)
        if event is not None:
            yield from pack.unknown(declared, f"rows.{number}.refused", ITEM, row.refused, among=event.value.named)


EVENT_RUN: Final[Kind[EventRuns]] = Kind(
    "event_run", "services/event_runs.csv", EventRuns, _check_events, single=True, optional=True
)


def event_run(pack: Pack, event: str, refused: str, on: date) -> EventRun:
    """The row for an event that was played on a day, in the version in which the pack has it."""
    declared = pack.all(LIFE_EVENT)[event]
    return EventRun(event, refused, short_version(declared), _of_items(pack, declared.value), on)


def events_played(pack: Pack) -> frozenset[str]:
    """The events that were played through as they are declared now, with all their items."""
    rows = pack.one(EVENT_RUN).rows if pack.all(EVENT_RUN) else ()
    known = pack.all(LIFE_EVENT)
    return frozenset(
        row.event
        for row in rows
        if row.event in known
        and row.refused in known[row.event].value.named
        and row == event_run(pack, row.event, row.refused, row.on)
    )


def _of_items(pack: Pack, event: LifeEvent) -> str:
    """The items of an event and the form that asks for all of them: what the pack spares there was not played."""
    items = pack.all(ITEM)
    versions = "".join(_played(items[name]) for name in event.named)
    asks = dict.fromkeys(asked.field for name in event.named for asked in items[name].value.asks)
    form = " ".join(asked_once(asks, same_in(pack), first=event.questions))
    return sha256(f"{versions} {form}".encode()).hexdigest()[:_DIGITS]


def _check(pack: Pack, declared: Declared[ItemRuns]) -> Iterator[Fault]:
    for number, row in enumerate(declared.value.rows):
        yield from pack.unknown(declared, f"rows.{number}.item", ITEM, row.item)


RUN: Final[Kind[ItemRuns]] = Kind("run", "services/runs.csv", ItemRuns, _check, single=True, optional=True)


def short_version(declared: Declared[Item] | Declared[LifeEvent]) -> str:
    """As much of the version of what was played as a run keeps."""
    return _played(declared)[:_DIGITS]


def _played(declared: Declared[Any]) -> str:
    """The version of a declaration as far as it was played."""
    # The figures ask for it again with each request, and a declaration never changes.
    known: dict[str, str] = declared.__dict__
    if "played" not in known:
        explains = {name: None for name in EXPLAINS if hasattr(declared.value, name)}
        known["played"] = kept(declared.kind, declared.id, replace(declared.value, **explains)).version
    return known["played"]


def recorded(pack: Pack) -> tuple[ItemRun, ...]:
    """Every run that a pack has recorded, whether it still counts or not."""
    return pack.one(RUN).rows if pack.all(RUN) else ()


def counts(run: ItemRun, declared: Declared[Item]) -> bool:
    """Whether a run is one of this item as it is declared now."""
    return run.item == declared.id and run.version == short_version(declared)


def runs_of(pack: Pack, items: Iterable[str], how: How, on: date) -> tuple[ItemRun, ...]:
    """The rows for items that were played on a day, each in the version in which the pack has it."""
    known = pack.all(ITEM)
    return tuple(ItemRun(name, how, short_version(known[name]), on) for name in items)


def together(known: Sequence[ItemRun], new: Sequence[ItemRun], items: Collection[str]) -> tuple[ItemRun, ...]:
    """The rows of a table after new runs: the newest of each item and way, sorted, none of an item that is gone."""
    newest = {(run.item, str(run.how)): run for run in (*known, *new) if run.item in items}
    return tuple(newest[key] for key in sorted(newest))


def as_table(runs: Sequence[ItemRun] | Sequence[EventRun], row: type[ItemRun] | type[EventRun] = ItemRun) -> str:
    """Runs as the text of their file."""
    text = StringIO()
    rows = writer(text, lineterminator="\n")
    rows.writerow(row.__struct_fields__)
    rows.writerows(astuple(run) for run in runs)
    return text.getvalue()
