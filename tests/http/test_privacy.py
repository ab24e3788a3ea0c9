"""A person whom nobody else is called like goes through the whole city; then every place is searched for them."""

import logging
import re
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import unquote
from uuid import UUID

import msgspec
import pytest
from structlog.testing import capture_logs
from tests.http.towns import FORM, REVIEW, Caller, Town, hidden

NAME: Final = "鱻龘靐"
ANSWERS: Final = {
    "shop_name": "麤骉驫小馆",
    "premises_street": "410105001",
    "premises_address": "犇羴巷 7391 号",
    "premises_area": "7391.25",
    "food_sold": "packaged",
}
WORDS: Final = {"facts": "厵瀑流进了厨房", "rule": "某法第 9137 条", "remedy": "把瀑布爩走"}
PUBLIC: Final = ("food_sold", "premises_street")
"""Answers that others give as well; the street is the area in which the case lies."""
LEAKS: Final = (NAME, *[text for name, text in ANSWERS.items() if name not in PUBLIC], *WORDS.values())


class Told(msgspec.Struct, frozen=True):
    """Everything that was said while one person's affair went through the city."""

    citizen: Caller
    accept: Caller
    decide: Caller
    clerk: Caller
    number: str
    affair: UUID
    case: UUID
    log: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand nowhere in clear."""
        return (*LEAKS, self.number, self.number[6:14])

    @property
    def callers(self) -> tuple[Caller, ...]:
        return (self.citizen, self.accept, self.decide, self.clerk)


@pytest.fixture
async def told(town: Town, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> AsyncIterator[Told]:
    """From the register to the letter, and every sort of failure on the way."""
    with caplog.at_level(logging.DEBUG), capture_logs() as lines:
        number = await town.resident(NAME)
        account = await town.register(NAME, number)
        await town.caller().post("/register", {"name": NAME, "number": number, "phone": "1", "password": ""})
        await town.caller().post("/sign-in", {"login": number, "password": NAME})
        await town.caller().send("/api/sign-in", {"login": number, "password": "x", NAME: NAME})
        citizen = await town.sign_in(account)
        accept, decide = await town.sign_in(town.account("shouli")), await town.sign_in(town.account("jueding"))
        await citizen.post(FORM, ANSWERS | {"premises_area": "7391.25 平方"})
        await citizen.post(FORM, ANSWERS)
        receipt = (await citizen.post(REVIEW, {"key": hidden(await citizen.get(REVIEW), "key")})).headers["location"]
        affair = UUID(receipt.split("/")[2])
        [[case]] = await town.rows("select id from cases where affair = $1", affair)
        await citizen.get(receipt)
        await accept.get("/desk")
        await accept.get(f"/desk/cases/{case}")
        await accept.post(f"/desk/cases/{case}/acceptance/accept", {"sure": "yes"})
        await decide.post(f"/desk/cases/{case}/decision/refuse", WORDS)
        await decide.post(f"/desk/cases/{case}/decision/refuse", WORDS, csrf="wrong")
        await decide.post(f"/desk/cases/{case}/decision/refuse", WORDS | {"sure": "yes"})
        await decide.send(f"/api/cases/{case}/moves", {"step": NAME, "outcome": NAME, "words": {NAME: NAME}})
        for [letter] in await town.rows("select letter from letters where about = $1", affair):
            await citizen.get(f"/letters/{letter}")
        clerk = await town.sign_in(town.account("chuangkou"))
        sent = {"name": NAME, "number": number, "document": "identity_card"}
        await clerk.post("/window", sent | {"document": NAME})
        window = (await clerk.post("/window", sent)).headers["location"]
        for page in ("", "/letters", "/wallet", f"/affairs/{affair}", f"/affairs/{affair}/receipt"):
            await clerk.get(window + page)
        await clerk.post(f"{window}/items/food_business", ANSWERS | {"do": "submit", "premises_area": NAME})
        for page in ("/", "/letters", "/affairs", f"/affairs/{affair}", FORM, f"/{NAME}", f"/items/{NAME}"):
            await citizen.get(page)
        await citizen.send("/api/applications", {"items": [NAME], "answers": ANSWERS})
    # The visitors' own client keeps a log too; it runs on their side of the door.
    records = [record.getMessage() for record in caplog.records if record.name != "httpx"]
    written = [*(repr(line) for line in lines), *records, *capfd.readouterr()]
    yield Told(citizen, accept, decide, clerk, number, affair, case, "\n".join(written))


def found_in(text: str, told: Told) -> list[str]:
    """Which of the person's secrets stand in a text."""
    return [secret for secret in told.secrets if secret in text]


async def test_the_log_knows_requests_and_no_person(told: Told) -> None:
    assert "/desk/cases/{case}/{step}/{outcome}" in told.log
    assert found_in(told.log, told) == []
    assert str(told.affair) not in told.log


