"""What the city checks at night: that every row it shows is still what its facts say."""

from collections import Counter
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from onecity.bootstrap.memory import Memory
from onecity.bootstrap.rooms import SCHEMAS
from onecity.ledger import Difference, Told, rebuild
from onecity.ledger.rebuild import nobody
from onecity.ledger.store.watching import FoldState, keep_fold
from onecity.ledger.watched import DIFFERING
from onecity.machinery.postgres import connect, read_migrations, waiting

HOUR: Final = 3
"""The hour of the city's day in which everything is folded again: hardly anybody asks for anything then."""
_LOG: Final = structlog.get_logger("onecity.nightly")


async def fold(memory: Memory, *, now: datetime, replace: bool, told: Told = nobody) -> tuple[int, list[Difference]]:
    """Fold all facts and compare; `replace` puts right what differs. How many facts, and what differed.

    What still differs afterwards is kept for whoever watches over the city.
    """
    connection = await connect(memory.database.owner)
    try:
        count, found = await rebuild(connection, memory.book, memory.projections, replace=replace, told=told)
        await keep_fold(connection, FoldState(now, count, 0 if replace else len(found)))
    finally:
        await connection.close()
    return count, found


async def folded_again(now: datetime, *, memory: Memory, zone: ZoneInfo) -> int:
    """Fold all facts and compare, in the hour for it; 1 if it was done. Rows that differ are counted, never shown.

    `onecity ledger rebuild --check` names them, to whoever may see the machine. While programs of two versions write,
    rows of the older one lack what the newer one adds, and nothing is compared.
    """
    if now.astimezone(zone).hour != HOUR or await _two_versions(memory):
        return 0
    _, found = await fold(memory, now=now, replace=False)
    DIFFERING.set(len(found))
    if found:
        _LOG.error("rows differ from their facts", tables=dict(Counter(one.table for one in found)))
    return 1


async def _two_versions(memory: Memory) -> bool:
    connection = await connect(memory.database.owner)
    try:
        return bool(await waiting(connection, read_migrations(SCHEMAS)))
    finally:
        await connection.close()
