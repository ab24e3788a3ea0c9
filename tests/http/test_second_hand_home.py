"""Buying a second-hand home: one application, seven offices, each result the beginning of the next."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from tests.http.test_api import WORDS, reason
from tests.http.towns import AREA, ZONE, Caller, Town, hidden, own_town
from tests.packs_in_time import replacing

from onecity.casework import let_silence_speak
from onecity.kernel.acting import Held, Scope
from onecity.kernel.clock import Limit, Run, due
from onecity.kernel.instants import day_in
from onecity.machinery.postgres import Cluster
from onecity.services.facts import Supplemented

STREET: Final = "410105002"
HOME: Final = {
    "takes_loan": "yes", "uses_housing_fund": "yes", "home_has_gas": "yes", "home_has_heating": "yes",
    "home_street": STREET, "home_number": "花园路 100 号院 3 号楼 2 单元 501", "home_area": "89.37",
    "seller_title_number": "豫（2019）郑州市不动产权第0000000号（示例）", "still_mortgaged": "no",
    "buyer_names": "林晓梅、周雨桐", "seller_names": "陈建国", "home_price": "1200000", "contract_day": "2020-9-15",
    "is_only_home": "yes", "lender": "示例银行郑州花园路支行", "loan_amount": "800000", "loan_until": "2040-10-20",
    "fund_amount": "60000", "fund_card": "0000 0000 0000 0000 000", "handover_day": "2020-10-20",
    "water_meter": "000000012345", "water_reading": "642", "power_meter": "000000023456", "power_reading": "12873",
    "gas_meter": "000000034567", "gas_reading": "1043", "heating_account": "00012345",
}  # fmt: skip
SUPPLIES: Final = {
    "water_account_transfer": "water_company",
    "power_account_transfer": "power_company",
    "gas_account_transfer": "gas_company",
    "heating_account_transfer": "heating_company",
}
OFFICES: Final = {
    "deed_tax": "tax_service",
    "home_transfer_registration": "property_registration",
    **SUPPLIES,
    "mortgage_registration": "property_registration",
    "housing_fund_withdrawal": "housing_fund",
}
"""The items of the event, each with the office that has it."""

FIRST: Final = "deed_tax"
TITLE: Final = "home_transfer_registration"
REST: Final = tuple(item for item in OFFICES if item not in (FIRST, TITLE))
TAX: Final = {"amount": "18,000 元", "how": "1,200,000 元的 1.5%（示例）"}


class Purchase:
    """An application for the event, with its buyer and with an officer in each office."""

    def __init__(self, town: Town, buyer: Caller, staff: Mapping[str, Caller], affair: str) -> None:
        self.town = town
        self.buyer = buyer
        self.staff = staff
        self.affair = affair

    async def cases(self) -> dict[str, Any]:
        """The newest case of each item."""
        found = (await self.buyer.get(f"/api/affairs/{self.affair}")).json()["cases"]
        # Ids of cases grow with time.
        return {case["item"]: case for case in sorted(found, key=lambda one: str(one["case"]))}

    async def states(self) -> dict[str, str]:
        return {item: case["state"] for item, case in (await self.cases()).items()}

    async def move(self, item: str, step: str, outcome: str, **words: str) -> tuple[int, str]:
        """What an officer of the item's office is answered: the status, and why not."""
        return await self._sends(item, {"step": step, "outcome": outcome, "words": words})

    async def names(self, item: str, step: str, outcome: str, at: datetime) -> tuple[int, str]:
        """The same of a move that says when somebody comes."""
        return await self._sends(item, {"step": step, "outcome": outcome, "words": {}, "at": at.isoformat()})

    async def _sends(self, item: str, body: Mapping[str, object]) -> tuple[int, str]:
        case = (await self.cases())[item]["case"]
        answer = await self.staff[OFFICES[item]].send(f"/api/cases/{case}/moves", dict(body))
        return answer.status_code, "" if answer.status_code == 200 else reason(answer)

    async def done(self, item: str, *moves: str) -> None:
        """Moves that are all taken."""
        for one in moves:
            step, _, outcome = one.partition("/")
            assert await self.move(item, step, outcome) == (200, ""), f"{item} {one}"

    async def bring(self, item: str) -> None:
        """The buyer did what the case waits for: they brought, or they paid."""
        case = (await self.cases())[item]["case"]
        answer = await self.buyer.send(f"/api/affairs/{self.affair}/bring", {"case": case})
        assert answer.status_code == 200, answer.text

    async def pays(self) -> None:
        """The buyer pays every fee of the application that is due, online."""
        for fee in (await self.buyer.get(f"/api/affairs/{self.affair}/payments")).json()["payments"]:
            if fee["state"] == "due":
                sent = await self.buyer.send(f"/api/payments/{fee['payment']}/pay", {})
                assert sent.status_code == 200, sent.text
                assert (await self.town.nobody.post(sent.json()["address"], {})).status_code == 303
                paid = await self.buyer.send(f"/api/payments/{fee['payment']}/check", {})
                assert paid.json()["state"] == "paid"

    async def entered(self) -> None:
        """The registrar accepts and the buyer pays, so the title is entered."""
        await self.done(TITLE, "acceptance/accept")
        await self.pays()
        await self.done(TITLE, "check/enter")

    async def again(self, item: str) -> None:
        """The buyer applies once more, with the same answers."""
        answer = await self.buyer.send(f"/api/affairs/{self.affair}/again", {"item": item})
        assert answer.status_code == 200, answer.text

    async def tax_is_paid(self) -> None:
        assert await self.move(FIRST, "declaration", "assess", **TAX) == (200, "")
        await self.bring(FIRST)
        await self.done(FIRST, "confirmation/issue")

    async def letters(self) -> list[str]:
        rows = await self.town.rows("select kind from letters where about = $1 order by sent, kind", UUID(self.affair))
        return [row["kind"] for row in rows]


