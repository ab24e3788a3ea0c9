"""OGC API – Features: maps elsewhere read the ground of the city and what lies on its streets."""

import json
import re
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import jsonschema_rs
import pytest
import shapely
from tests.http.street import PLACE, case_of, closed, crew, registered, report, sent
from tests.http.test_open311 import CANARY
from tests.http.towns import Caller, Town

from onecity.machinery.features import Why

ROOT: Final = "/features"
COLLECTIONS: Final = ("townships", "communities", "cells", "problems", "parts")
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
NEAR: Final = "113.66,34.74,113.67,34.75"
FAR: Final = "112.8,34.3,112.9,34.4"


async def got(town: Town, path: str, expects: int = 200, /, *, headers: Any = None, **asked: Any) -> Any:
    """What a program reads, and what every answer to one keeps."""
    named = {name.replace("_", "-"): value for name, value in asked.items()}
    answer = await town.caller().ask("GET", ROOT + path, params=named, headers=headers or {})
    assert answer.status_code == expects, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.json()


def by_rel(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["rel"]: one for one in reversed(document["links"])}


async def through(town: Town, path: str, **asked: Any) -> list[dict[str, Any]]:
    """All features of a collection, page by page, each page as the one before says."""
    page, found = await got(town, path, **asked), []
    while True:
        assert page["numberReturned"] == len(page["features"])
        found += page["features"]
        onward = by_rel(page).get("next")
        if onward is None:
            return found
        parts = urlsplit(onward["href"])
        answer = await town.caller().ask("GET", f"{parts.path}?{parts.query}")
        page = answer.json()


