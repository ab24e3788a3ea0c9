"""The answers of Open311 say the same in XML and in JSON, whatever stands in them."""

import json
import xml.etree.ElementTree as ET
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.governance.open311 import (
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
from onecity.governance.open311.formats import ITEMS

NO_XML = [*range(0x9), 0xB, 0xC, *range(0xE, 0x20), 0xFFFE, 0xFFFF]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KINDS = {
    "services": Service, "service_requests": Request, "errors": Error, "receipts": Receipt, "tokens": TokenFound,
}  # fmt: skip
ROOTS = {"receipts": "service_requests", "tokens": "service_requests"}


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        kind,
        **{
            field.name: st.none() if field.type is type(None) else built_of(field.type)
            for field in msgspec.structs.fields(kind)
        },
    )


def built_of(kind: Any) -> st.SearchStrategy[Any]:
    known: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXTS,
        str | None: st.none() | TEXTS,
        None: st.none(),
        bool: st.booleans(),
        int: st.integers(0, 999),
        float | None: st.none() | st.floats(-180, 180),
        Extended | msgspec.UnsetType: st.just(msgspec.UNSET) | st.deferred(lambda: built(Extended)),
        tuple[Value, ...]: st.lists(st.deferred(lambda: built(Value)), max_size=3).map(tuple),
        tuple[Attribute, ...]: st.lists(st.deferred(lambda: built(Attribute)), max_size=3).map(tuple),
        tuple[Endpoint, ...]: st.lists(st.deferred(lambda: built(Endpoint)), max_size=3).map(tuple),
        tuple[str, ...]: st.lists(TEXTS, max_size=3).map(tuple),
    }
    return known[kind]


def as_xml_says(value: Any) -> Any:
    """What a reader of XML is told of something that JSON says: texts, and nothing where nothing is known."""
    match value:
        case None | "" | []:
            return None
        case bool():
            return str(value).lower()
        case dict():
            return {name: as_xml_says(of) for name, of in value.items()}
        case list():
            return [as_xml_says(of) for of in value]
        case str():
            return "".join("\ufffd" if ord(sign) in NO_XML else sign for sign in value)
        case _:
            return str(value)


def read(element: ET.Element) -> Any:
    if element.tag in ITEMS:
        parts = list(element)
        assert {part.tag for part in parts} <= {ITEMS[element.tag]}
        return [read(part) for part in parts] or None
    if len(element):
        return {part.tag: read(part) for part in element}
    return element.text


@pytest.mark.parametrize("name", KINDS)
@given(rows=st.data())
def test_a_list_says_the_same_in_both(name: str, rows: st.DataObject) -> None:
    found = rows.draw(st.lists(built(KINDS[name]), max_size=3))
    said = json.loads(in_json(found))
    assert isinstance(said, list), "lists are bare"
    assert read(ET.fromstring(in_xml(found, ROOTS.get(name, name)))) == as_xml_says(said)


@pytest.mark.parametrize("kind", [Definition, Discovery])
@given(rows=st.data())
def test_one_thing_says_the_same_in_both(kind: type[Any], rows: st.DataObject) -> None:
    found = rows.draw(built(kind))
    assert read(ET.fromstring(in_xml(found, "it"))) == as_xml_says(json.loads(in_json(found)))


def test_the_form_is_that_of_the_standard() -> None:
    value = Value("lost", "It is lost & gone")
    definition = Definition("01001", (Attribute("condition", "What?", (value,)),))
    assert in_xml(definition, "service_definition").decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<service_definition><service_code>01001</service_code><attributes><attribute><code>condition</code>"
        "<description>What?</description><values><value><key>lost</key><name>It is lost &amp; gone</name></value></values>"
        "<variable>true</variable><datatype>multivaluelist</datatype><required>false</required><datatype_description/>"
        "<order>1</order></attribute></attributes></service_definition>"
    )
    assert (
        in_json([Receipt("W1", "soon")]) == b'[{"service_request_id":"W1","service_notice":"soon","account_id":null}]'
    )
