"""What rows of the registers say. Each has a number by which alone it is found."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec


class PersonRow(msgspec.Struct, frozen=True):
    """What the register of residents says of a person. `source` names where the row came from."""

    number: str
    name: str
    born: date
    sex: str
    address: str
    area: str
    source: str


class FirmRow(msgspec.Struct, frozen=True):
    """What the register of firms says of a firm. `number` is its unified social credit code.

    `representative` is the identity number of the legal representative, who acts for the firm by law.
    Source: 民法典 §61 (2021-01-01).
    """

    number: str
    name: str
    representative: str
    address: str
    area: str
    source: str


class FactRow(msgspec.Struct, frozen=True):
    """What a register of the pack says of whoever has a number: facts as people write them.

    `recorded` is the day on which the source wrote them down.
    """

    number: str
    register: str
    facts: Mapping[str, str]
    recorded: date
    source: str


class Guardianship(StrEnum):
    """Why somebody has a guardian: because they are a child, or because a court said so."""

    CHILD = "child"
    WARD = "ward"


class GuardianRow(msgspec.Struct, frozen=True):
    """Who the guardians of a person are, by their identity numbers. `number` is that of the child or ward.

    Source: 民法典 §27 (parents of a child), §28 and §31 (guardians of an adult).
    """

    number: str
    kind: Guardianship
    guardians: tuple[str, ...]
    source: str
