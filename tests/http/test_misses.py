"""Two commands that do not see each other: neither loses what the other does."""

from typing import Any
from uuid import UUID

import pytest
from tests.http.towns import Caller, Town

from onecity.casework import folded
from onecity.casework.usecases import moving
from onecity.drills.cities import ANSWERS
from onecity.services.usecases import adding

REGISTER = {"step": "acceptance", "outcome": "register", "words": {}}


class Once:
    """One of the town withdrew the seal, which waits for the registration, and is about to apply for it once more."""

    def __init__(self, town: Town, citizen: Caller, affair: str, cases: dict[str, str]) -> None:
        self.town = town
        self.citizen = citizen
        self.affair = affair
        self.cases = cases

    async def registered(self) -> int:
        """An officer ends the case that is waited for, well; the status of the answer."""
        path = f"/api/cases/{self.cases['individual_business_registration']}/moves"
        return (await self.town.accept.send(path, REGISTER)).status_code

    async def again(self) -> UUID:
        """The citizen applies for the seal once more; the new case."""
        answer = await self.citizen.send(f"/api/affairs/{self.affair}/again", {"item": "seal_filing"})
        assert answer.status_code == 200, answer.text
        return UUID(answer.json()["case"])

    async def begun(self, asked: UUID) -> bool:
        """Whether a case waits for nobody's result any more, but for an officer."""
        case = folded(await self.town.city.memory.ledger.history(asked))
        assert case is not None
        return bool(case.waiting) and not case.held


async def once_more(town: Town) -> Once:
    citizen = await town.new_citizen()
    answers = {name: ANSWERS[name] for name in ("shop_name", "premises_address", "premises_street")}
    answers |= {"premises_right": "rented", "staff_count": "6", "seal_kind": "name_only"}
    body = {"items": ["individual_business_registration", "seal_filing"], "answers": answers}
    affair = (await citizen.send("/api/applications", body)).json()["affair"]
    cases = {one["item"]: one["case"] for one in (await citizen.get(f"/api/affairs/{affair}")).json()["cases"]}
    await citizen.send(f"/api/affairs/{affair}/withdraw", {"case": cases["seal_filing"]})
    return Once(town, citizen, affair, cases)


async def test_a_case_that_ends_while_another_begins_to_wait_for_it_is_not_waited_for(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = await once_more(town)
    real, ended = adding._reopened, list[int]()

    async def ends_meanwhile(*args: Any, **more: Any) -> Any:
        if not ended:
            ended.append(await seal.registered())
        return await real(*args, **more)

    monkeypatch.setattr(adding, "_reopened", ends_meanwhile)
    case = await seal.again()
    assert ended == [200]
    assert await seal.begun(case)


async def test_a_case_that_begins_to_wait_while_another_ends_is_told_of_the_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round: whoever ends a case has looked for those that wait, when one more begins to."""
    seal = await once_more(town)
    real, begun = moving._following, list[UUID]()

    async def begins_meanwhile(*args: Any, **more: Any) -> Any:
        found = await real(*args, **more)
        if not begun:
            begun.append(await seal.again())
        return found

    monkeypatch.setattr(moving, "_following", begins_meanwhile)
    assert await seal.registered() == 200
    [case] = begun
    assert await seal.begun(case)


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
