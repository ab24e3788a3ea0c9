"""With what a city asks its questions: when a matter counts as come back there, and which codes are new."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from onecity.governance import STREET_RULES, catalogue_of
from onecity.kernel.errors import CannotStart
from onecity.kernel.instants import day_in
from onecity.packs import Pack

if TYPE_CHECKING:
    from onecity.analytics import Asked


def asked_of(pack: Pack, *, at: datetime, zone: ZoneInfo, days: int) -> "Asked":
    """What a pack says for questions as of an instant. Raises CannotStart if its city has no street."""
    from onecity.analytics import Asked  # an extra: a city that asks nothing of the kind need not have it

    if not pack.all(STREET_RULES):
        raise CannotStart("The pack says nothing of the street. Name the pack of the city with --pack.")
    again = pack.one(STREET_RULES).again
    return Asked(at, day_in(zone, at), days, again.days, again.metres, _becomes(pack))


def _becomes(pack: Pack) -> Mapping[str, str]:
    """Old codes of matters, and the one that took the place of each."""
    catalogue = catalogue_of(pack)
    if catalogue is None:
        return {}
    now = {code: catalogue.becomes(code) for code in catalogue.matters}
    return {code: becomes[0] for code, becomes in now.items() if becomes and becomes[0] != code}
