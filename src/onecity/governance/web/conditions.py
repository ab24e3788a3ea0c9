"""Under what an operator can file a case: each condition with whose it is then and how soon, likely kinds first."""

from collections.abc import Sequence
from typing import Any, Final

from onecity.governance.filing import Condition
from onecity.governance.usecases.looking import understood
from onecity.governance.web.centre import Centre, Looked
from onecity.governance.web.choosing import class_of
from onecity.machinery.web import Visit
from onecity.places import Zone

_GUESSED: Final = 3
"""How many guessed matters come first: the list behind them is there for all others."""


async def condition_groups(
    visit: Visit, looked: Looked, conditions: Sequence[Condition], centre: Centre
) -> list[dict[str, Any]]:
    """The conditions as options in groups: those of the matter that was named, then of the guessed ones, then all
    others by class, because whoever reported may have named the wrong one.
    """
    street, named = centre.street, looked.row.matter
    zone = Zone(street.ground.zone(looked.row.area))
    guessed = [matter for matter in await _guessed(looked, centre) if matter != named]
    others = [one for one in centre.conditions(street.rules.unclear, visit.today) if one.matter != named]
    found: dict[str, list[Condition]] = {}
    for one in others:
        found.setdefault(class_of(visit, street.catalogue.matter(one.matter), centre), []).append(one)
    likely = sorted((one for one in others if one.matter in guessed), key=lambda one: guessed.index(one.matter))
    first = {visit.say("governance.guess"): likely} if likely else {}
    rest = {label: [one for one in group if one.matter not in guessed] for label, group in found.items()}
    groups = [
        {"label": label, "options": [_option(visit, one, _what(visit, one, centre), zone, centre) for one in group]}
        for label, group in (first | rest).items()
        if group
    ]
    if named == street.rules.unclear:
        return groups
    # The heading of the page names the matter; a closed list on a phone has no room to say it again.
    own = [_option(visit, one, one.files.said(visit.lang), zone, centre) for one in conditions]
    return [{"label": visit.say("governance.condition"), "options": own}, *groups]


async def _guessed(looked: Looked, centre: Centre) -> list[str]:
    """The matters that the words are most probably about, the likeliest first."""
    found = await understood(looked.report.told.words or "", street=centre.street)
    return [one.label for one in found.ranked[:_GUESSED]] if found else []


def _what(visit: Visit, one: Condition, centre: Centre) -> str:
    return f"{centre.scribe.matter(visit.lang, one.matter)} · {one.files.said(visit.lang)}"


def _option(visit: Visit, one: Condition, what: str, zone: Zone, centre: Centre) -> dict[str, Any]:
    """A condition as the closed list shows it alone: what, when, by whom, how soon."""
    lead, limit = centre.street.filing.lead(one), one.limit(zone)
    label = visit.say(
        "governance.condition.option",
        what=what,
        lead=centre.scribe.agency(visit.lang, lead) if lead else visit.say("governance.condition.nobody"),
        limit=visit.say(f"governance.limit.{limit.unit}", number=limit.number),
    )
    return {"value": one.id, "label": label}
