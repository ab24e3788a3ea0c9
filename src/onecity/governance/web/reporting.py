"""Pages for whoever saw something on the street: report it, follow it, say how it went. Nobody need have an account."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Case, DrawOpened, Moved, WorkDrawn, folded, may_rate, may_reopen, pseudonym, rate, reopen
from onecity.casework import Why as CaseWhy
from onecity.governance.dangers import dangers_in
from onecity.governance.facts import Point, Source
from onecity.governance.filing import Danger
from onecity.governance.knowledge import Known
from onecity.governance.model import Report
from onecity.governance.photos import WrongPhoto
from onecity.governance.rules import Tell, Why, faults_of, told_wrongly
from onecity.governance.usecases import Told
from onecity.governance.usecases.nearby import Like, alike, tell_same
from onecity.governance.usecases.reporting import subject_of, tell
from onecity.governance.web.centre import Centre, for_report, public_pictures, reporter
from onecity.governance.web.choosing import matters, streets
from onecity.governance.web.telling import answer_card, danger_card, like_card
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.notices import letters_about
from onecity.notices.facts import LetterSent

AT: Final = "governance/web/templates/"
RECEIVED: Final = "governance.received"
_POINT: Final = ("longitude", "latitude", "within")
_FIELDS: Final = ("words", "matter", "area", "address", "contact", *_POINT)


class Before(msgspec.Struct, frozen=True):
    """What somebody sees before they send: open cases that may be the same, and answers that may be what they want."""

    alike: Sequence[Like]
    answers: Sequence[Known]


class Reporting:
    """Report, follow, reopen, rate."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def form(self, visit: Visit) -> Response:
        """The form, empty."""
        return self._form(visit, {}, {})

    async def send(self, visit: Visit) -> Response:
        """Take the report. Words of danger come back first, with the numbers to call; then what is open that may be the
        same, and what may be the answer already: once, before anything is sent.
        """
        typed = {name: visit.form.text(name) for name in _FIELDS}
        found = dangers_in(typed["words"], self._centre.street.rules)
        if found and visit.form.text("sure") != "yes":
            return self._form(visit, typed, {}, dangers=found)
        point = point_of(typed)
        if isinstance(point, Refused):
            return self._form(visit, typed | dict.fromkeys(_POINT, ""), {"area": visit.say(point.reason)})
        command = _told(typed, point, ())
        if visit.form.text("seen") != "yes" and told_wrongly(command, Source.CITIZEN) is None:
            shown = await self._before(visit, command)
            if shown is not None:
                return self._form(visit, typed, {}, before=shown, sure=bool(found))
        key = visit.form.key()
        by = reporter(visit)
        photos = await self._centre.photo_of(visit, "photo", subject_of(by, key, now=visit.now))
        if isinstance(photos, WrongPhoto):
            return self._form(visit, typed, {"photo": visit.say(photos)})
        command = _told(typed, point, photos)
        told = await self._taken(visit, command, key, by)
        if isinstance(told, Refused):
            wrong = [*faults_of(command, Source.CITIZEN)] or [told]
            return self._form(visit, typed, {field_of(one): _sentence(visit, one) for one in wrong})
        return visit.go(self._centre.link(told.report))

    async def _before(self, visit: Visit, command: Tell) -> Before | None:
        """What somebody should see before they send; None if there is nothing. Who chose a kind does not ask."""
        centre = self._centre
        like = await alike(command, street=centre.street, now=visit.now)
        meant = () if command.matter else centre.knowledge.meant(command.words, visit.today)
        return Before(like, meant) if like or meant else None

    async def _taken(self, visit: Visit, command: Tell, key: UUID, by: Acting) -> Told | Refused:
        street, source, same = self._centre.street, Source.CITIZEN, visit.form.text("same")
        if same:
            return await tell_same(command, same, source=source, street=street, key=key, by=by, now=visit.now)
        return await tell(command, source=source, street=street, key=key, by=by, now=visit.now)

    def _form(
        self, visit: Visit, typed: Mapping[str, str], wrong: Mapping[str, str], *,
        dangers: Sequence[Danger] = (), before: Before | None = None, sure: bool = False,
    ) -> Response:  # fmt: skip
        centre = self._centre
        return visit.page(
            AT + "report.html",
            status=422 if wrong else 200,
            title=visit.say("governance.report"),
            typed=typed,
            wrong=wrong,
            faults=[{"field": field, "text": text} for field, text in wrong.items()],
            dangers=[danger_card(visit, one) for one in dangers],
            before=before is not None,
            sure=sure,
            alike=[like_card(visit, one, centre) for one in before.alike] if before else [],
            answers=[answer_card(visit, one, centre) for one in before.answers] if before else [],
            photo_lost=bool(visit.form.files.get("photo")),
            matters=matters(visit, centre),
            streets=streets(centre),
            key=visit.form.text("key") or uuid4(),
            back_url="/",
        )

    async def follow(self, visit: Visit) -> Response:
        """How far it came."""
        report = await self._centre.followed(visit)
        return visit.refuse(report) if isinstance(report, Refused) else await self._page(visit, report)

    async def reopen(self, visit: Visit) -> Response:
        """Say that it is not put right."""
        words = visit.form.text("words")
        office = self._centre.office
        return await self._done(visit, "words", lambda case, **how: reopen(case, words, office=office, **how))

    async def rate(self, visit: Visit) -> Response:
        """Say how it went."""
        text, words, office = visit.form.text("rating"), visit.form.text("rating_words"), self._centre.office
        level = int(text) if text.isascii() and text.isdecimal() else 0
        return await self._done(visit, "rating", lambda case, **how: rate(case, level, words, office=office, **how))

    async def _done(self, visit: Visit, field: str, do: Any) -> Response:
        report = await self._centre.followed(visit)
        if isinstance(report, Refused):
            return visit.refuse(report)
        by = for_report(visit, report)
        done: Moved | Refused = await do(CaseId(report.case), key=visit.form.key(), by=by, now=visit.now)
        if isinstance(done, Refused):
            # What officers are told of a field that is empty says nothing to whoever reported.
            said = "governance.reopen.unsaid" if done.reason is CaseWhy.UNSAID else done.reason
            return await self._page(visit, report, visit.say(said, **done.details), field)
        return visit.go(self._centre.link(report.id))

    async def _page(self, visit: Visit, report: Report, wrong: str = "", field: str = "") -> Response:
        centre, by = self._centre, for_report(visit, report)
        history = await centre.office.ledger.history(report.case)
        case, row = folded(history), await centre.row(report.case)
        assert case is not None, "a report opened the case"
        stage = row.stage if case.result is None else case.result
        terms = await centre.office.terms(case.opened)
        open_to = {
            "words": may_reopen(case, terms=terms, by=by, now=visit.now),
            "rating": may_rate(case, by=by),
        }
        return visit.page(
            AT + "follow.html",
            status=422 if wrong else 200,
            title=centre.scribe.matter(visit.lang, row.matter),
            report=report.told,
            row=row,
            case=case,
            wrong=wrong,
            field=field if open_to.get(field) else "",
            typed=visit.form.fields,
            stage=visit.say(f"governance.stage.{stage}"),
            sentence=visit.say(f"governance.says.{stage}"),
            moments=await self._moments(visit, report),
            photos=await public_pictures(centre, report.case, report.told.case),
            draws=draws_of(history, case),
            may_reopen=open_to["words"],
            may_rate=open_to["rating"],
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


def point_of(typed: Mapping[str, str]) -> Point | Refused | None:
    """The place that was tapped on the map or told by the device; None where nobody has done so.

    >>> point_of({"longitude": "113.6651", "latitude": "34.7466", "within": "12"})
    Point(longitude=113.6651, latitude=34.7466, within=12.0)
    """
    given = {name: typed[name] for name in _POINT if typed.get(name)}
    if not given:
        return None
    try:
        point = msgspec.convert(given, Point, strict=False)
    except msgspec.ValidationError:
        return Refused(Why.OUTSIDE)
    known = (point.longitude, point.latitude, point.within or 0.0)
    return point if all(isfinite(one) for one in known) else Refused(Why.OUTSIDE)


def _told(typed: Mapping[str, str], point: Point | None, photos: tuple[str, ...]) -> Tell:
    return Tell(typed["words"], typed["matter"], point, typed["area"], typed["address"], typed["contact"], photos)


def _sentence(visit: Visit, refused: Refused) -> str:
    # Here somebody can also tap a map; elsewhere there is none.
    said = "governance.report.no_place" if refused.reason is Why.NO_PLACE else refused.reason
    return visit.say(said, **refused.details)


def field_of(refused: Refused) -> str:
    """The field of the form that a refusal is about."""
    named: dict[str, str] = {Why.NO_PLACE: "area", Why.OUTSIDE: "area", Why.NO_SUCH_MATTER: "matter"}
    return str(refused.details.get("field") or named.get(refused.reason, "words"))


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
