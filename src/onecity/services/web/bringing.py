"""Files that a form brings: the good ones are kept, of the others it is said what is wrong."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from onecity.machinery.web import Visit
from onecity.services.declared import Item
from onecity.services.forms import Material
from onecity.services.uploads import MEDIA, WrongFile, looked_at
from onecity.services.usecases.relying import relied_on
from onecity.services.web.counter import Counter


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


async def file_fields(
    visit: Visit, counter: Counter, subject: UUID, asked: Mapping[str, Material], errors: Mapping[str, str],
    later: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:  # fmt: skip
    """The materials as cards with a field for a file, and whether each is there or may follow."""
    there = await counter.uploads.of(subject, list(asked))
    held = await relied_on(list(asked), intake=counter.intake, subject=subject, day=visit.today)
    return [
        {
            "id": name,
            "name": material.name.said(visit.lang),
            "hint": material.hint.said(visit.lang),
            "there": name in there,
            "held": name in held,
            "later": name in later,
            "error": errors.get(name, ""),
            "accept": ",".join(MEDIA[kind] for kind in material.accept),
        }
        for name, material in asked.items()
    ]
