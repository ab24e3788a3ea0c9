"""Everything that can happen to people in the city's memory."""

from typing import Final

from onecity.ledger import FactType
from onecity.people.facts.accounts import (
    AccountKind,
    AccountOpened,
    DutyEnded,
    DutyGiven,
    ForgettingAsked,
    How,
    PersonForgotten,
    SecretsSet,
)
from onecity.people.facts.mandates import ConsentEnded, ConsentGiven, MandateEnded, MandateGiven, MandateKind
from onecity.people.facts.officers import (
    AbsenceEnded,
    AbsenceNoted,
    DutyEndProposed,
    DutyProposed,
    OfficerProposed,
    ProposalConfirmed,
    ProposalRefused,
    Proposed,
    ResetProposed,
    SecretsReset,
)
from onecity.people.facts.reads import ReadAnswered, ReadQuestioned, ReadsRecorded
from onecity.people.facts.receptions import Document, ReceptionEnded, ReceptionOpened

FACTS: Final = (
    FactType("people.account_opened", AccountOpened),
    FactType("people.duty_given", DutyGiven),
    FactType("people.duty_ended", DutyEnded),
    FactType("people.officer_proposed", OfficerProposed),
    FactType("people.duty_proposed", DutyProposed),
    FactType("people.duty_end_proposed", DutyEndProposed),
    FactType("people.reset_proposed", ResetProposed),
    FactType("people.absence_noted", AbsenceNoted),
    FactType("people.proposal_confirmed", ProposalConfirmed),
    FactType("people.proposal_refused", ProposalRefused),
    FactType("people.absence_ended", AbsenceEnded),
    FactType("people.secrets_reset", SecretsReset),
    FactType("people.secrets_set", SecretsSet),
    FactType("people.forgetting_asked", ForgettingAsked),
    FactType("people.person_forgotten", PersonForgotten),
    FactType("people.mandate_given", MandateGiven),
    FactType("people.mandate_ended", MandateEnded),
    FactType("people.consent_given", ConsentGiven),
    FactType("people.consent_ended", ConsentEnded),
    FactType("people.read_log_recorded", ReadsRecorded),
    FactType("people.read_questioned", ReadQuestioned),
    FactType("people.read_answered", ReadAnswered),
    FactType("people.reception_opened", ReceptionOpened),
    FactType("people.reception_ended", ReceptionEnded),
)

__all__ = [
    "FACTS",
    "AbsenceEnded",
    "AbsenceNoted",
    "AccountKind",
    "AccountOpened",
    "ConsentEnded",
    "ConsentGiven",
    "Document",
    "DutyEndProposed",
    "DutyEnded",
    "DutyGiven",
    "DutyProposed",
    "ForgettingAsked",
    "How",
    "MandateEnded",
    "MandateGiven",
    "MandateKind",
    "OfficerProposed",
    "PersonForgotten",
    "ProposalConfirmed",
    "ProposalRefused",
    "Proposed",
    "ReadAnswered",
    "ReadQuestioned",
    "ReadsRecorded",
    "ReceptionEnded",
    "ReceptionOpened",
    "ResetProposed",
    "SecretsReset",
    "SecretsSet",
]
