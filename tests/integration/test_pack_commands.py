"""`onecity pack apply` and `onecity pack versions`: what they answer, and when they say no."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from tests.packs_in_time import TWELVE_DAYS, Edit, pack_folder, pack_of, replacing, tea
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.bootstrap.database import Database
from onecity.bootstrap.memory import Memory, open_memory
from onecity.bootstrap.rooms import SCHEMAS
from onecity.cli.exits import Exit
from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.ids import PersonId
from onecity.machinery.postgres import Address, connect, migrate, read_migrations
from onecity.packs import Declared, Kind, Pack, Text
from onecity.places import CITY
from onecity.services.amending import Amendments, undone
from onecity.services.amending.composing import as_composed
from onecity.services.amending.rules import AMEND, PUBLISH, as_it_is
from onecity.services.amending.usecases import Decided, Handed
from onecity.services.checking import ITEM
from onecity.services.life_events import LIFE_EVENT

FOUNDED = datetime(2020, 9, 22, 4, tzinfo=UTC)


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[Memory]:
    """A city that was started with the shipped pack and is not running."""
    admin = await connect(owner)
    await migrate(admin, read_migrations(SCHEMAS))
    await admin.close()
    pack = shipped()
    origin = pack.one(CITY).ledger_origin
    async with open_memory(Database(owner, app, None), tmp_path / "city", origin) as memory:
        await memory.declarations.start(pack, origin, ledger=memory.ledger, by=the_city(), now=FOUNDED)
        yield memory


async def command(city: Memory, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the command line on this city."""
    where = ("--data", str(city.folder.parent), "--database", city.database.owner)
    line = [sys.executable, "-m", "onecity", *words, *where]
    return await asyncio.to_thread(subprocess.run, line, capture_output=True, text=True, check=False)


async def test_the_command_applies_at_an_instant_of_the_citys_zone(city: Memory, tmp_path: Path) -> None:
    folder = pack_folder(tmp_path, tea)
    done = await command(city, "pack", "apply", str(folder), "--at", "2100-01-01T00:00")
    version = pack_of(folder).version
    assert (done.returncode, done.stdout) == (Exit.DONE, f"{version} from 2100-01-01 00:00:00+08:00\n")
    told = await command(city, "pack", "versions")
    [now, then] = told.stdout.splitlines()
    assert now.startswith("* ")
    assert shipped().version in now
    assert then.startswith(f"  2100-01-01 00:00:00+08:00  {version}  ")
    assert f"{pack_of(folder).counts()['item']} item," in then


async def test_the_command_tells_what_begins_later_and_again_the_same_changes_nothing(
    city: Memory, tmp_path: Path
) -> None:
    now, later = (str(pack_folder(tmp_path, *edits)) for edits in ((tea,), (tea, TWELVE_DAYS)))
    await command(city, "pack", "apply", later, "--at", "2100-01-01")
    for _ in range(2):
        done = await command(city, "pack", "apply", now, "--json")
        assert done.returncode == Exit.DONE
        assert msgspec.json.decode(done.stdout)["version"] == pack_of(Path(now)).version
        assert done.stderr.startswith("Until 2100-01-01 00:00:00+08:00: then ")
    assert len(msgspec.json.decode((await command(city, "pack", "versions", "--json")).stdout)) == 3


async def test_a_folder_that_would_undo_an_amendment_is_refused_unless_that_is_meant(
    city: Memory, tmp_path: Path
) -> None:
    pack, now = shipped(), FOUNDED + timedelta(days=1)
    there, item = pack.one(CITY), pack.all(ITEM)["food_business"].value
    amendments = Amendments(city.ledger, city.declarations, pack, KINDS, there.ledger_origin, there.clock_zone())
    typed = msgspec.structs.replace(as_it_is(item), also=(*item.also, "卖早点"))
    scope = Scope(item.agency, there.area)
    writer, publisher = (Acting(PersonId(uuid4()), Channel.PHONE, duty, scope) for duty in (AMEND, PUBLISH))
    handed = await amendments.propose("food_business", typed, "早点也问这一项", by=writer, key=uuid4(), now=now)
    assert isinstance(handed, Handed)
    done = await amendments.publish(handed.amendment, now.date(), by=publisher, key=uuid4(), now=now)
    assert isinstance(done, Decided)
    folder = str(pack_folder(tmp_path, tea))
    before = await city.declarations.versions()
    refused = await command(city, "pack", "apply", folder)
    assert (refused.returncode, "food_business" in refused.stderr) == (Exit.REFUSED, True)
    assert await city.declarations.versions() == before
    meant = await command(city, "pack", "apply", folder, "--over-amendments", "--json")
    assert (meant.returncode, msgspec.json.decode(meant.stdout)["undone"]) == (Exit.DONE, ["food_business"])


