"""Every version of every rule that ever held: stored by the hash of its bytes, applied from an instant on by a fact."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.errors import Unavailable
from onecity.kernel.ids import DeclarationHash, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger.ledger import Change, Decision, Ledger
from onecity.ledger.store import declarations as store
from onecity.ledger.versions import How, PackApplied, PackVersion, commanded, started
from onecity.packs import Declared, Kind, Manifest, Pack, parts_of, stored, version_of

if TYPE_CHECKING:
    from asyncpg import Pool

T = TypeVar("T", bound=msgspec.Struct)

_PACKS: Final = UUID("6f0d5f0e-4c1b-5d59-9a55-6f6e65636974")
"""Namespace of the idempotency keys under which versions are brought."""

_MOST_PACKS: Final = 8
"""Versions of the pack that are kept open for cases that began under them."""

_GONE: Final = "A version of a rule is missing from the database, or is not what it was. Restore a whole backup."


class Declarations:
    """Declarations of today and of the past, by their hash."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool
        self._known: dict[tuple[str, str], Any] = {}
        self._packs: dict[tuple[str, tuple[str, ...]], Pack] = {}

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
                found = _read(await self._bodies([version]), version, kind.type)
            self._known[kind.name, version] = found
        assert isinstance(found, kind.type), "a hash names one declaration of one kind"
        return found

    async def versions(self) -> list[PackVersion]:
        """Every version of the pack that was brought, in the order in which they begin."""
        async with self._pool.acquire() as connection:
            return await store.pack_versions(connection)

    async def manifest(self, version: str) -> Manifest:
        """What a version of the pack consists of. Raises Unavailable if nobody stored it."""
        return _read(await self._bodies([version]), version, Manifest)

    async def pack(self, version: str, kinds: Sequence[Kind[Any]]) -> Pack:
        """A version of the pack as it was, with its declarations of the named kinds and its words.

        Raises Unavailable if a part is missing, or if this program cannot read what another one stored.
        """
        key = (version, tuple(kind.name for kind in kinds))
        if key not in self._packs:
            self._packs[key] = await self._loaded(version, kinds)
            if len(self._packs) > _MOST_PACKS:
                self._packs.pop(next(iter(self._packs)))
        return self._packs[key]

    async def _loaded(self, version: str, kinds: Sequence[Kind[Any]]) -> Pack:
        manifest = await self.manifest(version)
        wanted = [one for kind in kinds for one in manifest.declarations.get(kind.name, {}).values()]
        bodies = await self._bodies([*wanted, *manifest.words.values()])
        # Thousands of declarations are opened in a thread, so that nobody's request waits for them.
        return stored(await asyncio.to_thread(_opened, manifest, bodies, kinds), version)

    async def withdrawn(self, pack: Pack, kinds: Sequence[Kind[Any]]) -> Pack:
        """What was declared once and is no more in this pack, each as it was last; what cannot be read is left out."""
        lost: dict[str, dict[str, DeclarationHash]] = {kind.name: {} for kind in kinds}
        for brought in reversed(await self.versions()):
            manifest = await self.manifest(brought.version)
            for kind in kinds:
                for name, version in manifest.declarations.get(kind.name, {}).items():
                    if name not in pack.all(kind):
                        lost[kind.name].setdefault(name, version)
        bodies = await self._bodies([version for names in lost.values() for version in names.values()])
        found: dict[str, dict[str, Declared[Any]]] = {}
        for kind in kinds:
            for name, version in lost[kind.name].items():
                with suppress(Unavailable):
                    value = _read(bodies, version, kind.type)
                    found.setdefault(kind.name, {})[name] = stored(Declared(kind.name, name, value, {}), version)
        return Pack(found)

    async def whole(self, version: str, kinds: Sequence[Kind[Any]]) -> Pack:
        """A version of the pack with everything in it. Raises Unavailable if this program does not know all of it."""
        manifest = await self.manifest(version)
        unknown = manifest.declarations.keys() - {kind.name for kind in kinds}
        needed = {kind.name for kind in kinds if kind.single and not kind.optional}
        lacking = needed - manifest.declarations.keys()
        if unknown or lacking:
            raise _other_program(", ".join(sorted(unknown | lacking)))
        return await self.pack(version, kinds)

    async def apply(
        self, pack: Pack, origin: str, *, since: datetime, ledger: Ledger, by: Acting, now: datetime
    ) -> PackVersion | Refused:
        """Let a pack hold from an instant on, for all processes; the same again changes nothing."""
        decided = commanded(await self.versions(), pack.version, origin, since=since, now=now)
        key = uuid5(_PACKS, f"{pack.version} {since.isoformat()}")
        return await self._brought(pack, decided, key, ledger=ledger, by=by, now=now)

    async def start(
        self, pack: Pack, origin: str, *, ledger: Ledger, by: Acting, now: datetime
    ) -> PackVersion | Refused:
        """The version that holds when a city starts with a pack: the pack's if it is news, else the one in force."""
        decided = started(await self.versions(), pack.version, origin, now=now)
        return await self._brought(pack, decided, uuid5(_PACKS, pack.version), ledger=ledger, by=by, now=now)

    async def beginning(self, pack: Pack, origin: str, *, since: datetime, place: int) -> Change:
        """What lets a pack hold from an instant on, as a part of a command that does more; it is stored already.

        `place` is how many versions there are: of two commands that saw as many, the second decides once more.
        """
        version = await self._store(pack)
        return Change(uuid5(_PACKS, f"place {place}"), 0, (PackApplied(version, since, origin, How.COMMAND),))

    async def _store(self, pack: Pack) -> DeclarationHash:
        """Keep everything in a pack. Thousands of declarations are put into bytes in a thread, so that nobody waits."""
        parts = await asyncio.to_thread(parts_of, pack)
        async with self._pool.acquire() as connection:
            await store.put_declarations(connection, parts)
        return parts[-1].version

    async def _brought(
        self, pack: Pack, decided: PackApplied | PackVersion | Refused, key: UUID, *, ledger: Ledger, by: Acting,
        now: datetime,
    ) -> PackVersion | Refused:  # fmt: skip
        if not isinstance(decided, PackApplied):
            return decided
        await self._store(pack)

        async def decide() -> Decision:
            stream = derived_id(key, now=now, what="pack")
            answer = PackVersion(decided.version, decided.since, now, decided.origin, decided.how)
            return Decision((Change(stream, 0, (decided,)),), answer)

        return await ledger.record(key, decide, PackVersion, by=by, now=now)

    async def _bodies(self, versions: Sequence[str]) -> dict[str, bytes]:
        async with self._pool.acquire() as connection:
            return await store.declarations(connection, versions)


