"""What decisions give and others rely on: licences with an identifier, states, a wallet, a check for everybody."""

from onecity.licences.cited import CITED
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
    RenewalAsked,
    RenewalRefused,
    RevocationDropped,
    RevocationProposed,
)
from onecity.licences.identifier import Identifier, IdentifierFault, read_identifier
from onecity.licences.model import Licence, State, folded, state_on
from onecity.licences.projections import LICENCES
from onecity.licences.rules import Deed, Do, Why
from onecity.licences.rules.firm import Decided
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
    use,
)
from onecity.licences.usecases.firm import Along, changed_by, ended_by, firm_licences, goes_along
from onecity.licences.usecases.looking import doubt_licence, settle_licence
from onecity.licences.usecases.renewing import ask_renewal, let_silence_renew, refuse_renewal, remind_of_ends, renew
from onecity.licences.verdict import LookedUp, Verdict

__all__ = [
    "CITED",
    "FACTS",
    "LICENCES",
    "LICENCE_TYPE",
    "Along",
    "Changed",
    "Decided",
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
    "RenewalAsked",
    "RenewalRefused",
    "RevocationDropped",
    "RevocationProposed",
    "State",
    "Verdict",
    "Why",
    "ask_renewal",
    "cancel",
    "changed_by",
    "doubt_licence",
    "ended_by",
    "firm_licences",
    "folded",
    "goes_along",
    "held_by",
    "held_of_type",
    "issue",
    "let_silence_renew",
    "load",
    "oversee",
    "read_identifier",
    "refuse_renewal",
    "remind_of_ends",
    "renew",
    "settle_licence",
    "state_on",
    "use",
]
