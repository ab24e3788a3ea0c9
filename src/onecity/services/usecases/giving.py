"""What a decision gives, and what a case relies on instead of a copy: licences, in the same transaction."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from onecity.casework import Follow, Happening, folded
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Ledger, Together
from onecity.licences import Decided, Licences, LicenceUsed, changed_by, ended_by, firm_licences, issue
from onecity.people import names_of
from onecity.services.answers import Field, answer_text
from onecity.services.catalogue import Catalogue
from onecity.services.declared import Item
from onecity.services.facts import Branch
from onecity.services.model import Affair
from onecity.services.usecases import affair_of_case


def gives_licences(licences: Licences, catalogue: Catalogue, say: Callable[[str], str]) -> Follow:
    """Issues the licence of an item with the decision that grants it, gives the firm's own its next edition where the
    decision changes it, and ends it with all that stand on it where the firm ends. `say` is the language of the law.
    """
    names = _names(licences.ledger)

    async def follow(happening: Happening) -> Sequence[Change]:
        opened = happening.case.opened
        if not happening.good or opened.looks_at is not None:
            return ()
        item = await catalogue.item_of(opened)
        if item.result.licence is None and ended_by(opened.matter, licences=licences) is None:
            return ()
        affair = await affair_of_case(opened.affair, ledger=licences.ledger)
        answers = {} if isinstance(affair, Refused) else affair.answers
        branch = None if isinstance(affair, Refused) else affair.branch(happening.case.id)
        asked = (await catalogue.under(branch.pack if branch else None)).fields([opened.matter])
        holder, values = PersonId(opened.subject), in_words(asked, answers, say)
        reached = await _reached(happening, item, values, licences)
        if reached is not None or item.result.licence is None:
            return reached or ()
        change = issue(
            licences=licences, kind=item.result.licence, holder=holder, holder_name=await names.ask(holder),
            values=values, agency=opened.agency, area=opened.area,
            case=happening.case.id, affair=opened.affair, matter=opened.matter,
            day=day_in(licences.zone, happening.now), key=happening.key, now=happening.now,
        )  # fmt: skip
        waiting = () if isinstance(affair, Refused) else await _waiting(affair, item, catalogue, licences)
        return (msgspec.structs.replace(change, facts=(*change.facts, *(_used(one, holder) for one in waiting))),)

    return follow


async def _reached(
    happening: Happening, item: Item, values: Mapping[str, str], licences: Licences
) -> Sequence[Change] | None:
    """What a decision about a firm does to the licences that it has; None where it does nothing to any."""
    opened = happening.case.opened
    changes, ends = changed_by(opened.matter, licences=licences), ended_by(opened.matter, licences=licences)
    if changes is None and ends is None:
        return None
    firm = await firm_licences(PersonId(opened.subject), licences=licences)
    decided = Decided(happening.case.id, opened.matter, day_in(licences.zone, happening.now))
    if ends is not None:
        return firm.strike_off(ends, values, item.basis, decided=decided, key=happening.key, now=happening.now)
    assert changes is not None, "asked before"
    return firm.change(changes, values, decided=decided, key=happening.key, now=happening.now)


async def _waiting(
    affair: Affair, item: Item, catalogue: Catalogue, licences: Licences
) -> tuple[tuple[Branch, Item], ...]:
    """The open branches of an application that need the result of an item as a material: they rely on it from now."""
    found: list[tuple[Branch, Item]] = []
    for branch in affair.branches:
        other = await catalogue.item_in(branch.item, branch.version)
        if item.result.material in other.materials and await _is_open(branch, licences):
            found.append((branch, other))
    return tuple(found)


async def _is_open(branch: Branch, licences: Licences) -> bool:
    case = folded(await licences.ledger.history(branch.case))
    return case is not None and case.result is None


def _used(relying: tuple[Branch, Item], holder: PersonId) -> LicenceUsed:
    """Who applied for both agreed that the one is used for the other."""
    branch, item = relying
    return LicenceUsed(item.agency, branch.case, branch.item, holder)


def _names(ledger: Ledger) -> Together[PersonId, str]:
    """Names of holders; empty for who was forgotten. Licences of the same moment ask together."""

    async def look_up(holders: Sequence[PersonId]) -> list[str]:
        async with ledger.readers.acquire() as connection:
            found = await names_of(connection, holders)
        return [found.get(holder, "") for holder in holders]

    return Together(look_up)


def in_words(asked: Mapping[str, Field], answers: Mapping[str, str], say: Callable[[str], str]) -> dict[str, str]:
    """Answers as they stand on paper, in the words of the version under which they were asked."""
    return {name: answer_text(asked[name], answers[name], "zh", say) for name in asked if name in answers}
