"""The columns of this house, for exports and archives of the ledger and for whoever checks them."""

from zoneinfo import ZoneInfo

from onecity.bootstrap.rooms import COLUMNS, FACT_TYPES
from onecity.ledger import Sheet


def sheet_in(zone: ZoneInfo) -> Sheet:
    """All columns, with the days of a zone."""
    return Sheet(FACT_TYPES, COLUMNS, zone)
