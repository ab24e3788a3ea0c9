"""Pages and interface of governance."""

from onecity.governance.web.centre import Centre
from onecity.governance.web.routes import doors, operations, routes

__all__ = ["Centre", "doors", "operations", "routes"]
