"""A person whom nobody else is called like goes through every route of the city: nothing outside them keeps a trace."""

import logging
import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

import msgspec
import pytest
from markupsafe import escape
from pyarrow.parquet import read_table
from structlog.testing import capture_logs
from tests.http import stages
from tests.http.test_authorisation import (
    SWEEP,
    VISITORS,
    asked_for,
    brought_along,
    comer,
    filled,
    knock,
    let_in,
    shown,
)
from tests.http.towns import Caller, Town, open_town

from onecity.bootstrap.sheets import sheet_in
from onecity.drills.cities import ANSWERS
from onecity.ledger import columnar, export
from onecity.ledger.outbox import Holds, Last, Leaving
from onecity.ledger.outbox.sending import Outbox
from onecity.machinery.postgres import Cluster, connect

NAME: Final = "鱻龘靐"
THEIRS: Final[Mapping[str, str]] = {
    ANSWERS["shop_name"]: "麤骉驫小馆",
    ANSWERS["premises_address"]: "犇羴巷 7391 号",
    ANSWERS["premises_area"]: "7391.25",
    "为什么看我的材料？": "为什么厵瀑？",
    stages.WORDS["facts"]: "厵瀑流进了厨房",
    stages.WORDS["remedy"]: "把瀑布爩走",
}
"""What the canary says wherever another would say what others say."""

MARKUP: Final = "\"><img src=x onerror=alert(1)>'"
"""What follows whatever the canary says freely: a page that does not keep it apart from its own words would run it."""

FREE: Final = frozenset(
    {
        "address", "builder_name", "company_name", "contact", "facts", "found", "line", "officer_name", "paper",
        "paper-line", "paper-name", "premises_address", "project_address", "project_name", "rating_words",
        "reason", "remedy", "rule", "said", "shop_name", "time_words", "words",
    }
)  # fmt: skip
"""The fields in which somebody may write what they like; the sweep fills each of them where it is taken."""

BESIDE: Final[Mapping[str, Mapping[str, str]]] = {
    "/report": {"address": "铭功路口", "contact": "打电话给我"},
    "/rate": {"rating_words": "还行"},
    "/street/hotline/report": {"address": "铭功路口"},
}
"""What the canary says at some addresses beside what the sweep says there."""

ASKED: Final = " ".join(
    f"faq_{number}_{part}_{lang}" for number in range(9) for part in ("ask", "answer") for lang in ("zh", "en")
)
PREPARED: Final = " ".join(
    [f"{what}_{number}_{part}" for what in ("condition", "material") for number in range(9) for part in ("zh", "en", "article")]
    + [f"new_{number}_{part}_{lang}" for number in range(1, 9) for part in ("ask", "why", "hint", "unit") for lang in ("zh", "en")]
    + [f"new_{number}_{part}" for number in range(1, 9) for part in ("least", "most", "choices", "good")]
)  # fmt: skip
SEEN: Final = "seen-"
"""How the fields of a form begin that is only shown, and cannot be filled in."""
TYPED: Final[Mapping[str, str]] = {
    "area cell metres hours days premises_area project_area staff_count phone code version window": "a number, or the code of a place",
    "accepted_day day meet_day at": "a day, or an instant; what is none is asked for again",
    "grantor name": "a name that must be the one of the register; that of a new officer is free, see `called`",
    "grantor_number number login identifier project_code": "a number with its form, or one that is looked up and never shown again",
    "email first second since until stream box": "an address, half a code, a day, an id, places in a picture",
    "more": "names of matters, as the list of what can be applied for has them; another one is refused",
    "called_zh called_en name_zh name_en plain_zh plain_en also promised": "what an item or a life event is to say; see"
    " `test_amending.py` and `test_composing.py`",
    ASKED: "questions about an item, and their answers; the same",
    f"{PREPARED} visits why_visit_zh why_visit_en faq_ask_zh faq_ask_en faq_answer_zh faq_answer_en": "what an item that"
    " was only listed is to say, to demand and to ask; see `test_preparing.py`",
    "done": "what an officer put right, after another one called; see `test_ratings.py`",
    "choice": "which of a person's addresses; a number",
    "tracking paper-phone": "the number of a parcel or a telephone, with its form",
    "q text": "a search: what is typed comes back in its own answer; what is kept of it tells nobody, see"
    " `test_riddles.py`",
}
"""The other fields in which somebody types, and why not everything passes there; all are tried by `test_forms.py`."""

