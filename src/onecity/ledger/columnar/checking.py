"""Checks an export in columns, or an archive of a month, without the city: each file, row and column, up to the root.

A leaf is made of a row's bytes, the tree of all leaves must have the signed root, and each other column must say what
the bytes say, so that nobody counts what was never recorded.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.errors import CityError
from onecity.ledger.checkpoint import Checkpoint, VerifierKey
from onecity.ledger.columnar.manifest import KEY, MANIFEST, Manifest, Part, manifest_of
from onecity.ledger.columnar.parts import ROWS_AT_ONCE, Merged, arrow, measured, rows_of, schema_of
from onecity.ledger.columns import Sheet
from onecity.ledger.facts import Stored
from onecity.ledger.rebuild import Damage, Told, nobody
from onecity.ledger.tree import Frontier, leaf_hash

_MOST: Final = 1_000
"""So many damages are told; an export with more is looked at no further."""

SheetOf = Callable[[ZoneInfo], Sheet]


class Checked(msgspec.Struct, frozen=True):
    """What an export holds, and what is wrong with it: nothing, if it verifies."""

    manifest: Manifest
    checkpoint: Checkpoint
    damages: list[Damage]


def check(
    folder: Path, key: VerifierKey, sheet_of: SheetOf, *, older: Checkpoint | None = None, told: Told = nobody
) -> Checked:
    """Check an export; `older` is a checkpoint that somebody kept, which it must continue.

    Raises CityError if there is no whole export of this city in the folder.
    """
    manifest = manifest_of(folder, key)
    point = manifest.point(key)
    if older is not None and manifest.streams is not None:
        raise CityError(
            "An archive lacks all other facts, so no older checkpoint can be held against it. Take an export."
        )
    found = list(_wrong_files(folder, manifest))
    if not any("missing" in one.what or "columns" in one.what for one in found):
        rows = _Rows(folder, manifest, point, sheet_of(ZoneInfo(manifest.zone)), older)
        for damage in rows.damages(told):
            found.append(damage)
            if len(found) == _MOST:
                break
    return Checked(manifest, point, found)


def _wrong_files(folder: Path, manifest: Manifest) -> Iterator[Damage]:
    named = {part.path: part for part in manifest.files()}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for name in sorted(there - named.keys() - {MANIFEST, KEY}):
        yield Damage(None, f"{name} does not belong to the export")
    for name, part in sorted(named.items()):
        path = folder / name
        if name not in there or path.is_symlink():
            yield Damage(None, f"{name} is missing")
        elif measured(path) != (part.bytes, part.sha256):
            yield Damage(None, f"{name} is not the file that was signed")
            if part is not manifest.rest and not _has_columns(path, manifest):
                yield Damage(None, f"{name} has not the columns of the export")


def _has_columns(path: Path, manifest: Manifest) -> bool:
    pa, parquet = arrow()
    try:
        found: bool = parquet.read_schema(path).equals(schema_of(manifest.columns))
    except (OSError, pa.ArrowException):
        return False
    return found


class _Rows:
    """The rows of an export in their order, and the tree that they make."""

    def __init__(
        self, folder: Path, manifest: Manifest, point: Checkpoint, sheet: Sheet, older: Checkpoint | None
    ) -> None:
        self._folder, self._manifest, self._point, self._sheet, self._older = folder, manifest, point, sheet, older
        self._known = [name for name in manifest.columns if name in sheet.types]
        self._tree, self._whole = Frontier(), True
        self._rest: Iterator[dict[str, Any]] = rows_of(folder, manifest.rest) if manifest.rest else iter(())
        self._next: dict[str, Any] | None = None

    def damages(self, told: Told) -> Iterator[Damage]:
        pa, _ = arrow()
        done = 0
        try:
            self._next = next(self._rest, None)
            for part, row in Merged(self._folder, self._manifest.parts):
                yield from self._placed(row["position"], part)
                yield from self._wrong(row, part)
                done += 1
                if done % ROWS_AT_ONCE == 0:
                    told(done, self._manifest.rows)
            yield from self._placed(self._point.size, None)
        except (OSError, pa.ArrowException) as failure:
            yield Damage(self._tree.end, f"the rows from here on cannot be read ({type(failure).__name__})")
            return
        if self._older is not None and self._older.size > self._point.size:
            yield _not_continued(self._older)
        if done != self._manifest.rows:
            yield Damage(None, f"there are {done} rows, and {self._manifest.rows} were signed")
        if self._whole and self._tree.root() != self._point.root:
            yield Damage(None, "the rows do not lead to the signed root: some row was changed together with its leaf")

    def _placed(self, position: int, part: Part | None) -> Iterator[Damage]:
        """Whether a row, or the end, comes at its position; what an archive lacks stands in between as hashes."""
        while self._next is not None and self._next["first"] < position:
            if self._next["first"] != self._tree.end:
                break
            try:
                self._tree.add(self._next["digest"], self._next["height"])
            except ValueError:
                break
            self._next = next(self._rest, None)
            yield from self._continued()
        if position > self._tree.end:
            self._whole = False
            many = position - self._tree.end
            yield Damage(self._tree.end, "the row is missing" if many == 1 else f"{many} rows from here on are missing")
            self._tree = Frontier(position)
        elif position < self._tree.end:
            self._whole = False
            where = f"; it stands in {part.path}" if part else ""
            yield Damage(position, f"the row comes twice, or not in its order{where}")

    def _continued(self) -> Iterator[Damage]:
        older = self._older
        if older is not None and self._whole and self._tree.end == older.size and self._tree.root() != older.root:
            yield _not_continued(older)

    def _wrong(self, row: dict[str, Any], part: Part) -> Iterator[Damage]:
        position = row["position"]
        try:
            stored = Stored(UUID(row["stream"]), row["version"], row["kind"], row["body"])
            leaf = leaf_hash(stored.entry())
        except (ValueError, TypeError, AttributeError, OverflowError):
            yield Damage(position, f"the fact cannot be read; it stands in {part.path}")
            leaf, stored = b"", None
        if stored is not None and leaf != row["leaf"]:
            yield Damage(position, f"the fact is not the one that was sealed; it stands in {part.path}")
        elif stored is not None:
            yield from self._told_otherwise(stored, row, part)
        if position == self._tree.end:
            self._tree.add(leaf)
            yield from self._continued()

    def _told_otherwise(self, stored: Stored, row: dict[str, Any], part: Part) -> Iterator[Damage]:
        try:
            said = self._sheet.row(row["position"], stored)
        except (msgspec.MsgspecError, ValueError, KeyError, TypeError, IndexError):
            yield Damage(row["position"], f"the fact cannot be read; it stands in {part.path}")
            return
        differing = [name for name in self._known if said[name] != row[name]]
        if differing:
            named = ", ".join(differing)
            yield Damage(row["position"], f"{named}: not what the fact says; it stands in {part.path}")
        elif Path(part.path).parent.name != row["month"]:
            yield Damage(row["position"], f"the fact is of {row['month']}; it stands in {part.path}")


def _not_continued(older: Checkpoint) -> Damage:
    return Damage(None, f"the {older.size} facts of the older checkpoint do not stand unchanged in this export")


def older_of(path: Path, key: VerifierKey) -> Checkpoint | None:
    """A checkpoint that somebody kept as a file; None if this city did not sign it."""
    return key.checkpoint(path.read_text("utf-8", errors="replace"))
