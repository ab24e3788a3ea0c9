"""A construction project as pages show it: its stages with each approval, the whole in days, and each day explained."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from onecity.casework import Meeting
from onecity.kernel.clock import Calendar
from onecity.kernel.lists import listed
from onecity.services.approvals import Ahead, Course, Phase, Plan, Planned, What, ahead, dates, so_far, whole_end
from onecity.services.projects.declared import STAGES, Counts, rows_of
from onecity.services.projects.facts import Part
from onecity.services.projects.model import Covered
from onecity.services.projects.rules import VISITED, stage_fault, waits_for
from onecity.services.projects.usecases import Stood
from onecity.services.web.counter import Counter

_TAGS: Final = {
    Phase.DONE: "ok", Phase.RUNS: "busy", Phase.STANDS: "stopped", Phase.TO_ACCEPT: "busy", Phase.TO_APPLY: "info",
    Phase.WAITS: "idle",
}  # fmt: skip

_LANES: Final = {
    Phase.DONE: "ok", Phase.RUNS: "busy", Phase.STANDS: "busy", Phase.TO_ACCEPT: "busy", Phase.TO_APPLY: "idle",
    Phase.WAITS: "idle",
}  # fmt: skip


class ProjectShown:
    """A project on a day, in a language. `day` writes days as the visitor reads them, `short` without the weekday."""

    def __init__(
        self, counter: Counter, stood: Stood, *, today: date, lang: str, say: Callable[..., str],
        day: Callable[[date], str], short: Callable[[date], str],
    ) -> None:  # fmt: skip
        self._counter = counter
        self.stood = stood
        self._today = today
        self._lang = lang
        self._say = say
        self._day = day
        self._short = short
        self._items = {one.planned.id: one for one in self._ahead()}
        self._course = self._lived()

    @property
    def _calendar(self) -> Calendar:
        return self._counter.office.calendar

    @property
    def _plan(self) -> Plan:
        return self.stood.project.plan

    @property
    def _start(self) -> date:
        return self.stood.project.opened.opened

    def _ahead(self) -> tuple[Ahead, ...]:
        return ahead(self._plan, self.stood.cases, self._calendar, start=self._start, today=self._today)

    def course(self) -> Course | None:
        """What became of it so far, day by day."""
        return self._course

    def _lived(self) -> Course | None:
        return so_far(self._plan, self.stood.cases, self._calendar, start=self._start, today=self._today)

    @property
    def ended(self) -> bool:
        """Whether everything is decided."""
        return all(one.phase is Phase.DONE for one in self._items.values())

    def head(self) -> dict[str, Any]:
        """The answer to when all of it is done, and what was promised when it began."""
        course, promised = self.course(), dates(self._plan, self._calendar, self._start)
        ends, by = whole_end(tuple(self._items.values())), max(one.due for one in promised)
        return {
            "ends": ends,
            "ended": self.ended,
            "building": VISITED not in self.stood.project.affairs,
            "promised": by,
            "provisional": not self.ended and self._calendar.provisional(max(ends or by, by)),
            "days": self._plan.critical_days,
            "took": course.took if course else 0,
            "of": _not_counted(course),
            "done": sum(one.phase is Phase.DONE for one in self._items.values()),
            "total": len(self._items),
            "late": listed((self.name(self.part(one)) for one in self.late(course)), self._lang),
            "waiting": self.longest(course),
            "so_far": self._so_far(course),
            "took_so_far": self._took(course),
        }

    def _took(self, course: Course | None) -> str:
        """How many working days it took, and on what those went that were not days of its approvals."""
        if course is None:
            return ""
        days = _not_counted(course).items()
        parts = [self._say(f"services.project.part.{what}", number=number) for what, number in days if number]
        of = listed(parts, self._lang)
        return self._say("services.project.took_of" if parts else "services.project.took", took=course.took, parts=of)

    def _so_far(self, course: Course | None) -> str:
        done, total = sum(one.phase is Phase.DONE for one in self._items.values()), len(self._items)
        said, waiting = self._say("services.project.counted", done=done, total=total), self.longest(course)
        return self._say("services.project.so_far", said=said, waiting=waiting) if waiting else said

    def late(self, course: Course | None) -> Sequence[str]:
        """The approvals that took longer than was promised."""
        return course.late_items if course else ()

    def longest(self, course: Course | None) -> str:
        """The department for which the project waited longest so far, with how many working days."""
        if course is None:
            return ""
        waited: dict[str, int] = {}
        for one in course.days:
            if one.what in (What.COUNTED, What.LATE, What.IDLE, What.STOPPED, What.UNGRANTED):
                agency = self.agency(self.part(one.item))
                waited[agency] = waited.get(agency, 0) + 1
        if not waited:
            return ""
        agency = max(waited, key=waited.__getitem__)
        return self._say("services.project.waited", agency=agency, days=waited[agency])

    def part(self, row: str) -> Part:
        """The approval of a row of the list."""
        return self.stood.project.parts[row]

    def name(self, part: Part) -> str:
        """What an approval is called."""
        return self._counter.scribe.matter(self._lang, part.item)

    def agency(self, part: Part) -> str:
        """Who decides an approval."""
        item = self._counter.catalogue.item(part.item)
        return self._counter.agency(item.agency).name.said(self._lang) if item else ""

    def stages(self) -> list[dict[str, Any]]:
        """The stages in their order, each with its approvals and what can be done about it."""
        return [self._stage(number) for number in STAGES if self.stood.project.of_stage(number)]

    def _stage(self, number: int) -> dict[str, Any]:
        project, parts = self.stood.project, self.stood.project.of_stage(number)
        rows = [self._row(part) for part in parts]
        affair = project.affairs.get(number)
        waits = () if affair else waits_for(project, number, self.stood.cases)
        return {
            "number": number,
            "name": self._say(f"services.project.stage.{number}"),
            "rows": rows,
            "affair": affair,
            "done": all(row["done"] for row in rows),
            "may_apply": stage_fault(project, number, self.stood.cases) is None,
            "waits": listed((self._counter.scribe.matter(self._lang, one) for one in waits), self._lang),
            "visit": number in project.visits,
            "open": affair is not None and not all(row["done"] for row in rows),
            "beside": self._beside(number) if affair is None else "",
        }

    def joint(self, *, cases: bool) -> dict[str, Any] | None:
        """The day on which all departments come, and at what; whose project it is reaches the `cases` from there."""
        found = self.stood.joint
        if found is None:
            return None
        put_off = self._say("services.project.put_off", first=self._day(found.first), times=found.put_off)
        return {
            "day": found.day,
            "put_off": put_off if found.put_off else "",
            "covers": [self._covered(one, case=cases) for one in found.covers],
        }

    def _covered(self, one: Covered, *, case: bool) -> dict[str, str]:
        """An approval at which all look: who decides it, and when it is looked at by its case."""
        row = {
            "term": self._counter.scribe.matter(self._lang, one.item),
            "value": self._counter.agency(one.agency).name.said(self._lang),
            "note": self._when(one),
        }
        return row | ({"href": f"/affairs/{one.affair}/cases/{one.case}", "what": row["term"]} if case else {})

    def _when(self, one: Covered) -> str:
        """The hour of the joint day at which an approval is or was looked at, or what is known without one."""
        if one.at is not None:
            when = self._counter.telling(self._lang, self._say).meeting(Meeting(one.at))
            return self._say("services.project.seen_at", when=when) if one.seen else when
        if one.seen:
            return self._say("services.project.seen")
        return self._say("services.project.no_hour" if one.open else "services.project.looked")

    def _row(self, part: Part) -> dict[str, Any]:
        one = self._items[part.planned.id]
        done, late = one.phase is Phase.DONE, self._is_late(one)
        return {
            "name": self.name(part),
            "agency": self.agency(part),
            "tag": "late" if late else _TAGS[one.phase],
            "state": self._say("services.project.phase.late" if late else f"services.project.phase.{one.phase}"),
            "done": done,
            "days": part.planned.days,
            "day": self._say(
                "services.project.decided" if done else "services.project.expected", day=self._day(one.ends)
            ),
        }

    def _beside(self, number: int) -> str:
        """Public works that can be asked for beside a stage: they are no organ time, and their days are an example."""
        rows, of_type = rows_of(self._counter.catalogue.pack).values(), self.stood.project.opened.type
        found = [
            self._say("services.project.works", name=row.name.said(self._lang), days=row.days_after)
            for row in rows
            if row.counts is Counts.BESIDE and row.stage == number and row.days_after and of_type in row.types.split()
        ]
        return self._say("services.project.beside", works=listed(found, self._lang)) if found else ""

    def path(self) -> list[dict[str, str]]:
        """The longest way as it was promised, each step with why it waits for the one before it."""
        return [self._step(number, one) for number, one in enumerate(self._plan.path)]

    def _step(self, number: int, one: Planned) -> dict[str, str]:
        edge = self._plan.edge_before(number)
        if edge is None:
            why = self._say("services.approvals.because.first")
        else:
            before = self.name(self.part(edge.id))
            through = listed((self._row_name(id_) for id_ in edge.via), self._lang)
            key = "services.project.because.through" if through else "services.project.because.direct"
            why = self._say(key, before=before, through=through)
        part = self.part(one.id)
        value = self._say("services.project.step", days=one.days, agency=self.agency(part))
        return {"term": self.name(part), "value": value, "note": why}

    def _row_name(self, row: str) -> str:
        found = rows_of(self._counter.catalogue.pack).get(row)
        return found.name.said(self._lang) if found else row

    def days(self) -> list[dict[str, Any]]:
        """Each day so far on which the project hung, in spans of one kind and one approval."""
        course = self.course()
        if course is None:
            return []
        spans = []
        for (item, what, why), those in groupby(course.days, key=lambda one: (one.item, one.what, one.why)):
            days = list(those)
            spans.append({
                "from": days[0].day, "to": days[-1].day, "number": len(days), "what": str(what),
                "said": self._say(f"services.project.day.{what}"), "why": self._why(what, why),
                "name": self.name(self.part(item)), "agency": self.agency(self.part(item)),
            })  # fmt: skip
        return spans

    def _why(self, what: What, why: str) -> str:
        """Why a day did not count: the name of a holiday, or the reason of a stop."""
        if what is What.STOPPED:
            return self._say(f"services.project.still.{why}")
        return why if what is What.OFF else ""

    def lanes(self) -> dict[str, Any]:
        """The approvals as bars by date, as the cockpit draws them."""
        promised = max(one.due for one in dates(self._plan, self._calendar, self._start))
        lanes = [self._lane(one) for one in self._items.values()]
        last = max(promised, self._today, *(one.ends for one in self._items.values()))
        return {"lanes": lanes, "first": self._start, "last": last}

    def _is_late(self, one: Ahead) -> bool:
        """Whether an open approval has taken longer than was promised, and it is not the turn of whoever builds."""
        course, theirs = self.course(), one.phase in (Phase.DONE, Phase.TO_APPLY)
        return not theirs and course is not None and one.planned.id in course.late_items

    def _lane(self, one: Ahead) -> dict[str, Any]:
        case, part = self.stood.cases.get(one.planned.id), self.part(one.planned.id)
        stills = case.stills if case else ()
        return {
            "name": self.name(part),
            "who": self.agency(part),
            "start": one.begins,
            "end": one.ends if one.phase is Phase.DONE else None,
            "due": one.ends,
            "state_kind": "late" if self._is_late(one) else _LANES[one.phase],
            "state_text": self._short(one.ends),
            "stops": [{"from_": one.first, "to": one.until(self._calendar, self._today)} for one in stills],
        }


def _not_counted(course: Course | None) -> dict[str, int]:
    """The days of a project that were none of its approvals' own, by what they went on."""
    of = course.of if course else {}
    return {str(what): of.get(what, 0) for what in What if what not in (What.OFF, What.COUNTED)}
