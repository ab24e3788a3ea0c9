"""The pages for a citizen who lost the password."""

from uuid import uuid4

from starlette.background import BackgroundTask
from starlette.responses import Response

from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.machinery.web.site import held_up
from onecity.people.rules import Why
from onecity.people.rules.registration import password_fault
from onecity.people.web.gatehouse import AT, Gatehouse


class LostPages:
    """First name and number, then the code and a new password."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def ask(self, visit: Visit) -> Response:
        """The form for name and number."""
        return visit.page(AT + "lost.html", title=visit.say("people.lost"))

    async def send(self, visit: Visit) -> Response:
        """Send a code if there is whom to send it to. The page is the same, and comes as quickly, if there is not."""
        name, number = visit.form.text("name"), visit.form.text("number").upper()
        answer = self._code_form(visit, {})
        answer.background = BackgroundTask(self._gatehouse.recovery.ask, name, number, now=visit.now, today=visit.today)
        return answer

    async def finish(self, visit: Visit) -> Response:
        """Take the code and the new password."""
        form = visit.form
        fault = password_fault(form.text("password"))
        if fault:
            return self._code_form(visit, {"password": visit.say(fault)})
        done = await self._gatehouse.recovery.finish(
            form.text("number").upper(), form.text("code"), form.text("password"), channel=visit.channel, now=visit.now
        )
        if isinstance(done, Refused):
            field = "code" if done.reason is Why.SENT_CODE else ""
            return held_up(self._code_form(visit, {field: visit.say(done.reason, **done.details)}), done)
        return visit.page(AT + "lost_done.html", title=visit.say("people.lost.done"))

    def _code_form(self, visit: Visit, errors: dict[str, str]) -> Response:
        return visit.page(
            AT + "lost_code.html",
            status=422 if errors else 200,
            title=visit.say("people.lost"),
            number=visit.form.text("number"),
            errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()],
            key=uuid4(),
        )
