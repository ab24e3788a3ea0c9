"""People as the guard and the pages read them."""

from typing import Final

from onecity.people.projections.accounts import ACCOUNTS
from onecity.people.projections.mandates import MANDATES
from onecity.people.projections.officers import OFFICERS
from onecity.people.projections.reads import READS
from onecity.people.projections.receptions import RECEPTIONS

PEOPLE: Final = (ACCOUNTS, MANDATES, OFFICERS, READS, RECEPTIONS)

__all__ = ["PEOPLE"]
