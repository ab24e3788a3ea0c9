"""Somebody without a phone stands at the window; a clerk serves them on one screen, without a script."""

from playwright.sync_api import Page, expect
from tests.journeys.conftest import DESK, PHONE, Open
from tests.journeys.test_food_permit import PLAN, sign_in

from onecity.drills.cities import RunningCity


def fits(page: Page) -> None:
    """Nothing scrolls sideways, neither at a desk nor on a tablet held upright or smaller."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url


def test_a_clerk_serves_whoever_has_neither_phone_nor_account(city: RunningCity, browse: Open) -> None:
    name, number = city.accounts().without
    screen = browse("/", size=DESK)
    sign_in(screen, city, "chuangkou")
    screen.goto("/window")
    fits(screen)
    screen.get_by_label("姓名").fill(name)
    screen.get_by_label("身份证号").fill(number)
    screen.get_by_label("居民身份证", exact=True).check()
    screen.get_by_role("button", name="看过了，开始接待").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text(name)
    fits(screen)

    screen.get_by_role("link", name="食品经营许可").last.click()
    fits(screen)
    screen.get_by_label("店叫什么名字？").fill("拾味小馆")
    screen.get_by_label("店在哪个街道或乡镇？").select_option("金水区 经八路街道")
    screen.get_by_label("店开在哪里？").fill("金水区纬二路 58 号")
    screen.get_by_label("经营场所多大？").fill("182")
    screen.locator("#floor_plan").set_input_files({"name": "x", "mimeType": "application/pdf", "buffer": PLAN})
    screen.get_by_role("button", name="交上去").click()
    expect(screen.get_by_role("alert")).to_contain_text("主要卖什么？ 这一栏还没有填")
    screen.get_by_label("现做的饭菜").check()
    screen.get_by_label("来办事的人看过这一页").check()
    screen.get_by_role("button", name="交上去").click()

    expect(screen.get_by_role("heading", level=1)).to_have_text("收到了")
    expect(screen.locator("main")).to_contain_text("政务服务办公室，综合窗口")
    expect(screen.get_by_text("收件窗口（盖章）")).to_be_hidden()
    screen.emulate_media(media="print")
    expect(screen.get_by_text("收件窗口（盖章）")).to_be_visible()
    expect(screen.get_by_text("结束接待")).to_be_hidden()
    screen.emulate_media(media="screen")
    fits(screen)
    screen.get_by_role("link", name="看这件事").click()
    expect(screen.locator("main")).to_contain_text("窗口代录：政务服务办公室")
    fits(screen)
    screen.get_by_role("button", name="结束接待").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("综合窗口")
    expect(screen.locator("main")).not_to_contain_text(name)
