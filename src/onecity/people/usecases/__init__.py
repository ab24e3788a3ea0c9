"""What people can do here, each command once: load, decide, record."""

from onecity.people.usecases.accounts import Known, LookUp, Opened, found_officer, register
from onecity.people.usecases.consents import Agreed, Consents, TakenBack, agreeing, consent_for
from onecity.people.usecases.mandates import (
    Ended,
    Entrust,
    Entrusted,
    FirmLookUp,
    Mandates,
    WardLookUp,
    refusal_for,
)
from onecity.people.usecases.officers import Back, Decided, Filed, Officers
from onecity.people.usecases.reads import Answered, Asked, answer_for, ask_about, load_question
from onecity.people.usecases.receptions import Received, Receptions, Served

__all__ = [
    "Agreed",
    "Answered",
    "Asked",
    "Back",
    "Consents",
    "Decided",
    "Ended",
    "Entrust",
    "Entrusted",
    "Filed",
    "FirmLookUp",
    "Known",
    "LookUp",
    "Mandates",
    "Officers",
    "Opened",
    "Received",
    "Receptions",
    "Served",
    "TakenBack",
    "WardLookUp",
    "agreeing",
    "answer_for",
    "ask_about",
    "consent_for",
    "found_officer",
    "load_question",
    "refusal_for",
    "register",
]
