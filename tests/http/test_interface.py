"""The interface for machines keeps what its own description promises, whatever a program sends."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import jsonschema_rs
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from tests.http.test_authorisation import GUESTS, SWEEP, asked_for, brought_along, comer, filled
from tests.http.towns import Caller, Thread, Town

from onecity.drills.cities import ANSWERS

NO_OPERATIONS: Final = {
    "GET /api/docs": "the description itself",
    "GET /api/street/live": "a stream without an end, not an answer; tests/integration/test_live.py",
    "POST /api/events": "CloudEvents in two modes, by a specification of their own; tests/http/test_events.py",
}
"""What lies under /api/ and is no operation of ours, and why."""
OPERATIONS: Final = [route for route in SWEEP if " /api/" in route and route not in NO_OPERATIONS]
WITHOUT_BODY: Final = {
    "POST /api/wallet/{licence}/renew", "POST /api/payments/{payment}/pay", "POST /api/payments/{payment}/check",
    "POST /api/desk/payments/{payment}/cash", "POST /api/halls/{hall}/numbers", "POST /api/halls/{hall}/leave",
    "POST /api/halls/{hall}/give", "POST /api/bookings/{booking}/cancel", "POST /api/projects/{project}/drop",
}  # fmt: skip
COMMANDS: Final = [route for route in OPERATIONS if route.startswith("POST") and route not in WITHOUT_BODY]
CANARY: Final = ("鱻龘靐", "麤骉驫小馆", "犇羴巷 7391 号")
"""A name, a shop and an address that nobody else has: in no refusal, whoever asks for what is theirs."""
THEIRS: Final = ANSWERS | {"shop_name": CANARY[1], "premises_address": CANARY[2]}

GOOD: Final[dict[str, Any]] = {
    "case": "0199c6a2-0000-7000-8000-000000000000", "login": "nobody", "password": "x", "code": "", "items": ["food_business"], "event": None, "answers": {},
    "delivery": "online", "material": "floor_plan", "content": "JVBERi0xLjc=", "item": "food_business", "level": 5,
    "reason": "x", "known": [], "words": "", "step": "acceptance", "outcome": "accept", "days": 5, "lacking": [], "until": None,
    "text": "食品", "uses": [], "matter": "z:road_collapse", "point": None, "area": "410105001", "address": "", "contact": "",
    "photos": [], "condition": "x", "metres": 3, "hours": 1, "to": {}, "pledges": {},
    "report": "0199c6a2-0000-7000-8000-000000000000", "move": {"step": "intake", "outcome": "look_first"},
    "call": {"words": "家里停电了", "area": "410105001"}, "tell": {"words": "有个坑", "area": "410105001"}, "number": "", "same": "",
    "answer": "power_cut", "kind": "response", "trigger": "other", "act": {"type": "call_back", "words": "x"}, "cell": "",
    "seen": "right", "part": "", "by_hand": False, "choice": "", "at": "2020-09-24T09:30:00+08:00", "hall": "city_hall", "window": 1,
    "meets": [],
}  # fmt: skip
"""A value that fits, for every key of every command; the row of the sweep knows a better one for some."""
ODD: Final = (10**30, -(10**30), -1, "\x00", "字" * 70_000, "")
"""Right by their type, and still nothing that the city should fall over."""
AT_THE_CENTRE: Final = ("operator", "chief", "inspector", "hotline")
"""Guests of the sweep who knock at whatever is about the street, and at orders."""

EXAMPLES: Final = settings(
    max_examples=15, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


class Described:
    """The description as it is published, and what it says of one operation."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._schema = schemathesis.openapi.from_dict(document)

    def cases(self, route: str, mode: GenerationMode) -> st.SearchStrategy[schemathesis.Case[Any]]:
        """Requests that are as described, or in some place not."""
        method, _, path = route.partition(" ")
        return self._schema[path][method].as_strategy(generation_mode=mode)

    def of(self, route: str) -> dict[str, Any]:
        method, _, path = route.partition(" ")
        found: dict[str, Any] = self.document["paths"][path][method.lower()]
        return found

    def keeps(self, route: str, answer: httpx.Response) -> None:
        """The answer has a status, a type and a form that the description names for this operation."""
        responses = self.of(route)["responses"]
        assert str(answer.status_code) in responses, f"{answer.status_code} is not described: {answer.text[:300]}"
        [(media, content)] = responses[str(answer.status_code)]["content"].items()
        assert answer.headers["content-type"] == media
        assert media == ("application/json" if answer.status_code == 200 else "application/problem+json")
        self.fits(content["schema"], answer.json())

    def fits(self, schema: dict[str, Any], value: Any) -> None:
        whole = schema | {"components": self.document["components"]}
        jsonschema_rs.validate(whole, value, validate_formats=True)

    def is_good(self, route: str, body: Any) -> bool:
        """Whether a body is as described."""
        try:
            self.fits(self.takes(route), json.loads(sent(body)))
        except (ValueError, jsonschema_rs.ValidationError):
            return False
        return True

    def takes(self, route: str) -> dict[str, Any]:
        """The schema of the body of a command, its reference followed."""
        schema = self.of(route)["requestBody"]["content"]["application/json"]["schema"]
        found: dict[str, Any] = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found


