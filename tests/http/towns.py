"""A whole city inside the test's own process: a clock that tests hold, and visitors who knock at its door."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pyotp
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.types import ASGIApp
from tests.packs_in_time import Edit, edited
from tests.shipped import shipped

from onecity.bootstrap.city import City, app_of, assemble
from onecity.bootstrap.database import Database
from onecity.bootstrap.founding import Account, Accounts, drawn, found
from onecity.bootstrap.memory import open_memory
from onecity.bootstrap.rooms import SCHEMAS
from onecity.bootstrap.settings import Settings
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Acting, Channel, Held, Scope, the_city
from onecity.kernel.identity import organisation_check, resident_check, uscc_check
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.money import Fen
from onecity.ledger import Decision, Recorded, Sealer, settle_in
from onecity.licences import Identifier, folded, issue, read_identifier
from onecity.machinery.postgres import Cluster, connect, migrate, read_migrations
from onecity.packs import Text
from onecity.payments import Owed, demand
from onecity.people.roll import Identity, Roll
from onecity.people.signin import SESSION, csrf_word, hashed
from onecity.people.usecases import Agreed, Consents, found_officer
from onecity.places import CITY
from onecity.registers import FirmRow, GuardianRow, Guardianship, PersonRow

MORNING: Final = datetime(2020, 9, 22, 1, tzinfo=UTC)
"""A Tuesday, nine o'clock in the city."""

FORM: Final = "/items/food_business/apply/rest"
REVIEW: Final = "/items/food_business/review"
AGENCY: Final = "market_supervision"
AREA: Final = "410100"
ZONE: Final = ZoneInfo("Asia/Shanghai")
_A_CODE_S: Final = 30
# Nobody's number, and no row of noughts either: a rounded coordinate such as 113.61000000000001 would hold that one.
PHONE: Final = "10098765432"
_PASSWORD: Final = "correct horse battery"


class Clock:
    """The city's clock in the hand of a test. A second passes with each request, so that nobody is too quick."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._stands = False

    def __call__(self) -> datetime:
        return self.at

    def tick(self) -> None:
        if not self._stands:
            self.at += timedelta(seconds=1)

    def next_code(self) -> None:
        """Wait until a code of the second factor is fresh."""
        self.at += timedelta(seconds=_A_CODE_S)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """No time passes."""
        self._stands = True
        try:
            yield
        finally:
            self._stands = False

    @contextmanager
    def later(self, span: timedelta) -> Iterator[None]:
        """As if `span` had passed; afterwards nobody else has waited."""
        before = self.at
        self.at += span
        try:
            yield
        finally:
            self.at = before


class Caller:
    """Somebody at the door: without a token nobody, with one a person, on pages and on the interface for machines.

    Every answer is looked at strictly: the headers that close doors, and no script, style or open bracket in a page.
    """

    def __init__(self, app: ASGIApp, clock: Clock, address: str, token: str = "") -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
        cookies = {"session": token} if token else {}
        self.http = httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", cookies=cookies, trust_env=False
        )
        self.token = token
        self.csrf = csrf_word(token)
        self.seen: list[httpx.Response] = []
        self._clock = clock

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any request."""
        self._clock.tick()
        answer = await self.http.request(method, path, **more)
        self.seen.append(answer)
        strict(answer)
        return answer

    async def get(self, path: str) -> httpx.Response:
        """A page, or an answer of the interface."""
        return await self.ask("GET", path, headers=self._bearer(path))

    async def listed(self, path: str) -> str:
        """A list from its first page to its last, as somebody reads it who looks for something."""
        page = await self.get(path)
        pages = [page.text]
        while after := re.search(r'rel="next" href="([^"]+)"', page.text):
            page = await self.get(urljoin(path, unescape(after[1])))
            assert page.status_code == 200
            pages.append(page.text)
        return "".join(pages)

    async def post(
        self, path: str, fields: Mapping[str, str], *, csrf: str | None = None, headers: Mapping[str, str] = {}
    ) -> httpx.Response:
        """A form with its word; `csrf` puts another in its place."""
        word = {"csrf": self.csrf if csrf is None else csrf} if self.token else {}
        return await self.ask("POST", path, data={**fields, **word}, headers=dict(headers))

    async def press(self, path: str, fields: Mapping[str, str]) -> httpx.Response:
        """A button of a page that keeps what was written and leads back to itself; elsewhere it is not followed."""
        answer = await self.post(path, fields)
        back = answer.headers.get("location", "").partition("#")[0]
        return await self.get(back) if back.partition("?")[0] == path else answer

    async def send(self, path: str, body: Any, *, key: UUID | str | None = None) -> httpx.Response:
        """A command on the interface for machines."""
        named = {"idempotency-key": str(key)} if key else {}
        return await self.ask("POST", path, json=body, headers=self._bearer(path) | named)

    async def send_bytes(self, path: str, body: bytes) -> httpx.Response:
        """A command as bytes, whatever they are."""
        return await self.ask("POST", path, content=body, headers=self._bearer(path))

    def _bearer(self, path: str) -> dict[str, str]:
        machine = self.token and path.startswith("/api/")
        return {"authorization": f"Bearer {self.token}"} if machine else {}


