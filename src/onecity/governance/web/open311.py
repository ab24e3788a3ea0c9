"""Open311 GeoReport v2 over HTTP: the reports and cases of the city in the form that programs elsewhere know."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request as Asked
from starlette.responses import Response

from onecity.governance import store
from onecity.governance.facts import Source
from onecity.governance.open311 import (
    Definition,
    Discovery,
    Endpoint,
    Error,
    Receipt,
    Request,
    Service,
    TokenFound,
    Why,
    in_json,
    in_xml,
    read_post,
    read_search,
)
from onecity.governance.rules import Tell
from onecity.governance.rules import Why as StreetWhy
from onecity.governance.tokens import report_behind, token_of
from onecity.governance.usecases import Told, keys
from onecity.governance.usecases.reporting import tell
from onecity.governance.web.centre import Centre, public_address
from onecity.governance.web.showing import Shown, tell_of
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.ledger import Repeat
from onecity.machinery.web import EVERYBODY, Route, Visit, preferred

ROOT: Final = "/open311/v2"
SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGED: Final = "2026-11-26T00:00:00+08:00"
"""When this interface last changed its form."""
_READS: Final = Rate(600, 60)
_REPORTS: Final = Rate(300, 600)
"""Reports of one program in ten minutes: many people stand behind it."""
_STATUS: Final[Mapping[str, int]] = {
    Why.NO_KEY: 403, Why.NO_SUCH_SERVICE: 404, StreetWhy.NO_SUCH_MATTER: 404, StreetWhy.NOT_FOUND: 404,
    Repeat.OTHERWISE: 409,
}  # fmt: skip
"""The status of a refusal; all others say that the request is wrong."""
Answer: TypeAlias = Callable[[Visit], Awaitable[Response]]
_FORMATS: Final = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}


class Open311:
    """The six methods of GeoReport v2, the tokens, and the discovery."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._street = centre.street

    def routes(self) -> Sequence[Route]:
        """Each with who may: everybody reads, and reports whoever brings a key."""
        reads = (
            ("discovery.{format}", self.discovery),
            ("services.{format}", self.services),
            ("services/{service}.{format}", self.definition),
            ("requests.{format}", self.requests),
            ("requests/{number}.{format}", self.request),
            ("tokens/{token}.{format}", self.token),
        )
        posts = Route("POST", f"{ROOT}/requests.{{format}}", EVERYBODY, _in_a_format(self.post), _REPORTS)
        gets = (
            Route("GET", f"{ROOT}/{path}", EVERYBODY, _in_a_format(answer), _READS, may_lag=True)
            for path, answer in reads
        )
        return (*gets, posts)

    async def discovery(self, visit: Visit) -> Response:
        say, url = self._shown(visit).say, f"{_site(visit)}{ROOT}"
        kind = "test" if visit.site.simulated else "production"
        endpoint = Endpoint(SPECIFICATION, url, CHANGED, kind)
        found = Discovery(CHANGED, say("contact"), say("key_service"), (endpoint,))
        return _answer(visit, found, "discovery")

    async def services(self, visit: Visit) -> Response:
        shown, catalogue = self._shown(visit), self._street.catalogue
        found: list[Service] = [shown.service(matter) for matter in catalogue.holding(visit.today)]
        return _answer(visit, found, "services")

    async def definition(self, visit: Visit) -> Response:
        found = self._definition(visit, _path(visit, "service"))
        return _refusals(visit, (found,)) if isinstance(found, Refused) else _answer(visit, found, "service_definition")

    def _definition(self, visit: Visit, code: str) -> Definition | Refused:
        matter = self._street.catalogue.matter(code)
        if matter is None or not matter.holds(visit.today):
            return Refused(Why.NO_SUCH_SERVICE)
        return self._shown(visit).definition(matter)

    async def requests(self, visit: Visit) -> Response:
        search = read_search(visit.request.query_params.multi_items(), zone=visit.site.zone, now=visit.now)
        if isinstance(search, tuple):
            return _refusals(visit, search)
        async with self._street.office.ledger.readers.acquire() as connection:
            rows = await store.requests(
                connection, numbers=search.numbers, matters=search.services, is_open=search.is_open,
                reported=search.reported, changed=search.changed, limit=search.limit, offset=search.offset,
            )  # fmt: skip
        shown = self._shown(visit)
        found: list[Request] = [
            shown.request(row, extended=search.extended, media=self._medium(visit, row)) for row in rows
        ]
        return _answer(visit, found, "service_requests")

    async def request(self, visit: Visit) -> Response:
        # The query of one request can ask for extensions and nothing else.
        extended = visit.request.query_params.get("extensions", "").lower() in ("true", "1")
        async with self._street.office.ledger.readers.acquire() as connection:
            rows = await store.requests(connection, numbers=[_path(visit, "number")], limit=1)
        if not rows:
            return _refusals(visit, (Refused(StreetWhy.NOT_FOUND),))
        media = self._medium(visit, rows[0])
        found = self._shown(visit).request(rows[0], extended=extended, media=media)
        return _answer(visit, [found], "service_requests")

    def _medium(self, visit: Visit, row: store.RequestRow) -> str | None:
        """The address of the photograph that a person released, if there is one that can be opened."""
        if row.copy is None or row.subject is None or not self._centre.photos.shows(row.subject, row.copy):
            return None
        return f"{_site(visit)}{public_address(row.copy)}"

    async def token(self, visit: Visit) -> Response:
        token = _path(visit, "token")
        report = report_behind(token, self._centre.secret)
        async with self._street.office.ledger.readers.acquire() as connection:
            number = await store.number_of(connection, report) if report else None
        if number is None:
            return _refusals(visit, (Refused(StreetWhy.NOT_FOUND),))
        return _answer(visit, [TokenFound(number, token)], "service_requests")

    async def post(self, visit: Visit) -> Response:
        form = await visit.request.form()
        typed = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        sent = [*visit.request.query_params.multi_items(), *typed]
        if not await keys.holds(dict(sent).get("api_key", "").strip(), pool=self._street.office.ledger.readers):
            return _refusals(visit, (Refused(Why.NO_KEY),))
        posted = read_post(sent)
        if isinstance(posted, tuple):
            return _refusals(visit, posted)
        definition = self._definition(visit, posted.service)
        if isinstance(definition, Refused):
            return _refusals(visit, (definition,))
        command = tell_of(posted, definition, self._street.ground.places, self._shown(visit), visit.today)
        return await self._told(visit, command)

    async def _told(self, visit: Visit, command: Tell | Refused) -> Response:
        if isinstance(command, Refused):
            return _refusals(visit, (command,))
        # A program reports for people whom it knows and the city does not: nobody is named, whoever is signed in.
        by = Acting(None, Channel.API)
        source, key = Source.PROGRAM, visit.form.key()
        done = await tell(command, source=source, street=self._street, key=key, by=by, now=visit.now)
        if isinstance(done, Refused):
            return _refusals(visit, (done,))
        return _answer(visit, [self._receipt(visit, done)], "service_requests")

    def _receipt(self, visit: Visit, told: Told) -> Receipt:
        address = f"{_site(visit)}/follow/{token_of(told.report, self._centre.secret)}"
        notice = self._shown(visit).say("receipt", day=told.answer_by.isoformat(), address=address)
        return Receipt(told.number, notice)

    def _shown(self, visit: Visit) -> Shown:
        return Shown(self._street, self._centre.scribe, _language(visit.request), visit.site.zone, visit.today)


