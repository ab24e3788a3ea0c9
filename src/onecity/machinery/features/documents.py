"""The documents of OGC API – Features. Source: OGC 17-069r4 §7 and §8; RFC 7946 for features."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

import msgspec

from onecity.machinery.features.asking import CRS84
from onecity.machinery.features.model import About, Collection, Extent, Feature, Page, Span

Document: TypeAlias = dict[str, Any]
JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
HTML: Final = "text/html"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
_CLASSES: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
CONFORMS_TO: Final = tuple(_CLASSES + name for name in ("core", "oas30", "html", "geojson"))
_GREGORIAN: Final = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


class Place(msgspec.Struct, frozen=True):
    """Where a resource is: everything begins at `root`; `path` and `query` lead to this one."""

    root: str
    path: str
    query: Mapping[str, str] = {}

    def here(self, kind: str, **other: str) -> str:
        """The address of this resource in a form, with some of its query said otherwise."""
        form = "html" if kind == HTML else "json"
        return f"{self.root}{self.path}?" + urlencode({**self.query, **other, "f": form})

    def both(self, kind: str) -> list[Document]:
        """This resource as it is written here, and as a page for people."""
        return [link("self", self.here(kind), kind), link("alternate", self.here(HTML), HTML)]


def link(rel: str, href: str, kind: str, title: str = "") -> Document:
    """A link of a document."""
    return {"rel": rel, "href": href, "type": kind} | ({"title": title} if title else {})


def landing(place: Place, about: About) -> Document:
    """Where everything begins."""
    root, links = place.root, place.both(JSON)
    links += [
        link("service-desc", f"{root}/api?f=json", OPENAPI),
        link("service-doc", f"{root}/api?f=html", HTML),
        link("conformance", f"{root}/conformance", JSON),
        link("data", f"{root}/collections", JSON),
    ]
    return {"title": about.title, "description": about.description, "links": links}


def conformance(place: Place) -> Document:
    """What of the standard is kept."""
    return {"conformsTo": CONFORMS_TO, "links": place.both(JSON)}


def collections(place: Place, found: Sequence[Document]) -> Document:
    """All collections."""
    return {"links": place.both(JSON), "collections": found, "crs": [CRS84]}


def collection(root: str, found: Collection, about: About, extent: Extent) -> Document:
    """One collection."""
    place = Place(root, f"/collections/{found.id}")
    box = extent.box
    reach: Document = {"spatial": {"bbox": [[box.west, box.south, box.east, box.north]], "crs": CRS84}}
    if extent.span is not None:
        reach["temporal"] = {"interval": [_interval(extent.span)], "trs": _GREGORIAN}
    items = f"{root}{place.path}/items"
    return {
        "id": found.id,
        "title": about.title,
        "description": about.description,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": reach,
        "links": [
            *place.both(JSON),
            link("items", f"{items}?f=json", GEOJSON, about.title),
            link("items", f"{items}?f=html", HTML, about.title),
        ],
    }


def items(place: Place, found: Collection, page: Page) -> Document:
    """A page of features; `next` leads on from the last of them, whatever came or went meanwhile."""
    links = place.both(GEOJSON)
    links.append(link("collection", f"{place.root}/collections/{found.id}", JSON))
    if page.goes_on:
        links.append(link("next", place.here(GEOJSON, after=page.features[-1].id), GEOJSON))
    written = {
        "type": "FeatureCollection",
        "features": [_feature(one) for one in page.features],
        "numberReturned": len(page.features),
        "links": links,
    }
    return written if page.matched is None else written | {"numberMatched": page.matched}


def feature(place: Place, found: Collection, one: Feature) -> Document:
    """One feature."""
    back = link("collection", f"{place.root}/collections/{found.id}", JSON)
    return {**_feature(one), "links": [*place.both(GEOJSON), back]}


def path_of(found: Collection, id: str = "") -> str:  # noqa: A002 - the word of the standard
    """The path of a collection's features, or of one of them."""
    return f"/collections/{found.id}/items" + (f"/{quote(id, safe='')}" if id else "")


def timestamp(at: datetime) -> str:
    """An instant as the standard writes it, in whole seconds.

    >>> timestamp(datetime(2020, 9, 22, 1, tzinfo=UTC))
    '2020-09-22T01:00:00Z'
    """
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _feature(one: Feature) -> Document:
    return {"type": "Feature", "id": one.id, "geometry": one.geometry, "properties": one.properties}


def _interval(span: Span) -> list[str | None]:
    return [None if end is None else timestamp(end) for end in span]
