"""The choices that forms of the street offer: the kinds that can be filed today, and the streets of the city."""

from typing import Any

from onecity.governance.declared import Matter
from onecity.governance.web.centre import Centre
from onecity.machinery.web import Visit


def matters(visit: Visit, centre: Centre) -> list[dict[str, Any]]:
    """The matters that can be filed today, by their class."""
    street, groups = centre.street, dict[str, list[dict[str, str]]]()
    filed = {one.matter for one in street.filing.conditions.values()}
    for matter in street.catalogue.holding(visit.today):
        if matter.code in filed:
            label = class_of(visit, matter, centre)
            option = {"value": matter.code, "label": matter.called.said(visit.lang)}
            groups.setdefault(label, []).append(option)
    return [{"label": label, "options": options} for label, options in groups.items()]


def class_of(visit: Visit, matter: Matter | None, centre: Centre) -> str:
    """The class under which a matter stands in lists."""
    group = centre.street.catalogue.group(matter) if matter else None
    return group.said(visit.lang) if group else visit.say("governance.own_matters")


def streets(centre: Centre) -> list[dict[str, Any]]:
    """The streets by their county."""
    return [
        {"label": county.name, "options": [{"value": one.code, "label": one.name} for one in found]}
        for county, found in centre.street.ground.places.streets()
    ]