CLOSED: Final = {
    "default-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'",
}  # fmt: skip
"""What every answer says of what a page of it may load and do."""
_HANDLER: Final = re.compile(r"""<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*?\son[a-z]+\s*=""", re.IGNORECASE)
"""A tag with a handler of its own, outside the quotes of its values."""
_PROGRAM: Final = re.compile(r"""(?:href|src|action)=["']?\s*(?:javascript|vbscript):""", re.IGNORECASE)
"""An address that is a program."""
_MODULE: Final = re.compile(r'<script type="module" src="/static/[0-9a-f]{16}/[a-z_]+\.js"></script>')


def strict(answer: httpx.Response) -> None:
    """What every answer of the house keeps."""
    headers = answer.headers
    said = [part.strip() for part in headers["content-security-policy"].split(";")]
    assert set(said) >= CLOSED, "what a page may load, embed and be embedded in"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "microphone=()" in headers["permissions-policy"]
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])
    assert "cache-control" in headers
    if not headers.get("content-type", "").startswith("text/html"):
        return
    page = answer.text
    assert "{{" not in page
    assert "<script" not in _MODULE.sub("", page), "a module of ours, by its address, is the only script"
    assert "style=" not in page
    # Most pages do not even name a handler; only for the others the tags are taken apart.
    assert " on" not in page or not _HANDLER.search(page), "a tag runs what stands in it"
    assert "script:" not in page or not _PROGRAM.search(page), "an address runs what stands in it"
    assert page.count("<h1") == 1
    assert re.search('<html lang="(zh|en)', page)


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page.text)
    assert found, f"the page has no hidden field {name}"
    return unescape(found[1])


def typed(page: httpx.Response, name: str) -> str:
    """What stands in a text field of a page."""
    found = re.search(rf'<input class="field-input" id="{name}"[^>]* value="([^"]*)"', page.text)
    assert found, f"the page has no field {name}"
    return unescape(found[1])


class Thread(msgspec.Struct, frozen=True):
    """An application as it was handed in: its affair, its only case and the letter that says so."""

    affair: UUID
    number: str
    case: UUID
    letter: UUID


class Given(msgspec.Struct, frozen=True):
    """A licence that was issued, with the identifier that stands on it."""

    licence: UUID
    identifier: str


def identified(text: str) -> Identifier:
    """The parts of an identifier that the city wrote."""
    found = read_identifier(text)
    assert isinstance(found, Identifier)
    return found


class Owing(msgspec.Struct, frozen=True):
    """A fee that somebody owes."""

    payment: UUID


