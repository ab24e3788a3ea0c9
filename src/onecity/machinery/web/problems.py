"""Failures at the edge: a page for people, problem+json for machines, the form of a protocol where one is spoken."""

from typing import Any, Final

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from onecity.kernel.acting import Channel
from onecity.kernel.errors import CityError, Unavailable
from onecity.machinery.postgres import is_down
from onecity.machinery.web.entrance import described
from onecity.machinery.web.forms import Form
from onecity.machinery.web.language import is_api, language_of
from onecity.machinery.web.site import Site
from onecity.machinery.web.visit import Visit

_LOG: Final = structlog.get_logger("onecity.web")
_NAMED: Final = ("csrf", "mandate", "idempotency_key", "page")
"""Failures that say more than their status."""
_KNOWN: Final = (400, 401, 403, 404, 405, 413, 422, 429, 503)


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer that is not what was asked for. Source: RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = ""
    details: dict[str, Any] = {}


async def answer(site: Site, request: Request, failure: Exception) -> Response:
    """The answer to a failure; a bug is written to the log without a word that may be personal."""
    status, headers = 500, {}
    if isinstance(failure, HTTPException):
        status, headers = failure.status_code, dict(failure.headers or {})
    elif isinstance(failure, Unavailable) or is_down(failure):
        status, headers = 503, {"Retry-After": "5"}
    # Whoever is asked to come again is no failure; the line of the request says it.
    if status >= 500 and not isinstance(failure, HTTPException):
        _LOG.error("failure", id=request.state.request_id, **described(failure))
    known = isinstance(failure, HTTPException) and failure.detail in _NAMED
    key = str(failure.detail) if isinstance(failure, HTTPException) and known else str(status)
    for path, failing in site.protocols.items():
        if request.url.path.startswith(path):
            said = failing(request, status, lambda lang: _title(site, lang, status, key))
            said.headers.update(headers)
            return said
    lang = language_of(request)
    if is_api(request):
        return problem_json(Problem(f"urn:onecity:{key}", _title(site, lang, status, key), status), headers)
    now = site.now()
    visitor = None if isinstance(failure, CityError) or status >= 500 else await site.who_comes(request, now)
    visit = Visit(request, site, now, lang, "", Channel.PHONE, visitor, Form())
    # Only whoever sent something is told that it is still there.
    sent = request.method == "POST"
    values = {
        "title": site.words.say(lang, "web.failed.title" if sent else "web.failed.unopened"),
        "sent": sent,
        "sentence": _title(site, lang, status, key),
        "reference": request.state.request_id,
    }
    page = site.render(visit, "machinery/web/templates/failed.html", status, values)
    page.headers.update(headers)
    return page


def _title(site: Site, lang: str, status: int, key: str) -> str:
    known = key in _NAMED or status in _KNOWN
    return site.words.say(lang, f"web.failed.{key}" if known else "web.failed.500")


def problem_json(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem for machines."""
    body = msgspec.json.encode(problem)
    return Response(body, problem.status, headers=headers, media_type="application/problem+json")
