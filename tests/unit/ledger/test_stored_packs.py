"""A pack that an older program stored keeps its versions, whatever keys this program knows besides."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onecity.bootstrap.content import KINDS
from onecity.casework import PROCESS
from onecity.ledger.declarations import Declarations
from onecity.packs import Kept, Pack, load_pack, parts_of, version_of
from onecity.services import ITEM

GOOD = Path(__file__).parents[2] / "packs" / "good"


def without_hashes(part: Kept) -> bytes:
    """As a program wrote it that knew no hashes of articles."""
    return part.body.replace(b',"sha256":null', b"")


def with_typed_level(part: Kept) -> bytes:
    """As a program wrote it to whom an item said itself how complete it is."""
    return part.body.replace(b',"conditions":', b',"quality":"Q3","conditions":') if part.kind == "item" else part.body


def of_an_older_program(pack: Pack, wrote: Callable[[Kept], bytes]) -> dict[str, bytes]:
    """What is stored of a pack by an older program, by version; the manifest is the last."""
    *parts, whole = parts_of(pack)
    renamed: dict[str, str] = {}
    found: dict[str, bytes] = {}
    for part in parts:
        older = Kept(part.kind, part.id, wrote(part))
        renamed[part.version] = older.version
        found[older.version] = older.body
    body = whole.body.decode()
    for now, before in renamed.items():
        body = body.replace(now, before)
    return found | {sha256(body.encode()).hexdigest(): body.encode()}


@pytest.mark.parametrize("wrote", [without_hashes, with_typed_level])
async def test_a_pack_of_an_older_program_is_of_the_version_under_which_it_was_stored(
    wrote: Callable[[Kept], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, faults = load_pack(GOOD, KINDS)
    assert faults == ()
    stored = of_an_older_program(pack, wrote)
    *_, version = stored
    assert version != pack.version

    async def bodies(_: Declarations, versions: Sequence[str]) -> dict[str, bytes]:
        return {one: stored[one] for one in versions}

    monkeypatch.setattr(Declarations, "_bodies", bodies)
    pool: Any = None
    again = await Declarations(pool).whole(version, KINDS)
    assert again.version == version
    process = again.all(PROCESS)["permit"]
    assert msgspec.json.decode(stored[version_of(process)])["id"] == "permit"
    assert process.value == pack.all(PROCESS)["permit"].value
    assert again.all(ITEM)["felling"].value == pack.all(ITEM)["felling"].value
