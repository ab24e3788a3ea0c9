"""One fact under two names is asked once and told to both offices; a period never ends before it begins."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from tests.http.test_known_facts import tenant
from tests.http.towns import AREA, Caller, Town, open_town
from tests.shipped import shipped

from onecity.drills.rehearsing.scenes import on_the_day, scene_of, scenes_of
from onecity.kernel.acting import Held, Scope
from onecity.machinery.postgres import Cluster
from onecity.services import ITEM
from onecity.services.model import Affair
from onecity.services.usecases import affair_of_case

NOW: Final = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""A Monday morning: some of the items rest on laws of 2021."""
SHOP: Final = on_the_day(scenes_of("open_video_music_shop", shipped())[0], shipped(), NOW.date())
"""A shop for which a licence is asked at its 店 and another one at its 地点."""
POSTER: Final = on_the_day(scene_of("banner_poster_approval", shipped()), shipped(), NOW.date())


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}", at=NOW) as found:
        yield found


@pytest.fixture
async def here(own_town: Town) -> Town:
    await own_town.wake()
    return own_town


def asks(item: str) -> set[str]:
    return {asked.field for asked in shipped().all(ITEM)[item].value.asks}


async def told(town: Town, citizen: Caller, answers: dict[str, str]) -> dict[str, str]:
    """What the application for the shop keeps of some answers."""
    done = await citizen.send("/api/applications", {"event": SHOP.name, "answers": answers})
    assert done.status_code == 200, done.text
    affair = await affair_of_case(UUID(done.json()["affair"]), ledger=town.city.counter.ledger)
    assert isinstance(affair, Affair)
    return dict(affair.answers)


async def test_the_form_asks_where_the_shop_is_once_and_each_office_is_told(here: Town) -> None:
    citizen = await here.new_citizen()
    form = (await citizen.send("/api/forms", {"event": SHOP.name, "answers": SHOP.answers})).json()
    asked = {one["field"] for one in form["asks"]}
    assert "premises_address" in asked
    assert asked.isdisjoint({"site_address", "staff_number"})
    kept = await told(here, citizen, dict(SHOP.answers))
    assert kept["site_address"] == kept["premises_address"] == SHOP.answers["premises_address"]
    assert kept["staff_number"] == kept["staff_count"]


async def test_a_program_may_say_that_the_two_differ(here: Town) -> None:
    kept = await told(here, await here.new_citizen(), dict(SHOP.answers) | {"site_address": "示例路 9 号后院"})
    assert kept["site_address"] == "示例路 9 号后院"
    assert kept["premises_address"] == SHOP.answers["premises_address"]


async def test_an_answer_that_stands_for_two_keeps_its_source_and_goes_only_where_its_person_agreed(here: Town) -> None:
    citizen = await tenant(here)
    taken = ["premises_address", "premises_street"]
    typed = {name: text for name, text in SHOP.answers.items() if name not in taken}
    body = {"event": SHOP.name, "answers": typed, "known": taken}
    done = await citizen.send("/api/applications", body)
    assert done.status_code == 200, done.text
    affair = await affair_of_case(UUID(done.json()["affair"]), ledger=here.city.counter.ledger)
    assert isinstance(affair, Affair)
    assert affair.answers["site_address"] == affair.answers["premises_address"]
    assert affair.known["site_address"] == affair.known["premises_address"]
    asking = {one for one in SHOP.items if "site_address" in asks(one)}
    readers = {here.city.counter.agency(shipped().all(ITEM)[one].value.agency).name.zh for one in asking}
    agreed = (await citizen.get("/mandates")).text
    assert readers and all(name in agreed for name in readers)