async def test_a_bug_is_logged_without_a_word_of_its_own(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(NAME)

    monkeypatch.setattr("onecity.services.web.guides.due", broken)
    with capture_logs() as lines:
        answer = await town.nobody.http.get("/items/food_business")
    assert answer.status_code == 500
    assert NAME not in answer.text
    assert [line["type"] for line in lines if line["event"] == "failure"] == ["ValueError"]
    assert NAME not in repr(lines)


async def test_no_address_names_a_person(told: Told) -> None:
    typed = {f"/{NAME}", f"/items/{NAME}"}
    asked = {unquote(answer.request.url.raw_path.decode()) for caller in told.callers for answer in caller.seen} - typed
    sent_on = {unquote(answer.headers.get("location", "")) for caller in told.callers for answer in caller.seen}
    offered = {
        unquote(link)
        for caller in told.callers
        for answer in caller.seen
        if unquote(answer.request.url.path) not in typed
        for link in re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
    }
    assert f"/affairs/{told.affair}/receipt" in sent_on
    assert f"/affairs/{told.affair}" in offered
    for address in asked | sent_on | offered:
        assert found_in(address, told) == []


async def test_no_fact_names_a_person_in_clear(town: Town, told: Told) -> None:
    bodies = [row["body"] for row in await town.rows("select body from ledger.facts")]
    assert any(str(told.affair).encode() in body for body in bodies)
    for body in bodies:
        assert found_in(body.decode(), told) == []
    for secret in ("林晓梅", "拾味小馆"):
        assert not any(secret in body.decode() for body in bodies)


async def test_the_history_still_tells_its_own_city_everything(town: Town, told: Told) -> None:
    """What the search above does not find is there: the search looks at the right place."""
    history = await town.city.memory.ledger.history(told.affair)
    assert ANSWERS["shop_name"] in repr(history)


async def test_a_name_stands_in_clear_only_where_a_purge_knows_it(town: Town, told: Told) -> None:
    tables = await town.rows(
        "select schemaname, tablename from pg_tables where schemaname in ('ledger', 'projections', 'working')"
    )
    found: set[tuple[str, str]] = set()
    for schema, table in tables:
        for [row] in await town.rows(f"select t::text from {schema}.{table} t"):
            found |= {(f"{schema}.{table}", secret) for secret in found_in(row, told)}
            # Columns of bytes are shown in hex.
            found |= {(f"{schema}.{table}", secret) for secret in told.secrets if secret.encode().hex() in row}
    assert found == {("projections.accounts", NAME)}


async def test_each_look_at_a_case_is_one_line_that_names_whose_it_is(town: Town, told: Told) -> None:
    subject, reader = await town.person(told.citizen), await town.person(told.decide)
    columns = "subject, at, reader, duty, department, area, about, what"
    query = f"select {columns} from reads where subject = $1 order by at"
    before = await town.rows(query, subject)
    await told.decide.get(f"/desk/cases/{told.case}")
    [look] = (await town.rows(query, subject))[len(before) :]
    assert dict(look) == {
        "subject": subject, "at": town.clock.at, "reader": reader, "duty": "services.decide",
        "department": "market_supervision", "area": "410100", "about": told.affair, "what": "case",
    }  # fmt: skip
    await told.decide.get(f"/api/cases/{told.case}")
    assert len(await town.rows(query, subject)) == len(before) + 2


async def test_a_person_who_looks_at_their_own_affair_is_no_reader(town: Town, told: Told) -> None:
    count = "select count(*) from reads where subject = $1"
    subject = await town.person(told.citizen)
    before = await town.rows(count, subject)
    await told.citizen.get(f"/affairs/{told.affair}")
    await told.citizen.get(f"/api/affairs/{told.affair}")
    assert await town.rows(count, subject) == before


async def test_the_work_list_masks_every_name_and_is_no_look(town: Town) -> None:
    citizen = await town.new_citizen(NAME)
    thread = await town.apply(citizen)
    await town.rows("delete from work_items where case_id <> $1 returning case_id", thread.case)
    for caller in (town.accept, await town.sign_in(town.account("shouli"))):
        page, machine = await caller.get("/desk"), await caller.get("/api/desk")
        assert str(thread.case) in page.text
        assert str(thread.case) in machine.text
        assert "鱻**" in page.text
        for answer in (page, machine):
            assert NAME not in answer.text
            assert ANSWERS["shop_name"] not in answer.text
    assert await town.rows("select from reads where about = $1", thread.affair) == []


async def test_the_list_beside_a_case_masks_everybody_else(town: Town) -> None:
    theirs, mine = await town.apply(await town.new_citizen(NAME)), await town.apply(await town.new_citizen("周雨桐"))
    waiting = [theirs.case, mine.case]
    await town.rows("delete from work_items where not case_id = any($1) returning case_id", waiting)
    page = (await town.accept.get(f"/desk/cases/{mine.case}")).text
    assert "周雨桐" in page
    assert str(theirs.case) in page
    assert "鱻**" in page
    assert NAME not in page


async def test_what_a_person_sees_stays_in_no_cache(told: Told) -> None:
    pages = [answer for caller in told.callers for answer in caller.seen if "/static/" not in answer.request.url.path]
    assert {answer.headers["cache-control"] for answer in pages} == {"no-store"}


async def test_a_forgotten_person_is_named_nowhere_and_the_case_still_stands(town: Town, told: Told) -> None:
    subject = await town.person(told.citizen)
    town.city.memory.keys.destroy(subject)
    await town.rows("update accounts set name = null where person = $1 returning person", subject)
    desk = await told.decide.get(f"/desk/cases/{told.case}")
    letters = [await told.citizen.get(f"/letters/{one}") for [one] in await town.rows("select letter from letters where about = $1", told.affair)]  # fmt: skip
    pages = [desk, await told.citizen.get(f"/affairs/{told.affair}"), await told.citizen.get("/"), *letters]
    assert {page.status_code for page in pages} == {200}
    for page in pages:
        assert found_in(page.text, told) == []
    assert "（已按本人要求删除）" in desk.text
    assert any("（这里的内容已经按您的要求忘掉了）" in letter.text for letter in letters)
