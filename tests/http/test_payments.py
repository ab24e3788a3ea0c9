"""A fee from acceptance to the books: demanded, paid once however often, waited for, given back, balanced."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from tests.http.test_api import WORDS, reason
from tests.http.test_second_hand_home import OFFICES, TITLE, Purchase, bought
from tests.http.towns import AREA, Caller, Town, hidden, own_town
from tests.packs_in_time import replacing

from onecity.casework import let_silence_speak
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.refusal import Refused
from onecity.ledger import Projections, rebuild
from onecity.machinery.postgres import Cluster, connect
from onecity.payments import DAYS, PAYMENTS, State, Till, payment_of
from onecity.payments.port import PaymentPort
from onecity.payments.rules import Why
from onecity.payments.usecases.balancing import balance, balance_days
from onecity.payments.usecases.paying import collect
from onecity.payments.usecases.refunding import refund

AGENCY: Final = OFFICES[TITLE]
FEN: Final = 8000


class Fee:
    """The fee of the title of a purchase."""

    def __init__(self, purchase: Purchase, number: str, payment: str, case: str) -> None:
        self.purchase = purchase
        self.town = purchase.town
        self.number = number
        self.payment = payment
        self.case = case
        self.path = f"/payments/{payment}"

    async def now(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.purchase.buyer.get(f"/api{self.path}")).json()
        return found

    async def state(self) -> str:
        return str((await self.now())["state"])

    async def goes(self) -> str:
        """The buyer presses the button; the address of the port."""
        answer = await self.purchase.buyer.post(f"{self.path}/pay", {})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def presses(self, port: str) -> str:
        """The payer presses the button of the port; where they are sent."""
        page = await self.purchase.buyer.get(port)
        assert "支付 80.00 元（模拟）" in page.text
        answer = await self.purchase.buyer.post(port, {})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def pays(self) -> None:
        back = await self.presses(await self.goes())
        assert back == f"{self.path}/back"
        assert (await self.purchase.buyer.get(back)).headers["location"] == self.path

    async def letters(self) -> list[str]:
        return [kind for kind in await self.purchase.letters() if kind.startswith("payments.")]

    async def money(self) -> list[Any]:
        return await self.town.rows("select * from money where payment = $1 order by paid", UUID(self.payment))


async def owed(town: Town) -> Fee:
    """The fee of a purchase whose title was accepted."""
    purchase = await bought(town)
    await purchase.tax_is_paid()
    await purchase.done(TITLE, "acceptance/accept")
    [fee] = (await purchase.buyer.get(f"/api/affairs/{purchase.affair}/payments")).json()["payments"]
    return Fee(purchase, fee["number"], fee["payment"], fee["case"])


async def cashier(town: Town, agency: str = AGENCY) -> Caller:
    return await town.sign_in(await town.new_officer(Held("payments.cash", Scope(agency, AREA))))


def till_of(town: Town) -> Till:
    return town.city.counter.till


async def test_acceptance_demands_the_fee_with_its_basis_and_nothing_does_before(town: Town) -> None:
    purchase = await bought(town)
    await purchase.tax_is_paid()
    path = f"/api/affairs/{purchase.affair}/payments"
    assert (await purchase.buyer.get(path)).json() == {"payments": []}
    await purchase.done(TITLE, "acceptance/accept")
    [fee] = (await purchase.buyer.get(path)).json()["payments"]
    assert (fee["fen"], fee["state"], fee["item"], fee["agency"]) == (FEN, "due", TITLE, AGENCY)
    assert "第 223 条" in fee["law"]
    assert (await town.other.get(path)).json() == {"payments": []}
    [letter] = await town.rows(
        "select letter from letters where about = $1 and kind = 'payments.demanded'", UUID(purchase.affair)
    )
    page = (await purchase.buyer.get(f"/letters/{letter['letter']}")).text
    assert ("80.00" in page, "第 223 条" in page, fee["number"] in page) == (True, True, True)
    for path in (f"/affairs/{purchase.affair}", f"/affairs/{purchase.affair}/cases/{fee['case']}"):
        page = (await purchase.buyer.get(path)).text
        assert f'href="/payments/{fee["payment"]}"' in page
        assert "第 223 条" in page


async def test_a_case_ends_well_only_when_its_fee_is_paid_and_its_clock_runs_meanwhile(town: Town) -> None:
    fee = await owed(town)
    before = (await fee.purchase.cases())[TITLE]
    registrar = fee.purchase.staff[AGENCY]
    desk = (await registrar.get(f"/desk/cases/{fee.case}")).text
    assert re.search("记进登记簿，发证：还有 80.00 元没有缴", desk)
    assert f"/desk/cases/{fee.case}/check/enter" not in desk
    assert f"/desk/cases/{fee.case}/check/refuse" in desk
    assert (await registrar.get(f"/desk/cases/{fee.case}/check/enter")).status_code == 409
    assert await fee.purchase.move(TITLE, "check", "enter") == (409, "payments.unpaid")
    sure = await registrar.post(f"/desk/cases/{fee.case}/check/enter", {"sure": "yes"})
    assert (sure.status_code, "80.00" in sure.text) == (409, True)
    after = (await fee.purchase.cases())[TITLE]
    assert (after["state"], after["due"]) == ("running", before["due"])

    await fee.pays()
    desk = (await registrar.get(f"/desk/cases/{fee.case}")).text
    assert f"/desk/cases/{fee.case}/check/enter" in desk
    await fee.purchase.done(TITLE, "check/enter")
    assert await fee.state() == "paid"
    assert await fee.letters() == ["payments.demanded", "payments.paid"]


GRANTS_BY_SILENCE: Final = replacing(
    "casework/processes/property_registration.yaml",
    "    always: true\n",
    "    always: true\n    silence: {number: 2, unit: working_days, outcome: enter,"
    ' because: {law: 模拟城市办事规则, article: "3", version: 2020-01-01}}\n',
)
"""Whoever checks a title has two working days; then it is entered. No process of the shipped pack grants so and costs."""


@pytest.fixture
async def silent(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with own_town(cluster, open_folder, monkeypatch, GRANTS_BY_SILENCE) as found:
        yield found


async def test_silence_grants_whether_somebody_paid_and_the_fee_stays_due(silent: Town) -> None:
    fee = await owed(silent)
    assert await fee.purchase.move(TITLE, "check", "enter") == (409, "payments.unpaid")
    with silent.clock.later(timedelta(days=3)):
        assert await let_silence_speak(silent.clock(), office=silent.city.counter.office) == 1
    assert (await fee.purchase.states())[TITLE] == "granted"
    assert await fee.state() == "due"
    await fee.pays()
    assert await fee.state() == "paid"
    assert await fee.letters() == ["payments.demanded", "payments.paid"]


async def test_paying_leads_to_the_port_and_back_to_a_receipt_that_prints(town: Town) -> None:
    fee = await owed(town)
    page = (await fee.purchase.buyer.get(fee.path)).text
    assert ("请缴 80.00 元" in page, fee.number in page, "第 223 条" in page, "模拟" in page) == (True,) * 4
    await fee.pays()
    [receipt] = (await fee.now())["receipts"]
    assert (receipt["fen"], receipt["simulated"], receipt["refund_ordered"]) == (FEN, True, False)
    page = (await fee.purchase.buyer.get(fee.path)).text
    assert f"{fee.path}/receipts/{receipt['number']}" in page
    paper = (await fee.purchase.buyer.get(f"{fee.path}/receipts/{receipt['number']}")).text
    for word in (
        receipt["number"],
        "周雨桐",
        "80.00 元",
        "第 223 条",
        receipt["reference"],
        "没有真的付钱",
        "不是财政票据",
    ):
        assert word in paper
    assert (await fee.purchase.buyer.get(f"{fee.path}/receipts/R-22222-22222")).status_code == 404
    assert (await town.other.get(f"{fee.path}/receipts/{receipt['number']}")).status_code == 404
    timeline = (await fee.purchase.buyer.get(f"/affairs/{fee.purchase.affair}/cases/{fee.case}")).text
    assert "缴了 80.00 元" in timeline


async def test_two_tabs_two_clicks_and_many_ways_back_pay_once(town: Town) -> None:
    fee = await owed(town)
    first, second = await fee.goes(), await fee.goes()
    assert first == second
    back = await fee.presses(first)
    answer = await fee.purchase.buyer.post(second, {})
    assert (answer.status_code, answer.headers["location"]) == (303, back)
    await asyncio.gather(*(fee.purchase.buyer.get(back) for _ in range(5)))
    assert len(await fee.money()) == 1
    assert (await fee.purchase.buyer.post(f"{fee.path}/pay", {})).headers["location"] == fee.path
    again = await fee.purchase.buyer.send(f"/api{fee.path}/pay", {})
    assert reason(again) == "payments.already_paid"
    page = await town.nobody.get(first)
    assert ("不用再付" in page.text, "<form" in page.text) == (True, False)
    assert (await fee.letters()).count("payments.paid") == 1


async def test_a_payer_who_closes_the_page_has_paid_all_the_same(town: Town) -> None:
    fee = await owed(town)
    await fee.presses(await fee.goes())
    assert await fee.state() == "due"
    assert await collect(town.clock(), till=till_of(town)) >= 1
    assert await fee.state() == "paid"
    assert await town.rows("select * from port_visits where payment = $1", UUID(fee.payment)) == []


async def test_who_acts_for_another_pays_in_the_matters_of_the_mandate_only(town: Town) -> None:
    fee = await owed(town)
    for matters, seen in (({"matter-food_business": "yes"}, False), ({f"matter-{TITLE}": "yes"}, True)):
        agent = await town.new_citizen("马腾飞")
        mandate = await town.mandate(fee.purchase.buyer, agent, **matters)
        assert (await agent.post(f"/mandates/{mandate}/act", {})).status_code == 303
        agent = town.caller(agent.http.cookies["session"])
        assert (await agent.get(fee.path)).status_code == (200 if seen else 404)
        assert (await agent.post(f"{fee.path}/pay", {})).status_code == (303 if seen else 404)


async def test_leaving_the_port_without_paying_changes_nothing(town: Town) -> None:
    fee = await owed(town)
    await fee.goes()
    assert (await fee.purchase.buyer.get(f"{fee.path}/back")).headers["location"] == fee.path
    assert (await fee.state(), await fee.money()) == ("due", [])


@pytest.mark.parametrize("how", ["refused", "withdrawn"])
async def test_what_was_paid_goes_back_when_nothing_comes_of_the_case(town: Town, how: str) -> None:
    fee = await owed(town)
    await fee.pays()
    if how == "refused":
        assert await fee.purchase.move(TITLE, "check", "refuse", **WORDS) == (200, "")
    else:
        body = {"case": fee.case}
        answer = await fee.purchase.buyer.send(f"/api/affairs/{fee.purchase.affair}/withdraw", body)
        assert answer.status_code == 200
    assert await fee.state() == "refunding"
    assert await refund(town.clock(), till=till_of(town)) >= 1
    assert await refund(town.clock(), till=till_of(town)) == 0
    assert await fee.state() == "refunded"
    [row] = await fee.money()
    assert row["refunded"] is not None
    assert await fee.letters() == [
        "payments.demanded", "payments.paid", "payments.refund_ordered", "payments.refunded"
    ]  # fmt: skip
    receipt = (await fee.now())["receipts"][0]["number"]
    assert "已经退给缴费人" in (await fee.purchase.buyer.get(f"{fee.path}/receipts/{receipt}")).text


async def test_what_was_not_paid_is_not_owed_after_a_refusal_and_a_late_payment_comes_back(town: Town) -> None:
    fee = await owed(town)
    port = await fee.goes()
    assert await fee.purchase.move(TITLE, "check", "refuse", **WORDS) == (200, "")
    assert await fee.state() == "dropped"
    assert reason(await fee.purchase.buyer.send(f"/api{fee.path}/pay", {})) == "payments.not_owed"
    # The page of the port was open in a tab, and the port had not heard of the end.
    [bill] = await town.rows(
        "update simulated_port set closed = null where payment = $1 returning *", UUID(fee.payment)
    )
    assert bill["reference"] in port
    await fee.presses(port)
    await fee.purchase.buyer.get(f"{fee.path}/back")
    assert await fee.state() == "refunding"
    assert await refund(town.clock(), till=till_of(town)) >= 1
    assert await fee.state() == "refunded"
    assert "payments.refund_extra" in await fee.letters()


async def test_the_port_of_a_fee_that_is_not_due_takes_nothing(town: Town) -> None:
    fee = await owed(town)
    port = await fee.goes()
    clerk = await cashier(town)
    await clerk.post(f"/desk/payments/{fee.payment}/cash", {"key": str(uuid4())})
    page = await town.nobody.get(port)
    assert ("<form" in page.text, "不用付了" in page.text) == (False, True)
    await town.nobody.post(port, {})
    await fee.purchase.buyer.get(f"{fee.path}/back")
    assert len(await fee.money()) == 1


async def test_a_cashier_finds_a_fee_by_its_number_takes_the_money_once_and_prints_the_receipt(town: Town) -> None:
    fee, clerk = await owed(town), await cashier(town)
    waiting = (await clerk.get("/desk/payments")).text
    assert ("周**" in waiting or "周*" in waiting, "周雨桐" in waiting) == (True, False)
    found = await clerk.get(f"/desk/payments?number={fee.number.lower().replace('-', ' ')}")
    assert found.headers["location"] == f"/desk/payments/{fee.payment}"
    page = await clerk.get(f"/desk/payments/{fee.payment}")
    key = hidden(page, "key")
    first = await clerk.post(f"/desk/payments/{fee.payment}/cash", {"key": key})
    second = await clerk.post(f"/desk/payments/{fee.payment}/cash", {"key": key})
    third = await clerk.post(f"/desk/payments/{fee.payment}/cash", {"key": str(uuid4())})
    assert (first.status_code, second.headers["location"], third.status_code) == (303, first.headers["location"], 409)
    [row] = await fee.money()
    assert (row["port"], row["fen"]) == ("cash", FEN)
    channels = [one.by.channel for one in await town.city.memory.ledger.history(UUID(fee.payment))]
    assert channels[-1] == "window"
    paper = (await clerk.get(first.headers["location"])).text
    assert ("窗口现金" in paper, "周雨桐" in paper) == (True, True)
    reads = await town.rows("select what from reads where about = $1 and what = 'payment'", UUID(fee.purchase.affair))
    assert reads
    await fee.purchase.done(TITLE, "check/enter")


async def test_cash_goes_back_by_hand(town: Town) -> None:
    fee, clerk = await owed(town), await cashier(town)
    await clerk.post(f"/desk/payments/{fee.payment}/cash", {})
    assert (await clerk.post(f"/desk/payments/{fee.payment}/hand-back", {})).status_code == 409
    assert await fee.purchase.move(TITLE, "check", "refuse", **WORDS) == (200, "")
    await refund(town.clock(), till=till_of(town))
    assert await fee.state() == "refunding"
    assert "payments.refund_by_hand" in await fee.letters()
    assert fee.number in (await clerk.get("/desk/payments")).text
    page = await clerk.get(f"/desk/payments/{fee.payment}")
    for _ in range(2):
        answer = await clerk.post(f"/desk/payments/{fee.payment}/hand-back", {"key": hidden(page, "key")})
        assert answer.status_code == 303
    assert await fee.state() == "refunded"


async def test_a_cashier_of_another_agency_sees_and_takes_nothing(town: Town) -> None:
    fee, clerk = await owed(town), await cashier(town, "tax_service")
    assert fee.number not in (await clerk.get("/desk/payments")).text
    assert (await clerk.get(f"/desk/payments?number={fee.number}")).status_code == 404
    for method, path in (("GET", ""), ("POST", "/cash"), ("POST", "/hand-back")):
        answer = await clerk.ask(method, f"/desk/payments/{fee.payment}{path}", data={"csrf": clerk.csrf})
        assert answer.status_code == 404
    assert (await clerk.send(f"/api/desk/payments/{fee.payment}/cash", {})).status_code == 404
    assert await fee.money() == []


async def test_a_fee_is_waived_with_a_reason_that_its_payer_reads(town: Town) -> None:
    fee = await owed(town)
    duties = ("services.decide", "payments.waive")
    head = await town.sign_in(await town.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in duties)))
    path = f"/desk/payments/{fee.payment}/waive"
    assert path in (await head.get(f"/desk/cases/{fee.case}")).text
    page = await head.get(path)
    assert (await head.post(path, {"reason": " ", "key": hidden(page, "key")})).status_code == 422
    assert (await head.post(path, {"reason": "x" * 501})).status_code == 422
    done = await head.post(path, {"reason": "小微企业，按规定免收", "key": hidden(page, "key")})
    assert (done.status_code, await fee.state()) == (303, "waived")
    assert (await head.post(path, {"reason": "again"})).status_code == 409
    assert "小微企业" in (await fee.purchase.buyer.get(f"/affairs/{fee.purchase.affair}")).text
    await fee.purchase.done(TITLE, "check/enter")


async def balancer(town: Town) -> Caller:
    return await town.sign_in(await town.new_officer(Held("payments.balance", Scope("finance", AREA))))


async def test_the_books_of_each_day_are_compared_once_and_agree(alone: Town) -> None:
    till = till_of(alone)
    assert await balance_days(alone.clock(), till=till) == 0
    refused, paid, taken = await owed(alone), await owed(alone), await owed(alone)
    await refused.pays()
    await paid.pays()
    await (await cashier(alone)).post(f"/desk/payments/{taken.payment}/cash", {})
    assert await refused.purchase.move(TITLE, "check", "refuse", **WORDS) == (200, "")
    await refund(alone.clock(), till=till)
    assert await balance_days(alone.clock(), till=till) == 0
    with alone.clock.later(timedelta(days=1)):
        # Two processes believe for a moment that both run the jobs.
        await asyncio.gather(*(balance_days(alone.clock(), till=till) for _ in range(2)))
        assert await balance_days(alone.clock(), till=till) == 0
    [stream] = await alone.rows("select stream from payment_days")
    assert len(await till.ledger.history(stream["stream"])) == 1
    [day] = await alone.rows("select * from payment_days")
    assert (day["payments"], day["paid_fen"], day["refunds"], day["refunded_fen"], day["differences"]) == (
        3, 3 * FEN, 1, FEN, 0,
    )  # fmt: skip
    clerk = await balancer(alone)
    page = (await clerk.get("/finance/2020-09-22")).text
    assert ("一致" in page, "160.00" in page, paid.number in page, "周雨桐" in page) == (True, True, True, False)
    table = await clerk.get("/finance/2020-09-22/lines.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(table.text.strip().splitlines()) == 1 + 4
    assert await rebuilt_otherwise(alone) == []


async def rebuilt_otherwise(town: Town) -> list[Any]:
    """What the tables of fees would say otherwise if they were made anew from all facts."""
    connection = await connect(town.city.memory.database.owner)
    try:
        known, otherwise = await rebuild(
            connection, town.city.memory.book, Projections((PAYMENTS, DAYS)), replace=False
        )
    finally:
        await connection.close()
    assert known > 0
    return list(otherwise)


@pytest.mark.parametrize(
    ("plant", "ours", "theirs"),
    [
        ("update simulated_port set fen = 7000 where payment = $1 returning fen", FEN, 7000),
        ("delete from simulated_port where payment = $1 returning fen", FEN, None),
    ],
)
async def test_a_difference_between_the_books_is_a_fact_and_an_alarm_until_it_is_cleared(
    alone: Town, plant: str, ours: int | None, theirs: int | None
) -> None:
    fee, till = await owed(alone), till_of(alone)
    await fee.pays()
    await (await owed(alone)).pays()
    [kept] = await alone.rows("select * from simulated_port where payment = $1", UUID(fee.payment))
    await alone.rows(plant, UUID(fee.payment))
    with alone.clock.later(timedelta(days=1)):
        assert await balance_days(alone.clock(), till=till) == 1
    assert "onecity_payment_differences 1.0" in await metrics()
    [row] = await alone.rows("select stream, differences from payment_days")
    assert row["differences"] == 1
    [balanced] = [one.fact for one in await till.ledger.history(row["stream"])]
    [found] = balanced.differences  # type: ignore[attr-defined]
    assert (str(found.payment), found.ours_fen, found.theirs_fen) == (fee.payment, ours, theirs)
    clerk = await balancer(alone)
    assert "有 1 处" in (await clerk.get("/finance")).text
    page = await clerk.get("/finance/2020-09-22")
    assert ("对不上" in page.text, fee.number in page.text) == (True, True)

    await alone.rows("delete from simulated_port where payment = $1 returning 1", UUID(fee.payment))
    await alone.rows(
        "insert into simulated_port values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) returning 1", *kept
    )
    with alone.clock.later(timedelta(days=1)):
        clerk = await balancer(alone)
        page = await clerk.get("/finance/2020-09-22")
        done = await clerk.post("/finance/2020-09-22", {"key": hidden(page, "key")})
        assert done.status_code == 303, done.text
        assert await balance_days(alone.clock(), till=till) == 0
    assert "onecity_payment_differences 0.0" in await metrics()
    assert len(await till.ledger.history(row["stream"])) == 2
    assert "有 1 处" not in (await (await balancer(alone)).get("/finance")).text


async def metrics() -> str:
    from prometheus_client import generate_latest

    return generate_latest().decode()


async def test_money_that_only_the_port_knows_is_taken_before_the_books_are_compared(alone: Town) -> None:
    fee, wrong, till = await owed(alone), await owed(alone), till_of(alone)
    await fee.presses(await fee.goes())
    port = await wrong.goes()
    await alone.rows("update simulated_port set fen = 1 where payment = $1 returning 1", UUID(wrong.payment))
    assert (await wrong.purchase.buyer.post(port, {})).status_code == 303
    await alone.rows("delete from port_visits returning 1")
    with alone.clock.later(timedelta(days=1)):
        assert await balance_days(alone.clock(), till=till) == 1
    [day] = await alone.rows("select * from payment_days")
    # Another sum than the one that is owed pays nothing, and is not overlooked: it stands in our book and goes back.
    assert (day["payments"], day["paid_fen"], day["differences"]) == (2, FEN + 1, 0)
    assert (await fee.state(), await wrong.state()) == ("paid", "due")
    assert await wrong.letters() == ["payments.demanded", "payments.refund_wrong_sum"]
    assert await refund(alone.clock(), till=till) == 1
    [money] = await wrong.money()
    assert (money["fen"], money["refunded"] is not None, await wrong.state()) == (1, True, "due")
    page = (await wrong.purchase.buyer.get(f"/affairs/{wrong.purchase.affair}")).text
    assert ("收到 0.01 元，金额不对" in page, "0.01 元已经退回" in page) == (True, True)
    clerk = await cashier(alone)
    assert (await clerk.post(f"/desk/payments/{wrong.payment}/cash", {})).status_code == 303
    assert await wrong.state() == "paid"
    assert await rebuilt_otherwise(alone) == []


async def test_a_day_that_still_runs_has_no_balance(alone: Town) -> None:
    await owed(alone)
    clerk = await balancer(alone)
    assert (await clerk.post("/finance/2020-09-22", {})).status_code == 409
    assert (await clerk.get("/finance/2020-09-22")).status_code == 200
    assert (await clerk.get("/finance/yesterday")).status_code == 409


async def test_a_day_before_the_first_fee_has_no_books_and_nobody_makes_some(alone: Town) -> None:
    early = date(2020, 9, 21)
    found = await balance(early, till=till_of(alone), key=uuid4(), by=the_city(), now=alone.clock())
    assert found == Refused(Why.NO_SUCH_DAY)
    await owed(alone)
    clerk = await balancer(alone)
    for day in (early, date(1, 1, 1)):
        answer = await clerk.post(f"/finance/{day.isoformat()}", {})
        assert (answer.status_code, "还没有收过费" in answer.text) == (409, True)
    assert await balance_days(alone.clock(), till=till_of(alone)) == 0
    assert await alone.rows("select day from payment_days") == []


async def test_a_day_compared_by_hand_keeps_no_earlier_day_from_its_turn(alone: Town) -> None:
    await owed(alone)
    with alone.clock.later(timedelta(days=3)):
        clerk = await balancer(alone)
        assert (await clerk.post("/finance/2020-09-24", {})).status_code == 303
        assert await balance_days(alone.clock(), till=till_of(alone)) == 2
        assert await balance_days(alone.clock(), till=till_of(alone)) == 0
    days = await alone.rows("select day from payment_days order by day")
    assert [row["day"] for row in days] == [date(2020, 9, day) for day in (22, 23, 24)]


@pytest.mark.parametrize(("agency", "area"), [("finance", "410105"), (AGENCY, "410105"), ("finance", "410200")])
async def test_who_is_not_charged_with_the_whole_city_sees_and_compares_no_books(
    alone: Town, agency: str, area: str
) -> None:
    fee = await owed(alone)
    with alone.clock.later(timedelta(days=1)):
        clerk = await alone.sign_in(await alone.new_officer(Held("payments.balance", Scope(agency, area))))
        for path in ("/finance", "/finance/2020-09-22", "/finance/2020-09-22/lines.csv"):
            answer = await clerk.get(path)
            assert (answer.status_code, fee.number in answer.text) == (403, False)
        assert (await clerk.post("/finance/2020-09-22", {})).status_code == 403
    assert await alone.rows("select day from payment_days") == []


class Breaking:
    """The city's port, which breaks off whenever it is asked for one fee or one reference."""

    def __init__(self, port: PaymentPort, broken: str) -> None:
        self._port = port
        self._broken = broken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    async def look_up(self, payment: UUID) -> Any:
        if str(payment) == self._broken:
            raise RuntimeError("no answer")
        return await self._port.look_up(payment)

    async def refund(self, reference: str, *, now: Any) -> Any:
        if reference == self._broken:
            raise RuntimeError("no answer")
        return await self._port.refund(reference, now=now)


