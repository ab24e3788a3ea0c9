"""Officers find cases by item, agency, name, number or receipt: within their scope, with masked names, in no address."""

import re
from typing import Final
from uuid import UUID

import httpx
import pytest
from tests.http.towns import AGENCY, Caller, Thread, Town

from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Held, Scope
from onecity.services.usecases import finding

HERE: Final = {"premises_street": "410105001"}


async def found(who: Caller, text: str) -> list[UUID]:
    """The cases that a search of the interface names."""
    answer = await who.send("/api/desk/find", {"text": text})
    assert answer.status_code == 200, answer.text
    return [UUID(one["case"]) for one in answer.json()["cases"]]


def on_page(page: httpx.Response) -> list[UUID]:
    """The cases that a page leads to."""
    return [UUID(text) for text in re.findall(r'href="/desk/cases/([0-9a-f-]{36})"', page.text)]


async def applied(town: Town, name: str) -> tuple[Caller, Thread]:
    """Somebody of a name that nobody else has, and their application."""
    who = await town.new_citizen(name)
    return who, await town.apply(who, {**ANSWERS, **HERE})


@pytest.mark.parametrize("word", ["食品", "食品经营许可", "food", "市场", "开店 食品"])
async def test_a_word_of_the_item_or_agency_finds_the_newest_first(town: Town, word: str) -> None:
    _, older = await applied(town, "欧阳若水")
    _, newer = await applied(town, "欧阳若兰")
    if word == "开店 食品":
        assert await found(town.accept, word) == []
        return
    assert (await found(town.accept, word))[:2] == [newer.case, older.case]


async def test_a_person_is_found_by_the_whole_name_the_masked_name_and_the_number(town: Town) -> None:
    who, thread = await applied(town, "令狐远山")
    number = (await town.identity(who)).number
    for text in (
        "令狐远山",
        "令***",
        number,
        number.lower(),
        "令狐远山 食品",
        f"食品 {number}",
        thread.number,
        thread.number.lower(),
    ):
        assert await found(town.accept, text) == [thread.case], text
    for text in ("令狐", "远山", "令**", "令狐远山 不动产", "20200922-2222222", number[:17]):
        assert await found(town.accept, text) == [], text


async def test_whoever_confirms_a_name_or_a_number_leaves_a_look_that_the_person_sees(town: Town) -> None:
    who, thread = await applied(town, "皇甫知秋")
    number, person = (await town.identity(who)).number, await town.person(who)

    async def looks() -> list[tuple[str, UUID]]:
        rows = await town.rows("select what, about from reads where subject = $1 order by at", person)
        return [(row["what"], row["about"]) for row in rows]

    for text in ("皇***", thread.number, "食品"):
        assert thread.case in await found(town.accept, text), text
    for stranger in (town.elsewhere, town.abroad):
        assert await found(stranger, number) == []
    assert await looks() == []
    one = ("search", thread.affair)
    assert await found(town.accept, "皇甫知秋") == [thread.case]
    assert await looks() == [one]
    assert await found(town.accept, f"食品 {number}") == [thread.case]
    assert on_page(await town.accept.post("/desk/find", {"q": "皇甫知秋 食品"})) == [thread.case]
    assert await looks() == [one] * 3
    assert "按您的姓名或证件号码查找办件" in (await who.get("/reads")).text


async def test_nobody_finds_what_lies_outside_their_scope(town: Town) -> None:
    who, thread = await applied(town, "端木清和")
    number = (await town.identity(who)).number
    near = await town.sign_in(await town.new_officer(Held("services.accept", Scope(AGENCY, "410105001"))))
    next_door = await town.sign_in(await town.new_officer(Held("services.accept", Scope(AGENCY, "410105002"))))
    other_duty = await town.sign_in(await town.new_officer(Held("people.administer", Scope(AGENCY, "410100"))))
    for text in ("端木清和", "端***", number, thread.number):
        assert await found(near, text) == [thread.case]
        for stranger in (next_door, other_duty, town.elsewhere, town.abroad):
            assert await found(stranger, text) == []
    assert thread.case not in [*(await found(next_door, "食品")), *(await found(town.abroad, "食品"))]


