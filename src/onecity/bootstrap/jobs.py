"""What the city does by itself, without anybody asking: the jobs of all packages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from onecity.bootstrap.city import City
from onecity.kernel.acting import the_city
from onecity.machinery.jobs import Job

_A_DAY_S: Final = 24 * 3600


def jobs_of(city: City) -> Sequence[Job]:
    """The jobs of a running city."""
    reads = city.counter.reads

    async def enter_reads(now: datetime) -> int:
        return await reads.enter(city.memory.ledger, by=the_city(), now=now)

    return (
        Job("people.purge", 300, city.door.purge),
        Job("people.reads", 60, enter_reads),
        Job("people.old_reads", _A_DAY_S, reads.purge),
    )
