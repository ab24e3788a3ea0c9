"""The pages and the interface of licences: the wallet, the check for everybody, the oversight for officers."""

from onecity.licences.web.cabinet import Cabinet, Checked
from onecity.licences.web.routes import DOORS, operations, routes

__all__ = ["DOORS", "Cabinet", "Checked", "operations", "routes"]
