"""The collections of a city over HTTP: each resource as a document for programs and as a page for people."""

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.features import documents, pages
from onecity.machinery.features.asking import OF_ITEMS, Form, no_stranger, read_form, read_items
from onecity.machinery.features.description import described
from onecity.machinery.features.documents import GEOJSON, JSON, OPENAPI, Document, Place
from onecity.machinery.features.model import About, Collection, Feature, Reader
from onecity.machinery.features.pages import Leaf
from onecity.machinery.web import EVERYBODY, Route, Visit, preferred

ROOT: Final = "/features"
Answer: TypeAlias = Callable[[Visit], Awaitable[Response]]
_FORM: Final = frozenset({"f"})
"""The parameters of every other resource."""
_OFTEN: Final = Rate(600, 60)
_AN_HOUR_S: Final = 3_600
_OPEN: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Content-Language"}
"""Any page in any browser may read what everybody may read."""
_VARY: Final = {"Vary": "Accept, Accept-Language"}


class Atlas:
    """Landing page, conformance, description, collections, features."""

    def __init__(self, collections: Sequence[Collection], *, version: str) -> None:
        self._collections = {one.id: one for one in collections}
        self._version = version

    def routes(self) -> Sequence[Route]:
        """Each with who may: everybody."""
        reads = (
            ("", self.landing, _FORM),
            # Programs put a stroke behind the address that they were given.
            ("/", self.landing, _FORM),
            ("/conformance", self.conformance, _FORM),
            ("/api", self.api, _FORM),
            ("/collections", self.collections, _FORM),
            ("/collections/{collection}", self.collection, _FORM),
            ("/collections/{collection}/items", self.items, OF_ITEMS),
            ("/collections/{collection}/items/{feature}", self.feature, _FORM),
        )
        return [
            Route("GET", ROOT + path, EVERYBODY, _knowing(known, does), _OFTEN, may_lag=True)
            for path, does, known in reads
        ]

    async def landing(self, visit: Visit) -> Response:
        about, place = _about(visit), _place(visit)
        return _answer(visit, JSON, documents.landing(place, about), pages.landing(place, about, visit.say))

    async def conformance(self, visit: Visit) -> Response:
        place = _place(visit, "/conformance")
        return _answer(visit, JSON, documents.conformance(place), pages.conformance(place, visit.say))

    async def api(self, visit: Visit) -> Response:
        lang, place = _reader(visit).lang, _place(visit, "/api")
        found = [(one, one.about(lang)) for one in self._collections.values()]
        document = described(place.root, found, about=_about(visit), version=self._version)
        return _answer(visit, OPENAPI, document, pages.api(place, document, visit.say))

    async def collections(self, visit: Visit) -> Response:
        place, found = _place(visit, "/collections"), [await self._told(visit, one) for one in self._all]
        return _answer(visit, JSON, documents.collections(place, found), pages.collections(place, found, visit.say))

    async def collection(self, visit: Visit) -> Response:
        found = self._found(visit)
        place, told = _place(visit, f"/collections/{found.id}"), await self._told(visit, found)
        return _answer(visit, JSON, told, pages.collection(place, told, visit.say))

    async def items(self, visit: Visit) -> Response:
        found, query = self._found(visit), visit.request.query_params
        asked = read_items(query, most=found.most)
        if isinstance(asked, Refused):
            return _refusal(visit, asked)
        reader, place = _reader(visit), _place(visit, documents.path_of(found))
        page = await found.page(asked, reader)
        leaf = pages.items(place, found, found.about(reader.lang), page, visit.say)
        return _answer(visit, GEOJSON, documents.items(place, found, page), leaf, fresh_s=found.fresh_s, stamped=True)

    async def feature(self, visit: Visit) -> Response:
        found, reader = self._found(visit), _reader(visit)
        one: Feature | None = await found.one(visit.path("feature").replace("\0", ""), reader)
        if one is None:
            raise HTTPException(404)
        place = _place(visit, documents.path_of(found, one.id))
        leaf = pages.feature(place, found, found.about(reader.lang), one, visit.say)
        return _answer(visit, GEOJSON, documents.feature(place, found, one), leaf, fresh_s=found.fresh_s)

    @property
    def _all(self) -> Sequence[Collection]:
        return tuple(self._collections.values())

    def _found(self, visit: Visit) -> Collection:
        found = self._collections.get(visit.path("collection"))
        if found is None:
            raise HTTPException(404)
        return found

    async def _told(self, visit: Visit, found: Collection) -> Document:
        about = found.about(_reader(visit).lang)
        return documents.collection(_root(visit), found, about, await found.extent())


