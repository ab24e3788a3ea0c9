"""The knowledge base as everybody reads it: an answer, who keeps it right, since when, and by which law."""

from typing import Final

from starlette.responses import Response

from onecity.casework import Why as CaseWhy
from onecity.governance.web.centre import Centre
from onecity.governance.web.reporting import AT
from onecity.governance.web.telling import answer_card
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit

ROOT: Final = "/answers"
_LONGEST: Final = 200


class Answers:
    """The list with its search, and each answer on a page of its own."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def index(self, visit: Visit) -> Response:
        """All answers, or what fits a search."""
        question = visit.request.query_params.get("q", "").strip()[:_LONGEST]
        knowledge = self._centre.knowledge
        found = knowledge.find(question, visit.today) if question else knowledge.all(visit.today)
        return visit.page(
            AT + "answers.html",
            title=visit.say("governance.answers"),
            question=question,
            found=[answer_card(visit, one, self._centre) for one in found],
            back_url="/",
        )

    async def one(self, visit: Visit) -> Response:
        """One answer."""
        known = self._centre.knowledge.of(visit.path("answer"), visit.today)
        if known is None:
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        because = known.answer.because or self._centre.street.rules.because
        return visit.page(
            AT + "answer.html",
            title=known.answer.question.said(visit.lang),
            one=answer_card(visit, known, self._centre),
            law=visit.cited(because.citation),
            back_url=ROOT,
        )
