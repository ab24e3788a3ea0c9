"""A buyer pays the fee of a title on a phone, without a script; the registrar's desk waited for it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.http.test_second_hand_home import FIRST, HOME, TAX, TITLE
from tests.journeys.conftest import DESK, PHONE, Open
from tests.journeys.test_food_permit import sign_in
from tests.journeys.test_letters import no_barrier

from onecity.drills.cities import ONECITY, Program, RunningCity


@pytest.fixture(scope="session")
def offices(city: RunningCity) -> Iterator[dict[str, Program]]:
    """The tax office and the registry, each signed in once: a code of a second factor opens one session."""
    found = {login: city.program(login) for login in ("shuiwu", "budongchan")}
    yield found
    for program in found.values():
        program.close()


def taxed(city: RunningCity, tax: Program) -> tuple[str, str]:
    """A purchase whose tax is paid; its affair, and the case of the title."""
    buyer = city.program()
    receipt = buyer.post("/api/applications", {"event": "second_hand_home", "answers": HOME})
    receipt.raise_for_status()
    affair = receipt.json()["affair"]
    cases = {one["item"]: one["case"] for one in buyer.get(f"/api/affairs/{affair}")["cases"]}
    moved(tax, cases[FIRST], "declaration", "assess", TAX)
    buyer.post(f"/api/affairs/{affair}/bring", {"case": cases[FIRST]}).raise_for_status()
    moved(tax, cases[FIRST], "confirmation", "issue", {})
    buyer.close()
    return affair, cases[TITLE]


def moved(officer: Program, case: str, step: str, outcome: str, words: dict[str, str]) -> None:
    body = {"step": step, "outcome": outcome, "words": words}
    officer.post(f"/api/cases/{case}/moves", body).raise_for_status()


def test_a_fee_from_the_affair_to_the_receipt_and_the_desk_that_waited(
    city: RunningCity, browse: Open, offices: dict[str, Program]
) -> None:
    affair, case = taxed(city, offices["shuiwu"])
    desk = browse("/", size=DESK)
    token = offices["budongchan"].http.headers["authorization"].removeprefix("Bearer ")
    desk.context.add_cookies([{"name": "session", "value": token, "url": city.address}])
    desk.goto(f"/desk/cases/{case}")
    desk.get_by_role("link", name="受理", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("受理")
    desk.get_by_role("button", name="确定", exact=True).click()
    expect(desk.locator("main")).to_contain_text("记进登记簿，发证：还有 80.00 元没有缴")

    phone = browse("/")
    sign_in(phone, city)
    phone.goto(f"/affairs/{affair}")
    expect(phone.locator("main")).to_contain_text("80.00 元")
    phone.get_by_role("link", name="去缴费").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("不动产登记费（住宅一件，金额是示例）")
    expect(phone.locator("main")).to_contain_text("民法典")
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


def told(city: RunningCity, *words: str) -> Any:
    """What a command about payments tells the citizen."""
    account = city.account()
    env = {**os.environ, "ONECITY_PASSWORD": account.password}
    command = [*ONECITY, "payment", *words, "--login", account.login, "--data", str(city.data)]
    return json.loads(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)


def test_the_pages_of_a_fee_shut_nobody_out_and_the_command_line_tells_the_same(
    city: RunningCity, browse: Open, offices: dict[str, Program]
) -> None:
    affair, case = taxed(city, offices["shuiwu"])
    moved(offices["budongchan"], case, "acceptance", "accept", {})
    fee = next(one for one in told(city, "list")["payments"] if one["affair"] == affair)
    assert (fee["state"], fee["fen"], fee["case"]) == ("due", 8000, case)

    for size in (PHONE, DESK):
        page = browse("/", size=size, scripts=True)
        sign_in(page, city)
        for path in (f"/affairs/{affair}", f"/affairs/{affair}/cases/{case}", f"/payments/{fee['payment']}"):
            page.goto(path)
            no_barrier(page)
        page.goto(told(city, "pay", fee["payment"])["address"])
        no_barrier(page)
    page.get_by_role("button", name="支付 80.00 元（模拟）").click()
    paid = told(city, "show", fee["payment"])
    assert paid["state"] == "paid"
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        page.goto(f"/payments/{fee['payment']}/receipts/{paid['receipts'][0]['number']}")
        no_barrier(page)
