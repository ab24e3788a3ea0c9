"""A buyer pays the fee of a title on a phone, without a script; the registrar's desk waited for it."""

import re

from playwright.sync_api import expect
from tests.cities import Program, RunningCity
from tests.http.test_second_hand_home import FIRST, HOME, TAX, TITLE
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in


def taxed(city: RunningCity) -> tuple[str, str]:
    """A purchase whose tax is paid; its affair, and the case of the title."""
    buyer, tax = city.program(), city.program("shuiwu")
    receipt = buyer.post("/api/applications", {"event": "second_hand_home", "answers": HOME})
    receipt.raise_for_status()
    affair = receipt.json()["affair"]
    cases = {one["item"]: one["case"] for one in buyer.get(f"/api/affairs/{affair}")["cases"]}
    moved(tax, cases[FIRST], "declaration", "assess", TAX)
    buyer.post(f"/api/affairs/{affair}/bring", {"case": cases[FIRST]}).raise_for_status()
    moved(tax, cases[FIRST], "confirmation", "issue", {})
    for program in (buyer, tax):
        program.close()
    return affair, cases[TITLE]


def moved(officer: Program, case: str, step: str, outcome: str, words: dict[str, str]) -> None:
    body = {"step": step, "outcome": outcome, "words": words}
    officer.post(f"/api/cases/{case}/moves", body).raise_for_status()


def test_a_fee_from_the_affair_to_the_receipt_and_the_desk_that_waited(city: RunningCity, browse: Open) -> None:
    affair, case = taxed(city)
    desk = browse("/", size=DESK)
    sign_in(desk, city, "budongchan")
    desk.goto(f"/desk/cases/{case}")
    desk.get_by_role("link", name="受理", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("受理")
    desk.get_by_role("button", name="就这样定").click()
    expect(desk.locator("main")).to_contain_text("记进登记簿，发证：还有 80.00 元没有缴")

    phone = browse("/")
    sign_in(phone, city)
    phone.goto(f"/affairs/{affair}")
    expect(phone.locator("main")).to_contain_text("80.00 元")
    phone.get_by_role("link", name="去缴费").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("不动产登记费（住宅）")
    expect(phone.locator("main")).to_contain_text("2559号")
    phone.get_by_role("button", name="缴 80.00 元").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("模拟缴费平台")
    phone.get_by_role("button", name="支付 80.00 元（模拟）").click()
    expect(phone.locator("main")).to_contain_text("您不用再缴")
    phone.get_by_role("link", name=re.compile("收据 R-")).click()
    expect(phone.locator("main")).to_contain_text("林晓梅")
    expect(phone.locator("main")).to_contain_text("没有真的付钱")
    phone.go_back()
    phone.get_by_role("link", name="看这件事").click()
    expect(phone.locator("main")).to_contain_text("缴了 80.00 元")

    desk.reload()
    expect(desk.locator("main")).to_contain_text("已缴费")
    desk.get_by_role("link", name="记进登记簿，发证").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("记进登记簿")
