"""Everything that can happen to people in the city's memory."""

from typing import Final

from onecity.ledger import FactType
from onecity.people.facts.accounts import AccountKind, AccountOpened, DutyEnded, DutyGiven
from onecity.people.facts.reads import ReadAnswered, ReadQuestioned, ReadsRecorded

FACTS: Final = (
    FactType("people.account_opened", AccountOpened),
    FactType("people.duty_given", DutyGiven),
    FactType("people.duty_ended", DutyEnded),
    FactType("people.reads_recorded", ReadsRecorded),
    FactType("people.read_questioned", ReadQuestioned),
    FactType("people.read_answered", ReadAnswered),
)

__all__ = [
    "FACTS",
    "AccountKind",
    "AccountOpened",
    "DutyEnded",
    "DutyGiven",
    "ReadAnswered",
    "ReadQuestioned",
    "ReadsRecorded",
]
