"""When a project may begin and which stage may be applied for; what its cases tell of each approval."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.casework import LAPSED, LONGEST_WORDS, WITHDRAWN, Case
from onecity.casework import Why as CaseWhy
from onecity.kernel.clock import Calendar, Stop, StopKind
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Reason, Refused
from onecity.services.approvals import Plan, Round, Standing, Still, Switches
from onecity.services.projects.declared import STAGES, ProjectApproval, ResultAsked
from onecity.services.projects.facts import Part, ProjectFreed
from onecity.services.projects.model import Covered, JointVisit, Project

OVERSEE: Final = "services.oversee_projects"
"""The duty of those who lead the approvals of construction projects (工程审批牵头)."""
VISITED: Final = 4
"""The stage in which all departments come to look together: the completion check."""
_CODE: Final = re.compile(r"(?P<year>20[0-9]{2})-(?P<area>[0-9]{6})-[0-9]{2}-[0-9]{2}-[0-9]{6}", re.ASCII)


class Why(Reason):
    """Why something cannot be done with a project."""

    NOT_FOUND = "services.project.not_found"
    NO_SUCH_TYPE = "services.project.no_such_type"
    NO_CODE = "services.project.no_code"
    CODE_ELSEWHERE = "services.project.code_elsewhere"
    CODE_YEAR = "services.project.code_year"
    KNOWN = "services.project.known"
    MINE = "services.project.mine"
    CONDITIONS = "services.project.conditions"
    CONTRADICT = "services.project.contradict"
    OTHER_CODE = "services.project.other_code"
    NO_STAGE = "services.project.no_stage"
    APPLIED = "services.project.applied"
    STAGE_WAITS = "services.project.stage_waits"
    DROPPED = "services.project.dropped"
    BEGUN = "services.project.begun"
    UNDER_WAY = "services.project.under_way"
    FREE_REASON = "services.project.free_reason"
    VISIT_DAY = "services.project.visit_day"
    VISIT_NONE = "services.project.visit_none"
    VISIT_SAME = "services.project.visit_same"
    VISIT_SOON = "services.project.visit_soon"
    VISIT_LATE = "services.project.visit_late"


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody begins a project with: the answers of its form, and which conditions it meets.

    `meets` names all rows of the list with a condition that the project meets, those of its base among them.
    """

    answers: Mapping[str, str]
    meets: tuple[str, ...] = ()


def code_fault(code: str, *, city: str, today: date) -> Refused | None:
    """What is wrong with the code of a project; None if nothing is.

    The online platform for investment projects gives it, and all departments use it (企业投资项目核准和备案管理条例,
    2016-11-30, article 4; 政府投资条例, 2019-04-14, article 10): year, area, trade, kind and number.

    >>> code_fault("2020-410105-47-03-000001", city="410100", today=date(2020, 9, 22)) is None
    True
    """
    found = _CODE.fullmatch(code)
    if found is None:
        return Refused(Why.NO_CODE)
    if int(found["year"]) > today.year:
        return Refused(Why.CODE_YEAR, {"last": today.year})
    # The first four of an area's six digits are those of its city.
    return None if found["area"][:4] == city[:4] else Refused(Why.CODE_ELSEWHERE)


def switches(met: Collection[str], base: Collection[str], offered: Collection[str]) -> Switches | Refused:
    """What of a list counts as well, or does not, where a project meets some conditions; `base` counts otherwise."""
    strange = sorted(set(met) - set(offered))
    if strange:
        return Refused(Why.CONDITIONS, {"ids": " ".join(strange)})
    return Switches(frozenset(met) - frozenset(base), (frozenset(offered) & frozenset(base)) - frozenset(met))


def contradicted(met: Collection[str], rows: Mapping[str, ProjectApproval]) -> Refused | None:
    """Why no project meets all of some conditions: the items of two that exclude each other; None if it can."""
    for name in sorted(met):
        for other in sorted(rows[name].excluded & set(met)):
            return Refused(Why.CONTRADICT, {"items": f"{rows[other].item} {rows[name].item}"})
    return None


def parts_of(plan: Plan, items: Mapping[str, str], stages: Mapping[str, int]) -> tuple[Part, ...]:
    """The approvals of a plan as a project keeps them."""
    return tuple(Part(items[one.id], stages[one.id], one) for one in plan.items)


