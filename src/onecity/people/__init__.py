"""Who is who: accounts, agencies, duties, mandates, and the door through which people sign in."""

from onecity.people.cited import CITED
from onecity.people.declared import AGENCY, DUTY, Agency, Duty
from onecity.people.facts import FACTS, AccountKind, AccountOpened, Document, DutyEnded, DutyGiven
from onecity.people.locks import Keys, Locks
from onecity.people.model import Consent, Mandate, Person, Read
from onecity.people.projections import PEOPLE
from onecity.people.reads import ReadLog
from onecity.people.recovery import phone_in
from onecity.people.rules import Why, consents, may_act_for
from onecity.people.signin import PasswordDoor, SignedIn
from onecity.people.store.accounts import (
    anybody_called,
    duties_of,
    names_of,
    officers_with,
    on_duty,
    people_called,
    person,
)
from onecity.people.store.mandates import matters_of
from onecity.people.usecases import agreeing, consent_for, refusal_for

__all__ = [
    "AGENCY",
    "CITED",
    "DUTY",
    "FACTS",
    "PEOPLE",
    "AccountKind",
    "AccountOpened",
    "Agency",
    "Consent",
    "Document",
    "Duty",
    "DutyEnded",
    "DutyGiven",
    "Keys",
    "Locks",
    "Mandate",
    "PasswordDoor",
    "Person",
    "Read",
    "ReadLog",
    "SignedIn",
    "Why",
    "agreeing",
    "anybody_called",
    "consent_for",
    "consents",
    "duties_of",
    "matters_of",
    "may_act_for",
    "names_of",
    "officers_with",
    "on_duty",
    "people_called",
    "person",
    "phone_in",
    "refusal_for",
]
