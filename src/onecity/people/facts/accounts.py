"""What can happen to a person's account and to the duties that people hold."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from onecity.kernel.acting import Scope
from onecity.ledger import Basis, Fact, Personal


class AccountKind(StrEnum):
    """A citizen acts for themself; an officer acts in duties, with a second factor.

    Somebody on file has no login: a child, a ward, a person served at the window. For a firm others act.
    """

    CITIZEN = "citizen"
    OFFICER = "officer"
    ON_FILE = "on_file"
    FIRM = "firm"


class AccountOpened(Fact, frozen=True):
    """An account began. `register_row` is the SHA-256 of the register row that named the person, if one did;
    `scope` is where an officer works."""

    person: UUID
    kind: AccountKind
    name: Annotated[str | None, Personal(subject="person", kept="while a case is open or a licence valid")]
    number: Annotated[str | None, Personal(subject="person", kept="while a case is open or a licence valid")]
    phone: Annotated[str | None, Personal(subject="person", kept="nothing", basis=Basis.NOTHING)]
    register_row: str | None = None
    scope: Scope | None = None


class DutyGiven(Fact, frozen=True):
    """Two persons charged somebody with a duty in a scope, until a last day or without end.

    `reason` is said in words only where the city founds its first duties; else the `proposal` holds it.
    """

    duty: str
    scope: Scope
    since: date
    proposed_by: UUID | None
    reason: str
    until: date | None = None
    proposal: UUID | None = None


class DutyEnded(Fact, frozen=True):
    """A duty ended. The `proposal` holds the reason, if there was one."""

    duty: str
    scope: Scope
    proposed_by: UUID | None
    reason: str
    proposal: UUID | None = None


class How(StrEnum):
    """How somebody came to a new password."""

    SET_UP = "set_up"
    CHANGED = "changed"
    RECOVERED = "recovered"


class SecretsSet(Fact, frozen=True):
    """A person chose a password, an officer a second factor with it."""

    how: How


class ForgettingAsked(Fact, frozen=True):
    """A person asked to be forgotten. What a law keeps goes when it need not be kept any longer."""


class PersonForgotten(Fact, frozen=True):
    """Nothing kept the person's data any more; the key is gone, and with it what facts said of them."""
