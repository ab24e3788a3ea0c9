"""The answers of Open311 and how they are written: one struct gives the same in XML and in JSON.

Source: GeoReport v2 (wiki.open311.org/GeoReport_v2) and Service Discovery; lists in JSON are bare, by the convention of
Spark. What is not known is null in JSON, and an empty element in XML.
Units: instants are W3C dates with their zone, places are degrees of WGS-84.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Any, Final

import msgspec

ITEMS: Final = {
    "services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute",
    "values": "value", "endpoints": "endpoint", "formats": "format",
}  # fmt: skip
"""What each part of a list is called in XML, by the name of the list."""
_DECLARED: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML 1.0 cannot say at all."""


class Service(msgspec.Struct, frozen=True):
    """What can be reported. `metadata` says whether its definition asks for anything."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    keywords: str
    group: str
    type: str = "realtime"


class Value(msgspec.Struct, frozen=True):
    """One of the values that an attribute can have."""

    key: str
    name: str


class Attribute(msgspec.Struct, frozen=True):
    """What can be said about a request of a service beside the description."""

    code: str
    description: str
    values: tuple[Value, ...]
    variable: bool = True
    datatype: str = "multivaluelist"
    required: bool = False
    datatype_description: str | None = None
    order: int = 1


class Definition(msgspec.Struct, frozen=True):
    """The attributes of a service."""

    service_code: str
    attributes: tuple[Attribute, ...]


class Extended(msgspec.Struct, frozen=True):
    """What this city tells beside the standard, to whoever asks for extensions."""

    stage: str
    result: str | None
    answer_by: str
    area: str
    agency: str
    reports: int


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A report as everybody may see it: the place is the middle of its cell, and nobody's own words are in it."""

    service_request_id: str
    status: str
    status_notes: str
    service_name: str
    service_code: str
    description: None = None
    agency_responsible: str
    service_notice: str
    requested_datetime: str
    updated_datetime: str
    expected_datetime: str | None
    address: str | None
    address_id: str | None
    zipcode: None = None
    lat: float | None
    long: float | None
    media_url: str | None = None
    extended_attributes: Extended | msgspec.UnsetType = msgspec.UNSET


class Receipt(msgspec.Struct, frozen=True):
    """What whoever posted a request gets at once: its number, and what happens next."""

    service_request_id: str
    service_notice: str
    account_id: None = None


class TokenFound(msgspec.Struct, frozen=True):
    """The number of the request behind a token."""

    service_request_id: str
    token: str


class Error(msgspec.Struct, frozen=True):
    """Why there is no other answer; `code` is the status."""

    code: int
    description: str


class Endpoint(msgspec.Struct, frozen=True):
    """Where a specification is spoken."""

    specification: str
    url: str
    changeset: str
    type: str
    formats: tuple[str, ...] = ("text/xml", "application/json")


class Discovery(msgspec.Struct, frozen=True):
    """Which endpoints there are, whom to ask, and where to get a key."""

    changeset: str
    contact: str
    key_service: str
    endpoints: tuple[Endpoint, ...]


def in_json(answer: msgspec.Struct | Sequence[msgspec.Struct]) -> bytes:
    """An answer in JSON.

    >>> in_json([Error(404, "no")])
    b'[{"code":404,"description":"no"}]'
    """
    return msgspec.json.encode(answer)


def in_xml(answer: msgspec.Struct | Sequence[msgspec.Struct], root: str) -> bytes:
    """An answer in XML, below an element that is called `root`.

    >>> in_xml([Error(404, "<no>")], "errors").decode().splitlines()[1]
    '<errors><error><code>404</code><description>&lt;no&gt;</description></error></errors>'
    """
    return (_DECLARED + _element(root, msgspec.to_builtins(answer))).encode()


def _element(name: str, value: Any) -> str:
    inner = _inner(name, value)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def _inner(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict():
            return "".join(_element(part, of) for part, of in value.items())
        case list() | tuple():
            return "".join(_element(ITEMS[name], of) for of in value)
        case _:
            # A reader of XML would take a bare carriage return for a new line.
            return escape(_NO_XML.sub("\ufffd", str(value)), quote=False).replace("\r", "&#13;")
