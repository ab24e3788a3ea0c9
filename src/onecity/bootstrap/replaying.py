"""A replay: a city of its own for as long as it takes, simulated officers, and every step of every request in it."""

import asyncio
import gzip
import shutil
import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from onecity.bootstrap.city import City, assemble
from onecity.bootstrap.content import KINDS
from onecity.bootstrap.database import open_database
from onecity.bootstrap.hold import held
from onecity.bootstrap.memory import open_memory
from onecity.bootstrap.replay_pack import shipped_replay_pack, write_replay_pack
from onecity.bootstrap.settings import Settings
from onecity.casework import Move, Moved, draw_one, move
from onecity.governance import Ended, Point, Source, Street, Tell
from onecity.governance.replay import (
    CENTRE,
    VERIFIERS,
    Known,
    Plan,
    Replayed,
    Request,
    agency_of,
    condition_of,
    known_of,
    lacking,
    matter_of,
    plan_of,
)
from onecity.governance.store import problems
from onecity.governance.usecases.filing import File, file
from onecity.governance.usecases.moving import put_right
from onecity.governance.usecases.reporting import tell
from onecity.kernel.acting import Acting, Channel, Held, Scope, the_city
from onecity.kernel.errors import CityError
from onecity.kernel.ids import CaseId, PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Sealer
from onecity.machinery.postgres import connect
from onecity.packs import Pack, load_pack
from onecity.people import AGENCY
from onecity.people.usecases import found_officer
from onecity.places import CITY

Answer = TypeVar("Answer")

_KEYS: Final = UUID("7c0a2f4e-53b2-5d0c-8f0e-7265706c6179")
"""Namespace of the idempotency keys: a step of a request has one, however often the file is replayed."""
_AT_ONCE: Final = 2_000
"""Openings and closings between two seals: a lot falls by the first seal after the work was reported."""
_TOGETHER: Final = 256
"""Requests under way at the same moment, so that many commands share a commit."""
_VERIFYING: Final = 5
_ROWS: Final = 5_000
_PROGRAM: Final = Acting(person=None, channel=Channel.API)
"""Whoever reported is not named in the file."""


class Stuck(msgspec.Struct, frozen=True):
    """A request that our use cases refused: its line, the step at which it stays, and the reason."""

    line: int
    number: str
    step: str
    reason: str


class Crew(msgspec.Struct, frozen=True):
    """The simulated officers, each acting in their duty: one for each step, and several on whom a lot may fall."""

    accept: Acting
    dispatch: Acting
    handle: Mapping[str, Acting]
    verify: Mapping[UUID, Acting]


def zone_of(pack: Path) -> ZoneInfo:
    """The zone of the times in a file, which is that of the pack with which it is replayed."""
    found, _ = load_pack(pack, (CITY,))
    return found.one(CITY).clock_zone()


class NoText(CityError):
    """A file that cannot be unpacked."""


