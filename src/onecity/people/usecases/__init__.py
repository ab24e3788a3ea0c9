"""What people can do here, each command once: load, decide, record."""

from onecity.people.usecases.accounts import Known, LookUp, Opened, found_officer, register
from onecity.people.usecases.officers import Back, Decided, Filed, Staff
from onecity.people.usecases.reads import Answered, Asked, answer_for, ask_about, load_question

__all__ = [
    "Answered",
    "Asked",
    "Back",
    "Decided",
    "Filed",
    "Known",
    "LookUp",
    "Opened",
    "Staff",
    "answer_for",
    "ask_about",
    "found_officer",
    "load_question",
    "register",
]
