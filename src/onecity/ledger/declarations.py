"""Every version of every rule that ever held: stored by the hash of its bytes, announced as facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.errors import Unavailable
from onecity.kernel.ids import derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import store
from onecity.ledger.facts import Fact, FactType
from onecity.ledger.ledger import Change, Decision, Ledger
from onecity.packs import Kind, Pack, canonical_bytes, version_of

if TYPE_CHECKING:
    from asyncpg import Pool

T = TypeVar("T", bound=msgspec.Struct)

_MOST_IN_A_FACT: Final = 300
_PACKS: Final = UUID("6f0d5f0e-4c1b-5d59-9a55-6f6e65636974")
"""Namespace of the idempotency keys of pack announcements: the same pack is announced once."""


class PackApplied(Fact, frozen=True):
    """From now on these declarations hold: their hashes by kind and id. `version` is that of the whole pack."""

    version: str
    part: int
    declarations: Mapping[str, str]


FACTS: Final = (FactType("ledger.pack_applied", PackApplied),)


class Applied(msgspec.Struct, frozen=True):
    """The answer to an announcement."""

    version: str
    new: int


class Declarations:
    """Declarations of the past by their hash."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool
        self._known: dict[tuple[str, str], Any] = {}

    async def value(self, pack: Pack, kind: Kind[T], name: str, version: str) -> T:
        """A declaration in one version: from the pack in force if it is that one, else from the store.

        Raises Unavailable if nobody stored it: the database is not whole.
        """
        found = self._known.get((kind.name, version))
        if found is None:
            current = pack.all(kind).get(name)
            if current is not None and version_of(current) == version:
                found = current.value
            else:
                found = await self._stored(kind, version)
            self._known[kind.name, version] = found
        assert isinstance(found, kind.type), "a hash names one declaration of one kind"
        return found

    async def _stored(self, kind: Kind[T], version: str) -> T:
        async with self._pool.acquire() as connection:
            body = await store.declaration(connection, version)
        if body is None:
            raise Unavailable("An older version of a rule is missing from the database. Restore a whole backup.")
        return msgspec.convert(msgspec.json.decode(body)["value"], kind.type, strict=False)

    async def announce(self, pack: Pack, ledger: Ledger, *, by: Acting, now: datetime) -> Applied | Refused:
        """Store every declaration of a pack and record which versions hold; a repeat changes nothing."""
        bodies = {
            version_of(one): (one.kind, one.id, canonical_bytes(one))
            for of_kind in pack.declared.values()
            for one in of_kind.values()
        }
        async with self._pool.acquire() as connection:
            await store.put_declarations(connection, [(hash_, *rest) for hash_, rest in sorted(bodies.items())])
        key = uuid5(_PACKS, pack.version)
        named = sorted((f"{kind}/{name}", hash_) for hash_, (kind, name, _) in bodies.items())
        parts = [named[start : start + _MOST_IN_A_FACT] for start in range(0, len(named), _MOST_IN_A_FACT)]
        facts = tuple(PackApplied(pack.version, number, dict(part)) for number, part in enumerate(parts, 1))

        async def decide() -> Decision:
            stream = derived_id(key, now=now, what="pack")
            return Decision((Change(stream, 0, facts),), Applied(pack.version, len(bodies)))

        return await ledger.record(key, decide, Applied, by=by, now=now)
