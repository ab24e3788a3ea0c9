"""Where a city takes fees: a simulated city has a simulated port, a real one takes money at counters until then."""

from onecity.bootstrap.memory import Memory
from onecity.payments import Till
from onecity.payments.port.simulated import SimulatedPort
from onecity.places import City


def till_of(city: City, memory: Memory) -> Till:
    """The till of a city."""
    zone = city.clock_zone()
    port = SimulatedPort(memory.pool, zone) if city.simulated else None
    return Till(memory.ledger, port, zone, city.area, city.simulated)
