"""The home page, and that of whoever looks after the city's machines."""

from onecity.portal.web.home import DOORS, Home
from onecity.portal.web.operating import DOOR, Operations

__all__ = ["DOOR", "DOORS", "Home", "Operations"]
