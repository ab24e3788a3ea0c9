"""What the city does by itself, without anybody asking: the jobs of all packages."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from onecity.bootstrap.city import City
from onecity.bootstrap.keepers import forgetting_of
from onecity.casework import let_silence_speak, recount, remind
from onecity.kernel.acting import the_city
from onecity.machinery.jobs import Job

_SECONDS_S: Final = 5
_MINUTE_S: Final = 60
_MINUTES_S: Final = 300
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400


def jobs_of(city: City) -> Sequence[Job]:
    """The jobs of a running city."""
    counter, office = city.counter, city.counter.office

    async def enter_reads(now: datetime) -> int:
        return await counter.reads.enter(city.memory.ledger, by=the_city(), now=now)

    async def forget(now: datetime) -> int:
        today = now.astimezone(office.zone).date()
        return await forgetting_of(city).go_on(by=the_city(), now=now, today=today)

    return (
        Job("casework.silence", _SECONDS_S, partial(let_silence_speak, office=office)),
        Job("casework.remind", _SECONDS_S, partial(remind, office=office)),
        Job("casework.recount", _HOUR_S, partial(recount, office=office)),
        Job("people.reads", _MINUTE_S, enter_reads),
        Job("people.forget", _HOUR_S, forget),
        Job("people.purge", _MINUTES_S, city.door.purge),
        Job("people.purge_reads", _DAY_S, counter.reads.purge),
        Job("services.purge_drafts", _HOUR_S, counter.drafts.purge),
        Job("services.purge_uploads", _HOUR_S, counter.uploads.purge),
    )
