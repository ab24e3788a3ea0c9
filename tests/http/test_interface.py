"""The interface for machines keeps what its own description promises, whatever a program sends."""

import json
from typing import Any, Final
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from tests.cities import ANSWERS
from tests.http import stages
from tests.http.test_authorisation import SWEEP
from tests.http.towns import Caller, Thread, Town

OPERATIONS: Final = [route for route in SWEEP if " /api/" in route and route != "GET /api/docs"]
WITHOUT_BODY: Final = {
    "POST /api/wallet/{licence}/renew", "POST /api/payments/{payment}/pay", "POST /api/payments/{payment}/check",
    "POST /api/desk/payments/{payment}/cash",
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
    "photos": [], "condition": "x", "metres": 3, "hours": 1, "to": {},
    "report": "0199c6a2-0000-7000-8000-000000000000", "move": {"step": "intake", "outcome": "look_first"},
    "call": {"words": "家里停电了", "area": "410105001"}, "tell": {"words": "有个坑", "area": "410105001"}, "number": "", "same": "",
    "answer": "power_cut",
}  # fmt: skip
"""A value that fits, for every key of every command."""

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


def path_of(route: str, thread: Thread, drawn: dict[str, Any], *, real: bool) -> str:
    """The path with ids that exist, or with whatever was drawn."""
    names = {"affair": str(thread.affair), "case": str(thread.case), "item": "food_business"}
    found: str = route.partition(" ")[2]
    for name, text in drawn.items():
        found = found.replace(f"{{{name}}}", names.get(name, "x") if real else (quote(str(text), safe="%") or "x"))
    return found


def visitors(town: Town) -> tuple[Caller, ...]:
    return town.caller(), town.other, town.accept


def quotes_nobody(answer: httpx.Response) -> None:
    """A refusal repeats nothing of the canary citizen."""
    if answer.status_code != 200:
        text = json.dumps(answer.json(), ensure_ascii=False)
        assert [one for one in CANARY if one in text] == []


def test_every_operation_is_described_and_tried(town: Town) -> None:
    """Nothing is reachable under /api/ that the description does not name, and nothing of it is left out here."""
    declared = {f"{one.method} {one.path}" for one in town.app.state.declared if one.path.startswith("/api/")}
    assert declared - {"GET /api/docs"} == set(OPERATIONS)


async def test_the_description_names_these_operations_and_no_others(described: Described) -> None:
    paths = described.document["paths"]
    assert {f"{method.upper()} {path}" for path, of in paths.items() for method in of} == set(OPERATIONS)
    assert {f"POST {path}" for path, of in paths.items() if "requestBody" in of.get("post", {})} == set(COMMANDS)


@pytest.mark.parametrize("route", OPERATIONS)
@EXAMPLES
@given(data=st.data())
async def test_whatever_is_sent_the_answer_is_one_that_is_described(
    town: Town, described: Described, theirs: Thread, route: str, data: st.DataObject
) -> None:
    mode = data.draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
    case = data.draw(described.cases(route, mode))
    who = visitors(town)[data.draw(st.integers(0, 2))]
    path = path_of(route, theirs, case.path_parameters, real=data.draw(st.booleans()))
    answer = await ask(who, route, path, case.body)
    described.keeps(route, answer)
    quotes_nobody(answer)


@pytest.mark.parametrize("route", COMMANDS)
@EXAMPLES
@given(data=st.data())
async def test_a_body_that_is_not_as_described_is_not_read(
    town: Town, described: Described, theirs: Thread, route: str, data: st.DataObject
) -> None:
    case = data.draw(described.cases(route, GenerationMode.NEGATIVE))
    # What is wrong may also be an id in the path, or that nobody is signed in.
    assume(not described.is_good(route, case.body))
    who = await right(town, route)
    before = await town.written()
    path = path_of(route, theirs, case.path_parameters, real=True)
    answer = await ask(who, route, path, case.body)
    described.keeps(route, answer)
    assert answer.status_code in (400, 422), f"{case.body!r} was taken: {answer.text[:300]}"
    assert await town.written() == before


@pytest.mark.parametrize("route", COMMANDS)
async def test_an_unknown_key_a_missing_one_and_every_wrong_type_are_refused(
    town: Town, described: Described, theirs: Thread, route: str
) -> None:
    schema, who = described.takes(route), await right(town, route)
    assert schema["additionalProperties"] is False
    good = {name: GOOD[name] for name in schema["properties"]}
    if schema["properties"].get("words", {}).get("type") == "object":
        good["words"] = {}
    described.fits(schema, good)
    path = path_of(route, theirs, dict.fromkeys(("affair", "case"), ""), real=True)
    bad = [good | {"unknown": "x"}, [good], None, "x", 1]
    bad += [{name: value for name, value in good.items() if name != needed} for needed in schema.get("required", ())]
    bad += [good | {name: wrong} for name in good for wrong in (True, {"a": 1}, [[1]], 1.5)]
    for body in bad:
        answer = await ask(who, route, path, body)
        assert answer.status_code == 422, (body, answer.text)
        described.keeps(route, answer)


async def right(town: Town, route: str) -> Caller:
    """Somebody whom a command would let in; for those who are not signed in, from another address each time."""
    if route == "POST /api/sign-in":
        return town.caller()
    if route.endswith("/extend"):
        return town.mayor
    if "/hotline" in route:
        return await stages.hotline(town)
    if "/reports" in route or "/follow/" in route:
        return town.caller()
    if "/street" in route:
        return await stages.operator(town)
    return town.accept if "/cases/" in route or "/desk/" in route else town.other