S = TypeVar("S")


def _read(bodies: Mapping[str, bytes], version: str, wanted: type[S]) -> S:
    """What was stored under a hash. Whoever can write into the table cannot change a rule: its hash would not fit."""
    body = bodies.get(version)
    if body is None or sha256(body).hexdigest() != version:
        raise Unavailable(_GONE)
    try:
        return msgspec.convert(msgspec.json.decode(body)["value"], wanted)
    except msgspec.ValidationError as failure:
        raise _other_program(str(failure)) from failure


def _other_program(what: str) -> Unavailable:
    return Unavailable(
        f"The pack in force was written for another version of OneCity ({what}). Apply one that this version can read "
        "with `onecity pack apply`, or install the other version."
    )


def _opened(manifest: Manifest, bodies: Mapping[str, bytes], kinds: Sequence[Kind[Any]]) -> Pack:
    drawn = {(kind, name) for kind, names in manifest.drawn.items() for name in names}
    declared: dict[str, dict[str, Declared[Any]]] = {}
    for kind in kinds:
        for name, version in manifest.declarations.get(kind.name, {}).items():
            value = _read(bodies, version, kind.type)
            one = Declared(kind.name, name, value, {}, drawn=(kind.name, name) in drawn)
            declared.setdefault(kind.name, {})[name] = stored(one, version)
    words = {lang: _read(bodies, version, dict[str, str]) for lang, version in manifest.words.items()}
    return Pack(declared, words)
