"""The page of the hotline: knowledge, intake and caller side by side, for whoever speaks on the telephone and types."""

from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.governance.routing import Decided
from onecity.governance.usecases import Told
from onecity.governance.usecases.calling import Call, heard
from onecity.governance.web.centre import Centre
from onecity.governance.web.choosing import matters, streets
from onecity.governance.web.hearing import Hearing
from onecity.governance.web.reporting import AT
from onecity.governance.web.telling import answer_card, danger_card, like_card
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit

ROOT: Final = "/street/hotline"
_FIELDS: Final = ("words", "number", "matter", "area", "address")
_PROPOSED: Final = 0.5
"""The least chance at which a guessed kind is chosen beforehand; the operator sees it and may take another."""
_KINDS: Final = 3
_WORTH_SAYING: Final = 0.05
_MOST_WORDS: Final = 3


class Hotline:
    """Hear, take in, answer; every command is that of `Hearing`."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._hearing = Hearing(centre)

    async def form(self, visit: Visit) -> Response:
        """The page before a call."""
        return await self._page(visit, Call(), "")

    async def hear(self, visit: Visit) -> Response:
        """What follows from what the caller said so far; the number stands in no address."""
        return await self._page(visit, _call(visit), "")

    async def take(self, visit: Visit) -> Response:
        """Take the report in."""
        call = _call(visit)
        told = await self._hearing.take(visit, call, visit.form.text("same"), visit.form.key())
        return await self._done(visit, call, told)

    async def answer(self, visit: Visit) -> Response:
        """Answer on the spot."""
        call = _call(visit)
        told = await self._hearing.answer(visit, call, visit.form.text("answer"), visit.form.key())
        return await self._done(visit, call, told)

    async def _done(self, visit: Visit, call: Call, told: Told | Refused) -> Response:
        if isinstance(told, Refused):
            return await self._page(visit, call, visit.say(told.reason, **told.details))
        return visit.go(f"{ROOT}/{told.report}")

    async def taken(self, visit: Visit) -> Response:
        """What the operator tells the caller before they hang up; nothing that the caller said stands here.

        The link is for whoever called: only the operator who took the call reads it out, and opens it nowhere.
        """
        taken = await self._hearing.taken(visit, visit.id("report"))
        if isinstance(taken, Refused):
            return visit.refuse(taken)
        row = await self._centre.row(taken.report.case)
        return visit.page(
            AT + "hotline_taken.html",
            title=visit.say("governance.hotline.taken"),
            told=taken.report.told,
            matter=self._centre.scribe.matter(visit.lang, row.matter),
            stage=visit.say(f"governance.stage.{row.stage if row.result is None else row.result}"),
            answered=row.result is not None,
            follow=self._centre.link(taken.report.id) if taken.own else "",
            back_url=ROOT,
        )

    async def _page(self, visit: Visit, call: Call, wrong: str) -> Response:
        centre = self._centre
        found = await heard(call, street=centre.street, knowledge=centre.knowledge, now=visit.now)
        open_cases = await self._hearing.of_caller(visit, call.number)
        places = centre.street.ground.places
        return visit.page(
            AT + "hotline.html",
            status=422 if wrong else 200,
            title=visit.say("governance.hotline"),
            wrong=wrong,
            field="words" if call.area else "area",
            typed=call,
            heard=bool(call.words or call.number),
            area=found.area,
            matter=call.matter or _proposed(found.kind),
            kinds=self._kinds(visit, found.kind),
            dangers=[danger_card(visit, one) for one in found.dangers],
            answers=[answer_card(visit, one, centre) for one in found.answers],
            alike=[like_card(visit, one, centre) for one in found.alike],
            caller=[
                {
                    "number": report.number,
                    "title": centre.scribe.matter(visit.lang, row.matter),
                    "stage": visit.say(f"governance.stage.{row.stage}"),
                    "place": " ".join(places.chain(row.area)),
                    "reported": report.reported,
                    "row": row,
                    "href": f"/street/{row.case}" if self._hearing.may_answer(visit) else "",
                }
                for report, row in open_cases
            ],
            may_answer=self._hearing.may_answer(visit),
            matters=matters(visit, centre),
            streets=streets(centre),
            key=visit.form.text("key") or uuid4(),
        )

    def _kinds(self, visit: Visit, kind: Decided | None) -> list[dict[str, Any]]:
        """The likeliest kinds with their chances; for the first the words that decided."""
        if kind is None:
            return []
        words = listed([one.word.strip() for one in kind.words[:_MOST_WORDS]], visit.lang)
        return [
            {
                "term": self._centre.scribe.matter(visit.lang, one.label),
                "value": f"{round(100 * one.probability)}%",
                "note": visit.say("governance.hotline.because", words=words) if place == 0 and words else "",
            }
            for place, one in enumerate(kind.ranked[:_KINDS])
            if place == 0 or one.probability >= _WORTH_SAYING
        ]


def _proposed(kind: Decided | None) -> str:
    return kind.label if kind is not None and kind.probability >= _PROPOSED else ""


def _call(visit: Visit) -> Call:
    return Call(**{name: visit.form.text(name) for name in _FIELDS})
