"""When a project may begin, which stage is open, and what the cases of an approval tell."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.shipped import shipped

from onecity.casework import LAPSED, WITHDRAWN, Case, CaseOpened, Meeting
from onecity.kernel.acting import the_city
from onecity.kernel.clock import Limit, Run, Stop, StopKind
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.packs import Pack
from onecity.places import calendar_of
from onecity.services import ITEM
from onecity.services.approvals import TYPES, Round, Source, Standing, Still, Switches, compared, read_approvals
from onecity.services.projects.declared import (
    PROJECT_APPROVAL,
    ProjectApprovals,
    approvals_of,
    optional,
    plan_for,
    rows_of,
    types_offered,
)
from onecity.services.projects.facts import ProjectFreed, ProjectOpened, VisitSet
from onecity.services.projects.model import Project, project_of
from onecity.services.projects.rules import (
    VISITED,
    Why,
    code_fault,
    contradicted,
    freed,
    joint_visit,
    keeps_its_code,
    looked_at,
    parts_of,
    stage_fault,
    standings,
    switches,
    visit_fault,
    waits_for,
    waits_within,
)

ZONE: Final = ZoneInfo("Asia/Shanghai")
TODAY: Final = date(2020, 9, 22)
FILE: Final = Path(__file__).parents[2] / "data" / "construction_items.csv"
CODE: Final = "2020-410105-47-03-000001"


def project(of_type: str = "D", **affairs: UUID) -> Project:
    rows = rows_of(shipped())
    items, stages = {one.id: one.item for one in rows.values()}, {one.id: one.stage for one in rows.values()}
    plan = parts_of(plan_for(shipped(), of_type), items, stages)
    opened = ProjectOpened(uuid4(), CODE, of_type, "410105001", TODAY, (), (), plan, "v", {})
    return Project(uuid4(), 1, opened, {int(name[1:]): affair for name, affair in affairs.items()})


def decided(*rows: str) -> dict[str, Standing]:
    return {row: Standing(row, TODAY, TODAY, TODAY) for row in rows}


def reason(found: object) -> object:
    assert isinstance(found, Refused)
    return found.reason


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (CODE, None),
        ("没有", Why.NO_CODE),
        ("2020-410105-47-03-00001", Why.NO_CODE),
        ("２０２０-410105-47-03-000001", Why.NO_CODE),
        ("2021-410105-47-03-000001", Why.CODE_YEAR),
        ("2020-410205-47-03-000001", Why.CODE_ELSEWHERE),
    ],
)
def test_a_code_is_that_of_the_platform_of_this_city_and_of_no_year_to_come(code: str, why: Why | None) -> None:
    found = code_fault(code, city="410100", today=TODAY)
    assert (found.reason if found else None) == why


def test_the_list_of_the_pack_says_what_the_file_says() -> None:
    """The table of the pack is the file that the command reads, and each of its plans comes out the same."""
    rows, faults = read_approvals(FILE.name, FILE.read_bytes())
    assert faults == ()
    pack = approvals_of(shipped())
    assert pack.keys() == rows.keys()
    for of_type in TYPES:
        ours, theirs = compared(pack, of_type), compared(rows, of_type)
        assert ours.before == theirs.before and ours.after == theirs.after
    assert {name: one.source for name, one in pack.items()} == {name: one.source for name, one in rows.items()}


def test_every_type_of_project_can_be_applied_for_and_an_item_that_goes_takes_its_types_away() -> None:
    assert set(types_offered(shipped())) == set(TYPES)
    items = shipped().all(ITEM)
    left = {name: one for name, one in items.items() if name != "planning_conditions_issue"}
    assert set(types_offered(Pack({**shipped().declared, ITEM.name: left}))) == {"I", "D", "M"}


def test_conditions_add_what_is_not_usual_and_take_away_what_is_not_met() -> None:
    rows = optional(shipped(), "S")
    usual = [row.id for row in rows if "S" in row.base.split()]
    every = [row.id for row in rows]
    assert switches(usual, usual, every) == Switches()
    assert switches([*usual, "C33"], usual, [*every, "C33"]) == Switches(frozenset({"C33"}))
    without = [one for one in usual if one != "C87"]
    assert switches(without, usual, every) == Switches(taken=frozenset({"C87"}))
    assert reason(switches(["C01"], usual, every)) is Why.CONDITIONS
    inside = {item.id for item in plan_for(shipped(), "S", Switches(taken=frozenset({"C87"}))).items}
    assert "C87" not in inside and "C88" in inside
    assert all(row.item in shipped().all(ITEM) for row in rows)


def test_no_project_meets_two_conditions_that_exclude_each_other() -> None:
    rows = rows_of(shipped())
    report, form = rows["C07"], rows["C08"]
    for met in (["C07", "C08"], ["C20", "C08", "C07"]):
        assert contradicted(met, rows) == Refused(Why.CONTRADICT, {"items": f"{report.item} {form.item}"})
    assert all(contradicted(both, rows) is not None for both in (["C03", "C04"], ["C85", "C86"]))
    for of_type in TYPES:
        usual = [row.id for row in optional(shipped(), of_type) if of_type in row.base.split()]
        assert contradicted(usual, rows) is None, "what usually counts can be met at once"


def test_an_approval_excludes_others_of_its_list_and_not_itself() -> None:
    [declared] = shipped().all(PROJECT_APPROVAL).values()
    bad = [msgspec.structs.replace(row, not_with="C03 C99") if row.id == "C03" else row for row in declared.value.rows]
    changed = msgspec.structs.replace(declared, value=ProjectApprovals(tuple(bad)))
    found = [fault.what for fault in PROJECT_APPROVAL.check(shipped(), changed)]
    assert found == ["There is no other approval `C03`.", "There is no other approval `C99`."]


def test_a_stage_opens_when_what_it_needs_from_others_is_decided() -> None:
    one = project()
    assert stage_fault(one, 1, {}) is None
    assert reason(stage_fault(one, 2, {})) is Why.STAGE_WAITS
    assert waits_for(one, 2, {}) == ("construction_land_planning_permit",)
    first = msgspec.structs.replace(one, affairs={1: uuid4()})
    assert reason(stage_fault(first, 1, {})) is Why.APPLIED
    assert stage_fault(first, 2, decided("C04", "C24")) is None, "what runs beside it need not be decided"
    assert reason(stage_fault(one, 5, {})) is Why.NO_STAGE
    assert reason(stage_fault(msgspec.structs.replace(one, dropped=True), 1, {})) is Why.DROPPED


def test_within_a_stage_the_cases_wait_as_the_plan_says() -> None:
    found = waits_within(project(), 4)
    assert found["land_and_building_first_registration"] == ("construction_completion_filing",)
    assert set(found["construction_completion_filing"]) >= {
        "construction_planning_verification",
        "construction_fire_acceptance",
    }
    assert found["construction_planning_verification"] == ()


def case(item: str, **more: object) -> Case:
    opened = CaseOpened(item, "v", "p", "v", uuid4(), uuid4(), "a", "410105001", TODAY, ())
    return Case(CaseId(uuid4()), 1, opened, {}, **({"received": TODAY} | more))  # type: ignore[arg-type]


def at(day: int, later: int = 0) -> datetime:
    return datetime(2020, 9, day, 4, tzinfo=UTC) + timedelta(hours=later)


def test_what_was_refused_keeps_its_own_days_and_the_next_application_begins_anew() -> None:
    one = project(s1=uuid4())
    item = "construction_land_planning_permit"
    stop = Stop(StopKind.INSPECTION, date(2020, 9, 24), 1, date(2020, 9, 23), last=date(2020, 9, 24))
    refused = case(item, clock=Run(TODAY, Limit(20), (stop,)), result="refused", good=False, ended=at(25))
    clock, received = Run(date(2020, 9, 28), Limit(20)), date(2020, 9, 27)
    again = case(item, received=received, clock=clock, result="granted", good=True, ended=at(30))
    still, first = Still(stop.first, stop.last, "inspection"), Round(TODAY, TODAY, date(2020, 9, 25))
    found = standings(one, {item: [refused, again]}, {1: TODAY}, ZONE)
    assert found["C24"] == Standing(
        "C24", received, date(2020, 9, 28), date(2020, 9, 30), (still,), earlier=(first,)
    )  # fmt: skip
    waiting = standings(one, {item: [refused]}, {1: TODAY}, ZONE)["C24"]
    assert waiting == Standing("C24", None, stills=(still,), earlier=(first,))
    arrived = standings(one, {item: [refused, case(item, received=received)]}, {1: TODAY}, ZONE)["C24"]
    assert arrived == Standing("C24", received, stills=(still,), earlier=(first,))


@pytest.mark.parametrize(("day", "seen"), [(21, False), (22, True), (25, True), (26, False)])
def test_a_joint_visit_is_one_of_what_lay_with_a_department_on_its_day(day: int, seen: bool) -> None:
    visit, item = date(2020, 9, day), "construction_planning_verification"
    one = msgspec.structs.replace(project(s4=uuid4()), visit_days={VISITED: (visit,)})
    done = case(item, clock=Run(TODAY, Limit(20)), result="granted", good=True, ended=at(25))
    found = standings(one, {item: [done]}, {VISITED: TODAY}, ZONE)
    assert found["C83"].visit == (visit if seen else None)


def test_a_stop_ends_with_the_case_that_was_given_up_during_it() -> None:
    one, item = project(s1=uuid4()), "construction_land_planning_permit"
    stop = Stop(StopKind.INSPECTION, date(2020, 9, 24), 9, date(2020, 9, 23))
    given_up = case(item, clock=Run(TODAY, Limit(20), (stop,)), result=WITHDRAWN, good=False, ended=at(25))
    found = standings(one, {item: [given_up]}, {1: TODAY}, ZONE)["C24"]
    assert found.stills == (Still(stop.first, date(2020, 9, 25), "inspection"),)
    running = standings(one, {item: [case(item, clock=Run(TODAY, Limit(20), (stop,)))]}, {1: TODAY}, ZONE)["C24"]
    assert running.stills == (Still(stop.first, None, "inspection", announced=9),)


def test_what_is_decided_with_its_acceptance_counts_since_its_receipt() -> None:
    one, item = project(s1=uuid4()), "enterprise_investment_project_filing"
    done = case(item, result="granted", good=True, ended=at(24))
    assert standings(one, {item: [done]}, {1: TODAY}, ZONE)["C04"] == Standing("C04", TODAY, TODAY, date(2020, 9, 24))
    assert standings(one, {item: [case(item)]}, {1: TODAY}, ZONE)["C04"] == Standing("C04", TODAY)
    assert standings(one, {}, {}, ZONE) == {}
    lapsed = case(item, result=LAPSED, good=False, ended=at(23))
    assert standings(one, {item: [lapsed]}, {1: TODAY}, ZONE)["C04"].earlier == (
        Round(TODAY, None, date(2020, 9, 23)),
    ), "nobody accepted it"
    assert standings(one, {item: [lapsed, done]}, {1: TODAY}, ZONE)["C04"].accepted == TODAY


@pytest.mark.parametrize(
    "check", [{}, {"result": "refused", "good": False, "ended": datetime(2020, 9, 29, 4, tzinfo=UTC)}]
)
def test_a_check_of_a_pledge_undoes_no_decision(check: dict[str, object]) -> None:
    one, item = project(s1=uuid4()), "construction_land_planning_permit"
    granted = case(item, clock=Run(TODAY, Limit(20)), result="granted", good=True, ended=at(25))
    looking = case(item, received=date(2020, 9, 28), **check)
    looking = msgspec.structs.replace(looking, opened=msgspec.structs.replace(looking.opened, looks_at=granted.id))
    found = standings(one, {item: [granted, looking]}, {1: TODAY}, ZONE)
    assert found["C24"] == Standing("C24", TODAY, TODAY, date(2020, 9, 25))


@pytest.mark.parametrize(
    ("day", "set_before", "joint", "open_", "why"),
    [
        (date(2020, 9, 23), (), None, False, Why.VISIT_NONE),
        (date(2020, 9, 21), (), None, True, Why.VISIT_DAY),
        (date(2020, 9, 26), (), None, True, Why.VISIT_DAY),
        (date(2020, 9, 27), (), None, True, None),
        (date(2020, 9, 27), (27,), 27, True, Why.VISIT_SAME),
        (date(2020, 9, 27), (27,), None, True, None),
        (date(2020, 9, 27), (27, 28), 28, True, None),
    ],
)
def test_departments_come_together_on_a_working_day_while_anything_is_open_and_not_twice_on_the_same(
    day: date, set_before: tuple[int, ...], joint: int | None, why: Why | None, *, open_: bool
) -> None:
    """The Saturday is none; the Sunday of 2020-09-27 is, for the holidays that follow."""
    days = tuple(date(2020, 9, number) for number in set_before)
    one = msgspec.structs.replace(project(), visit_days={VISITED: days} if days else {})
    cases = [case("construction_planning_verification", joint=date(2020, 9, joint) if joint else None)] if open_ else []
    found = visit_fault(one, day, cases=cases, calendar=calendar_of(shipped()), today=TODAY)
    assert (found.reason if found else None) == why


def test_departments_look_at_what_is_open_and_not_at_what_waits_for_a_result_or_checks_a_pledge() -> None:
    open_ = case("construction_planning_verification")
    done = case("construction_fire_acceptance_filing", result="granted", good=True, ended=at(25))
    waits = case("construction_completion_filing", missing=frozenset({open_.id}))
    looking = case("construction_archive_handover")
    looking = msgspec.structs.replace(looking, opened=msgspec.structs.replace(looking.opened, looks_at=done.id))
    assert looked_at([open_, done, waits, looking]) == [open_]


def test_a_joint_visit_names_each_case_that_it_covers_with_its_hour_and_how_often_it_was_put_off() -> None:
    days = (date(2020, 9, 24), date(2020, 9, 25), date(2020, 9, 27))
    one = msgspec.structs.replace(project(), visit_days={VISITED: days})
    assert joint_visit(project(), [], ZONE) is None
    plain = case("construction_planning_verification", joint=days[-1])
    named = case("construction_archive_handover", joint=days[-1], meetings={"visit": Meeting(at(27))})
    heard = case("construction_completion_filing", joint=days[-1], meetings={"hearing": Meeting(at(27), "city_hall")})
    before = case("construction_fire_acceptance_filing", joint=days[0], result="granted", good=True, ended=at(24))
    found = joint_visit(one, [plain, named, heard, before], ZONE)
    assert found is not None
    assert (found.day, found.first, found.put_off) == (days[-1], days[0], 2)
    assert [(one.row, one.case, one.step, one.at) for one in found.covers] == [
        ("C83", plain.id, "", None), ("C88", named.id, "visit", at(27)), ("C97", heard.id, "", None),
    ]  # fmt: skip


LOOK: Final = Stop(StopKind.INSPECTION, date(2020, 9, 25), 2, date(2020, 9, 24))
SEEN: Final = Run(TODAY, Limit(20), (msgspec.structs.replace(LOOK, last=date(2020, 9, 27)),))
HEARING: Final = Stop(StopKind.HEARING, date(2020, 9, 23), 2, TODAY, last=date(2020, 9, 24))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"meetings": {"visit": Meeting(at(25))}}, ("", None, False)),
        ({"meetings": {"visit": Meeting(at(25)), "walk": Meeting(at(27))}}, ("walk", at(27), False)),
        # Four in the afternoon in Greenwich is the next day in the city already.
        ({"meetings": {"visit": Meeting(datetime(2020, 9, 26, 16, tzinfo=UTC))}}, ("visit", at(27, -12), False)),
        ({"meetings": {"visit": Meeting(datetime(2020, 9, 27, 16, tzinfo=UTC))}}, ("", None, False)),
        ({"seen": {"visit": Meeting(at(27))}}, ("visit", at(27), True)),
        ({"seen": {"visit": Meeting(at(27))}, "meetings": {"visit": Meeting(at(27, 5))}}, ("visit", at(27, 5), False)),
        ({"seen": {"visit": Meeting(at(24))}}, ("", None, True)),
        ({"seen": {"visit": Meeting(at(24))}, "meetings": {"visit": Meeting(at(28))}}, ("", None, False)),
        ({"clock": SEEN}, ("", None, True)),
        ({"clock": Run(TODAY, Limit(20), (*SEEN.stops, LOOK))}, ("", None, False)),
        ({"clock": Run(TODAY, Limit(20), (LOOK,))}, ("", None, False)),
        ({"clock": Run(TODAY, Limit(20), (HEARING,))}, ("", None, False)),
    ],
)
def test_of_each_approval_it_says_the_hour_of_the_joint_day_or_that_somebody_looked(
    more: dict[str, object], told: tuple[str, datetime | None, bool]
) -> None:
    day = date(2020, 9, 27)
    one = msgspec.structs.replace(project(), visit_days={VISITED: (day,)})
    found = joint_visit(one, [case("construction_archive_handover", joint=day, **more)], ZONE)
    assert found is not None
    assert [(covered.step, covered.at, covered.seen) for covered in found.covers] == [told]


def test_days_that_were_set_twice_before_cases_kept_them_are_one_day() -> None:
    one, by, now = project(), the_city(), at(22)
    facts = [one.opened, *(VisitSet(VISITED, date(2020, 9, day), one.opened.subject) for day in (24, 24, 25))]
    found = project_of(Recorded(one.id, number, now, by, fact) for number, fact in enumerate(facts, 1))
    assert found is not None
    assert found.visit_days == {VISITED: (date(2020, 9, 24), date(2020, 9, 25))}
    assert found.visits == {VISITED: date(2020, 9, 25)}


def test_promised_days_say_that_they_are_promised() -> None:
    plan = plan_for(shipped(), "S")
    assert plan.critical_days == 61
    assert {one.source for one in plan.items} == {Source.PROMISE}


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        (None, False),
        ({}, True),
        ({"result": "granted", "good": True, "ended": at(25)}, True),
        ({"result": "granted", "ended": at(25)}, True),
        ({"result": "refused", "good": False, "ended": at(25)}, False),
        ({"result": WITHDRAWN, "ended": at(25)}, False),
        ({"result": LAPSED, "good": False, "ended": at(25)}, False),
    ],
)
def test_a_code_is_freed_while_nothing_is_under_way_or_granted(more: dict[str, object] | None, *, kept: bool) -> None:
    cases = [] if more is None else [case("construction_land_planning_permit", **more)]
    one = project()
    assert keeps_its_code(cases) is kept
    found = freed(one, " 代码是别人的 ", cases=cases)
    assert found == (Refused(Why.UNDER_WAY) if kept else ProjectFreed(one.opened.subject, "代码是别人的"))


@pytest.mark.parametrize("said", ["", "  ", "三" * 2_001])
def test_a_code_is_freed_for_a_written_reason_of_a_page_at_most(said: str) -> None:
    assert reason(freed(project(), said, cases=[])) is Why.FREE_REASON


def test_a_project_whose_code_was_freed_is_over() -> None:
    one = project()
    facts = [one.opened, ProjectFreed(one.opened.subject, None)]
    found = project_of(Recorded(one.id, number, at(22), the_city(), fact) for number, fact in enumerate(facts, 1))
    assert found is not None
    assert found.dropped
    assert reason(stage_fault(found, 1, {})) is Why.DROPPED
