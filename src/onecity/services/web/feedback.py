"""What became of a rating, as its timeline tells it: the same to officers and to whoever rated."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.casework import Rated
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.services.feedback.facts import (
    CalledBack,
    CallTried,
    Objected,
    PutRight,
    Rechecked,
    RemovalDecided,
    RemovalProposed,
)
from onecity.services.feedback.model import BAD
from onecity.services.feedback.rules import Why, latest_day, object_until
from onecity.services.feedback.usecases import Held
from onecity.services.rules import Why as ServiceWhy
from onecity.services.usecases import own_affair
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT, Moment

_AGAIN: Final = frozenset({Why.NO_WORDS})
"""What somebody who objects can mend in the form itself."""


def feedback_moments(held: Held, say: Callable[..., str]) -> list[Moment]:
    """What was done about a rating."""
    return [
        Moment(one.at, kind, say(f"services.feedback.told.{key}"), "\n".join(lines))
        for one in held.told
        for kind, key, lines in _told(one, say)
    ]


def _told(one: Recorded, say: Callable[..., str]) -> Iterator[tuple[str, str, list[str]]]:
    """The kind of a moment, its words, and what somebody wrote."""

    def line(part: str, words: str | None) -> str:
        gone = say("services.feedback.gone")
        return f"{say(f'services.feedback.{part}')}{say('ui.colon')}{words or gone}"

    match one.fact:
        case CallTried():
            yield "running", "tried", []
        case CalledBack(reached=False):
            yield "stop", "not_reached", []
        case CalledBack(upheld=upheld, said=said, found=found):
            yield "done", "upheld" if upheld else "not_upheld", [line("said", said), line("found", found)]
        case PutRight(done=done):
            yield "done", "put_right", [line("done", done)]
        case Objected(words=words):
            yield "received", "objected", [line("words", words)]
        case Rechecked(upheld=upheld, found=found):
            yield "done", "recheck_upheld" if upheld else "rechecked", [line("found", found)]
        case RemovalProposed(removes=removes, reason=reason):
            yield "running", f"removal.{removes}", [line("reason", reason)]
        case RemovalDecided(agreed=agreed, reason=reason):
            yield "stop" if agreed else "done", "removed" if agreed else "kept", [line("reason", reason)]
        case _:
            pass


def said_of_case(held: Held | None, history: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    """The history of a case as those see it who moved it: without a bad rating that nobody has answered yet."""
    if held is None or held.feedback.called is not None:
        return history
    return tuple(one for one in history if not (isinstance(one.fact, Rated) and one.fact.level <= BAD))


def rated_words(held: Held, say: Callable[..., str]) -> Iterator[Moment]:
    """What the person wrote with a bad rating, for those who moved the case, once somebody else has called."""
    rating = held.feedback.rating
    if rating.words:
        yield Moment(rating.at, "done", say("services.feedback.rated_words"), rating.words)


class Objecting:
    """Pages for whoever rated badly: what came of it, and that they do not agree."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def page(self, visit: Visit) -> Response:
        """What an objection is, before it is written."""
        held = await self._own(visit)
        if held is None:
            return visit.refuse(Refused(ServiceWhy.NOT_FOUND))
        until = object_until(held.feedback, held.terms)
        return visit.refuse(Refused(Why.NOT_NOW)) if until is None else self._form(visit, until, "")

    async def object(self, visit: Visit) -> Response:
        """Take the objection."""
        affair, case = visit.id("affair"), visit.id("case")
        if affair is None or case is None:
            return visit.refuse(Refused(ServiceWhy.NOT_FOUND))
        done = await self._counter.feedbacks.object(
            affair, case, visit.form.text("words"), by=visit.acting(), key=visit.form.key(), now=visit.now
        )
        if not isinstance(done, Refused):
            return visit.go(visit.at(f"/affairs/{affair}/cases/{case}"))
        held = await self._own(visit) if done.reason in _AGAIN else None
        until = object_until(held.feedback, held.terms) if held else None
        if until is None:
            return visit.refuse(done)
        return self._form(visit, until, visit.say(done.reason, **done.details))

    def _form(self, visit: Visit, until: date, wrong: str) -> Response:
        path = f"/affairs/{visit.path('affair')}/cases/{visit.path('case')}"
        return visit.page(
            AT + "object.html", status=422 if wrong else 200, title=visit.say("services.object.title"), until=until,
            url=visit.at(f"{path}/object"), words=visit.form.text("words"), wrong=wrong, key=uuid4(),
            back_url=visit.at(path),
        )  # fmt: skip

    async def _own(self, visit: Visit) -> Held | None:
        affair, case = visit.id("affair"), visit.id("case")
        if affair is None or case is None:
            return None
        own = await own_affair(affair, ledger=self._counter.ledger, by=visit.acting())
        mine = not isinstance(own, Refused) and own.branch(case) is not None
        return await self._counter.feedbacks.find(case) if mine else None


def own_feedback(visit: Visit, held: Held | None) -> dict[str, Any] | None:
    """What came of one's own bad rating: in a sentence, until when the next thing happens, and whether to object."""
    if held is None:
        return None
    feedback, until = held.feedback, object_until(held.feedback, held.terms)
    state = "removed" if feedback.removed else feedback.state.value
    due = latest_day(feedback, held.terms)
    formats = visit.site.pages.formats[visit.lang]
    day = formats.day(due, today=visit.today) if due else ""
    return {
        "sentence": visit.say(f"services.feedback.own.{state}", day=day),
        "object": until is not None and visit.today <= until,
        "until": until,
    }
