"""The public page of how the street is doing: every share with both of its numbers, and what it leaves out."""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from onecity.governance.appraisal import Share
from onecity.governance.usecases.appraising import DAYS
from onecity.governance.web.centre import Centre
from onecity.governance.web.reporting import AT
from onecity.kernel.lists import listed
from onecity.machinery.web import Visit

SHOWN: Final = (
    "closed", "recurred", "suspended", "reopened", "reworked", "handled", "handled_in_time", "closed_in_time", "valid",
    "dispatched_rightly", "extended",
)  # fmt: skip
"""Closing first, and beside it what it could hide."""


class StreetShare(msgspec.Struct, frozen=True):
    """A share: how many of how many, and how many are in neither, by the reason."""

    name: str
    numerator: int
    denominator: int
    excluded: dict[str, int]


class StreetFigures(msgspec.Struct, frozen=True):
    """The shares of what was reported in some days, of so many cases."""

    days: int
    cases: int
    shares: tuple[StreetShare, ...]


class Figures:
    """The page and the operation."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def told(self, visit: Visit, _: None) -> StreetFigures:
        """The shares for programs."""
        found, cases = await self._centre.appraiser.shares(at=visit.now)
        shares = []
        for name in SHOWN:
            share: Share = getattr(found, name)
            excluded = {str(why): number for why, number in share.excluded.items()}
            shares.append(StreetShare(name, share.numerator, share.denominator, excluded))
        return StreetFigures(DAYS, cases, tuple(shares))

    async def page(self, visit: Visit) -> Response:
        """The shares for people."""
        found, cases = await self._centre.appraiser.shares(at=visit.now)
        return visit.page(
            AT + "figures.html",
            title=visit.say("governance.figures"),
            days=DAYS,
            cases=cases,
            rows=[self._row(visit, name, getattr(found, name)) for name in SHOWN],
            back_url="/",
        )

    def _row(self, visit: Visit, name: str, share: Share) -> dict[str, Any]:
        left_out = (
            visit.say(f"governance.out.{why}", number=number) for why, number in share.excluded.items() if number
        )
        percent = "–" if share.value is None else f"{100 * share.value:.1f} %"
        return {
            "name": visit.say(f"governance.share.{name}"),
            "means": visit.say(f"governance.share.{name}.means"),
            "share": percent,
            "numbers": f"{share.numerator} / {share.denominator}",
            "excluded": listed(left_out, visit.lang),
        }
