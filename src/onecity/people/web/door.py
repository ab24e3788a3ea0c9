"""Signing in and out, opening an account."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

import msgspec
from starlette.responses import RedirectResponse, Response

from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.ledger import Together
from onecity.machinery.web import Visit, Visitor
from onecity.machinery.web.look import local_path
from onecity.machinery.web.site import held_up
from onecity.people.rules import FieldFault, Registration, faults_of, written_closely
from onecity.people.signin import SESSION, SignedIn
from onecity.people.store import sessions
from onecity.people.usecases import register
from onecity.people.web.gatehouse import AT, Gatehouse


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a program sends to begin a session."""

    login: str
    password: str
    code: str = ""


class DoorPages:
    """The door's pages; also the guard that every other page relies on."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse
        self._door = gatehouse.door
        self._counting = Together(self._too_often)

    async def guard(self, token: str, now: datetime) -> Visitor | None:
        """Whose session it is."""
        return await self._door.visitor(token, now=now)

    async def brake(self, key: str, rate: Rate, now: datetime) -> bool:
        """Counts a visit; the key is stored as a hash, because it may be somebody's address."""
        return await self._counting.ask(sessions.Coming(sha256(key.encode()).digest(), rate, now))

    async def _too_often(self, comings: Sequence[sessions.Coming]) -> list[bool]:
        async with self._gatehouse.ledger.readers.acquire() as connection:
            return await sessions.too_often(connection, comings)

    async def api_sign_in(self, visit: Visit, command: SignIn) -> SignedIn | Refused:
        return await self._door.sign_in(command.login, command.password, command.code, now=visit.now)

    async def sign_in_page(self, visit: Visit) -> Response:
        if visit.visitor is not None:
            return visit.go(_onward(visit, visit.request.query_params.get("next", ""), visit.visitor))
        return self._sign_in_form(visit, "", visit.request.query_params.get("next", ""), "")

    async def sign_in(self, visit: Visit) -> Response:
        form = visit.form
        found = await self._door.sign_in(form.text("login"), form.text("password"), form.text("code"), now=visit.now)
        if isinstance(found, Refused):
            sentence = visit.say(found.reason, **found.details)
            return held_up(self._sign_in_form(visit, form.text("login"), form.text("next"), sentence), found)
        # Whoever comes in anew has one session in this browser, and the one of before opens nothing any more.
        await self._door.sign_out(visit.token)
        comes = await self._door.visitor(found.token, now=visit.now)
        return _with_session(visit, _onward(visit, form.text("next"), comes), found)

    def _sign_in_form(self, visit: Visit, login: str, after: str, sentence: str) -> Response:
        values = {"title": visit.say("people.sign_in"), "login": login, "next": after, "sentence": sentence}
        return visit.page(AT + "sign_in.html", status=422 if sentence else 200, **values)

    async def sign_out(self, visit: Visit) -> Response:
        await self._door.sign_out(visit.token)
        answer = visit.go("/")
        answer.delete_cookie(visit.site.session_cookie, httponly=True, samesite="lax", secure=visit.site.secure)
        return answer

    async def register_page(self, visit: Visit) -> Response:
        empty = Registration("", "", "", "")
        return self._register_form(visit, empty, [], str(uuid4()))

    async def register(self, visit: Visit) -> Response:
        form = visit.form
        command = Registration(
            form.text("name"),
            written_closely(form.text("number")).upper(),
            written_closely(form.text("phone")),
            form.text("password"),
        )
        faults = faults_of(command)
        if not faults:
            done = await register(
                command, ledger=self._gatehouse.ledger, door=self._door, look_up=self._gatehouse.look_up,
                key=form.key(), now=visit.now, today=visit.today,
            )  # fmt: skip
            if not isinstance(done, Refused):
                session = await self._door.sign_in(command.number, command.password, "", now=visit.now)
                assert isinstance(session, SignedIn), "who just opened an account can sign in"
                return _with_session(visit, "/", session)
            faults = [FieldFault("number", done.reason)]
        return self._register_form(visit, command, faults, form.text("key"))

    def _register_form(self, visit: Visit, typed: Registration, faults: list[FieldFault], key: str) -> Response:
        errors = {fault.field: visit.say(fault.words) for fault in faults}
        listed = [{"field": field, "text": text} for field, text in errors.items()]
        values = {"title": visit.say("people.register"), "typed": typed, "errors": errors, "faults": listed, "key": key}
        return visit.page(AT + "register.html", status=422 if faults else 200, **values)


def _onward(visit: Visit, after: str, comes: Visitor | None) -> str:
    """Where somebody goes on who signed in: to the page that sent them here, else to where they begin."""
    return local_path(after) if after else visit.site.landing(comes)


def _with_session(visit: Visit, path: str, session: SignedIn) -> Response:
    answer = RedirectResponse(path, 303)
    answer.set_cookie(
        visit.site.session_cookie,
        session.token,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=visit.site.secure,
    )
    return answer
