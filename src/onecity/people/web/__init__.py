"""The pages of people: the door, who looked at my data."""

from onecity.people.web.door import DoorPages
from onecity.people.web.gatehouse import Gatehouse
from onecity.people.web.reads import RECENT
from onecity.people.web.routes import DOORS, LEADS, operations, routes

__all__ = ["DOORS", "LEADS", "RECENT", "DoorPages", "Gatehouse", "operations", "routes"]
