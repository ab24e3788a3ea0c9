"""What a rule knows, no person need decide: a filed case goes to its unit at once, and an inspector's report too."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.http.street import CENTRE, CITY, MATTER, PLACE, Crew, case_of, crew, drawn, filed, mended, move, report
from tests.http.towns import Caller, Town

from onecity.casework import Case, StepTaken, folded
from onecity.governance.model import problem_of
from onecity.kernel.acting import Held, Scope
from onecity.places.cells import Cell, Cells

ALONE, TOGETHER = "road_collapsed_fenced", "road_collapsed"
"""A condition that one unit puts right, and one for two."""
TOLD = {"words": "路面塌了一个洞", "point": PLACE}


async def stage(case: UUID, town: Town) -> str:
    [row] = await town.rows("select stage from problems where case_id = $1", case)
    found: str = row["stage"]
    return found


async def case_now(case: UUID, town: Town) -> Case:
    found = folded(await town.city.memory.ledger.history(case))
    assert found is not None
    return found


async def inspector(town: Town) -> Caller:
    return await town.sign_in(await town.new_officer(Held("governance.inspect", Scope(CENTRE, CITY))))


async def found(who: Caller, **more: Any) -> Any:
    return await who.send("/api/street/patrol/reports", TOLD | more, key=uuid4())


async def test_a_filed_case_goes_to_the_unit_of_its_condition_at_once(town: Town) -> None:
    team, citizen = await crew(town), await town.new_citizen()
    told = await report(town, citizen)
    case = await filed(told, town, team, ALONE, by_hand=False)
    now = await case_now(case, town)
    assert now.waiting.keys() == {"handle"} and now.agency_of("handle") == "urban_management"
    assert now.due is not None
    # The rule is nobody who did the work, and the history says that it was one.
    assert now.workers["dispatch"].person is None and now.workers["intake"].person is not None
    taken = [one.fact for one in await town.city.memory.ledger.history(case) if isinstance(one.fact, StepTaken)]
    assert [(one.step, one.at_once) for one in taken] == [("intake", False), ("dispatch", True)]
    letters = [
        row["kind"] for row in await town.rows("select kind from letters where about = $1", UUID(told["report"]))
    ]
    assert sorted(letters) == ["governance.received", "governance.sent"]
    [row] = await town.rows("select stage, lead, filed, dispatched from problems where case_id = $1", case)
    assert (row["stage"], row["lead"]) == ("handle", "urban_management")
    assert row["dispatched"] == row["filed"]


async def test_a_condition_for_two_units_goes_to_both(town: Town) -> None:
    team = await crew(town)
    case = await filed(await report(town), town, team, TOGETHER, by_hand=False)
    now = await case_now(case, town)
    assert {step: now.agency_of(step) for step in now.waiting} == {
        "handle": "urban_management", "assist": "public_security",
    }  # fmt: skip


async def test_an_operator_who_doubts_leaves_it_to_a_dispatcher(town: Town) -> None:
    team = await crew(town)
    case = await filed(await report(town), town, team, ALONE)
    assert (await case_now(case, town)).waiting.keys() == {"dispatch"}
    page = await team.dispatcher.get(f"/street/{case}/dispatch/send")
    assert '<option value="urban_management" selected>' in page.text


async def test_what_came_back_waits_for_a_person(town: Town) -> None:
    team = await crew(town)
    case = await filed(await report(town), town, team, ALONE, by_hand=False)
    assert (await move(team.mender, case, "handle", "give_back")).status_code == 200
    assert (await case_now(case, town)).waiting.keys() == {"dispute"}


async def test_an_inspectors_report_under_a_condition_is_with_the_unit_in_one_step(town: Town) -> None:
    team, who = await crew(town), await inspector(town)
    answer = await found(who, condition=ALONE)
    assert answer.status_code == 200, answer.text
    case = UUID(answer.json()["case"])
    assert (await case_now(case, town)).waiting.keys() == {"handle"}
    problem = problem_of(await town.city.memory.ledger.history(case))
    assert problem.filed is not None and problem.filed.matter == MATTER
    await mended(case, team)
    # Somebody else looks all the same, and never whoever reported it.
    assert await drawn(case, town) is not who


async def test_a_report_on_patrol_asks_once_in_which_cell_it_is(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, at = list[tuple[float, float]](), Cells.at

    def counted(cells: Cells, longitude: float, latitude: float) -> Cell | None:
        asked.append((longitude, latitude))
        return at(cells, longitude, latitude)

    monkeypatch.setattr(Cells, "at", counted)
    answer = await found(await inspector(town), condition=ALONE)
    assert answer.status_code == 200, answer.text
    assert asked == [(PLACE["longitude"], PLACE["latitude"])]
    problem = problem_of(await town.city.memory.ledger.history(UUID(answer.json()["case"])))
    here = at(town.city.centre.street.ground.cells, *asked[0]) if town.city.centre else None
    assert here is not None and problem.filed is not None and problem.filed.cell == here.code


async def test_what_an_inspector_does_not_name_waits_for_the_centre(town: Town) -> None:
    answer = await found(await inspector(town), matter=MATTER)
    assert await stage(UUID(answer.json()["case"]), town) == "intake"


@pytest.mark.parametrize("more", [{"condition": "no_such"}, {"condition": ALONE, "matter": "01001"}], ids=str)
async def test_a_condition_that_is_none_of_the_matter_writes_nothing(town: Town, more: dict[str, str]) -> None:
    who, before = await inspector(town), await town.written()
    assert (await found(who, **more)).status_code in (404, 409, 422)
    assert await town.written() == before


async def test_nobody_but_an_inspector_files_by_reporting(town: Town) -> None:
    team: Crew = await crew(town)
    assert (await found(team.mender, condition=ALONE)).status_code == 403
    plain = await town.caller().send("/api/reports", TOLD | {"condition": ALONE}, key=uuid4())
    assert plain.status_code in (400, 422)


async def test_an_inspector_taps_what_they_see_on_their_page(town: Town) -> None:
    await report(town)
    who = await inspector(town)
    page = await who.get("/street/patrol/report")
    assert f'value="{MATTER}/{ALONE}"' in page.text and "请受理员来定" in page.text
    where = {name: str(value) for name, value in PLACE.items()}
    before = {row["case_id"] for row in await town.rows("select case_id from problems")}
    sent = await who.post("/street/patrol/report", where | {"kind": f"{MATTER}/{ALONE}"})
    assert sent.status_code == 303, sent.text
    [case] = {row["case_id"] for row in await town.rows("select case_id from problems")} - before
    assert await stage(case, town) == "handle"


async def test_a_report_that_is_filed_at_once_twice_under_one_key_is_one(town: Town) -> None:
    who, key = await inspector(town), uuid4()
    answers = [await who.send("/api/street/patrol/reports", TOLD | {"condition": ALONE}, key=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await town.rows("select 1 from problems where case_id = $1", UUID(answers[0].json()["case"]))) == 1
    assert await case_of(town, answers[0].json()) == UUID(answers[0].json()["case"])
