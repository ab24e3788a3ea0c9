"""Items and life events as linked data, in the terms of CPSV-AP, and read back from them without loss.

A document is the declaration as it is, with a context that says what its keys mean to others; what has no term there
keeps its own name. So nothing is translated twice, and a round trip loses nothing.

Source: CPSV-AP 3.2.0 (SEMIC); JSON-LD 1.1 (W3C recommendation of 2020-07-16).
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from onecity.kernel.clock import Limit
from onecity.packs import Pack
from onecity.services.checking import ITEM
from onecity.services.declared import ForWhom, Item
from onecity.services.life_events import LIFE_EVENT, LifeEvent

_SAID: Final = {"@container": "@language"}
"""A text in several languages."""
_LISTED: Final = {"@container": "@list"}
"""What stands in an order, which RDF would else forget."""
_ONLY_TOLD: Final = frozenset(("@context", "@id", "@type", "identifier", "processingTime", "isGroupedBy"))
"""Keys that follow from others: whoever reads a document back leaves them out."""


def context(base: str) -> dict[str, Any]:
    """What the keys of a document mean; `base` is the address of the city without a slash at its end, or nothing: then
    names are relative to where the document was found.
    """

    def of(folder: str, term: str, **more: Any) -> dict[str, Any]:
        """A term whose values name something that the city has in a folder."""
        return {"@id": term, "@type": "@id", "@context": {"@base": f"{base}/{folder}/"}, **more}

    return {
        "@version": 1.1,
        "@vocab": "urn:onecity:terms:",
        "cpsv": "http://purl.org/vocab/cpsv#",
        "cv": "http://data.europa.eu/m8g/",
        "dct": "http://purl.org/dc/terms/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "eli": "http://data.europa.eu/eli/ontology#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "identifier": "dct:identifier",
        "name": {"@id": "dct:title", **_SAID},
        "plain": {"@id": "dct:description", **_SAID},
        "also": {"@id": "dcat:keyword", **_LISTED},
        "agency": of("agencies", "cv:hasCompetentAuthority"),
        "lead": of("agencies", "lead"),
        "basis": "cv:hasLegalResource",
        "law": "eli:title",
        "article": "eli:number",
        "version": {"@id": "eli:version_date", "@type": "xsd:date"},
        "process": of("processes", "cpsv:follows"),
        "processingTime": {"@id": "cv:processingTime", "@type": "xsd:duration"},
        "conditions": {"@id": "cv:holdsRequirement", **_LISTED},
        "needs": {"@id": "cpsv:hasInput", **_LISTED},
        "material": of("materials", "dct:type"),
        "result": "cpsv:produces",
        "fee": "cv:hasCost",
        "delivery": {"@id": "cv:hasChannel", **_LISTED},
        "isGroupedBy": of("life-events", "cv:isGroupedBy"),
        "parts": {"@id": "dct:hasPart", **_LISTED},
        "item": of("items", "dct:references"),
        "in_force": {"@id": "dct:valid", "@type": "xsd:date"},
        **{name: {"@id": name, **_SAID} for name in ("say", "ask", "answer", "why", "short", "why_visit")},
        **{name: {"@id": name, **_LISTED} for name in ("asks", "faq", "examples", "online", "questions")},
    }


def linked(pack: Pack, base: str) -> dict[str, Any]:
    """Every item and every life event of a pack that can be applied for, as one graph."""
    events = {name: one.value for name, one in pack.all(LIFE_EVENT).items()}
    groups: dict[str, list[str]] = {}
    for name, event in events.items():
        for item in event.named:
            groups.setdefault(item, []).append(name)
    items = [linked_item(name, one.value, base, groups.get(name, ())) for name, one in sorted(pack.all(ITEM).items())]
    graph = [*items, *(linked_event(name, one, pack, base) for name, one in sorted(events.items()))]
    return {"@context": context(base), "@graph": graph}


def linked_item(name: str, item: Item, base: str, events: list[str] | tuple[str, ...] = ()) -> dict[str, Any]:
    """An item as a public service, with the life events of which it is a part."""
    told: dict[str, Any] = {
        "@id": f"{base}/items/{name}",
        "@type": "cpsv:PublicService",
        "identifier": name,
        "processingTime": _duration(item.limit.limit),
    }
    said: dict[str, Any] = msgspec.to_builtins(item)
    return told | ({"isGroupedBy": list(events)} if events else {}) | said


def linked_event(name: str, event: LifeEvent, pack: Pack, base: str) -> dict[str, Any]:
    """A life event; that of a firm is a business event."""
    subjects = {pack.all(ITEM)[one].value.subject for one in event.named}
    kind = "cv:BusinessEvent" if ForWhom.FIRM in subjects else "cv:LifeEvent"
    head = {"@id": f"{base}/life-events/{name}", "@type": kind, "identifier": name}
    said: dict[str, Any] = msgspec.to_builtins(event)
    return head | said


def read_linked(document: Mapping[str, Any]) -> tuple[dict[str, Item], dict[str, LifeEvent]]:
    """The items and the life events of a graph that `linked` wrote, by id. Raises ValidationError of msgspec."""
    items: dict[str, Item] = {}
    events: dict[str, LifeEvent] = {}
    for node in document["@graph"]:
        value = {key: part for key, part in node.items() if key not in _ONLY_TOLD}
        if node["@type"] == "cpsv:PublicService":
            items[node["identifier"]] = msgspec.convert(value, Item)
        else:
            events[node["identifier"]] = msgspec.convert(value, LifeEvent)
    return items, events


def _duration(limit: Limit) -> str:
    """A limit as XML Schema writes one: its days, of whatever kind, or its hours.

    >>> from onecity.kernel.clock import Unit
    >>> _duration(Limit(20, Unit.WORKING_DAYS)), _duration(Limit(2, Unit.WORKING_HOURS))
    ('P20D', 'PT2H')
    """
    return f"PT{limit.number}H" if limit.unit.in_hours else f"P{limit.number}D"
