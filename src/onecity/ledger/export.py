"""The ledger as a folder that outsiders can check: made beside a running server, from one moment.

Wire contract: `docs/ledger-format.md`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from onecity.kernel.errors import CityError
from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.published import keys_and_checkpoint
from onecity.ledger.rebuild import Told, nobody
from onecity.ledger.tiles import WIDTH, TileTree, framed, tile_path

if TYPE_CHECKING:
    from asyncpg import Connection


_REWRITTEN: Final = (
    "The sealed leaves in the database are not those that the city signed. Restore a backup of the database, "
    "or find out who changed them."
)


async def export(
    connection: "Connection",
    key: CheckpointKey,
    folder: Path,
    *,
    published: Checkpoint | None = None,
    told: Told = nobody,
) -> Checkpoint:
    """Write everything sealed until now into an empty folder.

    Raises CityError if the folder is not empty, if a sealed fact is gone (an export with a hole would be called
    damaged by everybody who checks it), or if the sealed leaves do not continue the tree that the city `published`:
    what somebody rewrote in the database is never signed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise CityError(f"{folder} is not empty. Name a new folder, so that two exports are not mixed.")

    def write(path: str, content: bytes) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    tree = TileTree(write)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        size = await store.sealed_size(connection)
        bundle: list[bytes] = []
        async for fact in store.sealed_facts(connection, 0, size):
            if fact.stored is None:
                raise CityError(
                    f"The fact at position {fact.position} is gone from the database. Run `onecity ledger verify`."
                )
            tree.append(fact.leaf)
            if published is not None and tree.size == published.size and tree.root() != published.root:
                raise CityError(_REWRITTEN)
            bundle.append(fact.stored.entry())
            if len(bundle) == WIDTH:
                write(tile_path("entries", fact.position // WIDTH), framed(bundle))
                told(tree.size, size)
                bundle = []
        if bundle:
            write(tile_path("entries", tree.size // WIDTH, len(bundle)), framed(bundle))
    if published is not None and tree.size < published.size:
        raise CityError(_REWRITTEN)
    for path, content in tree.partial_tiles():
        write(path, content)
    checkpoint = Checkpoint(key.origin, tree.size, tree.root())
    for path, content in keys_and_checkpoint(key, checkpoint).items():
        write(path, content)
    return checkpoint
