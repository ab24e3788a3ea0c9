"""What a case needs, as officers see it: which documents are there, where they come from, which are missing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from onecity.machinery.web import Visit
from onecity.services.catalogue import Catalogue
from onecity.services.declared import Item
from onecity.services.model import Affair
from onecity.services.web.counter import Counter


def needed_rows(
    visit: Visit, case: UUID, item: Item, catalogue: Catalogue, known: Affair | None
) -> list[dict[str, Any]]:
    """Each material with where it is: a file, a licence, the result of a branch beside it, or nowhere yet.

    `missing` is what lies nowhere and may not follow later.
    """
    there, licences = (known.materials, known.licences) if known else ({}, {})
    others = catalogue.bundle([one.item for one in known.branches if catalogue.item(one.item)]) if known else {}
    made = {item.result.material: item.called for item in others.values() if item.result.material}
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
            row["value"] = visit.say("services.materials.made", item=made[needed.material].said(visit.lang))
        else:
            row["missing"] = not needed.later
            row["value"] = visit.say("services.materials.not_there")
        rows.append(row)
    return rows


def lackable(item: Item, ticked: Sequence[str], counter: Counter, lang: str) -> list[dict[str, Any]]:
    """Everything that could be missing, to be ticked: papers, and answers of the form."""
    kinds = {"papers": [one.material for one in item.needs], "answers": [one.field for one in item.asks]}

    def option(name: str) -> dict[str, Any]:
        return {"id": f"lack-{name}", "label": counter.thing(name, lang), "ticked": name in ticked}

    return [{"kind": kind, "options": [option(name) for name in names]} for kind, names in kinds.items() if names]
