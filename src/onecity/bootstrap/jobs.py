"""What the city does by itself, without anybody asking: the jobs of all packages."""

from collections.abc import Sequence

from onecity.bootstrap.city import City
from onecity.machinery.jobs import Job


def jobs_of(city: City) -> Sequence[Job]:
    """The jobs of a running city."""
    return (Job("people.purge", 300, city.door.purge),)
