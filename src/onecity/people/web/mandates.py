"""Acting for others: give, take up, use and end; and consents, which can be taken back."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.exceptions import HTTPException
from starlette.responses import Response

from onecity.kernel.instants import read_day
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.people.model import Consent, Mandate
from onecity.people.roll import Identity
from onecity.people.rules import RECORD, Why, written_closely
from onecity.people.usecases import Entrust
from onecity.people.web.gatehouse import AT, Gatehouse

_FIELDS: Final = {
    Why.NOT_IN_REGISTER: "number", Why.DAYS: "until", Why.NO_MATTER: "all", Why.UNKNOWN_MATTER: "more",
    Why.TO_ONESELF: "number", Why.NO_GUARDIAN: "number", Why.NOT_REPRESENTATIVE: "number", Why.NO_PAPER: "paper",
}  # fmt: skip
_KINDS: Final = ("person", "ward", "firm")
_TICKED: Final = 40
"""So many matters can be ticked, those that people often need; any other one is written."""
_BETWEEN: Final = re.compile("[、，,；;\n]+")
_SIGNS: Final = "、，,；; \r\n\t"
"""What may stand between two matters that were written."""


class MandatePages:
    """Pages of a person about acting for others, and of the window where papers are shown."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def all(self, visit: Visit) -> Response:
        """For whom I may act, and who may act for me or for whom I act now."""
        held = await self._gatehouse.mandates.held_by(visit.someone.person)
        given = await self._gatehouse.mandates.given_by(visit.subject)
        consents = await self._gatehouse.consents.of(visit.subject)
        names = await self._gatehouse.names([one.grantor for one in held])
        return visit.page(
            AT + "mandates.html",
            title=visit.say("people.mandates"),
            held=[self._row(visit, one, names.get(one.grantor)) for one in held],
            given=[self._row(visit, one, await self._gatehouse.mandates.agent_name(one.id)) for one in given],
            consents=[self._consent(visit, one) for one in consents],
            back_url="/",
        )

    def _row(self, visit: Visit, one: Mandate, name: str | None) -> dict[str, Any]:
        known = self._gatehouse.matters(visit.lang)
        matters = listed((known.get(matter, matter) for matter in one.matters), visit.lang)
        over = one.ended or (one.until is not None and one.until < visit.today)
        return {
            "name": name or visit.say("people.forgotten"),
            "kind": visit.say(f"people.mandates.kind.{one.kind}"),
            "matters": matters or visit.say("people.mandates.all"),
            "since": one.since,
            "until": one.until,
            "over": over,
            "holds": one.on(visit.today),
            "url": f"/mandates/{one.id}",
        }

    def _consent(self, visit: Visit, one: Consent) -> dict[str, Any]:
        readers = listed((self._gatehouse.agency(reader, visit.lang) for reader in one.readers), visit.lang)
        purpose = self._gatehouse.purpose(one.purpose, visit.lang)
        return {
            "title": self._gatehouse.register(one.register, visit.lang),
            "text": visit.say("people.consents.text", readers=readers, purpose=purpose),
            "until": one.until,
            "holds": one.on(visit.today),
            "url": f"/consents/{one.id}/end",
        }

    async def new(self, visit: Visit) -> Response:
        """The form that gives a mandate, or takes up what the register gives."""
        return self._form(visit, None)

    def _form(self, visit: Visit, refused: Refused | None) -> Response:
        kind = visit.path("kind")
        if kind not in _KINDS:
            raise HTTPException(404)
        return visit.page(
            AT + "mandate_new.html",
            title=visit.say(f"people.mandates.new.{kind}"),
            lead=visit.say(f"people.mandates.lead.{kind}"),
            kind=kind,
            url=f"/mandates/new/{kind}",
            options=self._options(visit),
            typed={name: visit.form.text(name) for name in ("name", "number", "since", "until", "more")},
            back_url="/mandates",
            **_wrong(visit, refused),
        )

    def _options(self, visit: Visit) -> Sequence[dict[str, Any]]:
        chosen = _ticked(visit, self._gatehouse.matters(visit.lang))
        return [
            {"name": f"matter-{name}", "label": label, "chosen": name in chosen}
            for name, label in islice(self._gatehouse.matters(visit.lang).items(), _TICKED)
        ]

    async def give(self, visit: Visit) -> Response:
        """Give a mandate, or take up what the register gives."""
        mandates, form = self._gatehouse.mandates, visit.form
        who = Identity(written_closely(form.text("number")).upper(), form.text("name"))
        match visit.path("kind"):
            case "person":
                command = self._entrust(visit, who)
                if isinstance(command, Refused):
                    return self._form(visit, command)
                done = await mandates.give(
                    command, known=self._gatehouse.matters(visit.lang), by=visit.acting(), key=form.key(),
                    now=visit.now, today=visit.today,
                )  # fmt: skip
            case "ward":
                done = await mandates.guard(who, by=visit.myself(), key=form.key(), now=visit.now, today=visit.today)
            case "firm":
                done = await mandates.represent(
                    who, by=visit.myself(), key=form.key(), now=visit.now, today=visit.today
                )
            case _:
                raise HTTPException(404)
        if not isinstance(done, Refused):
            return visit.go("/mandates")
        return self._form(visit, done) if done.reason in _FIELDS else visit.refuse(done)

    def _entrust(self, visit: Visit, agent: Identity) -> Entrust | Refused:
        """What was typed as a command. Ticking nothing means all matters only if that is ticked."""
        form, today = visit.form, visit.today
        since = read_day(form.text("since"), today=today) if form.text("since") else today
        until = read_day(form.text("until"), today=today)
        known = self._gatehouse.matters(visit.lang)
        written = _written(visit, known)
        if since is None or until is None:
            return Refused(Why.DAYS)
        if isinstance(written, Refused):
            return written
        matters = tuple(dict.fromkeys((*_ticked(visit, known), *written)))
        if bool(matters) == (form.text("all") == "yes"):
            return Refused(Why.NO_MATTER)
        return Entrust(agent.name, agent.number, matters, since, until)

    async def end(self, visit: Visit) -> Response:
        """End a mandate."""
        asked = visit.id("mandate")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await self._gatehouse.mandates.end(
            asked, by=visit.acting(), key=visit.form.key(), now=visit.now, today=visit.today
        )
        return visit.refuse(done) if isinstance(done, Refused) else visit.go("/mandates")

    async def switch(self, visit: Visit) -> Response:
        """Act under a mandate from now on, in this session."""
        asked = visit.id("mandate")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        found = await self._gatehouse.mandates.may_switch(asked, by=visit.myself(), today=visit.today)
        if isinstance(found, Refused):
            return visit.refuse(found)
        await self._gatehouse.door.act_for(visit.token, found.id)
        return visit.go("/")

    async def for_myself(self, visit: Visit) -> Response:
        """Act for myself again."""
        await self._gatehouse.door.act_for(visit.token, None)
        return visit.go("/")

    async def take_back(self, visit: Visit) -> Response:
        """Take a consent back."""
        asked = visit.id("consent")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await self._gatehouse.consents.take_back(asked, by=visit.acting(), key=visit.form.key(), now=visit.now)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go("/mandates")

    async def window(self, visit: Visit) -> Response:
        """The form for a mandate that somebody shows on paper at the window."""
        return self._window_form(visit, None, None)

    async def record(self, visit: Visit) -> Response:
        """Record it."""
        form = visit.form
        command = self._entrust(visit, Identity(form.text("number").upper(), form.text("name")))
        if isinstance(command, Refused):
            return self._window_form(visit, command, None)
        held = visit.someone.holding(RECORD)[0]
        done = await self._gatehouse.mandates.record(
            Identity(form.text("grantor_number").upper(), form.text("grantor")), command, form.text("paper"),
            known=self._gatehouse.matters(visit.lang),
            by=visit.acting_as(RECORD, held.scope.department, held.scope.area), key=form.key(), now=visit.now,
            today=visit.today,
        )  # fmt: skip
        if not isinstance(done, Refused):
            return self._window_form(visit, None, done.mandate)
        return self._window_form(visit, done, None) if done.reason in _FIELDS else visit.refuse(done)

    def _window_form(self, visit: Visit, refused: Refused | None, done: UUID | None) -> Response:
        names = ("name", "number", "grantor", "grantor_number", "since", "until", "paper", "more")
        return visit.page(
            AT + "mandate_window.html",
            title=visit.say("people.mandates.window"),
            options=self._options(visit),
            typed={name: visit.form.text(name) if done is None else "" for name in names},
            done=done,
            back_url="/desk",
            **_wrong(visit, refused),
        )


