"""What is there of the materials that cases need: files that the person brought, and licences that show the same."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Change
from onecity.licences import Licences, Reliance, held_of_type, use
from onecity.people import matters_of
from onecity.services.declared import Item
from onecity.services.rules import Why
from onecity.services.store import Upload
from onecity.services.uploads import counts, quoted
from onecity.services.usecases import Intake


class Needing(msgspec.Struct, frozen=True):
    """A case, the item that it is about, and the materials that are to be there for it."""

    case: UUID
    name: str
    item: Item
    materials: tuple[str, ...]


class Brought(msgspec.Struct, frozen=True):
    """What is there, by material: the hash of a sealed file, or the licence that shows the same.

    `changes` record on each licence which cases rely on it now.
    """

    files: Mapping[str, str]
    licences: Mapping[str, UUID]
    changes: tuple[Change, ...]

    @property
    def names(self) -> frozenset[str]:
        """The materials of which something is there."""
        return frozenset((*self.files, *self.licences))


async def brought(
    cases: Sequence[Needing], *, purposes: Collection[str], intake: Intake, subject: UUID, by: Acting, day: date,
    uses: Sequence[str] = (),
) -> Brought | Refused:  # fmt: skip
    """What is there of what some cases of a person need; whoever applies agrees that their licences are used.

    Only files that were brought for one of the `purposes` count, and those that `uses` names.
    """
    names = tuple(dict.fromkeys(name for one in cases for name in one.materials))
    there = await there_of(names, purposes=purposes, intake=intake, subject=subject, by=by)
    strange = tuple(name for name in uses if name not in there)
    if strange:
        return Refused(Why.NOT_BROUGHT, {"names": strange, "number": len(strange)})
    files = {name: one for name, one in there.items() if counts(one, purposes=purposes, uses=uses)}
    licences = await relied_on(names, intake=intake, subject=subject, day=day)
    changes = await _uses(cases, licences, licences_of=intake.licences, by=by, day=day)
    if isinstance(changes, Refused):
        return changes
    return Brought(quoted(files), licences, changes)


async def there_of(
    names: Sequence[str], *, purposes: Collection[str], intake: Intake, subject: UUID, by: Acting
) -> dict[str, Upload]:
    """The files of some materials that a form for some purposes shows, as far as whoever acts may know of them."""
    async with intake.ledger.readers.acquire() as connection:
        within = await matters_of(connection, by)
    return await intake.uploads.of(subject, names, purposes=purposes, within=within)


async def relied_on(names: Sequence[str], *, intake: Intake, subject: UUID, day: date) -> dict[str, UUID]:
    """The materials that the person need not bring, because a licence that they hold shows it; by material."""
    found: dict[str, UUID] = {}
    for name in names:
        kind = intake.catalogue.shown_by(name)
        held = await held_of_type(PersonId(subject), kind, day=day, licences=intake.licences) if kind else ()
        if held:
            found[name] = held[0].id
    return found


async def _uses(
    cases: Sequence[Needing], relied: Mapping[str, UUID], *, licences_of: Licences, by: Acting, day: date
) -> tuple[Change, ...] | Refused:
    changes: list[Change] = []
    for licence in dict.fromkeys(relied.values()):
        relying = [one for one in cases if any(relied.get(name) == licence for name in one.materials)]
        named = [Reliance(one.item.agency, one.case, one.name) for one in relying]
        more = await use(licence, named, licences=licences_of, consent=by, day=day)
        if isinstance(more, Refused):
            return more
        changes += more
    return tuple(changes)
