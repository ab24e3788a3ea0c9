"""Decisions on a pledge (告知承诺): what is declared instead of proven, the check afterwards, and a pledge broken."""

from onecity.services.pledging.declared import PLEDGE, Pledge
from onecity.services.pledging.facts import FACTS
from onecity.services.pledging.projections import PLEDGES

__all__ = ["FACTS", "PLEDGE", "PLEDGES", "Pledge"]
