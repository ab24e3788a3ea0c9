"""Somebody calls 12345: asked, answered, or taken in; and somebody who reports finds that it was reported before."""

import re

from playwright.sync_api import Page, expect
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in

from onecity.drills.cities import RunningCity

NUMBER = "13900007777"
STREET = "经八路街道"


def written(desk: Page, words: str) -> None:
    """Write down what the caller says, and look it up."""
    desk.get_by_label("来电人怎么说").fill(words)
    desk.get_by_label("回拨号码").fill(NUMBER)
    desk.get_by_role("button", name="查一查").click()


def test_a_caller_is_warned_answered_taken_in_and_known_again(city: RunningCity, browse: Open) -> None:
    desk = browse("/", size=DESK)
    sign_in(desk, city, "huawu")
    desk.goto("/street/hotline")
    written(desk, "闻到煤气味")
    expect(desk.locator("main").get_by_role("link", name="119")).to_be_visible()
    written(desk, f"{STREET}这边停电了")
    answer = desk.locator(".card", has_text="家里停电了找谁")
    answer.get_by_role("button", name="照这条答复，结了").click()
    expect(desk.locator("main")).to_contain_text("已经当场答复")
    desk.get_by_role("link", name="接下一个电话").click()
    written(desk, f"{STREET}路边堆了很多垃圾")
    expect(desk.locator("main")).to_contain_text("这个号码没有没办完的事")
    expect(desk.get_by_label("在哪个街道")).to_have_value(re.compile("410105"))
    desk.get_by_role("button", name="报进来").click()
    receipt = desk.locator("main").inner_text()
    number = re.search(r"W\d{8}-\w{7}", receipt)
    assert number
    # The link is for whoever called: it stands there to be read out, and in no address of the operator.
    follow = re.search(r"/follow/\S+", receipt)
    assert follow and follow[0].rpartition("/")[2] not in desk.url
    desk.get_by_role("link", name="接下一个电话").click()
    written(desk, "我上次报的垃圾怎么样了")
    expect(desk.locator("main")).to_contain_text(number[0])
    expect(browse(follow[0]).locator("main")).to_contain_text("等受理")


def test_whoever_reports_what_was_reported_before_joins_it_in_four_taps(city: RunningCity, browse: Open) -> None:
    first = browse("/report")
    first.get_by_label("是什么事").fill("路灯杆歪了")
    first.get_by_label("在哪个街道").select_option("花园路街道")
    first.get_by_label("哪一种").select_option("路灯异常")
    first.get_by_role("button", name="报给城市").click()
    number = re.search(r"W\d{8}-\w{7}", first.locator("main").inner_text())
    assert number
    second = browse("/report")
    second.get_by_label("在哪个街道").select_option("花园路街道")
    second.get_by_label("哪一种").select_option("路灯异常")
    second.get_by_role("button", name="报给城市").click()
    card = second.locator(".card", has_text=number[0])
    expect(card).to_contain_text("同一个街道里")
    card.get_by_role("button", name="就是这件，办好告诉我").click()
    expect(second.locator("main")).to_contain_text("有人先报了")
    assert second.url.rpartition("/")[2] != first.url.rpartition("/")[2]
