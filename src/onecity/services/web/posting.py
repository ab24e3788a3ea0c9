"""A result that goes by post, as its person sees it: where to, when it left, that it came back, and another address."""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from starlette.responses import Response

from onecity.casework import Delivery, choose_anew, may_choose
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.web import paper
from onecity.services.web.affairs import Affairs, Part
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

_WAYS: Final = (Delivery.POST, Delivery.COUNTER)


class Posting:
    """The page on which a person gives another address, or says that they come for the result after all."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)

    async def page(self, visit: Visit) -> Response:
        """Where it is to go, as it stands."""
        part = await self._part(visit)
        if isinstance(part, Refused):
            return visit.refuse(part)
        to = part.shown.case.post.to
        typed = {paper.NAME: to.name, paper.PHONE: to.phone, paper.LINE: to.line} if to else {}
        return self._page(visit, part, Delivery.POST, typed, {})

    async def choose(self, visit: Visit) -> Response:
        """Take what the person chose."""
        part = await self._part(visit)
        if isinstance(part, Refused):
            return visit.refuse(part)
        way, typed = paper.way_in(visit, paper.WAY, Delivery.ONLINE), paper.typed_in(visit)
        done = await choose_anew(
            CaseId(part.shown.case.id), way, paper.address_in(typed) if way is Delivery.POST else None,
            office=self._counter.office, key=visit.form.key(), by=visit.acting(), now=visit.now,
        )  # fmt: skip
        wrong = paper.wrong_in(visit, done if isinstance(done, Refused) else None)
        if wrong:
            return self._page(visit, part, way, typed, wrong)
        if isinstance(done, Refused):
            return visit.refuse(done)
        return visit.go(visit.at(f"/affairs/{part.shown.case.opened.affair}/cases/{part.shown.case.id}"))

    async def _part(self, visit: Visit) -> Part | Refused:
        own = await self._affairs.own_part(visit)
        if isinstance(own, Refused):
            return own
        _, part = own
        return may_choose(part.shown.case, part.shown.process, by=visit.acting()) or part

    def _page(
        self, visit: Visit, part: Part, way: Delivery, typed: Mapping[str, str], errors: Mapping[str, str]
    ) -> Response:
        path = visit.at(f"/affairs/{part.shown.case.opened.affair}/cases/{part.shown.case.id}")
        return visit.page(
            AT + "post.html",
            status=422 if errors else 200,
            title=visit.say("services.post.change"),
            item=part.shown.item.called.said(visit.lang),
            paper=paper.shown(visit, _WAYS, way, typed, errors),
            faults=[{"field": field, "text": text} for field, text in errors.items()],
            url=f"{path}/post",
            key=visit.form.fields.get("key") or uuid4(),
            back_url=path,
        )
