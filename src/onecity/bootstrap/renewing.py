"""The keys of a city: what each is for, and how another one follows it beside the running city.

See `docs/adr/0056-let-one-key-follow-another.md` and `docs/operate/keys.md`.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from onecity.bootstrap.memory import Memory
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand
from onecity.kernel.errors import CannotStart, Unavailable
from onecity.ledger import Renewal, Sealer
from onecity.machinery.disk import unusable
from onecity.machinery.key_copies import behind, copies_of, whole_copy
from onecity.machinery.key_hosts import FIXED, HOSTS, SharedKeys
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import connect
from onecity.people.recovery import Sessions

_LOOK_S: Final = 0.1
_LOOKS: Final = 200
"""How often it is looked whether the sealer signs with the other key; it looks itself every quarter of a second."""


class Purpose(StrEnum):
    """What keys of a city can be followed by others, each in its own way."""

    MASTER = "master"
    CHECKPOINT = "checkpoint"
    SESSION = "session"


USES: Final[Mapping[str, str]] = {
    "callers": "hides telephone numbers of the hotline; a new one would find nobody who called before",
    "checkpoint": "signs checkpoints, lists of licences and whatever else outsiders check; `rotate checkpoint`",
    "hooks": "what the secrets of receivers of events follow from; end a hook and set it up again",
    "login": "hides logins; a new one would find nobody",
    "mac": "marks each fact as the city's own; facts of before keep theirs for ever",
    "pepper": "is part of each password; a new one would refuse every password",
    "registers": "seals rows of registers",
    "reports": "is what the links of anonymous reports follow from; a new one would break every link",
    "riddles": "hides phrases that searches did not understand; a new one would count each from nothing",
    "totp": "seals second factors",
}
"""The keys of purposes by what they are for, and why most of them stay as they are."""


class Kept(msgspec.Struct, frozen=True):
    """The keys of one purpose."""

    purpose: str
    number: int
    use: str


class Copy(msgspec.Struct, frozen=True):
    """A second copy of all keys, and how many it lacks; None if it cannot be read."""

    folder: str
    lacks: int | None


class Keys(msgspec.Struct, frozen=True):
    """All keys of a city, without a word of any."""

    persons: int
    master_since: datetime
    purposes: Sequence[Kept]
    signers: Sequence[Renewal]
    copies: Sequence[Copy]
    hosts: Sequence[str] = ()


class Renewed(msgspec.Struct, frozen=True):
    """What was done: how many keys lie under another master, or how many sessions ended, or whose line is new."""

    purpose: Purpose
    count: int
    line: str | None = None


async def keys_of(settings: Settings) -> Keys:
    """What keys there are, and where copies of them lie."""
    async with at_hand(settings) as memory:
        keys, own = memory.keys, settings.data / "keys"
        purposes = keys.purposes()
        return Keys(
            keys.count(),
            datetime.fromtimestamp((own / "master.key").stat().st_mtime, UTC),
            [Kept(name, number, USES.get(name, "")) for name, number in sorted(purposes.items())],
            memory.signer.renewals(),
            [Copy(str(one), _lacks(own, one)) for one in copies_of(own)],
            keys.hosts() if isinstance(keys, SharedKeys) else (),
        )


def _lacks(own: Path, copy: Path) -> int | None:
    try:
        return behind(own / "keys.sqlite", copy / "keys.sqlite")
    except (OSError, sqlite3.Error, CannotStart):
        return None


def carry_keys(settings: Settings, into: Path) -> None:
    """Put the keys of a city as they are now into a folder, whole; the city may run or not. Raises CannotStart."""
    own = settings.data / "keys"
    if (own / HOSTS).is_file():
        raise CannotStart("The keys lie on key hosts. Copy them there with `onecity keystore copy`.")
    if not (own / "keys.sqlite").is_file():
        raise CannotStart(f"There are no keys in {own}. A city makes them at its first start.")
    try:
        whole_copy(own, into)
    except (OSError, sqlite3.OperationalError) as failure:
        raise unusable(into, failure) from failure


async def renew(
    settings: Settings, purpose: Purpose, why: str, *, now: datetime, told: Callable[[int, int], None]
) -> Renewed:
    """Let another key follow the one of a purpose, while the city goes on. Raises Unavailable and CannotStart."""
    async with at_hand(settings) as memory:
        match purpose:
            case Purpose.MASTER:
                return Renewed(purpose, _store(memory).renew_master(told))
            case Purpose.SESSION:
                return Renewed(purpose, await Sessions(memory.pool).end_all())
            case Purpose.CHECKPOINT:
                await _signs_anew(memory, why, now)
                return Renewed(purpose, len(memory.signer.renewals()), memory.signer.line())


def _store(memory: Memory) -> KeyStore:
    if not isinstance(memory.keys, KeyStore):
        raise CannotStart(FIXED)
    return memory.keys


async def _signs_anew(memory: Memory, why: str, now: datetime) -> None:
    """Ask for another key until a sealer has taken it: that of the running city, or our own if there is none."""
    memory.signer.ask(why, now=now)
    connection = await connect(memory.database.app)
    try:
        once = asyncio.Event()
        once.set()
        # Returns at once where another process seals.
        await Sealer(connection, memory.book, memory.signer, memory.folder).run(once)
        for _ in range(_LOOKS):
            if not memory.signer.waits:
                return
            await asyncio.sleep(_LOOK_S)
        raise Unavailable("Nobody has taken the new key yet. The sealer takes it when it works again.")
    finally:
        await connection.close()