def stage_fault(project: Project, stage: int, cases: Mapping[str, Standing]) -> Refused | None:
    """Why nobody can apply for a stage now: each waits until what it needs from earlier stages is decided."""
    parts = project.of_stage(stage)
    if project.dropped:
        return Refused(Why.DROPPED)
    if not parts:
        return Refused(Why.NO_STAGE)
    if stage in project.affairs:
        return Refused(Why.APPLIED)
    waits = waits_for(project, stage, cases)
    return Refused(Why.STAGE_WAITS, {"items": " ".join(waits)}) if waits else None


def stage_in(text: str) -> int:
    """The stage that an address names; 0 if it names none."""
    return next((stage for stage in STAGES if str(stage) == text), 0)


def waits_for(project: Project, stage: int, cases: Mapping[str, Standing]) -> tuple[str, ...]:
    """The items of other stages for whose decision a stage still waits, each once."""
    needed = [
        project.parts[edge.id]
        for part in project.of_stage(stage)
        for edge in part.planned.waits_for
        if project.parts[edge.id].stage != stage
    ]
    done = {row for row, case in cases.items() if case.done}
    return tuple(dict.fromkeys(one.item for one in needed if one.planned.id not in done))


def waits_within(project: Project, stage: int) -> dict[str, tuple[str, ...]]:
    """For each item of a stage the items of the same application whose results it waits for."""
    return {
        part.item: tuple(
            project.parts[edge.id].item for edge in part.planned.waits_for if project.parts[edge.id].stage == stage
        )
        for part in project.of_stage(stage)
    }


def keeps_its_code(cases: Iterable[Case]) -> bool:
    """Whether anything of a project is under way or was granted: then its code stays with it, whoever else wants it.

    What was refused, given up or lapsed keeps nothing. Ends that do not say whether they are a success count as one.
    """
    return any(
        case.result is None or (case.good is not False and case.result not in (LAPSED, WITHDRAWN)) for case in cases
    )


def freed(project: Project, reason: str, *, cases: Iterable[Case]) -> ProjectFreed | Refused:
    """What frees the code of a project, with the reason that whoever began it reads; or why it stays."""
    said = reason.strip()
    if not 1 <= len(said) <= LONGEST_WORDS:
        return Refused(Why.FREE_REASON, {"most": LONGEST_WORDS})
    return Refused(Why.UNDER_WAY) if keeps_its_code(cases) else ProjectFreed(project.opened.subject, said)


def looked_at(cases: Iterable[Case]) -> list[Case]:
    """The cases at which all departments look together: open, and no check of a pledge.

    What still waits for the result of another one is decided by that result, and nobody comes for it.
    """
    return [case for case in cases if case.result is None and not case.held and case.opened.looks_at is None]


def visit_fault(
    project: Project, day: date, *, cases: Sequence[Case], calendar: Calendar, today: date
) -> Refused | None:
    """Why departments do not come together on a day: it is to be a working day, not past, and another one than before.

    `cases` are those at which they look. One that came after the day was set is taken in by setting it again.
    """
    if not cases:
        return Refused(Why.VISIT_NONE)
    if day < today or not calendar.kind(day).works:
        return Refused(Why.VISIT_DAY)
    if project.visits.get(VISITED) == day and all(case.joint == day for case in cases):
        return Refused(Why.VISIT_SAME, {"day": day.isoformat()})
    return None


def visit_unfit(case: Case, no: Refused) -> Refused:
    """Why a case cannot be looked at on a day, for whoever set it for all: which one it is, and when it can be."""
    bounds = {CaseWhy.MEETS_TOO_SOON: Why.VISIT_SOON, CaseWhy.MEETS_TOO_LATE: Why.VISIT_LATE}
    reason = next((ours for theirs, ours in bounds.items() if no.reason is theirs), no.reason)
    return Refused(reason, {**no.details, "items": case.opened.matter})


def joint_visit(project: Project, cases: Iterable[Case], zone: ZoneInfo) -> JointVisit | None:
    """The joint visit with each approval that it covers, as the cases of its stage tell; None before a day is set."""
    days, rows = project.visit_days.get(VISITED, ()), {part.item: part.planned.id for part in project.opened.plan}
    if not days:
        return None
    covers = tuple(
        Covered(
            rows[case.opened.matter], case.opened.matter, case.opened.agency, case.opened.affair, case.id,
            *_own_visit(case, days[-1], zone), case.result is None,
        )
        for case in cases
        if case.joint == days[-1] and case.opened.matter in rows
    )  # fmt: skip
    return JointVisit(VISITED, days[-1], days[0], len(days) - 1, covers)


