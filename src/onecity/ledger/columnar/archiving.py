"""Archives the histories that began in a month, so that they verify alone, whatever becomes of the others.

The archive holds every fact of these histories, and of all other facts the hashes of as few subtrees as lead from its
leaves to the signed root.
"""

from datetime import date, datetime
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.errors import CityError
from onecity.kernel.instants import bounds_of
from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.columnar.checking import check
from onecity.ledger.columnar.exporting import Grown, gone, put_in_place, taken
from onecity.ledger.columnar.manifest import MANIFEST, Manifest, Part, manifest_of
from onecity.ledger.columnar.parts import PartsWriter, RestWriter
from onecity.ledger.columns import Sheet
from onecity.ledger.rebuild import Told, nobody
from onecity.ledger.store.archiving import count_of_streams, facts_of_streams
from onecity.ledger.tree import Frontier

if TYPE_CHECKING:
    from asyncpg import Connection

_NEW: Final = ".new"
_OLD: Final = ".old"


class Archived(msgspec.Struct, frozen=True):
    """A month's archive: how many facts it holds, and whether it was written now."""

    month: str
    facts: int
    written: bool


def span_of(month: str, zone: ZoneInfo) -> tuple[UUID, UUID]:
    """The first id that a history of a month can have, and the first one of the next month.

    >>> [str(one)[:13] for one in span_of("2020-09", ZoneInfo("Asia/Shanghai"))]
    ['0174453f-2400', '0174dfbd-ec00']
    """
    year, number = int(month[:4]), int(month[5:])
    first = date(year, number, 1)
    after = date(year + number // 12, number % 12 + 1, 1)
    begin, end = (UUID(int=int(bounds_of(zone, day)[0].timestamp() * 1_000) << 80) for day in (first, after))
    return begin, end


def archived_in(folder: Path, month: str, key: CheckpointKey) -> Manifest | None:
    """The archive of a month that lies in a folder already."""
    place = folder / month
    return manifest_of(place, key.verifier()) if (place / MANIFEST).is_file() else None


async def archive_month(
    connection: "Connection",
    key: CheckpointKey,
    sheet: Sheet,
    folder: Path,
    month: str,
    *,
    now: datetime,
    published: Checkpoint,
    told: Told = nobody,
) -> Archived:
    """Archive a month into a folder of that name; what lies there is replaced only by an archive that verifies.

    Nothing is written if nothing was recorded about these histories since. Raises CityError as an export does.
    """
    begin, end = span_of(month, sheet.zone)
    with taken(folder):
        older = archived_in(folder, month, key)
        if older is not None and older.rows == await count_of_streams(connection, begin, end):
            return Archived(month, older.rows, written=False)
        place = folder / f".{month}{_NEW}"
        rmtree(place, ignore_errors=True)
        place.mkdir()
        parts, rest = await _written(connection, sheet, place, (begin, end), published, told)
        manifest = Manifest(now, str(sheet.zone), key.signed(published), sheet.types, parts, month, rest)
        put_in_place(place, manifest, key)
        found = check(place, key.verifier(), lambda _zone: sheet, told=told).damages
        if found:
            raise CityError(f"The archive of {month} does not verify: {found[0].what}. Nothing was replaced.")
        _swapped(folder / month, place)
    return Archived(month, manifest.rows, written=True)


async def _written(
    connection: "Connection", sheet: Sheet, place: Path, span: tuple[UUID, UUID], published: Checkpoint, told: Told
) -> tuple[tuple[Part, ...], Part]:
    """The facts of some histories, and the hashes of all others."""
    tree, writer, rest = Grown({published.size: published.root}), PartsWriter(place, sheet.types), RestWriter(place)
    others = Frontier()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        facts = facts_of_streams(connection, *span, published.size)
        mine = await anext(facts, None)
        async for leaf in store.leaves_before(connection, published.size):
            if mine is not None and mine.position == tree.end:
                if mine.stored is None:
                    raise gone(tree.end)
                rest.add(others.nodes)
                writer.add(sheet.row(mine.position, mine.stored))
                others, mine = Frontier(tree.end + 1), await anext(facts, None)
            else:
                others.add(leaf)
            tree.add(leaf)
            if tree.end % store.CHUNK == 0:
                told(tree.end, published.size)
    tree.whole()
    rest.add(others.nodes)
    return tuple(writer.close()), rest.close()


def _swapped(target: Path, fresh: Path) -> None:
    """Put a new archive in the place of an old one; at every moment one of the two lies there whole."""
    old = target.with_name(f".{target.name}{_OLD}")
    rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    fresh.replace(target)
    rmtree(old, ignore_errors=True)
