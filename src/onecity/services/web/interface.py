"""Services for machines: the same commands as on the pages, with the same answers and refusals."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import DueFor, Move, Moved, move, rate
from onecity.kernel.clock import Run, due
from onecity.kernel.ids import CaseId
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import EVERYBODY, OFFICER, SIGNED_IN, Once, Operation, Paging, Visit, holding
from onecity.people import Why as PeopleWhy
from onecity.services.rules import Why
from onecity.services.rules.joint import JOINT_HEAD, ExtendJointly
from onecity.services.usecases import own_affair
from onecity.services.usecases.adding import Again, Bring, Reopened, again, bring, give_up
from onecity.services.usecases.applying import Apply, apply
from onecity.services.usecases.bringing import Put, put
from onecity.services.usecases.extending import Lengthened, extend_jointly
from onecity.services.web.casefile import CaseFile, asked_of, file_of
from onecity.services.web.counter import Counter
from onecity.services.web.desk import Desk
from onecity.services.web.filling import (
    EventGuide,
    EventList,
    Form,
    Needed,
    Question,
    event_guide,
    form_of,
    in_words,
    needed_of,
    question,
)
from onecity.services.web.finding import SEARCHES, Find, Finding, FoundList
from onecity.services.web.open_catalogue import CataloguePage, OpenCatalogue
from onecity.services.web.open_ratings import OpenRatings, RatingsPage
from onecity.services.web.pledges import PledgeGuide, pledge_guide
from onecity.services.web.states import AffairList, AffairState, affair_state, own_affairs


class ItemSummary(msgspec.Struct, frozen=True):
    """An item that can be applied for now."""

    item: str
    name: str
    agency: str


class ItemList(msgspec.Struct, frozen=True):
    """The items that can be applied for now."""

    items: tuple[ItemSummary, ...]


class ItemGuide(msgspec.Struct, frozen=True):
    """What an item asks, and the latest day if it were accepted today; `pledge` where it is decided on one as well."""

    item: str
    name: str
    agency: str
    law: str
    latest: date
    provisional: bool
    asks: tuple[Question, ...]
    pledge: PledgeGuide | None = None


class KnownAnswer(msgspec.Struct, frozen=True):
    """An answer that a register gives; naming its field in `known` of an application is the consent to pass it on."""

    field: str
    value: str
    register: str
    source: str
    recorded: date


class KnownAnswers(msgspec.Struct, frozen=True):
    """What the city knows already of whoever asks."""

    answers: tuple[KnownAnswer, ...]


class Received(msgspec.Struct, frozen=True):
    """The receipt of an application: its number, the case of each item, and the documents that were not there yet.

    Nobody need wait with an application because of them; the department asks once for all that is missing. A document
    that was brought for something else, or without a `purpose`, counts only where `uses` of the command names it: the
    newest that an application used, or of which nobody said what it is for.
    """

    affair: UUID
    number: str
    cases: tuple[UUID, ...]
    missing: tuple[Needed, ...]


class WorkItem(msgspec.Struct, frozen=True):
    """A step that waits for one of the officer's duties; `due` is its latest day, and `due_for` says what for."""

    case: UUID
    item: str
    step: str
    duty: str
    since: date
    due: date | None
    due_for: DueFor | None


class WorkList(msgspec.Struct, frozen=True):
    """A page of what waits for the officer's duties; `goes_on` says whether there is a next one."""

    work: tuple[WorkItem, ...]
    page: int
    goes_on: bool


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document as a program sends it: what it is, its bytes in base64, and what it is for.

    `purpose` is the path of what it is for: `/items/{item}`, `/life-events/{event}`,
    `/projects/{project}/stages/{stage}` or, for an application that lacks it, `/affairs/{affair}`. Only what is about
    that takes it by itself: an application for several items takes what was brought for each of them. Without a
    purpose it waits until an application names it in `uses`.
    """

    material: str
    content: bytes
    purpose: str = ""


class OwnCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case of one's own."""

    case: UUID


