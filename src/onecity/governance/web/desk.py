"""Pages for those who deal with the street: what waits, a case on one page, and each move before it is made."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Move, Moved, Outcome, WorkRow, find_case
from onecity.casework import Why as CaseWhy
from onecity.governance.facts import Alike
from onecity.governance.lateness import is_late
from onecity.governance.photos import WrongPhoto
from onecity.governance.rules import Why
from onecity.governance.steps import DONE, FILE, HANDLE, INTAKE, JOIN
from onecity.governance.store import ProblemRow, problems
from onecity.governance.usecases import condition_of_case
from onecity.governance.usecases.filing import File, file, proposed
from onecity.governance.usecases.grids import walked_at
from onecity.governance.usecases.joining import join
from onecity.governance.usecases.looking import understood
from onecity.governance.usecases.moving import put_right
from onecity.governance.usecases.nearby import Like, alike_told
from onecity.governance.usecases.returning import came_back
from onecity.governance.usecases.supervising import kind_of
from onecity.governance.web.centre import CHIEF, PILLAR, Centre, Looked
from onecity.governance.web.conditions import filing_form
from onecity.governance.web.looks import looks_of
from onecity.governance.web.parts import ROOT as PARTS
from onecity.governance.web.releasing import pictures
from onecity.governance.web.remaining import remaining
from onecity.governance.web.reporting import AT, draws_of
from onecity.governance.web.supervising import SUPERVISION
from onecity.governance.web.where import place_fact
from onecity.kernel.clock import working_days_left
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import day_in
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit
from onecity.notices import letters_of_case
from onecity.people import AGENCY

_A_PAGE: Final = 50
_ROOT: Final = "/street"
_MOST_WORDS: Final = 3


class Chosen(msgspec.Struct, frozen=True):
    """An outcome of a step that waits."""

    step: str
    name: str
    outcome: Outcome


class Desk:
    """Pages for officers; a case is shown only after the look at it was recorded."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def work(self, visit: Visit) -> Response:
        """What waits for the officer's duties on the street."""
        rooms = [{"href": href, "label": visit.say(words)} for href, words in self._rooms(visit)]
        waiting = await self._waiting(visit)
        return visit.page(AT + "street.html", title=visit.say("governance.desk"), rooms=rooms, **waiting)

    def _rooms(self, visit: Visit) -> Iterator[tuple[str, str]]:
        """What else there is for the visitor beside their list."""
        kind = kind_of(self._centre.street, self._centre.orders)
        yield "/street/map", "governance.map.see"
        yield PARTS, "governance.parts"
        if kind is not None and visit.someone.holds(kind.issues):
            yield SUPERVISION, "governance.supervision"
        if visit.someone.holds(CHIEF):
            yield "/street/hooks", "governance.hooks"

    async def case(self, visit: Visit) -> Response:
        """One case with everything that a move needs."""
        looked = await self._centre.look(visit)
        if isinstance(looked, Refused):
            return visit.refuse(looked)
        page, earlier = await self._page(visit, looked), await self._earlier(visit, looked)
        return visit.page(AT + "problem.html", **page, earlier=earlier, back_url=_ROOT)

    async def outcome(self, visit: Visit) -> Response:
        """A move before it is made: what must be said, chosen and shown."""
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            # An old page, or one in a second window: what it was about is done, and the case says by whom.
            over = asked.reason == CaseWhy.NOT_FOUND and not isinstance(await self._centre.find(visit), Refused)
            return visit.go(f"{_ROOT}/{visit.path('problem')}") if over else visit.refuse(asked)
        looked, chosen = asked
        return await self._outcome_page(visit, looked, chosen, {}, "")

    async def decide(self, visit: Visit) -> Response:
        """Make the move."""
        looked = await self._centre.look(visit)
        if isinstance(looked, Refused):
            return visit.refuse(looked)
        step, name = visit.path("step"), visit.path("outcome")
        declared = looked.terms.process.steps.get(step)
        outcome = declared.outcomes.get(name) if declared else None
        by, street = self._centre.author(visit, looked, step, name), self._centre.street
        how: dict[str, Any] = {"street": street, "key": visit.form.key(), "by": by, "now": visit.now}
        if (step, name) == (INTAKE, FILE):
            by_hand = visit.form.text("by_hand") == "yes"
            filing = File(visit.form.text("condition"), part=visit.form.text("part"), by_hand=by_hand)
            done = await file(looked.case.id, filing, known=looked.known, **how)
        elif (step, name) == (INTAKE, JOIN):
            done = await self._join(visit, looked, how)
        else:
            photos = await self._centre.photo_of(visit, "photo", looked.report.told.subject)
            if isinstance(photos, WrongPhoto):
                done = Refused(photos)
            else:
                command = command_of(visit, step, name, outcome)
                done = await put_right(looked.case.id, command, photos, None, known=looked.known, **how)
        if not isinstance(done, Refused):
            # Whoever a lot chose has nothing more to do with the case once they have looked.
            theirs = not isinstance(await self._centre.find(visit), Refused)
            return visit.go(f"{_ROOT}/{looked.case.id}" if theirs else _ROOT)
        if outcome is None or step not in looked.case.waiting:
            return visit.refuse(done)
        wrong = visit.say(done.reason, **done.details)
        return await self._outcome_page(visit, looked, Chosen(step, name, outcome), visit.form.fields, wrong)

    async def _join(self, visit: Visit, looked: Looked, how: dict[str, Any]) -> Moved | Refused:
        """Let the report follow the case that was chosen, with what both have in common."""
        found = await self._alike(visit, looked)
        chosen = next((one for one in found if str(one.row.case) == visit.form.text("other")), None)
        if chosen is None:
            return Refused(Why.NOTHING_ALIKE)
        return await join(looked.report.id, CaseId(chosen.row.case), Alike(chosen.metres, chosen.hours), **how)

    async def _alike(self, visit: Visit, looked: Looked) -> Sequence[Like]:
        """Open cases that may be the same, the likeliest first."""
        duties = {one.duty for one in visit.someone.duties_of(PILLAR)}
        return await alike_told(
            looked.report, looked.case.id, reported=looked.row.reported, street=self._centre.street,
            sees=lambda area: self._centre.acting_in(visit, duties, area), reads=self._centre.reads, now=visit.now,
        )  # fmt: skip

    async def photo(self, visit: Visit) -> Response:
        """A photograph of a case: of the report, or of a step."""
        looked = await self._centre.look(visit)
        if isinstance(looked, Refused):
            return visit.refuse(looked)
        name = visit.path("photo")
        content = self._centre.photos.open(looked.report.told.subject, name) if name in looked.photos else None
        if content is None:
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        return Response(content, media_type="image/jpeg")

    async def _asked(self, visit: Visit) -> tuple[Looked, Chosen] | Refused:
        looked = await self._centre.look(visit)
        if isinstance(looked, Refused):
            return looked
        for step, name, outcome, no in self._centre.choices(visit, looked):
            if (step, name) == (visit.path("step"), visit.path("outcome")):
                return no or (looked, Chosen(step, name, outcome))
        return Refused(CaseWhy.NOT_FOUND)

    async def _outcome_page(
        self, visit: Visit, looked: Looked, chosen: Chosen, typed: Mapping[str, str], wrong: str
    ) -> Response:
        street, agencies = self._centre.street, self._centre.street.pack.all(AGENCY)
        to, files = await proposed(looked.problem, street), chosen.step == INTAKE and chosen.name == FILE
        return visit.page(
            AT + "move.html",
            status=422 if wrong else 200,
            **await self._page(visit, looked),
            chosen=chosen,
            typed=typed,
            wrong=wrong,
            files=files,
            **(await filing_form(visit, looked, self._centre) if files else {}),
            others=await self._others(visit, looked) if (chosen.step, chosen.name) == (INTAKE, JOIN) else None,
            shows=chosen.step == HANDLE and chosen.name == DONE,
            receivers=[{"label": "", "options": [
                {"value": name, "label": one.value.name.said(visit.lang)} for name, one in sorted(agencies.items())
            ]}],
            to=to,
            back_url=f"{_ROOT}/{looked.case.id}",
        )  # fmt: skip

    async def _page(self, visit: Visit, looked: Looked) -> dict[str, Any]:
        row, told, centre = looked.row, looked.report.told, self._centre
        async with centre.office.ledger.readers.acquire() as connection:
            letters = await letters_of_case(connection, row.case, told.subject)
        return {
            **await self._waiting(visit, current=row.case),
            "title": centre.scribe.matter(visit.lang, row.matter),
            "row": row,
            "case": looked.case,
            "stage": visit.say(f"governance.stage.{row.stage if looked.case.result is None else looked.case.result}"),
            "facts": [
                *await self._facts(visit, looked),
                *looks_of(visit, looked.problem),
                *await self._walked(visit, looked),
                *await self._guess(visit, looked),
            ],
            "late": looked.case.result is None and late_now(visit, row),
            "photos": pictures(visit, looked),
            "actions": self._actions(visit, looked),
            "draws": draws_of(looked.history, looked.case),
            "moments": [
                {"at": one.sent, "kind": "done", "title": centre.scribe.title(one.kind, visit.lang), "icon": "mail"}
                for one in reversed(letters)
            ],
            "key": uuid4(),
        }

    async def _earlier(self, visit: Visit, looked: Looked) -> dict[str, Any] | None:
        """The case that came back in this one, and the way to it for whoever may open it."""
        found = await came_back(looked.row, street=self._centre.street)
        if found is None:
            return None
        case = found.row.case
        opens = await find_case(case, visit.someone.duties_of(PILLAR), office=self._centre.office)
        return {
            "number": found.row.number,
            "closed": day_in(self._centre.office.zone, found.closed),
            "metres": found.metres,
            "href": f"{_ROOT}/{case}" if opens else "",
        }

    async def _others(self, visit: Visit, looked: Looked) -> list[dict[str, Any]]:
        """Open cases that may be the same, each with how far and how long ago."""
        return [
            {
                "value": one.row.case,
                "label": visit.say(
                    f"governance.alike.{'street' if one.metres is None else 'point'}.{_when(one)}",
                    matter=self._centre.scribe.matter(visit.lang, one.row.matter),
                    number=one.row.number,
                    metres=one.metres or 0,
                    hours=one.hours,
                ),
            }
            for one in await self._alike(visit, looked)
        ]

    async def _guess(self, visit: Visit, looked: Looked) -> list[dict[str, Any]]:
        """What the words seem to be about, how sure that is, and which words decided, for whoever accepts it."""
        if looked.row.stage != INTAKE or looked.case.result is not None:
            return []
        found = await understood(looked.report.told.words or "", street=self._centre.street)
        if found is None:
            return []
        words = [one.word.strip() for one in found.words[:_MOST_WORDS]]
        value = visit.say(
            "governance.guess.says",
            matter=self._centre.scribe.matter(visit.lang, found.label),
            sure=round(100 * found.probability),
            words=listed(words, visit.lang),
        )
        return [{"term": visit.say("governance.guess"), "value": value}]

    async def _walked(self, visit: Visit, looked: Looked) -> list[dict[str, Any]]:
        """The social grid in which it lies, and who walks it."""
        point, row = looked.report.told.point, looked.row
        place = (point.longitude, point.latitude) if point else (row.longitude, row.latitude)
        if place[0] is None or place[1] is None:
            return []
        found = await walked_at(place[0], place[1], street=self._centre.street, now=visit.now)
        if found is None:
            return []
        value = " ".join((found.grid.code, listed(found.walkers, visit.lang))).strip()
        return [{"term": visit.say("governance.fact.social"), "value": value}]

    async def _facts(self, visit: Visit, looked: Looked) -> list[dict[str, Any]]:
        row, told = looked.row, looked.report.told
        places = self._centre.street.ground.places
        where = " ".join(filter(None, (*places.chain(row.area), told.address)))
        filed = looked.problem.filed
        condition = await condition_of_case(filed, self._centre.street) if filed else None
        found = [
            ("cell", row.cell),
            ("condition", condition.files.said(visit.lang) if condition else None),
            ("closes", condition.closes.said(visit.lang) if condition else None),
            ("lead", self._centre.scribe.agency(visit.lang, row.lead) if row.lead else None),
            ("source", visit.say(f"governance.source.{row.source}")),
            ("part", row.part),
            ("reports", str(row.reports)),
            ("contact", told.contact),
        ]
        first = (("words", told.words), ("place", where))
        return [*shown_facts(visit, first), *place_fact(visit, looked.known), *shown_facts(visit, found)]

    def _actions(self, visit: Visit, looked: Looked) -> list[dict[str, Any]]:
        """The outcomes as buttons; what cannot be chosen says why."""
        found = list(self._centre.choices(visit, looked))
        first = next((name for _, name, _, no in found if no is None), None)
        return [
            {
                "label": outcome.name.said(visit.lang),
                "href": f"{_ROOT}/{looked.case.id}/{step}/{name}",
                "kind": "primary" if name == first and no is None else "secondary",
                "blocked": visit.say(no.reason, **no.details) if no else "",
            }
            for step, name, outcome, no in found
        ] + self._supervises(visit, looked)

    def _supervises(self, visit: Visit, looked: Looked) -> list[dict[str, Any]]:
        """The button of whoever may give an order about the case."""
        opened, kind = looked.case.opened, kind_of(self._centre.street, self._centre.orders)
        if kind is None or looked.case.result is not None:
            return []
        if visit.someone.held(kind.issues, opened.agency, opened.area) is None:
            return []
        href = f"{_ROOT}/{looked.case.id}/supervise"
        return [{"label": kind.name.said(visit.lang), "href": href, "kind": "secondary", "blocked": ""}]

    async def _waiting(self, visit: Visit, current: object = None) -> dict[str, Any]:
        page, paging = await self._centre.waiting(visit, Paging.uncounted(visit, _A_PAGE, at=_ROOT))
        async with self._centre.office.ledger.readers.acquire() as connection:
            known = await problems(connection, [one.case.id for one in page])
        rows = [self._row(visit, one, known[one.case.id], current) for one in page if one.case.id in known]
        return {"rows": rows, "paging": paging}

    def _row(self, visit: Visit, work: WorkRow, row: ProblemRow, current: object) -> dict[str, Any]:
        calendar, latest = self._centre.office.calendar, row.due
        late = row.due_at is not None and row.due_at < visit.now
        rest = None if work.case.stopped else remaining(row.due_at, visit.now)
        left = working_days_left(calendar, today=visit.today, latest=latest) if latest else None
        process = self._centre.street.process
        step = process.steps.get(work.step)
        return {
            "href": f"{_ROOT}/{row.case}",
            "due": latest,
            "days_left": min(left or 0, -1) if late else left,
            "still": visit.say(rest.key, hours=rest.hours, minutes=rest.minutes) if rest else "",
            "soon": rest is not None and rest.soon,
            "title": self._centre.scribe.matter(visit.lang, row.matter),
            "applicant": " ".join((*self._centre.street.ground.places.chain(row.area), row.number)),
            "since": waits_since(row).astimezone(self._centre.office.zone) if latest is None else None,
            "step": step.name.said(visit.lang) if step else work.step,
            "stopped": work.case.stopped,
            "current": row.case == current,
            "mine": work.holder == visit.someone.person,
        }


