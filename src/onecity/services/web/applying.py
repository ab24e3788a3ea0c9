"""From the first question to the receipt: one form that is kept while it is filled in, one look at all of it."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.answers import AnswerFault, Field, faults, read_all
from onecity.services.declared import Item
from onecity.services.rules import Why
from onecity.services.usecases import Apply, apply
from onecity.services.web.counter import Counter
from onecity.services.web.guides import AT
from onecity.services.web.shown import answer_rows


class Applying:
    """The form of an item, for whoever is signed in."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def form(self, visit: Visit) -> Response:
        """The questions, with what was typed before."""
        name, item = self._asked(visit)
        if item is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        draft = await self._counter.drafts.resume(visit.someone.person, name)
        return self._form(visit, name, item, draft.typed if draft else {}, [])

    async def keep(self, visit: Visit) -> Response:
        """Keep what was typed, right or wrong; go on when all of it is right."""
        name, item = self._asked(visit)
        if item is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        fields = self._counter.catalogue.fields([name])
        typed = {field: visit.form.text(field) for field in fields}
        await self._counter.drafts.keep(visit.someone.person, name, typed, now=visit.now)
        if visit.form.text("do") == "save":
            return visit.go("/affairs")
        wrong = faults(fields, typed)
        return self._form(visit, name, item, typed, wrong) if wrong else visit.go(f"/items/{name}/review")

    async def review(self, visit: Visit) -> Response:
        """Everything once more before it is handed in."""
        name, item = self._asked(visit)
        if item is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        fields = self._counter.catalogue.fields([name])
        draft = await self._counter.drafts.resume(visit.someone.person, name)
        answers, wrong = read_all(fields, draft.typed if draft else {})
        if draft is None or wrong:
            return visit.go(f"/items/{name}/apply")
        section = {
            "title": visit.say("services.review.answers"),
            "change_href": f"/items/{name}/apply",
            "readers": self._counter.agency(item.agency).name.said(visit.lang),
            "rows": answer_rows(fields, answers, lang=visit.lang, say=visit.say),
        }
        return visit.page(
            AT + "review.html",
            title=visit.say("services.review.title"),
            name=name,
            sections=[section],
            key=draft.key,
            back_url=f"/items/{name}/apply",
        )

    async def submit(self, visit: Visit) -> Response:
        """Hand the application in; a second click hands in nothing more."""
        name, item = self._asked(visit)
        if item is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        draft = await self._counter.drafts.resume(visit.someone.person, name)
        if draft is None or draft.key != visit.form.key():
            return visit.go("/affairs")
        done = await apply(
            Apply((name,), draft.typed),
            catalogue=self._counter.catalogue,
            office=self._counter.office,
            area=self._counter.area,
            key=draft.key,
            by=visit.acting(),
            now=visit.now,
        )
        if isinstance(done, Refused):
            return visit.go(f"/items/{name}/apply") if done.reason is Why.ANSWERS else visit.refuse(done)
        await self._counter.drafts.drop(visit.someone.person, name)
        return visit.go(f"/affairs/{done.affair}/receipt")

    def _asked(self, visit: Visit) -> tuple[str, Item | None]:
        name = visit.path("item")
        return name, self._counter.catalogue.item(name)

    def _form(
        self, visit: Visit, name: str, item: Item, typed: dict[str, str] | Any, wrong: Sequence[AnswerFault]
    ) -> Response:
        fields = self._counter.catalogue.fields([name])
        errors = {fault.field: _sentence(visit, fields[fault.field], fault) for fault in wrong}
        return visit.page(
            AT + "form.html",
            status=422 if wrong else 200,
            title=visit.say("services.form.title", item=item.name.said(visit.lang)),
            name=name,
            fields=fields,
            typed=typed,
            errors=errors,
            faults=[
                {"field": field, "text": f"{fields[field].ask.said(visit.lang)} {text}"}
                for field, text in errors.items()
            ],
            back_url=f"/items/{name}",
        )


def _sentence(visit: Visit, field: Field, fault: AnswerFault) -> str:
    unit = field.unit.said(visit.lang) if field.unit else ""
    return visit.say(fault.wrong, least=field.least, most=field.most, unit=unit)
