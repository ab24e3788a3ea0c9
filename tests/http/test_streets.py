"""A street as an answer: chosen from the city's own, shown by its full name, and the area in which the case lies."""

import re
from html import unescape
from typing import Final
from uuid import UUID

import pytest
from tests.http.test_api import reason
from tests.http.towns import AGENCY, FORM, REVIEW, Caller, Town, hidden

from onecity.casework import CaseOpened
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Held, Scope
from onecity.ledger import Declarations, PackApplied
from onecity.packs import Pack, version_of
from onecity.places import STREET, VILLAGE
from onecity.services import Applied

STREET_CODE: Final = ANSWERS["premises_street"]
SEAL: Final = {"seal_kind": "name_only", "shop_name": "拾味小馆"}
RESTAURANT: Final = ANSWERS | SEAL | {
    "premises_right": "rented", "staff_count": "6", "wants_sign": "no", "drains_to_sewer": "no", "wants_seal": "yes",
}  # fmt: skip


def select(page: str) -> str:
    """The list of streets of a page."""
    found = re.search(r'<select class="field-input" id="premises_street".*?</select>', page, re.DOTALL)
    assert found, "the page has no list of streets"
    return unescape(found[0])


def chosen(page: str) -> list[str]:
    return re.findall(r'<option value="([0-9]*)" selected>', select(page))


async def areas(town: Town, receipt: str) -> tuple[str, list[str]]:
    """Where an application and its cases lie, by the facts and by the projection."""
    ledger = town.city.memory.ledger
    applied = (await ledger.history(UUID(receipt)))[0].fact
    assert isinstance(applied, Applied)
    opened = [(await ledger.history(branch.case))[0].fact for branch in applied.branches]
    facts = [one.area for one in opened if isinstance(one, CaseOpened)]
    rows = await town.rows("select area from cases where affair = $1 order by id", UUID(receipt))
    assert sorted(row["area"] for row in rows) == sorted(facts)
    return applied.area, facts


async def test_the_form_offers_every_street_of_the_city_county_by_county(town: Town) -> None:
    found = select((await (await town.new_citizen()).get(FORM)).text)
    assert found.count("<optgroup") == 15
    assert len(re.findall('<option value="[0-9]{9}"', found)) == 208
    assert found.index('<optgroup label="金水区"') < found.index(f'<option value="{STREET_CODE}">金水区 经八路街道<')
    assert "lang=" not in found


async def test_in_english_the_streets_keep_their_chinese_names_and_say_so(town: Town) -> None:
    citizen = await town.new_citizen()
    citizen.http.cookies.set("lang", "en")
    page = (await citizen.get(FORM)).text
    assert "Which street or township is the shop in?" in page
    assert '<optgroup label="金水区" lang="zh-CN">' in select(page)


@pytest.mark.parametrize("typed", ["410105999", "110101001", "410105", "经八路街道", "410105001 or 1=1", ""])
async def test_a_wrong_street_is_refused_in_the_citizens_words(town: Town, typed: str) -> None:
    page = await town.other.post(FORM, ANSWERS | {"premises_street": typed})
    assert page.status_code == 422
    assert ("没有这个街道或乡镇，请从里面选一个" if typed else "这一栏还没有填") in page.text
    assert chosen(page.text) == []
    assert 'href="#premises_street"' in page.text


async def test_pages_show_the_full_name_of_the_street(town: Town) -> None:
    citizen = await town.new_citizen()
    await citizen.post(FORM, ANSWERS)
    assert chosen((await citizen.get(FORM)).text) == [STREET_CODE]
    review = await citizen.get(REVIEW)
    assert "金水区 经八路街道" in review.text
    assert STREET_CODE not in review.text
    receipt = (await citizen.post(REVIEW, {"key": hidden(review, "key")})).headers["location"]
    affair = receipt.removesuffix("/receipt")
    assert "金水区 经八路街道" in (await citizen.get(affair)).text
    [row] = await town.rows("select id from cases where affair = $1", UUID(affair.removeprefix("/affairs/")))
    assert "金水区 经八路街道" in (await town.accept.get(f"/desk/cases/{row['id']}")).text


