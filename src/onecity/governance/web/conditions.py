"""Under what an operator can file a case: each condition with whose it is then and how soon, likely kinds first."""

from typing import Any, Final

from onecity.governance.filing import Condition
from onecity.governance.usecases.looking import understood
from onecity.governance.usecases.naming import proposed_parts
from onecity.governance.usecases.parts import NearPart
from onecity.governance.web.centre import Centre, Looked
from onecity.governance.web.choosing import matters
from onecity.machinery.web import Visit
from onecity.places import Zone

_GUESSED: Final = 3
"""How many guessed matters are offered at once: whoever means another one names it."""


async def filing_form(visit: Visit, looked: Looked, centre: Centre) -> dict[str, Any]:
    """What the form of filing offers: the conditions, the parts near by, and all kinds for whoever means another."""
    unclear, kind = centre.street.rules.unclear, _kind(visit, looked, centre)
    conditions = centre.conditions(kind, visit.today)
    near = await proposed_parts(looked.report.told.point, conditions, street=centre.street)
    return {
        "conditions": await _groups(visit, looked, kind, centre),
        "only": conditions[0].id if len(conditions) == 1 else "",
        "kinds": matters(visit, centre),
        "kind": "" if kind == unclear else kind,
        "near": [_near(visit, one, centre) for one in near],
        # While nobody knows what it is, the nearest part is a guess too many.
        "near_first": near[0].part.number if near and kind != unclear else "",
    }


def _kind(visit: Visit, looked: Looked, centre: Centre) -> str:
    """The matter that the operator files it as: the one they named, the one of the condition that they chose, or the
    one that was reported. Whoever reported may have named the wrong one, or none.
    """
    filing = centre.street.filing
    named, chosen = visit.request.query_params.get("kind", ""), filing.conditions.get(visit.form.text("condition"))
    return named if filing.of(named, visit.today) else chosen.matter if chosen else looked.row.matter


async def _groups(visit: Visit, looked: Looked, kind: str, centre: Centre) -> list[dict[str, Any]]:
    """The conditions as options in groups: those of the kind that the operator means, of the one that was reported,
    and of the guessed ones.
    """
    filing, unclear = centre.street.filing, centre.street.rules.unclear
    named = [one for one in dict.fromkeys((kind, looked.row.matter)) if one != unclear]
    guessed = [one for one in await _guessed(looked, centre) if one not in named]
    zone = Zone(centre.street.ground.zone(looked.row.area))
    groups = [(one, filing.of(one, visit.today)) for one in named]
    likely = [condition for one in guessed for condition in filing.of(one, visit.today)]
    return [
        {"label": label, "options": [_option(visit, one, looked.row.matter, zone, centre) for one in conditions]}
        for label, conditions in (
            *((centre.scribe.matter(visit.lang, one), conditions) for one, conditions in groups),
            (visit.say("governance.guess"), likely),
        )
        if conditions
    ]


async def _guessed(looked: Looked, centre: Centre) -> list[str]:
    """The matters that the words are most probably about, the likeliest first."""
    found = await understood(looked.report.told.words or "", street=centre.street)
    return [one.label for one in found.ranked[:_GUESSED]] if found else []


def _option(visit: Visit, one: Condition, headed: str, zone: Zone, centre: Centre) -> dict[str, Any]:
    """A condition as the closed list shows it alone: what, when, by whom, how soon.

    The heading of the page names the matter that was reported; a closed list on a phone has no room to say it again.
    """
    lead, limit = centre.street.filing.lead(one), one.limit(zone)
    when = one.files.said(visit.lang)
    label = visit.say(
        "governance.condition.option",
        what=when if one.matter == headed else f"{centre.scribe.matter(visit.lang, one.matter)} · {when}",
        lead=centre.scribe.agency(visit.lang, lead) if lead else visit.say("governance.condition.nobody"),
        limit=visit.say(f"governance.limit.{limit.unit}", number=limit.number),
    )
    return {"value": one.id, "label": label}


def _near(visit: Visit, one: NearPart, centre: Centre) -> dict[str, Any]:
    kind = centre.street.catalogue.parts[one.part.kind].called.said(visit.lang)
    label = visit.say("governance.part.option", kind=kind, number=one.part.number, metres=round(one.metres))
    return {"value": one.part.number, "label": label}
