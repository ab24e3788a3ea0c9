"""Who is who: accounts, agencies, duties, and the door through which people sign in."""

from onecity.people.declared import AGENCY, DUTY, Agency, Duty
from onecity.people.facts import FACTS, AccountKind, AccountOpened, DutyEnded, DutyGiven
from onecity.people.locks import Keys, Locks
from onecity.people.model import Person, Read
from onecity.people.projections import PEOPLE
from onecity.people.reads import ReadLog
from onecity.people.rules import Why
from onecity.people.signin import PasswordDoor, SignedIn
from onecity.people.store.accounts import duties_of, names_of, person

__all__ = [
    "AGENCY",
    "DUTY",
    "FACTS",
    "PEOPLE",
    "AccountKind",
    "AccountOpened",
    "Agency",
    "Duty",
    "DutyEnded",
    "DutyGiven",
    "Keys",
    "Locks",
    "PasswordDoor",
    "Person",
    "Read",
    "ReadLog",
    "SignedIn",
    "Why",
    "duties_of",
    "names_of",
    "person",
]
