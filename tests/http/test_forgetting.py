"""Somebody is told everything and then forgotten: nothing of them is left in any dump, file, export or log."""

import json
import logging
import subprocess
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs
from tests.http.towns import FORM, PHONE, Caller, Thread, Town, hidden, open_town

from onecity.bootstrap.founding import found
from onecity.bootstrap.jobs import jobs_of
from onecity.bootstrap.keepers import forgetting_of
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Acting, Channel, the_city
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Basis, damages, export, key_of, rebuild
from onecity.machinery.jobs import run_once
from onecity.machinery.keystore import Keys, KeyStore
from onecity.machinery.postgres import Cluster, connect
from onecity.people.forgetting import Forgotten
from onecity.people.reads import damages_of_reads

_NAMES: Final = (f"鱻龘{sign}" for sign in "靐齉爨灪麤䨻纛籲鬱驫癵籱蠼钃齾龖龗讟")
ADDRESS: Final = "yl.7391@mail.example.cn"
SHOP: Final = "麤骉驫小馆"
MINE: Final = ANSWERS | {"shop_name": SHOP, "premises_address": "犇羴巷 7391 号"}
DRAFT: Final = "/items/food_business"
QUESTION: Final = "为什么厵瀑？"
CONTENT: Final = b64encode("%PDF-1.7 爩 private plan".encode()).decode()


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A town of this file alone: its dump is searched from end to end."""
    async with open_town(cluster, open_folder / "forgetting", f"forgetting_{uuid4().hex}") as opened:
        yield opened


class Somebody:
    """A person whom nobody else is called like, with everything that a person can leave behind."""

    def __init__(self, caller: Caller, person: UUID, name: str, number: str) -> None:
        self.caller = caller
        self.person = PersonId(person)
        self.name = name
        self.number = number

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.name, self.number, PHONE, SHOP, MINE["premises_address"], QUESTION, "爩")


async def somebody(town: Town) -> Somebody:
    await town.wake()
    name = next(_NAMES)
    number = await town.resident(name)
    caller = await town.sign_in(await town.register(name, number))
    return Somebody(caller, await town.person(caller), name, number)


async def with_affair(town: Town, who: Somebody) -> Thread:
    """An affair, a draft, a file, a look and a question about it."""
    await who.caller.send("/api/materials", {"material": "floor_plan", "content": CONTENT, "purpose": DRAFT})
    thread = await town.apply(who.caller, MINE)
    await who.caller.send("/api/materials", {"material": "drainage_plan", "content": CONTENT})
    await who.caller.post(FORM, MINE)
    read = await town.look(thread)
    await who.caller.post(f"/reads/{read}/ask", {"words": QUESTION})
    return thread


async def forget(town: Town, person: UUID, *, later: timedelta = timedelta(0)) -> Forgotten:
    now = town.clock() + later
    by = Acting(None, Channel.CLI)
    done = await forgetting_of(town.city).forget(PersonId(person), by=by, now=now, today=now.date())
    assert isinstance(done, Forgotten)
    return done


def fate(done: Forgotten, what: str) -> tuple[bool, date | None, str | None]:
    one = next(one for one in done.fates if one.what == what)
    return one.erased, one.until, one.law


def dumped(town: Town, cluster: Cluster, folder: Path) -> bytes:
    """Everything that a backup of the database holds, as text."""
    command = [str(cluster.programs / "pg_dump"), "--dbname", str(town.city.memory.database.owner)]
    return subprocess.run(command, capture_output=True, check=True, cwd=folder).stdout


def found_in(content: bytes, secrets: tuple[str, ...]) -> list[str]:
    """Which secrets stand in some bytes, as they are or as the database writes bytes."""
    return [one for one in secrets if one.encode() in content or one.encode().hex().encode() in content]


def files_of(folder: Path) -> bytes:
    """The bytes of every file of a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def intact(town: Town) -> None:
    """The tree verifies, and every row about people follows from its facts."""
    memory = town.city.memory
    owner, app = await connect(memory.database.owner), await connect(memory.database.app)
    try:
        assert (await damages(app, memory.book))[1] == []
        assert await damages_of_reads(app, memory.book, now=town.clock()) == []
        _, differences = await rebuild(owner, memory.book, memory.projections, replace=False)
        assert differences == []
    finally:
        await owner.close()
        await app.close()


