"""Every route of governance, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.governance.web.answers import Answers
from onecity.governance.web.calls import Calls
from onecity.governance.web.centre import PILLAR, Centre
from onecity.governance.web.desk import Desk
from onecity.governance.web.figures import Figures, StreetFigures
from onecity.governance.web.hearing import HOTLINE
from onecity.governance.web.hotline import ROOT as HOTLINE_ROOT
from onecity.governance.web.hotline import Hotline
from onecity.governance.web.interface import Interface
from onecity.governance.web.open311 import Open311
from onecity.governance.web.reporting import Reporting
from onecity.kernel.rates import Rate
from onecity.machinery.web import EVERYBODY, OFFICER, Door, Operation, Route, holding

_OFTEN: Final = Rate(120, 60)
_REPORTS: Final = Rate(60, 600)
DUTIES: Final = tuple(f"{PILLAR}.{name}" for name in ("accept", "inspect", "dispatch", "handle", "chief", "verify"))


def doors() -> Sequence[Door]:
    """The doors of governance, and who sees each."""
    return (
        Door("/report", "governance.report.door", "camera", EVERYBODY),
        Door(HOTLINE_ROOT, "governance.hotline.door", "phone", holding(HOTLINE)),
        Door("/street", "governance.door", "flag", holding(*DUTIES)),
    )


def operations(centre: Centre) -> Sequence[Operation]:
    """The operations of governance."""
    says = "How the street is doing: shares with both of their numbers, and what each leaves out"
    return (
        *Calls(centre).operations(),
        *Interface(centre).operations(),
        Operation("GET", "/api/open/street", EVERYBODY, Figures(centre).told, says, StreetFigures, rate=_OFTEN),
    )


def routes(centre: Centre) -> Sequence[Route]:
    """The pages of governance, and the interface that programs elsewhere know."""
    reporting, desk = Reporting(centre), Desk(centre)
    answers, hotline = Answers(centre), Hotline(centre)
    move = "/street/{problem}/{step}/{outcome}"
    return (
        Route("GET", "/report", EVERYBODY, reporting.form),
        Route("POST", "/report", EVERYBODY, reporting.send, _REPORTS, files=True),
        Route("GET", "/follow/{token}", EVERYBODY, reporting.follow),
        Route("POST", "/follow/{token}/reopen", EVERYBODY, reporting.reopen, _OFTEN),
        Route("POST", "/follow/{token}/rate", EVERYBODY, reporting.rate, _OFTEN),
        Route("GET", "/open/street", EVERYBODY, Figures(centre).page, _OFTEN),
        Route("GET", "/answers", EVERYBODY, answers.index, _OFTEN),
        Route("GET", "/answers/{answer}", EVERYBODY, answers.one, _OFTEN),
        # Before the cases: their ids stand in the same place of the address.
        Route("GET", HOTLINE_ROOT, holding(HOTLINE), hotline.form),
        Route("POST", HOTLINE_ROOT, holding(HOTLINE), hotline.hear, _OFTEN),
        Route("POST", f"{HOTLINE_ROOT}/report", holding(HOTLINE), hotline.take, _OFTEN),
        Route("POST", f"{HOTLINE_ROOT}/answer", holding(HOTLINE), hotline.answer, _OFTEN),
        Route("GET", f"{HOTLINE_ROOT}/{{token}}", holding(HOTLINE), hotline.taken, _OFTEN),
        Route("GET", "/street", OFFICER, desk.work),
        Route("GET", "/street/{problem}", OFFICER, desk.case),
        Route("GET", "/street/{problem}/photos/{photo}", OFFICER, desk.photo),
        Route("GET", move, OFFICER, desk.outcome),
        Route("POST", move, OFFICER, desk.decide, _OFTEN, files=True),
        *Open311(centre).routes(),
    )
