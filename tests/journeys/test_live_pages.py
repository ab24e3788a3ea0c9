"""Pages that are open renew themselves when something changes; what somebody is typing stays."""

from typing import Any

import httpx
from playwright.sync_api import expect
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in

from onecity.drills.cities import RunningCity

MATTER = "z:road_collapse"


def report(city: RunningCity) -> Any:
    sent = {"words": "路面塌了一个洞", "matter": MATTER, "area": "410105001"}
    answer = httpx.post(f"{city.address}/api/reports", json=sent, trust_env=False)
    answer.raise_for_status()
    return answer.json()


def test_the_list_and_the_page_of_a_report_show_what_changed_without_being_asked(
    city: RunningCity, browse: Open
) -> None:
    desk = browse("/", size=DESK, scripts=True)
    sign_in(desk, city, "shoulitai")
    with desk.expect_response("**/street/live"):
        desk.goto("/street")
    rows = desk.locator("#waiting a[href^='/street/']")
    before = rows.count()
    told = report(city)
    expect(rows).to_have_count(before + 1)
    with (phone := browse("/", scripts=True)).expect_response("**/live"):
        phone.goto(told["follow"])
    expect(phone.locator("#latest")).to_contain_text("等受理")
    case = rows.evaluate_all("all => all.map(a => a.getAttribute('href').split('/').pop())")
    operator = city.program("shoulitai")
    number = {one: operator.get(f"/api/street/{one}")["number"] for one in case}
    chosen = next(one for one, of in number.items() if of == told["number"])
    move = {"move": {"step": "intake", "outcome": "look_first"}}
    operator.post(f"/api/street/{chosen}/moves", move).raise_for_status()
    operator.close()
    expect(phone.locator("#latest")).not_to_contain_text("等受理")
