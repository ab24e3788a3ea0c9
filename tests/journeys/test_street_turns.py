"""The turns that a problem may take on its way: sent back and decided above, put off with a day, done by two units."""

from playwright.sync_api import Page, expect
from tests.journeys.conftest import Open
from tests.journeys.test_street import (
    WHO_LOOKS,
    act,
    answered,
    at_desk,
    lot_fell,
    mended,
    opened,
    reported,
    sent_out,
    sure,
)

from onecity.drills.cities import RunningCity


def stage_on(phone: Page, words: str) -> None:
    phone.reload()
    expect(phone.locator("main")).to_contain_text(words)


def verified(city: RunningCity, number: str) -> None:
    """Whoever the lot fell on says that it is put right, as a program: `test_street.py` looks at their desk."""
    for login in WHO_LOOKS:
        who = city.program(login)
        lots = [one["case"] for one in who.get("/api/street")["work"] if one["yours"]]
        mine = [case for case in lots if who.get(f"/api/street/{case}")["number"] == number]
        for case in mine:
            who.post(f"/api/street/{case}/moves", {"move": {"step": "verify", "outcome": "good"}}).raise_for_status()
        who.close()
        if mine:
            return
    raise AssertionError("the lot fell on nobody")


def test_sent_back_once_decided_above_and_put_off_until_a_day(city: RunningCity, browse: Open) -> None:
    phone = browse("/report")
    number = reported(phone, "文化路街道")
    sent_out(browse, city, number)
    unit = at_desk(browse, city, "chuzhi")
    opened(unit, number)
    act(unit, "不归我们，退回")
    sure(unit, "不归我们，退回")
    chief = at_desk(browse, city, "zhiban")
    opened(chief, number)
    # What nobody takes calls for an order from above, and the chief sees it without looking for it.
    expect(chief.get_by_role("link", name="督办令")).to_be_visible()
    act(chief, "指定一个单位，不能再退")
    chief.get_by_label("派给").select_option("urban_management")
    chief.get_by_label("为什么归这个单位").fill("井盖在人行道上，归城管")
    sure(chief, "指定一个单位，不能再退")
    stage_on(phone, "处置中")
    unit.goto("/street")
    opened(unit, number)
    # A second return is not offered as something that can be pressed.
    expect(unit.get_by_role("link", name="不归我们，退回")).to_have_count(0)
    act(unit, "请缓办")
    sure(unit, "请缓办")
    chief.goto("/street")
    opened(chief, number)
    act(chief, "同意缓办，定复查日")
    chief.get_by_label("为什么现在办不了").fill("要等管线改完")
    sure(chief, "同意缓办，定复查日")
    expect(chief.get_by_role("alert")).to_be_visible()
    chief.get_by_role("textbox", name="工作日").or_(chief.locator("#days")).first.fill("5")
    sure(chief, "同意缓办，定复查日")
    stage_on(phone, "缓办")
    expect(phone.locator("main")).to_contain_text("要等管线改完")
    # The day on which silence resumes it lies a week ahead; the chief may do so before.
    chief.goto("/street")
    opened(chief, number)
    act(chief, "接着办")
    sure(chief, "接着办")
    stage_on(phone, "处置中")


def test_two_units_do_it_together_and_nobody_looks_before_both_are_done(city: RunningCity, browse: Open) -> None:
    phone = browse("/report")
    number = reported(phone, "丰产路街道")
    desk = at_desk(browse, city, "shoulitai")
    opened(desk, number)
    act(desk, "立案")
    desk.get_by_label("立案条件").select_option(value="sewer_cover_missing")
    desk.get_by_label("先不派，请派遣员来定").check()
    sure(desk, "立案")
    act(desk, "派给两个单位一起办")
    desk.locator("#to-handle").select_option("urban_management")
    desk.locator("#to-assist").select_option("parks")
    sure(desk, "派给两个单位一起办")
    unit = at_desk(browse, city, "chuzhi")
    mended(unit, number)
    stage_on(phone, "处置中")
    unit.goto("/street")
    opened(unit, number)
    act(unit, "我们这一块好了")
    sure(unit, "我们这一块好了")
    stage_on(phone, "等核实")
    lot_fell(phone)
    verified(city, number)
    desk.goto("/street")
    opened(desk, number)
    answered(desk, phone)
