"""A construction project from its code to the title: one form a stage, dates as promised, each day more explained."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from tests.http import stages
from tests.http.towns import AREA, ZONE, Caller, Town, open_town
from tests.shipped import good_answer, shipped

from onecity.bootstrap.founding import Account
from onecity.casework import PROCESS
from onecity.casework.walking import shortest
from onecity.kernel.acting import Held, Scope
from onecity.kernel.clock import Limit, Run, due
from onecity.machinery.postgres import Cluster
from onecity.services import FIELD, ITEM
from onecity.services.answers import FieldType
from onecity.services.model import Affair
from onecity.services.usecases import affair_of_case

NOW: Final = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""A Monday morning: the calendar of the year is published."""
BEGIN: Final = {
    "project_name": "示例路小学教学楼", "project_type": "d", "project_street": "410105002", "company_name": "郑州示例置业有限公司",
    "project_address": "示例路与示范街交叉口", "project_area": "5600",
}  # fmt: skip
KNOWN: Final = (
    "project_code", "land_planning_permit_number", "planning_permit_number", "works_planning_permit_number",
)  # fmt: skip
"""What nobody is asked who builds here: the city gave it."""
numbers = iter(range(1, 1000))


@pytest.fixture(scope="module")
async def own_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of a later year: some of the laws are of 2021."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}", at=NOW) as found:
        yield found


@pytest.fixture
async def here(own_town: Town) -> Town:
    await own_town.wake()
    return own_town


def code() -> str:
    return f"2026-410105-47-03-{next(numbers):06}"


def good(name: str) -> str:
    """A good answer to a question; of a day, one that is past."""
    return "2026-3-2" if shipped().all(FIELD)[name].value.type is FieldType.DATE else good_answer(name)


