"""Every route of governance, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.casework.usecases.letters import TO_OFFICERS
from onecity.governance.rules.calling import HOTLINE
from onecity.governance.rules.patrolling import LOOKS
from onecity.governance.rules.releasing import RELEASING
from onecity.governance.usecases import is_street_matter
from onecity.governance.web.answers import Answers
from onecity.governance.web.calls import Calls
from onecity.governance.web.centre import CHIEF, PILLAR, Centre
from onecity.governance.web.desk import Desk
from onecity.governance.web.figures import Figures, StreetFigures
from onecity.governance.web.hooks import Hooks
from onecity.governance.web.hotline import ROOT as HOTLINE_ROOT
from onecity.governance.web.hotline import Hotline
from onecity.governance.web.interface import Interface
from onecity.governance.web.live import LiveStreet
from onecity.governance.web.looking_up import ROOT as REPORTS
from onecity.governance.web.looking_up import LookingUp
from onecity.governance.web.maps import GROUND, Box, MapCells, MapPoints, Maps, MapSpots, OpenPoints, SeenBox
from onecity.governance.web.open311 import Open311
from onecity.governance.web.parts import ROOT as PARTS
from onecity.governance.web.parts import PartPages
from onecity.governance.web.parts_on_map import MapParts, PartsOnMap
from onecity.governance.web.patrol import Patrol
from onecity.governance.web.patrol_interface import PatrolInterface
from onecity.governance.web.patrol_reporting import PatrolReporting
from onecity.governance.web.releasing import Releasing
from onecity.governance.web.reporting import Reporting
from onecity.governance.web.sensors import Sensors
from onecity.governance.web.supervising import SUPERVISION, Supervising
from onecity.kernel.rates import Rate
from onecity.machinery.web import EVERYBODY, OFFICER, Door, Operation, Route, holding
from onecity.notices.facts import LetterSent

_OFTEN: Final = Rate(120, 60)
_LOOKS: Final = Rate(600, 60)
"""Whoever moves a map looks at a new part of it every second or so; a page may show many photographs."""
_REPORTS: Final = Rate(60, 600)
_PROPOSALS: Final = Rate(30, 60)
"""A proposal takes a second of a processor."""
_OFFICES: Final = ("accept", "inspect", "dispatch", "handle", "chief", "verify", "grid")
DUTIES: Final = tuple(f"{PILLAR}.{name}" for name in _OFFICES)
LOOK: Final = holding(*sorted(LOOKS))
"""Those who go and look."""


def lead(letter: LetterSent, centre: Centre) -> tuple[str, str] | None:
    """Where a letter about the street leads, and the words for it: an officer to the case, whoever reported to the page
    of their report; None for every other letter.
    """
    if not is_street_matter(letter.facts.get("matter", "")):
        return None
    if letter.kind in TO_OFFICERS:
        return "/street/{about}", "governance.see_case"
    return centre.link(letter.about), "governance.see_report"


def doors() -> Sequence[Door]:
    """The doors of governance, and who sees each."""
    return (
        Door("/report", "governance.report.door", "camera", EVERYBODY),
        Door(HOTLINE_ROOT, "governance.hotline.door", "phone", holding(HOTLINE)),
        Door("/street", "governance.door", "flag", holding(*DUTIES)),
        Door("/street/patrol", "governance.patrol.door", "pin", LOOK),
    )


def operations(centre: Centre) -> Sequence[Operation]:
    """The operations of governance."""
    says = "How the street is doing: shares with both of their numbers, and what each leaves out"
    return (
        *Supervising(centre).operations(),
        # Before what the interface knows by the id of a case.
        *_map_operations(Maps(centre), PartsOnMap(centre)),
        *Calls(centre).operations(),
        *Interface(centre).operations(),
        *PatrolInterface(centre).operations(),
        Operation(
            "GET", "/api/open/street", EVERYBODY, Figures(centre).told, says, StreetFigures, rate=_OFTEN, may_lag=True
        ),
    )


def _map_operations(maps: Maps, parts: PartsOnMap) -> Sequence[Operation]:
    told = "Cases on a map as everybody may see them: the middle of a cell, and no person"
    spots, cells = "The hot spots up to yesterday", "The grid cells of a part of the map"
    stands = "The parts of the street in a part of the map, the nearest to its middle first"
    path = "/api/open/map"
    return (
        _seen_by_officers("/api/street/map", maps),
        Operation("GET", path, EVERYBODY, maps.open_points, told, OpenPoints, rate=_OFTEN, asks=SeenBox, may_lag=True),
        Operation("GET", f"{path}/spots", EVERYBODY, maps.spots, spots, MapSpots, rate=_OFTEN),
        Operation("GET", f"{path}/cells", EVERYBODY, maps.cells, cells, MapCells, rate=_LOOKS, asks=Box),
        Operation("GET", f"{path}/parts", EVERYBODY, parts.told, stands, MapParts, rate=_LOOKS, asks=Box, may_lag=True),
    )


def _seen_by_officers(path: str, maps: Maps) -> Operation:
    """The cases of an officer on a map. The page asks at a path of its own: under /api/ no cookie is heeded."""
    says = "Cases on a map: for an officer those that they may open, by place and mark"
    return Operation("GET", path, OFFICER, maps.points, says, MapPoints, rate=_OFTEN, asks=SeenBox, may_lag=True)


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
    reporting, desk, maps = Reporting(centre), Desk(centre), Maps(centre)
    supervising, supervises = Supervising(centre), holding(CHIEF)
    releasing = Releasing(centre)
    photo = "/street/{problem}/photos/{photo}"
    parts = PartPages(centre)
    answers, hotline = Answers(centre), Hotline(centre)
    move = "/street/{problem}/{step}/{outcome}"
    return (
        Route("GET", "/report", EVERYBODY, reporting.form),
        Route("POST", "/report", EVERYBODY, reporting.send, _REPORTS, files=True),
        Route("GET", REPORTS, EVERYBODY, LookingUp(centre).page, _OFTEN, may_lag=True),
        Route("GET", "/follow/{token}", EVERYBODY, reporting.follow),
        Route("POST", "/follow/{token}/reopen", EVERYBODY, reporting.reopen, _OFTEN),
        Route("POST", "/follow/{token}/rate", EVERYBODY, reporting.rate, _OFTEN),
        Route("GET", "/open/street", EVERYBODY, Figures(centre).page, _OFTEN, may_lag=True),
        Route("GET", "/open/map", EVERYBODY, maps.page, _OFTEN, may_lag=True),
        Route("GET", GROUND, EVERYBODY, maps.ground),
        Route("GET", "/answers", EVERYBODY, answers.index, _OFTEN),
        Route("GET", "/answers/{answer}", EVERYBODY, answers.one, _OFTEN),
        # Before the cases: their ids stand in the same place of the address.
        Route("GET", HOTLINE_ROOT, holding(HOTLINE), hotline.form),
        Route("POST", HOTLINE_ROOT, holding(HOTLINE), hotline.hear, _OFTEN),
        Route("POST", f"{HOTLINE_ROOT}/report", holding(HOTLINE), hotline.take, _OFTEN),
        Route("POST", f"{HOTLINE_ROOT}/answer", holding(HOTLINE), hotline.answer, _OFTEN),
        Route("GET", f"{HOTLINE_ROOT}/{{report}}", holding(HOTLINE), hotline.taken, _OFTEN),
        Route("GET", "/street", OFFICER, desk.work, may_lag=True),
        Route("GET", SUPERVISION, supervises, supervising.list, may_lag=True),
        Route("GET", "/street/{problem}/supervise", supervises, supervising.form),
        Route("POST", "/street/{problem}/supervise", supervises, supervising.give, _OFTEN),
        Route("GET", "/street/map", OFFICER, maps.desk, may_lag=True),
        _seen_by_officers("/street/map/points", maps).route(),
        # What has a name of its own stands before what is named by an id.
        *LiveStreet(centre).routes(),
        *Hooks(centre).routes(),
        Sensors(centre).route(),
        Route("GET", PARTS, holding(*DUTIES), parts.search, may_lag=True),
        Route("GET", PARTS + "/{part}", holding(*DUTIES), parts.part),
        *_patrol(centre),
        Route("GET", "/street/{problem}", OFFICER, desk.case),
        Route("GET", photo, OFFICER, desk.photo),
        Route("GET", f"{photo}/release", holding(*RELEASING), releasing.page, _PROPOSALS),
        Route("POST", f"{photo}/release", holding(*RELEASING), releasing.decide, _OFTEN),
        Route("GET", "/open/photos/{copy}", EVERYBODY, releasing.shown, _LOOKS),
        Route("GET", move, OFFICER, desk.outcome),
        Route("POST", move, OFFICER, desk.decide, _OFTEN, files=True),
        *Open311(centre).routes(),
    )
