"""One visit of a page or of the interface: who came, when, in which language, with what."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from starlette.responses import RedirectResponse, Response

from onecity.kernel.acting import Acting, Channel, Held, Scope, own_first
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.machinery.web.forms import Form

if TYPE_CHECKING:
    from starlette.requests import Request

    from onecity.kernel.refusal import Refused
    from onecity.machinery.web.site import Site

SEE_OTHER = 303


class ActingFor(msgspec.Struct, frozen=True):
    """For whom a visitor acts: a person or a firm, under which mandate, in which matters (none named: in all).

    An officer at the window acts in a duty for whoever stands there; the pages of that reception begin at `base`,
    and `agent` is the name of whoever came for the subject.
    """

    subject: PersonId
    mandate: UUID
    name: str
    matters: tuple[str, ...] = ()
    at_window: Acting | None = None
    base: str = ""
    agent: str = ""

    def covers(self, matter: str) -> bool:
        """Whether the mandate reaches a matter."""
        return not self.matters or matter in self.matters


class Visitor(msgspec.Struct, frozen=True):
    """A signed-in person. `csrf` is the word that the visitor's own forms carry, `stands_in_for` names colleagues.

    `lapsed` means that they acted for somebody under a mandate that holds no more: this one request does nothing.
    """

    person: PersonId
    name: str
    csrf: str
    duties: tuple[Held, ...] = ()
    stands_in_for: tuple[str, ...] = ()
    acting_for: ActingFor | None = None
    lapsed: bool = False

    def holds(self, duty: str) -> bool:
        """Whether the visitor holds a duty anywhere."""
        return bool(self.holding(duty))

    def holding(self, duty: str) -> tuple[Held, ...]:
        """The visitor's holdings of one duty, each with its scope."""
        return tuple(held for held in self.duties if held.duty == duty)

    def duties_of(self, pillar: str) -> tuple[Held, ...]:
        """The visitor's duties of one pillar: their ids begin with its name. Those of another open nothing there."""
        return tuple(held for held in self.duties if held.duty.startswith(f"{pillar}."))

    def held(self, duty: str, department: str, area: str) -> Held | None:
        """The duty as it reaches a department and an area: the visitor's own before that of an absent colleague."""
        reaching = [held for held in self.holding(duty) if held.scope.covers(department, area)]
        return own_first(reaching)

    def scope(self, duty: str, department: str, area: str) -> Scope | None:
        """The scope in which the visitor holds a duty for a department and an area; None if there is none."""
        held = self.held(duty, department, area)
        return held.scope if held else None

    def acting_in(self, channel: Channel, duty: str, areas: AbstractSet[str]) -> Acting:
        """The visitor in a duty that reaches some areas, whatever the department; without it, the visitor alone."""
        reaching = [held for held in self.holding(duty) if all(held.scope.reaches(area) for area in areas)]
        return self.acting_with(channel, own_first(reaching))

    def acting_as(self, channel: Channel, duty: str, department: str, area: str) -> Acting:
        """The visitor in a duty that reaches a thing; without the duty there, the visitor alone."""
        return self.acting_with(channel, self.held(duty, department, area))

    def acting_with(self, channel: Channel, held: Held | None) -> Acting:
        """The visitor in one of their holdings; without one, the visitor alone."""
        if held is None:
            return Acting(self.person, channel)
        return Acting(self.person, channel, held.duty, held.scope, instead_of=held.instead_of)


class Visit(msgspec.Struct, frozen=True):
    """What a handler gets. It parses, calls a use case and renders; it decides nothing."""

    request: "Request"
    site: "Site"
    now: datetime
    lang: str
    mode: str
    channel: Channel
    visitor: Visitor | None
    form: Form

    @property
    def today(self) -> date:
        """The city's day."""
        return day_in(self.site.zone, self.now)

    @property
    def someone(self) -> Visitor:
        """The visitor of a route that demands one."""
        assert self.visitor is not None, "the route's declaration lets only signed-in people in"
        return self.visitor

    @property
    def subject(self) -> PersonId:
        """Whose matters the visit is about: those of whom the visitor acts for, else their own."""
        acting_for = self.someone.acting_for
        return acting_for.subject if acting_for else self.someone.person

    def covers(self, matter: str) -> bool:
        """Whether the visitor may do something in a matter: in all of their own, in those of a mandate for others."""
        acting_for = self.someone.acting_for
        return acting_for is None or acting_for.covers(matter)

    def acting(self) -> Acting:
        """The visitor as the author of a command, for themself or for whom they act."""
        acting_for = self.someone.acting_for
        if acting_for is None:
            return self.myself()
        if acting_for.at_window is not None:
            return acting_for.at_window
        mandate = str(acting_for.mandate)
        return Acting(self.someone.person, self.channel, on_behalf_of=acting_for.subject, mandate=mandate)

    @property
    def token(self) -> str:
        """The visitor's session, as they brought it."""
        return self.site.token_of(self.request)

    @property
    def base(self) -> str:
        """Where pages about the subject begin: at the window behind the reception, else nowhere special."""
        acting_for = self.visitor.acting_for if self.visitor else None
        return acting_for.base if acting_for else ""

    def at(self, path: str) -> str:
        """The address of a page about the subject, as this visitor reaches it."""
        return self.base + path

    def myself(self) -> Acting:
        """The visitor as the author of a command that nobody gives for another."""
        return Acting(self.someone.person, self.channel)

    def acting_as(self, duty: str, department: str, area: str) -> Acting:
        """The visitor in a duty that reaches a thing; without the duty there, the visitor alone."""
        return self.someone.acting_as(self.channel, duty, department, area)

    def path(self, name: str) -> str:
        """A part of the path that the route names in braces."""
        found: str = self.request.path_params[name]
        return found

    def id(self, name: str) -> UUID | None:
        """A part of the path as an id, or None if it is none."""
        return read_id(self.path(name))

    def say(self, key: str, **params: object) -> str:
        """A sentence in the visitor's language."""
        return self.site.words.say(self.lang, key, **params)

    def cited(self, text: str) -> str:
        """A text in which every law is named in the visitor's language; the filter `spoken` of pages does the same."""
        return self.site.pages.cited(text, self.lang)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page in the visitor's language."""
        return self.site.render(self, template, status, values)

    def refuse(self, refused: "Refused") -> Response:
        """The page that says no, why, and what can be done."""
        return self.site.refusal(self, refused)

    def go(self, path: str) -> Response:
        """After a form was taken, the browser is sent on, so that reloading repeats nothing."""
        return RedirectResponse(path, status_code=SEE_OTHER)


def read_id(text: str) -> UUID | None:
    """An id as it stands in an address, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