CODED: Final[Mapping[str, str]] = {
    "agency answer choice condition event hall item items[] kind known[] lacking[] material matter meets[] outcome part purpose same step to.*"
    " trigger uses[]": "the id of something that is declared or there; another one is refused",
    "password": "never shown",
    "pledges.*": "the version of the text of a pledge; another one is refused",
    "answers.*": "answers to the questions of a form, of which those in words are free",
    "words.*": "an officer's words by their names, which are free",
}
"""The same for the texts of commands of programs."""

PUBLISHED: Final = {"POST /desk/cases/{case}/explain"}
"""Where an officer writes what the law has published: its form says so, and nobody may be named there."""


class Gone(msgspec.Struct, frozen=True):
    """What is left when the canary has been everywhere."""

    town: Town
    canary: Caller
    callers: tuple[Caller, ...]
    log: str
    taken: frozenset[str]
    number: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (NAME, self.number, self.number[6:14], *THEIRS.values())

    def found_in(self, text: str) -> list[str]:
        return [one for one in self.secrets if one in text or one.encode().hex() in text]


def as_theirs(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields in the canary's words; names of answers inside an application too."""
    return {name: _as_theirs(name, value) for name, value in sent.items()}


def _as_theirs(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return as_theirs(value)
    if not isinstance(value, str):
        return value
    said = THEIRS.get(value, value)
    return said + MARKUP if name in FREE and said else said


def called(route: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent, with the name of a new officer in markup: no register knows it, so an administrator types it."""
    return {**sent, "name": sent["name"] + MARKUP} if route == "POST /admin/officers/new" else dict(sent)


def free_in(sent: Mapping[str, Any]) -> set[str]:
    """The fields of something sent that hold the canary's markup."""
    inner = [free_in(value) for value in sent.values() if isinstance(value, dict)]
    free = {name for name, value in sent.items() if isinstance(value, str) and MARKUP in value}.union(*inner)
    return {"officer_name" if name == "name" else name for name in free}


@pytest.fixture(scope="module")
async def gone(cluster: Cluster, open_folder: Path) -> AsyncIterator[Gone]:
    async with open_town(cluster, open_folder / "canary", f"canary_{uuid4().hex}") as town:
        with pytest.MonkeyPatch.context() as patch, capture_logs() as lines:
            patch.setattr("onecity.bootstrap.city.now", town.clock)
            heard = Heard()
            logging.getLogger().addHandler(heard)
            logging.getLogger().setLevel(logging.DEBUG)
            number = await town.resident(NAME)
            canary = town.citizen = await town.sign_in(await town.register(NAME, number))
            apply = town.apply
            patch.setattr(town, "apply", lambda who, answers=ANSWERS: apply(who, as_theirs(answers)))
            callers, taken = [canary], set[str]()
            for route in SWEEP:
                callers += await been_there(town, route, canary, taken)
            callers.append(await looked_at_the_street(town))
            logging.getLogger().removeHandler(heard)
        yield Gone(town, canary, tuple(callers), "\n".join([*map(repr, lines), *heard.said]), frozenset(taken), number)


class Heard(logging.Handler):
    """Every line of every log but the visitors' own."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("http"):
            self.said.append(record.getMessage())


async def been_there(town: Town, route: str, canary: Caller, taken: set[str]) -> list[Caller]:
    """Everybody knocks at a route about the canary's things, the canary among them; who they were.

    Of the fields that somebody may fill freely those are added to `taken` that the city took with markup in them.
    """
    row, known = SWEEP[route], list[Caller]()
    await town.wake()
    thread = await (row.stage or stages.applied)(town, canary)
    path = filled(route, town, thread, **await asked_for(route, town, thread))
    for name in (*VISITORS, *row.also):
        visitor = await comer(town, name, row, canary)
        sent = await brought_along(town, row, visitor, {"case": str(thread.case)})
        known.append(visitor)
        beside = next((more for end, more in BESIDE.items() if route.startswith("POST") and path.endswith(end)), {})
        beside = {} if path.startswith("/api/") else beside
        said = sent if route in PUBLISHED else called(route, as_theirs({**sent, **beside}))
        answer = await knock(visitor, route, path, said, row.file)
        if let_in(shown(answer)):
            taken |= free_in(said)
        if free_in(said) and answer.status_code == 303:
            # What was taken is looked at where it is shown.
            await visitor.get(answer.headers["location"])
    return known


async def looked_at_the_street(town: Town) -> Caller:
    """Somebody at the centre opens whatever was reported."""
    operator = await stages.operator(town)
    for row in await town.rows("select case_id from problems"):
        await operator.get(f"/street/{row['case_id']}")
    return operator


def test_the_canary_was_let_in_and_said_what_only_the_canary_says(gone: Gone) -> None:
    """What the searches below do not find was there: they look at the right person."""
    seen = "".join(
        answer.text for answer in gone.canary.seen if answer.headers.get("content-type", "").startswith("text/")
    )
    assert gone.found_in(seen) != []
    assert NAME in seen


def test_no_log_names_the_canary(gone: Gone) -> None:
    assert len(gone.log) > 10_000
    assert gone.found_in(gone.log) == []


async def test_no_metric_names_the_canary(gone: Gone) -> None:
    page = await gone.town.caller(address="127.0.0.1").get("/metrics")
    assert page.status_code == 200
    assert gone.found_in(page.text) == []


def test_no_address_names_the_canary(gone: Gone) -> None:
    answers = [answer for caller in gone.callers for answer in caller.seen]
    addresses = {answer.headers.get("location", "") for answer in answers}
    addresses |= {answer.request.url.raw_path.decode() for answer in answers}
    # Thousands of pages: cutting at a word is ten times as quick as searching for a pattern.
    for text in {answer.text for answer in answers}:
        for name in ('href="', 'action="', 'src="'):
            addresses |= {part.partition('"')[0] for part in text.split(name)[1:]}
    assert len(addresses) > 200
    assert [one for one in addresses if gone.found_in(unquote(one))] == []


def test_no_refusal_to_anybody_else_names_the_canary(gone: Gone) -> None:
    own = {id(gone.canary)}
    refused = [
        answer for caller in gone.callers if id(caller) not in own for answer in caller.seen
        if answer.status_code >= 400 and answer.status_code != 422
    ]  # fmt: skip
    assert len(refused) > 100
    assert [answer.request.url.path for answer in refused if gone.found_in(answer.text)] == []


async def test_no_fact_and_no_export_names_the_canary_in_clear(gone: Gone, tmp_path: Path) -> None:
    bodies = "\n".join(bytes(row["body"]).decode() for row in await gone.town.rows("select body from ledger.facts"))
    assert gone.found_in(bodies) == []
    await gone.town.seal()
    memory = gone.town.city.memory
    connection = await connect(memory.database.app)
    try:
        await export(connection, memory.signer, tmp_path / "export")
        sheet, now = sheet_in(gone.town.city.counter.office.zone), gone.town.clock()
        manifest = await columnar.export_columns(connection, memory.signer, sheet, tmp_path / "columns", now=now)
    finally:
        await connection.close()
    files = [path for path in (tmp_path / "export").rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if any(one.encode() in path.read_bytes() for one in gone.secrets)] == []
    for part in manifest.parts:
        rows = read_table(tmp_path / "columns" / part.path).to_pylist()
        assert rows and gone.found_in("\n".join(f"{row | {'body': row['body'].decode()}}" for row in rows)) == []


class _Broker:
    """A sink that keeps all that it is handed."""

    name: Final = "a broker of a test"

    def __init__(self) -> None:
        self.taken: list[Leaving] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator["_Broker"]:
        yield self

    async def holds(self) -> Holds:
        last = self.taken[-1] if self.taken else None
        return Holds(Last(last.position, last.leaf) if last else None, held=bool(self.taken))

    async def take(self, facts: Sequence[Leaving]) -> None:
        self.taken += facts


async def test_nothing_that_leaves_to_a_sink_names_the_canary(gone: Gone) -> None:
    await gone.town.seal()
    ledger, broker = gone.town.city.memory.ledger, _Broker()
    sent = await Outbox(ledger.readers, ledger.book, broker).run(gone.town.clock())
    left = [f"{one.stored.stream} {one.stored.kind} {one.stored.body.decode()}" for one in broker.taken]
    assert sent == len(left) > 1000
    assert gone.found_in("\n".join(left)) == []


def test_a_dump_names_the_canary_only_where_a_purge_knows_it(gone: Gone, cluster: Cluster, tmp_path: Path) -> None:
    """The name of an account stands in clear for as long as the account does; nothing else does anywhere."""
    command = [str(cluster.programs / "pg_dump"), "--dbname", str(gone.town.city.memory.database.owner)]
    dump = subprocess.run(command, capture_output=True, check=True, cwd="/").stdout.decode("utf-8", "replace")
    tables = re.split(r"^COPY ", dump, flags=re.MULTILINE)
    named = {(table.split(" ", 1)[0], secret) for table in tables for secret in gone.found_in(table)}
    assert named == {("projections.accounts", NAME)}


_WHICH: Final = re.compile(r"[0-9A-Za-z_.-]*[0-9][0-9A-Za-z_.-]*")
"""What names one thing in an address."""


def typed_in(page: str) -> set[str]:
    """The fields of a page in which somebody types words."""
    tags = re.findall(r"<(?:textarea|input)[^>]*>", page)
    found = {name[1] for tag in tags if (name := re.search(r'name="([^"]*)"', tag)) and _is_typed(tag)}
    return {name for name in found if not name.startswith(SEEN)}


def _is_typed(tag: str) -> bool:
    kind = re.search(r'type="([a-z]+)"', tag)
    return tag.startswith("<textarea") or (kind[1] if kind else "text") in ("text", "search", "tel", "email")


def texts_of(schema: Mapping[str, Any], known: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """The fields of a described body that take any text, by their last names."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from texts_of(choice, known, at)
    bound = {"format", "enum", "pattern", "const", "contentEncoding"} & schema.keys()
    if schema.get("type") == "string" and not bound:
        yield at
    for name, below in schema.get("properties", {}).items():
        yield from texts_of(below, known, name)
    if isinstance(more := schema.get("additionalProperties"), dict):
        yield from texts_of(more, known, f"{at}.*")
    if isinstance(items := schema.get("items"), dict):
        yield from texts_of(items, known, f"{at}[]")


def named(reasons: Mapping[str, str]) -> set[str]:
    return {name for names in reasons for name in names.split()}


@pytest.mark.threat("T10")
def test_markup_in_every_field_was_taken_shown_and_never_run(gone: Gone) -> None:
    """Each page has passed the strict client, which finds any tag that runs something; here: that it was there."""
    assert gone.taken == FREE, "a free field was never filled, or is not named"
    pages = [answer.text for caller in gone.callers for answer in caller.seen if "<html" in answer.text[:200]]
    shown_as_typed = [page for page in pages if str(escape(MARKUP[:6])) in page and "onerror=alert(1)" in page]
    assert len(shown_as_typed) > 60
    assert [page for page in pages if MARKUP in page or MARKUP[:6] in page] == []


@pytest.mark.threat("T10")
def test_every_field_in_which_somebody_types_is_filled_with_markup_or_says_why_not(gone: Gone) -> None:
    answers = [answer for caller in gone.callers for answer in caller.seen]
    html = [answer for answer in answers if answer.headers.get("content-type", "").startswith("text/html")]
    # Forms are those of their routes: of the thousands of pages one of each address and status is looked through.
    pages = {(_WHICH.sub("", answer.request.url.path), answer.status_code): answer.text for answer in html}
    assert set().union(*map(typed_in, pages.values())) - FREE - named(TYPED) == set()
    told = next(answer.json() for answer in answers if answer.request.url.path == "/api/docs")
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]
        for methods in told["paths"].values() for operation in methods.values() if "requestBody" in operation
    ]  # fmt: skip
    texts = {name for body in bodies for name in texts_of(body, told["components"]["schemas"])}
    assert texts - FREE - named(TYPED) - named(CODED) == set()
