"""Somebody owns the database and writes what they like: nobody is told that a licence is valid which is not."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.http.towns import AGENCY, AREA, Given, Town, identified, open_town

from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Decision, proven, rebuild
from onecity.licences import Changed, Deed, Do, LicenceUsed, Reliance, cancel, oversee, use
from onecity.licences.publishing import ALARMS
from onecity.machinery.postgres import Cluster, connect

_NUMBERS: Final = count()
FORGED: Final = "伪造的名字"


@asynccontextmanager
async def a_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    number = f"{os.getpid()}_{next(_NUMBERS)}"
    async with open_town(cluster, open_folder / f"broken_{number}", f"broken_{number}") as found:
        yield found


@pytest.fixture
async def broken(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A city of its own for a test that breaks its tree: afterwards nothing in it is valid any more."""
    async with a_town(cluster, open_folder) as found:
        monkeypatch.setattr("onecity.bootstrap.city.now", found.clock)
        yield found


@pytest.fixture(scope="module")
async def one_town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    async with a_town(cluster, open_folder) as found:
        yield found


@pytest.fixture
async def dented(one_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A city in which each test spoils only what it made itself."""
    monkeypatch.setattr("onecity.bootstrap.city.now", one_town.clock)
    await one_town.wake()
    return one_town


async def sql(town: Town, statement: str, *values: object) -> list[asyncpg.Record]:
    """Any statement, as the owner of the database."""
    owner = await connect(town.city.memory.database.owner)
    try:
        return list(await owner.fetch(statement, *values))
    finally:
        await owner.close()


async def checked(town: Town, given: Given) -> Any:
    """What everybody is told, on the page and by the interface; the two never differ."""
    machine = (await town.caller().get(f"/api/verify/{given.identifier}")).json()
    page = (await town.caller().get(f"/verify/{given.identifier}")).text
    assert machine["sentence"] in page
    assert FORGED not in page + str(machine)
    return machine["verdict"]


async def revoke(town: Town, given: Given) -> None:
    """Two officers end a licence."""
    licences = town.city.cabinet.licences
    for deed in (Deed.REVOKE, Deed.CONFIRM):
        by = Acting(PersonId(uuid4()), Channel.API, "licences.revoke", Scope(AGENCY, AREA))
        command = Do(deed, {"facts": "x", "rule": "y"})
        done = await oversee(given.licence, command, licences=licences, key=uuid4(), by=by, now=town.clock())
        assert isinstance(done, Changed)


async def rely_on(town: Town, given: Given) -> None:
    """An honest command adds a fact to whatever history the database shows."""
    licences, holder = town.city.cabinet.licences, PersonId(await town.person(town.citizen))
    consent, case = Acting(holder, Channel.API), uuid4()
    change = await use(
        given.licence, [Reliance("fire_rescue", case, "x")], licences=licences, consent=consent,
        day=town.clock().date(),
    )  # fmt: skip
    assert not isinstance(change, Refused)
    used = LicenceUsed("fire_rescue", case, "x", holder)

    async def decide() -> Decision:
        return Decision(change, used)

    await licences.ledger.record(uuid4(), decide, LicenceUsed, by=consent, now=town.clock())


async def forget_revocation(town: Town, given: Given, *, sealed: bool = True) -> None:
    """Take the end of a licence out of the database, with the proposal, and its seals if there are any."""
    await sql(town, "delete from ledger.facts where stream = $1 and version > 1", given.licence)
    if sealed:
        await sql(town, "delete from ledger.sealed where stream = $1 and version > 1", given.licence)
    await sql(town, "delete from ledger.answers")


def alarms(what: str) -> float:
    return float(ALARMS.labels(what)._value.get())


BETTER: Final = "a line would have become better"
GONE: Final = "a sealed fact is missing"


async def test_a_revocation_that_was_deleted_after_the_list_never_comes_back_to_valid(broken: Town) -> None:
    given = await broken.issue(broken.citizen)
    await broken.publish()
    assert await checked(broken, given) == "valid"
    await revoke(broken, given)
    await broken.publish()
    assert await checked(broken, given) == "revoked"
    await forget_revocation(broken, given)
    before = alarms(BETTER)
    for _ in range(3):
        assert await checked(broken, given) == "being_checked"
        await broken.city.renewal.run(broken.clock())
    assert alarms(BETTER) == before + 3
    line = broken.city.cabinet.lists.listed(identified(given.identifier))
    assert line is not None
    assert line.line is not None
    assert line.line.state == "07"


async def test_a_revocation_that_was_deleted_before_the_list_knew_it_stops_the_list(broken: Town) -> None:
    given = await broken.issue(broken.citizen)
    await broken.publish()
    await revoke(broken, given)
    await broken.seal()
    await forget_revocation(broken, given)
    before = alarms(GONE)
    assert await checked(broken, given) == "being_checked"
    assert await broken.city.renewal.run(broken.clock()) == 0
    assert alarms(GONE) == before + 1
    with broken.clock.later(timedelta(minutes=6)):
        assert await checked(broken, given) == "being_checked"


async def test_honest_facts_after_a_deleted_revocation_do_not_wash_it_away(broken: Town) -> None:
    """What the city appends to a history that was cut makes it as long as before, and still not the same."""
    given = await broken.issue(broken.citizen)
    await broken.publish()
    await revoke(broken, given)
    await broken.publish()
    await forget_revocation(broken, given)
    for _ in range(4):
        await rely_on(broken, given)
        await broken.publish()
        assert await checked(broken, given) == "being_checked"
    async with broken.city.memory.pool.acquire() as connection:
        history = (await proven(connection, broken.city.memory.book, [given.licence]))[given.licence]
    assert history.sound, "the history alone looks whole"
    line = broken.city.cabinet.lists.listed(identified(given.identifier))
    assert line is not None
    assert line.line is not None
    assert line.line.state == "07"


async def test_the_list_of_another_day_is_put_back_and_does_not_help(broken: Town) -> None:
    given = await broken.issue(broken.citizen)
    await broken.publish()
    path = broken.city.memory.status / identified(given.identifier).hashed[:2]
    old = path.read_bytes()
    await revoke(broken, given)
    await broken.publish()
    await forget_revocation(broken, given)
    path.write_bytes(old)
    assert await checked(broken, given) == "being_checked", "positions since that list are missing"
    with broken.clock.later(timedelta(minutes=6)):
        assert await checked(broken, given) == "being_checked"


@pytest.mark.parametrize("how", ["changed", "unsigned", "gone", "another"])
async def test_a_list_that_is_not_signed_makes_nobody_valid(dented: Town, how: str) -> None:
    given = await dented.issue(dented.citizen)
    await revoke(dented, given)
    await dented.publish()
    name = identified(given.identifier).hashed[:2]
    path = dented.city.memory.status / name
    text = path.read_text("utf-8")
    match how:
        case "changed":
            path.write_text(text.replace('"state":"07"', '"state":"01"'), "utf-8")
        case "unsigned":
            path.write_text(text.rpartition("\n\n")[0] + "\n", "utf-8")
        case "gone":
            path.unlink()
        case _:
            other = next(one for one in dented.city.memory.status.iterdir() if one.name != name)
            path.write_bytes(other.read_bytes())
    assert await checked(dented, given) == "being_checked"
    await dented.city.renewal.run(dented.clock())
    assert await checked(dented, given) == "revoked", "all facts are still there, so the list is made anew from them"


async def test_a_forged_row_of_the_index_is_never_repeated(dented: Town) -> None:
    """The index is pointed at other people, other types, other licences; the page says what the facts say, or nothing."""
    given, other = await dented.issue(dented.citizen), await dented.issue(dented.other)
    await revoke(dented, other)
    await dented.publish()
    for column, value in (("type", FORGED), ("agency", FORGED), ("area", FORGED), ("holder", uuid4())):
        await sql(dented, f"update projections.licences set {column} = $2 where licence = $1", given.licence, value)
        assert await checked(dented, given) == "valid"
    stems = [identified(one.identifier).stem for one in (given, other)]
    await sql(dented, "delete from projections.licences where licence = any($1)", [given.licence, other.licence])
    assert await checked(dented, given) == "being_checked", "the list knows that there is one"
    for licence, stem in ((given.licence, stems[1]), (other.licence, stems[0])):
        await sql(
            dented, "insert into projections.licences values ($1, $2, 'food_business_licence', $3, $4, $5, now())",
            licence, uuid4(), AGENCY, AREA, stem,
        )  # fmt: skip
    assert await checked(dented, given) == "being_checked"
    assert await checked(dented, other) == "being_checked", "the valid one answers for nobody else"


async def test_a_row_that_somebody_invented_is_unknown_facts(dented: Town) -> None:
    await dented.publish()
    invented = "1.2.156.3005.2.11100000000013338W902.410100.20200923DJ4BTU8RR3QA.001.Q"
    await sql(
        dented, "insert into projections.licences values ($1, $2, 'food_business_licence', $3, $4, $5, now())",
        uuid4(), uuid4(), AGENCY, AREA, identified(invented).stem,
    )  # fmt: skip
    assert await checked(dented, Given(UUID(int=0), invented)) == "being_checked"


FORGERIES: Final = {
    "a fact put in by SQL": "insert into ledger.facts (stream, version, kind, body, mac) select stream, 2, 'licences.resumed/1', body, mac from ledger.facts where stream = $1",
    "the name changed": "update ledger.facts set body = convert_to(replace(convert_from(body, 'utf8'), 'food_business', 'x'), 'utf8') where stream = $1",
    "one bit of the code": "update ledger.facts set mac = set_byte(mac, 3, get_byte(mac, 3) # 1) where stream = $1",
    "the fact deleted": "delete from ledger.facts where stream = $1",
    "the leaf changed": "update ledger.sealed set leaf = sha256(leaf) where stream = $1",
}  # fmt: skip


@pytest.mark.parametrize("statement", FORGERIES.values(), ids=FORGERIES)
async def test_a_history_that_somebody_touched_is_being_checked(dented: Town, statement: str) -> None:
    given = await dented.issue(dented.citizen)
    await dented.publish()
    await sql(dented, statement, given.licence)
    assert await checked(dented, given) == "being_checked"
    await dented.city.renewal.run(dented.clock())
    assert await checked(dented, given) == "being_checked"


async def test_a_fact_of_somebody_else_cannot_end_or_mend_a_licence(dented: Town) -> None:
    """A real fact with its real code, copied from another history, does not fit here."""
    given, other = await dented.issue(dented.citizen), await dented.issue(dented.citizen)
    holder = Acting(PersonId(await dented.person(dented.citizen)), Channel.API)
    licences = dented.city.cabinet.licences
    done = await cancel(other.licence, licences=licences, key=uuid4(), by=holder, now=dented.clock())
    assert isinstance(done, Changed)
    await dented.publish()
    await sql(
        dented,
        "insert into ledger.facts (stream, version, kind, body, mac) select $1, version, kind, body, mac"
        " from ledger.facts where stream = $2 and version = 2",
        given.licence, other.licence,
    )  # fmt: skip
    assert await checked(dented, given) == "being_checked"
    assert await checked(dented, other) == "cancelled"


async def test_a_ledger_that_became_shorter_is_told_and_the_list_stays(dented: Town) -> None:
    given = await dented.issue(dented.citizen)
    await dented.publish()
    signer, folder = dented.city.memory.signer, dented.city.memory.folder
    point = signer.published(folder)
    assert point is not None
    shorter = type(point)(point.origin, point.size - 1, point.root)
    (folder / "checkpoint").write_text(signer.signed(shorter), "utf-8")
    before = alarms("the ledger is shorter than the list")
    assert await dented.city.renewal.run(dented.clock()) == 0
    assert alarms("the ledger is shorter than the list") == before + 1
    assert await checked(dented, given) == "valid", "the list that was published before still holds"
    (folder / "checkpoint").write_text(signer.signed(point), "utf-8")


async def test_the_fold_of_all_facts_finds_every_forged_row(broken: Town) -> None:
    given = await broken.issue(broken.citizen)
    by = Acting(PersonId(uuid4()), Channel.API, "licences.revoke", Scope(AGENCY, AREA))
    command = Do(Deed.REVOKE, {"facts": "x", "rule": "y"})
    await oversee(given.licence, command, licences=broken.city.cabinet.licences, key=uuid4(), by=by, now=broken.clock())
    memory = broken.city.memory

    async def differing() -> set[tuple[str, str]]:
        owner = await connect(memory.database.owner)
        try:
            _, found = await rebuild(owner, memory.book, memory.projections, replace=False)
        finally:
            await owner.close()
        return {(one.table, one.how) for one in found}

    assert await differing() == set()
    await sql(broken, "update projections.licences set holder = gen_random_uuid() where licence = $1", given.licence)
    await sql(broken, "delete from projections.licence_proposals")
    assert await differing() == {("licences", "extra"), ("licences", "missing"), ("licence_proposals", "missing")}
