"""People as the guard and the pages read them."""

from typing import Final

from onecity.people.projections.accounts import ACCOUNTS
from onecity.people.projections.reads import READS

PEOPLE: Final = (ACCOUNTS, READS)

__all__ = ["PEOPLE"]
