"""Pages for whoever saw something on the street: report it, follow it, say how it went. Nobody need have an account."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.casework import Case, DrawOpened, Moved, WorkDrawn, folded, pseudonym, rate, reopen
from onecity.governance.dangers import dangers_in
from onecity.governance.facts import Source
from onecity.governance.model import Report
from onecity.governance.photos import WrongPhoto
from onecity.governance.rules import Tell
from onecity.governance.usecases.reporting import tell
from onecity.governance.web.centre import Centre, for_report
from onecity.governance.web.choices import matters_to_choose, streets_to_choose
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.notices import letters_about
from onecity.notices.facts import LetterSent

AT: Final = "governance/web/templates/"
RECEIVED: Final = "governance.received"
_FIELDS: Final = ("words", "matter", "area", "address", "contact")


class Reporting:
    """Report, follow, reopen, rate."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def form(self, visit: Visit) -> Response:
        """The form, empty."""
        return self._form(visit, {}, "")

    async def send(self, visit: Visit) -> Response:
        """Take the report; words of danger come back first, with the numbers to call."""
        typed = {name: visit.form.text(name) for name in _FIELDS}
        found = dangers_in(typed["words"], self._centre.street.rules)
        if found and visit.form.text("sure") != "yes":
            return self._form(visit, typed, "", dangers=found)
        key = visit.form.key()
        by = visit.acting() if visit.visitor else Acting(None, visit.channel)
        photos = await self._photos(visit, by.subject or derived_id(key, now=visit.now, what="report"))
        if isinstance(photos, WrongPhoto):
            return self._form(visit, typed, visit.say(photos), field="photo")
        command = Tell(
            typed["words"],
            typed["matter"],
            None,
            typed["area"],
            typed["address"],
            typed["contact"],
            photos,
            Source.CITIZEN,
        )
        told = await tell(command, street=self._centre.street, key=key, by=by, now=visit.now)
        if isinstance(told, Refused):
            return self._form(visit, typed, visit.say(told.reason, **told.details), field=field_of(told))
        return visit.go(self._centre.link(told.report))

    async def _photos(self, visit: Visit, subject: UUID) -> tuple[str, ...] | WrongPhoto:
        content = visit.form.files.get("photo")
        if not content:
            return ()
        kept = await self._centre.photos.keep(subject, content)
        return kept if isinstance(kept, WrongPhoto) else (kept,)

    def _form(
        self, visit: Visit, typed: Mapping[str, str], wrong: str, *, field: str = "words", dangers: Sequence[Any] = ()
    ) -> Response:
        return visit.page(
            AT + "report.html",
            status=422 if wrong else 200,
            title=visit.say("governance.report"),
            typed=typed,
            wrong=wrong,
            field=field,
            dangers=[
                {
                    "says": one.says.said(visit.lang),
                    "calls": [{"number": call.number, "name": call.name.said(visit.lang)} for call in one.calls],
                }
                for one in dangers
            ],
            matters=matters_to_choose(visit, self._centre),
            streets=streets_to_choose(self._centre),
            key=visit.form.text("key") or uuid4(),
            back_url="/",
        )

    async def follow(self, visit: Visit) -> Response:
        """How far it came."""
        report = await self._centre.followed(visit)
        return visit.refuse(report) if isinstance(report, Refused) else await self._page(visit, report, "")

    async def reopen(self, visit: Visit) -> Response:
        """Say that it is not put right."""
        words = visit.form.text("words")
        return await self._done(visit, lambda case, **how: reopen(case, words, office=self._centre.office, **how))

    async def rate(self, visit: Visit) -> Response:
        """Say how it went."""
        text, words = visit.form.text("rating"), visit.form.text("words")
        level = int(text) if text.isascii() and text.isdecimal() else 0
        return await self._done(visit, lambda case, **how: rate(case, level, words, office=self._centre.office, **how))

    async def _done(self, visit: Visit, do: Any) -> Response:
        report = await self._centre.followed(visit)
        if isinstance(report, Refused):
            return visit.refuse(report)
        by = for_report(visit, report)
        done: Moved | Refused = await do(CaseId(report.case), key=visit.form.key(), by=by, now=visit.now)
        if isinstance(done, Refused):
            return await self._page(visit, report, visit.say(done.reason, **done.details))
        return visit.go(self._centre.link(report.id))

    async def _page(self, visit: Visit, report: Report, wrong: str) -> Response:
        centre = self._centre
        history = await centre.office.ledger.history(report.case)
        case, row = folded(history), await centre.row(report.case)
        assert case is not None, "a report opened the case"
        stage = row.stage if case.result is None else case.result
        return visit.page(
            AT + "follow.html",
            status=422 if wrong else 200,
            title=centre.scribe.matter(visit.lang, row.matter),
            report=report.told,
            row=row,
            case=case,
            wrong=wrong,
            stage=visit.say(f"governance.stage.{stage}"),
            sentence=visit.say(f"governance.says.{stage}"),
            moments=await self._moments(visit, report),
            draws=draws_of(history, case),
            may_reopen=_may_reopen(case, visit.now, centre),
            may_rate=case.result is not None and case.rated is None,
            link=centre.link(report.id),
            key=uuid4(),
            back_url="/",
        )

    async def _moments(self, visit: Visit, report: Report) -> list[dict[str, Any]]:
        """What whoever reported was told, the newest first."""
        ledger, scribe = self._centre.office.ledger, self._centre.scribe
        async with ledger.readers.acquire() as connection:
            rows = await letters_about(connection, report.told.subject, report.id)
        found: list[dict[str, Any]] = []
        for row in rows:
            sent = next(
                (one.fact for one in await ledger.history(row.letter) if isinstance(one.fact, LetterSent)), None
            )
            text = "\n".join(scribe.of(sent, visit.lang).paragraphs) if sent else ""
            kind = "received" if row.kind == RECEIVED else "done"
            found.append({"at": row.sent, "kind": kind, "title": scribe.title(row.kind, visit.lang), "sentence": text})
        return found


def field_of(refused: Refused) -> str:
    """The field of the form that a refusal is about."""
    return {"governance.no_place": "area", "governance.outside": "area", "governance.no_such_matter": "matter"}.get(
        refused.reason, "words"
    )


def _may_reopen(case: Case, now: datetime, centre: Centre) -> bool:
    """Whether it could be reopened; the rule itself decides when somebody does."""
    ended = case.ended is not None and (day_in(centre.office.zone, now) - day_in(centre.office.zone, case.ended)).days
    rule = centre.street.process.reopens
    return bool(case.good) and not case.reopened and rule is not None and ended is not False and ended <= rule.number


def draws_of(history: Sequence[Recorded], case: Case) -> list[dict[str, Any]]:
    """Every lot of a case as outsiders draw it again: candidates without names, size and root, and on whom it fell."""
    found: list[dict[str, Any]] = []
    opened: tuple[int, DrawOpened] | None = None
    for one in history:
        match one.fact:
            case DrawOpened() as fact:
                opened = (one.version, fact)
            case WorkDrawn(officer=officer, size=size, root=root) if opened is not None:
                version, fact = opened
                tokens = [pseudonym(case.id, who) for who in fact.candidates]
                chosen = fact.candidates.index(officer)
                found.append(
                    {"version": version, "tokens": tokens, "chosen": chosen, "size": size, "root": root, "at": one.at}
                )
            case _:
                pass
    return found
