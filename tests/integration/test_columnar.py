"""The ledger in columns: it says what the facts say, goes on where it ended, and whatever is changed in it is named."""

import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.ledgers import NOON, ORIGIN, TYPES, Added, Box, House, Opened, house
from tests.rings import Ring

from onecity.kernel.errors import CityError
from onecity.ledger import Checkpoint, CheckpointKey, Columns, ColumnType, Recorded, Sheet, columnar
from onecity.ledger.columnar import exporting, parts
from onecity.ledger.columns import Value
from onecity.machinery.postgres import Address, connect

ZONE: Final = ZoneInfo("Asia/Shanghai")
NAME: Final = "林晓梅"
OCTOBER: Final = NOON + timedelta(days=20)


def _told(recorded: Recorded, _zone: ZoneInfo) -> Mapping[str, Value]:
    match recorded.fact:
        case Added(amount=amount):
            return {"amount": amount}
        case Opened(name=name):
            return {"name_of_owner": name}
    raise AssertionError


def sheet_in(zone: ZoneInfo) -> Sheet:
    # A package that wants a personal field in clear gets nothing: the facts are read without a key.
    types = {"amount": ColumnType.WHOLE, "name_of_owner": ColumnType.TEXT}
    return Sheet(TYPES, (Columns(types, (Added, Opened), _told),), zone)


SHEET: Final = sheet_in(ZONE)