async def ended_long_ago(town: Town, thread: Thread) -> None:
    """The case is decided, and the archive has kept it long enough."""
    for step, outcome in (("acceptance", "accept"), ("decision", "grant")):
        who = town.accept if step == "acceptance" else town.decide
        answer = await who.send(f"/api/cases/{thread.case}/moves", {"step": step, "outcome": outcome, "words": {}})
        assert answer.status_code == 200, answer.text


TEN_YEARS: Final = timedelta(days=3660)


async def test_who_has_no_affair_is_forgotten_at_once_and_is_nowhere_any_more(
    town: Town, cluster: Cluster, open_folder: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(logging.DEBUG), capture_logs() as lines:
        who = await somebody(town)
        await who.caller.post(FORM, MINE)
        await who.caller.send("/api/materials", {"material": "floor_plan", "content": CONTENT, "purpose": DRAFT})
        assert found_in(dumped(town, cluster, open_folder), who.secrets) == [who.name]
        [blob] = await town.rows("select blob from uploads_by_purpose where person = $1", who.person)
        done = await forget(town, who.person)
    assert done.wholly
    assert all(one.erased for one in done.fates if one.what not in ("people.held.looks", "registers.held.rows"))
    assert found_in(dumped(town, cluster, open_folder), who.secrets) == []
    assert not (town.city.memory.blobs / "materials" / blob["blob"][:2] / blob["blob"]).exists()
    assert town.city.memory.keys.cipher(who.person) is None
    assert (await who.caller.get("/account")).status_code == 303
    said = "\n".join([*map(repr, lines), *(one.getMessage() for one in caplog.records if one.name != "httpx")])
    assert found_in(said.encode(), who.secrets) == []
    await intact(town)
    connection = await connect(town.city.memory.database.app)
    try:
        await export(connection, town.city.memory.signer, tmp_path / "export")
    finally:
        await connection.close()
    assert found_in(files_of(tmp_path / "export"), who.secrets) == []
    assert found_in(files_of(town.city.memory.folder.parent), who.secrets) == []


async def test_an_open_case_keeps_what_belongs_to_it_by_law_and_the_rest_goes_at_once(town: Town) -> None:
    who = await somebody(town)
    thread = await with_affair(town, who)
    done = await forget(town, who.person)
    assert not done.wholly
    open_case = (False, None, "《个人信息保护法》第 13 条第 1 款第 3 项")
    for what in ("casework.held.running", "services.held.applications", "services.held.files", "people.held.account"):
        assert fate(done, what) == open_case, what
    for what in ("people.held.phone", "people.held.questions", "services.held.drafts", "services.held.loose_files"):
        assert fate(done, what) == (True, None, None), what
    assert fate(done, "people.held.looks")[::2] == (False, "《个人信息保护法》第 56 条")
    assert SHOP in (await who.caller.get(f"/affairs/{thread.affair}")).text
    assert SHOP not in (await who.caller.get(FORM)).text
    assert town.city.memory.keys.cipher(key_of(who.person, Basis.NOTHING)) is None
    history = repr(await town.city.memory.ledger.history(who.person))
    assert who.name in history
    assert PHONE not in history
    left = await town.rows("select material from uploads_by_purpose where person = $1", who.person)
    assert [row["material"] for row in left] == ["floor_plan"]
    await intact(town)


async def test_an_ended_case_is_kept_for_ten_years_and_then_everything_goes_by_itself(
    town: Town, cluster: Cluster, open_folder: Path
) -> None:
    who = await somebody(town)
    thread = await with_affair(town, who)
    await ended_long_ago(town, thread)
    blobs = await town.rows("select blob from brought where affair = $1", thread.affair)
    done = await forget(town, who.person)
    ended = (False, town.clock().date().replace(year=2030), "《国家档案局令第 8 号》第 6、8 条")
    assert fate(done, "casework.held.ended") == ended
    assert fate(done, "people.held.account") == ended
    assert fate(done, "notices.held.letters") == ended
    jobs = [job for job in jobs_of(town.city) if job.name == "people.forget"]
    assert await run_once(jobs, town.clock() + TEN_YEARS - timedelta(days=20)) == {"people.forget": 0}
    assert (await run_once(jobs, town.clock() + TEN_YEARS))["people.forget"] >= 1
    assert found_in(dumped(town, cluster, open_folder), (who.number, SHOP)) == []
    [row] = await town.rows("select name from accounts where person = $1", who.person)
    assert row["name"] is None
    for blob in blobs:
        assert not (town.city.memory.blobs / "materials" / blob["blob"][:2] / blob["blob"]).exists()
    kinds = [one.fact for one in await town.city.memory.ledger.history(who.person)]
    assert [type(one).__name__ for one in kinds][-2:] == ["ForgettingAsked", "PersonForgotten"]
    assert "（已按本人要求删除）" in (await town.accept.get(f"/desk/cases/{thread.case}")).text
    await intact(town)


async def test_a_licence_in_force_keeps_its_holder_until_it_runs_out_but_not_its_papers(
    town: Town, tmp_path: Path
) -> None:
    who = await somebody(town)
    given = await town.issue(who.caller, name=who.name, values=MINE)
    assert (await who.caller.get(f"/wallet/{given.licence}/paper")).status_code == 200
    [paper] = await town.rows("select blob from licence_papers where licence = $1", given.licence)
    done = await forget(town, who.person)
    [row] = await town.rows("select issued from licences where licence = $1", given.licence)
    kept = (False, row["issued"].replace(year=row["issued"].year + 5), "《个人信息保护法》第 13 条第 1 款第 3 项")
    assert not done.wholly
    assert fate(done, "licences.held.lasting") == fate(done, "people.held.account") == kept
    assert fate(done, "licences.held.papers") == (True, None, None)
    papers = town.city.memory.blobs / "papers"
    assert not (papers / paper["blob"][:2] / paper["blob"]).exists()
    assert await town.rows("select from licence_papers where licence = $1", given.licence) == []
    assert who.name in (await who.caller.get(f"/wallet/{given.licence}")).text
    assert kept[1] is not None
    over = town.clock() + (kept[1] - town.clock().date())
    jobs = [job for job in jobs_of(town.city) if job.name == "people.forget"]
    await run_once(jobs, over - timedelta(days=2))
    assert who.name in repr(await town.city.memory.ledger.history(given.licence))
    await run_once(jobs, over + timedelta(days=1))
    assert who.name not in repr(await town.city.memory.ledger.history(given.licence))
    await intact(town)


async def test_a_licence_without_an_end_keeps_its_holder_until_they_cancel_it(town: Town) -> None:
    who = await somebody(town)
    given = await town.issue(who.caller, kind="shop_sign_receipt", name=who.name, values=MINE)
    done = await forget(town, who.person)
    assert fate(done, "people.held.account") == (False, None, "《个人信息保护法》第 13 条第 1 款第 3 项")
    page = await who.caller.get(f"/wallet/{given.licence}/cancel")
    gone = await who.caller.post(f"/wallet/{given.licence}/cancel", {"key": hidden(page, "key"), "sure": "yes"})
    assert gone.status_code == 303
    done = await forget(town, who.person)
    assert done.wholly
    assert fate(done, "licences.held.over") == (True, None, None)
    await intact(town)


async def test_where_messages_go_is_kept_by_nothing(town: Town, cluster: Cluster, open_folder: Path) -> None:
    who = await somebody(town)
    await town.apply(who.caller, MINE)
    page = await who.caller.get("/account/post")
    wish = {"key": hidden(page, "key"), "channel": "email", "email": ADDRESS, "tells": "no"}
    assert (await who.caller.post("/account/post", wish)).status_code == 303
    assert ADDRESS in json.dumps(await exported(who.caller))
    done = await forget(town, who.person)
    assert fate(done, "notices.held.address") == (True, None, None)
    assert ADDRESS not in json.dumps(await exported(who.caller))
    assert found_in(dumped(town, cluster, open_folder), (ADDRESS,)) == []
    assert (await who.caller.get("/account/post")).status_code == 200


async def test_forgetting_twice_says_the_same_and_writes_nothing_more(town: Town) -> None:
    who = await somebody(town)
    first = await forget(town, who.person)
    before = await town.written()
    second = await forget(town, who.person)
    assert first.wholly and second.wholly
    assert await town.written() == before
    assert all(one.what in ("people.held.looks", "notices.held.letters") for one in second.fates)


async def test_nobody_is_forgotten_who_is_not_there(town: Town) -> None:
    by = Acting(None, Channel.CLI)
    done = await forgetting_of(town.city).forget(PersonId(uuid4()), by=by, now=town.clock(), today=town.clock().date())
    assert isinstance(done, Refused)


async def test_an_officer_in_a_duty_stays_and_one_without_goes(town: Town) -> None:
    await town.wake()
    serving, gone = await town.person(town.accept), await town.person(await town.sign_in(await town.new_officer()))
    assert fate(await forget(town, serving), "people.held.duties")[::2] == (
        False,
        "《个人信息保护法》第 13 条第 1 款第 2 项",
    )
    assert (await forget(town, gone)).wholly


async def test_mandates_and_consents_of_somebody_forgotten_end(town: Town) -> None:
    who, agent = await somebody(town), await town.new_citizen("马腾飞")
    mandate = await town.mandate(who.caller, agent)
    other = await town.mandate(agent, who.caller)
    consent = await town.consent(who.caller)
    await agent.post(f"/mandates/{mandate}/act", {})
    await forget(town, who.person)
    assert (await agent.get("/affairs")).status_code == 403
    ended = await town.rows("select ended from mandates where mandate = any($1)", [mandate, other])
    ended += await town.rows("select ended from consents where consent = $1", consent)
    assert all(row["ended"] is not None for row in ended)
    page = (await agent.get("/mandates")).text
    assert who.name not in page
    await intact(town)


async def test_who_comes_back_after_being_forgotten_is_somebody_new(town: Town) -> None:
    who = await somebody(town)
    await forget(town, who.person)
    again = await town.sign_in(await town.register(who.name, who.number))
    assert await town.person(again) != who.person
    assert (await again.get("/api/affairs")).json()["affairs"] == []
    await forget(town, await town.person(again))


async def test_the_demo_city_finds_another_citizen_when_its_own_is_forgotten(town: Town) -> None:
    await town.wake()
    before = await town.person(town.citizen)
    assert (await forget(town, before)).wholly
    await found(town.city, town.accounts, at=town.clock())
    town.citizen = await town.sign_in(town.accounts.accounts[0])
    assert await town.person(town.citizen) != before
    await found(town.city, town.accounts, at=town.clock())
    assert await town.sign_in(town.accounts.accounts[0])


async def test_a_restored_backup_of_database_and_keys_is_forgotten_again_before_anybody_enters(town: Town) -> None:
    who = await somebody(town)
    memory = town.city.memory
    keys = memory.keys
    assert isinstance(keys, KeyStore)
    wrapped = keys._db.execute("select wrapped from person_keys where subject = ?", (who.person.bytes,)).fetchone()[0]
    rows = {
        table: await town.rows(f"select * from {table} where person = $1", who.person)
        for table in ("credentials", "numbers")
    }
    await forget(town, who.person)
    # The backup comes back: the key, the name in clear, the login.
    keys._db.execute("insert into person_keys values (?, ?)", (who.person.bytes, wrapped))
    await town.rows("update accounts set name = $2 where person = $1 returning person", who.person, who.name)
    for table, [row] in rows.items():
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await town.rows(f"insert into {table} values ({places}) returning person", *row)
    assert who.name in repr(await memory.ledger.history(who.person))
    assert memory.deletions.apply(keys) >= 1
    assert await forgetting_of(town.city).again() == 1
    assert await forgetting_of(town.city).again() == 0
    assert who.name not in repr(await memory.ledger.history(who.person))
    assert await town.rows("select from accounts where person = $1 and name is not null", who.person) == []
    assert await town.rows("select from credentials where person = $1", who.person) == []
    await intact(town)


async def test_whoever_was_forgotten_stays_forgotten_though_the_list_of_destroyed_keys_was_lost(town: Town) -> None:
    who = await somebody(town)
    memory = town.city.memory
    keys = memory.keys
    assert isinstance(keys, KeyStore)
    names = [key_of(who.person, basis) for basis in Basis]
    wrapped = {
        name: row[0] for name in names
        if (row := keys._db.execute("select wrapped from person_keys where subject = ?", (name.bytes,)).fetchone())
    }  # fmt: skip
    assert wrapped
    await forget(town, who.person)
    # The key store of yesterday comes back, and the list that would have told is gone.
    (memory.folder.parent / "keys-deleted").rename(memory.folder.parent / "lost")
    for name, key in wrapped.items():
        keys._db.execute("insert into person_keys values (?, ?)", (name.bytes, key))
    assert memory.deletions.apply(keys) == 0
    assert who.name in repr(await memory.ledger.history(who.person))
    await forgetting_of(town.city).again()
    assert who.name not in repr(await memory.ledger.history(who.person))
    assert {one.name for one in memory.deletions.lines()} >= set(wrapped)
    (memory.folder.parent / "lost").rename(memory.folder.parent / "keys-deleted")
    await intact(town)


async def test_whom_another_machine_forgot_is_forgotten_here_although_the_database_went_back(town: Town) -> None:
    who = await somebody(town)
    memory = town.city.memory
    await forget(town, who.person)
    # Of the machine that did it this one has no list; its database is of the day before, and the name is back.
    listed = memory.folder.parent / "keys-deleted"
    listed.rename(listed.with_name("elsewhere"))
    [[done]] = await town.rows("select done from forgettings where person = $1", who.person)
    await town.rows("update forgettings set done = null where person = $1 returning person", who.person)
    await town.rows("update accounts set name = $2 where person = $1 returning person", who.person, who.name)
    assert await forgetting_of(town.city).again() == 0
    hosts = KeysOnHosts(memory.keys, {who.person})
    assert await forgetting_of(replace(town.city, memory=replace(memory, keys=hosts))).again() == 1
    assert await town.rows("select from accounts where person = $1 and name is not null", who.person) == []
    await town.rows("update forgettings set done = $2 where person = $1 returning person", who.person, done)
    listed.with_name("elsewhere").rename(listed)
    await intact(town)


class KeysOnHosts:
    """The keys of the town, as hosts keep them: they know whose keys other machines destroyed."""

    def __init__(self, keys: Keys, gone: set[UUID]) -> None:
        self._keys = keys
        self._gone = gone

    def destroyed(self) -> set[UUID]:
        return self._gone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)


