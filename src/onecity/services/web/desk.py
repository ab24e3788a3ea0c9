"""The officers' desk: what waits, a case on one page, and each decision looked at once more before it holds."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import (
    HAND_OVER,
    SEND_OUT,
    Case,
    ClockAct,
    Found,
    Move,
    Terms,
    WorkRow,
    advance,
    duty_of,
    find_case,
    foreseen,
    hindered,
    move,
    signs_last,
    told,
    work_list,
)
from onecity.casework import Why as CaseWhy
from onecity.kernel.acting import Acting
from onecity.kernel.clock import Day, Unit, days_late, working_days_left
from onecity.kernel.identity import masked_name
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Paging, Visit
from onecity.notices.writing import Written
from onecity.people import names_of
from onecity.services.forms import FileType
from onecity.services.model import Affair
from onecity.services.uploads import looked_at
from onecity.services.usecases import affair_of_case
from onecity.services.web.affairs import Affairs, Part, current, in_order, shown_case, state_text
from onecity.services.web.bringing import as_file
from onecity.services.web.casefile import asked_of
from onecity.services.web.choices import Chosen, at_first, choices
from onecity.services.web.counter import Counter
from onecity.services.web.deciding import asked_meeting, command_of
from onecity.services.web.feedback import feedback_moments, rated_words, said_of_case
from onecity.services.web.fees import fee_at_desk, unpaid, waits_for_fee
from onecity.services.web.letters import letter_moments
from onecity.services.web.needed import lackable, needed_rows
from onecity.services.web.pledging import pledge_of
from onecity.services.web.shown import AT, Shown, answer_rows, ended_on, moments, newest_first

_A_PAGE: Final = 50
_PAPER: Final = {HAND_OVER: "services.desk.hand_out", SEND_OUT: "services.desk.send_out"}


class Opened(msgspec.Struct, frozen=True):
    """A case that the officer may see, what it is held to, and in which duty they look at it."""

    shown: Shown
    terms: Terms
    history: tuple[Recorded, ...]
    by: Acting

    @property
    def case(self) -> Case:
        return self.shown.case


class Desk:
    """Pages for officers; a case is shown only after the look at it was recorded."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)

    async def work(self, visit: Visit) -> Response:
        """What waits for the officer's duties."""
        return visit.page(AT + "desk.html", title=visit.say("services.desk"), **await self._waiting(visit))

    async def case(self, visit: Visit) -> Response:
        """One case with everything that a decision needs."""
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        return visit.page(AT + "case.html", **await self._page(visit, opened), back_url="/desk")

    async def outcome(self, visit: Visit) -> Response:
        """An outcome before it is chosen: what must be written, and what the person will read."""
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        opened, chosen = asked
        return await self._outcome_page(visit, opened, chosen, at_first(chosen, opened.case), "")

    async def decide(self, visit: Visit) -> Response:
        """First the letter as it will read, then, with `sure`, the decision itself."""
        if visit.form.text("sure") == "yes":
            return await self._decided(visit)
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        opened, chosen = asked
        command = command_of(visit, opened.shown.process, opened.shown.item, self._counter)
        wrong = self._tried(visit, opened, chosen, command)
        said = visit.say(wrong.reason, **wrong.details) if wrong else ""
        return await self._outcome_page(visit, opened, chosen, command, said, ready=wrong is None)

    async def _decided(self, visit: Visit) -> Response:
        """The decision in earnest. A second click is told by its key, not by the case, which has moved on."""
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        command = command_of(visit, opened.shown.process, opened.shown.item, self._counter)
        by = self.author(visit, opened, command.step, command.outcome)
        case, office = opened.case.id, self._counter.office
        done = await move(case, command, office=office, key=visit.form.key(), by=by, now=visit.now)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"/desk/cases/{opened.case.id}")

    async def material(self, visit: Visit) -> Response:
        """A file that the applicant brought and that this case's item needs."""
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        name = visit.path("material")
        affair = await affair_of_case(opened.case.opened.affair, ledger=self._counter.ledger)
        if isinstance(affair, Refused):
            return visit.refuse(affair)
        blob = affair.materials.get(name)
        if blob is None or all(needed.material != name for needed in opened.shown.item.needs):
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        content = self._counter.uploads.open(opened.case.opened.subject, name, blob)
        declared = (await self._counter.catalogue_of(affair, opened.case.id)).material(name)
        found = looked_at(declared, content) if content else None
        if content is None or not isinstance(found, FileType):
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        return as_file(name, found, content)

    async def opened(self, visit: Visit) -> Opened | Refused:
        """The case of the path with its days, after the look at it was recorded."""
        looked = await self.look(visit)
        if isinstance(looked, Refused):
            return looked
        found, by = looked
        shown = await shown_case(self._counter, found.case, today=visit.today)
        return Opened(shown, found.terms, found.history, by)

    async def find(self, visit: Visit) -> Found | Refused:
        """The case of the path for a command that shows nothing of it; not found for whoever may not know of it."""
        asked = visit.id("case")
        duties = visit.someone.duties_of("services")
        found = await find_case(asked, duties, office=self._counter.office) if asked else None
        return found or Refused(CaseWhy.NOT_FOUND)

    async def look(self, visit: Visit) -> tuple[Found, Acting] | Refused:
        """The case of the path and in which duty the officer looks at it, after that was recorded."""
        found = await self.find(visit)
        if isinstance(found, Refused):
            return found
        opened = found.case.opened
        by = visit.acting_as(found.held[0].duty, opened.agency, opened.area)
        await self._counter.reads.note(opened.subject, "case", about=opened.affair, by=by, now=visit.now)
        return found, by

    async def head(self, visit: Visit, opened: Opened) -> dict[str, Any]:
        """Which case it is, for the pages beside it."""
        affair = await affair_of_case(opened.case.opened.affair, ledger=self._counter.ledger)
        return {
            "matter": opened.shown.item.called.said(visit.lang),
            "applicant": await self._counter.name_of(opened.case.opened.subject, lang=visit.lang),
            "number": "" if isinstance(affair, Refused) else affair.applied.number,
        }

    def author(self, visit: Visit, looked: Opened | Found, step: str, outcome: str = "") -> Acting:
        """The visitor in the duty of an outcome of this case, if they hold it there."""
        opened = looked.case.opened
        return visit.acting_as(duty_of(looked.terms.process, step, outcome), opened.agency, opened.area)

    async def _asked(self, visit: Visit) -> tuple[Opened, Chosen] | Refused:
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return opened
        step_id, outcome_id = visit.path("step"), visit.path("outcome")
        by = self.author(visit, opened, step_id, outcome_id)
        no = hindered(opened.shown.case, step_id, outcome_id, terms=opened.terms, by=by, now=visit.now)
        no = no or waits_for_fee(opened.shown, step_id, outcome_id, await unpaid(self._counter, opened.shown))
        if no is not None:
            return no
        step = opened.shown.process.steps[step_id]
        return opened, Chosen(step_id, step, outcome_id, step.outcomes[outcome_id], by)

    def _tried(self, visit: Visit, opened: Opened, chosen: Chosen, command: Move) -> Refused | None:
        """Why the move would be refused; the same rule decides it that will decide it in earnest."""
        facts = advance(opened.shown.case, command, terms=opened.terms, by=chosen.by, now=visit.now)
        return facts if isinstance(facts, Refused) else None

    async def _page(self, visit: Visit, opened: Opened) -> dict[str, Any]:
        one, lang = opened.shown, visit.lang
        asked = await asked_of(opened.case, self._counter)
        known = asked.affair
        held = await self._counter.feedbacks.of_history(opened.history)
        past = moments(one, said_of_case(held, opened.history), self._counter.telling(lang, visit.say))
        if held is not None and held.feedback.called is not None:
            past += [*rated_words(held, visit.say), *feedback_moments(held, visit.say)]
        letters = await letter_moments(visit, self._counter, opened.case)
        parts = current(await self._affairs.parts(opened.case.opened.affair, today=visit.today))
        return {
            "title": one.item.called.said(lang),
            **await self._waiting(visit, current=opened.case.id),
            "case": opened.case,
            "shown": one,
            "late": self._late(one),
            "state": state_text(visit, one, officer=True),
            "number": known.applied.number if known else "",
            "applicant": await self._counter.name_of(opened.case.opened.subject, lang=lang),
            "answers": answer_rows(
                visit,
                asked.fields,
                known.answers if known else {},
                sources=self._counter.sources(known, lang) if known else None,
            ),
            "materials": needed_rows(visit, opened.case.id, opened.shown.item, asked.catalogue, known),
            "moments": newest_first([*past, *letters], self._counter.office.zone),
            "actions": self._actions(visit, opened, await self.choices(visit, opened)),
            "pledge": await pledge_of(visit, self._counter, known, opened.case) if known else None,
            "fee": await fee_at_desk(visit, self._counter, one),
            "hands": self._hands(visit, opened),
            "lanes": self._lanes(visit, opened, known, parts),
            "rest_days": self._rest_days(opened.case.received, visit.today),
            "key": uuid4(),
        }

    async def choices(self, visit: Visit, opened: Opened) -> list[tuple[Chosen, Refused | None]]:
        """Every outcome that an officer may choose in a case, and why not now."""
        fee = await unpaid(self._counter, opened.shown)

        def author(step: str, outcome: str) -> Acting:
            return self.author(visit, opened, step, outcome)

        return list(choices(opened.shown, opened.terms, fee, author, now=visit.now))

    def _actions(
        self, visit: Visit, opened: Opened, found: Sequence[tuple[Chosen, Refused | None]]
    ) -> list[dict[str, Any]]:
        """The outcomes as buttons; what cannot be chosen says why."""
        first = next((one for one, no in found if no is None), None)
        return [
            {
                "label": one.outcome.name.said(visit.lang),
                "href": f"/desk/cases/{opened.case.id}/{one.step_id}/{one.outcome_id}",
                "kind": "primary" if one is first else "secondary",
                "blocked": self._why_not(visit, no) if no else "",
            }
            for one, no in found
        ]

    def _late(self, one: Shown) -> Sequence[Day]:
        """The days since a latest day that was missed."""
        calendar = self._counter.office.calendar
        return days_late(calendar, today=one.today, latest=one.due.day) if one.state == "late" else ()

    def _why_not(self, visit: Visit, no: Refused) -> str:
        if no.reason is CaseWhy.NOT_YOUR_DUTY:
            return visit.say("services.desk.colleague")
        return visit.say(no.reason, **no.details)

    def _hands(self, visit: Visit, opened: Opened) -> list[dict[str, Any]]:
        """Who has which step in hand, and what the officer may do about it."""
        case, path = opened.shown.case, f"/desk/cases/{opened.case.id}/work"
        rows: list[dict[str, Any]] = []
        for step_id, todo in sorted(case.waiting.items()):
            step = opened.shown.process.steps.get(step_id)
            if step is None or not visit.someone.scope(todo.duty, opened.case.opened.agency, opened.case.opened.area):
                continue
            holder = case.holders.get(step_id)
            mine = holder == visit.someone.person
            rows.append(
                {
                    "step": step.name.said(visit.lang),
                    "path": f"{path}/{step_id}",
                    "state": "mine" if mine else "other" if holder else "free",
                    "signed": step_id in case.signatures,
                }
            )
        return rows

    def _lanes(
        self, visit: Visit, opened: Opened, affair: Affair | None, parts: Sequence[Part]
    ) -> list[dict[str, Any]]:
        """The branches of the same application, each with its days; nothing for a single one."""
        if len(parts) < 2:
            return []
        ordered = in_order(affair, parts) if affair else parts
        return [self._lane(visit, part, mine=part.shown.case.id == opened.case.id) for part in ordered]

    def _rest_days(self, first: date, today: date) -> list[date]:
        """Days on which nobody works, around what is drawn."""
        calendar = self._counter.office.calendar
        days = (first + timedelta(days=number) for number in range((today - first).days + 100))
        return [day for day in days if not calendar.kind(day).works]

    def _lane(self, visit: Visit, part: Part, *, mine: bool) -> dict[str, Any]:
        one = part.shown
        ended = ended_on(part.history, self._counter.office.zone)
        agency = self._counter.agency(one.case.opened.agency).name.said(visit.lang)
        day = visit.site.pages.formats[visit.lang].day(one.due.day, today=visit.today, weekday=False)
        still = max(one.stop_ends or visit.today, visit.today)
        return {
            "name": one.item.called.said(visit.lang),
            "who": agency,
            "start": one.case.received,
            "end": ended,
            "due": one.due.day,
            "state_kind": {"ok": "ok", "late": "late"}.get(one.tag, "busy"),
            "state_text": state_text(visit, one, officer=True) if ended else visit.say("services.lane.until", day=day),
            "stops": [{"from_": stop.first, "to": stop.last or still} for stop in one.stops],
            "mine": mine,
        }

    async def _outcome_page(
        self, visit: Visit, opened: Opened, chosen: Chosen, typed: Move, wrong: str, *, ready: bool = False
    ) -> Response:
        outcome = chosen.outcome
        todo = opened.case.waiting[chosen.step_id]
        meeting = asked_meeting(visit, outcome, todo, opened.terms, self._counter, opened.case.joint)
        asks = bool(outcome.write or outcome.lists or outcome.asks_days or meeting)
        # A stop is told in working days whatever the limit counts; an extension counts as the limit does.
        natural = opened.terms.limit.unit is Unit.NATURAL_DAYS and outcome.clock is ClockAct.EXTENDS
        unit = f".{Unit.NATURAL_DAYS}" if natural else ""
        values = await self._page(visit, opened)
        return visit.page(
            AT + "outcome.html",
            status=422 if wrong else 200,
            **values,
            chosen=chosen,
            typed=typed,
            wrong=wrong,
            asks=asks,
            ask_days=outcome.asks_days,
            days_asked=f"{outcome.clock}{unit}",
            days_unit=unit,
            meeting=meeting,
            signs_last=signs_last(opened.case, typed, outcome),
            lackable_in=lackable(opened.shown.item, typed.lacking, self._counter, visit.lang) if outcome.lists else [],
            ready=ready or not asks,
            letter=self._letter(visit, opened, chosen, typed, ready=ready or not asks),
            back_url=f"/desk/cases/{opened.case.id}",
        )

    def _letter(self, visit: Visit, opened: Opened, chosen: Chosen, typed: Move, *, ready: bool) -> Written | None:
        """The letter of an outcome as the person would read it now."""
        kind = chosen.outcome.letter
        if kind is None:
            return None
        facts = {"matter": opened.case.opened.matter}
        tried = foreseen(opened.shown.case, typed, terms=opened.terms, by=chosen.by, now=visit.now)
        if not isinstance(tried, Refused):
            facts = told(opened.shown.case, tried)
        said = {part: typed.words.get(part) or "……" for part in chosen.outcome.write}
        return self._counter.scribe.write(kind, visit.lang, facts, said) if ready or said else None

    async def _waiting(self, visit: Visit, current: object = None) -> dict[str, Any]:
        """What waits, page by page; beside a case only the first page, which holds the earliest days."""
        rows, paging = await self.waiting(visit)
        async with self._counter.ledger.readers.acquire() as connection:
            names = await names_of(connection, [row.case.subject for row in rows])
        return {"rows": [self._row(visit, row, names, current) for row in rows], "paging": paging}

    async def waiting(self, visit: Visit) -> tuple[Sequence[WorkRow], Paging]:
        """A page of what waits for the officer's duties."""
        paging = Paging.uncounted(visit, _A_PAGE, at="/desk")
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await work_list(
                connection, visit.someone.duties_of("services"), limit=paging.one_more, offset=paging.offset
            )
        return paging.cut(rows)

    def _row(self, visit: Visit, row: WorkRow, names: Mapping[UUID, str], current: object) -> dict[str, Any]:
        calendar, latest = self._counter.office.calendar, row.due
        name = names.get(row.case.subject)
        return {
            "href": f"/desk/cases/{row.case.id}",
            "due": latest,
            "days_left": working_days_left(calendar, today=visit.today, latest=latest) if latest else None,
            "title": self._counter.scribe.matter(visit.lang, row.case.matter),
            # A list is not a look at somebody's data, so it names nobody in full.
            "applicant": masked_name(name) if name else visit.say("services.forgotten"),
            "step": visit.say(_PAPER[row.step])
            if row.step in _PAPER
            else self._counter.step_name(row.case.process, row.step, visit.lang),
            "stopped": row.case.stopped,
            "mine": row.holder == visit.someone.person,
            "current": row.case.id == current,
        }
