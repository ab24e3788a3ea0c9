"""The page on which the chief on duty sees which programs hear of the street, resumes one and sends again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.responses import Response

from onecity.governance.events import KEPT, Kind
from onecity.governance.usecases import hooks
from onecity.governance.usecases.hooks import DeadEvent, Hook
from onecity.governance.web.centre import CHIEF, Centre
from onecity.kernel.lists import listed
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Route, Visit, holding

AT: Final = "governance/web/templates/"
_PATH: Final = "/street/hooks"
_OFTEN: Final = Rate(60, 300)
_LONGEST_POSITION: Final = 18


class Hooks:
    """Hooks and what they did not take; hooks are made and ended on the command line, where the secret is told."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def routes(self) -> Sequence[Route]:
        return (
            Route("GET", _PATH, holding(CHIEF), self.page),
            Route("POST", f"{_PATH}/again", holding(CHIEF), self.again, _OFTEN),
            Route("POST", f"{_PATH}/resume", holding(CHIEF), self.resume, _OFTEN),
        )

    async def page(self, visit: Visit) -> Response:
        """Every hook, and the events that were given up."""
        pool = self._centre.office.ledger.readers
        known, dead = await hooks.known_hooks(pool=pool), await hooks.dead_events(pool=pool)
        paused = {one.name for one in known if one.paused}
        return visit.page(
            AT + "hooks.html",
            title=visit.say("governance.hooks"),
            hooks=[self._hook(visit, one) for one in known],
            dead=[self._dead(visit, one, paused=one.name in paused) for one in dead],
            days=KEPT.days,
            key=uuid4(),
            back_url="/street",
        )

    async def again(self, visit: Visit) -> Response:
        """Try again what a hook did not take."""
        text, pool = visit.form.text("position"), self._centre.office.ledger.readers
        if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_POSITION:
            done = await hooks.again(visit.form.text("hook"), int(text), pool=pool, now=visit.now)
            if isinstance(done, Refused):
                return visit.refuse(done)
        return visit.go(_PATH)

    async def resume(self, visit: Visit) -> Response:
        """Send to a hook again, beginning with what waited; one that was ended meanwhile is gone from the page."""
        await hooks.resume(visit.form.text("hook"), pool=self._centre.office.ledger.readers, now=visit.now)
        return visit.go(_PATH)

    def _hook(self, visit: Visit, one: Hook) -> Mapping[str, Any]:
        """A hook, by its host only: the rest of an address may be a secret of whoever hears."""
        kinds = listed((visit.say(f"governance.event.{kind.rpartition('.')[2]}") for kind in one.kinds), visit.lang)
        return {
            "name": one.name,
            "host": urlsplit(one.url).netloc,
            "kinds": visit.say("governance.hooks.all") if set(one.kinds) == set(Kind) else kinds,
            "last": one.delivered_at,
            "waits": one.waits,
            "dead": one.dead,
            "paused": one.paused,
            "failing": one.failing,
            "lost": one.lost,
            "lost_at": one.lost_at,
        }

    def _dead(self, visit: Visit, one: DeadEvent, *, paused: bool) -> Mapping[str, Any]:
        failure = one.failure
        said = visit.say("governance.hook.status", status=failure) if failure.isdecimal() else ""
        return {
            "hook": one.name,
            "position": one.position,
            "kind": visit.say(f"governance.event.{one.kind.rpartition('.')[2]}"),
            "paused": paused,
            "tries": one.tries,
            "failure": said or visit.say(f"governance.hook.failure.{failure}"),
            "dead": one.dead,
        }
