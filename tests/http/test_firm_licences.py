"""A firm changes or ends: its licences go along in the same moment, and nobody else's do."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import pytest
from tests.http.test_licences import deed
from tests.http.test_register_entries import Entry
from tests.http.towns import AGENCY, AREA, Caller, Given, Town, open_town

from onecity.kernel.acting import Held, Scope
from onecity.machinery.postgres import Cluster

SHOP: Final = {"shop_name": "拾味小馆", "premises_address": "纬二路 58 号", "premises_right": "租来的"}
OTHER_SHOP: Final = SHOP | {"shop_name": "拾味二店", "premises_address": "经三路 1 号"}
STRIKE: Final = {
    "credit_code": "92410105MA0000000X",
    "shop_name": "拾味小馆",
    "cancel_way": "promise",
    "owes_anything": "no",
}
CHANGE: Final = {
    "credit_code": "92410105MA0000000X", "trader_change": "name", "shop_name": "百味小馆", "business_scope": "餐饮服务",
    "premises_street": "410105001", "premises_address": "纬二路 58 号", "premises_right": "rented",
}  # fmt: skip


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town in a year in which traders are registered by the law of 2022."""
    at = datetime(2026, 9, 14, 1, tzinfo=UTC)
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}", at=at) as found:
        yield found


@pytest.fixture
async def here(own_town: Town) -> Town:
    await own_town.wake()
    return own_town


class Trader:
    """Somebody with a shop: its business licence, its food licence and the receipt of its seal; and a second shop."""

    def __init__(self, town: Town, who: Caller, held: Mapping[str, Given]) -> None:
        self.town, self.who, self.held = town, who, held

    async def state(self, name: str) -> str:
        """What everybody is told who checks a licence."""
        await self.town.publish()
        answer = await self.town.caller().get(f"/api/verify/{self.held[name].identifier}")
        found: str = answer.json()["verdict"]
        return found

    async def values(self, name: str) -> list[str]:
        await self.town.publish()
        found = (await self.town.caller().get(f"/api/verify/{self.held[name].identifier}")).json()
        return list(found["values"].values())

    async def apply(self, item: str, answers: Mapping[str, str]) -> Entry:
        sent = await self.who.send("/api/applications", {"items": [item], "answers": dict(answers)})
        assert sent.status_code == 200, sent.text
        held = (Held(duty, Scope(AGENCY, AREA)) for duty in ("services.accept", "services.decide"))
        officer = await self.town.sign_in(await self.town.new_officer(*held))
        return Entry(self.town, self.who, officer, UUID(sent.json()["affair"]), UUID(sent.json()["cases"][0]))

    async def letters(self, kind: str) -> list[str]:
        person = await self.town.person(self.who)
        rows = await self.town.rows("select letter from letters where person = $1 and kind = $2", person, kind)
        return [(await self.who.get(f"/letters/{row['letter']}")).text for row in rows]


async def trader(town: Town) -> Trader:
    who = await town.new_citizen()
    held = {
        "business": await town.issue(who, kind="business_licence", values=SHOP),
        "food": await town.issue(who, kind="food_business_licence", values=SHOP),
        "seal": await town.issue(who, kind="seal_receipt", values=SHOP),
        "second": await town.issue(who, kind="business_licence", values=OTHER_SHOP),
        "second food": await town.issue(who, kind="food_business_licence", values=OTHER_SHOP),
    }
    return Trader(town, who, held)


async def test_a_shop_that_closes_takes_its_licences_along_and_no_others(here: Town) -> None:
    one, neighbour = await trader(here), await trader(here)
    entry = await one.apply("individual_business_cancellation", STRIKE)
    assert [await one.state(name) for name in ("business", "food", "seal")] == ["valid"] * 3, "nothing ends before"
    assert await entry.moved("acceptance/strike") == 200
    assert [await one.state(name) for name in ("business", "food", "seal")] == ["cancelled"] * 3
    assert [await one.state(name) for name in ("second", "second food")] == ["valid"] * 2
    assert [await neighbour.state(name) for name in ("business", "food")] == ["valid"] * 2, "of the same name"
    told = await one.letters("licences.struck_off")
    assert len(told) == 3
    assert sum("行政许可法" in letter for letter in told) == 1
    kinds = await here.rows("select kind from ledger.facts where stream = $1", one.held["food"].licence)
    assert [row["kind"].partition("/")[0] for row in kinds] == ["licences.issued", "licences.struck_off"]


