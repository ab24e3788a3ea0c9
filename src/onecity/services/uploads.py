"""The materials that a person brought: sealed under that person's key, each for what they brought it for."""

from asyncio import to_thread
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

from onecity.machinery.sealed import Sealed
from onecity.services import store
from onecity.services.forms import FileType, Material
from onecity.services.purposes import of_affair
from onecity.services.store import Upload

if TYPE_CHECKING:
    from asyncpg import Pool

_MB: Final = 1024 * 1024
_BEGINS: Final = {FileType.PDF: b"%PDF-", FileType.JPEG: b"\xff\xd8\xff", FileType.PNG: b"\x89PNG\r\n\x1a\n"}
KEPT: Final = timedelta(days=30)
"""How long a material waits for an application that quotes it."""
MARGIN: Final = timedelta(days=1)
"""So much longer lie the bytes: whoever applied just before their row went still finds them."""
MEDIA: Final = {FileType.PDF: "application/pdf", FileType.JPEG: "image/jpeg", FileType.PNG: "image/png"}


class WrongFile(StrEnum):
    """What is wrong with a file; each is a sentence in the words of services."""

    EMPTY = "uploads.empty"
    TOO_LARGE = "uploads.too_large"
    NOT_ACCEPTED = "uploads.not_accepted"


def looked_at(material: Material, content: bytes) -> FileType | WrongFile:
    """The type of a file by its content, whatever its name says, or why it is not taken."""
    if not content:
        return WrongFile.EMPTY
    if len(content) > material.most_mb * _MB:
        return WrongFile.TOO_LARGE
    found = next((kind for kind, sign in _BEGINS.items() if content.startswith(sign)), None)
    return found if found in material.accept else WrongFile.NOT_ACCEPTED


class Uploads:
    """Uploads by person, material and purpose; a newer one takes the place of the older."""

    def __init__(self, pool: "Pool", sealed: Sealed) -> None:
        self._pool = pool
        self._sealed = sealed
        self._blobs = sealed.blobs

    async def keep(
        self, person: UUID, material: str, kind: FileType, content: bytes, *, purpose: str, now: datetime
    ) -> Upload:
        """Seal and keep a file: first its bytes, then the row that names them. `purpose` is empty if nobody says it."""
        blob = await to_thread(self._sealed.keep, person, content, bound=material.encode())
        upload = Upload(material, purpose, blob, kind, len(content), now)
        async with self._pool.acquire() as connection:
            await store.put_upload(connection, person, upload)
        return upload

    async def of(
        self, person: UUID, materials: Sequence[str], *, purposes: Collection[str], within: Sequence[str] = ()
    ) -> dict[str, Upload]:
        """The files that a form for some purposes shows; with `within` only what may be known in these matters."""
        async with self._pool.acquire() as connection:
            found = await store.uploads_of(connection, person, materials, within=within)
        return shown_for(found, purposes=purposes)

    async def erase(self, person: UUID, *, wholly: bool) -> int:
        """Remove a person's files with their bytes: all of them, or only those that no application quotes."""
        async with self._pool.acquire() as connection:
            blobs = await store.loose_uploads(connection, person)
            if wholly:
                blobs += await store.quoted_by(connection, person)
        for blob in blobs:
            await to_thread(self._blobs.remove, blob)
        # The rows go last: whoever breaks off in between still knows which bytes to remove.
        async with self._pool.acquire() as connection:
            return await store.drop_uploads(connection, person, blobs)

    async def purge(self, now: datetime) -> int:
        """Remove materials that wait in vain, and bytes that nobody names; how many of both."""
        gone = 0
        for shelf in await to_thread(self._blobs.shelves):
            old = await to_thread(self._blobs.older, shelf, now - KEPT - MARGIN)
            async with self._pool.acquire() as connection:
                unnamed = await store.nobodys(connection, old)
            for blob in unnamed:
                await to_thread(self._blobs.remove, blob)
            gone += len(unnamed)
        # The rows go after the bytes, so that a row is gone for a whole round before anybody looks for its bytes.
        async with self._pool.acquire() as connection:
            return gone + await store.purge_uploads(connection, now - KEPT)

    def open(self, person: UUID, material: str, blob: str) -> bytes | None:
        """The bytes of a file; None if the person was forgotten or the bytes are damaged."""
        return self._sealed.open(person, blob, bound=material.encode())


def counts(upload: Upload, *, purposes: Collection[str], uses: Collection[str] = ()) -> bool:
    """Whether a file is there for some purposes: it was brought for one and nothing used it yet, one is an application
    that did, or it is named in `uses`.

    The lease of the first shop is not that of the second: a file goes nowhere else unless somebody says so.
    """
    belongs = [of_affair(one) for one in upload.used] or [upload.purpose]
    return upload.material in uses or any(one in purposes for one in belongs)


def shown_for(found: Sequence[Upload], *, purposes: Collection[str]) -> dict[str, Upload]:
    """Of each material the one file that a form for some purposes shows, the newest that counts there.

    Else the newest that may be chosen: an application used it, or nobody said what it is for. What waits for something
    else is shown only there.
    """
    there = {one.blob for one in found if counts(one, purposes=purposes)}
    shown = [one for one in found if one.blob in there or one.used or not one.purpose]
    return {one.material: one for one in sorted(shown, key=lambda one: (one.blob in there, one.at))}


def quoted(uploads: Mapping[str, Upload]) -> dict[str, str]:
    """What a fact says of materials: the hash of the sealed bytes, which nobody can guess from a document."""
    return {name: upload.blob for name, upload in uploads.items()}
