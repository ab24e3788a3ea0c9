"""The catalogue as linked data: the terms of CPSV-AP for what they say, and nothing lost on the way back."""

import json
from typing import Any

import pytest
from tests.shipped import shipped

from onecity.services import ITEM
from onecity.services.life_events import LIFE_EVENT
from onecity.services.linked import context, linked, read_linked


@pytest.fixture(scope="module")
def graph() -> dict[str, Any]:
    """The shipped catalogue as somebody else reads it."""
    found: dict[str, Any] = json.loads(json.dumps(linked(shipped(), "https://city.example")))
    return found


def test_every_item_and_every_event_comes_back_as_it_was(graph: dict[str, Any]) -> None:
    items, events = read_linked(graph)
    assert items == {name: one.value for name, one in shipped().all(ITEM).items()}
    assert events == {name: one.value for name, one in shipped().all(LIFE_EVENT).items()}


def test_what_the_profile_demands_of_a_public_service_is_there(graph: dict[str, Any]) -> None:
    terms = context("https://city.example")
    meant = {key: term["@id"] if isinstance(term, dict) else term for key, term in terms.items() if key[0] != "@"}
    needed = {"dct:identifier", "dct:title", "dct:description", "cv:hasCompetentAuthority", "cv:hasLegalResource"}
    for node in graph["@graph"]:
        if node["@type"] == "cpsv:PublicService":
            assert needed | {"cpsv:produces", "cv:processingTime"} <= {meant.get(key) for key in node}


def test_an_event_of_firms_is_a_business_event_and_groups_its_items(graph: dict[str, Any]) -> None:
    nodes = {node["@id"].removeprefix("https://city.example"): node for node in graph["@graph"]}
    assert nodes["/life-events/newborn"]["@type"] == "cv:LifeEvent"
    assert "newborn" in nodes["/items/birth_registration"]["isGroupedBy"]
    kinds = {node["@type"] for node in graph["@graph"]}
    assert kinds == {"cpsv:PublicService", "cv:LifeEvent", "cv:BusinessEvent"}


def test_a_node_that_lacks_a_key_is_refused(graph: dict[str, Any]) -> None:
    node = graph["@graph"][0]
    with pytest.raises(ValueError, match="plain"):
        read_linked({"@graph": [{key: value for key, value in node.items() if key != "plain"}]})
