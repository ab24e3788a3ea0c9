"""Bringing a material: looked at by its content, sealed, kept for what it is brought for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.services.projects import Projects
from onecity.services.projects.rules import stage_in
from onecity.services.rules import Why
from onecity.services.uploads import WrongFile, looked_at
from onecity.services.usecases import Intake, covered, own_affair


class Put(msgspec.Struct, frozen=True):
    """The answer to whoever brought a file: its type and its size in bytes."""

    material: str
    type: str
    size: int


_NO = {
    WrongFile.EMPTY: Why.FILE_EMPTY,
    WrongFile.TOO_LARGE: Why.FILE_TOO_LARGE,
    WrongFile.NOT_ACCEPTED: Why.FILE_NOT_ACCEPTED,
}


async def put(
    name: str, content: bytes, *, purpose: str, intake: Intake, projects: Projects, by: Acting, now: datetime
) -> Put | Refused:
    """Keep a file as a material of the person whose matter it is; a newer one takes the place of the older.

    Without a `purpose` no application takes it by itself: one has to name it among those that it uses.
    """
    material = intake.catalogue.find_material(name)
    if material is None:
        return Refused(Why.NO_SUCH_MATERIAL)
    if purpose and not await may_bring_for(purpose, intake=intake, projects=projects, by=by):
        return Refused(Why.NO_SUCH_PURPOSE)
    found = looked_at(material, content)
    if isinstance(found, WrongFile):
        return Refused(_NO[found], {"most": material.most_mb})
    assert by.subject is not None, "only people bring materials"
    upload = await intake.uploads.keep(by.subject, name, found, content, purpose=purpose, now=now)
    return Put(name, upload.type, upload.size)


async def may_bring_for(purpose: str, *, intake: Intake, projects: Projects, by: Acting) -> bool:
    """Whether there is such a purpose, and whoever acts may act in all of it."""
    match purpose.split("/"):
        case ["", "items" | "life-events" as kind, name]:
            items = _items_of(kind, name, intake)
            return bool(items) and await covered(items, ledger=intake.ledger, by=by)
        case ["", "projects", id_, "stages", stage]:
            own = await projects.own(project, by=by) if (project := _id(id_)) else Refused(Why.NOT_FOUND)
            return not isinstance(own, Refused) and bool(own.of_stage(stage_in(stage)))
        case ["", "affairs", id_]:
            affair = _id(id_)
            return affair is not None and not isinstance(await own_affair(affair, ledger=intake.ledger, by=by), Refused)
        case _:
            return False


def _items_of(kind: str, name: str, intake: Intake) -> Sequence[str]:
    """Every item that an item or a life event could be about; none if it cannot be applied for."""
    if kind == "items":
        return (name,) if intake.catalogue.item(name) else ()
    event = intake.catalogue.event(name)
    return tuple(part.item for part in event.parts) if event else ()


def _id(text: str) -> UUID | None:
    """An id as the house writes it: written otherwise, the same purpose would be another one."""
    try:
        return found if str(found := UUID(text)) == text else None
    except ValueError:
        return None
