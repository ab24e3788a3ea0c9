"""The pages and the interface of services: guides, one form, affairs with their dates, the officers' desk."""

from onecity.services.web.affairs import Affairs
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.routes import LEADS, doors, operations, routes

__all__ = ["LEADS", "Affairs", "Counter", "Guides", "doors", "operations", "routes"]