class Rating(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a case went, from 1 (very dissatisfied) to 5 (very satisfied)."""

    case: UUID
    level: int
    words: str = ""


MOST_OF_A_FILE: Final = 28 * 1024 * 1024
"""Bytes of a request with a file of twenty megabytes in base64."""
_A_PAGE: Final = 100


class Interface:
    """The operations of services."""

    def __init__(self, counter: Counter, desk: Desk) -> None:
        self._counter = counter
        self._desk = desk
        self._finding = Finding(counter)

    def operations(self) -> tuple[Operation, ...]:
        """Each with who may and what it says of itself."""
        often = Rate(600, 60)
        return (*self._applying(often), *self._own(often), *self._officers())

    def _applying(self, often: Rate) -> tuple[Operation, ...]:
        return (
            Operation("GET", "/api/items", EVERYBODY, self.items, "Items that can be applied for now", ItemList),
            Operation("GET", "/api/items/{item}", EVERYBODY, self.item, "An item with its dates for today", ItemGuide),
            Operation(
                "GET", "/api/open/catalogue", EVERYBODY, OpenCatalogue(self._counter).machine,
                "The whole catalogue with how complete each line is, page by page", CataloguePage, rate=often,
            ),
            Operation(
                "GET", "/api/open/ratings", EVERYBODY, OpenRatings(self._counter).machine,
                "How people rated ended cases, by agency and item, page by page", RatingsPage, rate=Rate(30, 60),
            ),
            Operation("GET", "/api/known", SIGNED_IN, self.known, "What registers know of oneself", KnownAnswers),
            Operation("GET", "/api/life-events", EVERYBODY, self.events, "Life events and what they bundle", EventList),
            Operation(
                "GET", "/api/life-events/{event}", EVERYBODY, self.event, "A life event: the questions that decide, and"
                " its items", EventGuide,
            ),
            Operation(
                "POST", "/api/forms", EVERYBODY, self.form, "The one form of items or of a life event as the answers"
                " stand; nothing is kept", Form, Apply, often,
            ),
            Operation(
                "POST", "/api/applications", SIGNED_IN, Once(self.apply), "Apply for items; repeat with the same"
                " Idempotency-Key to get the first answer again", Received, Apply, often,
            ),
        )  # fmt: skip

    def _own(self, often: Rate) -> tuple[Operation, ...]:
        return (
            Operation("GET", "/api/affairs", SIGNED_IN, self.mine, "One's own applications", AffairList),
            Operation("GET", "/api/affairs/{affair}", SIGNED_IN, self.affair, "One's own application", AffairState),
            Operation(
                "POST", "/api/materials", SIGNED_IN, self.put, "Bring a document for a purpose, in base64", Put, File,
                often, MOST_OF_A_FILE,
            ),
            Operation(
                "POST", "/api/affairs/{affair}/bring", SIGNED_IN, Once(self.bring),
                "Bring what a case lacks", Moved, Bring,
            ),
            Operation(
                "POST", "/api/affairs/{affair}/again", SIGNED_IN, Once(self.again),
                "Apply once more for an item", Reopened, Again,
            ),
            Operation(
                "POST", "/api/affairs/{affair}/withdraw", SIGNED_IN, Once(self.withdraw),
                "Withdraw a case", Moved, OwnCase,
            ),
            Operation(
                "POST", "/api/affairs/{affair}/rate", SIGNED_IN, Once(self.rate), "Say how it went", Moved, Rating,
            ),
        )  # fmt: skip

    def _officers(self) -> tuple[Operation, ...]:
        return (
            Operation("GET", "/api/desk", OFFICER, self.work, "What waits for one's duties", WorkList, may_lag=True),
            Operation(
                "POST", "/api/desk/find", OFFICER, self._finding.machine, "Find cases within one's scopes", FoundList,
                Find, SEARCHES,
            ),
            Operation(
                "GET", "/api/cases/{case}", OFFICER, self.case, "A case with its answers and the outcomes that one may"
                " choose now; the look is recorded, and the applicant sees it", CaseFile,
            ),
            Operation(
                "POST", "/api/affairs/{affair}/extend", holding(JOINT_HEAD), Once(self.extend),
                "Lengthen the joint limit of an application, once", Lengthened, ExtendJointly,
            ),
            Operation(
                "POST", "/api/cases/{case}/moves", OFFICER, Once(self.move), "End a step of a case with an outcome",
                Moved, Move,
            ),
        )  # fmt: skip

    async def items(self, visit: Visit, _: None) -> ItemList:
        named = self._counter.catalogue.items()
        return ItemList(tuple(ItemSummary(name, item.name.said(visit.lang), item.agency) for name, item in named))

    async def item(self, visit: Visit, _: None) -> ItemGuide | Refused:
        name = visit.path("item")
        item = self._counter.catalogue.item(name)
        if item is None:
            return Refused(Why.NO_SUCH_ITEM)
        latest = due(self._counter.office.calendar, Run(visit.today, item.limit.limit))
        asks = tuple(
            question(field_name, field, visit.lang)
            for field_name, field in self._counter.catalogue.fields([name]).items()
        )
        law = visit.cited(item.basis.citation)
        return ItemGuide(
            name, item.name.said(visit.lang), item.agency, law, latest.day, latest.provisional, asks,
            self._pledge(visit, name),
        )  # fmt: skip

    def _pledge(self, visit: Visit, name: str) -> PledgeGuide | None:
        pledge = self._counter.catalogue.pledges([name]).get(name)
        if pledge is None:
            return None
        return pledge_guide(name, pledge, counter=self._counter, lang=visit.lang)

    async def known(self, visit: Visit, _: None) -> KnownAnswers:
        catalogue = self._counter.catalogue
        fields = catalogue.all_fields([name for name, _ in catalogue.items() if visit.covers(name)])
        known = await self._counter.intake.archive.known(fields, subject=visit.subject, day=visit.today)
        return KnownAnswers(
            tuple(
                KnownAnswer(name, fact.value, fact.register, fact.source, fact.recorded) for name, fact in known.items()
            )
        )

    async def events(self, visit: Visit, _: None) -> EventList:
        catalogue = self._counter.catalogue
        return EventList(tuple(event_guide(name, one, catalogue, visit.lang) for name, one in catalogue.events()))

    async def event(self, visit: Visit, _: None) -> EventGuide | Refused:
        name, catalogue = visit.path("event"), self._counter.catalogue
        event = catalogue.event(name)
        return event_guide(name, event, catalogue, visit.lang) if event else Refused(Why.NO_SUCH_EVENT)

    async def form(self, visit: Visit, command: Apply) -> Form | Refused:
        return form_of(command, self._counter.catalogue, on=visit.today, lang=visit.lang, say=visit.say)

    async def apply(self, visit: Visit, command: Apply, key: UUID) -> Received | Refused:
        done = await apply(
            command, intake=self._counter.intake, key=key, by=visit.acting(), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused):
            return self._in_words(visit, done)
        return Received(
            done.affair, done.number, done.cases, needed_of(done.lacking, self._counter.catalogue, visit.lang)
        )

    def _in_words(self, visit: Visit, refused: Refused) -> Refused:
        return in_words(refused, self._counter.catalogue, visit.lang, visit.say)

    async def mine(self, visit: Visit, _: None) -> AffairList:
        paging = Paging.uncounted(visit, _A_PAGE)
        rows, paging = paging.cut(
            await own_affairs(self._counter, by=visit.acting(), limit=paging.one_more, offset=paging.offset)
        )
        return AffairList(tuple(rows), paging.page, paging.goes_on)

    async def affair(self, visit: Visit, _: None) -> AffairState | Refused:
        affair = visit.id("affair")
        if affair is None:
            return Refused(Why.NOT_FOUND)
        return await affair_state(self._counter, affair, by=visit.acting(), today=visit.today)

    async def put(self, visit: Visit, file: File) -> Put | Refused:
        if not self._counter.may_bring(visit, file.material):
            return Refused(PeopleWhy.NOT_IN_MANDATE)
        return await put(
            file.material, file.content, purpose=file.purpose, intake=self._counter.intake,
            projects=self._counter.projects, by=visit.acting(), now=visit.now,
        )  # fmt: skip

    async def bring(self, visit: Visit, command: Bring, key: UUID) -> Moved | Refused:
        affair = visit.id("affair")
        if affair is None:
            return Refused(Why.NOT_FOUND)
        done = await bring(
            affair, command, intake=self._counter.intake, key=key, by=visit.acting(), now=visit.now,
        )  # fmt: skip
        return self._in_words(visit, done) if isinstance(done, Refused) else done

    async def again(self, visit: Visit, command: Again, key: UUID) -> Reopened | Refused:
        affair = visit.id("affair")
        if affair is None:
            return Refused(Why.NOT_FOUND)
        done = await again(
            affair, command, intake=self._counter.intake, key=key, by=visit.acting(), now=visit.now,
        )  # fmt: skip
        return self._in_words(visit, done) if isinstance(done, Refused) else done

    async def withdraw(self, visit: Visit, command: OwnCase, key: UUID) -> Moved | Refused:
        affair, office = visit.id("affair"), self._counter.office
        if affair is None:
            return Refused(Why.NOT_FOUND)
        return await give_up(affair, command.case, office=office, key=key, by=visit.acting(), now=visit.now)

    async def rate(self, visit: Visit, command: Rating, key: UUID) -> Moved | Refused:
        affair = visit.id("affair")
        own = await own_affair(affair, ledger=self._counter.ledger, by=visit.acting()) if affair else None
        if own is None or isinstance(own, Refused) or own.branch(command.case) is None:
            return Refused(Why.NOT_FOUND)
        return await rate(
            CaseId(command.case), command.level, command.words, office=self._counter.office,
            key=key, by=visit.acting(), now=visit.now,
        )  # fmt: skip

    async def extend(self, visit: Visit, command: ExtendJointly, key: UUID) -> Lengthened | Refused:
        affair = visit.id("affair")
        headed = await self._counter.joint_head(affair, visit.someone, visit.channel) if affair else None
        if headed is None:
            return Refused(Why.NOT_FOUND)
        found, by = headed
        return await extend_jointly(found.id, command, intake=self._counter.intake, key=key, by=by, now=visit.now)

    async def work(self, visit: Visit, _: None) -> WorkList:
        rows, paging = await self._desk.waiting(visit)
        work = [
            WorkItem(row.case.id, row.case.matter, row.step, row.duty, row.since, row.due, row.due_for) for row in rows
        ]
        return WorkList(tuple(work), paging.page, paging.goes_on)

    async def case(self, visit: Visit, _: None) -> CaseFile | Refused:
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return opened
        asked, found = await asked_of(opened.case, self._counter), await self._desk.choices(visit, opened)
        return file_of(opened.shown, asked, found, counter=self._counter, visit=visit)

    async def move(self, visit: Visit, command: Move, key: UUID) -> Moved | Refused:
        found = await self._desk.find(visit)
        if isinstance(found, Refused):
            return found
        done = await move(
            found.case.id, command, office=self._counter.office, key=key,
            by=self._desk.author(visit, found, command.step, command.outcome), now=visit.now, known=found.case,
        )  # fmt: skip
        return self._in_words(visit, done) if isinstance(done, Refused) else done