def _ticked(visit: Visit, known: Mapping[str, str]) -> tuple[str, ...]:
    """The matters that were ticked."""
    return tuple(name for name in known if visit.form.text(f"matter-{name}") == "yes")


def _written(visit: Visit, known: Mapping[str, str]) -> tuple[str, ...] | Refused:
    """The matters that were written by what they are called, or the first that nobody knows.

    Some names have a comma in them, so the longest name that stands there is meant.
    """
    called = {label.casefold(): name for name, label in known.items()}
    found, left = list[str](), visit.form.text("more").strip(_SIGNS)
    while left:
        name = max((one for one in called if _begins(left, one)), key=len, default=None)
        if name is None:
            return Refused(Why.UNKNOWN_MATTER, {"matter": _BETWEEN.split(left)[0].strip()})
        found.append(called[name])
        left = left[len(name) :].strip(_SIGNS)
    return tuple(found)


def _begins(text: str, name: str) -> bool:
    """Whether a name stands at the beginning of a text as a whole."""
    return text[: len(name)].casefold() == name and not text[len(name) :].strip(" ")[:1].strip(_SIGNS)


def _wrong(visit: Visit, refused: Refused | None) -> dict[str, Any]:
    """What a form says when it comes back, and the key of the next try."""
    if refused is None:
        return {"status": 200, "errors": {}, "faults": [], "key": uuid4()}
    field, sentence = _FIELDS.get(Why(refused.reason), ""), visit.say(refused.reason, **refused.details)
    return {"status": 422, "errors": {field: sentence}, "faults": [{"field": field, "text": sentence}], "key": uuid4()}
