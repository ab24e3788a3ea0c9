"""What the machines of the city and the key hosts say to each other, as MessagePack over TLS with certificates."""

from hashlib import sha256

import msgspec

Row = tuple[bytes, bytes]
"""Whose key, and the key as it lies wrapped."""

Gone = tuple[bytes, str]
"""Whose key was destroyed, and its tag."""


def tag(wrapped: bytes) -> str:
    """What tells a wrapped key from every other one. It lies in the lists of destroyed keys and may never change."""
    return sha256(wrapped).hexdigest()[:32]


class Find(msgspec.Struct, frozen=True):
    """Whose keys are wanted."""

    subjects: list[bytes]


class Keep(msgspec.Struct, frozen=True):
    """Keys to keep. `fresh`: just made, so whoever has one already keeps that one and the new one is dropped."""

    rows: list[Row]
    fresh: bool


class Rows(msgspec.Struct, frozen=True):
    """The keys of those who were asked for, and which of theirs were destroyed: those count wherever they turn up.

    `whole`: who is not here has none, as far as this host can know.
    """

    rows: list[Row]
    whole: bool = True
    destroyed: list[Gone] = []


class Destroy(msgspec.Struct, frozen=True):
    """Whose keys go."""

    subject: bytes


class Service(msgspec.Struct, frozen=True):
    """The key of a purpose, made now if there is none and `fresh` says what it would be."""

    name: str
    fresh: bytes | None = None


class Found(msgspec.Struct, frozen=True):
    """The key of a purpose, if there is one."""

    wrapped: bytes | None


class State(msgspec.Struct, frozen=True):
    """How many keys a host ever destroyed: whoever remembers keys looks again when it grows."""

    destroyed: int
    whole: bool


class Since(msgspec.Struct, frozen=True):
    """What is asked of the other host: what it got after a number in that life of its disk, and what it destroyed
    beyond so many in that run. Hosts of before the lists travelled ask without a run, and are told of none.
    """

    store: str
    after: int
    run: str | None = None
    told: int = 0


class Changes(msgspec.Struct, frozen=True):
    """What a host got after a number, in its order. `store` tells one life of its disk from another.

    Keys come only when everything that was destroyed has been told: whoever takes them knows what may not come back.
    """

    store: str
    end: int
    rows: list[Row]
    services: list[tuple[str, bytes]]
    more: bool
    run: str = ""
    destroyed: list[Gone] = []


class Counted(msgspec.Struct, frozen=True):
    """How many persons have keys on a host, and the names of the keys of purposes."""

    persons: int = 0
    purposes: list[str] = []


class Listed(msgspec.Struct, frozen=True):
    """Whose keys were destroyed, after so many of them; `more` if there are."""

    after: int = 0
    names: list[bytes] = []
    more: bool = False
