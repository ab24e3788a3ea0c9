"""The signed lists of states on disk: read by the public page, renewed each minute by a job.

See `docs/licence-status.md`.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import structlog
from prometheus_client import Counter

from onecity.kernel.instants import day_in
from onecity.ledger import Checkpoint, CheckpointKey, Ledger, proven, touched
from onecity.licences import store
from onecity.licences.identifier import Identifier
from onecity.licences.status import SHARDS, Line, Shard, Told, aged, follows, read, told, written
from onecity.licences.verdict import Listed
from onecity.machinery.files import put_whole

if TYPE_CHECKING:
    from asyncpg import Connection

_LOG: Final = structlog.get_logger("onecity.licences")
ALARMS: Final = Counter(
    "onecity_licence_alarms", "Times that the list of licences found what cannot have happened", ["what"]
)
_SHORTER: Final = "the ledger is shorter than the list"
_MISSING: Final = "a sealed fact is missing"
_UNSOUND: Final = "a history does not hold"
_BETTER: Final = "a line would have become better"
for _what in (_SHORTER, _MISSING, _UNSOUND, _BETTER):
    # Counted from nought on, so that the first one is seen as a rise.
    ALARMS.labels(_what)
EVERY_S: Final = 60.0
_STEP: Final = 50_000
"""Positions that one statement looks through."""
_ALWAYS_AGAIN: Final = 2_000
"""Licences that each renewal proves again although nothing was added to them."""
_AT_ONCE: Final = 200
_KINDS: Final = "licences."


class StatusLists:
    """The lists in a folder. Only those that bear the city's signature are believed."""

    def __init__(self, folder: Path, key: CheckpointKey, zone: ZoneInfo) -> None:
        self._folder = folder
        self._key = key
        self._zone = zone
        self._known: dict[str, tuple[int, Shard | None]] = {}

    def note(self, name: str) -> bytes | None:
        """A list as it was published."""
        path = self._folder / name
        return path.read_bytes() if name in SHARDS and path.is_file() else None

    def shard(self, name: str) -> Shard | None:
        """A list, if it is there and the city signed it."""
        path = self._folder / name
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        known = self._known.get(name)
        if known is None or known[0] != changed:
            text = self._key.opened(path.read_text("utf-8"))
            known = self._known[name] = (changed, read(name, self._key.origin, text) if text else None)
        return known[1]

    def listed(self, identifier: Identifier) -> Listed | None:
        """What the list says of an identifier; None if its list is not there."""
        shard = self.shard(identifier.hashed[:2])
        if shard is None:
            return None
        line = shard.lines.get(identifier.hashed)
        return Listed(line, shard.at, day_in(self._zone, shard.at), shard.checkpoint.size)

    def publish(self, shard: Shard) -> None:
        """Put a new list in the place of the old one. Made again each minute, so it need not outlive a power cut."""
        put_whole(self._folder / shard.name, self._key.note(written(shard)).encode(), durable=False)


class Renewed(msgspec.Struct, frozen=True):
    """The lines of a licence as they should be now, and the facts that they tell."""

    told: Told
    lines: tuple[Line, ...]


class Renewal:
    """Renews the lists: from what was published before, and from the facts that were sealed since."""

    def __init__(self, lists: StatusLists, ledger: Ledger, key: CheckpointKey, sealed: Path, zone: ZoneInfo) -> None:
        self._lists = lists
        self._ledger = ledger
        self._key = key
        self._sealed = sealed
        self._zone = zone
        self._looked_at = UUID(int=0)
        self._found: Tally[str] = Tally()

    async def run(self, now: datetime) -> int:
        """Publish every list anew; how many licences were proven. Nothing is published while a fact is missing."""
        self._found.clear()
        try:
            return await self._run(now)
        finally:
            for what, times in self._found.items():
                ALARMS.labels(what).inc(times)
                _LOG.error("the list of licences", what=what, times=times)

    async def _run(self, now: datetime) -> int:
        point = self._key.published(self._sealed)
        if point is None:
            return 0
        before = {name: self._lists.shard(name) for name in SHARDS}
        first = min((shard.checkpoint.size if shard else 0) for shard in before.values())
        if point.size < first:
            return self._alarm(_SHORTER)
        today = day_in(self._zone, now)
        async with (
            self._ledger.readers.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            streams = await self._changed(connection, first, point.size)
            if streams is None:
                return self._alarm(_MISSING)
            streams |= set(await self._next(connection))
            renewed = await self._proven(connection, sorted(streams), point, today)
        changes = _by_shard(renewed)
        for name in SHARDS:
            self._lists.publish(self._shard(name, before[name], changes.get(name, []), point, now))
            # Other visitors are answered between two lists.
            await asyncio.sleep(0)
        return len(renewed)

    async def _changed(self, connection: "Connection", first: int, end: int) -> set[UUID] | None:
        found: set[UUID] = set()
        for start in range(first, end, _STEP):
            streams = await touched(connection, start, min(start + _STEP, end), kinds=_KINDS)
            if streams is None:
                return None
            found.update(streams)
        return found

    async def _next(self, connection: "Connection") -> Sequence[UUID]:
        """The licences whose turn it is to be proven again."""
        found = await store.next_licences(connection, self._looked_at, limit=_ALWAYS_AGAIN)
        self._looked_at = found[-1] if len(found) == _ALWAYS_AGAIN else UUID(int=0)
        return found

    async def _proven(
        self, connection: "Connection", streams: Sequence[UUID], point: Checkpoint, today: date
    ) -> list[Renewed]:
        renewed: list[Renewed] = []
        for start in range(0, len(streams), _AT_ONCE):
            histories = await proven(connection, self._ledger.book, streams[start : start + _AT_ONCE])
            for history in histories.values():
                found = told(history.facts, before=point.size)
                if found is not None:
                    renewed.append(Renewed(found, found.lines(today)))
                elif not history.sound or not history.facts:
                    self._alarm(_UNSOUND)
            await asyncio.sleep(0)
        return renewed

    def _shard(
        self, name: str, before: Shard | None, changes: Iterable[tuple[Line, Told]], point: Checkpoint, now: datetime
    ) -> Shard:
        today = day_in(self._zone, now)
        lines = {hash_: aged(line, today) for hash_, line in before.lines.items()} if before else {}
        for line, now_told in changes:
            old = lines.get(line.hash)
            if old is None or follows(old, line, now_told):
                lines[line.hash] = line
            else:
                self._alarm(_BETTER)
        return Shard(name, now, point, lines)

    def _alarm(self, what: str) -> int:
        self._found[what] += 1
        return 0


def _by_shard(renewed: Iterable[Renewed]) -> Mapping[str, list[tuple[Line, Told]]]:
    found: dict[str, list[tuple[Line, Told]]] = {}
    for one in renewed:
        for line in one.lines:
            found.setdefault(line.hash[:2], []).append((line, one.told))
    return found
