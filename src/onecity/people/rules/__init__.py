"""What people may do with their accounts, their duties and each other's matters, or why not."""

from onecity.people.rules.officers import ADMINISTER
from onecity.people.rules.reads import ANSWER
from onecity.people.rules.registration import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    FieldFault,
    Registration,
    faults_of,
)
from onecity.people.rules.why import Why

__all__ = [
    "ADMINISTER",
    "ANSWER",
    "LONGEST_PASSWORD",
    "SHORTEST_PASSWORD",
    "FieldFault",
    "Registration",
    "Why",
    "faults_of",
]
