"""Governance for machines: the same commands as on the pages, with the same answers and refusals."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import Move, Moved, rate, reopen
from onecity.governance.facts import Alike, Source
from onecity.governance.photos import WrongPhoto
from onecity.governance.rules import PhotoName, Tell
from onecity.governance.usecases import Told
from onecity.governance.usecases.filing import File, file
from onecity.governance.usecases.joining import join, part
from onecity.governance.usecases.moving import put_right
from onecity.governance.usecases.naming import proposed_parts
from onecity.governance.usecases.reporting import tell
from onecity.governance.web.centre import PILLAR, Centre, for_report, reporter
from onecity.kernel.ids import CaseId
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import EVERYBODY, OFFICER, Once, Operation, Paging, Visit, holding

_OFTEN: Final = Rate(600, 60)
_REPORTS: Final = Rate(60, 600)
"""Reports of one caller in ten minutes: more than anybody sees on a walk, fewer than a machine sends."""
_A_PAGE: Final = 100
MOST_OF_A_PHOTO: Final = 21 * 1024 * 1024
"""Bytes of a request with a photograph of fifteen megabytes in base64."""
ACCEPT: Final = f"{PILLAR}.accept"


class Received(msgspec.Struct, frozen=True):
    """The receipt of a report: its number, by which day whoever reported hears, and the link under which to follow."""

    report: UUID
    number: str
    answer_by: date
    follow: str


class Progress(msgspec.Struct, frozen=True):
    """How far a report came: its stage, its latest day or instant, and the result once there is one."""

    number: str
    matter: str
    stage: str
    answer_by: date
    due: date | None
    due_at: datetime | None
    result: str | None


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something is not put right although it was said to be."""

    words: str


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it went, from 1 (very dissatisfied) to 5 (very satisfied)."""

    level: int
    words: str = ""


class Joining(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The case that a report is to follow, how many metres away and how many hours before it was reported."""

    case: UUID
    metres: int | None = None
    hours: int | None = None


class Photo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A photograph as a program sends it: its bytes in base64."""

    content: bytes


class KeptPhoto(msgspec.Struct, frozen=True):
    """The name under which a photograph is kept, for the move that it belongs to."""

    photo: str


class Parting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report that follows a case by mistake."""

    report: UUID


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A move of a case of the street, with photographs by their names."""

    move: Move
    photos: tuple[PhotoName, ...] = ()
    metres: int | None = None


class StreetWork(msgspec.Struct, frozen=True):
    """A step that waits for one of the officer's duties; `yours` if it waits for the officer alone, as after a lot."""

    case: UUID
    matter: str
    step: str
    duty: str
    since: date
    due: date | None
    due_at: datetime | None
    yours: bool


class StreetWorkList(msgspec.Struct, frozen=True):
    """A page of what waits for the officer's duties on the street."""

    work: tuple[StreetWork, ...]
    page: int
    goes_on: bool


class StreetMove(msgspec.Struct, frozen=True):
    """An outcome that could be chosen now, or why the officer cannot."""

    step: str
    outcome: str
    name: str
    asks: tuple[str, ...]
    sends: tuple[str, ...]
    hindered: str = ""


class NearbyPart(msgspec.Struct, frozen=True):
    """A registered part near a report that is about its kind, and how many metres away."""

    number: str
    metres: int


class StreetFile(msgspec.Struct, frozen=True):
    """A case of the street with everything that a move needs; `words` and the place are those of the report."""

    case: UUID
    number: str
    stage: str
    matter: str
    words: str | None
    address: str | None
    cell: str | None
    longitude: float | None
    latitude: float | None
    due: date | None
    due_at: datetime | None
    lead: str | None
    part: str | None
    near: tuple[NearbyPart, ...]
    conditions: tuple[str, ...]
    moves: tuple[StreetMove, ...]