async def bought(town: Town, answers: Mapping[str, str] = HOME) -> Purchase:
    """A buyer whom nobody else knows has applied, and every office has an officer."""
    duties = ("services.accept", "services.decide", "services.inspect")
    staff = {
        office: await town.sign_in(await town.new_officer(*(Held(duty, Scope(office, AREA)) for duty in duties)))
        for office in sorted(set(OFFICES.values()))
    }
    buyer = await town.new_citizen()
    receipt = await buyer.send("/api/applications", {"event": "second_hand_home", "answers": dict(answers)})
    receipt.raise_for_status()
    return Purchase(town, buyer, staff, receipt.json()["affair"])


async def test_one_application_opens_tax_title_and_whatever_waits_for_the_title(town: Town) -> None:
    purchase = await bought(town)
    assert (await purchase.cases()).keys() == OFFICES.keys()
    assert await purchase.states() == {FIRST: "waiting", **dict.fromkeys((TITLE, *REST), "held")}
    assert await purchase.move(TITLE, "acceptance", "accept") == (409, "casework.no_such_step")
    assert await purchase.move("water_account_transfer", "settlement", "settled") == (409, "casework.no_such_step")

    await purchase.tax_is_paid()
    assert await purchase.states() == {FIRST: "granted", TITLE: "waiting", **dict.fromkeys(REST, "held")}
    await purchase.entered()
    counted = dict.fromkeys(SUPPLIES, "running")
    paper = dict.fromkeys(("mortgage_registration", "housing_fund_withdrawal"), "waiting")
    assert await purchase.states() == {FIRST: "granted", TITLE: "granted", **counted, **paper}

    for supply in SUPPLIES:
        await purchase.done(supply, "settlement/settled", "contract/sign")
    await purchase.done("mortgage_registration", "acceptance/accept", "check/enter")
    await purchase.done("housing_fund_withdrawal", "acceptance/accept", "decision/approve")
    assert await purchase.states() == dict.fromkeys(OFFICES, "granted")
    letters = await purchase.letters()
    assert letters.count("casework.released") == 1 + len(REST)
    assert letters.count("services.supplied") == len(SUPPLIES)
    assert {"services.tax_paid", "services.entered", "services.withdrawal_approved"} <= set(letters)


async def test_the_receipt_says_who_begins_what_waits_and_what_is_missing(town: Town) -> None:
    purchase = await bought(town)
    receipt = (await purchase.buyer.get(f"/affairs/{purchase.affair}/receipt")).text
    assert "个部门同时看材料" not in receipt, "only the tax begins, the rest waits for it"
    assert f"还有 {len(OFFICES) - 1} 项" in receipt
    assert "还差：" in receipt
    assert "什么也不用做" not in receipt


