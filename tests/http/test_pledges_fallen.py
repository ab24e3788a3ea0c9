"""A pledge that spared no paper but a visit beforehand, and that another broken one made fall: the person applies anew."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.http.restaurant import FIRE
from tests.http.test_case_at_work import letters, move
from tests.http.test_hearing import newest, wish
from tests.http.test_pledges import DIFFERS, REVOKES, Officers, both
from tests.http.test_projects import NOW, good
from tests.http.towns import AREA, Caller, Thread, Town, open_town
from tests.shipped import shipped

from onecity.kernel.acting import Held, Scope
from onecity.machinery.postgres import Cluster
from onecity.services import ITEM

DECLARED: Final = shipped().all(ITEM)[FIRE].value


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of a later year: the law behind the pledge is of 2021."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}", at=NOW) as found:
        yield found


@pytest.fixture
async def office(own_town: Town) -> Officers:
    await own_town.wake()
    duties = ("services.decide", "services.inspect", "services.hear", "licences.revoke")
    held = [Held(duty, Scope(DECLARED.agency, AREA)) for duty in duties]
    found = [await own_town.sign_in(await own_town.new_officer(*held)) for _ in range(4)]
    return Officers(*found)


async def pledged(town: Town, citizen: Caller) -> Thread:
    version = (await town.nobody.get(f"/api/items/{FIRE}")).json()["pledge"]["version"]
    body = {"items": [FIRE], "answers": {one.field: good(one.field) for one in DECLARED.asks}}
    answer = await citizen.send("/api/applications", body | {"pledges": {FIRE: version}})
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    return Thread(UUID(receipt["affair"]), receipt["number"], UUID(receipt["cases"][0]), UUID(int=0))


async def test_where_a_look_beforehand_was_spared_nobody_grants_it_and_the_person_applies_anew(
    own_town: Town, office: Officers
) -> None:
    citizen = await own_town.new_citizen()
    first, second = await pledged(own_town, citizen), await pledged(own_town, citizen)
    assert await move(office.decide, first, "decision", "grant") == 200
    [row] = await own_town.rows("select check_id from pledges where case_id = $1", first.case)
    check = msgspec.structs.replace(first, case=row["check_id"])
    await both(office, check, "differs", DIFFERS)
    assert await wish(citizen, check, choice="explain", **{"explain-answer": "那天刚好在修"}) == 303
    assert await move(office.decide, check, "judgement", "revoke", **REVOKES) == 200
    assert (await letters(own_town, second.affair))[-1] == "services.pledge_fell_anew"
    assert "先看后批" in (await citizen.get(f"/letters/{await newest(own_town, second)}")).text
    body = {"step": "decision", "outcome": "grant", "words": {}}
    no = await office.decide.send(f"/api/cases/{second.case}/moves", body)
    assert (no.status_code, no.json()["type"]) == (409, "urn:onecity:services.pledge_fell_anew")
    path = f"/affairs/{second.affair}/cases/{second.case}/withdraw"
    assert (await citizen.post(path, {"key": str(uuid4())})).status_code == 303
    anew = {"items": [FIRE], "answers": {one.field: good(one.field) for one in DECLARED.asks}}
    assert (await citizen.send("/api/applications", anew)).status_code == 200