class Town:
    """The simulated city in this process, with the people whom the tests need."""

    citizen: Caller
    other: Caller
    accept: Caller
    decide: Caller
    elsewhere: Caller
    abroad: Caller
    idle: Caller
    admin: Caller
    second: Caller
    keeper: Caller
    window: Caller
    cashier: Caller

    def __init__(self, app: Starlette, city: City, clock: Clock, accounts: Accounts) -> None:
        self.app = app
        self.door: ASGIApp = app
        self.city = city
        self.clock = clock
        self.accounts = accounts
        self._addresses = count(1)
        self._births = count()
        self._codes: dict[str, int] = {}
        self._callers: list[Caller] = []
        self._sealer: Sealer | None = None
        self.nobody = self.caller()

    def caller(self, token: str = "", *, address: str | None = None) -> Caller:
        """Somebody who comes from an address of their own."""
        number = next(self._addresses)
        made = Caller(self.door, self.clock, address or f"192.0.{number // 250}.{number % 250}", token)
        self._callers.append(made)
        return made

    async def sign_in(self, account: Account) -> Caller:
        """A new session of somebody."""
        answer = await self.caller().send("/api/sign-in", self.words(account))
        answer.raise_for_status()
        return self.caller(answer.json()["token"])

    def words(self, account: Account) -> dict[str, str]:
        """What somebody sends to come in, with a code that they have not come with: only for that do they wait."""
        if account.second_factor and self._codes.get(account.login) == self._code_of_now():
            self.clock.next_code()
        self.came(account.login)
        code = pyotp.TOTP(account.second_factor).at(self.clock.at) if account.second_factor else ""
        return {"login": account.login, "password": account.password, "code": code}

    def came(self, login: str) -> None:
        """Somebody has just come with the code of now, which lets nobody in a second time."""
        self._codes[login] = self._code_of_now()

    def _code_of_now(self) -> int:
        """The number of the half minute for which a code holds."""
        return int(self.clock.at.timestamp()) // _A_CODE_S

    def account(self, login: str) -> Account:
        """An account of the foundation."""
        return next(one for one in self.accounts.accounts if one.login == login)

    async def resident(self, name: str) -> str:
        """A row of the register of residents; its number."""
        born = date(1970, 1, 1) + timedelta(days=next(self._births))
        first = f"410199{born:%Y%m%d}011"
        number = first + resident_check(first)
        await self._register([PersonRow(number, name, born, "女", "郑州市（模拟地址）", "410199", "simulated")])
        return number

    async def register(self, name: str, number: str) -> Account:
        """An account opened on the page for it."""
        visitor = self.caller()
        page = await visitor.get("/register")
        fields = {"name": name, "number": number, "phone": PHONE, "password": _PASSWORD}
        answer = await visitor.post("/register", fields | {"key": hidden(page, "key")})
        assert answer.status_code == 303, answer.text
        return Account(number, name, "", _PASSWORD)

    async def new_citizen(self, name: str = "周雨桐") -> Caller:
        """A citizen whom no other test knows."""
        return await self.sign_in(await self.register(name, await self.resident(name)))

    async def new_officer(self, *held: Held) -> Account:
        """An officer whom no other test knows."""
        login, secret = uuid4().hex, pyotp.random_base32()
        fresh = PersonId(derived_id(uuid4(), now=self.clock(), what="person"))
        person = await self.city.door.claim(fresh, login, _PASSWORD, secret)
        await found_officer(
            person, "马腾飞", held, ledger=self.city.memory.ledger, reason="test", by=the_city(), key=uuid4(),
            now=self.clock(),
        )  # fmt: skip
        return Account(login, "马腾飞", "", _PASSWORD, secret)

    async def officer(self) -> UUID:
        """An officer of the market supervision whom no other test knows; their person."""
        return await self.person(
            await self.sign_in(await self.new_officer(Held("services.accept", Scope(AGENCY, AREA))))
        )

    async def proposal(self) -> UUID:
        """The second administrator proposes a duty for somebody; the proposal."""
        officer = await self.officer()
        sent = {"duty": "services.decide", "since": "", "until": "", "reason": "一个人忙不过来"}
        answer = await self.second.post(f"/admin/officers/{officer}/duty", sent)
        assert answer.status_code == 303, answer.text
        return UUID(answer.headers["location"].rpartition("/")[2])

    async def identity(self, who: Caller) -> Identity:
        """The name and number of somebody; officers of the foundation have none and get one in the register."""
        person, city = await self.person(who), self.city
        found = await Roll(city.memory.pool, city.door.locks, city.memory.ledger).identity(PersonId(person))
        if found is not None:
            return found
        name = f"官{next(self._births)}"
        number = await self.resident(name)
        await self.rows("insert into numbers values ($1, $2) returning person", city.door.locks.login(number), person)
        return Identity(number, name)

    async def mandate(self, grantor: Caller, agent: Caller, **more: str) -> UUID:
        """Somebody asks another to act for them, in everything or in the matters that are ticked; the mandate."""
        known = await self.identity(agent)
        until = (self.clock.at + timedelta(days=300)).date().isoformat()
        sent = {"name": known.name, "number": known.number, "until": until, **(more or {"all": "yes"})}
        answer = await grantor.post("/mandates/new/person", sent)
        assert answer.status_code == 303, answer.text
        query = "select mandate from mandates where grantor = $1 and agent = $2 order by given desc, mandate desc"
        rows = await self.rows(query, await self.person(grantor), await self.person(agent))
        found: UUID = rows[0]["mandate"]
        return found

    async def consent(self, who: Caller) -> UUID:
        """Somebody agrees that the market supervision reads the register of residents; the consent."""
        by = Acting(PersonId(await self.person(who)), Channel.PHONE)
        done = await Consents(self.city.memory.ledger).agree(
            f"services/{uuid4().hex}", "persons", [AGENCY], None, by=by, key=uuid4(), now=self.clock(),
            today=self.clock().date(),
        )  # fmt: skip
        assert isinstance(done, Agreed)
        return done.consent

    async def reception(self, who: Caller) -> UUID:
        """Somebody stands at the window of the clerk whom every test knows; the reception."""
        known = await self.identity(who)
        sent = {"name": known.name, "number": known.number, "document": "identity_card"}
        answer = await self.window.post("/window", sent)
        assert answer.status_code == 303, answer.text
        return UUID(answer.headers["location"].rpartition("/")[2])

    async def firm(self, name: str, representative: str) -> str:
        """A row of the register of firms; its code."""
        organisation = f"MA{next(self._births):06}"
        first = f"91410199{organisation}{organisation_check(organisation)}"
        row = FirmRow(first + uscc_check(first), name, representative, "郑州市（模拟地址）", "410199", "simulated")
        await self._register([row])
        return row.number

    async def child(self, name: str, *guardians: str, born: date = date(2015, 5, 20)) -> str:
        """A child in the register of residents, with guardians; its number."""
        first = f"410199{born:%Y%m%d}{next(self._births) % 1000:03}"
        number = first + resident_check(first)
        await self._register([PersonRow(number, name, born, "女", "郑州市（模拟地址）", "410199", "simulated")])
        await self._register([GuardianRow(number, Guardianship.CHILD, guardians, "simulated")])
        return number

    async def _register(self, rows: Sequence[PersonRow] | Sequence[FirmRow] | Sequence[GuardianRow]) -> None:
        await self.city.registers.take_over(
            self.city.memory.ledger, rows, source="simulated", simulated=True, key=uuid4(), by=the_city(),
            now=self.clock(), since=date(2020, 1, 1),
        )  # fmt: skip

    async def absence(self, who: Caller) -> UUID:
        """Somebody notes an absence at some days of a far year; the absence."""
        first = date(3000, 1, 1) + timedelta(days=next(self._births))
        sent = {"since": first.isoformat(), "until": first.isoformat(), "deputy": str(await self.officer())}
        answer = await who.post("/absence", sent)
        assert answer.status_code == 303, answer.text
        [row] = await self.rows("select absence from absences where since = $1", first)
        found: UUID = row["absence"]
        return found

    async def apply(self, who: Caller, answers: Mapping[str, str] = ANSWERS) -> Thread:
        """An application for the food permit."""
        answer = await who.send("/api/applications", {"items": ["food_business"], "answers": dict(answers)})
        answer.raise_for_status()
        receipt = answer.json()
        [row] = await self.rows("select letter from letters where about = $1", UUID(receipt["affair"]))
        return Thread(UUID(receipt["affair"]), receipt["number"], UUID(receipt["cases"][0]), row["letter"])

    async def joint(self, who: Caller) -> UUID:
        """An application that two departments handle together, each with a running clock."""
        items = ["shop_sign_filing", "seal_filing"]
        answers = {name: ANSWERS[name] for name in ("shop_name", "premises_street", "premises_address")}
        answers |= {"seal_kind": "name_only", "sign_width": "3", "sign_height": "3", "sign_lit": "no"}
        answer = await who.send("/api/applications", {"items": items, "answers": answers})
        assert answer.status_code == 200, answer.text
        return UUID(answer.json()["affair"])

    async def look(self, thread: Thread) -> UUID:
        """An officer looks at a case; the look."""
        await self.accept.get(f"/desk/cases/{thread.case}")
        [row, *_] = await self.rows("select read from reads where about = $1 order by at desc", thread.affair)
        found: UUID = row["read"]
        return found

    async def question(self, thread: Thread) -> UUID:
        """The citizen asks about a look; the question."""
        read = await self.look(thread)
        answer = await self.citizen.post(f"/reads/{read}/ask", {"words": "为什么看我的材料？"})
        assert answer.status_code == 303, answer.text
        [row] = await self.rows("select question from read_questions where read = $1", read)
        found: UUID = row["question"]
        return found

    async def issue(
        self,
        who: Caller,
        *,
        kind: str = "food_business_licence",
        name: str = "林晓梅",
        values: Mapping[str, str] = ANSWERS,
    ) -> Given:
        """A licence, as the decision of a case gives one; nothing is sealed and no list renewed yet."""
        holder, key, day = PersonId(await self.person(who)), uuid4(), day_in(ZONE, self.clock())
        change = issue(
            licences=self.city.cabinet.licences, kind=kind, holder=holder, holder_name=name, values=values,
            agency=AGENCY, area=AREA, case=uuid4(), affair=uuid4(), matter="food_business", day=day, key=key,
            now=self.clock(),
        )  # fmt: skip
        licence = folded([Recorded(change.stream, 1, self.clock(), the_city(), change.facts[0])])
        assert licence is not None
        given = Given(change.stream, str(licence.identifier))

        async def decide() -> Decision:
            return Decision((change,), given)

        await self.city.memory.ledger.record(key, decide, Given, by=the_city(), now=self.clock())
        return given

    async def fee(self, who: Caller) -> Owing:
        """A fee that somebody owes the market supervision, as the acceptance of a case demands it."""
        key, text = uuid4(), Text("示例收费", "Example of a fee")
        owed = Owed(
            payer=await self.person(who), affair=uuid4(), case=uuid4(), matter="food_business", matter_version="",
            agency=AGENCY, area=AREA, fee=text, fen=Fen(100), law=text,
        )  # fmt: skip
        changes = demand(owed, online=True, key=key, now=self.clock())
        owing = Owing(changes[0].stream)

        async def decide() -> Decision:
            return Decision(changes, owing)

        await self.city.memory.ledger.record(key, decide, Owing, by=the_city(), now=self.clock())
        return owing

    async def seal(self) -> None:
        """Give every fact its position, as the sealer does four times a second."""
        if self._sealer is None:
            memory = self.city.memory
            self._sealing = await connect(memory.database.app)
            self._sealer = Sealer(self._sealing, memory.book, memory.signer, memory.folder)
            await self._sealer.prepare()
        await self._sealer.seal()

    async def publish(self) -> int:
        """Seal, and renew the lists of licences as the job does each minute."""
        await self.seal()
        return await self.city.renewal.run(self.clock())

    async def rows(self, query: str, *values: object) -> list[Any]:
        """What stands in the database."""
        async with self.city.memory.pool.acquire() as connection:
            found: list[Any] = await connection.fetch(query, *values)
        return found

    async def written(self) -> tuple[int, ...]:
        """How much is written of all that a request may write."""
        tables = ("ledger.facts", "ledger.answers", "projections.affairs", "projections.work_items", "working.drafts")
        counts = ", ".join(f"(select count(*) from {table})" for table in tables)
        [row] = await self.rows(f"select {counts}")
        return tuple(row)

    async def person(self, who: Caller) -> UUID:
        """The id of somebody who is signed in."""
        visitor = await self.city.door.visitor(who.token, now=self.clock())
        assert visitor is not None
        return visitor.person

    async def wake(self) -> None:
        """Keep the sessions of those whom every test knows, however long the tests before have taken."""
        known = (
            self.citizen, self.other, self.accept, self.decide, self.elsewhere, self.abroad, self.idle, self.admin,
            self.second, self.keeper, self.mayor, self.window, self.cashier,
        )  # fmt: skip
        await self.stay(*known)

    async def let_in(self, person: UUID) -> Caller:
        """Somebody with a session, whatever their login."""
        token = uuid4().hex
        await self.rows(
            "insert into sessions (token, person, started, seen, ends) values ($1, $2, $3, $3, $4)",
            hashed(token), person, self.clock.at, self.clock.at + SESSION,
        )  # fmt: skip
        return self.caller(token)

    async def stay(self, *who: Caller) -> None:
        """Let sessions run from now on."""
        await self.rows(
            "update sessions set seen = $2, ends = $3 where token = any($1) returning token",
            [hashed(one.token) for one in who], self.clock.at, self.clock.at + SESSION,
        )  # fmt: skip

    async def close(self) -> None:
        for caller in self._callers:
            await caller.http.aclose()
        if self._sealer is not None:
            await self._sealing.close()

    async def fill(self) -> None:
        """Let the people come whom every test knows."""
        self.citizen = await self.sign_in(self.accounts.accounts[0])
        self.other = await self.sign_in(await self.register(*self.accounts.without))
        self.accept = await self.sign_in(self.account("shouli"))
        self.decide = await self.sign_in(self.account("jueding"))
        both = ("services.accept", "services.decide")
        self.elsewhere = await self.sign_in(
            await self.new_officer(*(Held(duty, Scope("urban_management", AREA)) for duty in both))
        )
        self.abroad = await self.sign_in(
            await self.new_officer(*(Held(duty, Scope(AGENCY, "410200")) for duty in both))
        )
        self.idle = await self.sign_in(await self.new_officer())
        self.admin = await self.sign_in(self.account("guanli1"))
        self.second = await self.sign_in(self.account("guanli2"))
        self.mayor = await self.sign_in(self.account("fenguanshizhang"))
        self.keeper = await self.sign_in(self.account("zhengzhao"))
        self.window = await self.sign_in(self.account("chuangkou"))
        takes = ("payments.cash", "payments.waive", "payments.balance")
        self.cashier = await self.sign_in(await self.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in takes)))