async def test_the_landing_page_leads_to_everything(town: Town) -> None:
    for path in ("", "/"):
        links = by_rel(await got(town, path))
        assert links["self"]["href"] == "http://127.0.0.1/features?f=json"
        for rel in ("service-desc", "service-doc", "conformance", "data"):
            parts = urlsplit(links[rel]["href"])
            answer = await town.caller().ask("GET", f"{parts.path}?{parts.query}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].split(";")[0] == links[rel]["type"].split(";")[0]


async def test_what_is_kept_of_the_standard_is_said(town: Town) -> None:
    said = (await got(town, "/conformance"))["conformsTo"]
    assert {one.rpartition("/")[2] for one in said} == {"core", "geojson", "html", "oas30"}


async def test_collections_say_what_they_are_and_what_is_simulated(town: Town) -> None:
    found = (await got(town, "/collections", headers={"accept-language": "en"}))["collections"]
    assert tuple(one["id"] for one in found) == COLLECTIONS
    for one in found:
        assert one == await got(town, f"/collections/{one['id']}", headers={"accept-language": "en"})
        assert {link["type"] for link in one["links"] if link["rel"] == "items"} == {
            "application/geo+json",
            "text/html",
        }
        [[west, south, east, north]] = one["extent"]["spatial"]["bbox"]
        assert west < PLACE["longitude"] < east and south < PLACE["latitude"] < north
        assert ("Simulated" in one["description"]) == (one["id"] != "problems")
        assert ("temporal" in one["extent"]) == (one["id"] == "problems")
    chinese = await got(town, "/collections/cells")
    assert chinese["title"] == "单元网格" and "模拟" in chinese["description"]


async def test_every_document_is_as_its_description_says(town: Town) -> None:
    await report(town)
    await registered(town, "01002", 1)
    described = await got(town, "/api")
    for path, one in described["paths"].items():
        [kind] = [kind for kind in one["get"]["responses"]["200"]["content"] if kind != "text/html"]
        schema = one["get"]["responses"]["200"]["content"][kind]["schema"]
        address = path
        if "{featureId}" in path:
            items = await got(town, path.partition("/{")[0], limit=1)
            address = path.replace("{featureId}", items["features"][0]["id"])
        whole = {**schema, "components": described["components"]}
        jsonschema_rs.Draft4Validator(nullable(whole)).validate(await got(town, address))


def nullable(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as one of JSON Schema: what may be null says so by its type."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    left = {name: nullable(value) for name, value in schema.items() if name != "nullable"}
    return left | {"type": [left["type"], "null"]} if schema.get("nullable") is True else left


@pytest.mark.parametrize(("collection", "limit"), [("townships", 50), ("communities", 1_000), ("cells", 10_000)])
async def test_pages_hold_every_feature_once_and_in_order(town: Town, collection: str, limit: int) -> None:
    found = await through(town, f"/collections/{collection}/items", limit=limit)
    codes = [one["id"] for one in found]
    assert codes == sorted(set(codes))
    first = await got(town, f"/collections/{collection}/items")
    assert (len(codes), 10) == (first["numberMatched"], first["numberReturned"])
    too_many = await got(town, f"/collections/{collection}/items", limit=10**9)
    assert too_many["numberReturned"] == min(len(codes), 10_000 if collection == "cells" else 1_000)


async def test_a_box_finds_what_touches_it_and_nothing_else(town: Town) -> None:
    for collection in COLLECTIONS[:3]:
        items = f"/collections/{collection}/items"
        box = shapely.box(113.66, 34.74, 113.67, 34.75)
        near = await got(town, items, bbox=NEAR, limit=1_000)
        assert near["features"] and all(
            shapely.from_geojson(json.dumps(one["geometry"])).intersects(box) for one in near["features"]
        )
        assert near["numberMatched"] == near["numberReturned"] < (await got(town, items))["numberMatched"]
        # Heights are let pass, and so is the system of coordinates that holds anyway.
        west, south, east, north = NEAR.split(",")
        with_heights = await got(town, items, bbox=f"{west},{south},0,{east},{north},9", bbox_crs=CRS84, limit=1_000)
        assert with_heights["features"] == near["features"]
        assert (await got(town, items, bbox="0,0,1,1"))["features"] == []


async def test_townships_are_the_ground_of_their_communities(town: Town) -> None:
    township = await got(town, "/collections/townships/items/410105001")
    shape = shapely.from_geojson(json.dumps(township["geometry"]))
    assert township["properties"]["simulated"] is True and shape.is_valid
    inside = [
        shapely.from_geojson(json.dumps(one["geometry"]))
        for one in await through(town, "/collections/communities/items", limit=1_000)
        if one["id"].startswith("410105001")
    ]
    assert shape.symmetric_difference(shapely.union_all(inside)).area < 1e-12
    ring = township["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring if township["geometry"]["type"] == "Polygon" else ring[0]).is_ccw


async def test_a_problem_lies_in_the_middle_of_its_cell_and_is_what_open311_tells(town: Town) -> None:
    told = await report(town, words=CANARY, contact=CANARY, address=CANARY)
    found = await got(town, f"/collections/problems/items/{told['number']}")
    answer = await town.caller().ask(
        "GET", f"/open311/v2/requests/{told['number']}.json", params={"extensions": "true"}
    )
    [same] = answer.json()
    assert found["geometry"] == {"type": "Point", "coordinates": [same["long"], same["lat"]]}
    assert found["geometry"]["coordinates"] != [PLACE["longitude"], PLACE["latitude"]]
    said = found["properties"]
    assert (said["matter"], said["reported"], said["status"]) == (
        same["service_code"],
        same["requested_datetime"],
        "open",
    )
    assert (said["cell"], said["answer_by"]) == (same["address_id"], same["extended_attributes"]["answer_by"])
    for form in ("json", "html"):
        for path in ("items", f"items/{told['number']}"):
            shown = await town.caller().ask(
                "GET",
                f"{ROOT}/collections/problems/{path}",
                params={"f": form, "bbox": NEAR} if path == "items" else {"f": form},
            )
            assert shown.status_code == 200 and CANARY not in shown.text
            assert str(PLACE["longitude"]) not in shown.text and str(PLACE["latitude"]) not in shown.text


async def test_a_problem_that_was_put_right_says_so(town: Town) -> None:
    team, told = await crew(town), await report(town)
    await closed(await sent(told, town, team), town, team)
    said = (await got(town, f"/collections/problems/items/{told['number']}"))["properties"]
    assert (said["status"], said["result"]) == ("closed", "closed")


async def test_two_reports_of_one_case_are_one_problem(town: Town) -> None:
    team, first, second = await crew(town), await report(town), await report(town)
    case = await case_of(town, second)
    joined = await team.operator.send(f"/api/street/{case}/join", {"case": str(await case_of(town, first))})
    assert joined.status_code == 200, joined.text
    found = {one["id"]: one["properties"] for one in await through(town, "/collections/problems/items", limit=1_000)}
    assert first["number"] in found and second["number"] not in found
    assert found[first["number"]]["reports"] == 2
    assert len(found) == (await got(town, "/collections/problems/items"))["numberMatched"]
    await got(town, f"/collections/problems/items/{second['number']}", 404)


async def test_problems_are_read_page_by_page_while_others_report(alone: Town) -> None:
    numbers = [(await report(alone))["number"] for _ in range(5)]
    first = await got(alone, "/collections/problems/items", limit=2)
    assert [one["id"] for one in first["features"]] == numbers[:2:-1]
    new = (await report(alone))["number"]
    parts = urlsplit(by_rel(first)["next"]["href"])
    second = (await alone.caller().ask("GET", f"{parts.path}?{parts.query}")).json()
    # By an offset the last of the first page would come again.
    assert [one["id"] for one in second["features"]] == numbers[2:0:-1]
    assert (second["numberMatched"], second["numberReturned"]) == (6, 2)
    assert [one["id"] for one in await through(alone, "/collections/problems/items", limit=1)] == [new, *numbers[::-1]]


async def test_problems_are_found_by_box_and_time(alone: Town) -> None:
    items, told = "/collections/problems/items", await report(alone)
    nowhere = await report(alone, point=None, area="410105001")
    later = await report(alone)
    reported = {one["id"]: one["properties"]["reported"] for one in (await got(alone, items))["features"]}

    async def ids(**asked: str) -> set[str]:
        page = await got(alone, items, **asked)
        assert page["numberMatched"] == page["numberReturned"]
        return {one["id"] for one in page["features"]}

    # The standard wants whatever has no place in every box.
    assert await ids(bbox=NEAR) == {told["number"], nowhere["number"], later["number"]}
    assert await ids(bbox=FAR) == {nowhere["number"]}
    first, between, last = (reported[one["number"]] for one in (told, nowhere, later))
    assert await ids(datetime=first) == {told["number"]}
    assert await ids(datetime=f"{first}/{between}") == {told["number"], nowhere["number"]}
    assert await ids(datetime=f"{between}/..") == {nowhere["number"], later["number"]}
    assert await ids(datetime=f"/{between}") == {told["number"], nowhere["number"]}
    assert await ids(datetime=f"{last}/", bbox=FAR) == set()
    # What has no time fits every time.
    assert (await got(alone, "/collections/townships/items", datetime="1949-10-01T00:00:00Z"))["features"]


@pytest.mark.parametrize(
    ("why", "asked"),
    [
        (Why.UNKNOWN, {"offset": "3"}), (Why.NO_FORM, {"f": "gml"}), (Why.NO_LIMIT, {"limit": "0"}),
        (Why.NO_BOX, {"bbox": "1,2,3"}), (Why.OVER_THE_LINE, {"bbox": "170,30,-170,40"}),
        (Why.NO_CRS, {"bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}),
        (Why.NO_TIME, {"datetime": "yesterday"}),
        (Why.BACKWARDS, {"datetime": "2020-09-22T01:00:00Z/2020-09-21T01:00:00Z"}),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused_with_a_reason(town: Town, why: Why, asked: dict[str, str]) -> None:
    for collection in ("cells", "problems"):
        said = await got(town, f"/collections/{collection}/items", 400, **asked)
        assert said.keys() == {"code", "description"} and said["code"] == why.rpartition(".")[2]
    english = await got(town, "/collections/cells/items", 400, headers={"accept-language": "en"}, **asked)
    assert english["description"] != said["description"]


@pytest.mark.parametrize("path", ["", "/conformance", "/api", "/collections", "/collections/cells"])
async def test_a_stranger_among_the_parameters_is_refused_everywhere(town: Town, path: str) -> None:
    assert (await got(town, path, 400, limit=3))["code"] == "unknown"


@pytest.mark.parametrize(
    "path",
    ["/x", "/collections/x", "/collections/x/items", "/collections/cells/items/x", "/collections/problems/items/%00"],
)
async def test_what_is_not_there_is_said_in_the_form_of_the_standard(town: Town, path: str) -> None:
    assert (await got(town, path, 404))["code"] == "not_found"


async def test_an_answer_that_is_known_is_not_sent_again(town: Town) -> None:
    path = f"{ROOT}/collections/communities/items"
    first = await town.caller().ask("GET", path)
    assert first.headers["cache-control"] == "public, max-age=3600"
    assert first.headers["content-type"] == "application/geo+json"
    again = await town.caller().ask("GET", path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["access-control-allow-origin"] == "*"
    other = await town.caller().ask(
        "GET", path, params={"limit": "3"}, headers={"if-none-match": first.headers["etag"]}
    )
    assert other.status_code == 200
    problems = await town.caller().ask("GET", f"{ROOT}/collections/problems/items")
    assert problems.headers["cache-control"] == "public, max-age=60"


async def page_of(who: Caller, path: str) -> httpx.Response:
    page = await who.ask("GET", ROOT + path, headers={"accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    return page


async def test_people_walk_from_the_first_page_to_a_feature(town: Town) -> None:
    told = await report(town)
    number = told["number"]
    steps = (
        "",
        "/collections",
        "/collections/problems",
        "/collections/problems/items",
        f"/collections/problems/items/{number}",
    )
    for step, after in pairwise(steps):
        page = await page_of(town.caller(), step)
        assert f'href="{ROOT}{after}?f=html"' in page.text, step
        # A page that names whoever is signed in is kept by no cache.
        assert page.headers["cache-control"] == "no-store" and "Accept" in page.headers["vary"]
    last = await page_of(town.citizen, steps[-1])
    assert number in last.text
    for path in ("/conformance", "/api"):
        await page_of(town.caller(), path)


async def test_people_read_on_to_the_next_page(town: Town) -> None:
    page = await page_of(town.caller(), "/collections/townships/items")
    assert "410102001" in page.text
    [onward] = re.findall(r'href="([^"]+after=[^"]+)"', page.text)
    after = await page_of(town.caller(), onward.replace("&amp;", "&").removeprefix(ROOT))
    assert "410102001" not in after.text and 'aria-label="街道和乡镇"' in after.text


async def test_parts_lie_where_the_register_says_and_nobody_hears_whose_they_are(town: Town) -> None:
    number = await registered(town, "01002", 3)
    first = await got(town, f"/collections/parts/items/{number}")
    assert first["properties"].keys() == {"name", "kind", "state", "agency", "cell", "changed", "simulated"}
    west, south = first["geometry"]["coordinates"]
    box = f"{west - 0.0001},{south - 0.0002},{west + 0.0001},{south + 0.0005}"
    found = [one["id"] for one in await through(town, "/collections/parts/items", bbox=box, limit=2)]
    assert number in found and len(found) >= 3 and found == sorted(found)
    await got(town, "/collections/parts/items/41010501002000000", 404)
