"""The one day on which all departments come to look: named in each case that it covers, and no visit on another one."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from tests.http import stages
from tests.http.test_hearing import at, remind, working_days
from tests.http.test_projects import NOW, good
from tests.http.test_visits import said
from tests.http.towns import AREA, ZONE, Caller, Town, open_town
from tests.shipped import shipped

from onecity.kernel.acting import Held, Scope
from onecity.machinery.postgres import Cluster
from onecity.services import ITEM
from onecity.services.approvals import Edge, Planned, Source
from onecity.services.projects.facts import Part

FIRE, FILING, TITLE = (
    "construction_fire_acceptance", "construction_completion_filing", "land_and_building_first_registration",
)  # fmt: skip
NAMES: Final = {FIRE: "建设工程消防验收", FILING: "建设工程竣工验收备案"}
AGENCY: Final = "urban_construction"
MORE: Final = (
    Part(FIRE, 4, Planned("C85", 0, 0, 0, 0, Source.REFORM, ())),
    Part(TITLE, 4, Planned("C98", 0, 0, 0, 0, Source.REFORM, (Edge("C97"),))),
)
"""Beside the filing an approval with a visit of its own, and one that waits for the result of the filing."""


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of this file alone, of a later year: one of the laws is of 2021."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}", at=NOW) as found:
        yield found


def text(page: str) -> str:
    """What somebody reads on a page."""
    return re.sub(r"<[^>]+>", "", page)


class Site:
    """Finished works for which everything of the last stage is applied for, and who comes to look."""

    def __init__(self, town: Town, citizen: Caller, leader: Caller, inspectors: tuple[Caller, Caller]) -> None:
        self.town, self.citizen, self.leader, self.inspectors = town, citizen, leader, inspectors
        self.project = UUID(int=0)
        self.affair = ""
        self.cases: dict[str, str] = {}

    async def begin(self) -> None:
        self.project = await stages.project(self.town, self.citizen, *MORE)
        asked = {one.field for item in (FIRE, TITLE) for one in shipped().all(ITEM)[item].value.asks}
        answers = {name: good(name) for name in asked if name not in {*stages.PROJECT, *stages.STAGE, "project_code"}}
        # No works are accepted before they are finished.
        answers["accepted_day"] = answers["works_finished_day"]
        sent = await self.citizen.send(f"/api/projects/{self.project}/stages/4", {"answers": answers}, key=uuid4())
        assert sent.status_code == 200, sent.text
        self.affair = sent.json()["affair"]
        self.cases = {one["item"]: one["case"] for one in await self.parts()}

    async def parts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.citizen.get(f"/api/affairs/{self.affair}")).json()["cases"]
        return found

    async def set_visit(self, day: date) -> tuple[int, Mapping[str, Any]]:
        answer = await self.leader.send(f"/api/desk/projects/{self.project}/visit", {"day": day.isoformat()})
        return answer.status_code, answer.json()

    async def move(self, step: str, outcome: str, **more: object) -> tuple[int, Mapping[str, Any]]:
        body = {"step": step, "outcome": outcome, "words": {}, **more}
        answer = await self.inspectors[0].send(f"/api/cases/{self.cases[FIRE]}/moves", body, key=uuid4())
        return answer.status_code, answer.json()

    async def joint(self) -> dict[str, Any]:
        own = (await self.citizen.get(f"/api/projects/{self.project}")).json()
        assert (await self.leader.get(f"/api/desk/projects/{self.project}")).json() == own
        found: dict[str, Any] = own["joint"]
        return found

    async def covers(self) -> dict[str, dict[str, Any]]:
        return {one["item"]: one for one in (await self.joint())["covers"]}


@pytest.fixture
async def site(own_town: Town) -> Site:
    await own_town.wake()
    duties = ("services.accept", "services.inspect")
    accounts = [await own_town.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in duties)) for _ in range(2)]
    one, two = [await own_town.sign_in(account) for account in accounts]
    leader = await stages.officer_with(own_town, "services.oversee_projects")
    found = Site(own_town, await own_town.new_citizen(), leader, (one, two))
    await found.begin()
    return found


async def test_the_day_stands_in_each_case_that_it_covers_and_a_visit_is_named_for_no_other(site: Site) -> None:
    day, other = working_days(site.town, 3), working_days(site.town, 2)
    assert (await site.move("acceptance", "accept"))[0] == 200
    assert (await site.set_visit(day))[0] == 200
    covers = await site.covers()
    assert covers.keys() == {FIRE, FILING}, "nobody comes for what waits for the result of another"
    assert {one["case"] for one in covers.values()} == {site.cases[FIRE], site.cases[FILING]}
    assert (
        covers[FIRE] | {"row": "C85", "agency": AGENCY, "affair": site.affair, "at": None, "step": "", "seen": False}
        == covers[FIRE]
    )
    status, no = await site.move("arrange", "announce", at=at(other))
    assert (status, no["type"]) == (409, "urn:onecity:casework.joint_day")
    assert no["details"]["day"] == day.isoformat()
    form = await site.inspectors[0].get(f"/desk/cases/{site.cases[FIRE]}/arrange/announce")
    assert f'value="{day.isoformat()}"' in form.text, "the form has the day already"
    assert (await site.move("arrange", "announce", at=at(day)))[0] == 200
    named = (await site.covers())[FIRE]
    assert (named["step"], datetime.fromisoformat(named["at"])) == ("visit", datetime.fromisoformat(at(day)))
    own = (await site.citizen.get(f"/projects/{site.project}")).text
    led = (await site.leader.get(f"/desk/projects/{site.project}")).text
    for page in (own, led):
        assert said(day, "09:30") in page and "那一天没有约好钟点" in page
        assert "建设工程消防验收" in page and "城乡建设" in page
    assert f"/affairs/{site.affair}/cases/{site.cases[FIRE]}" in own
    assert f"/cases/{site.cases[FIRE]}" not in led, "whoever leads opens no case of a department"
    case = (await site.citizen.get(f"/affairs/{site.affair}/cases/{site.cases[FILING]}")).text
    assert "定了各部门一起来看的日子" in case and f"各部门一起来看：{said(day, '')}".strip() in text(case)
    assert "各部门一起来看" in (await site.inspectors[0].get(f"/desk/cases/{site.cases[FIRE]}")).text


async def test_a_visit_that_a_department_had_named_moves_along_at_its_hour_and_everybody_hears(site: Site) -> None:
    before, day, later = (working_days(site.town, number) for number in (2, 4, 5))
    assert (await site.move("acceptance", "accept"))[0] == 200
    assert (await site.move("arrange", "announce", at=at(before)))[0] == 200
    person = await site.town.person(site.inspectors[0])
    for number, moved in enumerate((day, later)):
        assert (await site.set_visit(moved))[0] == 200
        joint = await site.joint()
        assert (joint["day"], joint["first"], joint["put_off"]) == (moved.isoformat(), day.isoformat(), number)
        assert datetime.fromisoformat((await site.covers())[FIRE]["at"]) == datetime.fromisoformat(at(moved))
    rows = await site.town.rows("select at from meetings where case_id = $1", UUID(site.cases[FIRE]))
    assert [row["at"].astimezone(ZONE).date() for row in rows] == [later], "there is no second date"
    again = await site.set_visit(later)
    assert (again[0], again[1]["type"]) == (409, "urn:onecity:services.project.visit_same")
    told = await site.town.rows("select kind from letters where person = $1 and kind = 'desk.visit_joined'", person)
    assert len(told) == 2
    letters = await site.town.rows(
        "select letter from letters where about = $1 and kind = 'services.project_visit' order by sent desc",
        UUID(site.affair),
    )
    letter = (await site.citizen.get(f"/letters/{letters[0]['letter']}")).text
    assert "建设工程消防验收" in letter and "首次登记" not in letter, "the letter names what is looked at"
    own = (await site.citizen.get(f"/projects/{site.project}")).text
    assert f"第一次定的是{day.month}月{day.day}日" in own and "改过 1 次" in own
    eve = datetime.combine(later, time(9), ZONE) - timedelta(days=1)
    with site.town.clock.later(eve - site.town.clock()):
        assert await remind(site.town) == 1
    case = text((await site.citizen.get(f"/affairs/{site.affair}/cases/{site.cases[FIRE]}")).text)
    arranged = case[case.index("约好的时间") : case.index("一步一步")]
    assert said(later, "09:30") in arranged and said(before, "09:30") not in arranged


@pytest.mark.parametrize(("days", "why", "item"), [(0, "visit_soon", FIRE), (6, "visit_late", FILING)])
async def test_a_day_without_notice_or_after_the_latest_day_of_a_case_is_refused_with_its_item(
    site: Site, days: int, why: str, item: str
) -> None:
    assert (await site.move("acceptance", "accept"))[0] == 200
    status, no = await site.set_visit(working_days(site.town, days))
    assert (status, no["type"]) == (409, f"urn:onecity:services.project.{why}")
    assert no["details"]["items"] == item
    typed = {"day": working_days(site.town, days).isoformat(), "key": str(uuid4())}
    page = await site.leader.post(f"/desk/projects/{site.project}/visit", typed)
    assert (page.status_code, NAMES[item] in page.text) == (422, True)
    assert await site.joint() is None, "nothing is set where one of the departments cannot come"


async def test_what_is_given_up_is_no_longer_looked_at_and_the_same_day_is_not_set_twice(site: Site) -> None:
    day = working_days(site.town, 3)
    assert (await site.set_visit(day))[0] == 200
    path = f"/affairs/{site.affair}/cases/{site.cases[FILING]}"
    page = await site.citizen.get(f"{path}/withdraw")
    assert page.status_code == 200
    assert (await site.citizen.post(f"{path}/withdraw", {"key": str(uuid4())})).status_code == 303
    covers = await site.covers()
    assert (covers[FILING]["open"], covers[FIRE]["open"]) == (False, True)
    again = await site.set_visit(day)
    assert (again[0], again[1]["type"]) == (409, "urn:onecity:services.project.visit_same")


async def looked(site: Site, day: date, hour: time) -> None:
    """Both inspectors write down on a day what they saw."""
    seen = {"step": "visit", "outcome": "seen", "words": {"seen": "喷淋和消火栓都在"}}
    with site.town.clock.later(datetime.combine(day, hour, ZONE) - site.town.clock()):
        await site.town.stay(*site.inspectors)
        for inspector in site.inspectors:
            sent = await inspector.send(f"/api/cases/{site.cases[FIRE]}/moves", seen, key=uuid4())
            assert sent.status_code == 200, sent.text
    await site.town.stay(*site.inspectors, site.citizen, site.leader)


async def test_a_visit_that_took_place_keeps_its_hour_on_the_page(site: Site) -> None:
    day = working_days(site.town, 3)
    assert (await site.move("acceptance", "accept"))[0] == 200
    assert (await site.set_visit(day))[0] == 200
    assert (await site.move("arrange", "announce", at=at(day)))[0] == 200
    await looked(site, day, time(11))
    one = (await site.covers())[FIRE]
    assert (one["step"], datetime.fromisoformat(one["at"]), one["seen"], one["open"]) == (
        "visit", datetime.fromisoformat(at(day)), True, True,
    )  # fmt: skip
    for page in (
        (await site.citizen.get(f"/projects/{site.project}")).text,
        (await site.leader.get(f"/desk/projects/{site.project}")).text,
    ):
        assert f"{said(day, '09:30')}，在您申请写的地方，已经看过" in page


async def test_nobody_goes_as_agreed_before_the_joint_day_and_whoever_went_then_is_said_to_have_looked(
    site: Site,
) -> None:
    day = working_days(site.town, 3)
    assert (await site.move("acceptance", "accept"))[0] == 200
    assert (await site.set_visit(day))[0] == 200
    agreed = {"step": "arrange", "outcome": "agreed", "days": 1, "words": {"agreed": "当天电话说好"}}
    status, no = await site.move("arrange", "agreed", days=1, words=agreed["words"])
    assert (status, no["type"], no["details"]["day"]) == (409, "urn:onecity:casework.joint_day", day.isoformat())
    with site.town.clock.later(datetime.combine(day, time(10), ZONE) - site.town.clock()):
        await site.town.stay(site.inspectors[0])
        sent = await site.inspectors[0].send(f"/api/cases/{site.cases[FIRE]}/moves", agreed, key=uuid4())
        assert sent.status_code == 200, sent.text
    await looked(site, day, time(11))
    one = (await site.covers())[FIRE]
    assert (one["step"], one["at"], one["seen"]) == ("", None, True)
    page = text((await site.citizen.get(f"/projects/{site.project}")).text)
    assert "已经看过" in page


async def test_a_day_after_the_limit_of_a_case_that_is_not_accepted_is_refused(site: Site) -> None:
    path = f"/affairs/{site.affair}/cases/{site.cases[FILING]}/withdraw"
    assert (await site.citizen.post(path, {"key": str(uuid4())})).status_code == 303, "what is left is not accepted"
    status, no = await site.set_visit(working_days(site.town, 200))
    assert (status, no["type"]) == (409, "urn:onecity:services.project.visit_late")
    assert no["details"]["items"] == FIRE
    assert await site.joint() is None