async def test_a_life_event_that_costs_something_is_not_called_free(town: Town) -> None:
    buyer = await town.new_citizen()
    guide = (await buyer.get("/life-events/second_hand_home")).text
    assert "80 元" in guide
    assert "不收费" not in guide
    newborn = (await buyer.get("/life-events/newborn")).text
    assert ("没有查到要收费的规定" in newborn, "不收费" in newborn) == (True, False), "no law says so of all of it"
    permit = (await buyer.get("/items/food_business")).text
    said = re.search("不收费.{0,160}", permit, re.DOTALL)
    assert said and "行政许可法" in said[0] and "第 58 条第 1 款" in re.sub("<[^>]*>", "", said[0]), said
    missing = await buyer.get("/life-events/none")
    assert missing.status_code == 404
    assert missing.text.count("一城 · ", 0, missing.text.index("</title>")) == 1, (
        "the name of the city's house stands once"
    )


async def test_each_office_has_the_days_of_its_own_law(town: Town) -> None:
    purchase = await bought(town)
    await purchase.tax_is_paid()
    await purchase.done(TITLE, "acceptance/accept")
    # Three working days after Tuesday the 22nd of September 2020.
    assert (await purchase.cases())[TITLE]["due"] == "2020-09-25"
    await purchase.pays()
    await purchase.done(TITLE, "check/enter")
    await purchase.done("housing_fund_withdrawal", "acceptance/accept")
    due = {item: case["due"] for item, case in (await purchase.cases()).items()}
    # The Sunday before the National Day is worked; heat reaches beyond the eight days of the holidays.
    assert due["water_account_transfer"] == due["power_account_transfer"] == due["gas_account_transfer"] == "2020-09-28"
    assert due["heating_account_transfer"] == "2020-10-09"
    assert due["housing_fund_withdrawal"] == "2020-09-25"


async def test_what_the_answers_do_not_switch_on_is_neither_asked_nor_opened(town: Town) -> None:
    needless = ("lender", "loan_amount", "loan_until", "fund_amount", "fund_card", "gas_meter", "gas_reading")
    answers = {name: answer for name, answer in HOME.items() if name not in (*needless, "heating_account")}
    no = dict.fromkeys(("takes_loan", "uses_housing_fund", "home_has_gas", "home_has_heating"), "no")
    purchase = await bought(town, answers | no)
    assert (await purchase.cases()).keys() == {FIRST, TITLE, "water_account_transfer", "power_account_transfer"}
    answer = await purchase.buyer.send("/api/applications", {"event": "second_hand_home", "answers": answers})
    assert reason(answer) == "services.answers"
    asked = set(answer.json()["details"]["fields"])
    assert asked == {"takes_loan", "uses_housing_fund", "home_has_gas", "home_has_heating"} - answers.keys() | {
        *needless, "heating_account"
    }  # fmt: skip


async def test_a_refused_title_stops_whatever_waits_for_it_and_the_tax_stays_paid(town: Town) -> None:
    purchase = await bought(town)
    await purchase.tax_is_paid()
    await purchase.done(TITLE, "acceptance/accept")
    assert await purchase.move(TITLE, "check", "refuse", **WORDS) == (200, "")
    assert await purchase.states() == {FIRST: "granted", TITLE: "refused", **dict.fromkeys(REST, "lapsed")}
    assert (await purchase.letters()).count("casework.lapsed") == len(REST)
    assert await purchase.move("water_account_transfer", "settlement", "settled") == (409, "casework.ended")

    await purchase.again(TITLE)
    await purchase.again("water_account_transfer")
    states = await purchase.states()
    assert (states[FIRST], states[TITLE], states["water_account_transfer"]) == ("granted", "waiting", "held")
    await purchase.entered()
    await purchase.done("water_account_transfer", "settlement/settled", "contract/sign")
    states = await purchase.states()
    assert (states[TITLE], states["water_account_transfer"], states["gas_account_transfer"]) == (
        "granted", "granted", "lapsed",
    )  # fmt: skip


async def test_nobody_certifies_a_tax_before_the_buyer_paid_it(town: Town) -> None:
    purchase = await bought(town)
    assert await purchase.move(FIRST, "declaration", "as_declared") == (200, "")
    assert (await purchase.states())[FIRST] == "yours"
    assert await purchase.move(FIRST, "confirmation", "issue") == (409, "casework.no_such_step")
    assert await purchase.move(FIRST, "payment", "paid") == (403, "casework.not_your_duty")
    await purchase.bring(FIRST)
    case = (await purchase.cases())[FIRST]
    assert (case["state"], case["accepted"], case["due"]) == ("running", "2020-09-22", "2020-09-25")


