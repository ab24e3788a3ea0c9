"""Supervision of the street: which cases call for an order, and the order about one."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.http.street import MENDERS, crew, mended, moved, report, sent
from tests.http.test_orders import act, acted, tree
from tests.http.towns import Caller, Town


async def calling(town: Town, by: Caller) -> dict[str, dict[str, Any]]:
    await town.stay(by)
    answer = await by.get("/api/street/supervision")
    assert answer.status_code == 200, answer.text
    return {one["case"]: one for one in answer.json()["cases"]}


async def test_a_late_case_calls_for_an_order_and_the_unit_that_has_it_answers(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    assert str(case) not in await calling(town, team.chief)
    with town.clock.later(timedelta(hours=30)):
        assert (await calling(town, team.chief))[str(case)]["triggers"] == ["overdue"]
        command = {"trigger": "overdue", "words": "今天处置好"}
        given = await team.chief.send(f"/api/street/{case}/supervise", command, key=uuid4())
        assert given.status_code == 200, given.text
        order = given.json()["order"]
        assert (await calling(town, team.chief))[str(case)]["order"] == order
        again = await team.chief.send(f"/api/street/{case}/supervise", command, key=uuid4())
        assert again.status_code == 409 and again.json()["type"].endswith("given_already")
        below = next(one for one in (await tree(team.chief, order))["tree"] if one["parent"])
        assert below["agency"] == MENDERS
        await town.stay(team.mender)
        await acted(team.mender, below["order"], "report", words="换好了", done=1, of=1)
        assert (await act(team.mender, below["order"], "fulfil")).status_code == 403
        await acted(team.chief, below["order"], "fulfil")
        await acted(team.chief, order, "fulfil")
        assert (await tree(team.chief, order))["tree"][0]["stage"] == "fulfilled"


async def test_what_was_sent_back_and_what_was_not_put_right_call_as_well(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await moved(team.mender, case, "handle", "give_back")
    assert (await calling(town, team.chief))[str(case)]["triggers"] == ["refused"]


async def test_only_a_chief_of_the_place_gives_an_order(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    command = {"trigger": "other", "words": "快办"}
    for who, status in ((team.operator, 403), (team.mender, 403), (town.caller(), 401)):
        answer = await who.send(f"/api/street/{case}/supervise", command, key=uuid4())
        assert answer.status_code == status, answer.text
    wrong = await team.chief.send(f"/api/street/{case}/supervise", {**command, "trigger": "because"}, key=uuid4())
    assert wrong.status_code == 409 and wrong.json()["type"].endswith("no_such_trigger")


async def test_on_the_page_the_reason_that_the_case_shows_is_chosen_already(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    with town.clock.later(timedelta(hours=30)):
        for who in (team.chief, team.mender):
            await town.stay(who)
        assert f"/street/{case}/supervise" in (await team.chief.get("/street/supervision")).text
        assert "督办令" in (await team.chief.get(f"/street/{case}")).text
        assert "督办令" not in (await team.mender.get(f"/street/{case}")).text
        page = await team.chief.get(f"/street/{case}/supervise")
        assert 'value="overdue" checked' in page.text
        empty = await team.chief.post(f"/street/{case}/supervise", {"trigger": "overdue", "words": " "})
        assert empty.status_code == 422
        given = await team.chief.post(f"/street/{case}/supervise", {"trigger": "overdue", "words": "今天办好"})
        assert given.status_code == 303 and given.headers["location"].startswith("/orders/")
        assert "超过时限" in (await team.chief.get(given.headers["location"])).text


async def test_hours_beyond_all_sense_are_refused_and_not_counted(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    command = {"trigger": "other", "words": "快办", "hours": 10**10}
    answer = await team.chief.send(f"/api/street/{case}/supervise", command, key=uuid4())
    assert answer.status_code == 422
    page = await team.chief.post(
        f"/street/{case}/supervise", {"trigger": "other", "words": "快办", "hours": "9" * 5_000}
    )
    assert page.status_code == 303


async def test_a_case_that_has_ended_calls_for_nothing(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await mended(case, team)
    refused = await team.chief.send(
        f"/api/street/{uuid4()}/supervise", {"trigger": "other", "words": "办"}, key=uuid4()
    )
    assert refused.status_code == 404
