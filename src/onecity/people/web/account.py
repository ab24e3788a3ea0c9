"""One's own account: sessions, password, everything that the city holds on one."""

from uuid import uuid4

import msgspec
from msgspec.structs import replace
from starlette.responses import Response

from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.machinery.web.site import held_up
from onecity.people.forgetting import Exported
from onecity.people.rules import Why
from onecity.people.rules.registration import password_fault
from onecity.people.web.gatehouse import AT, Gatehouse


class AccountPages:
    """Pages of a person about their own account."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def mine(self, visit: Visit) -> Response:
        """My account."""
        me = visit.someone.person
        sessions = await self._gatehouse.sessions.of(me, token=visit.token, now=visit.now)
        return visit.page(
            AT + "account.html",
            title=visit.say("people.account"),
            person=me,
            sessions=[
                {
                    "title": visit.say("people.account.here" if one.here else "people.account.elsewhere"),
                    "here": one.here,
                    "started": one.started,
                    "seen": one.seen,
                    "url": f"/account/sessions/{one.session}/end",
                }
                for one in sessions
            ],
            back_url="/",
        )

    async def export(self, visit: Visit) -> Response:
        """Everything that the city holds on me, to take away."""
        found = await self._exported(visit)
        headers = {"content-disposition": f'attachment; filename="onecity-{visit.today.isoformat()}.json"'}
        content = msgspec.json.format(msgspec.json.encode(found))
        return Response(content, media_type="application/json", headers=headers)

    async def api_export(self, visit: Visit, _: None) -> Exported:
        return await self._exported(visit)

    async def _exported(self, visit: Visit) -> Exported:
        found = await self._gatehouse.forgetting.export(visit.someone.person, now=visit.now, today=visit.today)
        holdings = (replace(one, law=visit.cited(one.law)) if one.law else one for one in found.holdings)
        return replace(found, holdings=tuple(holdings))

    async def end_session(self, visit: Visit) -> Response:
        """End one of my sessions."""
        asked = visit.id("session")
        if asked is None or not await self._gatehouse.sessions.end(asked, visit.someone.person):
            return visit.refuse(Refused(Why.NOT_FOUND))
        return visit.go("/account")

    async def password(self, visit: Visit) -> Response:
        """The form for another password."""
        return self._password_form(visit, {})

    async def change(self, visit: Visit) -> Response:
        """Take another password."""
        old, new = visit.form.text("old"), visit.form.text("password")
        fault = password_fault(new)
        if fault:
            return self._password_form(visit, {"password": visit.say(fault)})
        token = visit.token
        done = await self._gatehouse.recovery.change(old, new, token=token, by=visit.myself(), now=visit.now)
        if isinstance(done, Refused):
            return held_up(self._password_form(visit, {"old": visit.say(done.reason, **done.details)}), done)
        return visit.go("/account")

    def _password_form(self, visit: Visit, errors: dict[str, str]) -> Response:
        return visit.page(
            AT + "password.html",
            status=422 if errors else 200,
            title=visit.say("people.account.password"),
            errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()],
            key=uuid4(),
            back_url="/account",
        )