@pytest.fixture
async def described(town: Town) -> Described:
    return Described((await town.nobody.get("/api/docs")).json())


@pytest.fixture
async def theirs(town: Town) -> Thread:
    """An application of the canary citizen, with a licence beside it."""
    citizen = await town.new_citizen(CANARY[0])
    await town.issue(citizen, name=CANARY[0], values=THEIRS)
    return await town.apply(citizen, THEIRS)


def sent(body: Any) -> bytes:
    """A body as bytes; nothing, if none was drawn."""
    if isinstance(body, bytes):
        return body
    return b"" if isinstance(body, NotSet) else json.dumps(body).encode()


async def ask(who: Caller, route: str, path: str, body: Any) -> httpx.Response:
    """One request."""
    return await (who.get(path) if route.startswith("GET") else who.send_bytes(path, sent(body)))


def path_of(route: str, case: schemathesis.Case[Any], there: str) -> str:
    """The path of things that are there, or with whatever was drawn if there are none; and what was drawn as a query."""
    found = there or route.partition(" ")[2]
    for name, text in case.path_parameters.items():
        found = found.replace(f"{{{name}}}", quote(str(text), safe="%") or "x")
    asked = case.query if isinstance(case.query, dict) else {}
    return f"{found}?{urlencode(asked, doseq=True, errors='replace')}" if asked else found


async def path_there(town: Town, route: str, thread: Thread) -> str:
    """The path of a route with the ids of things that are there."""
    return filled(route, town, thread, **await asked_for(route, town, thread))


class Scene(msgspec.Struct, frozen=True):
    """An operation with everything in place: a path to something that is there, a body that fits, and who may come.

    `right` is somebody whom the operation lets in; `others` are some whom it may keep out.
    """

    route: str
    path: str
    good: dict[str, Any]
    right: Caller
    others: tuple[Caller, ...]


@pytest.fixture(autouse=True)
def nobody_else_waits(town: Town) -> Iterator[None]:
    """Thousands of requests and hundreds of codes pass here; the tests that share the town still have the same day."""
    before = town.clock.at
    yield
    town.clock.at = before


@pytest.fixture
async def scene(town: Town, described: Described, theirs: Thread, route: str) -> Scene:
    """The scene of the operation that a test is about; made once for all requests that are drawn."""
    who = await right(town, route)
    guests: tuple[Caller, ...] = ()
    if "/street" in route or "/orders" in route:
        guests = tuple([await GUESTS[name](town) for name in AT_THE_CENTRE if name not in SWEEP[route].also])
    good = await good_body(town, described, theirs, route, who) if route in COMMANDS else {}
    return Scene(route, await path_there(town, route, theirs), good, who, (town.other, town.accept, *guests))


async def good_body(town: Town, described: Described, thread: Thread, route: str, who: Caller) -> dict[str, Any]:
    """A body with every key that a command knows, as the sweep sends it."""
    names = described.takes(route)["properties"]
    known = await brought_along(town, SWEEP[route], who, {"case": str(thread.case)})
    good = {name: known.get(name, GOOD.get(name)) for name in names}
    assert described.is_good(route, good), f"GOOD lacks a value that fits: {good}"
    return good


def fresh(town: Town, who: Caller) -> Caller:
    """The same person; whoever is not signed in comes from another address each time."""
    return who if who.token else town.caller()


def quotes_nobody(answer: httpx.Response) -> None:
    """A refusal repeats nothing of the canary citizen."""
    if answer.status_code != 200:
        text = json.dumps(answer.json(), ensure_ascii=False)
        assert [one for one in CANARY if one in text] == []


def test_every_operation_is_described_and_tried(town: Town) -> None:
    """Nothing is reachable under /api/ that the description does not name, and nothing of it is left out here."""
    declared = {f"{one.method} {one.path}" for one in town.app.state.declared if one.path.startswith("/api/")}
    assert declared - set(NO_OPERATIONS) == set(OPERATIONS)


