"""What programs are told: in the language that they ask for, which header, which field, which document."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from tests.http.test_api import ACCEPT, APPLY, INSPECTOR, problem, reason
from tests.http.towns import AGENCY, AREA, Caller, Town

from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Held, Scope

FLOOR_PLAN: Final = {
    "material": "floor_plan", "content": "JVBERi0xLjcgcGxhbg==", "purpose": "/items/food_business",
}  # fmt: skip
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
    "a wrong password": ("POST", "/api/sign-in", {"password": "x"}, 409),
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
    if failure == "a wrong password":
        # Nobody else has tried it: after five tries it would be closed.
        body = body | {"login": uuid4().hex}
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


async def test_the_description_says_which_commands_take_a_key_and_what_it_is(town: Town) -> None:
    described = (await town.nobody.get("/api/docs")).json()
    assert {"Accept-Language", "Idempotency-Key"} <= set(described["info"]["description"].split())
    named = {
        path: [one for one in methods["post"].get("parameters", ()) if one["in"] == "header"]
        for path, methods in described["paths"].items()
        if "post" in methods
    }
    assert {(one["name"], one["schema"]["format"]) for headers in named.values() for one in headers} == {
        ("Idempotency-Key", "uuid")
    }
    assert (bool(named["/api/applications"]), bool(named["/api/forms"])) == (True, False)


async def test_only_a_command_that_is_declared_to_take_a_key_looks_at_the_one_that_was_sent(town: Town) -> None:
    command = {"items": ["food_business"], "answers": ANSWERS}
    assert reason(await ask(town.citizen, "/api/applications", command, key="tomorrow")) == "idempotency_key"
    assert (await ask(town.citizen, "/api/forms", command, key="tomorrow")).status_code == 200
    assert reason(await town.citizen.send(f"/api/wallet/{uuid4()}/renew", None, key="tomorrow")) == "idempotency_key"
    answer = await town.citizen.send(f"/api/payments/{uuid4()}/check", None, key="tomorrow")
    assert reason(answer) == "payments.not_found"


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


async def test_the_desk_and_the_case_give_one_day_and_say_what_for(town: Town) -> None:
    officer = await town.sign_in(await town.new_officer(INSPECTOR, Held("services.decide", Scope(AGENCY, AREA))))
    thread = await town.apply(town.citizen)
    # A list has at most fifty rows.
    await town.rows("delete from work_items where case_id <> $1 returning case_id", thread.case)
    for moved, due_for in ((None, "acceptance"), (ACCEPT, "result")):
        if moved:
            await officer.send(f"/api/cases/{thread.case}/moves", moved)
        [work] = (await officer.get("/api/desk")).json()["work"]
        case = (await officer.get(f"/api/cases/{thread.case}")).json()
        assert (work["due"], work["due_for"]) == (case["due"], case["due_for"]) != (None, None)
        assert work["due_for"] == due_for
        page = await officer.get("/desk")
        assert f'datetime="{work["due"]}"' in page.text or date_on_page(work["due"]) in page.text


def date_on_page(day: str) -> str:
    """A day as the work list writes it: month and day."""
    _, month, of_month = day.split("-")
    return f"{int(month)}/{int(of_month)}"


async def test_days_of_a_list_and_of_a_case_are_for_the_same_things(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    supplement = {"step": "acceptance", "outcome": "supplement", "lacking": ["floor_plan"]}
    await town.accept.send(f"/api/cases/{thread.case}/moves", supplement)
    [case] = (await citizen.get(f"/api/affairs/{thread.affair}")).json()["cases"]
    assert case["due_for"] == "applicant"


async def test_an_officer_reads_the_answers_and_what_may_be_chosen_and_the_applicant_sees_the_look(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    person = await town.person(citizen)
    looks = "select count(*) from reads where subject = $1"
    before = (await town.rows(looks, person))[0][0]
    found = (await town.accept.get(f"/api/cases/{thread.case}")).json()
    assert (await town.rows(looks, person))[0][0] == before + 1
    assert {one["field"]: one["value"] for one in found["answers"]} == ANSWERS
    area = next(one for one in found["answers"] if one["field"] == "premises_area")
    assert (area["ask"], area["says"]) == ("经营场所多大？", f"{ANSWERS['premises_area']} 平方米")
    page = (await town.accept.get(f"/desk/cases/{thread.case}")).text
    assert all(one["says"] in page for one in found["answers"])
    outcomes = {f"{one['step']}/{one['outcome']}": one for one in found["outcomes"]}
    links = set(re.findall(rf'href="/desk/cases/{thread.case}/(acceptance/[a-z_]+)"', page))
    assert outcomes.keys() == links
    assert outcomes["acceptance/accept"]["words"] == []
    assert [one["part"] for one in outcomes["acceptance/decline"]["words"]] == ["facts", "remedy"]
    assert "floor_plan" in outcomes["acceptance/supplement"]["lacking"]
    assert not any(one["days"] for one in found["outcomes"])


async def test_every_outcome_that_may_be_chosen_is_taken_with_what_it_asks(town: Town) -> None:
    thread = await town.apply(town.citizen)
    for one in (await town.accept.get(f"/api/cases/{thread.case}")).json()["outcomes"]:
        other = await town.apply(town.citizen)
        move = {
            "step": one["step"], "outcome": one["outcome"], "words": {ask["part"]: "x" for ask in one["words"]},
            "lacking": one["lacking"][:1], "days": 3 if one["days"] else None,
        }  # fmt: skip
        assert (await town.accept.send(f"/api/cases/{other.case}/moves", move)).status_code == 200, one


async def test_who_may_choose_nothing_is_offered_nothing_and_a_stranger_reads_no_answer(town: Town) -> None:
    thread = await town.apply(town.citizen)
    assert (await town.decide.get(f"/api/cases/{thread.case}")).json()["outcomes"] == []
    for stranger in (town.elsewhere, town.abroad, town.idle, town.citizen):
        answer = await stranger.get(f"/api/cases/{thread.case}")
        assert answer.status_code in (403, 404)
        assert ANSWERS["shop_name"] not in answer.text


async def test_an_application_is_told_which_documents_are_missing_as_the_page_tells_it(town: Town) -> None:
    citizen, key = await town.new_citizen(), "0199c6a2-7d1e-4000-8000-3f2b9a6c5d10"
    first = await ask(citizen, "/api/applications", APPLY, key=key)
    missing = {one["material"]: one["name"] for one in first.json()["missing"]}
    assert missing == {"business_licence": "营业执照", "floor_plan": "店面平面图"}
    assert "还差：营业执照、店面平面图" in (await citizen.get(f"/affairs/{first.json()['affair']}/receipt")).text
    assert (await citizen.send("/api/materials", FLOOR_PLAN)).status_code == 200
    later = (await citizen.send("/api/applications", APPLY)).json()["missing"]
    assert [one["material"] for one in later] == ["business_licence"]
    # A repeat gets the first answer, but in the language that it asks for.
    again = (await ask(citizen, "/api/applications", APPLY, key=key, lang="en")).json()["missing"]
    assert [one["material"] for one in again] == list(missing)
    assert all(one["name"].isascii() for one in again)


async def test_a_key_that_comes_back_with_another_body_is_refused_and_with_the_same_one_answered(town: Town) -> None:
    citizen, key = await town.new_citizen(), str(uuid4())
    first = await ask(citizen, "/api/applications", APPLY, key=key)
    before = await town.written()
    other = {**APPLY, "answers": ANSWERS | {"premises_area": "97"}}
    for lang in ("zh", "en"):
        answer = await ask(citizen, "/api/applications", other, key=key, lang=lang)
        assert (answer.status_code, reason(answer)) == (409, "ledger.key_used_otherwise")
        in_one_language(answer, lang)
    # The same body written otherwise is the same body.
    turned = json.dumps({name: APPLY[name] for name in reversed(APPLY)}, indent=1).encode()
    assert (await ask(citizen, "/api/applications", turned, key=key)).content == first.content
    assert await town.written() == before


async def test_a_key_for_one_case_does_not_answer_for_another(town: Town) -> None:
    one, other, key = await town.apply(town.citizen), await town.apply(town.citizen), str(uuid4())
    assert (await ask(town.accept, f"/api/cases/{one.case}/moves", ACCEPT, key=key)).status_code == 200
    before = await town.written()
    assert reason(await ask(town.accept, f"/api/cases/{other.case}/moves", ACCEPT, key=key)) == (
        "ledger.key_used_otherwise"
    )
    assert await town.written() == before


async def test_a_refusal_does_not_use_a_key_up(town: Town) -> None:
    citizen, key = await town.new_citizen(), str(uuid4())
    wrong = {**APPLY, "answers": ANSWERS | {"premises_area": "x"}}
    assert reason(await ask(citizen, "/api/applications", wrong, key=key)) == "services.answers"
    assert (await ask(citizen, "/api/applications", APPLY, key=key)).status_code == 200
