"""The log of a city's own cases, written from its facts as they stand."""

import csv
from pathlib import Path
from typing import Final

from onecity.bootstrap.memory import Memory
from onecity.bootstrap.tools import pack_at_hand
from onecity.casework import FACTS, PROCESS
from onecity.casework.mining import OWN_COLUMNS, NoLog, OwnLog
from onecity.kernel.refusal import Refused
from onecity.ledger import each_fact
from onecity.machinery.postgres import connect
from onecity.places import CITY, calendar_of
from onecity.services import ITEM

_NAMES: Final = tuple(one.name for one in FACTS)


async def write_own_log(memory: Memory, file: Path, *, item: str | None = None) -> OwnLog | Refused:
    """Write the log of all cases, or of those of an item, and say what was told; the file stands there whole or not.

    An item of which there is no case, and that nobody declares now, is refused: it was meant otherwise.
    """
    pack = await pack_at_hand(memory)
    processes = {name: one.value for name, one in pack.all(PROCESS).items()}
    log = OwnLog(calendar_of(pack), pack.one(CITY).clock_zone(), processes, item=item)
    part = file.with_name(f"{file.name}.part")
    connection = await connect(memory.database.app)
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            write = csv.writer(out, lineterminator="\n")
            write.writerow(OWN_COLUMNS)
            async for fact in each_fact(connection, memory.book, _NAMES):
                write.writerows(log.rows(fact))
        if item is not None and not log.cases and item not in pack.all(ITEM):
            return Refused(NoLog.NO_ITEM, {"item": item})
        part.replace(file)
    finally:
        await connection.close()
        part.unlink(missing_ok=True)
    return log