async def test_a_tax_that_never_arrives_is_returned_and_stops_the_rest(town: Town) -> None:
    purchase = await bought(town)
    assert await purchase.move(FIRST, "declaration", "assess", **TAX) == (200, "")
    await purchase.bring(FIRST)
    await purchase.done(FIRST, "confirmation/missing")
    assert await purchase.states() == {FIRST: "returned", **dict.fromkeys((TITLE, *REST), "lapsed")}
    assert "services.tax_unpaid" in await purchase.letters()


async def test_registrar_and_meter_reader_ask_before_others_decide(town: Town) -> None:
    purchase = await bought(town)
    await purchase.tax_is_paid()
    await purchase.done(TITLE, "acceptance/accept")
    assert await purchase.move(TITLE, "check", "enquire", why="卖方的姐姐说房子有她一半") == (200, "")
    assert await purchase.move(TITLE, "check", "enter") == (409, "casework.no_such_step")
    assert await purchase.move(TITLE, "enquiry", "answered", seen="两人商量好了，写了同意书") == (200, "")
    assert await purchase.move(TITLE, "check", "enquire", why="再问一次") == (409, "casework.once")
    await purchase.pays()
    await purchase.done(TITLE, "check/enter")

    gas = "gas_account_transfer"
    day = due(town.city.counter.office.calendar, Run(day_in(ZONE, town.clock()), Limit(1))).day
    at = datetime.combine(day, time(9, 30), ZONE)
    assert await purchase.names(gas, "settlement", "look", at) == (200, "")
    assert "在您申请写的地方" in (await purchase.buyer.get(f"/affairs/{purchase.affair}")).text
    assert await purchase.move(gas, "contract", "sign") == (409, "casework.no_such_step")
    assert await purchase.move(gas, "reading", "seen", seen="1,043 立方米") == (409, "casework.before_meeting")
    with town.clock.later(at - town.clock()):
        await town.stay(purchase.buyer, *purchase.staff.values())
        assert await purchase.move(gas, "reading", "seen", seen="1,043 立方米") == (200, "")
    await town.stay(purchase.buyer, *purchase.staff.values())
    assert await purchase.move(gas, "settlement", "owed", owed="38.50 元，燃气公司网上营业厅") == (200, "")
    assert (await purchase.states())[gas] == "yours"
    assert "38.50 元" in (await purchase.buyer.get(f"/affairs/{purchase.affair}")).text
    await purchase.bring(gas)
    await purchase.done(gas, "settlement/settled", "contract/sign")
    assert (await purchase.states())[gas] == "granted"


async def test_an_office_moves_nothing_of_another(town: Town) -> None:
    purchase = await bought(town)
    case = (await purchase.cases())[FIRST]["case"]
    body = {"step": "declaration", "outcome": "as_declared", "words": {}}
    for office, officer in purchase.staff.items():
        answer = await officer.send(f"/api/cases/{case}/moves", body)
        assert (answer.status_code == 200) is (office == OFFICES[FIRST])


async def test_everything_lies_in_the_street_of_the_home(town: Town) -> None:
    purchase = await bought(town)
    rows = await town.rows("select area from cases where affair = $1", UUID(purchase.affair))
    assert [row["area"] for row in rows] == [STREET] * len(OFFICES)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_form_asks_in_six_steps_and_shows_them_again_before_it_is_sent(town: Town, lang: str) -> None:
    buyer = await town.new_citizen()
    buyer.http.cookies.set("lang", lang)
    path, steps = "/life-events/second_hand_home/apply/questions", list[str]()
    while "/apply/" in path and len(steps) < 9:
        steps.append(path.rpartition("/")[2])
        page = await buyer.get(path)
        asked = {name: answer for name, answer in HOME.items() if f'name="{name}"' in page.text}
        assert asked
        answer = await buyer.post(path, asked)
        assert answer.status_code == 303, answer.text
        path = answer.headers["location"]
    assert [step for step in steps if step != "materials"] == [
        "questions", "bought_home", "sale", "loan", "housing_fund", "meters",
    ]  # fmt: skip
    review = (await buyer.get("/life-events/second_hand_home/review")).text
    assert ("花园路 100 号院" in review, "金水区 花园路街道" in review) == (True, True)
    assert (await buyer.get("/life-events/second_hand_home")).status_code == 200
    for item in OFFICES:
        guide = await buyer.get(f"/items/{item}")
        assert guide.status_code == 200
        # A supply is a contract: no authority stands above it, and nobody is told of one.
        assert bool(re.search("申请行政复议|ask for reconsideration", guide.text)) == (item not in SUPPLIES)
        assert bool(re.search("月内向法院起诉|You can go to court", guide.text)) == (item in SUPPLIES)


