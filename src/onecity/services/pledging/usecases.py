"""What follows from decisions on a pledge: the check begins with the decision, and its end counts for later ones."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from onecity.casework import (
    Case,
    CaseOpened,
    Follow,
    Happening,
    StepTaken,
    clock_of_receipt,
    folded,
    made_ordinary,
    then,
    todos,
)
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Fact, Ledger
from onecity.licences import Licences, doubt_licence, settle_licence
from onecity.notices import letter_to
from onecity.services.catalogue import Catalogue
from onecity.services.facts import Branch
from onecity.services.model import Affair
from onecity.services.pledging import store
from onecity.services.pledging.declared import Pledge, check_by
from onecity.services.pledging.facts import CheckOpened, Found, PledgeChecked, Pledged
from onecity.services.pledging.rules import decided_after_all, found_by, taken
from onecity.services.usecases import affair_of_case


async def pledges_for(
    agreed: Mapping[str, str], items: Sequence[str], answers: Mapping[str, str], *, catalogue: Catalogue,
    ledger: Ledger, subject: UUID, day: date,
) -> dict[str, Pledge] | Refused:  # fmt: skip
    """The pledges that a person gives for some items, by item; or why one of them is not taken."""
    if not agreed:
        return {}
    offered = catalogue.pledges_with(items, answers)
    texts = {name: catalogue.pledge_version(name) for name in offered}
    async with ledger.readers.acquire() as connection:
        barred = await store.barred(connection, subject, items, day)
    no = taken(agreed, items=items, texts=texts, barred=barred)
    return no if no is not None else {name: offered[name] for name in items if name in agreed}


def checks_pledges(licences: Licences, catalogue: Catalogue) -> Follow:
    """Opens the check of a decision on a pledge with that decision, and lets what the check finds reach the licence and
    whoever gave the pledge.
    """

    async def follow(happening: Happening) -> Sequence[Change] | Refused:
        opened = happening.case.opened
        decided = opened.looks_at or happening.case.id
        # Only a case on a pledge, and its check, has a limit of its own; one that fell had it.
        own = opened.limit is not None or happening.case.ordinary
        if not own or (opened.looks_at is None and not happening.good):
            return ()
        affair = await affair_of_case(opened.affair, ledger=licences.ledger)
        pledged = None if isinstance(affair, Refused) else affair.pledges.get(decided)
        if isinstance(affair, Refused) or pledged is None:
            return ()
        pledge = await catalogue.pledge_in(opened.matter, pledged.version)
        if opened.looks_at is None:
            return await _granted(happening, affair, pledge, licences, catalogue)
        return await _looked(happening, affair, pledged, pledge, licences, catalogue)

    return follow


async def _granted(
    happening: Happening, affair: Affair, pledge: Pledge, licences: Licences, catalogue: Catalogue
) -> Sequence[Change] | Refused:
    """The check of what is granted on a pledge; none of what is granted on papers, as the pledge fell meanwhile."""
    case, day = happening.case, happening.terms.day(happening.now)
    async with licences.ledger.readers.acquire() as connection:
        barred = await store.barred(connection, case.opened.subject, [case.opened.matter], day)
    if not case.ordinary and not barred:
        return _check_begins(happening, affair, pledge, catalogue)
    no = decided_after_all(pledge.spares, {*affair.materials, *affair.licences}, ordinary=case.ordinary)
    return () if no is None else no


def _check_begins(happening: Happening, affair: Affair, pledge: Pledge, catalogue: Catalogue) -> tuple[Change, ...]:
    case, terms, now = happening.case, happening.terms, happening.now
    today, (process, version) = terms.day(now), catalogue.named_process_version(pledge.check.process)
    limit, by = pledge.check.within.limit, check_by(terms.calendar, pledge, today)
    check = derived_id(happening.key, now=now, what=f"check {case.id}")
    before, branch = case.opened, affair.branch(case.id)
    opened = CaseOpened(
        matter=before.matter, matter_version=before.matter_version, process=pledge.check.process,
        process_version=version, affair=affair.id, subject=before.subject, agency=before.agency, area=before.area,
        received=today, opens=todos(process, process.begins, terms.calendar, since=today), limit=limit,
        spares=before.spares, looks_at=case.id,
    )  # fmt: skip
    held = msgspec.structs.replace(terms, process=process, limit=limit, extension=0)
    looks = Branch(before.matter, before.matter_version, check, branch.pack if branch else None)
    facts = {"matter": before.matter, "case": str(check), "due": by.isoformat()}
    return (
        Change(check, 0, (opened, *clock_of_receipt(held, since=today, now=now))),
        Change(affair.id, affair.version, (CheckOpened(before.subject, case.id, looks, by),)),
        letter_to(
            PersonId(before.subject), "services.pledge_check", about=affair.id, sender=before.agency, facts=facts,
            words=None, law=process.steps[process.begins[0]].because.citation, key=happening.key, now=now,
        ),
    )  # fmt: skip


async def _looked(
    happening: Happening, affair: Affair, pledged: Pledged, pledge: Pledge, licences: Licences, catalogue: Catalogue
) -> Sequence[Change] | Refused:
    case, step = happening.case, next((one for one in happening.facts if isinstance(one, StepTaken)), None)
    holder, words = PersonId(case.opened.subject), (step.words or {}) if step else {}
    if happening.result is None:
        if step is None or f"{step.step}/{step.outcome}" != pledge.check.doubts:
            return ()
        return await doubt_licence(holder, pledged.case, case.id, words, licences=licences)
    found = found_by(happening.terms.process, happening.result)
    broken = found is Found.BROKEN
    until = pledge.barred_until(happening.terms.day(happening.now)) if broken else None
    checked = PledgeChecked(holder, pledged.matter, pledged.case, case.id, found, until)
    licence = await settle_licence(
        holder, pledged.case, case.id, words, ends=broken, by=happening.by, licences=licences
    )
    if isinstance(licence, Refused):
        return licence
    fallen = await _fallen(happening, pledged.matter, pledge, licences, catalogue) if until else ()
    return (Change(affair.id, affair.version, (checked,)), *licence, *fallen)


async def _fallen(
    happening: Happening, item: str, broken: Pledge, licences: Licences, catalogue: Catalogue
) -> list[Change]:
    """What a broken pledge does to the person's others in the matter that are undecided: they are made ordinary."""
    ledger, subject = licences.ledger, happening.case.opened.subject
    async with ledger.readers.acquire() as connection:
        ids = await store.unchecked(connection, subject, item)
    changes: list[Change] = []
    for case in [folded(await ledger.history(one)) for one in ids]:
        if case is None or case.result is not None:
            continue
        matter, affair = await catalogue.matter(case.opened), await affair_of_case(case.opened.affair, ledger=ledger)
        terms = msgspec.structs.replace(happening.terms, process=matter.process, limit=matter.limit)
        facts = made_ordinary(case, after=happening.case.id, terms=terms, now=happening.now)
        if facts and not isinstance(affair, Refused):
            pledge = await catalogue.pledge_in(item, affair.pledges[case.id].version)
            letter = _fallen_letter(happening, case, facts, pledge, broken)
            changes += (Change(case.id, case.version, facts), letter)
    return changes


def _fallen_letter(happening: Happening, case: Case, facts: Sequence[Fact], pledge: Pledge, broken: Pledge) -> Change:
    """How the person goes on: with the papers that the pledge had spared, or with another application."""
    said = {"matter": case.opened.matter, "case": str(case.id)}
    kind = "services.pledge_fell_anew"
    if pledge.spares:
        kind, said["lacking"] = "services.pledge_fell", " ".join(pledge.spares)
    if (last := then(case, facts, by=happening.by, now=happening.now).due) is not None:
        said["result_day"] = last.isoformat()
    law = broken.barred.because.citation if broken.barred else ""
    return letter_to(
        PersonId(case.opened.subject), kind, about=case.opened.affair, sender=case.opened.agency, facts=said,
        words=None, law=law, key=happening.key, now=happening.now,
    )  # fmt: skip
