"""An inspector on a phone that knows where it is: the nearest task, a tunnel without a network, and what comes of it."""

import re

from playwright.sync_api import Geolocation, Page, expect
from tests.http.street import MATTER, PLACE
from tests.journeys.conftest import Open
from tests.journeys.test_food_permit import sign_in
from tests.journeys.test_street import act, at_desk, opened, sure

from onecity.drills.cities import RunningCity

STANDS: Geolocation = {"longitude": PLACE["longitude"] + 0.001, "latitude": PLACE["latitude"], "accuracy": 12}
"""Ninety metres east of the problem."""


def reported_and_sent_to_look(browse: Open, city: RunningCity) -> None:
    desk = at_desk(browse, city, "shoulitai")
    told = desk.request.post("/api/reports", data={"words": "路面有个洞", "matter": MATTER, "point": PLACE})
    assert told.ok
    desk.goto("/street")
    opened(desk, told.json()["number"])
    act(desk, "先派人去看")
    sure(desk, "先派人去看")


def seen_without_a_network(phone: Page) -> None:
    """What was typed outlives a reload and a tunnel; sent again it is there once."""
    phone.get_by_label("和报的一样").check()
    phone.get_by_label("为什么到不了").fill("围挡外面也看得见")
    phone.reload()
    expect(phone.get_by_label("和报的一样")).to_be_checked()
    expect(phone.get_by_label("为什么到不了")).to_have_value("围挡外面也看得见")
    expect(phone.locator("main")).to_contain_text("只留米数")
    phone.context.set_offline(offline=True)
    phone.get_by_role("button", name="记下来").click()
    expect(phone.get_by_text("没交上去")).to_be_visible()
    phone.context.set_offline(offline=False)
    phone.get_by_role("button", name="记下来").click()
    expect(phone.locator("main")).to_contain_text("您看过了")
    assert re.search(r"离那里 (8\d|9\d) 米（手机定位）", phone.locator("main").inner_text())


def test_an_inspector_walks_to_the_nearest_problem_and_says_what_is_there(city: RunningCity, browse: Open) -> None:
    reported_and_sent_to_look(browse, city)
    phone = browse("/", scripts=True, place=STANDS)
    sign_in(phone, city, "xunjie")
    phone.goto("/street/patrol")
    expect(phone.locator("main")).to_contain_text("按您站的地方，近的在前")
    assert "113." not in phone.url
    first = phone.locator("main .card").first
    expect(first).to_contain_text("米")
    expect(first).to_contain_text("往西")
    phone.get_by_role("link", name="去看这一件").click()
    seen_without_a_network(phone)
    kept = phone.evaluate("JSON.stringify(localStorage)")
    assert "围挡外面" not in kept, "a draft that was sent is gone"
    phone.get_by_role("button", name="有这回事", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("在街上")
    phone.get_by_role("link", name="报一个路上看到的").click()
    expect(phone.locator("main")).to_contain_text("就报在您站的地方")
    kind = phone.locator("details", has=phone.locator("button[name=kind]")).first
    kind.locator("summary").click()
    kind.locator("button[name=kind]").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("在街上")
    expect(phone.get_by_role("status").filter(has_text="报上去了")).to_be_visible()
