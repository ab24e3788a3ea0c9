"""What services holds on a person: applications with their answers, files, what was begun, bookings and numbers."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from onecity.kernel.ids import PersonId
from onecity.ledger import Ledger
from onecity.people.holdings import Bond, Holding
from onecity.services import store
from onecity.services.drafts import Draft, Drafts
from onecity.services.feedback.store import own_feedback
from onecity.services.projects.store import every_project_of
from onecity.services.queueing import store as queues
from onecity.services.uploads import Uploads


def told(draft: Draft, files: Sequence[store.Upload]) -> Mapping[str, object]:
    """A draft as its person reads it: what they typed, and what they chose.

    A file that is to count stands there with its material, as long as it is there; an item without the version of a
    pledge is one for which they bring the papers. The key of the draft says nothing of its person.
    """
    materials = {one.blob: one.material for one in files}
    return {
        "typed": dict(draft.typed),
        "known": list(draft.known),
        "uses": [{"material": materials.get(blob), "blob": blob} for blob in draft.uses],
        "pledges": {item: version or None for item, version in draft.pledges.items()},
    }


class ServiceKeeper:
    """Answers for applications, drafts and files. What an application quotes stays as long as its cases."""

    name = "services"

    def __init__(self, ledger: Ledger, drafts: Drafts, uploads: Uploads) -> None:
        self._ledger = ledger
        self._drafts = drafts
        self._uploads = uploads

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        del day
        begun = await self._drafts.begun(person)
        async with self._ledger.readers.acquire() as connection:
            affairs = await store.affairs_of(connection, person)
            quoted = await store.quoted_by(connection, person)
            loose = await store.loose_uploads(connection, person)
            halls = await queues.all_of(connection, person)
            ratings = await own_feedback(connection, person)
            projects = await every_project_of(connection, person)
        return (
            Holding("services.held.applications", len(affairs), Bond.AFFAIRS),
            Holding("services.held.ratings", len(ratings), Bond.AFFAIRS),
            Holding("services.held.projects", len(projects), Bond.AFFAIRS),
            Holding("services.held.files", len(quoted), Bond.AFFAIRS),
            Holding("services.held.loose_files", len(loose), Bond.NOTHING),
            Holding("services.held.bookings", len(halls), Bond.AFFAIRS),
            Holding("services.held.drafts", len(begun), Bond.NOTHING),
        )

    async def export(self, person: PersonId) -> Mapping[str, object]:
        async with self._ledger.readers.acquire() as connection:
            affairs = await store.affairs_of(connection, person)
            files = await store.all_uploads(connection, person)
            halls = await queues.all_of(connection, person)
            ratings = await own_feedback(connection, person)
            projects = await every_project_of(connection, person)
        begun = {what: await self._drafts.resume(person, what) for what in await self._drafts.begun(person)}
        return {
            "applications": await self._ledger.told([one.affair for one in affairs]),
            "ratings": await self._ledger.told(ratings),
            "projects": await self._ledger.told(projects),
            "files": [msgspec.to_builtins(one) for one in files],
            "halls": [msgspec.to_builtins(one) for one in halls],
            "drafts": {what: told(draft, files) for what, draft in begun.items() if draft},
        }

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        return await self._drafts.erase(person) + await self._uploads.erase(person, wholly=wholly)