@pytest.mark.parametrize("typed", [STREET_CODE, "金水区 经八路街道", "金水区经八路街道", " ４１０１０５００１ "])
async def test_machines_name_a_street_by_its_code_or_its_full_name(town: Town, typed: str) -> None:
    body = {"items": ["food_business"], "answers": ANSWERS | {"premises_street": typed}}
    receipt = (await town.citizen.send("/api/applications", body)).json()
    applied = (await town.city.memory.ledger.history(UUID(receipt["affair"])))[0].fact
    assert isinstance(applied, Applied)
    assert applied.answers is not None
    assert applied.answers["premises_street"] == STREET_CODE


async def test_machines_are_told_the_codes_and_that_a_street_is_wrong(town: Town) -> None:
    guide = (await town.nobody.get("/api/items/food_business")).json()
    [asked] = [one for one in guide["asks"] if one["field"] == "premises_street"]
    assert asked["type"] == "street"
    assert STREET_CODE in asked["choices"]
    body = {"items": ["food_business"], "answers": ANSWERS | {"premises_street": "经八路街道"}}
    answer = await town.citizen.send("/api/applications", body)
    assert reason(answer) == "services.answers"
    assert answer.json()["details"]["fields"] == ["premises_street"]


async def test_an_application_lies_in_the_street_that_it_names_else_in_the_city(town: Town) -> None:
    one = await town.apply(town.citizen)
    assert await areas(town, str(one.affair)) == (STREET_CODE, [STREET_CODE])
    seal = await town.citizen.send("/api/applications", {"items": ["seal_filing"], "answers": SEAL})
    assert await areas(town, seal.json()["affair"]) == ("410100", ["410100"])
    # The seal asks for no street; in the bundle it lies where the restaurant lies.
    event = await town.citizen.send("/api/applications", {"event": "open_restaurant", "answers": RESTAURANT})
    assert await areas(town, event.json()["affair"]) == (STREET_CODE, [STREET_CODE] * 3)


@pytest.mark.parametrize(
    ("area", "sees"),
    [("410100", True), ("410105", True), ("410105001", True), ("410103", False), ("410105002", False)],
)
async def test_officers_see_the_cases_of_their_area(town: Town, area: str, sees: bool) -> None:
    thread = await town.apply(town.citizen)
    officer: Caller = await town.sign_in(await town.new_officer(Held("services.accept", Scope(AGENCY, area))))
    assert (await officer.get(f"/desk/cases/{thread.case}")).status_code == (200 if sees else 404)
    move = {"step": "acceptance", "outcome": "accept", "words": {}}
    moved = await officer.send(f"/api/cases/{thread.case}/moves", move)
    assert (moved.status_code < 400) is sees


async def test_a_table_is_one_declaration_that_is_announced_and_found_again_by_its_version(town: Town) -> None:
    memory, pack = town.city.memory, town.city.pack
    nothing = Pack({})
    declarations = Declarations(memory.pool)
    streets, villages = version_of(pack.all(STREET)["street"]), version_of(pack.all(VILLAGE)["village"])
    assert await declarations.value(nothing, STREET, "street", streets) == pack.one(STREET)
    assert await declarations.value(nothing, VILLAGE, "village", villages) == pack.one(VILLAGE)
    rows = await town.rows("select id from ledger.declarations where kind = any($1)", ["county", "street", "village"])
    assert sorted(row["id"] for row in rows) == ["county", "street", "village"]
    # Tests before this one may have published amendments: a version more each, which change no table.
    streams = await town.rows("select distinct stream from ledger.facts where kind like 'ledger.pack_applied%'")
    facts = [one.fact for row in streams for one in await memory.ledger.history(row["stream"])]
    applied = [one for one in facts if isinstance(one, PackApplied)]
    assert len(applied) == len(facts) > 0
    for fact in applied:
        said = (await declarations.manifest(fact.version)).declarations
        assert (said["street"]["street"], said["village"]["village"]) == (streets, villages)
