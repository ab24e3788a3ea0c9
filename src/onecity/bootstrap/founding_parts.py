"""The simulated register of parts, taken over once when the simulated city is founded."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from onecity.bootstrap.city import City
from onecity.governance.parts import simulated_parts
from onecity.governance.usecases.parts import Taken, take_batch
from onecity.kernel.acting import the_city

_FOUNDING: Final = UUID("7c1f2d34-91b6-5e0a-8d57-70617274730a")
"""Namespace of the idempotency key of the founding."""


async def found_parts(city: City, *, at: datetime) -> int:
    """Enter the simulated parts as one command, whole or absent; what changed since stays as it is. How many are new.

    Units: half a second at the first start, nothing at any later one.
    """
    key = uuid5(_FOUNDING, "parts")
    if city.centre is None or await city.memory.ledger.answered(key, Taken, by=the_city()) is not None:
        return 0
    street = city.centre.street
    entries = list(simulated_parts(street.ground.cells, street.filing.owners))
    return (await take_batch(entries, key, city.memory.ledger, by=the_city(), now=at)).new
