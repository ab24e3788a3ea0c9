"""Open311 GeoReport v2, pure: what a program asks, and what it is answered, in XML and in JSON."""

from onecity.governance.open311.asking import Posted, Search, Why, read_post, read_search
from onecity.governance.open311.formats import (
    Attribute,
    Definition,
    Discovery,
    Endpoint,
    Error,
    Extended,
    Receipt,
    Request,
    Service,
    TokenFound,
    Value,
    in_json,
    in_xml,
)

__all__ = [
    "Attribute",
    "Definition",
    "Discovery",
    "Endpoint",
    "Error",
    "Extended",
    "Posted",
    "Receipt",
    "Request",
    "Search",
    "Service",
    "TokenFound",
    "Value",
    "Why",
    "in_json",
    "in_xml",
    "read_post",
    "read_search",
]
