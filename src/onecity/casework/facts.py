"""What can happen to a case."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.kernel.clock import Limit
from onecity.ledger import Fact, FactType, Personal


class Todo(msgspec.Struct, frozen=True):
    """A step that waits, and the duty that it waits for."""

    step: str
    duty: str


class CaseOpened(Fact, frozen=True):
    """A case began under one version of its matter and its process; both versions stay with it to the end.

    `matter` is what the case is about (an item of the catalogue), `affair` what it belongs to, `subject` the person
    whose affair it is. A case that waits for the results of others names them in `after` and opens nothing yet.
    """

    matter: str
    matter_version: str
    process: str
    process_version: str
    affair: UUID
    subject: UUID
    agency: str
    area: str
    received: date
    opens: tuple[Todo, ...]
    after: tuple[UUID, ...] = ()


class BeforeEnded(Fact, frozen=True):
    """One of the cases for whose results this one waits has ended."""

    case: UUID


class CaseReleased(Fact, frozen=True):
    """Everything that the case waited for is there; its first steps wait since the day `received`."""

    received: date
    opens: tuple[Todo, ...]


class StepTaken(Fact, frozen=True):
    """A step ended with an outcome and opened others. `words` are what was written to the person concerned."""

    step: str
    outcome: str
    opens: tuple[Todo, ...]
    subject: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="subject", kept="as long as the case, archives law")]


class ClockStarted(Fact, frozen=True):
    """The limit began to run on the day of acceptance; `due` is the latest day by the calendar of that moment.

    `pack` is the version of the city's declarations by which it was counted.
    """

    accepted: date
    limit: Limit
    due: date
    pack: str


class CaseEnded(Fact, frozen=True):
    """The case has its result; nothing more is to be done.

    The result is a word of the process, or LAPSED if something that the case waited for did not come.
    """

    result: str


LAPSED: Final = "lapsed"

FACTS = (
    FactType("casework.opened", CaseOpened),
    FactType("casework.before_ended", BeforeEnded),
    FactType("casework.released", CaseReleased),
    FactType("casework.step_taken", StepTaken),
    FactType("casework.clock_started", ClockStarted),
    FactType("casework.ended", CaseEnded),
)
