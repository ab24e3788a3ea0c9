"""Interfaces by specifications of others keep them whatever a generator sends: OGC Features, Open311, CloudEvents."""

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx
import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from tests.http.street import MATTER, PLACE, registered, report
from tests.http.test_events import a_key as key_of_a_sensor
from tests.http.test_events import send
from tests.http.test_features import COLLECTIONS, NEAR
from tests.http.test_interface import sent
from tests.http.test_open311 import a_key
from tests.http.towns import Town

HERE: Final = Path(__file__).parent / "outside"
READS: Final = (
    "discovery.{format}", "services.{format}", "services/{service}.{format}", "requests.{format}",
    "requests/{number}.{format}", "tokens/{token}.{format}",
)  # fmt: skip
FEATURES: Final = (
    "/", "/conformance", "/api", "/collections", *(f"/collections/{one}" for one in COLLECTIONS),
    *(f"/collections/{one}/items" for one in COLLECTIONS),
    *(f"/collections/{one}/items/{{featureId}}" for one in COLLECTIONS),
)  # fmt: skip
ROOTS: Final = {
    "discovery": "discovery", "services": "services", "services/": "service_definition", "requests": "service_requests",
    "requests/": "service_requests", "tokens/": "service_requests",
}  # fmt: skip
"""The root of each answer in XML."""
EXAMPLES: Final = settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
MODES: Final = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


class Outside:
    """A description, what a generator makes of it, and whether answers keep it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schema = schemathesis.openapi.from_dict(document)

    def cases(self, method: str, path: str, mode: GenerationMode) -> st.SearchStrategy[schemathesis.Case[Any]]:
        return self._schema[path][method].as_strategy(generation_mode=mode)

    def schema_of(self, method: str, path: str, answer: httpx.Response) -> dict[str, Any]:
        """What the body of an answer has to be; its status and its type must be among those that are described."""
        responses = self._document["paths"][path][method.lower()]["responses"]
        status = str(answer.status_code)
        assert status in responses or "default" in responses, f"{status} is not described: {answer.text[:300]}"
        found = self._followed(responses.get(status) or responses["default"])["content"]
        media, bare = answer.headers["content-type"], answer.headers["content-type"].partition(";")[0]
        assert media in found or bare in found, f"{media} is not described"
        schema: dict[str, Any] = (found.get(media) or found[bare])["schema"]
        return schema

    def keeps(self, method: str, path: str, answer: httpx.Response) -> None:
        """The answer in JSON is as described."""
        assert answer.status_code < 500, answer.text
        schema = self.schema_of(method, path, answer) | {"components": self._document["components"]}
        jsonschema_rs.validate(_nullable(schema), answer.json(), validate_formats=True)

    def _followed(self, part: dict[str, Any]) -> dict[str, Any]:
        found: Any = part
        for name in str(part.get("$ref", "#")).split("/")[1:]:
            found = (self._document if found is part else found)[name]
        return dict(found)


def _nullable(part: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema says it: null is a type of its own."""
    if isinstance(part, list):
        return [_nullable(one) for one in part]
    if not isinstance(part, dict):
        return part
    rest = {name: _nullable(one) for name, one in part.items() if name != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if part.get("nullable") else rest


@cache
def described(name: str) -> Outside:
    document = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return Outside({"components": {}} | document)


def path_of(path: str, case: schemathesis.Case[Any], **there: str) -> str:
    """A path with what was drawn, or with something that is there, and what was drawn behind the question mark."""
    found = path
    for name, text in {**(case.path_parameters or {}), **there}.items():
        found = found.replace(f"{{{name}}}", quote(str(text), safe="") or "x")
    asked = case.query if isinstance(case.query, dict) else {}
    return f"{found}?{urlencode(asked, doseq=True, errors='replace')}" if asked else found


async def get(town: Town, path: str) -> httpx.Response:
    """Whoever asks comes from another address each time, so that nobody asks too often."""
    return await town.caller().ask("GET", path)


def readable(answer: httpx.Response, path: str) -> None:
    """An answer in XML: the root that the standard names, or the errors."""
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    part = path.removeprefix("/open311/v2/").partition(".")[0]
    expected = ROOTS[part if "/" not in part else part.partition("/")[0] + "/"]
    assert root.tag == (expected if answer.status_code == 200 else "errors")
    if answer.status_code != 200:
        assert all(error.findtext("code") and error.findtext("description") for error in root)


@pytest.fixture
async def told(town: Town) -> dict[str, str]:
    """What is there to be asked for: the number and the token of a report, and a service."""
    found = await report(town)
    return {"number": found["number"], "token": found["follow"].rpartition("/")[2], "service": MATTER}


@pytest.mark.parametrize("part", READS)
@EXAMPLES
@given(data=st.data())
async def test_whatever_a_program_reads_by_open311_is_answered_by_the_standard(
    town: Town, told: dict[str, str], part: str, data: st.DataObject
) -> None:
    path, outside = f"/open311/v2/{part}", described("georeport_v2")
    case = data.draw(outside.cases("GET", path, data.draw(MODES)))
    there = {name: told[name] for name in told if f"{{{name}}}" in path and data.draw(st.booleans())}
    form = data.draw(st.sampled_from(["json", "xml"]))
    answer = await get(town, path_of(path, case, format=form, **there))
    assert answer.status_code in (200, 400, 404), answer.text
    if form == "json":
        outside.keeps("GET", path, answer)
    else:
        readable(answer, path)


WORDS: Final = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=400).filter(
    str.strip
)
GOOD_POST: Final = {"service_code": MATTER, "lat": str(PLACE["latitude"]), "long": str(PLACE["longitude"])}


