"""The interface for machines: a command, an answer and who may; its description follows from the types."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from onecity.kernel.ids import SentKey
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web.decoding import fault_of, no_json
from onecity.machinery.web.forms import read_body
from onecity.machinery.web.problems import Problem, problem_json
from onecity.machinery.web.routes import EVERYBODY, Route, Who
from onecity.machinery.web.site import headers_of, status_of
from onecity.machinery.web.visit import Visit

MOST_BYTES: Final = 512 * 1024
_NOTHING: Final = b"\\u0000"
"""How JSON writes the sign zero."""
_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "format": "uuid"},
    "description": "A UUID of the caller's making. Whoever repeats the request with it gets the first answer again.",
}  # fmt: skip
_ABOUT: Final = (
    "Names of things and sentences come in the language of the header Accept-Language (zh or en; without it zh)."
    " Commands that take the header Idempotency-Key do nothing twice;"
    " a key that comes back with another body is refused."
    " Where the city reads from several databases, the answer to a command bears a header Read-After: whoever sends it"
    " back with a question for lists or figures finds there what the command did."
)
"""What holds for all operations."""
_PAGE: Final[dict[str, Any]] = {
    "name": "page", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 1},
    "description": "Which page of the list; without it the first.",
}  # fmt: skip


class Once(msgspec.Struct, frozen=True):
    """What an operation does under an idempotency key: only what is declared so is handed one, and has to take it."""

    does: Callable[[Visit, Any, UUID], Awaitable[msgspec.Struct | Refused]]


class Operation(msgspec.Struct, frozen=True):
    """One thing that machines may ask for. `takes` is the type of the body, None if there is none."""

    method: Literal["GET", "POST"]
    path: str
    who: Who
    does: Callable[[Visit, Any], Awaitable[msgspec.Struct | Refused]] | Once
    says: str
    gives: type[msgspec.Struct]
    takes: type[msgspec.Struct] | None = None
    rate: Rate | None = None
    most_bytes: int = MOST_BYTES
    asks: type[msgspec.Struct] | None = None
    """The type of what stands behind the question mark of a GET; what it does is handed it in the place of a body."""
    may_lag: bool = False
    """As of a route."""

    @property
    def keyed(self) -> bool:
        """Whether it heeds an idempotency key."""
        return isinstance(self.does, Once)

    def route(self) -> Route:
        """The operation as a route of the site."""
        return Route(self.method, self.path, self.who, self._answer, self.rate, may_lag=self.may_lag)

    async def _answer(self, visit: Visit) -> Response:
        command = await _read(visit, self.takes, self.most_bytes) if self.takes else _asked(visit, self.asks)
        if isinstance(command, Response):
            return command
        if isinstance(self.does, Once):
            answer = await self.does.does(visit, command, _key_of(visit))
        else:
            answer = await self.does(visit, command)
        if isinstance(answer, Refused):
            return refusal_json(visit, answer)
        return Response(msgspec.json.encode(answer), media_type="application/json")


async def _read(visit: Visit, kind: type[msgspec.Struct], most: int) -> msgspec.Struct | Response:
    """The body as a command, strictly: no text for numbers, no unknown field."""
    sent = visit.request.state.sent = await read_body(visit.request, most, visit.request.state.take)
    if _NOTHING in sent:
        # No sign that anybody types; no database keeps it as text.
        return _unread(visit, 400, visit.say("web.body.nothing"))
    try:
        return msgspec.json.decode(sent, type=kind)
    except msgspec.ValidationError as wrong:
        fault = fault_of(wrong, kind, visit.say)
        return _unread(visit, 422, fault.says, fault.field)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        return _unread(visit, 400, no_json(wrong, visit.say))


def _asked(visit: Visit, kind: type[msgspec.Struct] | None) -> msgspec.Struct | Response | None:
    """What an address asks for, behind its question mark; a name that nobody described is passed over."""
    if kind is None:
        return None
    try:
        return msgspec.convert(dict(visit.request.query_params), kind, strict=False)
    except msgspec.ValidationError as wrong:
        fault = fault_of(wrong, kind, visit.say)
        return _unread(visit, 422, fault.says, fault.field)


def _unread(visit: Visit, status: int, says: str, field: str = "") -> Response:
    """A body that is no command: what is wrong with it, and with which field if one can be named."""
    details: dict[str, Any] = {"field": field} if field else {}
    title = visit.say(f"web.failed.{status}")
    return problem_json(Problem(f"urn:onecity:{status}", title, status, says, details))


def refusal_json(visit: Visit, refused: Refused) -> Response:
    """A refusal for machines: the reason as a name, the sentence for people, the details as data."""
    status = status_of(refused)
    title = visit.say(refused.reason, **refused.details)
    problem = Problem(f"urn:onecity:{refused.reason}", title, status, details=dict(refused.details))
    return problem_json(problem, headers_of(refused))


def _key_of(visit: Visit) -> UUID:
    """The key of the header; a request without one is a new command. A key that is no UUID is refused."""
    given = visit.request.headers.get("idempotency-key")
    try:
        return SentKey(UUID(given), _sent(visit)) if given else uuid4()
    except ValueError:
        raise HTTPException(400, detail="idempotency_key") from None


def _sent(visit: Visit) -> bytes:
    """What was sent: to which address, and the body, however its parts are ordered and spaced."""
    body: bytes = getattr(visit.request.state, "sent", b"")
    same = msgspec.json.encode(msgspec.json.decode(body), order="sorted") if body else b""
    return visit.request.url.path.encode() + b"\n" + same


def described(operations: Sequence[Operation], *, title: str, version: str) -> dict[str, Any]:
    """The OpenAPI description of the operations. Source: OpenAPI 3.1."""
    types = [kind for one in operations for kind in (one.takes, one.gives) if kind is not None] + [Problem]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    of = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, of)
    security = {"session": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": security},
    }


def _operation(one: Operation, of: dict[type[msgspec.Struct], dict[str, Any]]) -> dict[str, Any]:
    problem = {"content": {"application/problem+json": {"schema": of[Problem]}}}
    said: dict[str, Any] = {
        "summary": one.says,
        "x-who": str(one.who),
        "responses": {
            "200": {"description": "done", "content": {"application/json": {"schema": of[one.gives]}}},
            **{str(status): {"description": why, **problem} for status, why in _problems(one).items()},
        },
    }
    names = [part[1:-1] for part in one.path.split("/") if part.startswith("{")]
    parameters = [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names]
    parameters += [_KEY] if one.keyed else []
    parameters += _questions(one.asks)
    parameters += [_PAGE] if "page" in one.gives.__struct_fields__ else []
    if parameters:
        said["parameters"] = parameters
    if one.takes is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": of[one.takes]}}}
    if not one.who.everybody:
        said["security"] = [{"session": []}]
    return said


def _questions(kind: type[msgspec.Struct] | None) -> list[dict[str, Any]]:
    """The parameters behind the question mark, each with its form."""
    if kind is None:
        return []
    _, components = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    schema = components[kind.__name__]
    needed = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": form}
        for name, form in schema["properties"].items()
    ]


def _problems(one: Operation) -> dict[int, str]:
    """Every status with which the city says no to this operation; another one is a fault of ours."""
    found = {
        400: "not readable",
        403: "not yours to do",
        404: "not there, or not yours to see",
        409: "refused; `type` and `details` say why",
        429: "too often",
        503: "not now; the same request may succeed later",
    }
    if not one.who.everybody:
        found[401] = "not signed in"
    if one.asks is not None:
        found[422] = "not of the described form"
    if one.takes is not None:
        found |= {413: "too large", 422: "not of the described form"}
    if "goes_on" in one.gives.__struct_fields__:
        found[422] = "a page so far back that one searches instead"
    return dict(sorted(found.items()))


def description_route(operations: Sequence[Operation], *, title: str, version: str) -> Route:
    """The route that serves the description."""
    body = json.dumps(described(operations, title=title, version=version), ensure_ascii=False)

    async def answer(_visit: Visit) -> Response:
        return JSONResponse(json.loads(body))

    return Route("GET", "/api/docs", EVERYBODY, answer)