def failed(request: Request, status: int, say: Callable[[str], str]) -> Response:
    """A failure of the edge, in the form of the standard."""
    sentence = say(preferred(request.headers.get("accept-language", "")))
    return _fault(status, HTTPStatus(status).name.lower(), sentence)


PROTOCOLS: Final = {ROOT: failed}
"""Who says the failures below a path."""


def _answer(
    visit: Visit, kind: str, document: Document, leaf: Leaf, *, fresh_s: int = _AN_HOUR_S, stamped: bool = False
) -> Response:
    """A resource in the form that was asked for. `stamped` documents say when they were written."""
    if _form(visit) == "html":
        # The page names whoever is signed in, so no cache keeps it.
        page = visit.page(pages.TEMPLATE, **leaf.values())
        page.headers.update(_VARY)
        return page
    body = msgspec.json.encode(document)
    headers = _OPEN | _VARY | _kept(body, fresh_s) | {"Content-Language": _reader(visit).lang}
    if headers["ETag"] in visit.request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if stamped:
        body = msgspec.json.encode(document | {"timeStamp": documents.timestamp(visit.now)})
    return Response(body, headers=headers, media_type=kind)


def _kept(body: bytes, fresh_s: int) -> dict[str, str]:
    """For how long it may be kept, and by which word it is known: weak, because instants of writing do not count."""
    return {"Cache-Control": f"public, max-age={fresh_s}", "ETag": f'W/"{sha256(body).hexdigest()[:32]}"'}


def _refusal(visit: Visit, refused: Refused) -> Response:
    lang = preferred(visit.request.headers.get("accept-language", ""))
    sentence = visit.site.words.say(lang, refused.reason, **refused.details)
    return _fault(HTTPStatus.BAD_REQUEST, refused.reason.rpartition(".")[2], sentence)


def _fault(status: int, code: str, sentence: str) -> Response:
    body: dict[str, Any] = {"code": code, "description": sentence}
    return Response(msgspec.json.encode(body), status, headers=_OPEN, media_type=JSON)


def _reader(visit: Visit) -> Reader:
    """On pages the language is chosen by a link; a program, which has none, asks in a header."""
    asked = preferred(visit.request.headers.get("accept-language", ""))
    return Reader(visit.lang if _form(visit) == "html" else asked, visit.today)


def _form(visit: Visit) -> Form | Refused:
    return read_form(visit.request.query_params, visit.request.headers.get("accept", ""))


def _knowing(known: AbstractSet[str], does: Answer) -> Answer:
    """Before anything is done it is looked at whether every parameter is known, as the standard demands."""

    async def answered(visit: Visit) -> Response:
        form, unknown = _form(visit), no_stranger(visit.request.query_params, known)
        refused = unknown or (form if isinstance(form, Refused) else None)
        return _refusal(visit, refused) if refused else await does(visit)

    return answered


def _about(visit: Visit) -> About:
    lang, say = _reader(visit).lang, visit.site.words.say
    return About(say(lang, "features.title", city=visit.site.city[lang]), say(lang, "features.description"))


def _root(visit: Visit) -> str:
    scheme = "https" if visit.site.secure else visit.request.url.scheme
    return f"{scheme}://{visit.request.url.netloc}{ROOT}"


def _place(visit: Visit, path: str = "") -> Place:
    return Place(_root(visit), path, dict(visit.request.query_params))
