"""Every route of governance, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.governance.web.centre import PILLAR, Centre
from onecity.governance.web.desk import Desk
from onecity.governance.web.figures import Figures, StreetFigures
from onecity.governance.web.interface import Interface
from onecity.governance.web.open311 import Open311
from onecity.governance.web.parts import ROOT as PARTS
from onecity.governance.web.parts import PartPages
from onecity.governance.web.reporting import Reporting
from onecity.kernel.rates import Rate
from onecity.machinery.web import EVERYBODY, OFFICER, Door, Operation, Route, holding

_OFTEN: Final = Rate(120, 60)
_REPORTS: Final = Rate(60, 600)
_OFFICES: Final = ("accept", "inspect", "dispatch", "handle", "chief", "verify", "grid")
DUTIES: Final = tuple(f"{PILLAR}.{name}" for name in _OFFICES)


def doors() -> Sequence[Door]:
    """The doors of governance, and who sees each."""
    return (
        Door("/report", "governance.report.door", "camera", EVERYBODY),
        Door("/street", "governance.door", "flag", holding(*DUTIES)),
    )


def operations(centre: Centre) -> Sequence[Operation]:
    """The operations of governance."""
    says = "How the street is doing: shares with both of their numbers, and what each leaves out"
    return (
        *Interface(centre).operations(),
        Operation("GET", "/api/open/street", EVERYBODY, Figures(centre).told, says, StreetFigures, rate=_OFTEN),
    )


def routes(centre: Centre) -> Sequence[Route]:
    """The pages of governance, and the interface that programs elsewhere know."""
    reporting, desk, parts = Reporting(centre), Desk(centre), PartPages(centre)
    move = "/street/{problem}/{step}/{outcome}"
    return (
        Route("GET", "/report", EVERYBODY, reporting.form),
        Route("POST", "/report", EVERYBODY, reporting.send, _REPORTS, files=True),
        Route("GET", "/follow/{token}", EVERYBODY, reporting.follow),
        Route("POST", "/follow/{token}/reopen", EVERYBODY, reporting.reopen, _OFTEN),
        Route("POST", "/follow/{token}/rate", EVERYBODY, reporting.rate, _OFTEN),
        Route("GET", "/open/street", EVERYBODY, Figures(centre).page, _OFTEN),
        Route("GET", "/street", OFFICER, desk.work),
        # Before the cases, whose path would take their name for that of one.
        Route("GET", PARTS, holding(*DUTIES), parts.search),
        Route("GET", PARTS + "/{part}", holding(*DUTIES), parts.part),
        Route("GET", "/street/{problem}", OFFICER, desk.case),
        Route("GET", "/street/{problem}/photos/{photo}", OFFICER, desk.photo),
        Route("GET", move, OFFICER, desk.outcome),
        Route("POST", move, OFFICER, desk.decide, _OFTEN, files=True),
        *Open311(centre).routes(),
    )