class Builder:
    """Somebody who builds, with the officers of every department who decide."""

    def __init__(self, town: Town, account: Account, citizen: Caller) -> None:
        self.town = town
        self.account = account
        self.citizen = citizen
        self.project = ""
        self.joint: date | None = None
        self.stands: dict[str, date] = {}
        self._done: dict[str, int] = {}
        self._accounts: dict[str, list[Account]] = {}
        self._officers: dict[str, list[Caller]] = {}

    async def next_day(self) -> None:
        """A day passes, and everybody signs in again."""
        self.town.clock.at += timedelta(days=1)
        self.citizen, self._officers = await self.town.sign_in(self.account), {}

    async def begin(self, *met: str, **answers: str) -> int:
        """Begin a project on the interface; the status."""
        kinds = (await self.citizen.get("/api/project-kinds")).json()
        of_type = (BEGIN | answers)["project_type"].upper()
        [kind] = [one for one in kinds["types"] if one["type"] == of_type]
        usual = [one["row"] for one in kind["conditions"] if one["usual"]]
        body = {"answers": BEGIN | {"project_code": code()} | answers, "meets": [*usual, *met]}
        answer = await self.citizen.send("/api/projects", body, key=uuid4())
        self.project = answer.json().get("project", "")
        return answer.status_code

    async def state(self) -> dict[str, Any]:
        answer = await self.citizen.get(f"/api/projects/{self.project}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def asks(self, stage: int) -> dict[str, str]:
        """Good answers to what a stage asks, without what the project has answered."""
        items = [one["item"] for one in (await self.state())["approvals"] if one["stage"] == stage]
        names = {asked.field for item in items for asked in shipped().all(ITEM)[item].value.asks}
        return {name: good(name) for name in names if name not in BEGIN and name not in KNOWN}

    async def apply(self, stage: int) -> int:
        answer = await self.citizen.send(
            f"/api/projects/{self.project}/stages/{stage}", {"answers": await self.asks(stage)}, key=uuid4()
        )
        assert answer.status_code in (200, 409, 422), answer.text
        return answer.status_code

    async def cases(self) -> dict[str, dict[str, Any]]:
        """The open cases of all stages by item."""
        found = {}
        for affair in (await self.state())["affairs"].values():
            for case in (await self.citizen.get(f"/api/affairs/{affair}")).json()["cases"]:
                found[case["item"]] = case
        return found

    async def move(self, item: str, *moves: str, **more: object) -> None:
        case, declared = (await self.cases())[item], shipped().all(ITEM)[item].value
        process = shipped().all(PROCESS)[declared.process].value
        for name in moves:
            step, _, outcome = name.partition("/")
            taken = process.steps[step].outcomes[outcome]
            words, days = dict.fromkeys(taken.write, "查过了"), 1 if taken.asks_days else None
            body = {"step": step, "outcome": outcome, "words": words, "days": days, **more}
            for officer in (await self.officers(declared.agency))[: process.steps[step].officers]:
                answer = await officer.send(f"/api/cases/{case['case']}/moves", body, key=uuid4())
                assert answer.status_code == 200, (item, name, answer.text)

    async def officers(self, agency: str) -> list[Caller]:
        if agency not in self._accounts:
            duties = ("services.accept", "services.decide", "services.inspect", "services.head")
            held = [Held(duty, Scope(agency, AREA)) for duty in duties]
            self._accounts[agency] = [await self.town.new_officer(*held) for _ in range(2)]
        if agency not in self._officers:
            self._officers[agency] = [await self.town.sign_in(one) for one in self._accounts[agency]]
        return self._officers[agency]

    def way(self, item: str) -> tuple[str, ...]:
        way = shortest(shipped().all(PROCESS)[shipped().all(ITEM)[item].value.process].value)
        assert way is not None
        return way

    async def run(
        self, *, late: Mapping[str, int] = {}, idle: Mapping[int, int] = {}, stops: Mapping[str, int] = {},
        visit: int = 0,
    ) -> None:  # fmt: skip
        """Let everything happen on the last day that was promised; some approvals some calendar days later, and some
        stages applied for as many calendar days later. Approvals that stop stand still for some calendar days since the
        day after their acceptance; all departments come to look on one day, some working days after the last stage was
        applied for.
        """
        waits, decide = dict(idle), dict[str, date]()
        for _ in range(150):
            while stage := await self._ready(waits):
                assert await self.apply(stage) == 200
                if stage == 4 and visit:
                    await self._set_visit(visit)
                for one in await self._open():
                    await self._step(one, decide, late)
            for one in await self._open():
                await self._stand_still(one, decide, stops)
                await self._step(one, decide, late)
            if await self._ready(waits):
                continue
            if not await self._open() and set((await self.state())["affairs"]) == {"1", "2", "3", "4"}:
                return
            waits = {one: waits.get(one, 0) - ((await self._ready({}) or 0) == one) for one in (1, 2, 3, 4)}
            await self.next_day()
        raise AssertionError("nothing came to an end")

    @property
    def today(self) -> date:
        return self.town.clock().astimezone(ZONE).date()

    async def _ready(self, waits: Mapping[int, int]) -> int:
        """The stage for which one applies today; 0 if there is none."""
        state = await self.state()
        done = {one["row"] for one in state["approvals"] if one["phase"] == "done"}
        for stage in (1, 2, 3, 4):
            mine = [one for one in state["approvals"] if one["stage"] == stage]
            needs = {row for one in mine for row in one["after"]} - {one["row"] for one in mine}
            if str(stage) not in state["affairs"] and needs <= done and waits.get(stage, 0) <= 0:
                return stage
        return 0

    async def _open(self) -> list[dict[str, Any]]:
        phases = ("to_accept", "runs", "stands")
        return [one for one in (await self.state())["approvals"] if one["phase"] in phases]

    async def _set_visit(self, days: int) -> None:
        leader = await stages.officer_with(self.town, "services.oversee_projects")
        calendar = self.town.city.counter.office.calendar
        self.joint = due(calendar, Run(self.today, Limit(days))).day
        typed = {"day": self.joint.isoformat(), "key": str(uuid4())}
        answer = await leader.post(f"/desk/projects/{self.project}/visit", typed)
        assert answer.status_code == 303, answer.text

    async def _stand_still(self, one: Mapping[str, Any], decide: dict[str, date], stops: Mapping[str, int]) -> None:
        """Stop the clock of an approval, and let it go on on its day; it has as many days more to be decided."""
        row = one["row"]
        if row in stops and row not in self.stands and one["phase"] == "runs":
            await self.move(one["item"], "decision/inspect_agreed")
            self.stands[row], decide[row] = self.today + timedelta(days=stops[row]), date.max
        elif self.stands.get(row) == self.today and one["phase"] == "stands":
            await self.move(one["item"], "visit/seen")
            [now] = [other for other in (await self.state())["approvals"] if other["row"] == row]
            decide[row] = date.fromisoformat(now["expected"])

    async def _step(self, one: Mapping[str, Any], decide: dict[str, date], late: Mapping[str, int]) -> None:
        """Accept what came, and decide it on its day; what is decided on the day of its receipt opens others at once."""
        way, row = self.way(one["item"]), one["row"]
        if row not in decide:
            if len(way) > 1:
                await self.move(one["item"], way[0])
            calendar = self.town.city.counter.office.calendar
            day, left = self.today, one["days"]
            while left:
                day += timedelta(days=1)
                left -= calendar.kind(day).works
            decide[row] = day + timedelta(days=late.get(row, 0))
        if self.today == self.joint and "visit/seen" in way:
            self._done[row] = way.index("visit/seen") + 1
            await self.move(one["item"], *way[1 : self._done[row]])
        if self.today >= decide[row]:
            await self.move(one["item"], *way[self._done.get(row, len(way) > 1) :])
            for other in await self._open():
                if other["row"] not in decide:
                    await self._step(other, decide, late)


@pytest.fixture
async def builder(here: Town) -> Builder:
    account = await here.register("周雨桐", await here.resident("周雨桐"))
    return Builder(here, account, await here.sign_in(account))


async def test_a_project_that_goes_by_its_days_is_done_on_the_day_that_was_promised(
    here: Town, builder: Builder
) -> None:
    with here.clock.later(timedelta()):
        assert await builder.begin() == 200
        before = await builder.state()
        assert (before["type"], before["promised_days"], len(before["approvals"])) == ("D", 30, 10)
        await builder.run()
        after = await builder.state()
    assert after["expected"] == before["promised"] == before["expected"]
    assert after["took"] == 30
    assert {what: days for what, days in after["of"].items() if days} == {"counted": 30, "off": after["of"]["off"]}
    assert after["late"] == []
    assert [one["due"] for one in before["approvals"]] == [one["due"] for one in after["approvals"]]


async def test_each_day_more_is_explained_by_a_stop_a_late_organ_or_an_applicant_who_took_time(
    here: Town, builder: Builder
) -> None:
    with here.clock.later(timedelta()):
        assert await builder.begin(project_type="s") == 200
        before = await builder.state()
        assert (before["type"], before["promised_days"]) == ("S", 61)
        await builder.run(late={"C64": 3}, idle={3: 2}, stops={"C44": 6}, visit=3)
        after = await builder.state()
    of, days = after["of"], after["days"]
    assert after["late"] == ["C64"]
    assert of["late"] > 0 and of["applicant"] > 0
    assert of["stopped"] == len([one for one in days if one["what"] == "stopped"]) > 0
    assert of["counted"] == before["promised_days"], "every day more has a name"
    assert after["took"] == of["counted"] + of["late"] + of["applicant"] + of["stopped"] + of["idle"]
    calendar = here.city.counter.office.calendar
    begun, ended = date.fromisoformat(before["opened"]), date.fromisoformat(after["expected"])
    assert after["took"] == calendar.working_days(begun + timedelta(days=1), ended)
    assert {one["row"] for one in days if one["what"] == "late"} == {"C64"}
    assert {one["row"] for one in days if one["what"] == "stopped"} == {"C44"}
    named = {one["why"] for one in days if one["what"] == "off"} - {""}
    assert "清明节" in named
    assert builder.joint is not None
    assert after["visits"] == {"4": builder.joint.isoformat()}
    seen = {one["row"] for one in after["joint"]["covers"] if one["seen"]}
    assert seen >= {"C83", "C85", "C92", "C95"}, "planning, fire safety, green areas and water saving in one visit"
    ledger = here.city.counter.ledger
    permit, check = [await affair_of_case(UUID(after["affairs"][one]), ledger=ledger) for one in ("2", "4")]
    assert isinstance(permit, Affair) and isinstance(check, Affair)
    told = check.answers["works_planning_permit_number"]
    assert told == f"本工程已批 收件号 {permit.applied.number}", "nobody is asked for what the city granted"


async def test_a_project_is_begun_on_a_phone_and_whoever_errs_loses_nothing(here: Town, builder: Builder) -> None:
    citizen, typed = builder.citizen, BEGIN | {"project_code": code()}
    assert "还没有工程" in (await citizen.get("/projects")).text
    wrong = await citizen.post("/projects/new", typed | {"project_area": "很大", "do": "meets"})
    assert wrong.status_code == 422
    assert "请填数字" in wrong.text and 'value="示例路小学教学楼"' in wrong.text
    asked = await citizen.post("/projects/new", typed | {"do": "meets"})
    assert asked.status_code == 200
    assert re.search(r'name="meets-C08" value="yes" checked', asked.text), "what is usual is ticked"
    assert not re.search(r'name="meets-C20" value="yes" checked', asked.text)
    back = await citizen.post("/projects/new", typed | {"do": "back"})
    assert 'value="示例路小学教学楼"' in back.text and "meets-C08" not in back.text
    for bad, says in (
        ("没有", "投资项目在线平台"),
        ("2030-410105-47-03-000009", "年份"),
        ("2026-410205-47-03-000009", "别的城市"),
    ):
        for do in ("meets", "begin"):
            refused = await citizen.post("/projects/new", typed | {"project_code": bad, "do": do})
            assert (refused.status_code, says in refused.text) == (422, True), "before anybody ticks conditions"
    both = {f"meets-{row}": "yes" for row in ("C07", "C08", "C66")}
    asked = await citizen.post("/projects/new", {**typed, **both, "key": str(uuid4()), "do": "begin"})
    assert (asked.status_code, "不会同时是这两种情形" in asked.text) == (422, True)
    assert all(re.search(rf'name="{name}" value="yes" checked', asked.text) for name in both), "no tick is lost"
    ticks = {f"meets-{row}": "yes" for row in ("C04", "C24", "C08", "C85")}
    begun = await citizen.post("/projects/new", {**typed, **ticks, "key": str(uuid4()), "do": "begin"})
    assert begun.status_code == 303
    page = await citizen.get(begun.headers["location"])
    for said in (
        "示例路小学教学楼",
        typed["project_code"],
        "30 个工作日",
        "4月14日",
        "一张表，3 项一起报",
        "要先办好：建设用地规划许可",
    ):
        assert said in page.text, said
    again = await citizen.post("/projects/new", {**typed, "key": str(uuid4()), "do": "begin"})
    assert again.headers["location"] == begun.headers["location"], "whoever begins twice is led to what there is"
    assert typed["project_code"] in (await citizen.get("/projects")).text


async def test_nobody_else_takes_a_code_and_what_was_given_up_is_free_again(here: Town, builder: Builder) -> None:
    taken = code()
    assert await builder.begin(project_code=taken) == 200
    other = Builder(here, builder.account, await here.new_citizen("陈建国"))
    assert await other.begin(project_code=taken) == 409
    assert (await other.citizen.get(f"/projects/{builder.project}")).status_code == 404
    assert (await other.citizen.post(f"/projects/{builder.project}/drop", {"key": str(uuid4())})).status_code == 404
    assert (await builder.citizen.post(f"/projects/{builder.project}/drop", {"key": str(uuid4())})).status_code == 303
    assert (await builder.citizen.get(f"/projects/{builder.project}")).status_code == 409
    assert await other.begin(project_code=taken) == 200
    assert "还没有工程" in (await builder.citizen.get("/projects")).text
    assert taken in (await other.citizen.get("/projects")).text
    for one, subject in ((builder, await here.person(builder.citizen)), (other, await here.person(other.citizen))):
        told = (await one.citizen.get("/api/account/export")).json()["parts"]["services"]["projects"]
        begun = [fact["says"] for fact in told if fact["fact"] == "services.project_opened"]
        assert [fact["subject"] for fact in begun] == [str(subject)], "each takes their own along, and nobody else's"


async def test_a_second_click_leads_to_the_receipt_and_a_wrong_code_loses_no_tick(town: Town) -> None:
    citizen = await town.new_citizen()
    project = await stages.project_applied(town, citizen)
    again = await citizen.post(f"/projects/{project}/stages/4/review", {"key": str(uuid4())})
    assert (again.status_code, again.headers["location"].endswith("/receipt")) == (303, True)
    typed = stages.PROJECT | {"project_code": "没有", "meets-C66": "yes", "do": "begin"}
    wrong = await citizen.post("/projects/new", typed)
    assert (wrong.status_code, 'name="meets-C66" value="yes"' in wrong.text) == (422, True)


async def test_a_stage_asks_only_what_was_not_answered_and_none_opens_early(here: Town, builder: Builder) -> None:
    assert await builder.begin() == 200
    citizen, path = builder.citizen, f"/projects/{builder.project}/stages"
    early = await citizen.post(f"{path}/2", {})
    assert (early.status_code, "要先办好：建设用地规划许可" in early.text) == (409, True)
    assert (await citizen.get(f"{path}/9/apply")).status_code == 409
    begun = await citizen.post(f"{path}/1", {})
    assert begun.headers["location"] == f"{path}/1/apply"
    first = await citizen.get((await citizen.get(begun.headers["location"])).headers["location"])
    assert "公司叫什么" not in first.text and "单位全称" not in first.text, (
        "the page of what is known already is behind"
    )
    assert 'value="示例路小学教学楼"' in first.text
    assert (await citizen.post(f"/projects/{builder.project}/drop", {"key": str(uuid4())})).status_code == 303
    assert (await citizen.get(f"{path}/1/review")).status_code == 409


async def test_whoever_leads_sees_on_whom_it_hangs_and_sets_one_day_for_all(town: Town) -> None:
    citizen = await town.new_citizen()
    project = await stages.project_applied(town, citizen)
    leader = await stages.officer_with(town, "services.oversee_projects")
    listed = await leader.listed("/desk/projects")
    assert f"/desk/projects/{project}" in listed and "周＊桐" not in (await town.nobody.get("/desk/projects")).text
    page = await leader.get(f"/desk/projects/{project}")
    assert "建设工程竣工验收备案" in page.text and "示例路小学教学楼" not in page.text, (
        "a name is no matter of the cockpit"
    )
    for day, says in (("", "工作日"), ("2020-9-26", "工作日"), ("昨天", "工作日")):
        wrong = await leader.post(f"/desk/projects/{project}/visit", {"day": day, "key": str(uuid4())})
        assert (wrong.status_code, says in wrong.text) == (422, True)
    fits = await stages.next_working_day(town, leader)
    done = await leader.post(f"/desk/projects/{project}/visit", {**fits, "key": str(uuid4())})
    assert done.status_code == 303
    assert "各部门一次来看" in (await citizen.get(f"/projects/{project}")).text
    assert "各部门一次来看" in (await citizen.get("/letters")).text
    looked = [one["about"] for one in (await citizen.get("/api/reads")).json()["reads"]]
    assert str(project) in looked, "whose project it is reads who looked at it"
    own = (await citizen.get(f"/api/projects/{project}")).json()
    assert (await leader.get(f"/api/desk/projects/{project}")).json() == own
    at, line = 1, {name: own[name] for name in ("project", "code", "type", "opened")}
    while line not in (led := (await leader.get(f"/api/desk/projects?page={at}")).json())["projects"]:
        assert led["goes_on"]
        at += 1
    for day in ("2020-09-26", own["opened"].replace("2020", "2019")):
        no = await leader.send(f"/api/desk/projects/{project}/visit", {"day": day})
        assert (no.status_code, no.json()["type"].endswith("services.project.visit_day")) == (409, True), no.text
    again = await leader.send(f"/api/desk/projects/{project}/visit", fits)
    assert (again.status_code, again.json()["type"].endswith("services.project.visit_same")) == (409, True), again.text
    assert (await citizen.post(f"/projects/{project}/drop", {"key": str(uuid4())})).status_code == 409


async def test_a_person_takes_their_projects_along_and_reads_what_is_held(town: Town) -> None:
    citizen = await town.new_citizen()
    project = await stages.project(town, citizen)
    exported = (await citizen.get("/api/account/export")).json()
    told = exported["parts"]["services"]["projects"]
    assert [one["fact"] for one in told] == ["services.project_opened"]
    assert told[0]["says"]["answers"]["project_name"] == "示例路小学教学楼"
    assert str(project) in (await citizen.get("/projects")).text


WHY: Final = "代码是示例路另一个工程的"


async def test_a_code_that_a_stranger_took_is_freed_with_a_reason_and_begun_anew(town: Town) -> None:
    stranger, builder = await town.new_citizen(), await town.new_citizen()
    project = await stages.project(town, stranger)
    leader = await stages.officer_with(town, "services.oversee_projects")
    typed = stages.PROJECT | {"project_code": (await stranger.get(f"/api/projects/{project}")).json()["code"]}
    taken = await builder.send("/api/projects", {"answers": typed, "meets": []}, key=uuid4())
    assert (taken.status_code, taken.json()["type"].endswith("services.project.known")) == (409, True)
    path, key = f"/desk/projects/{project}", str(uuid4())
    assert "把项目代码腾出来" in (await leader.get(path)).text
    for bad in ("", "三" * 2_001):
        wrong = await leader.post(f"{path}/free", {"reason": bad, "key": str(uuid4())})
        assert (wrong.status_code, "请写明理由" in wrong.text) == (422, True)
    for _ in range(2):
        done = await leader.post(f"{path}/free", {"reason": WHY, "key": key})
        assert (done.status_code, done.headers["location"]) == (303, "/desk/projects"), "a second click frees once"
    assert (await leader.get(path)).status_code == 404
    assert (await stranger.get(f"/projects/{project}")).status_code == 409
    rows = await town.rows("select letter from letters where about = $1 and kind = 'services.project_freed'", project)
    [letter] = [(await stranger.get(f"/letters/{row['letter']}")).text for row in rows]
    assert WHY in letter and typed["project_code"] in letter
    facts = await town.rows("select body::text as body from ledger.facts where stream = $1", project)
    assert [WHY in row["body"] for row in facts] == [False, False], "the reason is for whoever held the code"
    await town.seal()
    for version in (1, 2):
        assert (await town.nobody.get(f"/proof/{project}/{version}")).status_code == 200, "what happened stays provable"
    begun = await builder.send("/api/projects", {"answers": typed, "meets": []}, key=uuid4())
    assert begun.status_code == 200, begun.text
    assert begun.json()["project"] != str(project)


async def test_a_code_of_a_project_under_way_stays_until_what_was_applied_for_has_ended(town: Town) -> None:
    citizen = await town.new_citizen()
    project = await stages.project_applied(town, citizen)
    leader = await stages.officer_with(town, "services.oversee_projects")
    path = f"/api/desk/projects/{project}/free"
    no = await leader.send(path, {"reason": WHY})
    assert (no.status_code, no.json()["type"].endswith("services.project.under_way")) == (409, True)
    assert "把项目代码腾出来" not in (await leader.get(f"/desk/projects/{project}")).text
    page = await leader.post(f"/desk/projects/{project}/free", {"reason": WHY, "key": str(uuid4())})
    assert (page.status_code, "代码不能腾出来" in page.text) == (422, True)
    affair = (await citizen.get(f"/api/projects/{project}")).json()["affairs"]["4"]
    [case] = [one["case"] for one in (await citizen.get(f"/api/affairs/{affair}")).json()["cases"]]
    given_up = await citizen.post(f"/affairs/{affair}/cases/{case}/withdraw", {"key": str(uuid4())})
    assert given_up.status_code == 303
    assert (await leader.send(path, {"reason": WHY})).status_code == 200
    assert (await leader.send(path, {"reason": WHY})).status_code == 404, "it is over"
    assert "再申请" not in (await citizen.get(f"/affairs/{affair}/cases/{case}")).text.split("不能再申请")[0]
    [item] = [one["item"] for one in (await citizen.get(f"/api/affairs/{affair}")).json()["cases"]]
    once_more = await citizen.send(f"/api/affairs/{affair}/again", {"item": item, "answers": {}}, key=uuid4())
    assert (once_more.status_code, once_more.json()["type"].endswith("services.whole_ended")) == (409, True)


async def test_a_stage_never_asks_for_the_code_of_its_project_and_takes_no_other(town: Town) -> None:
    citizen = await town.new_citizen()
    project = await stages.project(town, citizen)
    own = (await citizen.get(f"/api/projects/{project}")).json()["code"]
    stage = f"/projects/{project}/stages/4"
    assert (await citizen.post(stage, {})).status_code == 303
    first = (await citizen.get(f"{stage}/apply")).headers["location"]
    form = await citizen.get(first)
    assert form.status_code == 200 and 'name="project_code"' not in form.text
    other = {"answers": {"project_code": code()}}
    no = await citizen.send(f"/api/projects/{project}/stages/4", other, key=uuid4())
    assert (no.status_code, no.json()["type"].endswith("services.project.other_code")) == (409, True)
    done = await citizen.send(f"/api/projects/{project}/stages/4", {"answers": {}}, key=uuid4())
    assert done.status_code == 200, done.text
    told = (await citizen.get("/api/account/export")).json()["parts"]["services"]
    assert str(told).count(own) > 1, "departments read the code of the project"


async def test_whoever_writes_otherwise_under_a_code_of_their_own_is_told_and_loses_nothing(town: Town) -> None:
    citizen = await town.new_citizen()
    project = await stages.project(town, citizen)
    own = (await citizen.get(f"/api/projects/{project}")).json()["code"]
    typed = stages.PROJECT | {"project_code": own, "project_name": "另一座楼", "do": "begin", "key": str(uuid4())}
    told = await citizen.post("/projects/new", typed)
    assert (told.status_code, "您已经登记过" in told.text, 'value="另一座楼"' in told.text) == (422, True, True)
