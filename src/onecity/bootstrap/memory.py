"""The city's memory, opened: keys, ledger, sealer. What pages need stands in `city`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

from onecity.bootstrap.database import Database
from onecity.bootstrap.rooms import FACT_TYPES, PROJECTIONS
from onecity.governance.events import Live
from onecity.governance.routing import KEPT_AT
from onecity.ledger import CheckpointKey, Declarations, FactBook, Ledger, Projections, Sealer, Writer
from onecity.machinery.blobs import Blobs, BlobStore
from onecity.machinery.buckets import BlobBucket, bucket_of
from onecity.machinery.deletions import DeletionList
from onecity.machinery.key_hosts import HOSTS, SharedKeys
from onecity.machinery.keystore import Keys, KeyStore
from onecity.machinery.postgres import Readers, Standby, connect, is_down, open_pool

if TYPE_CHECKING:
    from asyncpg import Pool

_LOG = structlog.get_logger("onecity.memory")
DELETED = "keys-deleted"
"""The list of destroyed keys, in the data folder and beside each backup."""
_READERS = 12
_PAUSE_S = 0.5


class Memory(msgspec.Struct, frozen=True):
    """Keys, ledger, and what the sealer and the tools of the ledger need.

    `blobs` is the folder of large things, and `shelf` tells where those of a kind lie: there, or in a bucket that it
    names. `status` is the folder of the signed lists of licences, `trained` the file of what was learnt from messages;
    `live` feeds open pages, whatever version of the pack holds. `pool` leads to the primary; only the ledger's readers
    read from standbys as well.
    """

    folder: Path
    blobs: Path
    shelf: Callable[[str], BlobStore]
    status: Path
    trained: Path
    database: Database
    keys: Keys
    deletions: DeletionList
    book: FactBook
    projections: Projections
    signer: CheckpointKey
    pool: "Pool"
    ledger: Ledger
    declarations: Declarations
    live: Live


@asynccontextmanager
async def open_memory(database: Database, data: Path, origin: str) -> AsyncIterator[Memory]:
    """The memory of the city whose checkpoints are signed as `origin`; keys that were destroyed stay destroyed."""
    keys = keys_of(data)
    deletions = DeletionList(data / DELETED)
    deletions.apply(keys)
    book = FactBook(FACT_TYPES, keys, keys.service_key("mac"))
    projections = Projections(PROJECTIONS)
    signer = CheckpointKey(origin, keys.ring("checkpoint"))
    # One more, on which is asked how far the primary is.
    pool = await open_pool(database.app, size=_READERS + bool(database.standbys))
    readers = Readers(pool, [Standby(one, size=_READERS) for one in database.standbys], lag_s=database.lag_s)
    writer = Writer(database.app)
    ledger = Ledger(readers, writer, book, projections, keys)
    live = Live(pool, book)
    try:
        yield Memory(
            data / "ledger",
            data / "blobs",
            blobs_of(data / "blobs"),
            data / "licences" / "status",
            data / KEPT_AT,
            database,
            keys,
            deletions,
            book,
            projections,
            signer,
            pool,
            ledger,
            Declarations(pool),
            live,
        )
    finally:
        live.close()
        await writer.close()
        readers.leave()
        await pool.close()
        keys.close()


def blobs_of(folder: Path) -> Callable[[str], BlobStore]:
    """Where large things of a kind lie: below a folder, or in the bucket that is named there. Raises CannotStart."""
    bucket = bucket_of(folder)
    return partial(BlobBucket, bucket) if bucket is not None else lambda name: Blobs(folder / name)


def keys_of(data: Path) -> Keys:
    """The keys of a city: in its data folder, or on the key hosts that are named there."""
    folder = data / "keys"
    return SharedKeys(folder) if (folder / HOSTS).is_file() else KeyStore(folder)


async def keep_sealing(memory: Memory, stopping: asyncio.Event) -> None:
    """Seal until `stopping`; when the database goes away, wait for it and go on. Raises CannotStart on a rollback."""
    while True:
        try:
            connection = await connect(memory.database.app)
            try:
                await Sealer(connection, memory.book, memory.signer, memory.folder).run(stopping)
                return
            finally:
                await connection.close(timeout=_PAUSE_S)
        except Exception as failure:
            if stopping.is_set() or not (is_down(failure) or is_down(failure.__cause__ or failure)):
                raise
            _LOG.warning("sealing waits for the database", failure=type(failure).__name__)
            await asyncio.sleep(_PAUSE_S)
