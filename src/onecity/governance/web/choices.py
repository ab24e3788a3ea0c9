"""What whoever reports chooses from: the matters that can be filed today, and the streets of the city."""

from typing import Any

from onecity.governance.web.centre import Centre
from onecity.machinery.web import Visit


def matters_to_choose(visit: Visit, centre: Centre) -> list[dict[str, Any]]:
    """The matters that can be filed today, by their class."""
    street, groups = centre.street, dict[str, list[dict[str, str]]]()
    filed = {one.matter for one in street.filing.conditions.values()}
    for matter in street.catalogue.holding(visit.today):
        if matter.code in filed:
            group = street.catalogue.group(matter)
            label = group.said(visit.lang) if group else visit.say("governance.own_matters")
            option = {"value": matter.code, "label": matter.called.said(visit.lang)}
            groups.setdefault(label, []).append(option)
    return [{"label": label, "options": options} for label, options in groups.items()]


def streets_to_choose(centre: Centre) -> list[dict[str, Any]]:
    """The streets of the city, by their county."""
    return [
        {"label": county.name, "options": [{"value": one.code, "label": one.name} for one in streets]}
        for county, streets in centre.street.ground.places.streets()
    ]
