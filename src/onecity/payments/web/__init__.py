"""The pages and the interface of payments: for payers, at the counter, for whoever compares the books."""

from onecity.payments.web.cashdesk import CashDesk
from onecity.payments.web.routes import DOORS, operations, routes

__all__ = ["DOORS", "CashDesk", "operations", "routes"]
