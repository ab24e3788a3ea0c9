"""A cover is broken: reported on a phone without an account, sent out by rule, mended with a photograph, looked at by
somebody whom a lot chose elsewhere, closed, rated, and reopened. All of it without a script.
"""

import base64
import re

from playwright.sync_api import Page, expect
from tests.http.street import photo
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in

from onecity.drills.cities import RunningCity

AFTER = {"name": "y.jpg", "mimeType": "image/jpeg", "buffer": base64.b64decode(photo())}
PHOTO = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": base64.b64decode(photo())}
WORDS = "井盖碎了一半，骑车会摔"
ANSWER = "换好了，别的单位的人去看过。"
WHO_LOOKS = ("heshi1", "heshi2")
_ROUNDS = 40
"""Of a quarter of a second: the lot falls in one, unless two cities and two browsers share two cores."""


def reported(phone: Page, street: str = "经八路街道") -> str:
    """A report with a photograph; its number. In one street the same words are asked about, so each has its own."""
    phone.get_by_label("照片").set_input_files(PHOTO)  # type: ignore[arg-type]
    phone.get_by_label("是什么事").fill(WORDS)
    phone.get_by_label("在哪个街道").select_option(street)
    phone.get_by_label("具体位置").fill("纬二路 58 号门前")
    phone.get_by_role("button", name="报给城市").click()
    expect(phone.locator("main")).to_contain_text("等受理")
    found = re.search(r"W\d{8}-\w{7}", phone.locator("main").inner_text())
    assert found
    return found[0]


def at_desk(browse: Open, city: RunningCity, login: str) -> Page:
    desk = browse("/", size=DESK)
    sign_in(desk, city, login)
    desk.goto("/street")
    return desk


def opened(desk: Page, number: str) -> None:
    """Open the case of a number; the desk lists others as well."""
    links = desk.locator("main a[href^='/street/'], aside a[href^='/street/']").evaluate_all(
        "all => all.map(a => a.href)"
    )
    for link in dict.fromkeys(links):
        desk.goto(link)
        # Its heading: the list beside it tells the numbers of all.
        if any(number in one for one in desk.locator("main .case-facts").all_inner_texts()):
            return
    raise AssertionError(f"{number} does not wait here")


def act(desk: Page, action: str) -> None:
    desk.get_by_role("link", name=action, exact=True).click()


def sure(desk: Page, action: str) -> None:
    desk.get_by_role("button", name=action, exact=True).click()


def sent_out(browse: Open, city: RunningCity, number: str) -> Page:
    """The operator files it under a condition, and it goes to the unit that the rule names; the operator's page."""
    desk = at_desk(browse, city, "shoulitai")
    opened(desk, number)
    act(desk, "立案")
    desk.get_by_label("立案条件").select_option(value="sewer_cover_missing")
    sure(desk, "立案")
    expect(desk.locator("main")).to_contain_text("处置中")
    expect(desk.locator("main")).to_contain_text("城市管理局")
    return desk


def mended(desk: Page, number: str) -> None:
    """Without a photograph it is not done; with one it is."""
    opened(desk, number)
    act(desk, "处置好了")
    desk.get_by_label("做了什么").fill("换了新井盖")
    sure(desk, "处置好了")
    expect(desk.get_by_role("alert")).to_contain_text("照片")
    desk.get_by_label("处置后的照片").set_input_files(AFTER)  # type: ignore[arg-type]
    sure(desk, "处置好了")


def looked_at(browse: Open, city: RunningCity, number: str) -> None:
    """Whoever the lot fell on says that it is put right; the other one cannot."""
    for login in WHO_LOOKS:
        desk = at_desk(browse, city, login)
        try:
            opened(desk, number)
        except AssertionError:
            continue
        good = desk.get_by_role("link", name="真的好了", exact=True)
        if good.count():
            good.click()
            sure(desk, "真的好了")
            return
        expect(desk.locator("body")).to_contain_text("抽签")
    raise AssertionError("the lot fell on nobody")


def lot_fell(phone: Page) -> None:
    """The lot falls within a second of the work; the page, which has no script, says so when it is opened again."""
    drawn = phone.get_by_text("谁去看，是抽签定的")
    for _ in range(_ROUNDS):
        phone.reload()
        if drawn.count():
            break
        phone.wait_for_timeout(250)
    expect(drawn).to_have_count(1)


def answered(operator: Page, phone: Page) -> None:
    """The centre closes what was looked at, and whoever reported reads its answer."""
    operator.reload()
    act(operator, "结案，告诉报的人")
    operator.get_by_label("怎么答复").fill(ANSWER)
    sure(operator, "结案，告诉报的人")
    phone.reload()
    expect(phone.locator("main")).to_contain_text(ANSWER)


def reopenings(figures: Page) -> tuple[int, int]:
    """How many cases were reopened, of how many that were closed, as everybody reads it."""
    row = figures.locator("main tbody tr", has_text="重开率").inner_text()
    found = re.search(r"(\d+) / (\d+)", row)
    assert found, row
    return int(found[1]), int(found[2])


def test_a_broken_cover_from_the_phone_to_a_closed_case_and_back(city: RunningCity, browse: Open) -> None:
    phone = browse("/report")
    number = reported(phone)
    operator = sent_out(browse, city, number)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("处置中")
    mended(at_desk(browse, city, "chuzhi"), number)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("等核实")
    expect(phone.locator("main")).to_contain_text("换一个单位的人去看过")
    lot_fell(phone)
    looked_at(browse, city, number)
    answered(operator, phone)
    satisfied = phone.get_by_label("满意", exact=True)
    satisfied.check()
    phone.get_by_role("button", name="交上去").click()
    # Whoever has said how it went is not asked again, also on a page that is opened anew.
    expect(satisfied).to_have_count(0)
    phone.reload()
    expect(phone.locator("main")).to_contain_text(ANSWER)
    expect(satisfied).to_have_count(0)
    figures = browse("/open/street")
    again, closed = reopenings(figures)
    phone.get_by_text("没有真的办好").click()
    phone.get_by_label("现在是什么样").fill("又松了")
    phone.get_by_role("button", name="重开", exact=True).click()
    expect(phone.locator("main")).to_contain_text("等派遣")
    figures.reload()
    assert reopenings(figures) == (again + 1, closed)
