"""The public list of the states of licences: what a line says, how a list is written, and that it never forgets.

The list names no identifier, only its hash, so nobody can read from it which licences there are.
Wire contract: `docs/licence-status.md`.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from onecity.kernel.instants import stamp
from onecity.ledger import Checkpoint, Fact, Proven, root_of
from onecity.licences.facts import CHANGES_STATE, LicenceRenewed, LicenceResumed
from onecity.licences.model import Licence, State, folded, state_on

SHARDS: Final = tuple(f"{number:02x}" for number in range(256))
"""The lists, by the first two signs of the hashes that they hold."""

RANK: Final[Mapping[State, int]] = {
    State.VALID: 0,
    State.SUSPENDED: 1,
    State.EXPIRED: 2,
    State.CANCELLED: 3,
    State.ANNULLED: 3,
    State.REVOKED: 3,
}
"""How bad a state is; the city may tell a worse one at once, a better one only with the proof of it."""

_BETTERED: Final[Mapping[State, type[Fact]]] = {State.SUSPENDED: LicenceResumed, State.EXPIRED: LicenceRenewed}
"""The only facts after which a licence is better off than before."""


class Line(msgspec.Struct, frozen=True):
    """One edition of one licence: the hash of its identifier, the state, the last day.

    `seal` is the root over the leaves of the first `changes` facts that changed the state. Source: RFC 6962 §2.1.
    """

    hash: str
    state: State
    until: date | None
    changes: int
    seal: str


class Told(msgspec.Struct, frozen=True):
    """A licence as a list can tell it: the facts that changed its state, with their leaves."""

    licence: Licence
    facts: tuple[Fact, ...]
    leaves: tuple[bytes, ...]

    def lines(self, day: date) -> tuple[Line, ...]:
        """A line for each edition; all of them say what is true of the licence."""
        state, seal = state_on(self.licence, day), sealed(self.leaves)
        return tuple(
            Line(identifier.hashed, state, self.licence.valid_until, len(self.leaves), seal)
            for identifier in self.licence.identifiers
        )


def told(history: Sequence[Proven], *, before: int) -> Told | None:
    """The licence behind the facts at positions before a number; None if there is none yet."""
    facts = [one for one in history if one.position is not None and one.position < before]
    licence = folded(one.recorded for one in facts)
    if licence is None:
        return None
    changes = [one for one in facts if isinstance(one.recorded.fact, CHANGES_STATE)]
    return Told(licence, tuple(one.recorded.fact for one in changes), tuple(one.leaf for one in changes))


def sealed(leaves: Sequence[bytes]) -> str:
    """The root over some leaves, in hex."""
    return root_of(leaves).hex()


def follows(before: Line, after: Line, now: Told) -> bool:
    """Whether a line may take the place of the one that was published before.

    The history that it tells goes on from the one that was told, and what became better has a fact that says so.
    """
    if sealed(now.leaves[: before.changes]) != before.seal or len(now.leaves) < before.changes:
        return False
    if RANK[after.state] >= RANK[before.state]:
        return True
    needed = _BETTERED.get(before.state)
    return needed is not None and any(isinstance(fact, needed) for fact in now.facts[before.changes :])


def aged(line: Line, today: date) -> Line:
    """A line on a later day: what has run out by then has run out."""
    over = line.until is not None and line.until < today and RANK[line.state] < RANK[State.EXPIRED]
    return msgspec.structs.replace(line, state=State.EXPIRED) if over else line


class Shard(msgspec.Struct, frozen=True):
    """One of the lists: its lines by hash, as they were at an instant under a checkpoint of the ledger."""

    name: str
    at: datetime
    checkpoint: Checkpoint
    lines: Mapping[str, Line]


class _Head(msgspec.Struct, frozen=True):
    shard: str
    at: str
    origin: str
    size: int
    root: str


def title(origin: str) -> str:
    """The first line of every list of a ledger's city."""
    return f"{origin}/licences/status"


def written(shard: Shard) -> str:
    """A list as text: its title, what it was made from, a line for each hash in their order."""
    point = shard.checkpoint
    head = _Head(shard.name, stamp(shard.at), point.origin, point.size, b64encode(point.root).decode())
    lines = [msgspec.json.encode(shard.lines[name]).decode() for name in sorted(shard.lines)]
    return "\n".join((title(point.origin), msgspec.json.encode(head).decode(), *lines)) + "\n"


def read(name: str, origin: str, text: str) -> Shard | None:
    """The list that a text of ours is; None if it is another one."""
    first, head_line, *rest = text.splitlines()
    head = msgspec.json.decode(head_line, type=_Head)
    if first != title(origin) or head.shard != name or head.origin != origin:
        return None
    lines = (msgspec.json.decode(line, type=Line) for line in rest)
    point = Checkpoint(head.origin, head.size, b64decode(head.root))
    return Shard(name, datetime.fromisoformat(head.at), point, {line.hash: line for line in lines})
