"""What the machines of the city and the key hosts say to each other, as MessagePack over TLS with certificates."""

import msgspec

Row = tuple[bytes, bytes]
"""Whose key, and the key as it lies wrapped."""


class Find(msgspec.Struct, frozen=True):
    """Whose keys are wanted."""

    subjects: list[bytes]


class Keep(msgspec.Struct, frozen=True):
    """Keys to keep. `fresh`: just made, so whoever has one already keeps that one and the new one is dropped."""

    rows: list[Row]
    fresh: bool


class Rows(msgspec.Struct, frozen=True):
    """The keys of those who were asked for. `whole`: who is not here has none, as far as this host can know."""

    rows: list[Row]
    whole: bool = True


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


class Changes(msgspec.Struct, frozen=True):
    """What a host got after a number, in its order. `store` tells one life of its disk from another."""

    store: str
    end: int
    rows: list[Row]
    services: list[tuple[str, bytes]]
    more: bool