@pytest.fixture
async def alone(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town of its own: its jobs look at every case there is."""
    async with own_town(cluster, open_folder, monkeypatch) as found:
        yield found


async def test_silence_lets_a_declared_tax_stand_and_accepts_a_title_at_once(alone: Town) -> None:
    purchase = await bought(alone)
    office = alone.city.counter.office
    due = date.fromisoformat((await purchase.cases())[FIRST]["due"])
    assert due == date(2020, 9, 25)
    with alone.clock.later(timedelta(days=due.day - 22)):
        assert await let_silence_speak(alone.clock(), office=office) == 0
    # The day after is a Saturday; silence does not wait for the office to open.
    with alone.clock.later(timedelta(days=4)):
        assert await let_silence_speak(alone.clock(), office=office) == 1
    assert (await purchase.states())[FIRST] == "yours"
    await purchase.bring(FIRST)
    await purchase.done(FIRST, "confirmation/issue")
    with alone.clock.later(timedelta(days=2)):
        assert await let_silence_speak(alone.clock(), office=office) == 1
    title = (await purchase.cases())[TITLE]
    assert (title["state"], title["accepted"]) == ("running", title["received"])


async def test_who_says_that_the_tax_is_paid_changes_nothing_that_was_assessed(town: Town) -> None:
    purchase = await bought(town)
    assert await purchase.move(FIRST, "declaration", "assess", **TAX) == (200, "")
    case = (await purchase.cases())[FIRST]["case"]
    path = f"/affairs/{purchase.affair}/cases/{case}/bring"
    page = await purchase.buyer.get(path)
    assert "缴好了" in page.text
    assert 'name="home_price"' not in page.text
    changed = {"case": str(case), "answers": {"home_price": "100000"}}
    answer = await purchase.buyer.send(f"/api/affairs/{purchase.affair}/bring", changed)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:onecity:services.not_asked")
    sent = await purchase.buyer.post(path, {"home_price": "100000", "key": hidden(page, "key")})
    assert sent.status_code == 303
    [*_, last] = await town.city.memory.ledger.history(UUID(purchase.affair))
    assert not isinstance(last.fact, Supplemented)


NEEDS_TAX_ITSELF: Final = replacing(
    "services/items/mortgage_registration.yaml",
    "needs:\n",
    "needs:\n  - {material: deed_tax_certificate, why: {zh: 先完税, en: Tax first}, origin: law,"
    ' because: {law: 民法典, article: "211", version: 2020-05-28}}\n',
)
"""The mortgage then waits for the tax along two ways: by itself, and through the title."""


@pytest.fixture
async def crossed(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with own_town(cluster, open_folder, monkeypatch, NEEDS_TAX_ITSELF) as found:
        yield found


@pytest.mark.parametrize("end", ["withdrawn", "returned"])
async def test_whoever_waits_along_two_ways_lapses_once_when_the_first_ends_badly(crossed: Town, end: str) -> None:
    purchase = await bought(crossed)
    if end == "withdrawn":
        case = (await purchase.cases())[FIRST]["case"]
        answer = await purchase.buyer.send(f"/api/affairs/{purchase.affair}/withdraw", {"case": case})
        assert answer.status_code == 200, answer.text
    else:
        assert await purchase.move(FIRST, "declaration", "assess", **TAX) == (200, "")
        await purchase.bring(FIRST)
        await purchase.done(FIRST, "confirmation/missing")
    assert await purchase.states() == {FIRST: end, **dict.fromkeys((TITLE, *REST), "lapsed")}
    assert (await purchase.letters()).count("casework.lapsed") == len(REST) + 1


async def test_whoever_waits_along_two_ways_begins_after_both(crossed: Town) -> None:
    purchase = await bought(crossed)
    await purchase.tax_is_paid()
    assert (await purchase.states())["mortgage_registration"] == "held"
    await purchase.entered()
    assert (await purchase.states())["mortgage_registration"] == "waiting"
