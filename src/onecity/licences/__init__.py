"""What decisions give and others rely on: licences with an identifier, states, a wallet, a check for everybody."""

from onecity.licences.declared import LICENCE_TYPE, LicenceType
from onecity.licences.facts import (
    FACTS,
    Ending,
    LicenceCancelled,
    LicenceIssued,
    LicenceRenewed,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
    LicenceUsed,
    RevocationDropped,
    RevocationProposed,
)
from onecity.licences.identifier import Identifier, IdentifierFault, read_identifier
from onecity.licences.model import Licence, State, folded, state_on
from onecity.licences.projections import LICENCES
from onecity.licences.rules import Deed, Do, Why
from onecity.licences.usecases import (
    Changed,
    Licences,
    Reliance,
    cancel,
    held_by,
    held_of_type,
    issue,
    load,
    oversee,
    renew,
    use,
)
from onecity.licences.verdict import LookedUp, Verdict

__all__ = [
    "FACTS",
    "LICENCES",
    "LICENCE_TYPE",
    "Changed",
    "Deed",
    "Do",
    "Ending",
    "Identifier",
    "IdentifierFault",
    "Licence",
    "LicenceCancelled",
    "LicenceIssued",
    "LicenceRenewed",
    "LicenceResumed",
    "LicenceRevoked",
    "LicenceSuspended",
    "LicenceType",
    "LicenceUsed",
    "Licences",
    "LookedUp",
    "Reliance",
    "RevocationDropped",
    "RevocationProposed",
    "State",
    "Verdict",
    "Why",
    "cancel",
    "folded",
    "held_by",
    "held_of_type",
    "issue",
    "load",
    "oversee",
    "read_identifier",
    "renew",
    "state_on",
    "use",
]
