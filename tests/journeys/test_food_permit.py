"""A founder gets a food permit on a phone, without a script; two officers decide it at their desks."""

import re

import pyotp
from playwright.sync_api import Page, expect
from tests.journeys.conftest import DESK, Open

from onecity.drills.cities import RunningCity, next_code_s

PLAN = b"%PDF-1.7 a plan of the shop"


def sign_in(page: Page, city: RunningCity, login: str | None = None) -> None:
    """Come in. A code opens the door once: whoever came with it in another journey waits for the next one."""
    account = city.account(login)
    for _ in range(3):
        page.goto("/sign-in")
        page.get_by_label("身份证号或工号").fill(account.login)
        page.get_by_label("密码").fill(account.password)
        if account.second_factor:
            page.get_by_label("动态码").fill(pyotp.TOTP(account.second_factor).now())
        page.get_by_role("button", name="登录").click()
        if "/sign-in" not in page.url:
            return
        page.wait_for_timeout(1_000 * next_code_s())
    raise AssertionError(f"{account.login} does not come in")


def go_on(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^下一步")).click()


def fill_in(phone: Page) -> None:
    """The form, with a wrong number and a wrong file on the way, up to the receipt."""
    # The register has another shop of hers; this one she types herself, and what she typed before stays.
    phone.get_by_label("店叫什么名字？").fill("拾味小馆")
    phone.get_by_role("button", name="这里不对，我来改").click()
    phone.get_by_label("店在哪个街道或乡镇？").select_option("金水区 经八路街道")
    phone.get_by_label("店开在哪里？").fill("金水区纬二路 58 号")
    phone.get_by_label("现做的饭菜").check()
    phone.get_by_label("经营场所多大？").fill("3")
    go_on(phone)
    expect(phone.get_by_role("alert")).to_contain_text("太小了，最少 4 平方米")
    phone.get_by_label("经营场所多大？").fill("１８２")
    go_on(phone)
    phone.locator("#floor_plan").set_input_files({"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
    go_on(phone)
    expect(phone.get_by_role("alert")).to_contain_text("只收 PDF 和照片")
    phone.locator("#floor_plan").set_input_files({"name": "x", "mimeType": "text/plain", "buffer": PLAN})
    go_on(phone)
    expect(phone.locator("main")).to_contain_text("已经有了")
    expect(phone.get_by_text("182 平方米")).to_be_visible()
    phone.get_by_role("button", name="交上去").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("收到了")


def decide(browse: Open, city: RunningCity, login: str, action: str) -> None:
    """An officer opens the newest case, looks at its file, and takes a step."""
    desk = browse("/", size=DESK)
    sign_in(desk, city, login)
    desk.goto("/desk")
    # Other journeys of the same city put cases of other people on this desk.
    hers = desk.get_by_role("listitem").filter(has_text=re.compile("林"))
    hers.get_by_role("link", name="食品经营许可").first.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("林晓梅")
    expect(desk.locator("main")).to_contain_text("金水区 经八路街道")
    expect(desk.locator("main")).to_contain_text("金水区纬二路 58 号")
    with desk.expect_download() as plan:
        desk.get_by_role("link", name="看店面平面图").click()
    assert plan.value.path().read_bytes() == PLAN
    desk.locator("main").get_by_role("link", name=action, exact=True).click()
    expect(desk.locator("main")).to_contain_text("当事人会读到")
    desk.get_by_role("button", name="确定", exact=True).click()


def test_a_food_permit_from_the_phone_to_the_letter(city: RunningCity, browse: Open) -> None:
    phone = browse("/")
    sign_in(phone, city)
    phone.goto("/items")
    phone.get_by_role("link", name="市场监督管理局").click()
    phone.locator('a[href="/items/food_business"]').click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("食品经营许可")
    phone.get_by_role("link", name="开始申请").click()
    fill_in(phone)
    phone.get_by_role("link", name="看我的事").click()
    affair = phone.url
    expect(phone.locator("main")).to_contain_text("等受理")
    decide(browse, city, "shouli", "受理")
    decide(browse, city, "jueding", "准予")
    phone.goto(affair)
    expect(phone.locator("main")).to_contain_text("准予")
    phone.goto("/letters")
    phone.get_by_role("link", name="食品经营许可：办好了").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("食品经营许可：办好了")
