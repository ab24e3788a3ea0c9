"""A step in which the person only says something: that they did it elsewhere, or which of several ways they want."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from onecity.casework import Step
from onecity.casework import Why as CaseWhy
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.model import Affair
from onecity.services.usecases.adding import Bring, bring
from onecity.services.web.affairs import Part, last_words
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

_TO_WRITE = frozenset({CaseWhy.UNSAID, CaseWhy.TOO_LONG})
"""What somebody can mend in the form itself."""


class Confirming:
    """The page of such a step: each way with what it asks for and a button of its own."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def page(self, visit: Visit, affair: Affair, part: Part, step: Step, wrong: Refused | None = None) -> Response:
        """What the person can say, and what it means if they say nothing."""
        item, path = part.shown.item.called.said(visit.lang), f"/affairs/{affair.id}/cases/{part.shown.case.id}/bring"
        ways = [self._way(visit, name, step, wrong) for name in step.offered]
        silent = step.outcomes[step.silence.outcome] if step.silence else None
        return visit.page(
            AT + "confirm.html",
            status=422 if wrong else 200,
            title=visit.say("services.confirm.title", item=item, step=step.name.said(visit.lang)),
            lead=visit.say("services.confirm.choose" if len(ways) > 1 else "services.confirm.lead"),
            silent=silent.name.said(visit.lang) if silent else "",
            last=part.shown.due.day,
            notes=last_words(part, visit),
            law=step.because.citation,
            url=visit.at(path),
            ways=ways,
            faults=[{"field": one["id"], "text": one["error"]} for way in ways for one in way["asks"] if one["error"]],
            key=visit.form.fields.get("key") or uuid4(),
            back_url=visit.at(f"/affairs/{affair.id}"),
        )

    def _way(self, visit: Visit, name: str, step: Step, wrong: Refused | None) -> Mapping[str, Any]:
        chosen = visit.form.text("choice") == name
        blamed = wrong.details.get("field") if wrong and chosen else None
        outcome = step.outcomes[name]
        return {
            "name": name,
            "label": outcome.name.said(visit.lang),
            "asks": [
                {
                    "id": f"{name}-{part}",
                    "ask": question.ask.said(visit.lang),
                    "hint": question.hint.said(visit.lang) if question.hint else "",
                    "value": visit.form.text(f"{name}-{part}"),
                    "error": visit.say(wrong.reason, **wrong.details) if wrong and part == blamed else "",
                }
                for part, question in outcome.write.items()
            ],
        }

    async def take(self, visit: Visit, affair: Affair, part: Part, step: Step) -> Response:
        """Take what the person said."""
        choice = visit.form.text("choice")
        outcome = step.offered.get(choice)
        words = {name: visit.form.text(f"{choice}-{name}") for name in outcome.write} if outcome else {}
        command = Bring(part.shown.case.id, choice=choice, words=words)
        done = await bring(
            affair.id, command, intake=self._counter.intake, key=visit.form.key(), by=visit.acting(), now=visit.now
        )
        if isinstance(done, Refused) and done.reason in _TO_WRITE:
            return self.page(visit, affair, part, step, done)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.at(f"/affairs/{affair.id}"))
