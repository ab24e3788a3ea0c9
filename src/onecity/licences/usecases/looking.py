"""A licence whose decision is looked at afterwards: changes for the transaction of the case that looks."""

from collections.abc import Callable, Mapping
from uuid import UUID

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Fact
from onecity.licences.model import Licence
from onecity.licences.rules.looked import doubted, settled
from onecity.licences.usecases import Licences, held_by


async def doubt_licence(
    holder: PersonId, decided: UUID, case: UUID, words: Mapping[str, str], *, licences: Licences
) -> tuple[Change, ...] | Refused:
    """Propose to annul the licence that the case `decided` gave; `case` decides about it."""
    return await _changed(holder, decided, lambda one: doubted(one, case, words), licences)


async def settle_licence(
    holder: PersonId, decided: UUID, case: UUID, words: Mapping[str, str], *, ends: bool, by: Acting, licences: Licences
) -> tuple[Change, ...] | Refused:
    """Annul the licence that the case `decided` gave, or drop the proposal that `case` made."""
    return await _changed(holder, decided, lambda one: settled(one, case, words, ends=ends, by=by), licences)


async def _changed(
    holder: PersonId, decided: UUID, rule: Callable[[Licence], tuple[Fact, ...] | Refused], licences: Licences
) -> tuple[Change, ...] | Refused:
    """What a rule does to the licence of a decision; nothing where it gave none."""
    held = await held_by(holder, licences=licences)
    licence = next((one for one in held if one.issued.case == decided), None)
    facts = rule(licence) if licence else ()
    if isinstance(facts, Refused):
        return facts
    return (Change(licence.id, licence.version, facts),) if licence and facts else ()
