"""Bad ratings at the desk: what waits, each with its case on one page, and what the officer may do about it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Rated, folded
from onecity.kernel.acting import Acting
from onecity.kernel.clock import working_days_left
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit
from onecity.people import phone_in
from onecity.services.feedback import store
from onecity.services.feedback.declared import latest
from onecity.services.feedback.facts import Removes
from onecity.services.feedback.model import State
from onecity.services.feedback.rules import (
    CALL_BACK,
    Called,
    Decide,
    Deed,
    Mend,
    Propose,
    Recheck,
    Try,
    Why,
    latest_day,
    open_to,
    possible,
)
from onecity.services.feedback.usecases import Held
from onecity.services.web.affairs import shown_case
from onecity.services.web.counter import Counter
from onecity.services.web.feedback import feedback_moments
from onecity.services.web.shown import AT, moments, newest_first

_A_PAGE: Final = 50
_DEEDS: Final[Mapping[str, type[Deed]]] = {
    "try": Try, "call": Called, "put-right": Mend, "recheck": Recheck, "remove": Propose, "decide": Decide,
}  # fmt: skip
"""Each thing that can be done with a rating, by the last part of its address."""
_YES_NO: Final = {"yes": True, "no": False}


class Opened(msgspec.Struct, frozen=True):
    """A rating that the officer may see, and in which duty they look at it."""

    held: Held
    by: Acting


class RatingPages:
    """Pages for the duty `services.call_back`; a rating is shown only after the look at it was recorded."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def all(self, visit: Visit) -> Response:
        """The bad ratings that wait within the visitor's scopes, those that waited longest first."""
        rows, paging = await self.waiting(visit)
        return visit.page(
            AT + "ratings.html", title=visit.say("services.feedback"), rows=[self._row(visit, one) for one in rows],
            paging=paging,
        )  # fmt: skip

    async def waiting(self, visit: Visit) -> tuple[list[store.WaitingRating], Paging]:
        """A page of what waits."""
        paging = Paging.uncounted(visit, _A_PAGE)
        async with self._counter.ledger.readers.acquire() as connection:
            read = await store.waiting(
                connection, visit.someone.holding(CALL_BACK), limit=paging.one_more, offset=paging.offset
            )
        rows, paging = paging.cut(read)
        return list(rows), paging

    def latest_of(self, one: store.WaitingRating) -> date | None:
        """The latest day of a rating that waits, as a list tells it."""
        terms = self._counter.feedbacks.terms(one.rated)
        if terms is None or one.state == State.PUT_RIGHT:
            return one.put_right_by
        within = {State.CALL.value: terms.rule.call_within, State.RECHECK.value: terms.rule.recheck_within}
        limit = within.get(one.state)
        return latest(terms.calendar, terms.day(one.since), limit) if limit else None

    def _row(self, visit: Visit, one: store.WaitingRating) -> dict[str, Any]:
        due, calendar = self.latest_of(one), self._counter.office.calendar
        waits = "decide" if one.state == State.CLOSED else one.state
        waits = "call_again" if waits == State.CALL and one.tries else waits
        return {
            "href": _path(one.case),
            "due": due,
            "days_left": working_days_left(calendar, today=visit.today, latest=due) if due else None,
            "title": self._counter.scribe.matter(visit.lang, one.matter),
            # A list is not a look at somebody's data, so it names nobody.
            "applicant": f"{visit.say(f'ui.rating.{one.level}')} · {self._agency(visit, one.agency)}",
            "step": visit.say(f"services.feedback.waits.{waits}", tries=one.tries),
            "current": False,
        }

    async def one(self, visit: Visit) -> Response:
        """One rating: what was said, what happened in the case, and what can be done now."""
        opened = await self._opened(visit)
        return visit.refuse(opened) if isinstance(opened, Refused) else await self._page(visit, opened)

    async def act(self, visit: Visit) -> Response:
        """Do something about it."""
        opened, kind = await self._opened(visit), _DEEDS.get(visit.path("deed"))
        if isinstance(opened, Refused) or kind is None:
            return visit.refuse(opened if isinstance(opened, Refused) else Refused(Why.NOT_FOUND))
        case = opened.held.feedback.rating.case
        done = await self._counter.feedbacks.answer(
            case, _typed(visit, kind), by=opened.by, key=visit.form.key(), now=visit.now
        )
        if not isinstance(done, Refused):
            return visit.go(_path(case))
        return await self._page(visit, opened, done) if "field" in done.details else visit.refuse(done)

    async def _opened(self, visit: Visit) -> Opened | Refused:
        """The rating of the path, after the look at it was recorded.

        Whoever moved the case sees what was said once somebody else has called; whoever has no business here does not
        hear that there is a rating.
        """
        asked = visit.id("case")
        held = await self._counter.feedbacks.find(asked) if asked else None
        if held is None:
            return Refused(Why.NOT_FOUND)
        opened = held.feedback.rating.opened
        by = visit.acting_as(CALL_BACK, opened.agency, opened.area)
        no = open_to(held.feedback, by=by)
        if no is not None and no.reason is Why.NOT_YOUR_DUTY:
            return Refused(Why.NOT_FOUND)
        if no is not None and held.feedback.called is None:
            return no
        await self._counter.reads.note(opened.subject, "rating", about=opened.affair, by=by, now=visit.now)
        return Opened(held, by)

    async def _page(self, visit: Visit, opened: Opened, wrong: Refused | None = None) -> Response:
        held, lang = opened.held, visit.lang
        feedback, case = held.feedback, folded(held.history)
        assert case is not None, "a rating is one of a case"
        shown = await shown_case(self._counter, case, today=visit.today)
        # What was rated stands above the history, with the words.
        history = [one for one in held.history if not isinstance(one.fact, Rated)]
        past = moments(shown, history, self._counter.telling(lang, visit.say))
        may, errors = set(possible(feedback, by=opened.by)), self._errors(visit, wrong)
        return visit.page(
            AT + "rating.html", status=422 if wrong else 200, title=shown.item.called.said(lang),
            level=visit.say(f"ui.rating.{feedback.rating.level}"), rated=feedback.rating.at,
            words=feedback.rating.words or visit.say("services.feedback.no_more_said"),
            state=visit.say(f"services.feedback.state.{feedback.state}"), removed=feedback.removed,
            due=latest_day(feedback, held.terms), law=held.terms.rule.because.citation,
            who=await self._who(visit, opened, calls=Called in may), agency=self._agency(visit, case.opened.agency),
            moments=newest_first([*past, *feedback_moments(held, visit.say)], self._counter.office.zone),
            may={name for name, kind in _DEEDS.items() if kind in may}, moved=bool(open_to(feedback, by=opened.by)),
            tries=held.terms.rule.tries, tried=len(feedback.tried), url=_path(feedback.rating.case),
            typed=visit.form.fields, errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()], key=uuid4(),
            back_url="/desk/ratings",
        )  # fmt: skip

    async def _who(self, visit: Visit, opened: Opened, *, calls: bool) -> list[dict[str, str]]:
        """Who rated, for whoever calls them also under which number."""
        subject = opened.held.feedback.rating.opened.subject
        name = await self._counter.name_of(subject, lang=visit.lang)
        rows = [{"term": visit.say("services.feedback.who"), "value": name}]
        if not calls:
            return rows
        phone = phone_in([one.fact for one in await self._counter.ledger.history(subject)])
        return [
            *rows,
            {"term": visit.say("services.feedback.phone"), "value": phone or visit.say("services.feedback.no_phone")},
        ]

    def _errors(self, visit: Visit, wrong: Refused | None) -> dict[str, str]:
        return {str(wrong.details["field"]): visit.say(wrong.reason, **wrong.details)} if wrong else {}

    def _agency(self, visit: Visit, name: str) -> str:
        return self._counter.agency(name).name.said(visit.lang)


def _path(case: object) -> str:
    return f"/desk/ratings/{case}"


def _typed(visit: Visit, kind: type[Deed]) -> Deed:
    """What stands in the form of a deed."""
    text, chosen = visit.form.text, _YES_NO
    if kind is Called:
        return Called(text("said"), text("found"), chosen.get(text("upheld")))
    if kind is Mend:
        return Mend(text("done"))
    if kind is Recheck:
        return Recheck(text("found"), chosen.get(text("upheld")))
    if kind is Propose:
        removes = text("removes")
        return Propose(Removes(removes) if removes in set(Removes) else None, text("reason"))
    return Decide(chosen.get(text("agreed")), text("reason")) if kind is Decide else Try()