async def exported(caller: Caller) -> dict[str, Any]:
    answer = await caller.get("/account/export")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    taken: dict[str, Any] = json.loads(answer.content)
    return taken


async def test_everything_that_the_city_holds_can_be_taken_away(town: Town) -> None:
    who = await somebody(town)
    thread = await with_affair(town, who)
    plan = await town.rows(
        "select blob from uploads_by_purpose where person = $1 and material = 'floor_plan'", who.person
    )
    chosen, pledges = [plan[0]["blob"], "0" * 64], {"food_business": "a" * 64, "shop_sign_filing": ""}
    await town.city.counter.drafts.keep(
        who.person, DRAFT, MINE, known=["applicant_name"], uses=chosen, pledges=pledges, now=town.clock()
    )
    mine = await exported(who.caller)
    assert set(mine["parts"]) == {
        "people",
        "registers",
        "notices",
        "payments",
        "casework",
        "licences",
        "services",
        "governance",
    }
    text = json.dumps(mine, ensure_ascii=False)
    for part in (who.name, who.number, SHOP, QUESTION, str(thread.affair), thread.number, PHONE):
        assert part in text, part
    assert mine["parts"]["services"]["drafts"] == {
        DRAFT: {
            "typed": MINE,
            "known": ["applicant_name"],
            "uses": [{"material": None, "blob": chosen[1]}, {"material": "floor_plan", "blob": chosen[0]}],
            "pledges": {"food_business": "a" * 64, "shop_sign_filing": None},
        }
    }
    assert [one["material"] for one in mine["parts"]["services"]["files"]] == ["drainage_plan", "floor_plan"]
    assert mine["parts"]["registers"]["rows"][0]["name"] == who.name
    assert [one["what"] for one in mine["parts"]["people"]["looks"]] == ["case"]
    kept = {one["what"]: one for one in mine["holdings"]}
    assert kept["casework.held.running"]["law"] == "《个人信息保护法》第 13 条第 1 款第 3 项"
    machine = (await who.caller.get("/api/account/export")).json()
    assert machine["parts"]["casework"] == mine["parts"]["casework"]


async def test_an_export_is_of_oneself_only_whoever_one_acts_for(town: Town) -> None:
    who, agent = await somebody(town), await town.new_citizen("马腾飞")
    await agent.post(f"/mandates/{await town.mandate(who.caller, agent)}/act", {})
    text = json.dumps(await exported(agent), ensure_ascii=False)
    assert "马腾飞" in text
    assert who.name not in text


async def test_an_engineer_who_exports_is_seen(town: Town) -> None:
    who = await somebody(town)
    await town.city.counter.reads.note_engineer(who.person, "export", now=town.clock())
    page = (await who.caller.get("/reads")).text
    for part in ("运维人员", "在机器上，用命令看的", "导出本人的全部信息"):
        assert part in page
    assert "问一问" not in page
    await town.city.counter.reads.enter(town.city.memory.ledger, by=the_city(), now=town.clock())
    await intact(town)
