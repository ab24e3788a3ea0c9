"""The one signed file that says what an export in columns consists of; what it does not name is not part of it."""

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from onecity.kernel.errors import CityError
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey, VerifierKey
from onecity.ledger.columns import ColumnType
from onecity.machinery.files import put_whole

MANIFEST: Final = "manifest"
KEY: Final = "key"
FACTS: Final = "facts"
REST: Final = "rest.parquet"
_TITLE: Final = "OneCity ledger in columns, 1"
"""The first line of what is signed. A form that older programs cannot read takes the next number."""


class Part(msgspec.Struct, frozen=True):
    """A file: its rows, the positions of its first and last one, its bytes and their SHA-256 in hex."""

    path: str
    rows: int
    first: int
    last: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an export consists of, and under which signed checkpoint it stands.

    `streams` is None for the whole ledger; an archive has the histories that began in that month, and in `rest` the
    hashes of all that it lacks. `made` is when it was made, `zone` where the city's days begin.
    """

    made: datetime
    zone: str
    checkpoint: str
    columns: dict[str, ColumnType]
    parts: tuple[Part, ...]
    streams: str | None = None
    rest: Part | None = None

    @property
    def rows(self) -> int:
        """How many facts lie in it."""
        return sum(part.rows for part in self.parts)

    def files(self) -> tuple[Part, ...]:
        """Every file that it names."""
        return self.parts if self.rest is None else (*self.parts, self.rest)

    def point(self, key: VerifierKey) -> Checkpoint:
        """The checkpoint. Raises CityError if the city did not sign it."""
        found = key.checkpoint(self.checkpoint)
        if found is None:
            raise CityError("The checkpoint in the manifest is not signed by the city. Ask for a new export.")
        return found


def key_of(folder: Path, named: Path | None = None) -> VerifierKey:
    """The key of an export: the one that was named, or the one that lies in it. Raises CityError."""
    path = named or folder / KEY
    key = VerifierKey.read(path.read_text("utf-8", errors="replace")) if path.is_file() else None
    if key is None:
        raise CityError(f"{path} holds no verifier key. Name the city's key with --key.")
    return key


def manifest_of(folder: Path, key: VerifierKey) -> Manifest:
    """What the export in a folder consists of. Raises CityError if it is none, or not whole, or not of this city."""
    path = folder / MANIFEST
    if not path.is_file():
        raise CityError(
            f"{folder} is no export in columns, or its writing broke off. Call `onecity ledger export {folder} "
            "--form parquet` again, which finishes it."
        )
    text = key.opened(path.read_text("utf-8", errors="replace"))
    title, _, content = (text or "").partition("\n")
    if title != _TITLE:
        raise CityError(f"{path} is not what {key.origin} signed. Ask for a new export.")
    return msgspec.json.decode(content, type=Manifest)


def write_manifest(folder: Path, manifest: Manifest, key: CheckpointKey) -> None:
    """Sign a manifest and put it in its place at once: from now on the folder is that export."""
    content = msgspec.json.encode(manifest).decode()
    put_whole(folder / KEY, key.line().encode())
    put_whole(folder / MANIFEST, key.note(f"{_TITLE}\n{content}\n").encode())
