"""A key belongs to one command: sent again with anything else, nothing is done and nobody gets another's answer."""

from tests.http.test_mandates import switched
from tests.http.towns import Caller, Town, hidden

from onecity.drills.cities import ANSWERS

APPLY = {"items": ["food_business"], "answers": ANSWERS}


async def names(town: Town, *people: str) -> list[Caller]:
    return [await town.new_citizen(name) for name in people]


async def test_an_agent_sends_the_same_for_two_people_and_both_have_applied(town: Town) -> None:
    agent, *grantors = await names(town, "马腾飞", "周雨桐", "陈秀英")
    key, affairs = "018f3d4e-0000-7000-8000-0000000000aa", set()
    for grantor in grantors:
        await switched(agent, await town.mandate(grantor, agent))
        for _ in range(2):
            answer = await agent.send("/api/applications", APPLY, key=key)
            affairs.add(answer.json()["affair"])
        assert (await grantor.get(f"/affairs/{answer.json()['affair']}")).status_code == 200
        await agent.post("/mandates/for-myself", {})
    assert len(affairs) == 2


async def test_the_form_of_one_person_sent_again_for_another_begins_no_reception(town: Town) -> None:
    first, second = [await town.identity(one) for one in await names(town, "周雨桐", "陈秀英")]
    clerk, key = town.window, hidden(await town.window.get("/window"), "key")
    sent = {"document": "identity_card", "key": key}
    begun = [await clerk.post("/window", sent | {"name": first.name, "number": first.number}) for _ in range(2)]
    assert {answer.headers["location"] for answer in begun} == {begun[0].headers["location"]}
    before = await town.written()
    refused = await clerk.post("/window", sent | {"name": second.name, "number": second.number})
    assert refused.status_code == 409
    assert "那次的内容和这次不一样" in refused.text
    assert await town.written() == before


async def test_two_buttons_of_one_page_do_not_answer_for_each_other(town: Town) -> None:
    thread = await town.apply(await town.new_citizen())
    key = hidden(await town.accept.get(f"/desk/cases/{thread.case}"), "key")
    work = f"/desk/cases/{thread.case}/work/acceptance"
    assert (await town.accept.post(f"{work}/claim", {"key": key})).status_code == 303
    assert (await town.accept.post(f"{work}/release", {"key": key})).status_code == 409
