"""Bringing a material: looked at by its content, sealed, kept for every item that needs it."""

from datetime import datetime

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.services.rules import Why
from onecity.services.uploads import WrongFile, looked_at
from onecity.services.usecases import Intake


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


async def put(name: str, content: bytes, *, intake: Intake, by: Acting, now: datetime) -> Put | Refused:
    """Keep a file as a material of the person whose matter it is; a newer one takes the place of the older."""
    material = intake.catalogue.find_material(name)
    if material is None:
        return Refused(Why.NO_SUCH_MATERIAL)
    found = looked_at(material, content)
    if isinstance(found, WrongFile):
        return Refused(_NO[found], {"most": material.most_mb})
    assert by.subject is not None, "only people bring materials"
    upload = await intake.uploads.keep(by.subject, name, found, content, now=now)
    return Put(name, upload.type, upload.size)
