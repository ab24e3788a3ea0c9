"""Orders over the four levels of the city, as programs and pages move them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.http.towns import Caller, Town

from onecity.casework.ordering import chase
from onecity.kernel.acting import Held, Scope

CENTRE = "city_operations"
CITY, COUNTY, STREET, VILLAGE = "410100", "410105", "410105001", "410105001003"


async def chief(town: Town) -> Caller:
    return await town.sign_in(await town.new_officer(Held("governance.chief", Scope(CENTRE, CITY))))


async def answering(town: Town, area: str) -> Caller:
    return await town.sign_in(await town.new_officer(Held("governance.respond", Scope(CENTRE, area))))


async def begun(by: Caller, *areas: str, **more: Any) -> dict[str, Any]:
    to = [{"agency": CENTRE, "area": area} for area in areas]
    answer = await by.send(
        "/api/orders", {"kind": "response", "words": "今夜有大雪，清扫桥面", "to": to} | more, key=uuid4()
    )
    assert answer.status_code == 200, answer.text
    return await tree(by, answer.json()["order"])


async def tree(by: Caller, order: str) -> dict[str, Any]:
    answer = await by.get(f"/api/orders/{order}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def below(whole: dict[str, Any], area: str) -> str:
    found: str = next(one["order"] for one in whole["tree"] if one["area"] == area and one["parent"] is not None)
    return found


async def act(by: Caller, order: str, kind: str, **more: Any) -> httpx.Response:
    return await by.send(f"/api/orders/{order}/acts", {"act": {"type": kind, **more}}, key=uuid4())


async def acted(by: Caller, order: str, kind: str, **more: Any) -> None:
    answer = await act(by, order, kind, **more)
    assert answer.status_code == 200, answer.text


async def passed_on(by: Caller, order: str, area: str) -> None:
    sent = {"words": "按上面的办", "to": [{"agency": CENTRE, "area": area}]}
    answer = await by.send(f"/api/orders/{order}/pass-on", sent, key=uuid4())
    assert answer.status_code == 200, answer.text


async def test_an_order_goes_down_four_levels_and_its_reports_roll_up(town: Town) -> None:
    city = await chief(town)
    county, street, village = [await answering(town, area) for area in (COUNTY, STREET, VILLAGE)]
    found = await begun(city, COUNTY, "410102")
    top, of_county = found["order"], below(found, COUNTY)
    await acted(county, of_county, "receive")
    await passed_on(county, of_county, STREET)
    of_street = below(await tree(county, of_county), STREET)
    await passed_on(street, of_street, VILLAGE)
    of_village = below(await tree(street, of_street), VILLAGE)
    await acted(village, of_village, "report", words="扫了三座桥", done=3, of=3)
    await acted(street, of_street, "report", words="自己扫了四座", done=4, of=5)
    whole = await tree(city, top)
    assert (whole["orders"], whole["answered"], whole["done"], whole["of"]) == (4, 2, 7, 8)
    # The street takes what the village reported, then the county what the street did; the city sees every step.
    refused = await act(county, of_street, "fulfil")
    assert refused.status_code == 409 and refused.json()["details"]["number"] == 1
    await acted(street, of_village, "fulfil")
    await acted(county, of_street, "fulfil")
    stages = {one["area"]: one["stage"] for one in (await tree(city, top))["tree"]}
    assert (stages[VILLAGE], stages[STREET], stages[COUNTY], stages["410102"]) == (
        "fulfilled", "fulfilled", "received", "given",
    )  # fmt: skip


async def test_whoever_does_not_answer_is_named_and_those_above_are_told(town: Town) -> None:
    city, county = await chief(town), await answering(town, COUNTY)
    found = await begun(city, COUNTY)
    order = below(found, COUNTY)
    assert found["missing"] == []
    with town.clock.later(timedelta(hours=3)):
        await town.stay(city)
        assert await chase(town.clock(), orders=town.city.orders.orders) >= 1
        assert (await tree(city, found["order"]))["missing"] == [order]
        assert await chase(town.clock(), orders=town.city.orders.orders) == 0
        rows = await town.rows("select kind from letters where about = $1", found["tree"][0]["order"])
        assert "order.missed" in {row["kind"] for row in rows}
        await town.stay(county)
        await acted(county, order, "receive")
        assert (await tree(city, found["order"]))["missing"] == []


async def test_nobody_beside_or_below_sees_or_moves_an_order(town: Town) -> None:
    city, county, other = await chief(town), await answering(town, COUNTY), await answering(town, "410102")
    found = await begun(city, COUNTY)
    order = below(found, COUNTY)
    assert (await other.get(f"/api/orders/{order}")).status_code == 404
    assert (await other.get(f"/orders/{order}")).status_code == 404
    assert (await county.get(f"/api/orders/{found['order']}")).status_code == 404
    assert (await act(other, order, "receive")).status_code == 404
    # Those above see it, and do not answer for those below.
    assert (await act(city, order, "report", words="替他们报")).status_code == 403
    assert (await act(county, order, "fulfil")).status_code == 403


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"to": []}, 409), ({"to": [{"agency": "nobody", "area": COUNTY}]}, 409), ({"words": " "}, 409),
        ({"to": [{"agency": CENTRE, "area": "999999"}]}, 409), ({"trigger": "overdue"}, 409),
        ({"kind": "nothing"}, 409), ({"hours": 0}, 422),
    ],
)  # fmt: skip
async def test_an_order_that_says_too_little_is_refused(town: Town, more: dict[str, Any], status: int) -> None:
    sent = {"kind": "response", "words": "扫雪", "to": [{"agency": CENTRE, "area": COUNTY}]} | more
    answer = await (await chief(town)).send("/api/orders", sent, key=uuid4())
    assert answer.status_code == status, answer.text


async def test_on_pages_an_order_is_begun_answered_returned_and_taken(town: Town) -> None:
    city, county = await chief(town), await answering(town, COUNTY)
    page = await city.get("/orders/new/response")
    assert "今水" not in page.text and f'name="to-{COUNTY}"' in page.text
    empty = await city.post("/orders/new/response", {"words": "扫雪", "agency": CENTRE})
    assert empty.status_code == 422 and "至少勾一个" in empty.text
    sent = await city.post("/orders/new/response", {"words": "扫雪", "agency": CENTRE, f"to-{COUNTY}": "yes"})
    assert sent.status_code == 303, sent.text
    top = sent.headers["location"]
    order = below(await tree(city, top.rsplit("/", 1)[1]), COUNTY)
    own = f"/orders/{order}"
    assert own in (await county.get("/orders")).text
    for name, fields in (
        ("receive", {}),
        ("acknowledge", {"words": "今晚扫"}),
        ("report", {"words": "扫了", "done": "2", "of": "3"}),
    ):
        assert (await county.post(f"{own}/{name}", fields)).status_code == 303
    assert (await city.post(f"{own}/return", {"words": "还差一座", "hours": "5"})).status_code == 303
    for typed in ("两", "9999999"):
        unread = await county.post(f"{own}/report", {"words": "扫完了", "done": "1", "of": typed})
        assert unread.status_code == 422 and "请写一个数" in unread.text
    wrong = await county.post(f"{own}/report", {"words": "扫完了", "done": "4", "of": "3"})
    assert wrong.status_code == 422 and "扫完了" in wrong.text
    assert (await county.post(f"{own}/report", {"words": "扫完了", "done": "3", "of": "3"})).status_code == 303
    assert (await city.post(f"{own}/fulfil", {})).status_code == 303
    assert (await city.post(f"{top}/fulfil", {})).status_code == 303
    assert "办好了" in (await city.get(top)).text
    assert (await county.post(f"{own}/receive", {})).status_code in (403, 409)
