"""The two plans of a project in plain data, and why each item waits, in the words of both languages."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Final

from onecity.services.approvals.model import Approval, Comparison, Edge, Plan, Planned, Source, Switches
from onecity.services.approvals.running import Course, What

Say = Callable[..., str]
"""A sentence for a language and a key, its gaps filled."""

REPORTED_DAYS: Final[Mapping[str, int]] = {"S": 61, "D": 30, "M": 15}
"""How long the whole takes in working days as it was published for a type of project.

Source: the newspaper's figures of 2021 for S and D; 河南省优化营商环境条例 42 for M. They are promises of the city.
"""


def as_data(found: Comparison, switches: Switches, say: Say, promised: Plan | None = None) -> dict[str, object]:
    """Both plans as plain data: their figures, every item with what it waits for, and the longest way.

    With the plan of a city's promises that as well.
    """
    more: dict[str, object] = {}
    if promised is not None:
        told = _Told(found, promised, say)
        more["promised"] = told.figures() | {"path": told.path(), "schedule": told.items()}
    before, after = (_Told(found, plan, say) for plan in (found.before, found.after))
    return more | {
        "type": found.of_type,
        "name": say("zh", type_key(found.of_type)),
        "rows": {"all": len(found.approvals)} | {str(fate): number for fate, number in found.fates().items()},
        "with": sorted(switches.added),
        "without": sorted(switches.taken),
        "before": before.figures() | {"path": before.path(), "schedule": before.items()},
        "after": after.figures() | {"schedule": after.items()},
        "path": after.path(),
        "reported_days": REPORTED_DAYS.get(found.of_type),
        "note": say("zh", "services.approvals.apart"),
        "note_en": say("en", "services.approvals.apart"),
    }


def type_key(of_type: str) -> str:
    """What a type of project is called: the key of the words for it."""
    return f"services.approvals.type.{of_type.lower()}"


def because(found: Comparison, plan: Plan, edge: Edge | None, say: Say, lang: str) -> str:
    """Why an item waits for the one before it, in words."""
    if edge is None:
        return say(lang, "services.approvals.because.first")
    before = f"{edge.id} {found.approvals[edge.id].name}"
    if not edge.via:
        return say(lang, "services.approvals.because.direct", before=before)
    reasons = {id_: say(lang, f"services.approvals.outside.{plan.outside[id_]}") for id_ in edge.via}
    named = [
        say(lang, "services.approvals.because.one", item=f"{id_} {found.approvals[id_].name}", why=why)
        for id_, why in reasons.items()
    ]
    return say(lang, "services.approvals.because.through", before=before, through=" → ".join(named))


def stages(found: Comparison, plan: Plan) -> Iterator[tuple[int, str, tuple[Planned, ...]]]:
    """The stages in which a plan has items: number, name, items."""

    def stage(item: Planned) -> int:
        return found.approvals[item.id].stage

    for number, items in groupby(sorted(plan.items, key=stage), key=stage):
        inside = tuple(items)
        yield number, found.approvals[min(item.id for item in inside)].stage_name, inside


def course_data(course: Course, approvals: Mapping[str, Approval]) -> dict[str, object]:
    """What became of a project, as plain data: the dates of the plan, each day with what it was, and their sum."""
    return {
        "began": course.began.isoformat(),
        "ended": course.ended.isoformat(),
        "promised": course.promised,
        "took": course.took,
        "saved": course.saved,
        **{str(what): course.of[what] for what in What if what is not What.OFF},
        "days_off": course.of[What.OFF],
        "planned": [
            {
                "id": one.item,
                "name": approvals[one.item].name,
                "begins": one.begins.isoformat(),
                "due": one.due.isoformat(),
            }
            for one in course.planned
        ],
        "days": [
            {"day": one.day.isoformat(), "item": one.item, "what": str(one.what), "why": one.why or None}
            for one in course.days
        ],
        "late": [{"id": name, "organ": approvals[name].organ} for name in course.late_items],
        "entered_late": list(course.late_entries),
        "visits": {day.isoformat(): list(items) for day, items in course.visits.items()},
    }


class _Told:
    """Tells one plan to a machine."""

    def __init__(self, found: Comparison, plan: Plan, say: Say) -> None:
        self._found = found
        self._plan = plan
        self._say = say

    def figures(self) -> dict[str, object]:
        plan = self._plan
        longest = plan.longest_waiting(self._found.approvals)
        return {
            "items": len(plan.items),
            "serial_days": plan.serial_days,
            "critical_days": plan.critical_days,
            "critical_days_from": {str(source): days for source in Source if (days := plan.days_from(source))},
            "longest_waiting": None if longest is None else {"organ": longest[0], "days": longest[1]},
            "stages": [
                {
                    "stage": number,
                    "name": name,
                    "items": len(items),
                    "serial_days": sum(item.days for item in items),
                    "starts": min(item.starts for item in items),
                    "ends": max(item.ends for item in items),
                }
                for number, name, items in stages(self._found, plan)
            ],
        }

    def path(self) -> list[dict[str, object]]:
        told = []
        for number, (item, beside) in enumerate(zip(self._plan.path, self._plan.beside(), strict=True)):
            edge = self._plan.edge_before(number)
            waits: dict[str, object] = {"after": None if edge is None else edge.id} | self._why(edge)
            told.append(self._step(item) | waits | {"beside": [other.id for other in beside]})
        return told

    def items(self) -> list[dict[str, object]]:
        return [
            self._step(item)
            | {
                "slack": item.slack,
                "waits_for": [{"after": edge.id} | self._why(edge) for edge in item.waits_for],
                "left_out": [self._outside(id_) for id_ in item.left_out],
            }
            for item in self._plan.items
        ]

    def _step(self, item: Planned) -> dict[str, object]:
        one = self._found.approvals[item.id]
        return {
            "id": item.id,
            "name": one.name,
            "organ": one.organ,
            "stage": one.stage,
            "days": item.days,
            "days_from": str(item.source),
            "starts": item.starts,
            "ends": item.ends,
            "basis": one.basis or None,
            "limit_basis": one.limit_basis or None,
            "condition": one.condition or None,
            "reform": one.reform or None,
        }

    def _why(self, edge: Edge | None) -> dict[str, object]:
        zh, en = (because(self._found, self._plan, edge, self._say, lang) for lang in ("zh", "en"))
        via = [] if edge is None else [self._outside(id_) for id_ in edge.via]
        return {"because": zh, "because_en": en, "via": via}

    def _outside(self, id_: str) -> dict[str, object]:
        return {"id": id_, "name": self._found.approvals[id_].name, "why": str(self._plan.outside[id_])}