async def test_a_folder_with_only_the_last_of_two_amendments_is_refused(city: Memory, tmp_path: Path) -> None:
    there, now = shipped().one(CITY), FOUNDED + timedelta(days=1)
    writer, publisher = (
        Acting(PersonId(uuid4()), Channel.PHONE, duty, Scope("market_supervision", there.area))
        for duty in (AMEND, PUBLISH)
    )
    pack, words = shipped(), Text("新的话", "New words")
    changes: tuple[tuple[Kind[Any], str, dict[str, Any]], ...] = (
        (ITEM, "food_business", {"plain": words}),
        (ITEM, "food_business", {"also": ("卖早点",)}),
        (LIFE_EVENT, "open_restaurant", {"plain": words}),
        (LIFE_EVENT, "open_restaurant", {"also": ("卖早点",)}),
    )
    for kind, name, parts in changes:
        amendments = Amendments(city.ledger, city.declarations, pack, KINDS, there.ledger_origin, there.clock_zone())
        base = pack.all(kind)[name].value
        typed: Any = msgspec.structs.replace(as_it_is(base) if kind is ITEM else as_composed(base), **parts)
        propose = amendments.propose if kind is ITEM else amendments.amend_event
        handed = await propose(name, typed, "because", by=writer, key=uuid4(), now=now)
        assert isinstance(handed, Handed), handed
        done = await amendments.publish(handed.amendment, now.date(), by=publisher, key=uuid4(), now=now)
        assert isinstance(done, Decided), done
        held = (await city.declarations.versions())[-1]
        now, pack = now + timedelta(minutes=1), await city.declarations.whole(held.version, KINDS)

    def reads(kind: Kind[Any], name: str, **parts: Any) -> Pack:
        """The pack that holds, with one declaration of the shipped one in which only some parts are amended."""
        value = msgspec.structs.replace(shipped().all(kind)[name].value, **parts)
        return Pack(
            {**pack.declared, kind.name: {**pack.declared[kind.name], name: Declared(kind.name, name, value, {})}}
        )

    assert await undone(city.ledger, city.declarations, pack) == []
    for kind, name, _ in changes[::2]:
        for parts in ({"plain": words}, {"also": ("卖早点",)}):
            assert await undone(city.ledger, city.declarations, reads(kind, name, **parts)) == [name]
    assert await undone(city.ledger, city.declarations, shipped()) == ["food_business", "open_restaurant"]


@pytest.mark.parametrize(
    ("edits", "at", "code", "sentence"),
    [
        ((tea,), "2020-01-01", Exit.REFUSED, "2020-01-01T00:00:00+08:00 has passed."),
        ((tea,), "tomorrow", Exit.USAGE, "tomorrow is no instant. Write it like 2027-01-01T00:00."),
        ((replacing("pack.yaml", "ledger.zhengzhou", "ledger.other"),), "2100-01-01", Exit.REFUSED, "another city"),
        ((replacing("pack.yaml", "Asia/Shanghai", "Asia/Nowhere"),), "2100-01-01", Exit.PACK_FAULT, "pack.yaml:4:7: "),
    ],
)
async def test_the_command_says_no_in_a_sentence(
    city: Memory, tmp_path: Path, edits: tuple[Edit, ...], at: str, code: Exit, sentence: str
) -> None:
    done = await command(city, "pack", "apply", str(pack_folder(tmp_path, *edits)), "--at", at)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert len(await city.declarations.versions()) == 1


async def test_a_database_without_a_city_is_told(owner: Address, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "onecity", "pack", "versions", "--database", owner, "--data", str(tmp_path)]
    done = await asyncio.to_thread(subprocess.run, line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (Exit.OUTSIDE, "")
    assert done.stderr == "There is no city in this database yet. Start one with `onecity run`.\n"