def _own_visit(case: Case, day: date, zone: ZoneInfo) -> tuple[str, datetime | None, bool]:
    """The step of the visit that a case has named itself for a day, its moment, and whether somebody looked already; an
    empty step and None where it has none. Who went as agreed named no hour, and only stopped the clock meanwhile.
    """
    for meetings, over in ((case.meetings, False), (case.seen, True)):
        named = [(one.at, step) for step, one in meetings.items() if one.hall is None and day_in(zone, one.at) == day]
        if named:
            at, step = min(named)
            return step, at, over
    coming = any(one.hall is None for one in case.meetings.values())
    looks = [stop.last for stop in (case.clock.stops if case.clock else ()) if stop.kind is StopKind.INSPECTION]
    return "", None, not coming and bool(case.seen or looks) and None not in looks


def standings(
    project: Project, cases: Mapping[str, Sequence[Case]], asked: Mapping[int, date], zone: ZoneInfo
) -> dict[str, Standing]:
    """What the cases tell of each approval that was applied for, by the id of its row.

    `cases` are those of each item, the first application for it first. One that was not granted keeps its own days;
    from its end to the receipt of the next one it is whoever builds for whom the approval waits. The joint visit is one
    of those approvals that lay with a department on its day.
    """
    found: dict[str, Standing] = {}
    for part in project.opened.plan:
        # A check of a pledge is a case of the same item and affair, and no application for it.
        mine = [case for case in cases.get(part.item, ()) if case.opened.looks_at is None]
        if mine and part.stage in asked:
            found[part.planned.id] = _standing(part, mine, asked[part.stage], project.visits.get(part.stage), zone)
    return found


def _standing(part: Part, cases: Sequence[Case], asked: date, visit: date | None, zone: ZoneInfo) -> Standing:
    last, row = cases[-1], part.planned.id
    since = [asked, *(case.received for case in cases[1:])]
    earlier = tuple(
        Round(first, _accepted(case, zone), ended)
        for first, case in zip(since, cases, strict=True)
        if (ended := _ended(case, zone)) is not None and not case.good
    )
    stills = tuple(_still(stop, _ended(case, zone)) for case in cases if case.clock for stop in case.clock.stops)
    ended = _ended(last, zone)
    if visit is not None and not since[-1] <= visit <= (ended or visit):
        visit = None
    if ended is not None and not last.good:
        return Standing(row, None, stills=stills, visit=visit, earlier=earlier)
    return Standing(row, since[-1], _accepted(last, zone) or ended, ended, stills, visit, earlier)


def own_results(
    project: Project, stage: int, asked: Mapping[str, ResultAsked], cases: Mapping[str, Standing],
    numbers: Mapping[int, str],
) -> dict[str, str]:  # fmt: skip
    """What a stage is told of the project's own results: where to find the decision.

    `numbers` are those of the receipts of its stages. What is applied for on the same form has none yet.
    """
    granted = {
        part.item: numbers[part.stage]
        for row, part in project.parts.items()
        if row in cases and cases[row].done and part.stage in numbers
    }
    beside = {part.item for part in project.of_stage(stage)}
    found: dict[str, str] = {}
    for name, one in asked.items():
        number = next((granted[item] for item in one.gives if item in granted), "")
        if number:
            found[name] = one.granted.replace("{number}", number)
        elif one.together and beside & set(one.gives):
            found[name] = one.together
    return found


def _accepted(case: Case, zone: ZoneInfo) -> date | None:
    """The day of acceptance: that of the clock, or the receipt of what was decided with the acceptance itself.

    What lapsed or was taken back before anybody accepted it was never accepted.
    """
    if case.clock is not None:
        return case.clock.since
    decided = _ended(case, zone) is not None and case.result not in (LAPSED, WITHDRAWN)
    return case.received if decided else None


def _ended(case: Case, zone: ZoneInfo) -> date | None:
    return day_in(zone, case.ended) if case.ended is not None and case.result is not None else None


def _still(stop: Stop, ended: date | None) -> Still:
    """A stop of a clock; one that still ran when its case ended is over with it."""
    last = stop.last or ended
    return Still(stop.first, last, str(stop.kind), 0 if last else stop.planned)
