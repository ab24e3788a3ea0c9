"""People book a time in a hall of the city or take a number there, and clerks call the numbers to their windows."""

from onecity.services.queueing.facts import FACTS
from onecity.services.queueing.projections import QUEUES
from onecity.services.queueing.usecases import Halls, halls_of, remind_of_bookings

__all__ = ["FACTS", "QUEUES", "Halls", "halls_of", "remind_of_bookings"]
