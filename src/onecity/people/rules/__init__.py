"""What people may do with their accounts, their duties and each other's matters, or why not."""

from onecity.people.rules.consent import consents
from onecity.people.rules.lock import locked
from onecity.people.rules.mandates import RECORD, may_act_for
from onecity.people.rules.officers import ADMINISTER
from onecity.people.rules.reads import ANSWER
from onecity.people.rules.registration import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    FieldFault,
    Registration,
    faults_of,
    written_closely,
)
from onecity.people.rules.why import Why

__all__ = [
    "ADMINISTER",
    "ANSWER",
    "LONGEST_PASSWORD",
    "RECORD",
    "SHORTEST_PASSWORD",
    "FieldFault",
    "Registration",
    "Why",
    "consents",
    "faults_of",
    "locked",
    "may_act_for",
    "written_closely",
]