@contextmanager
def opened_file(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a file, packed with gzip or not, whatever its name. Raises NoText if it cannot be unpacked."""
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        raw = BufferedReader(gzip.GzipFile(fileobj=plain)) if packed else plain
        try:
            # What is no text is found in its row, not here: one bad row is no reason to read none.
            yield iter(TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline=""))
        except (EOFError, zlib.error, gzip.BadGzipFile) as failure:
            raise NoText(f"{path} is a gzip file that breaks off or is damaged. Fetch it again.") from failure


def pack_for(requests: Sequence[Request], folder: Path | None, scratch: Path) -> tuple[Path, dict[str, int]]:
    """The folder of the pack for a file, and what the shipped one lacks; then a pack of the file itself is written."""
    chosen = folder or shipped_replay_pack()
    pack, faults = load_pack(chosen, KINDS)
    lacks = {} if faults else lacking(requests, known_of(pack))
    if not lacks:
        return chosen, {}
    made = scratch / "pack"
    write_replay_pack(made, requests)
    return made, lacks


@contextmanager
def scratch_folder(beside: Path | None, *, keep: bool) -> Iterator[Path]:
    """A folder for a city that nobody needs afterwards, unless somebody wants to keep it."""
    parent = beside.absolute().parent if beside else None
    folder = Path(tempfile.mkdtemp(prefix="onecity-replay-", dir=parent))
    # The database runs as another user where the command runs as root.
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def scratch_city(folder: Path, pack: Pack, at: datetime, say: Callable[[str], None]) -> AsyncIterator[City]:
    """A city with its own database in a folder, as if it had been founded at an instant."""
    settings = Settings(folder / "data")
    with held(settings.data, say):
        database = await open_database(settings, tell=say)
        try:
            async with open_memory(database, settings.data, pack.one(CITY).ledger_origin) as memory:
                yield await assemble(memory, pack, at=at)
        finally:
            database.stop()


async def founded(city: City, at: datetime) -> Crew:
    """The officers of a replay, named as simulated."""
    area, day = city.pack.one(CITY).area, day_in(city.pack.one(CITY).clock_zone(), at)

    async def one(duty: str, agency: str, number: int = 1) -> Acting:
        key, scope = uuid5(_KEYS, f"{duty} {agency} {number}"), Scope(agency, area)
        person, held_duty = PersonId(derived_id(key, now=at, what="person")), Held(f"governance.{duty}", scope)
        await found_officer(
            person, f"模拟 simulated {duty} {agency} {number}", [held_duty], ledger=city.memory.ledger,
            reason="a replay of requests", by=the_city(), key=key, now=at, since=day,
        )  # fmt: skip
        return Acting(person, Channel.CLI, held_duty.duty, held_duty.scope)

    agencies = [name for name in city.pack.all(AGENCY) if name not in (CENTRE, VERIFIERS)]
    verifiers = [await one("verify", VERIFIERS, number) for number in range(1, _VERIFYING + 1)]
    return Crew(
        accept=await one("accept", CENTRE),
        dispatch=await one("dispatch", CENTRE),
        handle={name: await one("handle", name) for name in agencies},
        verify={acting.person: acting for acting in verifiers if acting.person is not None},
    )


class _Event(msgspec.Struct, frozen=True):
    """A request is opened or closed."""

    request: Request
    plan: Plan
    closes: bool = False


def _events(requests: Sequence[Request]) -> list[_Event]:
    """What happens in a file, in the order of instants; at the same instant the openings first."""
    found: list[tuple[datetime, bool, int, _Event]] = []
    for request in requests:
        plan = plan_of(request)
        found.append((plan.reported, False, request.line, _Event(request, plan)))
        if plan.handled is not None:
            found.append((plan.handled, True, request.line, _Event(request, plan, closes=True)))
    return [event for *_, event in sorted(found, key=lambda one: one[:3])]


class Replay:
    """Requests on their way through the use cases: many at once, each with its steps in order and at their time."""

    def __init__(self, city: City, crew: Crew, count: Callable[[int, int], None]) -> None:
        assert city.centre is not None, "the pack of a replay has a street"
        self._street: Street = city.centre.street
        self._city = city
        self._known: Known = known_of(city.pack)
        self._crew = crew
        self._count = count
        self._gate = asyncio.Semaphore(_TOGETHER)
        self._words = {"done": city.words.say("en", "governance.replay.done")}
        self._answer = {"answer": city.words.say("en", "governance.replay.answer")}
        self._cases: dict[str, CaseId] = {}
        self._halted: set[str] = set()
        self.stuck: list[Stuck] = []
        self.commands = 0

    async def run(self, requests: Sequence[Request]) -> None:
        """Replay requests in the order of their instants, stretch by stretch; each is sealed before its lots fall."""
        memory = self._city.memory
        connection = await connect(memory.database.app)
        try:
            sealer = Sealer(connection, memory.book, memory.signer, memory.folder)
            await sealer.prepare()
            events = _events(requests)
            for first in range(0, len(events), _AT_ONCE):
                await self._stretch(events[first : first + _AT_ONCE], sealer)
                self._count(min(first + _AT_ONCE, len(events)), len(events))
            await sealer.seal()
        finally:
            await connection.close()

    async def _stretch(self, events: Sequence[_Event], sealer: Sealer) -> None:
        of_request: dict[str, list[_Event]] = {}
        for event in events:
            of_request.setdefault(event.request.number, []).append(event)
        await asyncio.gather(*(self._happen(own) for own in of_request.values()))
        await sealer.seal()
        await asyncio.gather(*(self._ended(event) for event in events if event.closes))

    async def _happen(self, events: Sequence[_Event]) -> None:
        """What happens to one request in a stretch, up to the report that it is done."""
        async with self._gate:
            for event in events:
                if not await (self._handle if event.closes else self._begin)(event.request, event.plan):
                    return

    async def _ended(self, event: _Event) -> None:
        async with self._gate:
            await self._end(event.request, event.plan)

    def _took(self, request: Request, step: str, answer: Answer | Refused) -> Answer | None:
        """The answer of a use case; a refusal is noted, never passed over."""
        self.commands += 1
        if not isinstance(answer, Refused):
            return answer
        self._halt(request, step, answer.reason)
        return None

    def _halt(self, request: Request, step: str, reason: str) -> None:
        self._halted.add(request.number)
        self.stuck.append(Stuck(request.line, request.number, step, reason))

    async def _begin(self, request: Request, plan: Plan) -> bool:
        point = Point(*request.point) if request.point else None
        told = self._took(request, "report", await tell(
            Tell(
                matter=matter_of(request.kind, self._known.kinds), point=point, area=self._known.streets[request.place],
            ),
            source=Source.PROGRAM, street=self._street, key=self._key(request, "report"), by=_PROGRAM,
            now=plan.reported,
        ))  # fmt: skip
        if told is None:
            return False
        case = self._cases[request.number] = CaseId(told.case)
        filed = self._took(request, "file", await file(
            case, File(condition_of(request, self._known.kinds), point), street=self._street,
            key=self._key(request, "file"), by=self._crew.accept, now=plan.reported,
        ))  # fmt: skip
        to = {"handle": agency_of(request.agency)}
        return filed is not None and await self._move(
            request, case, Move("dispatch", "send", to=to), by=self._crew.dispatch, now=plan.dispatched
        )

    async def _handle(self, request: Request, plan: Plan) -> bool:
        case, at = self._cases.get(request.number), plan.handled
        if case is None or at is None or request.number in self._halted:
            return False
        done = await put_right(
            case, Move("handle", "done", words=self._words), (), None, street=self._street,
            key=self._key(request, "handle"), by=self._crew.handle[agency_of(request.agency)], now=at,
        )  # fmt: skip
        return self._took(request, "handle", done) is not None

    async def _end(self, request: Request, plan: Plan) -> bool:
        case, at = self._cases.get(request.number), plan.handled
        if case is None or at is None or request.number in self._halted:
            return False
        self.commands += 1
        chosen = await draw_one(case, "verify", office=self._street.office, now=at)
        if chosen is None:
            self._halt(request, "draw", "no lot fell")
            return False
        return await self._move(
            request, case, Move("verify", "good"), by=self._crew.verify[chosen], now=at
        ) and await self._move(
            request, case, Move("close", "close", words=self._answer), by=self._crew.accept, now=at
        )  # fmt: skip

    async def _move(self, request: Request, case: CaseId, command: Move, *, by: Acting, now: datetime) -> bool:
        moved: Moved | Refused = await move(
            case, command, office=self._street.office, key=self._key(request, command.step), by=by, now=now
        )
        return self._took(request, command.step, moved) is not None

    @staticmethod
    def _key(request: Request, step: str) -> UUID:
        return uuid5(_KEYS, f"{request.number} {step}")

    async def shown(self) -> tuple[tuple[Replayed, ...], tuple[Ended, ...]]:
        """What the projections say of every case, for the comparison and for what came back."""
        names = {f"z:{code}": name for name, code in self._known.kinds.items()}
        numbers = {case: number for number, case in self._cases.items()}
        replayed, ended, cases = list[Replayed](), list[Ended](), list(numbers)
        for first in range(0, len(cases), _ROWS):
            async with self._city.memory.pool.acquire() as connection:
                found = await problems(connection, cases[first : first + _ROWS])
            for row in found.values():
                place = None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude)
                number = numbers[CaseId(row.case)]
                replayed.append(Replayed(number, names[row.matter], row.reported, row.handled, row.closed, row.due_at))
                ended.append(Ended(number, row.matter, place, row.reported, row.closed))
        return tuple(replayed), tuple(ended)
