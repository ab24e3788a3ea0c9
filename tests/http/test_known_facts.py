"""What the city knows already: shown with its source, taken over by a tick, quoted in the fact, taken back at will."""

from uuid import UUID, uuid4

from tests.http.towns import Caller, Town, hidden

from onecity.bootstrap.founding import _KNOWN
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import the_city
from onecity.registers import FactRow
from onecity.services.facts import Applied

EVENT = "/life-events/open_restaurant"
QUESTIONS = {"wants_sign": "no", "drains_to_sewer": "no", "wants_seal": "no"}
PREMISES = {"premises_address", "premises_street", "floor_number"}


async def applied(town: Town, affair: str) -> Applied:
    [first, *_] = await town.city.memory.ledger.history(UUID(affair))
    assert isinstance(first.fact, Applied)
    return first.fact


async def consents(citizen: Caller) -> str:
    return (await citizen.get("/mandates")).text


async def record(town: Town, citizen: Caller, **changed: str) -> None:
    """Have the register of premises tell of this citizen what it tells of the town's own, but for what changed."""
    number = (await town.identity(citizen)).number
    row = FactRow(number, "premises", _KNOWN["premises"] | changed, town.clock().date(), "simulated")
    await town.city.registers.take_over(
        town.city.memory.ledger, [row], source="simulated", simulated=True, key=uuid4(), by=the_city(),
        now=town.clock(), since=town.clock().date(),
    )  # fmt: skip


async def tenant(town: Town) -> Caller:
    """Somebody with premises in the register and no draft of anything yet."""
    citizen = await town.new_citizen()
    await record(town, citizen)
    return citizen


async def test_a_tick_fills_in_what_the_register_says_and_no_tick_passes_nothing_on(town: Town) -> None:
    citizen = await tenant(town)
    page = await citizen.get(f"{EVENT}/apply/questions")
    assert 'name="agree-premises"' in page.text
    assert "182.4" in page.text
    assert "checked" not in page.text.split('name="agree-premises"')[1].split(">")[0]
    assert 'name="premises_area"' not in page.text

    untold = await citizen.post(f"{EVENT}/apply/questions", QUESTIONS | {"cards": hidden(page, "cards")})
    assert untold.status_code == 422
    assert 'href="#agree-premises"' in untold.text

    own = await citizen.get(f"{EVENT}/apply/questions?own=yes")
    assert 'name="premises_area"' in own.text
    assert 'name="agree-premises"' not in own.text

    told = await citizen.post(
        f"{EVENT}/apply/questions", QUESTIONS | {"cards": hidden(page, "cards"), "agree-premises": "yes"}
    )
    assert (told.status_code, told.headers["location"]) == (303, f"{EVENT}/apply/shop")
    again = await citizen.get(f"{EVENT}/apply/questions")
    assert "checked" in again.text.split('name="agree-premises"')[1].split(">")[0]
    await citizen.post(f"{EVENT}/apply/questions", QUESTIONS | {"premises_area": "96"})
    assert 'name="agree-premises"' not in (await citizen.get(f"{EVENT}/apply/questions")).text
    assert "用来办：开餐饮店" not in await consents(citizen)


async def test_what_is_taken_over_is_agreed_to_quoted_and_shown_to_the_officer_with_its_source(town: Town) -> None:
    citizen = town.citizen
    known = {one["field"]: one for one in (await citizen.get("/api/known")).json()["answers"]}
    assert known["premises_area"]["value"] == "182.4"
    assert known.keys() > PREMISES
    typed = {name: text for name, text in ANSWERS.items() if name not in known}
    body = {"items": ["food_business"], "answers": typed}
    assert (await citizen.send("/api/applications", body)).status_code == 409
    body["known"] = ["premises_address", "premises_street", "premises_area"]
    receipt = (await citizen.send("/api/applications", body)).json()
    fact = await applied(town, receipt["affair"])
    assert fact.answers is not None
    assert fact.answers["premises_area"] == "182.4"
    assert fact.answers["premises_address"] == _KNOWN["premises"]["address"]
    assert {name: taken.register for name, taken in fact.known.items()} == dict.fromkeys(body["known"], "premises")
    assert len({taken.row for taken in fact.known.values()}) == 1
    assert "182.4 平方米 · 来自不动产和租赁登记" in (await town.accept.get(f"/desk/cases/{receipt['cases'][0]}")).text
    page = await consents(citizen)
    assert "不动产和租赁登记" in page
    assert "市场监督管理局用来办" in page


async def test_a_program_cannot_take_over_what_no_register_knows(town: Town) -> None:
    stranger = await town.new_citizen()
    assert (await stranger.get("/api/known")).json() == {"answers": []}
    body = {"items": ["food_business"], "answers": ANSWERS, "known": ["premises_area", "no_such_field"]}
    answer = await stranger.send("/api/applications", body)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("services.not_known")


async def test_a_form_takes_over_no_more_than_its_cards_showed(town: Town) -> None:
    citizen = await town.new_citizen()
    sent = QUESTIONS | {"premises_area": "40", "cards": "premises:0 home_sales:1", "agree-premises": "yes"}
    answer = await citizen.post(f"{EVENT}/apply/questions", sent)
    assert answer.headers["location"] == f"{EVENT}/apply/shop"
    page = await citizen.get(f"{EVENT}/apply/questions")
    assert 'value="40"' in page.text
    assert hidden(page, "csrf")


async def test_a_tick_holds_for_the_row_that_was_seen_and_a_repeat_gets_the_first_answer(town: Town) -> None:
    citizen = await tenant(town)
    page = await citizen.get("/items/food_business/apply/rest?own=no")
    seen = (await citizen.get("/api/known")).json()["answers"]
    values = {one["field"]: one["value"] for one in seen}
    names = ["premises_address", "premises_street", "premises_area"]
    body = {
        "items": ["food_business"],
        "answers": {**ANSWERS, **{name: values[name] for name in names}},
        "known": names,
    }
    key = uuid4()
    first = await citizen.send("/api/applications", body, key=key)
    assert first.status_code == 200
    await record(town, citizen, area="96")
    again = await citizen.send("/api/applications", body, key=key)
    assert again.json() == first.json()
    assert (await citizen.send("/api/applications", body)).json()["type"].endswith("services.not_known")
    sent = dict(ANSWERS) | {"cards": hidden(page, "cards"), "agree-premises": "yes"}
    late = await citizen.post("/items/food_business/apply/rest", {k: v for k, v in sent.items() if k not in names})
    assert late.status_code == 422
    assert "96" in late.text
