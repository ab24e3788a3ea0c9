"""The pages and the interface of licences: the wallet, the check for everybody, the oversight for officers."""

from onecity.licences.web.cabinet import Cabinet, Checked
from onecity.licences.web.renewals import Asking
from onecity.licences.web.routes import DOORS, operations, routes
from onecity.licences.web.wallet import Wallet

__all__ = ["DOORS", "Asking", "Cabinet", "Checked", "Wallet", "operations", "routes"]