@EXAMPLES
@given(data=st.data())
async def test_whatever_a_program_reports_by_open311_is_taken_or_refused_by_the_standard(
    town: Town, data: st.DataObject
) -> None:
    path, outside = "/open311/v2/requests.{format}", described("georeport_v2")
    case = data.draw(outside.cases("POST", path, data.draw(MODES)))
    fields = case.body if isinstance(case.body, dict) else {}
    if data.draw(st.booleans()):
        fields = fields | {"api_key": await a_key(town)}
    if data.draw(st.booleans()):
        fields = fields | {"service_code": MATTER}
    answer = await posted_form(town, path_of(path, case, format="json"), fields)
    assert answer.status_code in (200, 400, 403, 404, 413), answer.text
    outside.keeps("POST", path, answer)


@EXAMPLES
@given(
    words=WORDS,
    email=st.emails(),
    form=st.sampled_from(["json", "xml"]),
)
async def test_a_good_report_by_open311_is_taken_and_found(town: Town, words: str, email: str, form: str) -> None:
    outside, fields = described("georeport_v2"), GOOD_POST | {"description": words, "email": email}
    sent_as = fields | {"api_key": await a_key(town)}
    answer = await posted_form(town, f"/open311/v2/requests.{form}", sent_as)
    assert answer.status_code == 200, answer.text
    if form == "json":
        outside.keeps("POST", "/open311/v2/requests.{format}", answer)
        number = answer.json()[0]["service_request_id"]
    else:
        number = ET.fromstring(answer.content).findtext("request/service_request_id")
    found, same = [await get(town, f"/open311/v2/requests/{number}.{one}") for one in ("json", "xml")]
    outside.keeps("GET", "/open311/v2/requests/{number}.{format}", found)
    [told] = found.json()
    [written] = ET.fromstring(same.content)
    assert told["service_code"] == MATTER and told["status"] == "open"
    said = {name: "" if value is None else str(value) for name, value in told.items() if not isinstance(value, float)}
    assert {name: written.findtext(name) or "" for name in said} == said


async def posted_form(town: Town, path: str, fields: dict[str, Any]) -> httpx.Response:
    """A report as programs send it."""
    form = urlencode(fields, doseq=True, errors="replace").encode()
    sent_as = {"content-type": "application/x-www-form-urlencoded"}
    return await town.caller().ask("POST", path, content=form, headers=sent_as)


@EXAMPLES
@given(data=st.data())
async def test_whatever_a_sensor_sends_is_taken_or_refused_with_a_reason(town: Town, data: st.DataObject) -> None:
    outside = described("cloudevents")
    case = data.draw(outside.cases("POST", "/api/events", data.draw(MODES)))
    event = case.body | {"id": uuid4().hex} if isinstance(case.body, dict) and "id" in case.body else case.body
    headers = {"content-type": "application/cloudevents+json", **(await key_of_a_sensor(town))}
    answer = await town.caller().ask("POST", "/api/events", content=sent(event), headers=headers)
    assert answer.status_code in (200, 400, 404, 409, 413, 415, 422), answer.text
    outside.keeps("POST", "/api/events", answer)


@EXAMPLES
@given(words=WORDS, address=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=100))
async def test_a_good_observation_is_taken(town: Town, words: str, address: str) -> None:
    outside, data = described("cloudevents"), {"words": words, "matter": MATTER, "point": PLACE, "address": address}
    answer = await send(town, await key_of_a_sensor(town), data=data)
    assert answer.status_code == 200, answer.text
    outside.keeps("POST", "/api/events", answer)


@pytest.fixture
async def features(town: Town) -> Outside:
    """The description that the city publishes itself."""
    document = (await get(town, "/features/api")).json()
    assert set(document["paths"]) == set(FEATURES)
    return Outside(document)


@pytest.fixture
async def known(town: Town) -> dict[str, str]:
    """The id of a feature in each collection that has one here."""
    await registered(town, "01001")
    found = dict[str, str]()
    for one in COLLECTIONS:
        page = (await get(town, f"/features/collections/{one}/items?limit=1&bbox={NEAR}")).json()
        found |= {one: str(page["features"][0]["id"])} if page["features"] else {}
    return found


@pytest.mark.parametrize("path", FEATURES)
@EXAMPLES
@given(data=st.data())
async def test_whatever_a_map_asks_for_is_answered_as_described(
    town: Town, features: Outside, known: dict[str, str], path: str, data: st.DataObject
) -> None:
    case = data.draw(features.cases("GET", path, data.draw(MODES)))
    collection = path.split("/")[2] if path.count("/") > 1 else ""
    there = {"featureId": known[collection]} if "{" in path and collection in known and data.draw(st.booleans()) else {}
    answer = await get(town, path_of(f"/features{path}", case, **there))
    assert answer.status_code in (200, 400, 404), answer.text
    if answer.headers["content-type"].startswith("text/html"):
        assert features.schema_of("GET", path, answer)
    else:
        features.keeps("GET", path, answer)


def test_the_specifications_of_others_name_every_route_there_is(town: Town) -> None:
    """A route under these roots that no generator tries would be one that nobody tries."""
    declared = {f"{one.method} {one.path}" for one in town.app.state.declared if one.path.startswith("/open311/v2")}
    document = yaml.safe_load((HERE / "georeport_v2.yaml").read_text("utf-8"))
    assert declared == {f"{method.upper()} {path}" for path, of in document["paths"].items() for method in of}
