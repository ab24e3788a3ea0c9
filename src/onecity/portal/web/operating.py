"""The city at work, for whoever looks after it: what every work unit does, what is late, and how to mend it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from onecity.machinery.watch import Age, Alert, Judged, Measured, State, Told, Watch
from onecity.machinery.web import Door, Route, Visit, holding
from onecity.portal.runbooks import Runbooks

OPERATE: Final = "portal.operate"
"""The duty of whoever looks after the city's machines."""
_AT: Final = "portal/web/templates/"
_PATH: Final = "/operate"
DOOR: Final = Door(_PATH, "portal.operate", "report", holding(OPERATE))
_TAGS: Final = {State.WELL: "ok", State.MORNING: "due_soon", State.WAKE: "late", State.UNREAD: "conflict"}
_ORDER: Final = (State.WAKE, State.UNREAD, State.MORNING, State.WELL)
_SPANS: Final = ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes"))
_WHOLE: Final = 2
"""A span is told in the largest unit of which there are at least so many."""
_NEVER_S: Final = 20 * 365 * 86_400.0
"""What is said to be so old was never done: its instant is the first that a computer knows."""
_GIGABYTE: Final = 1_000_000_000


class Operations:
    """Pages for the duty that looks after the machines; they name nobody."""

    def __init__(self, watch: Watch, runbooks: Runbooks) -> None:
        self._watch = watch
        self._runbooks = runbooks

    def routes(self) -> Sequence[Route]:
        return (
            Route("GET", _PATH, holding(OPERATE), self.page),
            Route("GET", f"{_PATH}/{{runbook}}", holding(OPERATE), self.runbook),
        )

    async def page(self, visit: Visit) -> Response:
        """Every work unit, the worst first."""
        await self._watch.look(visit.now)
        found = sorted(self._watch.judged(visit.now), key=lambda one: _ORDER.index(one.state))
        wrong = [one for one in found if one.state is not State.WELL]
        return visit.page(
            _AT + "operate.html",
            title=visit.say("portal.operate"),
            lead=self._lead(visit, wrong, len(found)),
            kind="bad" if any(one.state is State.WAKE for one in wrong) else "warn" if wrong else "ok",
            wrong=[self._unit(visit, one) for one in wrong],
            well=[self._unit(visit, one) for one in found if one.state is State.WELL],
        )

    async def runbook(self, visit: Visit) -> Response:
        """How to mend what an alert tells."""
        page = self._runbooks.page(visit.request.path_params["runbook"])
        if page is None:
            raise HTTPException(404)
        return visit.page(_AT + "runbook.html", title=page.title, parts=page.parts, back_url=_PATH)

    def _lead(self, visit: Visit, wrong: Sequence[Judged], count: int) -> str:
        if not wrong:
            return visit.say("portal.operate.all_well", count=count)
        now = sum(one.state in (State.WAKE, State.UNREAD) for one in wrong)
        key = "portal.operate.some_now" if now else "portal.operate.some_later"
        return visit.say(key, now=now, wrong=len(wrong), count=count)

    def _unit(self, visit: Visit, one: Judged) -> Mapping[str, Any]:
        return {
            "name": visit.say(one.unit.says),
            "tag": _TAGS[one.state],
            "state": visit.say(f"portal.operate.{one.state}"),
            "tone": "bad" if one.state is State.WAKE else "waiting",
            "unread": one.state is State.UNREAD,
            "figures": [self._figure(visit, told) for told in one.told],
        }

    def _figure(self, visit: Visit, told: Told) -> Mapping[str, Any]:
        alert, worst = told.alert, told.worst
        limit = visit.say(
            "portal.operate.at_least" if alert.condition.low else "portal.operate.at_most",
            limit=_said(visit, alert, alert.condition.limit),
        )
        return {
            "term": visit.say(alert.says),
            "value": _said(visit, alert, worst.value if worst else None),
            "where": worst.where if worst and told.holds else "",
            "limit": limit,
            "holds": told.holds,
            "href": f"{_PATH}/{alert.runbook}",
        }


def _said(visit: Visit, alert: Alert, value: float | None) -> str:
    """A figure in words, in its unit."""
    if value is None or math.isnan(value):
        return visit.say("portal.operate.none")
    if math.isinf(value):
        return visit.say("portal.operate.unreadable")
    match alert.measured:
        case Measured.SECONDS if isinstance(alert.condition, Age) and value > _NEVER_S:
            return visit.say("portal.operate.never")
        case Measured.SECONDS:
            return _span(visit, value)
        case Measured.SHARE:
            return visit.say("portal.operate.percent", number=f"{100 * value:.1f}")
        case Measured.BYTES:
            return visit.say("portal.operate.gigabytes", number=f"{value / _GIGABYTE:,.1f}")
        case Measured.NUMBER:
            return f"{value:,.0f}"


def _span(visit: Visit, seconds: float) -> str:
    """A span in its largest unit; what is ahead of its time is not late."""
    seconds = max(0.0, seconds)
    for length, unit in _SPANS:
        if seconds >= _WHOLE * length:
            return visit.say(f"portal.operate.{unit}", number=f"{seconds / length:,.0f}")
    return visit.say("portal.operate.seconds", number=f"{seconds:.1f}".removesuffix(".0"))
