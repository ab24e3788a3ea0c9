"""What the city does by itself, without anybody asking: the jobs of all packages."""

from collections.abc import Sequence
from functools import partial

from onecity.bootstrap.city import City
from onecity.casework import let_silence_speak, recount, remind
from onecity.machinery.jobs import Job


def jobs_of(city: City) -> Sequence[Job]:
    """The jobs of a running city."""
    office = city.counter.office
    return (
        Job("people.purge", 300, city.door.purge),
        Job("casework.silence", 5, partial(let_silence_speak, office=office)),
        Job("casework.remind", 5, partial(remind, office=office)),
        Job("casework.recount", 3600, partial(recount, office=office)),
    )
