"""What can happen to the right to act for somebody else, and to the consent that their data are used.

A mandate is a history of its own, and so is a consent.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from onecity.ledger import Fact, Personal

_MANDATE = "as long as the affairs done under it"


class MandateKind(StrEnum):
    """By what right somebody acts for another: because they were asked to, as guardian, or as a firm's representative.

    Source: 民法典 §163 (mandate and law), §34 (guardians), §61 (legal representatives), in force 2021-01-01.
    """

    GIVEN = "given"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"


class MandateGiven(Fact, frozen=True):
    """Somebody may act for a person or a firm, in some matters or (if none is named) in all, in some days.

    `register_row` quotes the row by which the law gives the right; `paper` names the paper that an officer saw.
    """

    kind: MandateKind
    grantor: UUID
    agent: UUID
    matters: tuple[str, ...]
    since: date
    until: date | None
    agent_name: Annotated[str | None, Personal(subject="agent", kept=_MANDATE)]
    paper: Annotated[str | None, Personal(subject="grantor", kept=_MANDATE)] = None
    register_row: str | None = None


class MandateEnded(Fact, frozen=True):
    """The mandate holds no more: whoever gave it took it back, or whoever had it laid it down."""


class ConsentGiven(Fact, frozen=True):
    """A person agreed that readers use their row of a register for a purpose, until a last day or until taken back.

    `readers` are agencies of the pack. Source: 个人信息保护法 §13, §14 (2021-11-01).
    """

    person: UUID
    purpose: str
    register: str
    readers: tuple[str, ...]
    until: date | None


class ConsentEnded(Fact, frozen=True):
    """The person took the consent back. Source: 个人信息保护法 §15 (2021-11-01)."""

    person: UUID
    purpose: str
