"""What programs are told: in the language that they ask for, which header, which field, which document."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest
from tests.cities import ANSWERS
from tests.http.test_api import ACCEPT, APPLY, problem, reason
from tests.http.towns import Caller, Town

ENGLISH: Final = "en-GB,en;q=0.9,zh;q=0.3"


async def ask(
    who: Caller, path: str, body: Any = None, *, lang: str = "", key: str = "", method: str = ""
) -> httpx.Response:
    """A request of a program that asks for a language, and perhaps names a key."""
    named = {"accept-language": lang} | ({"idempotency-key": key} if key else {}) if lang or key else {}
    bearer = {"authorization": f"Bearer {who.token}"} if who.token else {}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    more: dict[str, Any] = {} if body is None else {"content": sent}
    return await who.ask(method or ("GET" if body is None else "POST"), path, headers=named | bearer, **more)


def in_one_language(answer: httpx.Response, lang: str) -> None:
    """Title and detail of a problem are in this language: no Chinese in English, some in Chinese."""
    found = problem(answer)
    for text in (found["title"], found.get("detail", "")):
        assert not text or text.isascii() is (lang == "en"), text


FAILURES: Final[Mapping[str, tuple[str, str, Any, int]]] = {
    "no such address": ("GET", "/api/nothing", None, 404),
    "no such method": ("DELETE", "/api/items", None, 405),
    "nobody signed in": ("GET", "/api/desk", None, 401),
    "too large": ("POST", "/api/sign-in", b'"' + b"a" * 513 * 1024, 413),
    "no json": ("POST", "/api/sign-in", b"{'a'", 400),
    "half a json": ("POST", "/api/sign-in", b"{", 400),
    "the sign zero": ("POST", "/api/sign-in", b'{"login": "\\u0000"}', 400),
    "a missing field": ("POST", "/api/sign-in", {"login": "x"}, 422),
    "an unknown field": ("POST", "/api/sign-in", {"login": "x", "password": "x", "passwort": "x"}, 422),
    "a wrong type": ("POST", "/api/sign-in", {"login": 1, "password": "x"}, 422),
    "no object at all": ("POST", "/api/sign-in", [], 422),
    "a wrong password": ("POST", "/api/sign-in", {"login": "nobody", "password": "x"}, 409),
    "no such item": ("GET", "/api/items/nothing", None, 404),
}


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        (ENGLISH, "en"),
        ("en", "en"),
        ("", "zh"),
        ("zh-CN", "zh"),
        ("de", "zh"),
        ("en;q=0.1, zh", "zh"),
        ("en;q=x", "zh"),
    ],
)
@pytest.mark.parametrize("failure", FAILURES)
async def test_every_failure_is_told_in_the_language_asked_for(
    town: Town, failure: str, header: str, lang: str
) -> None:
    method, path, body, status = FAILURES[failure]
    answer = await ask(town.caller(), path, body, lang=header, method=method)
    assert answer.status_code == status, answer.text
    in_one_language(answer, lang)


async def test_too_many_tries_are_told_in_the_language_asked_for(town: Town) -> None:
    hasty = town.caller()
    with town.clock.standing():
        answers = [await ask(hasty, "/api/sign-in", b"{", lang=ENGLISH) for _ in range(21)]
    assert answers[-1].status_code == 429
    in_one_language(answers[-1], "en")


async def test_a_bug_of_ours_is_told_in_the_language_asked_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_words: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(town.city.door), "sign_in", breaks)
    for lang, header in (("en", ENGLISH), ("zh", "")):
        answer = await ask(town.caller(), "/api/sign-in", {"login": "x", "password": "x"}, lang=header)
        assert answer.status_code == 500
        in_one_language(answer, lang)


async def test_what_is_good_is_told_in_the_language_asked_for_too(town: Town) -> None:
    assert (await ask(town.nobody, "/api/items/food_business", lang="en")).json()["name"].isascii()


async def test_a_choice_of_language_in_the_cookie_holds_whatever_the_program_asks_for(town: Town) -> None:
    headers = {"cookie": "lang=zh", "accept-language": "en"}
    in_one_language(await town.caller().ask("GET", "/api/nothing", headers=headers), "zh")


WRONG: Final[Mapping[str, tuple[Any, str, str, str]]] = {
    "missing": ({"items": []}, "answers", "少了 answers", "answers is missing"),
    "unknown": (
        APPLY | {"item": ["x"]}, "item", "这里没有 item，是不是 items？", "There is no item here. Did you mean items?",
    ),
    "strange": (APPLY | {"qqq": 1}, "qqq", "这里没有 qqq", "There is no qqq here"),
    "type": (APPLY | {"items": "x"}, "items", "items：应当是列表", "items: it must be a list"),
    "in a list": (APPLY | {"items": [1]}, "items[0]", "items[0]：应当是文字", "items[0]: it must be text"),
    "in a mapping": (
        {"answers": {"premises_area": 182}}, "answers.*", "answers.*：应当是文字", "answers.*: it must be text",
    ),
    "one of two": (
        APPLY | {"event": 1}, "event", "event：应当是文字或空值（null）", "event: it must be text or null",
    ),
    "choice": (
        APPLY | {"delivery": "鱻龘靐"}, "delivery", "delivery：写法不对", "delivery: not written as it must be",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_field_is_named_and_what_it_must_be_but_never_its_value(town: Town, name: str) -> None:
    body, field, chinese, english = WRONG[name]
    for lang, says in (("zh", chinese), ("en", english)):
        answer = await ask(town.citizen, "/api/applications", body, lang=lang)
        found = problem(answer)
        assert (found["detail"], found["details"]) == (says, {"field": field})
        assert "鱻" not in answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("key", ["tomorrow", "0199c6a2-0000-7000-8000", "1"])
async def test_a_malformed_key_is_told_which_header_it_is_and_what_it_must_look_like(
    town: Town, key: str, lang: str
) -> None:
    before = await town.written()
    answer = await ask(town.citizen, "/api/applications", {"items": ["food_business"], "answers": ANSWERS},
                       lang=lang, key=key)  # fmt: skip
    assert (answer.status_code, reason(answer)) == (400, "idempotency_key")
    assert {"Idempotency-Key", "UUID"} <= set(problem(answer)["title"].replace("，", " ").split())
    assert await town.written() == before


KEYED: Final = {
    "/api/applications", "/api/affairs/{affair}/bring", "/api/affairs/{affair}/again", "/api/affairs/{affair}/withdraw",
    "/api/affairs/{affair}/rate", "/api/affairs/{affair}/extend", "/api/cases/{case}/moves",
    "/api/wallet/{licence}/renew", "/api/desk/payments/{payment}/cash",
}  # fmt: skip


async def test_the_description_says_which_commands_take_a_key_and_what_it_is(town: Town) -> None:
    described = (await town.nobody.get("/api/docs")).json()
    assert {"Accept-Language", "Idempotency-Key"} <= set(described["info"]["description"].split())
    headers = {
        path: [one for one in methods["post"].get("parameters", ()) if one["in"] == "header"]
        for path, methods in described["paths"].items()
        if "post" in methods
    }
    assert {path for path, named in headers.items() if named} == KEYED
    assert {(one["name"], one["schema"]["format"]) for path in KEYED for one in headers[path]} == {
        ("Idempotency-Key", "uuid")
    }


async def test_a_move_that_says_more_than_its_outcome_asks_is_told_what_was_meant(town: Town) -> None:
    thread = await town.apply(town.citizen)
    before, path = await town.written(), f"/api/cases/{thread.case}/moves"
    decline = {"step": "acceptance", "outcome": "decline", "words": {"fact": "x", "remedy": "x"}}
    chinese, english = [await ask(town.accept, path, decline, lang=lang) for lang in ("zh", "en")]
    assert reason(chinese) == reason(english) == "casework.not_asked"
    details = problem(chinese)["details"]
    assert (details["fields"], details["meant"]) == (["words.fact"], ["words.facts"])
    assert details["known"] == ["words.facts", "words.remedy"]
    assert details["says"] == [
        "这里没有 words.fact，是不是 words.facts？", "可以写的：words.facts、words.remedy",
    ]  # fmt: skip
    assert problem(english)["details"]["says"][0] == "There is no words.fact here. Did you mean words.facts?"
    for more in ({"words": {"note": "x"}}, {"days": 5}, {"lacking": ["floor_plan"]}):
        assert reason(await ask(town.accept, path, {**ACCEPT, **more})) == "casework.not_asked"
    assert await town.written() == before


async def test_what_a_matter_does_not_need_cannot_be_called_lacking(town: Town) -> None:
    thread = await town.apply(town.citizen)
    before = await town.written()
    move = {"step": "acceptance", "outcome": "supplement", "lacking": ["floor_plam", "soul"]}
    answer = await ask(town.accept, f"/api/cases/{thread.case}/moves", move)
    assert reason(answer) == "casework.not_needed"
    details = problem(answer)["details"]
    assert (details["names"], details["meant"]) == (["floor_plam", "soul"], ["floor_plan", ""])
    assert "shop_name" in details["known"]
    assert details["says"][:2] == ["这里没有 floor_plam，是不是 floor_plan？", "这里没有 soul"]
    assert await town.written() == before
