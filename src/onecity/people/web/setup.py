"""A new officer, or one whose secrets were reset, chooses a password and takes up the second factor."""

from typing import Any
from uuid import uuid4

import pyotp
from starlette.responses import Response

from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.people.invitations import Enrolment
from onecity.people.rules.registration import password_fault
from onecity.people.web.gatehouse import AT, Gatehouse


class SetUpPages:
    """Pages for whoever holds the two halves of a code."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def ask(self, visit: Visit) -> Response:
        """The form for the two halves."""
        return self._ask(visit, "")

    def _ask(self, visit: Visit, sentence: str) -> Response:
        return visit.page(
            AT + "setup.html",
            status=422 if sentence else 200,
            title=visit.say("people.setup"),
            sentence=sentence,
            typed={name: visit.form.text(name) for name in ("first", "second")},
        )

    async def begin(self, visit: Visit) -> Response:
        """The halves are right: show the second factor once, ask for a password."""
        first, second = visit.form.text("first"), visit.form.text("second")
        found = await self._gatehouse.invitations.begin(first, second, now=visit.now)
        if isinstance(found, Refused):
            return self._ask(visit, visit.say(found.reason))
        return await self._enrol(visit, found, {})

    async def finish(self, visit: Visit) -> Response:
        """Password and second factor hold from now on."""
        form = visit.form
        first, second, password = form.text("first"), form.text("second"), form.text("password")
        found = await self._gatehouse.invitations.begin(first, second, now=visit.now)
        if isinstance(found, Refused):
            return self._ask(visit, visit.say(found.reason))
        fault = password_fault(password)
        if fault:
            return await self._enrol(visit, found, {"password": visit.say(fault)})
        done = await self._gatehouse.invitations.finish(
            first, second, password, form.text("code"), channel=visit.channel, now=visit.now
        )
        if isinstance(done, Refused):
            return await self._enrol(visit, found, {"code": visit.say("people.setup.code_wrong")})
        return visit.page(AT + "setup_done.html", title=visit.say("people.setup.done"))

    async def _enrol(self, visit: Visit, found: Enrolment, errors: dict[str, str]) -> Response:
        names = await self._gatehouse.names([found.person])
        issuer = f"{visit.say('ui.shell.name')} {visit.site.city[visit.lang]}"
        uri = pyotp.TOTP(found.secret).provisioning_uri(name=names.get(found.person, ""), issuer_name=issuer)
        shown: dict[str, Any] = {"secret": " ".join(_fours(found.secret)), "uri": uri}
        return visit.page(
            AT + "enrol.html",
            status=422 if errors else 200,
            title=visit.say("people.setup"),
            halves={name: visit.form.text(name) for name in ("first", "second")},
            errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()],
            key=uuid4(),
            **shown,
        )


def _fours(secret: str) -> list[str]:
    """A secret in groups that people can type."""
    return [secret[start : start + 4] for start in range(0, len(secret), 4)]
