"""Files that a form brings: the good ones are kept, of the others it is said what is wrong, and those that other
applications used are offered.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.responses import Response

from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services import store
from onecity.services.declared import Item
from onecity.services.forms import FileType, Material
from onecity.services.rules import Why
from onecity.services.store import Upload
from onecity.services.uploads import MEDIA, WrongFile, counts, looked_at
from onecity.services.usecases.relying import relied_on, there_of
from onecity.services.web.counter import Counter

_USE: Final = "use-"
"""Before a material: the tick that lets a file count that another application used. No material has a hyphen."""


class Request(msgspec.Struct, frozen=True):
    """For what a form asks for files: the materials, those that may follow, and the application if there is one yet.

    `chosen` are the sealed bytes of files that were used before and are to count here as well.
    """

    asked: Mapping[str, Material]
    later: frozenset[str] = frozenset()
    chosen: Collection[str] = ()
    affair: UUID | None = None

    def counts(self, upload: Upload) -> bool:
        """Whether a file that is there counts here."""
        return upload.blob in self.chosen or counts(upload, affair=self.affair)


class Materials:
    """What a person has brought, to be looked at before it goes anywhere."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def one(self, visit: Visit) -> Response:
        """A file of whoever asks, as it would be handed in."""
        name, counter = visit.path("material"), self._counter
        if not counter.may_bring(visit, name):
            return visit.refuse(Refused(Why.NOT_FOUND))
        there = await there_of([name], intake=counter.intake, subject=visit.subject, by=visit.acting())
        content = counter.uploads.open(visit.subject, name, there[name].blob) if name in there else None
        return as_file(name, there[name].type, content) if content else visit.refuse(Refused(Why.NOT_FOUND))


def as_file(name: str, kind: FileType, content: bytes) -> Response:
    """A file to be kept. Never shown in our own page: what a stranger sent must not run under the city's name."""
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=MEDIA[kind], headers=headers)


def may_follow(items: Iterable[Item]) -> frozenset[str]:
    """The materials that everybody who needs them takes later as well."""
    needs = [needed for item in items for needed in item.needs]
    return frozenset(one.material for one in needs) - {one.material for one in needs if not one.later}


async def take_files(visit: Visit, counter: Counter, subject: UUID, asked: Mapping[str, Material]) -> dict[str, str]:
    """Keep each file that is good; the sentences about the others, by material."""
    errors: dict[str, str] = {}
    for name, content in visit.form.files.items():
        if name not in asked:
            continue
        found = looked_at(asked[name], content)
        if isinstance(found, WrongFile):
            errors[name] = visit.say(found, most=asked[name].most_mb)
        else:
            await counter.uploads.keep(subject, name, found, content, now=visit.now)
    return errors


async def there_for(visit: Visit, counter: Counter, subject: UUID, asked: Iterable[str]) -> dict[str, Upload]:
    """The files that are there of some materials, as far as the visitor may know of them."""
    return await there_of(list(asked), intake=counter.intake, subject=subject, by=visit.acting())


async def ticked(visit: Visit, counter: Counter, subject: UUID, asked: Iterable[str]) -> dict[str, str]:
    """The files that another application used and that are to count here as well, by material: their sealed bytes.

    It is asked before new files are taken: the tick stands beside the file that was shown.
    """
    there = await there_for(visit, counter, subject, asked)
    return {name: one.blob for name, one in there.items() if one.used and visit.form.text(_USE + name) == "yes"}


async def chosen_names(
    visit: Visit, counter: Counter, subject: UUID, asked: Iterable[str], blobs: Collection[str]
) -> tuple[str, ...]:
    """The materials whose file, as it is there now, was chosen to count once more."""
    there = await there_for(visit, counter, subject, asked)
    return tuple(name for name, one in there.items() if one.blob in blobs)


async def file_fields(
    visit: Visit, counter: Counter, subject: UUID, request: Request, errors: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The materials as cards: the file that is there with its day and its origin, and a field for another one."""
    there = await there_for(visit, counter, subject, request.asked)
    origins = await _origins(visit, counter, there, request.affair)
    held = await relied_on(list(request.asked), intake=counter.intake, subject=subject, day=visit.today)

    def card(name: str, material: Material) -> dict[str, Any]:
        upload = there.get(name)
        return {
            "id": name,
            "name": material.name.said(visit.lang),
            "hint": material.hint.said(visit.lang),
            "there": upload is not None and request.counts(upload),
            "origin": origins.get(name, ""),
            "href": visit.at(f"/materials/{name}"),
            "use": f"{_USE}{name}" if upload and not counts(upload, affair=request.affair) else "",
            "used": upload is not None and upload.blob in request.chosen,
            "held": name in held,
            "later": name in request.later,
            "error": errors.get(name, ""),
            "accept": ",".join(MEDIA[kind] for kind in material.accept),
        }

    return [card(name, material) for name, material in request.asked.items()]


async def file_rows(visit: Visit, counter: Counter, subject: UUID, request: Request) -> list[dict[str, str]]:
    """The materials as rows of the last look: whether each is there, since when, whence, and a way to look at it."""
    there = await there_for(visit, counter, subject, request.asked)
    origins = await _origins(visit, counter, there, request.affair)

    def row(name: str, material: Material) -> dict[str, str]:
        upload, term = there.get(name), material.name.said(visit.lang)
        if upload is not None and request.counts(upload):
            said = (visit.say("services.materials.there"), visit.say("services.materials.look"))
            return {
                "term": term,
                "value": " · ".join(said),
                "what": term,
                "href": visit.at(f"/materials/{name}"),
                "note": origins[name],
            }
        state = visit.say(f"services.materials.{'later' if name in request.later else 'needed'}")
        unused = visit.say("services.materials.not_chosen", origin=origins[name]) if upload else ""
        return {"term": term, "value": state, "note": unused}

    return [row(name, material) for name, material in request.asked.items()]


async def _origins(visit: Visit, counter: Counter, there: Mapping[str, Upload], affair: UUID | None) -> dict[str, str]:
    """Of each file the day on which it came and, where another application used it, which one did last."""
    used = {name: one.used[0] for name, one in there.items() if not counts(one, affair=affair)}
    async with counter.ledger.readers.acquire() as connection:
        numbers = {row.affair: row.number for row in await store.affairs_among(connection, list(used.values()))}
    named, formats = await counter.named(list(used.values()), visit.lang), visit.site.pages.formats[visit.lang]

    def origin(name: str, upload: Upload) -> str:
        day = formats.full_day(day_in(visit.site.zone, upload.at), weekday=False)
        if name not in used:
            return visit.say("services.materials.put", day=day)
        number, matter = numbers[used[name]], named[used[name]]
        return visit.say("services.materials.used", day=day, matter=matter, number=number)

    return {name: origin(name, upload) for name, upload in there.items()}