async def test_the_card_of_a_register_names_every_office_that_will_read_the_answer(here: Town) -> None:
    citizen = await tenant(here)
    page = await citizen.get(f"/life-events/{SHOP.name}/apply")
    while "/apply/" in (step := page.headers.get("location", "")):
        form = await citizen.get(step)
        if "agree-premises" in form.text:
            break
        page = await citizen.post(step, SHOP.answers)
    card = form.text.split('class="consent"')[1].split("</label>")[0]
    reader = next(one for one in SHOP.items if "site_address" in asks(one))
    assert here.city.counter.agency(shipped().all(ITEM)[reader].value.agency).name.zh in card


async def test_a_correction_reaches_each_office_that_was_told(here: Town) -> None:
    citizen = await here.new_citizen()
    done = await citizen.send("/api/applications", {"event": SHOP.name, "answers": dict(SHOP.answers)})
    affair, cases = done.json()["affair"], (await citizen.get(f"/api/affairs/{done.json()['affair']}")).json()["cases"]
    shop = next(one for one in cases if "premises_address" in asks(one["item"]))
    officer = await here.sign_in(
        await here.new_officer(Held("services.accept", Scope(shipped().all(ITEM)[shop["item"]].value.agency, AREA)))
    )
    move = {"step": "acceptance", "outcome": "correct", "words": {"note": "门牌号"}}
    moved = await officer.send(f"/api/cases/{shop['case']}/moves", move)
    assert moved.status_code == 200, moved.text
    bring = {"case": shop["case"], "answers": {"premises_address": "新地址 77 号"}}
    brought = await citizen.send(f"/api/affairs/{affair}/bring", bring)
    assert brought.status_code == 200, brought.text
    now = await affair_of_case(UUID(affair), ledger=here.city.counter.ledger)
    assert isinstance(now, Affair)
    assert now.answers["site_address"] == now.answers["premises_address"] == "新地址 77 号"


async def test_matters_that_only_stand_on_one_form_are_each_asked_for_their_own_place(here: Town) -> None:
    citizen, items = await here.new_citizen(), ["tree_felling_permit", "food_business"]
    form = (await citizen.send("/api/forms", {"items": items, "answers": {}})).json()
    assert {"premises_address", "site_address"} <= {one["field"] for one in form["asks"]}, "no tree stands in a shop"


async def test_what_a_program_says_beside_the_form_is_read_as_strictly(here: Town) -> None:
    body: dict[str, Any] = {"event": SHOP.name, "answers": dict(SHOP.answers) | {"staff_number": "很多"}}
    answer = await (await here.new_citizen()).send("/api/applications", body)
    assert answer.status_code == 409
    assert answer.json()["details"]["fields"] == ["staff_number"]


async def test_each_step_on_a_phone_shows_no_fact_twice(here: Town) -> None:
    citizen, shown = await here.new_citizen(), ""
    page = await citizen.get(f"/life-events/{SHOP.name}/apply")
    while "/apply/" in (step := page.headers.get("location", "")):
        form = await citizen.get(step)
        shown += form.text
        page = await citizen.post(step, SHOP.answers)
        if page.status_code == 422:
            raise AssertionError(page.text)
    assert shown.count('name="premises_address"') == 1
    assert 'name="site_address"' not in shown
    review = await citizen.get(f"/life-events/{SHOP.name}/review")
    assert "店开在哪里" in review.text
    assert "地点在哪里" not in review.text


async def test_a_period_that_ends_before_it_begins_is_told_at_its_question(here: Town) -> None:
    citizen = await here.new_citizen()
    backwards = dict(POSTER.answers) | {"starts_on": "2026-5-2", "ends_on": "2026-5-1"}
    step = (await citizen.get("/items/banner_poster_approval/apply")).headers["location"]
    page = await citizen.post(step, backwards)
    assert page.status_code == 422
    assert "不能比“想从哪天开始？”填的那天早" in page.text
    sent = await citizen.send("/api/applications", {"items": ["banner_poster_approval"], "answers": backwards})
    assert sent.status_code == 409
    assert sent.json()["details"]["fields"] == ["ends_on"]
    assert "想从哪天开始" in sent.text
    right = await citizen.post(step, backwards | {"ends_on": "2026-5-2"})
    assert right.status_code == 303
