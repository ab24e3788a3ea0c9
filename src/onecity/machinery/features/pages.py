"""What people see of each resource: a title, rows that lead on, facts, and the way to the same for programs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

import msgspec

from onecity.machinery.features.documents import CONFORMS_TO, JSON, Document, Place, path_of
from onecity.machinery.features.model import About, Collection, Feature, Page

TEMPLATE: Final = "machinery/features/templates/leaf.html"
_NAME: Final = "name"
"""The property that is the title of a feature's page."""
Fact: TypeAlias = Mapping[str, str | date]
"""A term, its value, and where it leads."""
Say: TypeAlias = Callable[..., str]
"""Says a sentence by its key."""


class Leaf(msgspec.Struct, frozen=True):
    """A page. `program` is where programs read the same, `back` where the page came from, `onward` the next one."""

    title: str
    lead: str
    program: str
    back: str
    rows: Sequence[Mapping[str, str]] = ()
    facts: Sequence[Fact] = ()
    onward: str = ""

    def values(self) -> dict[str, Any]:
        """What the template asks for."""
        named = {name: getattr(self, name) for name in ("title", "lead", "program", "rows", "facts", "onward")}
        return named | {"back_url": self.back}


def landing(place: Place, about: About, say: Say) -> Leaf:
    """Where everything begins."""
    leads = {"collections": say("features.collections"), "api": say("features.api")}
    leads["conformance"] = say("features.conformance")
    rows = [{"title": title, "href": _page(place, f"/{path}")} for path, title in leads.items()]
    return Leaf(about.title, about.description, _program(place), "/", rows)


def conformance(place: Place, say: Say) -> Leaf:
    """What of the standard is kept."""
    facts: list[Fact] = [{"term": one.rpartition("/")[2], "value": one, "href": one} for one in CONFORMS_TO]
    lead = say("features.conformance.lead")
    return Leaf(say("features.conformance"), lead, _program(place), _page(place, ""), facts=facts)


def api(place: Place, document: Document, say: Say) -> Leaf:
    """Every path of the description."""
    facts: list[Fact] = [
        {"term": f"{_relative(place)}{path}".rstrip("/"), "value": one["get"]["summary"]}
        for path, one in document["paths"].items()
    ]
    return Leaf(say("features.api"), say("features.api.lead"), _program(place), _page(place, ""), facts=facts)


def collections(place: Place, found: Sequence[Document], say: Say) -> Leaf:
    """All collections."""
    rows = [
        {"title": one["title"], "subtitle": one["description"], "href": _page(place, f"/collections/{one['id']}")}
        for one in found
    ]
    lead = say("features.collections.lead")
    return Leaf(say("features.collections"), lead, _program(place), _page(place, ""), rows)


def collection(place: Place, told: Document, say: Say) -> Leaf:
    """One collection: how far it reaches, and the way to its features."""
    west, south, east, north = told["extent"]["spatial"]["bbox"][0]
    facts: list[Fact] = [{"term": say("features.box"), "value": f"{west:.4f}, {south:.4f}, {east:.4f}, {north:.4f}"}]
    if "temporal" in told["extent"]:
        since, until = told["extent"]["temporal"]["interval"][0]
        facts.append({"term": say("features.span"), "value": f"{since or '..'} / {until or '..'}"})
    rows = [{"title": say("features.items"), "href": _page(place, f"{place.path}/items")}]
    back = _page(place, "/collections")
    return Leaf(told["title"], told["description"], _program(place), back, rows, facts)


def items(place: Place, found: Collection, about: About, page: Page, say: Say) -> Leaf:
    """Some features, each leading to its own page."""
    rows = [
        {"title": _name(one), "subtitle": one.id, "href": _page(place, path_of(found, one.id))} for one in page.features
    ]
    many = say("features.many") if page.matched is None else say("features.matched", n=page.matched)
    lead = many if page.features else say("features.none")
    onward = ""
    if page.goes_on:
        query = {**place.query, "after": page.features[-1].id, "f": "html"}
        onward = f"{_relative(place)}{place.path}?{urlencode(query)}"
    return Leaf(about.title, lead, _program(place), _page(place, f"/collections/{found.id}"), rows, onward=onward)


def feature(place: Place, found: Collection, about: About, one: Feature, say: Say) -> Leaf:
    """One feature with all that is known of it."""
    terms = about.terms or {name: name for name in one.properties}
    told = {term: one.properties[name] for name, term in terms.items() if name in one.properties and name != _NAME}
    facts: list[Fact] = [{"term": term, "value": _written(value, say)} for term, value in told.items()]
    return Leaf(_name(one), about.title, _program(place), _page(place, path_of(found)), facts=facts)


def _name(one: Feature) -> str:
    return str(one.properties.get(_NAME) or one.id)


def _written(value: object, say: Say) -> str | date:
    """A property as people read it; days and instants are left to the template, which knows how they are written."""
    if isinstance(value, bool):
        return say("features.yes" if value else "features.no")
    if isinstance(value, date):
        return value
    return "–" if value is None else str(value)


def _relative(place: Place) -> str:
    """A page leads on within its own site, whatever name that was called by."""
    return "/" + place.root.partition("://")[2].partition("/")[2]


def _program(place: Place) -> str:
    return place.here(JSON).removeprefix(place.root.removesuffix(_relative(place)))


def _page(place: Place, path: str) -> str:
    return f"{_relative(place)}{path}?f=html"