async def test_the_description_names_these_operations_and_no_others(described: Described) -> None:
    paths = described.document["paths"]
    assert {f"{method.upper()} {path}" for path, of in paths.items() for method in of} == set(OPERATIONS)
    assert {f"POST {path}" for path, of in paths.items() if "requestBody" in of.get("post", {})} == set(COMMANDS)


def test_whatever_is_no_operation_is_tried_elsewhere() -> None:
    """An exception that outlives its route would hide the next one of that name."""
    assert set(NO_OPERATIONS) <= set(SWEEP)


@pytest.mark.parametrize("route", OPERATIONS)
@EXAMPLES
@given(data=st.data())
async def test_whatever_is_sent_the_answer_is_one_that_is_described(
    town: Town, described: Described, scene: Scene, route: str, data: st.DataObject
) -> None:
    mode = data.draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
    case = data.draw(described.cases(route, mode))
    who = data.draw(st.sampled_from([scene.right, scene.right, town.nobody, *scene.others]))
    path = path_of(route, case, scene.path if data.draw(st.booleans()) else "")
    answer = await ask(fresh(town, who), route, path, nearly(scene, case.body, data))
    described.keeps(route, answer)
    quotes_nobody(answer)


def nearly(scene: Scene, body: Any, data: st.DataObject) -> Any:
    """The body that was drawn; or, as only such a one gets far, the good body with one value of it."""
    strange = sorted(set(scene.good) & set(body)) if isinstance(body, dict) else []
    if not strange or data.draw(st.booleans()):
        return body
    name = data.draw(st.sampled_from(strange))
    return scene.good | {name: body[name]}


@pytest.mark.parametrize("route", COMMANDS)
@EXAMPLES
@given(data=st.data())
async def test_a_body_that_is_not_as_described_is_not_read(
    town: Town, described: Described, scene: Scene, route: str, data: st.DataObject
) -> None:
    case = data.draw(described.cases(route, GenerationMode.NEGATIVE))
    # What is wrong may also be an id in the path, or that nobody is signed in.
    assume(not described.is_good(route, case.body))
    before = await town.written()
    answer = await ask(fresh(town, scene.right), route, scene.path, case.body)
    described.keeps(route, answer)
    assert answer.status_code in (400, 422), f"{case.body!r} was taken: {answer.text[:300]}"
    assert await town.written() == before


@pytest.mark.parametrize("route", COMMANDS)
async def test_an_unknown_key_a_missing_one_and_every_wrong_type_are_refused(
    described: Described, scene: Scene, route: str
) -> None:
    schema, good = described.takes(route), scene.good
    assert schema["additionalProperties"] is False
    bad = [good | {"unknown": "x"}, [good], None, "x", 1]
    bad += [{name: value for name, value in good.items() if name != needed} for needed in schema.get("required", ())]
    bad += [
        good | {name: wrong}
        for name in good
        for wrong in (True, {"a": 1}, [[1]], 1.5)
        if type(wrong) is not type(good[name])
    ]
    for body in bad:
        answer = await ask(scene.right, route, scene.path, body)
        assert answer.status_code == 422, (body, answer.text)
        described.keeps(route, answer)


@pytest.mark.parametrize("route", COMMANDS)
async def test_an_odd_value_in_a_good_body_is_taken_or_refused(
    town: Town, described: Described, theirs: Thread, scene: Scene, route: str
) -> None:
    """On something that is there, by somebody who may: here nothing else stands between the value and the database."""
    path = scene.path
    for body in odd(scene.good):
        answer = await ask(fresh(town, scene.right), route, path, body)
        described.keeps(route, answer)
        # What is done cannot be done again.
        path = await path_there(town, route, theirs) if answer.status_code == 200 else path


def odd(good: dict[str, Any]) -> list[dict[str, Any]]:
    """Good bodies with one odd value each: in the place of a value, and one level below."""
    found = [good | {name: value} for name in good for value in ODD]
    inner = [(name, below) for name, below in good.items() if isinstance(below, dict)]
    return found + [good | {name: below | {key: value}} for name, below in inner for key in below for value in ODD]


async def right(town: Town, route: str) -> Caller:
    """Somebody whom a command would let in; for those who are not signed in, from another address each time."""
    row = SWEEP[route]
    if row.also:
        return await comer(town, row.also[-1], row, town.citizen)
    if route == "POST /api/sign-in" or "/reports" in route or "/follow/" in route:
        return town.caller()
    return town.accept if "/cases/" in route or "/desk/" in route else town.other
