"""The hotline and the knowledge base for programs of a call centre: the same looks and commands as on the page."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import Why as CaseWhy
from onecity.governance.facts import Source
from onecity.governance.filing import Danger
from onecity.governance.routing import Decided
from onecity.governance.rules import Tell
from onecity.governance.rules.calling import HOTLINE
from onecity.governance.store import ProblemRow
from onecity.governance.usecases.calling import Call, heard
from onecity.governance.usecases.nearby import Like, alike, tell_same
from onecity.governance.web.centre import Centre, reporter
from onecity.governance.web.hearing import Hearing
from onecity.governance.web.interface import Received, received
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import EVERYBODY, Once, Operation, Visit, holding

_OFTEN: Final = Rate(600, 60)
_REPORTS: Final = Rate(60, 600)
_CALLS: Final = Rate(120, 60)
"""Calls that one operator hears in a minute: the page asks again with every few words."""
_KINDS: Final = 3


class Help(msgspec.Struct, frozen=True):
    """A number that somebody should call before anything else, and who answers."""

    number: str
    name: str


class Threat(msgspec.Struct, frozen=True):
    """A danger in what was said: what to say first, and whom to call."""

    says: str
    calls: tuple[Help, ...]


class Kind(msgspec.Struct, frozen=True):
    """A kind of matter by its code, with its chance from 0 to 1."""

    matter: str
    name: str
    chance: float


class Answered(msgspec.Struct, frozen=True):
    """An answer of the knowledge base: who keeps it right, and since when."""

    id: str
    question: str
    answer: str
    agency: str
    since: date


class AnswerList(msgspec.Struct, frozen=True):
    """The answers that fit."""

    answers: tuple[Answered, ...]


class OpenCase(msgspec.Struct, frozen=True):
    """An open case as whoever reports may see it: what, in which cell or street, and by when.

    `metres` is how far the middle of its cell is: where in it somebody reported it is told to nobody.
    """

    number: str
    matter: str
    stage: str
    area: str
    cell: str | None
    due: date | None
    due_at: datetime | None
    answer_by: date
    metres: int | None = None
    hours: int | None = None


class OpenCases(msgspec.Struct, frozen=True):
    """Open cases that a report may repeat, the likeliest first."""

    cases: tuple[OpenCase, ...]


class Understood(msgspec.Struct, frozen=True):
    """What the city makes of a call; `words` decided the first of the kinds, `caller` is what is open of theirs."""

    dangers: tuple[Threat, ...]
    kinds: tuple[Kind, ...]
    words: tuple[str, ...]
    answers: tuple[Answered, ...]
    area: str
    caller: tuple[OpenCase, ...]
    alike: tuple[OpenCase, ...]


class Taking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that is taken in; `same` is the number of an open case that it repeats."""

    call: Call
    same: str = ""


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that is answered on the spot, with the id of the answer."""

    call: Call
    answer: str


class Same(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report of which whoever brings it says that it is an open one, by its number."""

    tell: Tell
    number: str


class Calls:
    """The operations of the hotline, of the knowledge base, and of what is open near a report."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._hearing = Hearing(centre)

    def operations(self) -> Sequence[Operation]:
        """Each with who may and what it says of itself."""
        hotline = "/api/street/hotline"
        return (
            Operation("GET", "/api/answers", EVERYBODY, self.answers, "The knowledge base", AnswerList, rate=_OFTEN),
            Operation(
                "GET", "/api/answers/{answer}", EVERYBODY, self.answer, "One answer", Answered, rate=_OFTEN
            ),
            Operation(
                "POST", "/api/reports/similar", EVERYBODY, self.similar, "What is open that a report may repeat",
                OpenCases, Tell, _REPORTS,
            ),
            Operation(
                "POST", "/api/reports/same", EVERYBODY, Once(self.same), "Report what somebody reported before",
                Received, Same, _REPORTS,
            ),
            Operation("POST", hotline, holding(HOTLINE), self.hear, "What a caller may mean", Understood, Call, _CALLS),
            Operation(
                "POST", f"{hotline}/reports", holding(HOTLINE), Once(self.take), "Take the report of a caller in",
                Received, Taking, _CALLS,
            ),
            Operation(
                "POST", f"{hotline}/answers", holding(HOTLINE), Once(self.reply), "Answer a caller on the spot",
                Received, Answering, _CALLS,
            ),
        )  # fmt: skip

    async def answers(self, visit: Visit, _: None) -> AnswerList:
        return AnswerList(tuple(self._said(visit, one.id) for one in self._centre.knowledge.all(visit.today)))

    async def answer(self, visit: Visit, _: None) -> Answered | Refused:
        known = self._centre.knowledge.of(visit.path("answer"), visit.today)
        return self._said(visit, known.id) if known else Refused(CaseWhy.NOT_FOUND)

    async def similar(self, visit: Visit, command: Tell) -> OpenCases:
        found = await alike(command, street=self._centre.street, now=visit.now)
        return OpenCases(tuple(_like(one) for one in found))

    async def same(self, visit: Visit, command: Same, key: UUID) -> Received | Refused:
        by = reporter(visit)
        told = await tell_same(
            command.tell, command.number, source=Source.CITIZEN, street=self._centre.street, key=key, by=by,
            now=visit.now,
        )  # fmt: skip
        return told if isinstance(told, Refused) else received(told, self._centre)

    async def hear(self, visit: Visit, command: Call) -> Understood:
        centre = self._centre
        found = await heard(command, street=centre.street, knowledge=centre.knowledge, now=visit.now)
        own = await self._hearing.of_caller(visit, command.number)
        return Understood(
            dangers=tuple(_threat(one, visit.lang) for one in found.dangers),
            kinds=self._kinds(visit, found.kind),
            words=tuple(one.word.strip() for one in found.kind.words[:_KINDS]) if found.kind else (),
            answers=tuple(self._said(visit, one.id) for one in found.answers),
            area=found.area,
            caller=tuple(_open(row, number=report.number) for report, row in own),
            alike=tuple(_like(one) for one in found.alike),
        )

    def _kinds(self, visit: Visit, kind: Decided | None) -> tuple[Kind, ...]:
        ranked = kind.ranked[:_KINDS] if kind else ()
        matter = self._centre.scribe.matter
        return tuple(Kind(one.label, matter(visit.lang, one.label), one.probability) for one in ranked)

    async def take(self, visit: Visit, command: Taking, key: UUID) -> Received | Refused:
        told = await self._hearing.take(visit, command.call, command.same, key)
        return told if isinstance(told, Refused) else received(told, self._centre)

    async def reply(self, visit: Visit, command: Answering, key: UUID) -> Received | Refused:
        told = await self._hearing.answer(visit, command.call, command.answer, key)
        return told if isinstance(told, Refused) else received(told, self._centre)

    def _said(self, visit: Visit, name: str) -> Answered:
        answer = self._centre.street.rules.answers[name]
        return Answered(
            name, answer.question.said(visit.lang), answer.answer.said(visit.lang), answer.agency, answer.since
        )


def _threat(danger: Danger, lang: str) -> Threat:
    return Threat(danger.says.said(lang), tuple(Help(call.number, call.name.said(lang)) for call in danger.calls))


def _open(row: ProblemRow, *, number: str, metres: int | None = None, hours: int | None = None) -> OpenCase:
    return OpenCase(
        number, row.matter, row.stage, row.area, row.cell, row.due, row.due_at, row.answer_by, metres, hours
    )


def _like(one: Like) -> OpenCase:
    return _open(one.row, number=one.row.number, metres=one.metres, hours=one.hours)
