"""Events that sensors and programs send: an observation opens a report as a citizen's does, once for each event."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from starlette.responses import Response

from onecity.governance.events import EventWhy as Why
from onecity.governance.events import in_binary, in_structure
from onecity.governance.events.arriving import Observed, is_structured
from onecity.governance.facts import Source
from onecity.governance.rules import Tell
from onecity.governance.usecases import keys
from onecity.governance.usecases.reporting import tell
from onecity.governance.web.centre import Centre
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import SentKey
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import EVERYBODY, Route, Visit
from onecity.machinery.web.api import refusal_json
from onecity.machinery.web.forms import read_body
from onecity.machinery.web.problems import Problem, problem_json

PATH: Final = "/api/events"
MOST_BYTES: Final = 64 * 1024
_RATE: Final = Rate(600, 600)
"""Events of one address in ten minutes: many sensors stand behind it."""
_STATUS: Final[Mapping[str, int]] = {
    Why.NO_KEY: 401, Why.NO_EVENT: 400, Why.NO_MODE: 415, Why.NO_SUCH_TYPE: 422, Why.NO_DATA: 422,
}  # fmt: skip
"""The status of an event that is none; what the street refuses has the status that it has everywhere."""


class Taken(msgspec.Struct, frozen=True):
    """The answer to an event: the report that it opened, its number, and by which day somebody says what became of it.

    The same event gets the same answer, however often it comes.
    """

    report: UUID
    number: str
    answer_by: date


class Sensors:
    """The door for events."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def route(self) -> Route:
        """Whoever brings a key of a program may."""
        return Route("POST", PATH, EVERYBODY, self.take, _RATE)

    async def take(self, visit: Visit) -> Response:
        """Take one event, in structured or binary mode."""
        office = self._centre.office
        program = await keys.program_of(_key_of(visit), pool=office.ledger.readers)
        if program is None:
            return _refused(visit, Refused(Why.NO_KEY))
        body = await read_body(visit.request, MOST_BYTES, visit.request.state.take)
        headers = {name.lower(): text for name, text in visit.request.headers.items()}
        structured = is_structured(headers.get("content-type", ""))
        if structured is None:
            return _refused(visit, Refused(Why.NO_MODE))
        event = in_structure(body) if structured else in_binary(headers, body)
        if isinstance(event, Refused):
            return _refused(visit, event)
        # The key knows what was sent with it, so an id that comes back with another observation is refused.
        key = SentKey(event.key(program), msgspec.json.encode(event.data))
        by = Acting(None, Channel.API)
        done = await tell(
            _command(event.data), source=Source.PROGRAM, street=self._centre.street, key=key, by=by, now=visit.now
        )
        if isinstance(done, Refused):
            return _refused(visit, done)
        answer = Taken(done.report, done.number, done.answer_by)
        return Response(msgspec.json.encode(answer), media_type="application/json")


def _command(data: Observed) -> Tell:
    return Tell(data.words, data.matter, data.point, data.area, data.address)


def _key_of(visit: Visit) -> str:
    """The key, as the webhook specification of CloudEvents has it: a bearer token."""
    scheme, _, key = visit.request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _refused(visit: Visit, refused: Refused) -> Response:
    status = _STATUS.get(refused.reason)
    if status is None:
        return refusal_json(visit, refused)
    title = visit.say(refused.reason, **refused.details)
    return problem_json(Problem(f"urn:onecity:{refused.reason}", title, status, details=dict(refused.details)))
