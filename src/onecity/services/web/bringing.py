"""Files that a form brings: the good ones are kept, of the others it is said what is wrong, and those that other
applications used are offered.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode
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
from onecity.services.usecases.bringing import may_bring_for
from onecity.services.usecases.relying import relied_on, there_of
from onecity.services.web.counter import Counter

_USE: Final = "use-"
"""Before a material: the tick that lets a file count that another application used. No material has a hyphen."""


class Request(msgspec.Struct, frozen=True):
    """For what a form asks for files: its purpose, the materials, and those that may follow.

    `chosen` are the sealed bytes of files that were brought for something else and are to count here as well.
    """

    purpose: str
    asked: Mapping[str, Material]
    later: frozenset[str] = frozenset()
    chosen: Collection[str] = ()

    def belongs(self, upload: Upload) -> bool:
        """Whether a file counts here without a word."""
        return counts(upload, purposes=(self.purpose,))

    def counts(self, upload: Upload) -> bool:
        """Whether a file that is there counts here."""
        return upload.blob in self.chosen or self.belongs(upload)


class Materials:
    """What a person has brought, to be looked at before it goes anywhere."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def one(self, visit: Visit) -> Response:
        """A file of whoever asks, as it would be handed in for the purpose that the address names."""
        name, counter, by = visit.path("material"), self._counter, visit.acting()
        purpose, intake = visit.request.query_params.get("purpose", ""), counter.intake
        if not counter.may_bring(visit, name) or (
            purpose and not await may_bring_for(purpose, intake=intake, projects=counter.projects, by=by)
        ):
            return visit.refuse(Refused(Why.NOT_FOUND))
        there = await there_of([name], purposes=(purpose,), intake=intake, subject=visit.subject, by=by)
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


async def take_files(visit: Visit, counter: Counter, subject: UUID, request: Request) -> dict[str, str]:
    """Keep each file that is good; the sentences about the others, by material."""
    errors, asked, purpose = dict[str, str](), request.asked, request.purpose
    for name, content in visit.form.files.items():
        if name not in asked:
            continue
        found = looked_at(asked[name], content)
        if isinstance(found, WrongFile):
            errors[name] = visit.say(found, most=asked[name].most_mb)
        else:
            await counter.uploads.keep(subject, name, found, content, purpose=purpose, now=visit.now)
    return errors


async def there_for(visit: Visit, counter: Counter, subject: UUID, request: Request) -> dict[str, Upload]:
    """The files that a form shows, as far as the visitor may know of them."""
    return await there_of(
        list(request.asked), purposes=(request.purpose,), intake=counter.intake, subject=subject, by=visit.acting()
    )


async def ticked(visit: Visit, counter: Counter, subject: UUID, request: Request) -> dict[str, str]:
    """The files of something else that are to count here as well, by material: their sealed bytes.

    It is asked before new files are taken: the tick stands beside the file that was shown.
    """
    there = await there_for(visit, counter, subject, request)
    said = {name for name in there if visit.form.text(_USE + name) == "yes"}
    return {name: one.blob for name, one in there.items() if name in said and not request.belongs(one)}


async def chosen_names(visit: Visit, counter: Counter, subject: UUID, request: Request) -> tuple[str, ...]:
    """The materials whose file, as it is there now, was chosen to count once more."""
    there = await there_for(visit, counter, subject, request)
    return tuple(name for name, one in there.items() if one.blob in request.chosen)


async def file_fields(
    visit: Visit, counter: Counter, subject: UUID, request: Request, errors: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The materials as cards: the file that is there with its day and its origin, and a field for another one."""
    there = await there_for(visit, counter, subject, request)
    origins = await _origins(visit, counter, there, request)
    held = await relied_on(list(request.asked), intake=counter.intake, subject=subject, day=visit.today)

    def card(name: str, material: Material) -> dict[str, Any]:
        upload = there.get(name)
        return {
            "id": name,
            "name": material.name.said(visit.lang),
            "hint": material.hint.said(visit.lang),
            "there": upload is not None and request.counts(upload),
            "origin": origins.get(name, ""),
            "href": _href(visit, name, request),
            "use": f"{_USE}{name}" if upload and not request.belongs(upload) else "",
            "asks": visit.say(f"services.materials.{'before' if upload and upload.used else 'unsaid'}"),
            "used": upload is not None and upload.blob in request.chosen,
            "held": name in held,
            "later": name in request.later,
            "error": errors.get(name, ""),
            "accept": ",".join(MEDIA[kind] for kind in material.accept),
        }

    return [card(name, material) for name, material in request.asked.items()]


async def file_rows(visit: Visit, counter: Counter, subject: UUID, request: Request) -> list[dict[str, str]]:
    """The materials as rows of the last look: whether each is there, since when, whence, and a way to look at it."""
    there = await there_for(visit, counter, subject, request)
    origins = await _origins(visit, counter, there, request)

    def row(name: str, material: Material) -> dict[str, str]:
        upload, term = there.get(name), material.name.said(visit.lang)
        if upload is not None and request.counts(upload):
            said = (visit.say("services.materials.there"), visit.say("services.materials.look"))
            return {
                "term": term,
                "value": " · ".join(said),
                "what": term,
                "href": _href(visit, name, request),
                "note": origins[name],
            }
        state = visit.say(f"services.materials.{'later' if name in request.later else 'needed'}")
        unused = visit.say("services.materials.not_chosen", origin=origins[name]) if upload else ""
        return {"term": term, "value": state, "note": unused}

    return [row(name, material) for name, material in request.asked.items()]


def _href(visit: Visit, name: str, request: Request) -> str:
    """Where the file lies that a form shows."""
    return visit.at(f"/materials/{name}?{urlencode({'purpose': request.purpose}, safe='/')}")


async def _origins(visit: Visit, counter: Counter, there: Mapping[str, Upload], request: Request) -> dict[str, str]:
    """Of each file the day on which it came and, where another application used it, which one did last."""
    used = {name: one.used[0] for name, one in there.items() if one.used and not request.belongs(one)}
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