def _when(one: Like) -> str:
    """How a case lies in time to the report that may repeat it."""
    return ("after" if one.later else "before") if one.hours else "just_now"


def shown_facts(visit: Visit, found: Sequence[tuple[str, str | None]]) -> list[dict[str, Any]]:
    """Facts of a case with their names, as far as they are known; a part leads to its page."""
    return [
        {"term": visit.say(f"governance.fact.{name}"), "value": value}
        | ({"href": f"{PARTS}/{value}"} if name == "part" else {})
        for name, value in found
        if value
    ]


def late_now(visit: Visit, row: ProblemRow) -> bool:
    """Whether the unit is late with an open case."""
    return is_late(
        row.stage, stopped=row.stopped, due=row.due, due_at=row.due_at, now=visit.now, today=visit.today
    )  # fmt: skip


def waits_since(row: ProblemRow) -> datetime:
    """Since when a case waits that no unit has a latest day for: its last event among those that lists know."""
    return max(at for at in (row.reported, row.filed, row.handled, row.verified, row.reopened) if at is not None)


def command_of(visit: Visit, step: str, name: str, outcome: Outcome | None) -> Move:
    """What the form asks for; whether it can be done is for the rules to say."""
    if outcome is None:
        return Move(step, name)
    days = visit.form.text("days")
    return Move(
        step,
        name,
        {part: visit.form.text(part) for part in outcome.write},
        int(days) if outcome.asks_days and days.isascii() and days.isdecimal() else None,
        to={one: visit.form.text(f"to-{one}") for one in outcome.sends},
    )
