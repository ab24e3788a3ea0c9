"""Entries of registers: a trader is struck off when nobody objects, and who may look a home up is told what stands there."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from tests.http.towns import AREA, Caller, Town

from onecity.kernel.acting import Held, Scope

TRADER: Final = {
    "credit_code": "92410105MA0000000X", "shop_name": "拾味小馆", "cancel_way": "promise", "owes_anything": "no",
}  # fmt: skip
HOMES: Final = {
    "search_role": "owner", "search_what": "all_mine", "search_which": "全部", "search_purpose": "孩子上学报名",
}  # fmt: skip
WHY: Final = {"facts": "还欠 300 元税", "rule": "市场主体登记管理条例第 33 条", "remedy": "缴清再申请"}


class Entry:
    """A case of one item, with whoever applied and an officer who accepts and decides."""

    def __init__(self, town: Town, who: Caller, officer: Caller, affair: UUID, case: UUID) -> None:
        self.town, self.who, self.officer, self.affair, self.case = town, who, officer, affair, case

    async def moved(self, way: str, **words: str) -> int:
        """The status of what the officer is answered."""
        step, _, outcome = way.partition("/")
        body = {"step": step, "outcome": outcome, "words": words}
        return (await self.officer.send(f"/api/cases/{self.case}/moves", body)).status_code

    async def state(self) -> str:
        found: str = (await self.who.get(f"/api/affairs/{self.affair}")).json()["cases"][0]["state"]
        return found

    async def letters(self) -> dict[str, str]:
        """What each letter about it says, by its kind."""
        rows = await self.town.rows("select letter, kind from letters where about in ($1, $2)", self.affair, self.case)
        return {row["kind"]: (await self.who.get(f"/letters/{row['letter']}")).text for row in rows}


async def entry(town: Town, item: str, answers: Mapping[str, str], agency: str) -> Entry:
    who = await town.new_citizen()
    sent = await who.send("/api/applications", {"items": [item], "answers": dict(answers)})
    assert sent.status_code == 200, sent.text
    held = (Held(duty, Scope(agency, AREA)) for duty in ("services.accept", "services.decide"))
    officer = await town.sign_in(await town.new_officer(*held))
    return Entry(town, who, officer, UUID(sent.json()["affair"]), UUID(sent.json()["cases"][0]))


async def struck(town: Town) -> Entry:
    """A trader without a tax clearance wants to be struck off, and the departments are asked."""
    found = await entry(town, "individual_business_cancellation", TRADER, "market_supervision")
    assert await found.moved("acceptance/ask_departments") == 200
    assert await found.moved("decision/strike") == 409, "who asks waits for the answer"
    return found


async def test_a_trader_without_a_tax_clearance_is_struck_off_if_no_department_objects(town: Town) -> None:
    found = await struck(town)
    assert await found.moved("objections/nobody") == 200
    assert await found.moved("decision/strike") == 200
    assert await found.state() == "granted"
    assert {"services.departments_asked", "services.accepted", "services.entered"} <= (await found.letters()).keys()


async def test_a_trader_of_whom_a_department_says_that_they_owe_is_told_why_not(town: Town) -> None:
    found = await struck(town)
    assert await found.moved("objections/raised", **WHY) == 200
    assert await found.state() == "refused"
    assert WHY["facts"] in (await found.letters())["services.refused"]


async def test_who_looks_a_home_up_reads_what_the_register_says(town: Town) -> None:
    found = await entry(town, "real_estate_records_search", HOMES, "property_registration")
    assert await found.moved("search/tell", found="名下没有房") == 200
    assert await found.state() == "granted"
    assert "登记簿上：名下没有房" in (await found.letters())["services.search_result"]