@asynccontextmanager
async def own_town(cluster: Cluster, folder: Path, patch: pytest.MonkeyPatch, *edits: Edit) -> AsyncIterator["Town"]:
    """A town for one test alone, under the shipped pack with some edits, and at its own clock."""
    name = uuid4().hex
    async with open_town(cluster, folder / name, f"town_{name}", edits=edits) as found:
        patch.setattr("onecity.bootstrap.city.now", found.clock)
        yield found


def errors_lead_to_their_fields(page: str) -> bool:
    """Whether each sentence above a form stands at its field as well, leads there, and says how the field is called."""
    above = re.search(r'<div class="error-summary".*?</div>', page, re.DOTALL)
    rows = re.findall(r"<li>(.*?)</li>", above[0], re.DOTALL) if above else []
    told = [found for row in rows if (found := re.fullmatch(r'<a href="#([^"]+)">(.*)</a>', row, re.DOTALL))]
    for field, sentence in (found.groups() for found in told):
        error = re.search(rf'id="({re.escape(field)})-error">(.*?)</p>', page, re.DOTALL)
        assert error, field
        assert re.search(rf'aria-describedby="{re.escape(field)}-error', page), field
        assert page.count(f' id="{field}"') == 1, field
        block = page[: error.start()].rpartition('<div class="field')[2]
        set_of = page[: error.start()].rpartition("<fieldset")[2]
        label = re.search(r'class="field-label"[^>]*>([^<]+)<', set_of if len(set_of) < len(block) else block)
        assert label, field
        assert label[1].strip().rstrip("？?") in sentence, (label[1], sentence)
        assert re.sub(r"<[^>]+>", "", error[2]).strip()[-6:] in sentence, field
    return bool(rows)


