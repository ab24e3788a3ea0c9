"""Every route of governance, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.governance.rules.patrolling import LOOKS
from onecity.governance.web.centre import PILLAR, Centre
from onecity.governance.web.desk import Desk
from onecity.governance.web.figures import Figures, StreetFigures
from onecity.governance.web.interface import Interface
from onecity.governance.web.open311 import Open311
from onecity.governance.web.patrol import Patrol
from onecity.governance.web.patrol_interface import PatrolInterface
from onecity.governance.web.patrol_reporting import PatrolReporting
from onecity.governance.web.reporting import Reporting
from onecity.kernel.rates import Rate
from onecity.machinery.web import EVERYBODY, OFFICER, Door, Operation, Route, holding

_OFTEN: Final = Rate(120, 60)
_REPORTS: Final = Rate(60, 600)
LOOK: Final = holding(*sorted(LOOKS))
"""Those who go and look."""
DUTIES: Final = tuple(f"{PILLAR}.{name}" for name in ("accept", "inspect", "dispatch", "handle", "chief", "verify"))


def doors() -> Sequence[Door]:
    """The doors of governance, and who sees each."""
    return (
        Door("/report", "governance.report.door", "camera", EVERYBODY),
        Door("/street", "governance.door", "flag", holding(*DUTIES)),
        Door("/street/patrol", "governance.patrol.door", "pin", LOOK),
    )


def operations(centre: Centre) -> Sequence[Operation]:
    """The operations of governance."""
    says = "How the street is doing: shares with both of their numbers, and what each leaves out"
    return (
        *Interface(centre).operations(),
        *PatrolInterface(centre).operations(),
        Operation("GET", "/api/open/street", EVERYBODY, Figures(centre).told, says, StreetFigures, rate=_OFTEN),
    )


def _patrol(centre: Centre) -> Sequence[Route]:
    """The pages of those who walk the street; they stand before the case of a path that looks the same."""
    patrol, found = Patrol(centre), PatrolReporting(centre)
    task = "/street/patrol/{problem}/{step}"
    return (
        Route("GET", "/street/patrol", LOOK, patrol.tasks),
        Route("POST", "/street/patrol", LOOK, patrol.sorted, _OFTEN),
        Route("GET", "/street/patrol/report", LOOK, found.form),
        Route("POST", "/street/patrol/report", LOOK, found.send, _REPORTS, files=True),
        Route("GET", task, LOOK, patrol.task),
        Route("POST", task, LOOK, patrol.check, _OFTEN, files=True),
        Route("POST", task + "/{outcome}", LOOK, patrol.decide, _OFTEN),
    )


def routes(centre: Centre) -> Sequence[Route]:
    """The pages of governance, and the interface that programs elsewhere know."""
    reporting, desk = Reporting(centre), Desk(centre)
    move = "/street/{problem}/{step}/{outcome}"
    return (
        Route("GET", "/report", EVERYBODY, reporting.form),
        Route("POST", "/report", EVERYBODY, reporting.send, _REPORTS, files=True),
        Route("GET", "/follow/{token}", EVERYBODY, reporting.follow),
        Route("POST", "/follow/{token}/reopen", EVERYBODY, reporting.reopen, _OFTEN),
        Route("POST", "/follow/{token}/rate", EVERYBODY, reporting.rate, _OFTEN),
        Route("GET", "/open/street", EVERYBODY, Figures(centre).page, _OFTEN),
        Route("GET", "/street", OFFICER, desk.work),
        *_patrol(centre),
        Route("GET", "/street/{problem}", OFFICER, desk.case),
        Route("GET", "/street/{problem}/photos/{photo}", OFFICER, desk.photo),
        Route("GET", move, OFFICER, desk.outcome),
        Route("POST", move, OFFICER, desk.decide, _OFTEN, files=True),
        *Open311(centre).routes(),
    )
