"""Open311 GeoReport v2: a program elsewhere reads what lies on the street, and reports what people tell it."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.http import stages
from tests.http.street import MATTER, MENDERS, PLACE, case_of, closed, crew, filed, moved, report, sent
from tests.http.towns import Town

from onecity.governance import Source
from onecity.governance.steps import STEPS
from onecity.governance.usecases import keys
from onecity.governance.usecases.reporting import load_report
from onecity.kernel.acting import Channel

ROOT = "/open311/v2"
CANARY = "麤骉驫"
"""A name that nobody else has."""
EXAMPLES = settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


async def got(town: Town, path: str, expects: int = 200, /, **asked: str) -> Any:
    """What a program reads, the same in XML and in JSON."""
    found = await town.caller().ask("GET", f"{ROOT}/{path}.json", params=asked)
    assert found.status_code == expects, found.text
    assert found.headers["content-type"] == "application/json; charset=utf-8"
    other = await town.caller().ask("GET", f"{ROOT}/{path}.xml", params=asked)
    assert other.status_code == expects
    assert other.headers["content-type"] == "text/xml; charset=utf-8"
    ET.fromstring(other.content)
    return found.json()


async def a_key(town: Town) -> str:
    found = await keys.new_key(uuid4().hex, pool=town.city.memory.pool, now=town.clock())
    assert found is not None
    return found


async def post(town: Town, fields: Mapping[str, Any], form: str = "json", **more: Any) -> httpx.Response:
    return await town.caller().ask("POST", f"{ROOT}/requests.{form}", data=fields, **more)


async def posted(town: Town, **more: Any) -> str:
    answer = await post(town, {**await stages.with_a_key(town, town.caller()), **more})
    assert answer.status_code == 200, answer.text
    return str(answer.json()[0]["service_request_id"])


def errors(answer: httpx.Response) -> Sequence[int]:
    found = answer.json()
    assert found and all(one.keys() == {"code", "description"} and one["description"] for one in found)
    assert found[0]["code"] == answer.status_code
    return [one["code"] for one in found]


async def test_the_discovery_leads_to_this_place(town: Town) -> None:
    found = await got(town, "discovery")
    [endpoint] = found["endpoints"]
    assert endpoint["url"] == "http://127.0.0.1/open311/v2"
    assert (endpoint["type"], endpoint["formats"]) == ("test", ["text/xml", "application/json"])


async def test_services_are_the_matters_of_today_with_their_class(town: Town) -> None:
    centre = town.city.centre
    assert centre is not None
    found = await got(town, "services")
    today = centre.street.catalogue.holding(town.clock().date())
    assert [one["service_code"] for one in found] == [matter.code for matter in today]
    assert {type(one["metadata"]) for one in found} == {bool}
    english = await town.caller().ask("GET", f"{ROOT}/services.json", headers={"accept-language": "en"})
    groups = {one["group"] for one in english.json()}
    assert "The city's own" in groups and all(re.search("[A-Za-z]", one) for one in groups)


async def test_a_definition_names_the_conditions_of_a_matter(town: Town) -> None:
    found = await got(town, f"services/{MATTER}")
    [attribute] = found["attributes"]
    assert attribute["values"] and (attribute["required"], attribute["variable"]) == (False, True)
    assert (await got(town, "services/99999", 404))[0]["code"] == 404
    # It is a matter only of years to come.
    assert (await got(town, "services/01002", 404))[0]["code"] == 404


async def test_a_request_runs_from_open_to_closed(town: Town) -> None:
    team, told = await crew(town), await report(town)
    [first] = await got(town, f"requests/{told['number']}")
    assert (first["status"], first["service_code"], first["agency_responsible"][:2]) == ("open", MATTER, "城市")
    assert datetime.fromisoformat(first["requested_datetime"]).utcoffset() == timedelta(hours=8)
    case = await sent(told, town, team)
    [under_way] = await got(town, f"requests/{told['number']}")
    assert under_way["updated_datetime"] > first["updated_datetime"]
    assert under_way["expected_datetime"] < first["expected_datetime"], "two urgent hours, and not five days"
    await closed(case, town, team)
    [last] = await got(town, f"requests/{told['number']}", extensions="true")
    assert (last["status"], last["expected_datetime"]) == ("closed", None)
    assert last["extended_attributes"]["result"] == "closed"
    assert "extended_attributes" not in under_way
    noted = [one["status_notes"] for one in (first, under_way, last)]
    assert len(set(noted)) == 3
    assert told["number"] in {one["service_request_id"] for one in await got(town, "requests", status="closed")}
    assert told["number"] not in {one["service_request_id"] for one in await got(town, "requests", status="open")}


async def test_every_stage_has_a_note(town: Town) -> None:
    for stage in {stage for stage, _ in STEPS.values()} | {"intake"}:
        assert town.city.words.knows(f"governance.open311.stage.{stage}"), stage


async def test_everybody_sees_the_middle_of_a_cell_and_nobodys_words(town: Town) -> None:
    centre = town.city.centre
    assert centre is not None
    number = await posted(
        town, description=CANARY, email=f"{CANARY}@example.org", address_string=CANARY, first_name=CANARY,
        last_name=CANARY, phone=CANARY, media_url=f"https://example.org/{CANARY}", device_id=CANARY, account_id=CANARY,
    )  # fmt: skip
    for form in ("json", "xml"):
        for path in (f"requests/{number}", "requests"):
            answer = await town.caller().ask("GET", f"{ROOT}/{path}.{form}", params={"extensions": "true"})
            assert CANARY not in answer.text and str(PLACE["longitude"]) not in answer.text
            assert str(PLACE["latitude"]) not in answer.text
    [found] = await got(town, f"requests/{number}")
    ground = centre.street.ground.cells.outline(found["address_id"])
    assert ground is not None
    assert shapely.Point(found["long"], found["lat"]).distance(ground.centroid) < 1e-5
    assert centre.street.ground.cells.at(PLACE["longitude"], PLACE["latitude"]).code == found["address_id"]  # type: ignore[union-attr]


async def test_what_is_posted_is_a_report_of_a_program(town: Town) -> None:
    centre = town.city.centre
    assert centre is not None
    definition = await got(town, f"services/{MATTER}")
    value = definition["attributes"][0]["values"][0]
    number = await posted(
        town, description="路上有洞", last_name="张", email="a@example.org", media_url="https://example.org/a.jpg",
        **{"attribute[condition][]": [value["key"], value["key"]]},
    )  # fmt: skip
    [row] = await town.rows("select report from reports where number = $1", number)
    found = await load_report(row["report"], street=centre.street)
    assert found is not None
    told = found.told
    assert told.words == f"路上有洞\n看到的：{value['name']}\n外面的一张图，这里没有打开：https://example.org/a.jpg"
    assert (told.contact, told.source, told.subject) == ("张 a@example.org", Source.PROGRAM, found.id)
    [first] = await town.city.memory.ledger.history(found.id)
    assert (first.by.person, first.by.channel) == (None, Channel.API)


async def test_whoever_reports_through_a_program_is_found_by_the_number(town: Town) -> None:
    assert town.city.centre is not None
    phone = f"139{uuid4().int % 10**8:08}"
    number = await posted(town, last_name="张", phone=phone, email=f"{phone}@example.org")
    assert [report.number for report, _ in await town.city.centre.callers.open_of(phone)] == [number]


async def test_the_token_of_a_receipt_names_the_request(town: Town) -> None:
    answer = await post(town, await stages.with_a_key(town, town.caller()), "xml")
    [request] = ET.fromstring(answer.content)
    notice, number = request.findtext("service_notice") or "", request.findtext("service_request_id") or ""
    address, token = notice[notice.index("http") :], notice.rpartition("/")[2]
    # A program shows it elsewhere: the city is named as in the discovery.
    [endpoint] = (await got(town, "discovery"))["endpoints"]
    assert address == endpoint["url"].removesuffix("/open311/v2") + f"/follow/{token}"
    [found] = await got(town, f"tokens/{token}")
    assert found == {"service_request_id": number, "token": token}
    assert (await town.caller().get(f"/api/follow/{token}")).json()["number"] == number
    assert (await got(town, f"tokens/{token[:-1]}", 404))[0]["code"] == 404


@pytest.mark.parametrize("named", ["金水区花园路街道 58 号", "郑州市花园路街道"])
async def test_an_address_that_names_its_street_is_enough(town: Town, named: str) -> None:
    number = await posted(town, lat="", long="", address_string=named)
    [found] = await got(town, f"requests/{number}")
    assert (found["address"], found["lat"]) == ("金水区 花园路街道", None)


async def test_a_street_by_its_code_is_enough(town: Town) -> None:
    number = await posted(town, lat="", long="", address_id="410105001")
    [found] = await got(town, f"requests/{number}")
    assert found["address_id"] == "410105001"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "x" * 32}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "99999"}, 404),
        ({"lat": "39.9", "long": "116.4"}, 400),
        ({"lat": "39.9", "long": ""}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "", "long": "", "address_string": "somewhere"}, 400),
        ({"attribute[condition]": "x"}, 400),
        ({"attribute[colour]": "x"}, 400),
        ({"description": "长" * 4_001}, 400),
    ],
    ids=lambda case: ",".join(f"{name}={value[:12]}" for name, value in case.items()) if isinstance(case, dict) else "",
)
async def test_a_wrong_post_is_refused_in_the_form_of_the_standard(
    town: Town, wrong: dict[str, str], status: int
) -> None:
    before = await town.rows("select count(*) from reports")
    answer = await post(town, {**await stages.with_a_key(town, town.caller()), **wrong})
    assert answer.status_code == status, answer.text
    errors(answer)
    assert await town.rows("select count(*) from reports") == before


async def test_a_report_that_is_repeated_under_its_key_is_one_report(town: Town) -> None:
    fields = {**await stages.with_a_key(town, town.caller()), "key": str(uuid4())}
    first, again = await post(town, fields), await post(town, fields)
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    other = await post(town, fields | {"description": "别的"})
    assert other.status_code == 409
    errors(other)


async def test_four_thousand_characters_are_taken(town: Town) -> None:
    assert await posted(town, description="长" * 4_000)


async def test_a_key_that_ended_opens_nothing(town: Town) -> None:
    pool, name = town.city.memory.pool, uuid4().hex
    key = await keys.new_key(name, pool=pool, now=town.clock())
    assert await keys.new_key(name, pool=pool, now=town.clock()) is None
    fields = {**await stages.with_a_key(town, town.caller()), "api_key": key}
    assert (await post(town, fields)).status_code == 200
    assert [one.name for one in await keys.known_keys(pool=pool)].count(name) == 1
    assert await keys.end_key(name, pool=pool) and not await keys.end_key(name, pool=pool)
    assert errors(await post(town, fields)) == [403]
    kept = await town.rows("select hash from open311_keys")
    assert all(str(key) not in repr(row["hash"]) for row in kept)


async def test_failures_of_the_edge_have_the_form_of_the_standard(town: Town) -> None:
    caller = town.caller()
    assert errors(await caller.ask("GET", f"{ROOT}/requests/W1.json")) == [404]
    assert errors(await caller.ask("GET", f"{ROOT}/nothing.json")) == [404]
    assert errors(await caller.ask("GET", f"{ROOT}/nothing", headers={"accept": "application/json"})) == [404]
    assert errors(await caller.ask("POST", f"{ROOT}/services.json")) == [405]
    assert errors(await post(town, {"description": "x" * 600_000})) == [413]
    assert errors(await post(town, {}, headers={"origin": "https://elsewhere.example"})) == [403]
    plain = await caller.ask("GET", f"{ROOT}/services")
    [error] = ET.fromstring(plain.content)
    assert (plain.status_code, error.findtext("code")) == (404, "404")


async def test_a_form_that_nobody_can_read_does_nothing(town: Town) -> None:
    before = await town.rows("select count(*) from reports")
    answer = await post(town, await stages.with_a_key(town, town.caller()), "yaml")
    assert answer.status_code == 404
    assert await town.rows("select count(*) from reports") == before


async def test_whoever_comes_too_often_is_told_when_to_come_again(town: Town) -> None:
    caller = town.caller(address="192.0.2.77")
    with town.clock.standing():
        answers = [await caller.ask("POST", f"{ROOT}/requests.json") for _ in range(301)]
    assert {one.status_code for one in answers[:300]} == {403}
    assert errors(answers[300]) == [429]
    assert answers[300].headers["retry-after"] == "600"


async def test_lists_pages_and_times(alone: Town) -> None:
    """In a town of its own, where no other test has reported in the future."""
    town = alone
    numbers = [(await report(town))["number"] for _ in range(3)]
    both = await got(town, "requests", service_request_id=",".join(numbers[:2]))
    assert {one["service_request_id"] for one in both} == set(numbers[:2])
    pages = [await got(town, "requests", page=str(page), page_size="1") for page in (1, 2, 3)]
    assert [one["service_request_id"] for [one] in pages] == numbers[::-1]
    at = {one["service_request_id"]: one["requested_datetime"] for [one] in pages}
    between = await got(town, "requests", start_date=at[numbers[0]], end_date=at[numbers[1]])
    assert [one["service_request_id"] for one in between] == numbers[1::-1]
    assert await got(town, "requests", service_code="nothing,else") == []
    named = await got(town, "requests", service_code=f"nothing,{MATTER}", jurisdiction_id="zhengzhou")
    assert {one["service_code"] for one in named} == {MATTER}
    with town.clock.later(timedelta(days=91)):
        assert await got(town, "requests") == []
        assert len(await got(town, "requests", service_request_id=numbers[0])) == 1
    english = await town.caller().ask("GET", f"{ROOT}/requests.json?status=x", headers={"accept-language": "en"})
    assert "open or closed" in english.json()[0]["description"]


async def test_what_changed_since_is_found_and_nothing_else(alone: Town) -> None:
    """In a town of its own, where no other test has reported in the future."""
    town = alone
    team, told, other = await crew(town), await report(town), await report(town)
    since = (await got(town, f"requests/{other['number']}"))[0]["updated_datetime"]
    assert told["number"] not in {one["service_request_id"] for one in await got(town, "requests", updated_after=since)}
    case = await filed(told, town, team)
    changed = {one["service_request_id"] for one in await got(town, "requests", updated_after=since)}
    assert changed == {told["number"], other["number"]}
    for step, outcome, to in (("dispatch", "send", {"handle": MENDERS}), ("handle", "give_back", {})):
        before = (await got(town, f"requests/{told['number']}"))[0]["updated_datetime"]
        await moved(team.dispatcher if step == "dispatch" else team.mender, case, step, outcome, to=to)
        assert (await got(town, f"requests/{told['number']}"))[0]["updated_datetime"] > before


async def test_a_report_that_joined_another_case_shows_how_that_one_stands(town: Town) -> None:
    team, first, second = await crew(town), await report(town), await report(town)
    case, own = await case_of(town, first), await case_of(town, second)
    before = (await got(town, f"requests/{second['number']}"))[0]["updated_datetime"]
    await team.operator.send(f"/api/street/{own}/join", {"case": str(case)}, key=uuid4())
    [joined] = await got(town, f"requests/{second['number']}", extensions="true")
    assert (joined["status"], joined["extended_attributes"]["reports"]) == ("open", 2)
    assert joined["updated_datetime"] > before


NAMES = (
    "service_request_id", "service_code", "start_date", "end_date", "updated_after", "updated_before", "status", "page",
    "page_size", "extensions", "lat", "long", "address_string", "address_id", "description", "media_url", "email",
    "attribute[condition]", "attribute[condition][]", "attribute[]", "key",
)  # fmt: skip
VALUES = st.text(max_size=20) | st.sampled_from(
    ["1", "2020-09-01", "9999-12-31T23:59:59Z", "open", MATTER, "34.7", "\0"]
)


@pytest.mark.parametrize("form", ["json", "xml"])
@EXAMPLES
@given(fields=st.dictionaries(st.sampled_from(NAMES), VALUES), part=st.text(min_size=1, max_size=12))
async def test_whatever_is_sent_gets_an_answer_that_can_be_read(
    town: Town, form: str, fields: dict[str, str], part: str
) -> None:
    key = await a_key(town)
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    name = quote(part.encode("utf-8", "replace").replace(b"/", b"x"), safe="")
    caller = town.caller(address=str(UUID(int=hash((form, part)) % 2**64)))
    answers = [
        await caller.ask("GET", f"{ROOT}/requests.{form}", params=sent),
        await caller.ask("GET", f"{ROOT}/requests/{name}.{form}"),
        await caller.ask("GET", f"{ROOT}/services/{name}.{form}"),
        await caller.ask("GET", f"{ROOT}/tokens/{name}.{form}"),
        await caller.ask("POST", f"{ROOT}/requests.{form}", data={**sent, "api_key": key}),
    ]
    for answer in answers:
        assert answer.status_code < 500, answer.text
        json.loads(answer.content) if form == "json" else ET.fromstring(answer.content)
