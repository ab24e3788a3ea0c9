"""A person whom nobody else is called like goes through every route of the city: nothing outside them keeps a trace."""

import logging
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

import msgspec
import pytest
from pyarrow.parquet import read_table
from structlog.testing import capture_logs
from tests.cities import ANSWERS
from tests.http import stages
from tests.http.test_authorisation import SWEEP, VISITORS, asked_for, brought_along, comer, filled, knock
from tests.http.towns import Caller, Town, open_town

from onecity.bootstrap.sheets import sheet_in
from onecity.ledger import columnar, export
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

PUBLISHED: Final = {"POST /desk/cases/{case}/explain"}
"""Where an officer writes what the law has published: its form says so, and nobody may be named there."""


class Gone(msgspec.Struct, frozen=True):
    """What is left when the canary has been everywhere."""

    town: Town
    canary: Caller
    callers: tuple[Caller, ...]
    log: str
    number: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (NAME, self.number, self.number[6:14], *THEIRS.values())

    def found_in(self, text: str) -> list[str]:
        return [one for one in self.secrets if one in text or one.encode().hex() in text]


def as_theirs(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields in the canary's words; names of answers inside an application too."""
    return {
        name: as_theirs(value) if isinstance(value, dict) else THEIRS.get(value, value) if isinstance(value, str) else value
        for name, value in sent.items()
    }  # fmt: skip


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
            callers = [canary]
            for route in SWEEP:
                callers += await been_there(town, route, canary)
            logging.getLogger().removeHandler(heard)
        yield Gone(town, canary, tuple(callers), "\n".join([*map(repr, lines), *heard.said]), number)


class Heard(logging.Handler):
    """Every line of every log but the visitors' own."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("http"):
            self.said.append(record.getMessage())


async def been_there(town: Town, route: str, canary: Caller) -> list[Caller]:
    """Everybody knocks at a route about the canary's things, the canary among them; who they were."""
    row, known = SWEEP[route], list[Caller]()
    await town.wake()
    thread = await (row.stage or stages.applied)(town, canary)
    path = filled(route, town, thread, **await asked_for(route, town, thread))
    for name in (*VISITORS, *row.also):
        visitor = await comer(town, name, row, canary)
        sent = await brought_along(town, row, visitor, {"case": str(thread.case)})
        known.append(visitor)
        await knock(visitor, route, path, sent if route in PUBLISHED else as_theirs(sent), row.file)
    return known


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


def test_a_dump_names_the_canary_only_where_a_purge_knows_it(gone: Gone, cluster: Cluster, tmp_path: Path) -> None:
    """The name of an account stands in clear for as long as the account does; nothing else does anywhere."""
    command = [str(cluster.programs / "pg_dump"), "--dbname", str(gone.town.city.memory.database.owner)]
    dump = subprocess.run(command, capture_output=True, check=True, cwd="/").stdout.decode("utf-8", "replace")
    tables = re.split(r"^COPY ", dump, flags=re.MULTILINE)
    named = {(table.split(" ", 1)[0], secret) for table in tables for secret in gone.found_in(table)}
    assert named == {("projections.accounts", NAME)}
