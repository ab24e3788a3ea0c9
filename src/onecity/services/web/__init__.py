"""The pages and the interface of services: guides, one form, affairs with their dates, the officers' desk."""

from onecity.services.web.affairs import Affairs
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.routes import DOORS, LEADS, operations, routes

__all__ = ["DOORS", "LEADS", "Affairs", "Counter", "Guides", "operations", "routes"]
