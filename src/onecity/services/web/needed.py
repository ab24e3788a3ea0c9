"""What a case needs, as officers see it: which documents are there, where they come from, which are missing."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from onecity.machinery.web import Visit
from onecity.services.catalogue import Catalogue
from onecity.services.declared import Item
from onecity.services.model import Affair


def needed_rows(
    visit: Visit, case: UUID, item: Item, catalogue: Catalogue, known: Affair | None, made: Collection[str | None]
) -> list[dict[str, Any]]:
    """Each material with where it is: a file, a licence that shows the same, what another branch of the application
    made (`made`), or nowhere yet; `missing` is what the item does not let follow later.
    """
    there, licences = (known.materials, known.licences) if known else ({}, {})
    rows: list[dict[str, Any]] = []
    for needed in item.needs:
        name = catalogue.material(needed.material).name.said(visit.lang)
        row = {"term": name, "value": "", "note": needed.why.said(visit.lang), "missing": False}
        if needed.material in there:
            row["value"] = visit.say("services.materials.open", name=name)
            row["href"] = f"/desk/cases/{case}/materials/{needed.material}"
        elif needed.material in licences:
            row["value"] = visit.say("services.materials.fetched")
        elif needed.material in made:
            row["value"] = visit.say("services.materials.made")
        else:
            row["missing"] = not needed.later
            row["value"] = visit.say("services.materials.not_there")
        rows.append(row)
    return rows