@asynccontextmanager
async def open_town(
    cluster: Cluster, folder: Path, name: str, *, at: datetime = MORNING, edits: Sequence[Edit] = ()
) -> AsyncIterator[Town]:
    """A city on a database of its own, founded at an instant, under the shipped pack with some edits."""
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    await admin.execute(f"create database {name}")
    database = Database(cluster.address("onecity_owner", name), cluster.address("onecity_app", name), None)
    owner = await connect(database.owner)
    await migrate(owner, read_migrations(SCHEMAS))
    await settle_in(owner)
    await owner.close()
    folder.mkdir()
    # The tests live in 2020; whoever comes later finds the pack as it is shipped.
    pack = edited(folder, *edits) if at == MORNING else shipped()
    clock = Clock(at)
    async with open_memory(database, folder, pack.one(CITY).ledger_origin) as memory:
        with pytest.MonkeyPatch.context() as patch:
            # What makes a password slow to guess would make the tests slow and show nothing.
            quick = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
            patch.setattr("onecity.bootstrap.city.PasswordHasher", quick)
            patch.setattr("onecity.bootstrap.city.now", clock)
            city = await assemble(memory, pack, at=clock())
            accounts = drawn(folder, pack)
            await found(city, accounts, at=clock())
            # A test reads an answer to its end; streams of live pages end at once here (`test_live.py` reads open ones).
            memory.live.close()
            town = Town(app_of(city, Settings(data=folder)), city, clock, accounts)
        await town.fill()
        yield town
        await town.close()
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()
