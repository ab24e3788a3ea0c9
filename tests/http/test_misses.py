"""Two commands that do not see each other: neither loses what the other does."""

from typing import Any
from uuid import UUID

import pytest
from tests.cities import ANSWERS
from tests.http.towns import Town

from onecity.casework import folded
from onecity.services.usecases import adding

REGISTER = {"step": "acceptance", "outcome": "register", "words": {}}


async def test_a_case_that_ends_while_another_begins_to_wait_for_it_is_not_waited_for(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = await town.new_citizen()
    answers = {name: ANSWERS[name] for name in ("shop_name", "premises_address", "premises_street")}
    answers |= {"premises_right": "rented", "staff_count": "6", "seal_kind": "name_only"}
    body = {"items": ["individual_business_registration", "seal_filing"], "answers": answers}
    affair = (await citizen.send("/api/applications", body)).json()["affair"]
    cases = {one["item"]: one["case"] for one in (await citizen.get(f"/api/affairs/{affair}")).json()["cases"]}
    await citizen.send(f"/api/affairs/{affair}/withdraw", {"case": cases["seal_filing"]})
    real, ended = adding._reopened, list[int]()

    async def ends_meanwhile(*args: Any, **more: Any) -> Any:
        if not ended:
            path = f"/api/cases/{cases['individual_business_registration']}/moves"
            ended.append((await town.accept.send(path, REGISTER)).status_code)
        return await real(*args, **more)

    monkeypatch.setattr(adding, "_reopened", ends_meanwhile)
    answer = await citizen.send(f"/api/affairs/{affair}/again", {"item": "seal_filing"})
    assert ended == [200]
    case = folded(await town.city.memory.ledger.history(UUID(answer.json()["case"])))
    assert case is not None
    assert not case.held
    assert case.waiting


async def test_what_somebody_slipped_into_a_case_opens_and_moves_nothing(alone: Town) -> None:
    thread = await alone.apply(alone.citizen)
    other = await alone.apply(alone.citizen)
    assert (await alone.accept.get(f"/api/cases/{thread.case}")).status_code == 200
    looks = await alone.rows("select count(*) from reads")
    # A second beginning, as whoever has only SQL can write it: a true body, its code for another place.
    await alone.rows(
        "insert into ledger.facts (stream, version, kind, body, mac)"
        " select $1, 2, kind, body, mac from ledger.facts where stream = $2 and version = 1 returning version",
        thread.case, other.case,
    )  # fmt: skip
    for answer in (
        await alone.accept.get(f"/api/cases/{thread.case}"),
        await alone.accept.get(f"/desk/cases/{thread.case}"),
        await alone.accept.send(
            f"/api/cases/{thread.case}/moves", {"step": "acceptance", "outcome": "accept", "words": {}}
        ),
    ):
        assert answer.status_code == 503, answer.text
    assert await alone.rows("select count(*) from reads") == looks
    assert (await alone.accept.get(f"/api/cases/{other.case}")).status_code == 200
