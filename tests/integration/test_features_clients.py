"""A client of other people for OGC API – Features reads this city, as it was made and with no change."""

from typing import Any

import httpx
import pytest
import shapely
from owslib.ogcapi.features import Features

from onecity.drills.cities import RunningCity

REPORT = {"words": "路面塌了", "matter": "z:road_collapse", "point": {"longitude": 113.6651, "latitude": 34.7466}}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(city: RunningCity) -> Features:
    return Features(f"{city.address}/features")


def test_it_finds_the_collections_and_the_description(client: Features) -> None:
    assert client.feature_collections() == ["townships", "communities", "cells", "problems", "parts"]
    assert client.api()["openapi"].startswith("3.0")
    assert any(one.endswith("/conf/core") for one in client.conformance()["conformsTo"])
    assert client.collection("cells")["extent"]["spatial"]["bbox"]


def test_it_reads_the_ground(client: Features) -> None:
    box = [113.66, 34.74, 113.67, 34.75]
    found = client.collection_items("cells", bbox=box, limit=1000)
    assert found["numberReturned"] == found["numberMatched"] > 50
    assert all(
        shapely.geometry.shape(one["geometry"]).intersects(shapely.box(113.66, 34.74, 113.67, 34.75))
        for one in found["features"]
    )
    one = client.collection_item("townships", "410105001")
    assert one["properties"]["code"] == "410105001"


def test_it_reads_what_was_reported(city: RunningCity, client: Features) -> None:
    told: dict[str, Any] = httpx.post(f"{city.address}/api/reports", json=REPORT, trust_env=False).json()
    found = client.collection_item("problems", told["number"])
    at = found["properties"]["reported"]
    listed = client.collection_items("problems", datetime_=f"{at}/..", limit=100)
    assert told["number"] in {one["id"] for one in listed["features"]}
    before = client.collection_items("problems", datetime_="../2000-01-01T00:00:00Z")
    assert before["features"] == []


def test_it_is_told_what_it_may_not_ask(client: Features) -> None:
    with pytest.raises(RuntimeError, match="offset"):
        client.collection_items("cells", offset=10)
