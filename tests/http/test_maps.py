"""Maps of the street: what an officer sees, what everybody sees, and a place that was tapped."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.http.street import (
    CENTRE,
    MATTER,
    MENDERS,
    PLACE,
    case_of,
    crew,
    drawn,
    filed,
    mended,
    registered,
    report,
    sent,
    verified,
)
from tests.http.towns import Caller, Town, hidden

from onecity.governance.store import Happened
from onecity.governance.usecases.mapping import View
from onecity.governance.usecases.mapping import seen as look
from onecity.governance.usecases.spotting import DailySpots
from onecity.kernel.acting import Held, Scope

WORDS = "麤骉驫门口的井盖响"
POINT = {"longitude": "113.665100", "latitude": "34.746600", "within": "12"}


async def seen(who: Caller, query: str = "") -> dict[str, Any]:
    answer = await who.get(f"/api/street/map{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def mark(who: Caller, case: UUID) -> str | None:
    """How a case is marked on somebody's map; None if it is not there."""
    return next((one[2] for one in (await seen(who))["points"] if one[4] == str(case)), None)


async def officer(town: Town, agency: str, area: str) -> Caller:
    return await town.sign_in(await town.new_officer(Held("governance.handle", Scope(agency, area))))


async def test_the_ground_is_everybodys_and_may_be_kept(town: Town) -> None:
    answer = await town.nobody.get("/static/ground.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert "max-age=86400" in answer.headers["cache-control"] and "vary" in answer.headers
    assert len(answer.json()["features"]) > 160
    plain = await town.nobody.ask("GET", "/static/ground.geojson", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.json() == answer.json()


async def test_modules_are_there_under_addresses_that_change_with_them(town: Town) -> None:
    url = town.city.pages.scripts.url("map")
    answer = await town.nobody.get(url)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    for wrong in ("/static/0000000000000000/map.js", url.replace("map.js", "nothing.js"), url.replace("map", "../map")):
        assert (await town.nobody.get(wrong)).status_code == 404


async def test_the_mark_of_a_case_follows_its_stage(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await case_of(town, told)
    assert await mark(team.operator, case) == "waiting"
    told = await report(town)
    case = await sent(told, town, team)
    assert await mark(team.operator, case) == "handling"
    with town.clock.later(timedelta(days=20)):
        again = await town.sign_in(await town.new_officer(Held("governance.accept", Scope(CENTRE, "410100"))))
        assert await mark(again, case) == "late"
        first = (await seen(again))["points"][0]
        assert first[2] == "late", "what is late comes first, so that no limit cuts it off"
    await mended(case, team)
    assert await mark(team.operator, case) == "verify"
    await verified(case, town)
    assert await mark(team.operator, case) == "verified"


async def test_an_officer_sees_what_they_may_open_and_nothing_else(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    county = (await town.rows("select left(area, 6) as county from problems where case_id = $1", case))[0]["county"]
    inside, outside = await officer(town, MENDERS, county), await officer(town, MENDERS, "410122")
    other = await officer(town, "civil_affairs", "410100")
    assert await mark(inside, case) == "handling"
    for who in (outside, other):
        assert await mark(who, case) is None
        assert str(case) not in await who.listed("/street/map")
    # What is on the map can be opened, and the list beside it is the same.
    assert (await inside.get(f"/street/{case}")).status_code == 200
    assert str(case) in await inside.listed("/street/map")


async def test_the_page_asks_with_its_cookie_for_what_the_operation_tells(town: Town) -> None:
    team = await crew(town)
    await report(town)
    with town.clock.standing():
        page = await team.operator.get("/street/map/points?show=waiting")
        told = await seen(team.operator, "?show=waiting")
    assert page.json() == told and told["points"]
    assert (await town.citizen.get("/street/map/points")).status_code == 403


async def test_whoever_a_lot_fell_on_finds_the_case_on_the_map(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await mended(case, team)
    assert await mark(await drawn(case, town), case) == "verify"


async def test_a_box_and_a_mark_narrow_what_is_told(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await filed(told, town, team)
    near = "?west=113.66&south=34.74&east=113.67&north=34.75"
    assert str(case) in {one[4] for one in (await seen(team.operator, near))["points"]}
    assert (await seen(team.operator, "?west=113.0&east=113.1"))["points"] == []
    assert {one[2] for one in (await seen(team.operator, "?show=waiting"))["points"]} == {"waiting"}
    page = await team.operator.get("/street/map?show=verify")
    assert str(case) not in page.text and 'aria-current="true">■' in page.text


async def test_a_box_finds_what_lies_beyond_the_cut(town: Town) -> None:
    aside = {"longitude": 113.7011, "latitude": 34.7811}
    await report(town, point=aside)
    await report(town)
    centre = town.city.centre
    assert centre is not None
    box = (113.699, 34.779, 113.704, 34.784)
    officer = (uuid4(), (Held("governance.accept", Scope(CENTRE, "410100")),))
    for of in (None, officer):
        everywhere = await look(View(town.clock()), street=centre.street, of=of, limit=10_000)
        [first] = [
            one for one in everywhere.placed if box[0] <= one.place[0] <= box[2] and box[1] <= one.place[1] <= box[3]
        ]
        most = 1 + everywhere.unplaced
        found = await look(View(town.clock(), box=box), street=centre.street, of=of, limit=most)
        assert [one.row.case for one in found.placed] == [first.row.case] and not found.more


@pytest.mark.parametrize("query", ["west=abc", "west=181", "north=-91", "show=everything", "east=nan", "south="])
async def test_a_box_that_is_none_is_refused_in_words(town: Town, query: str) -> None:
    answer = await town.nobody.get(f"/api/open/map?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["details"]["field"] == query.partition("=")[0]


async def test_the_description_names_what_can_be_asked(town: Town) -> None:
    described = (await town.nobody.get("/api/docs")).json()["paths"]["/api/open/map"]["get"]
    named = {one["name"]: one for one in described["parameters"]}
    assert named.keys() == {"west", "south", "east", "north", "show"}
    assert named["west"]["schema"]["minimum"] == -180 and not named["west"]["required"]


async def test_everybody_sees_the_middle_of_a_cell_and_no_person(town: Town) -> None:
    told = await report(town, words=WORDS, contact="13800000000", address="纬二路 7391 号")
    case = await case_of(town, told)
    answer = await town.nobody.get("/api/open/map")
    middle = town.city.centre.street.ground.cells.middle(  # type: ignore[union-attr]
        (await town.rows("select cell from problems where case_id = $1", case))[0]["cell"]
    )
    points = answer.json()["points"]
    assert list(middle or ()) in [one[:2] for one in points]
    assert [PLACE["longitude"], PLACE["latitude"]] not in [one[:2] for one in points]
    assert {len(one) for one in points} == {4}
    page = await town.nobody.get("/open/map")
    for text in (answer.text, page.text):
        for secret in (WORDS, "13800000000", "7391", str(case), told["report"], told["number"]):
            assert secret not in text


async def test_a_filed_case_is_public_at_its_cell_too(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await filed(told, town, team)
    row = (await town.rows("select longitude, latitude from problems where case_id = $1", case))[0]
    points = (await town.nobody.get("/api/open/map")).json()["points"]
    assert row["longitude"] is not None
    assert [row["longitude"], row["latitude"]] not in [one[:2] for one in points]


async def test_a_report_by_its_address_alone_is_counted_and_drawn_nowhere(town: Town) -> None:
    before = (await town.nobody.get("/api/open/map")).json()
    await report(town, point=None, area="410105001")
    after = (await town.nobody.get("/api/open/map")).json()
    assert after["unplaced"] == before["unplaced"] + 1
    assert len(after["points"]) == len(before["points"])


async def test_cells_are_told_where_somebody_looks_closely(town: Town) -> None:
    near = (await town.nobody.get("/api/open/map/cells?west=113.66&south=34.745&east=113.666&north=34.749")).json()
    assert near["cells"] and not near["more"]
    assert all(len(one["code"]) == 15 and len(one["outline"]) >= 4 for one in near["cells"])
    wide = (await town.nobody.get("/api/open/map/cells")).json()
    assert wide == {"cells": [], "more": True}


async def test_the_parts_of_a_box_are_told_to_everybody_the_nearest_to_its_middle_first(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await registered(town, "01002", 3)
    west, south = PLACE["longitude"] - 0.001, PLACE["latitude"] - 0.0005
    box = f"west={west}&south={south}&east={west + 0.002}&north={south + 0.001}"
    told = (await town.nobody.get(f"/api/open/map/parts?{box}")).json()
    mine = next(one for one in told["parts"] if one[5] == first)
    assert mine[:2] == [PLACE["longitude"], PLACE["latitude"]] and mine[3:5] == ["完好", True]
    assert told["kinds"][mine[2]] == "污水井盖" and not told["more"]
    assert all(abs(one[0] - PLACE["longitude"]) <= 0.001 for one in told["parts"])
    english = await town.nobody.ask("GET", f"/api/open/map/parts?{box}", headers={"accept-language": "en"})
    assert english.json()["kinds"] != told["kinds"]
    assert (await town.nobody.get("/api/open/map/parts")).json() == {"parts": [], "kinds": [], "more": True}
    # Of more than are drawn, those nearest to the middle are here, wherever their numbers stand in the register.
    monkeypatch.setattr("onecity.governance.web.parts_on_map.MOST", 1)
    north = f"west={west}&east={west + 0.002}&south={south}&north={PLACE['latitude'] + 0.0009}"
    near = (await town.nobody.get(f"/api/open/map/parts?{north}")).json()
    assert near["more"] and near["parts"][0][1] == round(PLACE["latitude"] + 0.0002, 6)


async def test_both_maps_offer_the_parts_and_lead_to_their_register_in_words(town: Town) -> None:
    number = await registered(town, "01037")
    public = await town.nobody.get("/open/map")
    desk = await (await crew(town)).operator.get("/street/map")
    for page, register in ((public, "/features/collections/parts/items"), (desk, "/street/parts")):
        assert 'type="checkbox" data-layer="parts"' in page.text and "模拟的，不是实物" in page.text
        assert f'href="{register}"' in page.text and f'data-parts-at="{register}/"' in page.text
    assert number in (await town.nobody.get(f"/features/collections/parts/items/{number}")).text
    assert number in (await (await crew(town)).operator.get(f"/street/parts/{number}")).text


async def test_the_cases_of_the_public_page_are_counted_once_in_half_a_minute(town: Town) -> None:
    async def table() -> list[str]:
        page = await town.nobody.get("/open/map")
        return re.findall(r"○ 等受理 \d+", page.text)

    with town.clock.standing():
        before = await table()
        await report(town)
        assert await table() == before
        with town.clock.later(timedelta(seconds=30)):
            assert await table() != before


def _week(last: datetime) -> Sequence[Happened]:
    """Two cases a day all over the city for weeks, and nine at one place yesterday."""
    places = [(113.60 + 0.01 * number, 34.70 + 0.005 * number) for number in range(12)]
    usual = [(places[number % 12], timedelta(hours=12 * number)) for number in range(170)]
    many = [((113.6651, 34.7466), timedelta(minutes=number)) for number in range(9)]
    return [Happened(uuid4(), MATTER, None, *place, last - ago) for place, ago in (*usual, *many)]


async def test_a_hot_spot_is_told_in_a_sentence_with_its_method(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    centre = town.city.centre
    assert centre is not None
    yesterday = town.clock() - timedelta(days=1)

    async def found(*_: object, **__: object) -> Sequence[Happened]:
        return _week(yesterday)

    monkeypatch.setattr("onecity.governance.usecases.spotting.happened", found)
    spots = DailySpots(centre.street)
    monkeypatch.setattr(DailySpots, "of", lambda _self, now: of(spots, now))
    told = (await town.nobody.get("/api/open/map/spots")).json()
    [spot] = told["spots"]
    assert told["ready"] and spot["p"] <= 0.02
    assert abs(spot["longitude"] - 113.6651) < 0.01 and "9 件" in spot["says"]
    page = await town.nobody.get("/open/map")
    assert spot["says"] in page.text and 'id="method"' in page.text
    desk = await (await crew(town)).operator.get("/street/map")
    assert spot["says"] in desk.text and 'href="/open/map#method"' in desk.text


of = DailySpots.of


async def test_while_hot_spots_are_being_found_the_page_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing_yet(_self: DailySpots, _now: datetime) -> None:
        return None

    monkeypatch.setattr(DailySpots, "of", nothing_yet)
    assert (await town.nobody.get("/api/open/map/spots")).json() == {"spots": [], "ready": False}
    assert "还在算" in (await town.nobody.get("/open/map")).text


async def test_a_tapped_place_says_in_which_street_it_is_whatever_was_chosen(town: Town) -> None:
    citizen = town.caller()
    form = await citizen.get("/report")
    assert 'name="longitude"' in form.text and "/place.js" in form.text and 'href="/open/map"' in form.text
    # Other tests report here too; what is open already was shown.
    asked = {"words": WORDS, "matter": "", "area": "410122100", "key": hidden(form, "key"), "seen": "yes", **POINT}
    known = [row["case_id"] for row in await town.rows("select case_id from problems")]
    sent_on = await citizen.post("/report", asked)
    assert sent_on.status_code == 303
    [row] = await town.rows("select area, cell from problems where case_id <> all($1)", known)
    assert row["area"] == row["cell"][:9] != "410122100"


@pytest.mark.parametrize("wrong", [{"longitude": "abc"}, {"latitude": "91"}, {"longitude": "nan"}, {"latitude": ""}])
async def test_a_place_that_is_none_loses_nothing_that_was_typed(town: Town, wrong: dict[str, str]) -> None:
    before = await town.written()
    page = await town.caller().post("/report", {"words": WORDS, "matter": "", "area": "410105001", **POINT, **wrong})
    assert page.status_code == 422 and WORDS in page.text
    assert hidden(page, "longitude") == ""
    assert await town.written() == before


async def test_a_place_outside_the_city_is_refused(town: Town) -> None:
    outside = POINT | {"longitude": "116.4", "latitude": "39.9"}
    page = await town.caller().post("/report", {"words": WORDS, "matter": "", "area": "", **outside})
    assert (page.status_code == 422 and "不在本市" in page.text) or "不在" in page.text


async def test_words_of_danger_keep_the_tapped_place(town: Town) -> None:
    page = await town.caller().post("/report", {"words": "煤气味很重", "matter": "", "area": "410105001", **POINT})
    assert hidden(page, "longitude") == POINT["longitude"] and hidden(page, "within") == "12"
