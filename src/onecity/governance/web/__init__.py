"""Pages and interface of governance."""

from onecity.governance.web.centre import Centre
from onecity.governance.web.mapped import Problems
from onecity.governance.web.mapped_parts import MappedParts
from onecity.governance.web.open311 import failed
from onecity.governance.web.routes import doors, lead, operations, routes

PROTOCOLS = {"/open311/": failed}
"""Who says the failures below a path, where others laid down how."""

__all__ = ["PROTOCOLS", "Centre", "MappedParts", "Problems", "doors", "lead", "operations", "routes"]
