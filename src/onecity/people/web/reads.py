"""Who looked at my data, asking about a look, and answering for one's agency."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from starlette.responses import Response

from onecity.kernel.identity import masked_name
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit
from onecity.people.model import Read
from onecity.people.rules import ANSWER, Why
from onecity.people.store import reads as store
from onecity.people.store.reads import QuestionRow
from onecity.people.usecases import answer_for, ask_about, load_question
from onecity.people.web.gatehouse import AT, Gatehouse

_A_PAGE: Final = 50
RECENT: Final = timedelta(days=30)


class ReadShown(msgspec.Struct, frozen=True):
    """One look at one's data: the agency and the masked name of who looked, their duty, the affair and the reason."""

    read: UUID
    at: datetime
    agency: str
    who: str
    duty: str
    about: UUID
    affair: str
    reason: str


class ReadList(msgspec.Struct, frozen=True):
    """A page of who looked at one's data, the latest first; `goes_on` says whether there is a next one."""

    reads: tuple[ReadShown, ...]
    page: int
    goes_on: bool


class ReadPages:
    """Pages of the person whose data they are, and of the officers who answer."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def mine(self, visit: Visit) -> Response:
        """Who looked at my data, the latest first."""
        shown, paging = await self._page(visit)
        async with self._gatehouse.ledger.readers.acquire() as connection:
            asked = await store.asked(connection, visit.someone.person, [one.read for one in shown])
        return visit.page(
            AT + "reads.html",
            title=visit.say("people.reads"),
            reads=[self._row(visit, one, asked.get(one.read)) for one in shown],
            paging=paging,
            back_url="/",
        )

    async def api_mine(self, visit: Visit, _: None) -> ReadList:
        shown, paging = await self._page(visit)
        return ReadList(tuple(shown), paging.page, paging.goes_on)

    async def _page(self, visit: Visit) -> tuple[list[ReadShown], Paging]:
        paging, person = Paging.uncounted(visit, _A_PAGE), visit.someone.person
        found, paging = paging.cut(await self._gatehouse.reads.of(person, limit=paging.one_more, offset=paging.offset))
        return await self._shown(visit, found), paging

    async def _shown(self, visit: Visit, reads: Sequence[Read]) -> list[ReadShown]:
        readers = [read.reader for read in reads if read.reader is not None]
        names = await self._gatehouse.names(readers)
        affairs = await self._gatehouse.affairs([read.about for read in reads], visit.lang)
        return [
            ReadShown(
                read=read.read,
                at=read.at,
                agency=self._gatehouse.agency(read.agency, visit.lang) if read.reader else "",
                who=self._gatehouse.masked(visit, names, read.reader) if read.reader else visit.say("people.engineer"),
                duty=self._gatehouse.duty(read.duty, visit.lang) if read.reader else "",
                about=read.about,
                affair=affairs.get(read.about, ""),
                reason=visit.say(f"people.reads.why.{read.what}"),
            )
            for read in reads
        ]

    def _row(self, visit: Visit, one: ReadShown, asked: QuestionRow | None) -> dict[str, Any]:
        step = "ask" if asked is None else "waiting" if asked.answered is None else "answered"
        return {
            "who": f"{one.agency} {one.who}".strip(),
            "duty": one.duty or visit.say("people.engineer.duty"),
            "at": one.at,
            "reason": one.reason,
            "affair": one.affair,
            "affair_href": f"/affairs/{one.about}" if one.affair else "",
            "ask_href": f"/reads/{one.read}/ask" if one.agency and asked is None else "",
            "ask_text": visit.say(f"people.reads.{step}") if one.agency else "",
        }

    async def ask(self, visit: Visit) -> Response:
        """The form that asks about one look."""
        return await self._ask_form(visit, "", "")

    async def send(self, visit: Visit) -> Response:
        """Ask."""
        asked, words = visit.id("read"), visit.form.text("words")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await ask_about(
            asked, words, ledger=self._gatehouse.ledger, reads=self._gatehouse.reads, letter=self._gatehouse.letter,
            key=visit.form.key(), by=visit.myself(), now=visit.now, today=visit.today,
        )  # fmt: skip
        if not isinstance(done, Refused):
            return visit.go("/reads")
        if done.reason in (Why.UNSAID, Why.TOO_LONG):
            return await self._ask_form(visit, words, visit.say(done.reason, **done.details))
        return visit.refuse(done)

    async def _ask_form(self, visit: Visit, typed: str, wrong: str) -> Response:
        asked = visit.id("read")
        found = await self._gatehouse.reads.own(asked, visit.someone.person) if asked else None
        if found is None or found.reader is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        [shown] = await self._shown(visit, [found])
        return visit.page(
            AT + "ask.html",
            status=422 if wrong else 200,
            title=visit.say("people.reads.ask"),
            row=self._row(visit, shown, None) | {"ask_href": "", "ask_text": ""},
            url=f"/reads/{found.read}/ask",
            typed=typed,
            wrong=wrong,
            key=uuid4(),
            back_url="/reads",
        )

    async def questions(self, visit: Visit) -> Response:
        """What people ask one's agency; a list names nobody in full."""
        paging, held = Paging.uncounted(visit, _A_PAGE), visit.someone.holding(ANSWER)
        async with self._gatehouse.ledger.readers.acquire() as connection:
            rows, paging = paging.cut(
                await store.open_questions(connection, held, limit=paging.one_more, offset=paging.offset)
            )
        names = await self._gatehouse.names([row.person for row in rows])
        listed = [
            {
                "href": f"/questions/{row.question}",
                "title": self._gatehouse.masked(visit, names, row.person),
                "subtitle": self._gatehouse.agency(row.agency, visit.lang),
                "at": row.asked,
            }
            for row in rows
        ]
        return visit.page(AT + "questions.html", title=visit.say("people.questions"), questions=listed, paging=paging)

    async def question(self, visit: Visit) -> Response:
        """One question, after the look at it was recorded."""
        return await self._answer_form(visit, "", "")

    async def answer(self, visit: Visit) -> Response:
        """Answer for the agency."""
        row = await self._visible(visit)
        if row is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        words = visit.form.text("words")
        done = await answer_for(
            row.question, words, ledger=self._gatehouse.ledger, letter=self._gatehouse.letter, key=visit.form.key(),
            by=visit.acting_as(ANSWER, row.agency, row.area), now=visit.now,
        )  # fmt: skip
        if not isinstance(done, Refused):
            return visit.go("/questions")
        if done.reason in (Why.UNSAID, Why.TOO_LONG):
            return await self._answer_form(visit, words, visit.say(done.reason, **done.details))
        return visit.refuse(done)

    async def _visible(self, visit: Visit) -> QuestionRow | None:
        asked = visit.id("question")
        if asked is None:
            return None
        async with self._gatehouse.ledger.readers.acquire() as connection:
            return await store.visible_question(connection, asked, visit.someone.holding(ANSWER))

    async def _answer_form(self, visit: Visit, typed: str, wrong: str) -> Response:
        row = await self._visible(visit)
        if row is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        by = visit.acting_as(ANSWER, row.agency, row.area)
        await self._gatehouse.reads.note(row.person, "question", about=row.question, by=by, now=visit.now)
        question = await load_question(row.question, ledger=self._gatehouse.ledger)
        assert question is not None, "the row of a question has its history"
        asked, lang = question.asked, visit.lang
        names = await self._gatehouse.names([one for one in (asked.person, asked.reader) if one])
        affairs = await self._gatehouse.affairs([asked.about], lang)
        facts = [
            ("people.questions.who", names.get(asked.person) or visit.say("people.forgotten")),
            ("people.questions.looked", visit.site.pages.formats[lang].instant(asked.looked, today=visit.today)),
            ("people.questions.reader", masked_name(names.get(asked.reader, "")) if asked.reader else ""),
            ("people.questions.duty", self._gatehouse.duty(asked.duty, lang)),
            ("people.questions.affair", affairs.get(asked.about, "")),
            ("people.questions.words", asked.words or visit.say("people.forgotten")),
        ]
        return visit.page(
            AT + "question.html",
            status=422 if wrong else 200,
            title=visit.say("people.questions.title"),
            facts=[{"term": visit.say(term), "value": value} for term, value in facts if value],
            url=f"/questions/{row.question}",
            answered=question.answered.words or visit.say("people.forgotten") if question.answered else "",
            own=asked.reader == visit.someone.person,
            typed=typed,
            wrong=wrong,
            key=uuid4(),
            back_url="/questions",
        )
