"""Letters on a phone: found, read, printed; and the choice of how one is told of the next."""

import time
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.journeys.conftest import DESK, PHONE, Open
from tests.journeys.test_food_permit import sign_in

from onecity.drills.cities import RunningCity

PATIENCE_S: Final = 30
SEAL: Final = {"shop_name": "拾味小馆", "seal_kind": "name_only"}
RULES: Final = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def no_barrier(page: Page) -> None:
    """Nobody is kept out, and nothing stands beside the page."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found = Axe().run(page, options=RULES)
    assert [violation["id"] for violation in found.response["violations"]] == []


def apply(city: RunningCity) -> None:
    """Something to write a letter about; it waits at a desk at which no other journey looks for its own."""
    program = city.program()
    answer = program.post("/api/applications", {"items": ["seal_filing"], "answers": SEAL})
    answer.raise_for_status()
    program.close()


def test_a_letter_is_found_read_and_printed(city: RunningCity, browse: Open) -> None:
    apply(city)
    phone = browse("/")
    sign_in(phone, city)
    phone.get_by_role("link", name="来信").click()
    first = phone.locator("li.inbox").first
    expect(first).to_contain_text("还没看")
    first.get_by_role("link", name="收到了您的申请").click()
    letter = phone.locator("article.letter")
    number = phone.url.rpartition("/")[2]
    expect(letter.get_by_text(number)).to_be_hidden()
    end = time.monotonic() + PATIENCE_S
    while "短信已发（模拟" not in letter.inner_text():
        assert time.monotonic() < end, "the reader was never told of the letter"
        phone.reload()
    files = [path.read_text("utf-8") for path in (city.data / "simulated_post").iterdir()]
    assert [text for text in files if f"看信：{phone.url}\n" in text]

    phone.emulate_media(media="print")
    expect(letter.get_by_text(number)).to_be_visible()
    expect(letter.get_by_text("短信已发")).to_be_hidden()
    expect(phone.get_by_role("banner")).to_be_hidden()
    phone.emulate_media(media="screen")
    phone.get_by_role("link", name="返回").click()
    expect(phone.locator("li.inbox").first).not_to_contain_text("还没看")


def test_a_person_chooses_how_they_are_told_of_letters(city: RunningCity, browse: Open) -> None:
    phone = browse("/")
    sign_in(phone, city)
    phone.goto("/letters")
    phone.get_by_role("link", name="有信怎么告诉您").click()
    phone.get_by_label("发邮件").check()
    phone.get_by_label("不说，只说有一封信").check()
    phone.get_by_role("button", name="就这样").click()
    expect(phone.get_by_role("alert")).to_contain_text("邮箱要写全")
    phone.get_by_label("电子邮箱").fill("lin@example.cn")
    phone.get_by_role("button", name="就这样").click()
    expect(phone.locator("main")).to_contain_text("l***@example.cn")
    phone.get_by_label("发短信").check()
    phone.get_by_role("button", name="就这样").click()
    expect(phone.locator("main")).to_contain_text("100****0000")


def test_letters_and_notices_keep_nobody_out(city: RunningCity, browse: Open) -> None:
    apply(city)
    for size in (PHONE, DESK):
        page = browse("/", size=size, scripts=True)
        sign_in(page, city)
        for path in ("/letters", "/account/post", "/open/notices"):
            page.goto(path)
            no_barrier(page)
        page.goto("/letters")
        page.locator("li.inbox a").first.click()
        no_barrier(page)
