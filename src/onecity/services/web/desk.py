"""The officers' desk: what waits, a case on one page, and each decision looked at once more before it holds."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import CaseRow, Move, Outcome, Step, WorkRow, advance, move, visible_case, work_list
from onecity.casework import Why as CaseWhy
from onecity.kernel.acting import Acting
from onecity.kernel.clock import Run, due, tacit_acceptance, working_days_left
from onecity.kernel.identity import masked_name
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.notices.writing import Written
from onecity.people import names_of
from onecity.services.forms import FileType
from onecity.services.uploads import MEDIA, looked_at
from onecity.services.usecases import affair_of_case
from onecity.services.web.affairs import shown_case, state_text
from onecity.services.web.counter import Counter
from onecity.services.web.guides import AT
from onecity.services.web.shown import Shown, answer_rows, moments


class Opened(msgspec.Struct, frozen=True):
    """A case that the officer may see, and in which duty they look at it."""

    row: CaseRow
    shown: Shown
    history: tuple[Recorded, ...]
    by: Acting


class Chosen(msgspec.Struct, frozen=True):
    """A step that the officer may take, and the outcome that they chose."""

    step_id: str
    step: Step
    outcome_id: str
    outcome: Outcome
    by: Acting


class Desk:
    """Pages for officers; a case is shown only after the look at it was recorded."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def work(self, visit: Visit) -> Response:
        """What waits for the officer's duties."""
        rows = await self._rows(visit)
        return visit.page(AT + "desk.html", title=visit.say("services.desk"), rows=rows)

    async def case(self, visit: Visit) -> Response:
        """One case with everything that a decision needs."""
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        return visit.page(AT + "case.html", **await self._page(visit, opened), back_url="/desk")

    async def outcome(self, visit: Visit) -> Response:
        """An outcome before it is chosen: what must be written, and what the person will read."""
        asked = await self._asked(visit)
        return visit.refuse(asked) if isinstance(asked, Refused) else await self._outcome_page(visit, *asked, {}, "")

    async def decide(self, visit: Visit) -> Response:
        """First the letter as it will read, then, with `sure`, the decision itself."""
        if visit.form.text("sure") == "yes":
            return await self._decided(visit)
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        opened, chosen = asked
        command = _command(visit, chosen.outcome)
        wrong = self._tried(visit, opened, chosen, command)
        said = visit.say(wrong.reason, **wrong.details) if wrong else ""
        return await self._outcome_page(visit, opened, chosen, dict(command.words), said, ready=wrong is None)

    async def _decided(self, visit: Visit) -> Response:
        """The decision in earnest. A second click is told by its key, not by the case, which has moved on."""
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        step = opened.shown.process.steps.get(visit.path("step"))
        outcome = step.outcomes.get(visit.path("outcome")) if step else None
        command = _command(visit, outcome)
        by = self.author(visit, opened, command.step)
        case, office = CaseId(opened.row.id), self._counter.office
        done = await move(case, command, office=office, key=visit.form.key(), by=by, now=visit.now)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"/desk/cases/{opened.row.id}")

    async def material(self, visit: Visit) -> Response:
        """A file that the applicant brought and that this case's item needs."""
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        name = visit.path("material")
        affair = await affair_of_case(opened.row.affair, ledger=self._counter.ledger)
        blob = None if isinstance(affair, Refused) else affair.applied.materials.get(name)
        if blob is None or all(needed.material != name for needed in opened.shown.item.needs):
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        content = self._counter.uploads.open(opened.row.subject, name, blob)
        found = looked_at(self._counter.catalogue.material(name), content) if content else None
        if content is None or not isinstance(found, FileType):
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        # Never shown in our own page: what a stranger sent must not run under the city's name.
        headers = {"content-disposition": f'attachment; filename="{name}.{found}"'}
        return Response(content, media_type=MEDIA[found], headers=headers)

    async def opened(self, visit: Visit) -> Opened | Refused:
        """The case of the path, after the look at it was recorded; not found for whoever may not know of it."""
        asked = visit.id("case")
        if asked is None:
            return Refused(CaseWhy.NOT_FOUND)
        duties = visit.someone.duties_of("services")
        async with self._counter.ledger.readers.acquire() as connection:
            row = await visible_case(connection, asked, duties)
        if row is None:
            return Refused(CaseWhy.NOT_FOUND)
        held = next(one for one in duties if one.scope.covers(row.agency, row.area))
        by = visit.acting_as(held.duty, row.agency, row.area)
        await self._counter.reads.note(row.subject, "case", about=row.affair, by=by, now=visit.now)
        history = await self._counter.ledger.history(row.id)
        return Opened(row, await shown_case(self._counter, history), history, by)

    def author(self, visit: Visit, opened: Opened, step: str) -> Acting:
        """The visitor in the duty of a step of this case, if they hold it there."""
        declared = opened.shown.process.steps.get(step)
        return visit.acting_as(declared.duty if declared else "", opened.row.agency, opened.row.area)

    async def _asked(self, visit: Visit) -> tuple[Opened, Chosen] | Refused:
        opened = await self.opened(visit)
        if isinstance(opened, Refused):
            return opened
        chosen = self._chosen(visit, opened)
        return chosen if isinstance(chosen, Refused) else (opened, chosen)

    def _chosen(self, visit: Visit, opened: Opened) -> Chosen | Refused:
        step_id, outcome_id = visit.path("step"), visit.path("outcome")
        step = opened.shown.process.steps.get(step_id)
        outcome = step.outcomes.get(outcome_id) if step else None
        if step is None or outcome is None or step_id not in opened.shown.case.waiting:
            return Refused(CaseWhy.NO_SUCH_STEP)
        by = self.author(visit, opened, step_id)
        return Chosen(step_id, step, outcome_id, outcome, by) if by.duty else Refused(CaseWhy.NOT_YOUR_DUTY)

    def _tried(self, visit: Visit, opened: Opened, chosen: Chosen, command: Move) -> Refused | None:
        """Why the move would be refused; the same rule decides it that will decide it in earnest."""
        facts = advance(
            opened.shown.case,
            command,
            process=opened.shown.process,
            limit=opened.shown.item.limit.limit,
            calendar=self._counter.office.calendar,
            pack=self._counter.office.pack,
            by=chosen.by,
            today=visit.today,
        )
        return facts if isinstance(facts, Refused) else None

    async def _page(self, visit: Visit, opened: Opened) -> dict[str, Any]:
        one, lang = opened.shown, visit.lang
        affair = await affair_of_case(opened.row.affair, ledger=self._counter.ledger)
        applied = None if isinstance(affair, Refused) else affair.applied
        fields = self._counter.catalogue.fields([one.case.opened.matter])
        return {
            "title": one.item.name.said(lang),
            "rows": await self._rows(visit, current=opened.row.id),
            "case": opened.row,
            "shown": one,
            "state": state_text(visit, one),
            "number": applied.number if applied else "",
            "applicant": await self._counter.name_of(opened.row.subject, lang=lang),
            "answers": answer_rows(fields, (applied.answers if applied else None) or {}, lang=lang, say=visit.say),
            "materials": self._materials(visit, opened, applied.materials if applied else {}),
            "moments": moments(one, opened.history, lang=lang, say=visit.say),
            "actions": self._actions(visit, opened),
        }

    def _materials(self, visit: Visit, opened: Opened, there: Mapping[str, str]) -> list[dict[str, str]]:
        """What the item needs, and where it is."""
        rows: list[dict[str, str]] = []
        for needed in opened.shown.item.needs:
            name = self._counter.catalogue.material(needed.material).name.said(visit.lang)
            row = {"term": name, "value": needed.why.said(visit.lang)}
            if needed.material in there:
                row["href"] = f"/desk/cases/{opened.row.id}/materials/{needed.material}"
            else:
                row["value"] = visit.say("services.materials.not_there")
            rows.append(row)
        return rows

    def _actions(self, visit: Visit, opened: Opened) -> list[dict[str, Any]]:
        """Every outcome of every waiting step; those of colleagues are shown as theirs."""
        return [
            {
                "label": outcome.name.said(visit.lang),
                "href": f"/desk/cases/{opened.row.id}/{step_id}/{outcome_id}",
                "kind": "primary" if index == 0 else "secondary",
                "blocked": "" if mine else visit.say("services.desk.colleague"),
            }
            for step_id in sorted(opened.shown.case.waiting)
            for mine in [
                visit.someone.scope(opened.shown.process.steps[step_id].duty, opened.row.agency, opened.row.area)
            ]
            for index, (outcome_id, outcome) in enumerate(opened.shown.process.steps[step_id].outcomes.items())
        ]

    async def _outcome_page(
        self, visit: Visit, opened: Opened, chosen: Chosen, typed: dict[str, str], wrong: str, *, ready: bool = False
    ) -> Response:
        return visit.page(
            AT + "outcome.html",
            status=422 if wrong else 200,
            **await self._page(visit, opened),
            chosen=chosen,
            typed=typed,
            wrong=wrong,
            ready=ready or not chosen.outcome.write,
            letter=self._letter(visit, opened, chosen, typed),
            key=uuid4(),
            back_url=f"/desk/cases/{opened.row.id}",
        )

    def _letter(self, visit: Visit, opened: Opened, chosen: Chosen, typed: dict[str, str]) -> Written | None:
        """The letter of an outcome as the person would read it now."""
        kind = chosen.outcome.letter
        if kind is None:
            return None
        facts = {"matter": opened.row.matter}
        if chosen.outcome.starts_clock:
            facts["due"] = due(
                self._counter.office.calendar, Run(visit.today, opened.shown.item.limit.limit)
            ).day.isoformat()
        said = {part: text or "……" for part, text in (typed or dict.fromkeys(chosen.outcome.write, "")).items()}
        return self._counter.scribe.write(kind, visit.lang, facts, said)

    async def _rows(self, visit: Visit, current: object = None) -> list[dict[str, Any]]:
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await work_list(connection, visit.someone.duties)
            names = await names_of(connection, [row.case.subject for row in rows])
        return [self._row(visit, row, names, current) for row in rows]

    def _row(self, visit: Visit, row: WorkRow, names: Mapping[UUID, str], current: object) -> dict[str, Any]:
        calendar = self._counter.office.calendar
        latest = row.case.due or tacit_acceptance(calendar, received=row.case.received).silent_until.day
        name = names.get(row.case.subject)
        return {
            "href": f"/desk/cases/{row.case.id}",
            "due": latest,
            "days_left": working_days_left(calendar, today=visit.today, latest=latest),
            "title": self._counter.scribe.matter(visit.lang, row.case.matter),
            # A list is not a look at somebody's data, so it names nobody in full.
            "applicant": masked_name(name) if name else visit.say("services.forgotten"),
            "step": self._counter.step_name(row.case.process, row.step, visit.lang),
            "current": row.case.id == current,
        }


def _command(visit: Visit, outcome: Outcome | None) -> Move:
    said = {part: visit.form.text(part) for part in outcome.write} if outcome else {}
    return Move(visit.path("step"), visit.path("outcome"), said)
