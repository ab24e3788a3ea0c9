"""The description of the interface for programs. Source: OpenAPI 3.0.3, as OGC 17-069r4 §9 asks for it."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

from onecity.machinery.features.asking import A_PAGE, CRS84
from onecity.machinery.features.documents import GEOJSON, HTML, JSON, OPENAPI, Document
from onecity.machinery.features.model import About, Collection

_SAYS: Final = {
    400: "not readable; `description` says what of it",
    404: "not there",
    429: "too often",
    500: "something broke on our side",
    503: "not now; the same request may succeed later",
}
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "number"}
_SCHEMAS: Final[Document] = {
    "exception": {
        "type": "object", "required": ["code", "description"], "properties": {"code": _TEXT, "description": _TEXT},
    },
    "link": {
        "type": "object", "required": ["href", "rel", "type"],
        "properties": {"href": _TEXT, "rel": _TEXT, "type": _TEXT, "title": _TEXT},
    },
    "landing": {"type": "object", "required": ["links"], "properties": {
        "title": _TEXT, "description": _TEXT, "links": {"$ref": "#/components/schemas/links"},
    }},
    "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
    "conformance": {"type": "object", "required": ["conformsTo"], "properties": {
        "conformsTo": {"type": "array", "items": _TEXT},
    }},
    "collections": {"type": "object", "required": ["links", "collections"], "properties": {
        "links": {"$ref": "#/components/schemas/links"},
        "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
    }},
    "collection": {"type": "object", "required": ["id", "links"], "properties": {
        "id": _TEXT, "title": _TEXT, "description": _TEXT, "itemType": _TEXT,
        "links": {"$ref": "#/components/schemas/links"}, "crs": {"type": "array", "items": _TEXT},
        "extent": {"type": "object", "properties": {
            "spatial": {"type": "object", "properties": {
                "bbox": {"type": "array", "minItems": 1, "items": {
                    "type": "array", "minItems": 4, "maxItems": 4, "items": _NUMBER,
                }},
            }},
            "temporal": {"type": "object", "properties": {
                "interval": {"type": "array", "minItems": 1, "items": {
                    "type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string", "nullable": True},
                }},
            }},
        }},
    }},
    "features": {"type": "object", "required": ["type", "features"], "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
        "links": {"$ref": "#/components/schemas/links"}, "timeStamp": {"type": "string", "format": "date-time"},
        "numberMatched": {"type": "integer", "minimum": 0}, "numberReturned": {"type": "integer", "minimum": 0},
    }},
    "feature": {"type": "object", "required": ["type", "id", "geometry", "properties"], "properties": {
        "type": {"type": "string", "enum": ["Feature"]}, "id": _TEXT,
        "geometry": {"type": "object", "nullable": True, "required": ["type", "coordinates"], "properties": {
            "type": _TEXT, "coordinates": {"type": "array", "items": {}},
        }},
        "properties": {"type": "object", "nullable": True}, "links": {"$ref": "#/components/schemas/links"},
    }},
}  # fmt: skip


def described(root: str, found: Sequence[tuple[Collection, About]], *, about: About, version: str) -> Document:
    """The description; each collection has paths of its own, because their pages are not equally long."""
    paths = {
        "/": _get("where everything begins", "landing", JSON),
        "/conformance": _get("what of the standard is kept", "conformance", JSON),
        "/api": _get("this description", "", OPENAPI),
        "/collections": _get("all collections", "collections", JSON),
    }
    for one, said in found:
        at = f"/collections/{one.id}"
        paths[at] = _get(f"about: {said.title}", "collection", JSON)
        paths[f"{at}/items"] = _get(said.title, "features", GEOJSON, *_of_items(one))
        paths[f"{at}/items/{{featureId}}"] = _get(f"one of: {said.title}", "feature", GEOJSON, _FEATURE)
    return {
        "openapi": "3.0.3",
        "info": {"title": about.title, "description": about.description, "version": version},
        "servers": [{"url": root}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }


_FEATURE: Final[Document] = {"name": "featureId", "in": "path", "required": True, "schema": _TEXT}
_FORM: Final[Document] = {
    "name": "f", "in": "query", "required": False, "schema": {"type": "string", "enum": ["json", "html"]},
}  # fmt: skip


def _of_items(found: Collection) -> Iterator[Document]:
    """The parameters of a page of features."""
    limit: Document = {"type": "integer", "minimum": 1, "maximum": found.most, "default": A_PAGE}
    box: Document = {
        "type": "array", "items": _NUMBER, "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    }  # fmt: skip
    crs: Document = {"type": "string", "format": "uri", "enum": [CRS84], "default": CRS84}
    named = {"limit": limit, "bbox": box, "bbox-crs": crs, "datetime": _TEXT, "after": _TEXT}
    for name, schema in named.items():
        listed = {"style": "form", "explode": False} if name != "after" else {}
        yield {"name": name, "in": "query", "required": False, "schema": schema, **listed}


def _get(says: str, schema: str, kind: str, *parameters: Document) -> Document:
    of: dict[str, Any] = {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "object"}
    fault = {"content": {JSON: {"schema": {"$ref": "#/components/schemas/exception"}}}}
    done = {"description": HTTPStatus.OK.phrase, "content": {kind: {"schema": of}, HTML: {"schema": _TEXT}}}
    failures = {str(status): {"description": why, **fault} for status, why in _SAYS.items()}
    return {"get": {"summary": says, "parameters": [*parameters, _FORM], "responses": {"200": done, **failures}}}