@pytest.fixture
async def city(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    async with house(owner, app, tmp_path) as found:
        await boxes(found, NOON, 6)
        await boxes(found, OCTOBER, 4)
        yield found


async def boxes(city: House, at: datetime, number: int) -> None:
    for amount in range(number):
        assert isinstance(await city.open(uuid4(), NAME, (amount, amount + 1), now=at), Box)
    await city.sealer.seal()


async def exported(city: House, folder: Path) -> columnar.Manifest:
    connection = await connect(city.app)
    try:
        published = city.signer.published(city.folder / "ledger")
        return await columnar.export_columns(connection, city.signer, SHEET, folder, now=OCTOBER, published=published)
    finally:
        await connection.close()


async def archived(city: House, folder: Path, month: str) -> columnar.Archived:
    connection, published = await connect(city.app), city.signer.published(city.folder / "ledger")
    assert published is not None
    try:
        return await columnar.archive_month(
            connection, city.signer, SHEET, folder, month, now=OCTOBER, published=published
        )
    finally:
        await connection.close()


def damages(folder: Path, city: House) -> list[str]:
    key = columnar.key_of(folder)
    assert key.origin == city.signer.origin
    found = columnar.check(folder, city.signer.verifier(), sheet_in).damages
    return [one.what if one.position is None else f"{one.position}: {one.what}" for one in found]


def rows(folder: Path) -> list[dict[str, Any]]:
    found = [row for path in folder.glob("facts/*/*.parquet") for row in parquet.read_table(path).to_pylist()]
    return sorted(found, key=lambda row: int(row["position"]))


async def test_an_export_says_what_the_facts_say_by_month_and_verifies(city: House, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    manifest = await exported(city, folder)
    assert [part.path for part in manifest.parts] == [
        "facts/2020-09/000000000000.parquet",
        "facts/2020-10/000000000018.parquet",
    ]
    assert damages(folder, city) == []
    told = rows(folder)
    assert [row["position"] for row in told] == list(range(30))
    assert {row["amount"] for row in told if row["name"] == "test.added"} == {0, 1, 2, 3, 4, 5, 6}
    assert told[0]["recorded"] == NOON.replace(tzinfo=UTC)
    assert (told[0]["day"], told[0]["month"]) == (date(2020, 9, 22), "2020-09")
    assert len(columnar.check(folder, city.signer.verifier(), sheet_in).manifest.columns) == len(told[0])


async def test_nothing_personal_stands_in_clear(city: House, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    await exported(city, folder)
    assert {row["name_of_owner"] for row in rows(folder)} == {None}
    for row in rows(folder):
        assert NAME not in str(row) and NAME.encode() not in row["body"]


async def test_an_export_that_is_called_again_adds_what_came_and_leaves_the_rest(city: House, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    first = await exported(city, folder)
    before = {part.path: (folder / part.path).stat().st_mtime_ns for part in first.parts}
    await boxes(city, OCTOBER + timedelta(days=1), 2)
    again = await exported(city, folder)
    assert [part.path for part in again.parts[len(first.parts) :]] == ["facts/2020-10/000000000030.parquet"]
    assert {part.path: (folder / part.path).stat().st_mtime_ns for part in first.parts} == before
    assert damages(folder, city) == []
    assert (await exported(city, folder)).parts == again.parts, "where nothing came, nothing is added"


async def test_months_that_take_turns_and_small_groups_change_nothing(
    city: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ROWS_AT_ONCE", 4)
    monkeypatch.setattr(parts, "_OPEN_MONTHS", 2)
    for month in (1, 2, 3, 1, 2, 3):
        await boxes(city, datetime(2020, month, 5, tzinfo=UTC), 2)
    folder = tmp_path / "out"
    manifest = await exported(city, folder)
    assert len(manifest.parts) == 8
    assert damages(folder, city) == []
    assert [row["position"] for row in rows(folder)] == list(range(66))


async def test_an_export_that_broke_off_is_no_export_and_is_finished_by_the_next(
    city: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"

    def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "write_manifest", broken)
        with pytest.raises(OSError, match="gone"):
            await exported(city, folder)
    assert list(folder.glob("facts/*/*.parquet")), "it had come far"
    with pytest.raises(CityError, match="broke off"):
        columnar.check(folder, city.signer.verifier(), sheet_in)
    await exported(city, folder)
    assert damages(folder, city) == []


async def test_a_file_of_a_broken_off_addition_is_not_part_of_the_export(city: House, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    manifest = await exported(city, folder)
    shutil.copy(folder / manifest.parts[-1].path, folder / "facts/2020-10/000000000030.parquet")
    assert damages(folder, city) == ["facts/2020-10/000000000030.parquet does not belong to the export"]
    await exported(city, folder)
    assert damages(folder, city) == []


async def test_a_folder_with_something_else_or_of_another_city_is_left_alone(city: House, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("mine")
    with pytest.raises(CityError, match="none of ours"):
        await exported(city, tmp_path / "letters")
    await exported(city, tmp_path / "out")
    with pytest.raises(CityError, match="not what"):
        columnar.check(tmp_path / "out", CheckpointKey(ORIGIN, Ring(bytes(32))).verifier(), sheet_in)


Change = Callable[[list[dict[str, Any]]], Sequence[Mapping[str, Any]]]


def replaced(at: int, **values: Any) -> Change:
    return lambda told: [*told[:at], told[at] | values, *told[at + 1 :]]


CHANGES: Final[Mapping[str, tuple[Change, str]]] = {
    "a byte of a fact": (replaced(3, body=b'{"at":1}'), "3: the fact is not the one that was sealed"),
    "a leaf": (replaced(3, leaf=bytes(32)), "3: the fact is not the one that was sealed"),
    "a kind": (replaced(3, kind="test.changed/1"), "3: the fact is not the one that was sealed"),
    "a history": (replaced(3, stream="nobody"), "3: the fact cannot be read"),
    "a version": (replaced(4, version=-1), "4: the fact cannot be read"),
    "a clear value": (replaced(4, amount=10_000), "4: amount: not what the fact says"),
    "a month": (replaced(4, month="2020-10"), "4: month: not what the fact says"),
    "a missing row": (lambda told: [*told[:5], *told[6:]], "5: the row is missing"),
    "a doubled row": (lambda told: [*told[:5], told[5], *told[5:]], "5: the row comes twice"),
    "two rows that changed places": (lambda told: [*told[:5], told[6], told[5], *told[7:]], "5: the row comes twice"),
    "the last row": (lambda told: told[:-1], "17: the row is missing"),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_whatever_is_changed_in_a_row_is_named(city: House, tmp_path: Path, what: str) -> None:
    change, expected = CHANGES[what]
    folder = tmp_path / "out"
    manifest = await exported(city, folder)
    rewrite(folder / manifest.parts[0].path, change)
    found = damages(folder, city)
    assert f"{manifest.parts[0].path} is not the file that was signed" in found
    assert any(one.startswith(expected) for one in found), found


async def test_a_row_that_was_changed_with_its_leaf_does_not_lead_to_the_root(city: House, tmp_path: Path) -> None:
    """Even whoever holds the key of manifests, or if it was not asked for: the tree itself says no."""
    folder = tmp_path / "out"
    manifest = await exported(city, folder)
    first = folder / manifest.parts[0].path
    await boxes(city, NOON + timedelta(hours=1), 2)
    await exported(city, tmp_path / "other")
    as_good = rows(tmp_path / "other")[30] | {"position": 4}
    rewrite(first, replaced(4, **as_good))
    size, digest = parts.measured(first)
    part = msgspec.structs.replace(manifest.parts[0], bytes=size, sha256=digest)
    columnar.write_manifest(folder, msgspec.structs.replace(manifest, parts=(part, *manifest.parts[1:])), city.signer)
    assert damages(folder, city) == [
        "the rows do not lead to the signed root: some row was changed together with its leaf"
    ]


async def test_an_export_must_continue_a_checkpoint_that_somebody_kept(city: House, tmp_path: Path) -> None:
    folder, key = tmp_path / "out", city.signer.verifier()
    kept = (await exported(city, folder)).point(key)
    await boxes(city, OCTOBER, 1)
    newer = (await exported(city, folder)).point(key)

    def told(older: Checkpoint) -> list[str]:
        return [one.what for one in columnar.check(folder, key, sheet_in, older=older).damages]

    assert told(kept) == told(newer) == []
    rewritten = msgspec.structs.replace(kept, root=bytes(32))
    ahead = msgspec.structs.replace(newer, size=newer.size + 1)
    for older in (rewritten, ahead):
        assert told(older) == [f"the {older.size} facts of the older checkpoint do not stand unchanged in this export"]
    await archived(city, tmp_path / "archive", "2020-09")
    with pytest.raises(CityError, match="archive"):
        columnar.check(tmp_path / "archive" / "2020-09", key, sheet_in, older=kept)


async def test_leaves_that_were_rewritten_in_the_database_are_not_signed(city: House, tmp_path: Path) -> None:
    await exported(city, tmp_path / "out")
    admin = await connect(city.owner)
    await admin.execute("update ledger.sealed set leaf = sha256(leaf) where position = 3")
    await admin.close()
    for folder in (tmp_path / "out", tmp_path / "other"):
        with pytest.raises(CityError, match="not those that the city signed"):
            await exported(city, folder)
    with pytest.raises(CityError, match="not those that the city signed"):
        await archived(city, tmp_path / "archive", "2020-10")


async def test_a_fact_that_is_gone_leaves_no_hole_in_an_export(city: House, tmp_path: Path) -> None:
    admin = await connect(city.owner)
    await admin.execute(
        "delete from ledger.facts where (stream, version) in (select stream, version from ledger.sealed where position = 20)"
    )
    await admin.close()
    with pytest.raises(CityError, match="position 20 is gone"):
        await exported(city, tmp_path / "out")
    with pytest.raises(CityError, match="position 20 is gone"):
        await archived(city, tmp_path / "archive", "2020-10")
    assert not (tmp_path / "archive" / "2020-10").exists()


async def test_two_exports_do_not_write_into_one_folder_at_once(city: House, tmp_path: Path) -> None:
    with exporting.taken(tmp_path / "out"), pytest.raises(CityError, match="Another command writes"):
        await exported(city, tmp_path / "out")
    await exported(city, tmp_path / "out")


async def test_a_swapped_or_lost_file_and_one_with_other_columns_are_named(city: House, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    one, other = ((folder / part.path) for part in (await exported(city, folder)).parts)
    kept = one.read_bytes()
    shutil.copy(other, one)
    assert any(what.startswith("0: 18 rows from here on are missing") for what in damages(folder, city))
    one.unlink()
    assert damages(folder, city) == ["facts/2020-09/000000000000.parquet is missing"]
    one.write_bytes(kept)
    assert damages(folder, city) == []
    parquet.write_table(parquet.read_table(one).drop_columns(["amount"]), one)
    assert damages(folder, city)[-1].endswith("has not the columns of the export")
    one.write_bytes(kept[: len(kept) // 2])
    assert damages(folder, city)[-1].endswith("has not the columns of the export")


async def test_a_month_of_histories_is_archived_and_verifies_alone(city: House, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    assert await archived(city, folder, "2020-09") == columnar.Archived("2020-09", 18, written=True)
    assert await archived(city, folder, "2020-10") == columnar.Archived("2020-10", 12, written=True)
    for month in ("2020-09", "2020-10"):
        assert damages(folder / month, city) == []
    assert sorted(path.name for path in folder.iterdir()) == ["2020-09", "2020-10"]
    assert len(parquet.read_table(folder / "2020-09" / "rest.parquet")) < 6, "few hashes stand for all the others"
    assert await archived(city, folder, "2020-09") == columnar.Archived("2020-09", 18, written=False)


async def test_what_comes_later_into_an_archived_history_is_archived_with_it(city: House, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    await archived(city, folder, "2020-09")
    async with city.ledger.readers.acquire() as connection:
        box = await connection.fetchval("select box from boxes order by box limit 1")
    await city.add(box, 7)
    await city.sealer.seal()
    assert await archived(city, folder, "2020-09") == columnar.Archived("2020-09", 19, written=True)
    assert damages(folder / "2020-09", city) == []


@pytest.mark.parametrize("what", ["a byte of a fact", "a clear value", "a missing row", "a doubled row"])
async def test_a_change_in_an_archive_is_named(city: House, tmp_path: Path, what: str) -> None:
    change, expected = CHANGES[what]
    await archived(city, tmp_path, "2020-09")
    [path] = (tmp_path / "2020-09").glob("facts/*/*.parquet")
    rewrite(path, change)
    assert any(one.startswith(expected) for one in damages(tmp_path / "2020-09", city))


async def test_hashes_of_others_that_were_changed_lead_to_another_root(city: House, tmp_path: Path) -> None:
    await archived(city, tmp_path, "2020-09")
    rewrite(tmp_path / "2020-09" / "rest.parquet", replaced(0, digest=bytes(32)))
    assert damages(tmp_path / "2020-09", city) == [
        "rest.parquet is not the file that was signed",
        "the rows do not lead to the signed root: some row was changed together with its leaf",
    ]
    (tmp_path / "2020-09" / "rest.parquet").write_bytes(b"no Parquet")
    assert any("cannot be read" in what for what in damages(tmp_path / "2020-09", city))


def rewrite(path: Path, change: Change) -> None:
    """Write a file again with other rows, as somebody would who knows how."""
    table = parquet.read_table(path)
    parquet.write_table(pa.Table.from_pylist(list(change(table.to_pylist())), schema=table.schema), path)