class Interface:
    """The operations of governance."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def operations(self) -> Sequence[Operation]:
        """Each with who may and what it says of itself."""
        follow = "/api/follow/{token}"
        return (
            Operation(
                "POST", "/api/reports", EVERYBODY, Once(self.tell), "Report something on the street without an account",
                Received, Tell, _REPORTS,
            ),
            Operation("GET", follow, EVERYBODY, self.progress, "How far a report came", Progress, rate=_OFTEN),
            Operation(
                "POST", f"{follow}/reopen", EVERYBODY, Once(self.reopen), "Say once that it is not put right", Moved,
                Again, _OFTEN,
            ),
            Operation("POST", f"{follow}/rate", EVERYBODY, Once(self.rate), "Say how it went", Moved, Level, _OFTEN),
            Operation(
                "GET", "/api/street", OFFICER, self.work, "What waits for the officer", StreetWorkList, may_lag=True
            ),
            Operation("GET", "/api/street/{problem}", OFFICER, self.case, "A case of the street", StreetFile),
            Operation(
                "POST", "/api/street/{problem}/file", OFFICER, Once(self.file), "File under a condition", Moved, File,
            ),
            Operation(
                "POST", "/api/street/{problem}/photos", OFFICER, self.photo, "Keep a photograph of a case",
                KeptPhoto, Photo, _OFTEN, MOST_OF_A_PHOTO,
            ),
            Operation(
                "POST", "/api/street/{problem}/moves", OFFICER, Once(self.move), "Move a case", Moved, Doing,
            ),
            Operation(
                "POST", "/api/street/{problem}/join", OFFICER, Once(self.join), "Join a report to another case",
                Moved, Joining,
            ),
            Operation(
                "POST", "/api/street/part", holding(ACCEPT), Once(self.part), "Undo the joining of a report",
                Moved, Parting,
            ),
        )  # fmt: skip

    async def tell(self, visit: Visit, command: Tell, key: UUID) -> Received | Refused:
        by = reporter(visit)
        source, street = Source.CITIZEN, self._centre.street
        done = await tell(command, source=source, street=street, key=key, by=by, now=visit.now)
        return done if isinstance(done, Refused) else received(done, self._centre)

    async def progress(self, visit: Visit, _: None) -> Progress | Refused:
        report = await self._centre.followed(visit)
        if isinstance(report, Refused):
            return report
        row = await self._centre.row(report.case)
        stage = row.stage if row.result is None else row.result
        return Progress(report.told.number, row.matter, stage, report.told.answer_by, row.due, row.due_at, row.result)

    async def reopen(self, visit: Visit, command: Again, key: UUID) -> Moved | Refused:
        report = await self._centre.followed(visit)
        if isinstance(report, Refused):
            return report
        by = for_report(visit, report)
        return await reopen(
            CaseId(report.case), command.words, office=self._centre.office, key=key, by=by, now=visit.now
        )

    async def rate(self, visit: Visit, command: Level, key: UUID) -> Moved | Refused:
        report = await self._centre.followed(visit)
        if isinstance(report, Refused):
            return report
        by = for_report(visit, report)
        return await rate(
            CaseId(report.case), command.level, command.words, office=self._centre.office, key=key, by=by, now=visit.now
        )

    async def work(self, visit: Visit, _: None) -> StreetWorkList:
        page, paging = await self._centre.waiting(visit, Paging.uncounted(visit, _A_PAGE, at="/api/street"))
        who = visit.someone.person
        work = [
            StreetWork(
                row.case.id, row.case.matter, row.step, row.duty, row.since, row.due, row.due_at, row.holder == who
            )
            for row in page
        ]
        return StreetWorkList(tuple(work), paging.page, paging.goes_on)

    async def case(self, visit: Visit, _: None) -> StreetFile | Refused:
        looked = await self._centre.look(visit)
        if isinstance(looked, Refused):
            return looked
        row, told = looked.row, looked.report.told
        moves = [
            StreetMove(
                step, outcome, declared.name.said(visit.lang), tuple(declared.write), declared.sends,
                visit.say(no.reason, **no.details) if no else "",
            )
            for step, outcome, declared, no in self._centre.choices(visit, looked)
        ]  # fmt: skip
        conditions = self._centre.conditions(row.matter, visit.today)
        found = await proposed_parts(told.point, conditions, street=self._centre.street) if row.filed is None else ()
        near = tuple(NearbyPart(one.part.number, round(one.metres)) for one in found)
        return StreetFile(
            case=row.case, number=row.number, stage=row.stage, matter=row.matter, words=told.words,
            address=told.address, cell=row.cell, longitude=row.longitude, latitude=row.latitude, due=row.due,
            due_at=row.due_at, lead=row.lead, part=row.part, near=near,
            conditions=tuple(one.id for one in conditions), moves=tuple(moves),
        )  # fmt: skip

    async def file(self, visit: Visit, command: File, key: UUID) -> Moved | Refused:
        at_hand = await self._centre.find(visit)
        if isinstance(at_hand, Refused):
            return at_hand
        by = self._centre.author(visit, at_hand, "intake", "file")
        return await file(
            at_hand.case.id, command, street=self._centre.street, key=key, by=by, now=visit.now, known=at_hand.known
        )

    async def photo(self, visit: Visit, command: Photo) -> KeptPhoto | Refused:
        at_hand = await self._centre.find(visit)
        if isinstance(at_hand, Refused):
            return at_hand
        kept = await self._centre.photos.keep(at_hand.report.told.subject, command.content)
        return Refused(kept) if isinstance(kept, WrongPhoto) else KeptPhoto(kept)

    async def move(self, visit: Visit, command: Doing, key: UUID) -> Moved | Refused:
        at_hand = await self._centre.find(visit)
        if isinstance(at_hand, Refused):
            return at_hand
        step, outcome = command.move.step, command.move.outcome
        return await put_right(
            at_hand.case.id, command.move, command.photos, command.metres, street=self._centre.street, key=key,
            by=self._centre.author(visit, at_hand, step, outcome), now=visit.now, known=at_hand.known,
        )  # fmt: skip

    async def join(self, visit: Visit, command: Joining, key: UUID) -> Moved | Refused:
        at_hand = await self._centre.find(visit)
        if isinstance(at_hand, Refused):
            return at_hand
        by = self._centre.author(visit, at_hand, "intake", "join")
        alike = Alike(command.metres, command.hours)
        return await join(
            at_hand.report.id, CaseId(command.case), alike, street=self._centre.street, key=key, by=by, now=visit.now
        )

    async def part(self, visit: Visit, command: Parting, key: UUID) -> Moved | Refused:
        reach = visit.someone.holding(ACCEPT)[0]
        by = visit.someone.acting_with(visit.channel, reach)
        return await part(command.report, street=self._centre.street, key=key, by=by, now=visit.now)


def received(told: Told, centre: Centre) -> Received:
    """The receipt with the link under which whoever reported follows."""
    return Received(told.report, told.number, told.answer_by, centre.link(told.report))
