"""Where the thing is, to the metre, for whoever may open the case: a link that a phone opens in its map."""

from typing import Any

from onecity.governance.facts import Point
from onecity.governance.usecases.moving import Known
from onecity.governance.usecases.patrolling import place_of_problem
from onecity.machinery.web import Visit


def place_fact(visit: Visit, known: Known) -> list[dict[str, Any]]:
    """The point of a case as a fact of a page; none where nobody told one."""
    point = place_of_problem(known)
    if point is None:
        return []
    place = f"{point.latitude:.6f}, {point.longitude:.6f}"
    if point.within is not None:
        place = visit.say("governance.fact.point.within", place=place, metres=max(1, round(point.within)))
    note = visit.say("governance.fact.point.map")
    return [{"term": visit.say("governance.fact.point"), "value": place, "href": geo(point), "note": note}]


def geo(point: Point) -> str:
    """The address of a point for whatever map a device has.

    Source: RFC 5870. Units: degrees, WGS-84, which needs no name there.

    >>> geo(Point(113.6651, 34.7466, 12.0))
    'geo:34.746600,113.665100'
    """
    return f"geo:{point.latitude:.6f},{point.longitude:.6f}"