async def test_a_licence_under_a_penalty_does_not_escape_with_its_firm(here: Town) -> None:
    one = await trader(here)
    await here.stay(here.keeper)
    words = {"facts": "卖过期的肉", "rule": "食品安全法第 124 条"}
    assert (await deed(here.keeper, one.held["food"], "revoke", **words)).status_code == 303
    entry = await one.apply("individual_business_cancellation", STRIKE)
    assert await entry.moved("acceptance/strike") == 200
    assert await one.state("business") == "cancelled"
    assert await one.state("food") == "valid", "the proposal goes on"
    assert len(await one.letters("licences.firm_ended")) == 1
    second = await here.sign_in(await here.new_officer(Held("licences.revoke", Scope(AGENCY, AREA))))
    assert (await deed(second, one.held["food"], "drop", facts="弄错了")).status_code == 303
    assert await one.state("food") == "cancelled", "without the penalty it goes the way of its firm"


async def test_a_new_name_stands_on_all_licences_that_follow_it(here: Town) -> None:
    one = await trader(here)
    entry = await one.apply("individual_business_change_registration", CHANGE)
    assert await entry.moved("acceptance/register") == 200
    assert "百味小馆" in await one.values("business")
    assert "百味小馆" in await one.values("food")
    assert "拾味小馆" in await one.values("seal"), "a new seal is made by somebody"
    assert "拾味二店" in await one.values("second food")
    held = (await one.who.get("/api/wallet")).json()["licences"]
    assert len(held) == len(one.held), "a licence that changes is no other licence"
    editions = {found["licence"]: found["identifier"].split(".")[-2] for found in held}
    assert editions[str(one.held["business"].licence)] == editions[str(one.held["food"].licence)] == "002"
    assert editions[str(one.held["seal"].licence)] == "001"
    assert len(await one.letters("licences.changed")) == 1
    assert await one.state("business") == await one.state("food") == "replaced", "what was printed before is not used"
    closing = await one.apply("individual_business_cancellation", STRIKE | {"shop_name": "百味小馆"})
    assert await closing.moved("acceptance/strike") == 200
    assert await one.state("seal") == "cancelled", "what still bears the former name goes along"
    assert await one.state("second") == "valid"


async def test_a_name_that_another_shop_of_the_holder_has_changes_neither(here: Town) -> None:
    one = await trader(here)
    entry = await one.apply("individual_business_change_registration", CHANGE | {"shop_name": "拾味二店"})
    assert await entry.moved("acceptance/register") == 200
    assert "经三路 1 号" in await one.values("second")
    assert "拾味小馆" in await one.values("business")


async def test_a_closing_that_cannot_tell_which_licences_are_meant_touches_none_and_says_so(here: Town) -> None:
    one = await trader(here)
    entry = await one.apply("individual_business_cancellation", STRIKE | {"shop_name": "别的店"})
    assert await entry.moved("acceptance/strike") == 200
    assert [await one.state(name) for name in ("business", "second", "food")] == ["valid"] * 3
    assert len(await one.letters("licences.reached_none")) == 1


async def test_a_shop_that_moves_changes_its_own_licence_and_no_permit_for_the_place(here: Town) -> None:
    one = await trader(here)
    moves = CHANGE | {"trader_change": "place", "shop_name": "拾味小馆", "premises_address": "纬二路 60 号"}
    entry = await one.apply("individual_business_change_registration", moves)
    assert await entry.moved("acceptance/register") == 200
    assert "纬二路 60 号" in await one.values("business")
    assert "纬二路 58 号" in await one.values("food"), "a kitchen elsewhere is looked at first"


async def test_a_shop_that_the_wallet_does_not_know_gets_a_licence_beside_the_others(here: Town) -> None:
    one = await trader(here)
    elsewhere = CHANGE | {"shop_name": "三店", "premises_address": "东风路 9 号"}
    entry = await one.apply("individual_business_change_registration", elsewhere)
    assert await entry.moved("acceptance/register") == 200
    assert len((await one.who.get("/api/wallet")).json()["licences"]) == len(one.held) + 1
    assert "拾味小馆" in await one.values("business")


@pytest.mark.parametrize(
    ("item", "answers", "says"),
    [
        ("individual_business_cancellation", STRIKE, "这 3 本证照一起注销"),
        ("individual_business_change_registration", CHANGE, "这 1 本证照一起换成新名称"),
    ],
)
async def test_whoever_applies_reads_beforehand_what_goes_along(
    here: Town, item: str, answers: Mapping[str, str], says: str
) -> None:
    one = await trader(here)
    path = f"/items/{item}/apply"
    while not path.endswith("/review"):
        page = await one.who.get(path)
        if page.status_code == 303:
            path = page.headers["location"]
            continue
        sent = await one.who.post(path, dict(answers) if "/apply/" in path else {})
        assert sent.status_code == 303, sent.text
        path = sent.headers["location"]
    review = (await one.who.get(path)).text
    assert says in review
    assert f'href="/wallet/{one.held["food"].licence}"' in review
    assert f'href="/wallet/{one.held["second food"].licence}"' not in review