def failed(request: Asked, status: int, say: Callable[[str], str]) -> Response:
    """A failure of the edge, in the form of the standard."""
    form = "json" if _wants_json(request) else "xml"
    return _written(form, [Error(status, say(_language(request)))], "errors", status)


def _site(visit: Visit) -> str:
    """The address of the city, as whoever asks knows it."""
    scheme = "https" if visit.site.secure else visit.request.url.scheme
    return f"{scheme}://{visit.request.url.netloc}"


def _wants_json(request: Asked) -> bool:
    path = request.url.path
    return path.endswith(".json") or (not path.endswith(".xml") and "json" in request.headers.get("accept", ""))


def _language(request: Asked) -> str:
    return preferred(request.headers.get("accept-language", ""))


def _path(visit: Visit, name: str) -> str:
    """A part of the path; the sign zero is kept by no database."""
    return visit.path(name).replace("\0", "")


def _refusals(visit: Visit, refused: Sequence[Refused]) -> Response:
    """Everything that is wrong, with the status of the first."""
    lang = _language(visit.request)
    errors = [
        Error(_STATUS.get(one.reason, 400), visit.site.words.say(lang, one.reason, **one.details)) for one in refused
    ]
    return _answer(visit, errors, "errors", errors[0].code)


def _in_a_format(answer: Answer) -> Answer:
    """Before anything is done it is looked at whether the answer can be written as it was asked for."""

    async def answered(visit: Visit) -> Response:
        if visit.path("format") not in _FORMATS:
            raise HTTPException(404)
        return await answer(visit)

    return answered


def _answer(visit: Visit, found: msgspec.Struct | Sequence[msgspec.Struct], root: str, status: int = 200) -> Response:
    return _written(visit.path("format"), found, root, status)


def _written(form: str, found: msgspec.Struct | Sequence[msgspec.Struct], root: str, status: int) -> Response:
    body = in_json(found) if form == "json" else in_xml(found, root)
    return Response(body, status, media_type=_FORMATS[form])
