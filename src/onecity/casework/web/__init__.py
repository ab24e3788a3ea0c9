"""The pages and the interface of casework: orders."""

from onecity.casework.web.orders import OrderRoom, hours_in
from onecity.casework.web.routes import LEADS, doors, operations, routes

__all__ = ["LEADS", "OrderRoom", "doors", "hours_in", "operations", "routes"]
