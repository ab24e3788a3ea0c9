"""What a case that looks at a decision afterwards does to the licence that the decision gave."""

from collections.abc import Mapping
from uuid import UUID

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.licences.facts import Ending, LicenceRevoked, LicenceStruckOff, RevocationDropped, RevocationProposed
from onecity.licences.model import Licence
from onecity.licences.rules import Why


def doubted(licence: Licence, case: UUID, words: Mapping[str, str]) -> tuple[Fact, ...] | Refused:
    """The proposal to annul a licence, about which the case decides after its holder was heard.

    One that has ended is left alone. Where officers want to end it for another reason, that is settled first.
    """
    if licence.ended is not None:
        return ()
    if licence.proposal is not None:
        return () if licence.proposal.fact.case == case else Refused(Why.PROPOSED)
    return (RevocationProposed(licence.holder, Ending.ANNULLED, dict(words), case),)


def settled(
    licence: Licence, case: UUID, words: Mapping[str, str], *, ends: bool, by: Acting
) -> tuple[Fact, ...] | Refused:
    """What the end of the case does to the licence that it doubted: the end of it, or of the doubt."""
    if licence.ended is not None or licence.proposal is None or licence.proposal.fact.case != case:
        return ()
    if ends:
        same = licence.proposal.comes_from(by)
        return Refused(Why.SAME_PERSON) if same else (LicenceRevoked(Ending.ANNULLED, licence.proposal.by),)
    gone = licence.firm_ended
    dropped = RevocationDropped(licence.holder, dict(words))
    # Without the doubt it goes the way of its firm, which is gone.
    return (dropped, LicenceStruckOff(gone.case, gone.matter)) if gone else (dropped,)
