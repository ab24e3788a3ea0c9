"""An event as programs elsewhere read it. Source: CloudEvents 1.0.2, JSON event format, structured mode.

Wire contract: `docs/events.md`. The data says nothing about a person.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.governance.events.kinds import Event
from onecity.kernel.instants import stamp

TYPE: Final = "application/cloudevents+json"
TEST: Final = "city.onecity.test"
"""The kind of an event that says nothing; somebody sends it to see whether a hook hears."""
_DIGITS: Final = 20
"""Digits of a sequence, so that it sorts as text. Source: CloudEvents extension `sequence`."""


class StreetData(msgspec.Struct, frozen=True):
    """What an event says of a case: its number, its stage, what it is about, and the street by its code."""

    case: UUID
    number: str
    stage: str
    matter: str
    area: str


class CloudEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event in the form of the standard; `id` is the position of its fact, which `source` never gives twice."""

    id: str
    source: str
    type: str
    time: str
    specversion: str
    subject: str | None = None
    datacontenttype: str | None = None
    sequence: str | None = None
    data: StreetData | None = None


def cloud_event(event: Event, origin: str) -> CloudEvent:
    """An event of the street, of the city whose ledger is signed as `origin`."""
    one, about = event.news, event.about
    assert one.kind is not None, "what has no kind stays in the house"
    return CloudEvent(
        id=str(one.position),
        source=source_of(origin),
        type=one.kind,
        time=stamp(one.at),
        specversion="1.0",
        subject=about.number,
        datacontenttype="application/json",
        sequence=f"{one.position:0{_DIGITS}}",
        data=StreetData(one.case, about.number, one.stage, about.matter, about.area),
    )


def empty_event(name: str, origin: str, *, now: datetime) -> CloudEvent:
    """An event that says nothing."""
    return CloudEvent(f"test-{stamp(now)}", source_of(origin), TEST, stamp(now), "1.0", subject=name)


def source_of(origin: str) -> str:
    """The source of all events of a city.

    >>> source_of("zhengzhou.onecity.example")
    'urn:onecity:zhengzhou.onecity.example:street'
    """
    return f"urn:onecity:{origin}:street"