async def test_the_page_shows_masked_names_and_puts_nothing_typed_into_an_address(town: Town) -> None:
    _, thread = await applied(town, "慕容听雪")
    page = await town.accept.post("/desk/find", {"q": "慕容听雪"})
    assert on_page(page) == [thread.case]
    assert "慕***" in page.text
    # The name stands where it was typed, and nowhere else.
    assert page.text.count("慕容听雪") == 1
    assert thread.number in page.text
    assert all("慕容" not in text for text in re.findall(r'(?:href|action)="([^"]*)"', page.text))
    start = await town.accept.get("/desk")
    assert re.search(r'<form class="search" action="/desk/find" method="post"', start.text)
    empty = await town.accept.post("/desk/find", {"q": "慕容"})
    assert town.city.words.say("zh", "services.find.none_title") in empty.text


async def test_english_pages_search_as_well(town: Town) -> None:
    _, thread = await applied(town, "司徒明月")
    reader = town.caller(town.accept.token)
    reader.http.cookies.set("lang", "en")
    page = await reader.post("/desk/find", {"q": "司徒明月"})
    assert on_page(page) == [thread.case]
    assert "Find a case" in page.text


async def test_a_form_of_another_site_searches_nothing(town: Town) -> None:
    assert (await town.accept.post("/desk/find", {"q": "食品"}, csrf="0" * 32)).status_code == 403


async def test_too_many_words_and_too_many_people_are_refused_in_words(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await town.accept.post("/desk/find", {"q": "食 品 经 营 许"})
    assert page.status_code == 409
    assert town.city.words.say("zh", "services.too_many_words", most=4) in page.text
    await applied(town, "公孙知微")
    await applied(town, "公孙知止")
    monkeypatch.setattr(finding, "MOST_PEOPLE", 1)
    page = await town.accept.post("/desk/find", {"q": "公***"})
    assert page.status_code == 409
    assert town.city.words.say("zh", "services.too_many_people", most=1) in page.text


async def test_whoever_was_forgotten_is_not_found_by_name_any_more(town: Town) -> None:
    who, thread = await applied(town, "澹台无名")
    person = await town.person(who)
    await town.rows("update accounts set name = null where person = $1 returning person", person)
    assert await found(town.accept, "澹台无名") == []
    assert await found(town.accept, "澹***") == []
    page = await town.accept.post("/desk/find", {"q": thread.number})
    assert on_page(page) == [thread.case]
    assert town.city.words.say("zh", "services.forgotten") in page.text


async def test_a_decided_case_is_found_with_its_result(town: Town) -> None:
    _, thread = await applied(town, "轩辕问道")
    for who, step, outcome in ((town.accept, "acceptance", "accept"), (town.decide, "decision", "grant")):
        answer = await who.send(f"/api/cases/{thread.case}/moves", {"step": step, "outcome": outcome, "words": {}})
        assert answer.status_code == 200, answer.text
    answer = await town.decide.send("/api/desk/find", {"text": "轩辕问道"})
    assert [(one["case"], one["state"]) for one in answer.json()["cases"]] == [(str(thread.case), "granted")]


async def test_a_sign_that_nobody_types_is_refused_from_programs_and_left_out_of_forms(town: Town) -> None:
    _, thread = await applied(town, "百里无痕")
    for path, body in (
        ("/api/desk/find", {"text": "百里\0无痕"}),
        ("/api/applications", {"items": ["food_business"], "answers": {**ANSWERS, "shop_name": "a\0b"}}),
    ):
        assert (await town.accept.send(path, body)).status_code == 400
    assert on_page(await town.accept.post("/desk/find", {"q": "百里\0无痕"})) == [thread.case]