def breaking(town: Town, broken: str) -> Till:
    till = till_of(town)
    assert till.port is not None
    port: Any = Breaking(till.port, broken)
    return msgspec.structs.replace(till, port=port)


@pytest.mark.parametrize("at_once", [1, 200])
async def test_a_fee_that_breaks_keeps_no_other_from_its_turn(
    alone: Town, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("onecity.payments.usecases.paying._AT_ONCE", at_once)
    monkeypatch.setattr("onecity.payments.usecases.refunding._AT_ONCE", at_once)
    fees = [await owed(alone) for _ in range(3)]
    for fee in fees:
        await fee.presses(await fee.goes())
    first = min(fees, key=lambda fee: fee.payment)
    with pytest.raises(ExceptionGroup):
        await collect(alone.clock(), till=breaking(alone, first.payment))
    assert sorted([await fee.state() for fee in fees]) == ["due", "paid", "paid"]
    await first.purchase.buyer.get(f"{first.path}/back")
    for fee in fees:
        assert await fee.purchase.move(TITLE, "check", "refuse", **WORDS) == (200, "")
    [money] = await fees[0].money()
    with pytest.raises(ExceptionGroup):
        await refund(alone.clock(), till=breaking(alone, money["reference"]))
    assert [await fee.state() for fee in fees] == ["refunding", "refunded", "refunded"]
    assert await refund(alone.clock(), till=till_of(alone)) == 1


async def test_a_second_try_owes_a_fee_of_its_own(town: Town) -> None:
    fee = await owed(town)
    await fee.pays()
    assert await fee.purchase.move(TITLE, "check", "refuse", **WORDS) == (200, "")
    await fee.purchase.again(TITLE)
    await fee.purchase.done(TITLE, "acceptance/accept")
    path = f"/api/affairs/{fee.purchase.affair}/payments"
    states = [one["state"] for one in (await fee.purchase.buyer.get(path)).json()["payments"]]
    assert states == ["refunding", "due"]


async def test_a_silent_city_takes_no_fee_of_whoever_owes_none(town: Town) -> None:
    purchase = await bought(town)
    await purchase.tax_is_paid()
    case = (await purchase.cases())["deed_tax"]["case"]
    assert await payment_of(UUID(case), till=till_of(town)) is None


def test_every_state_of_a_fee_is_said_in_both_languages(town: Town) -> None:
    for lang in ("zh", "en"):
        for state in State:
            assert town.city.words.say(lang, f"payments.state.{state}")


async def test_what_is_known_of_fees_is_exported_and_kept_by_accounting_law(town: Town) -> None:
    fee = await owed(town)
    await fee.pays()
    export: httpx.Response = await fee.purchase.buyer.get("/api/account/export")
    assert "payments.fee_paid" in export.text
    assert ("会计档案管理办法" in export.text, "2051-01-01" in export.text) == (True, True)
