"""An event that a sensor or a program sends: read strictly, in either mode. Source: CloudEvents 1.0.2, HTTP binding.

Binary mode has the data as the body and everything else in headers; structured mode has all of it as JSON.
"""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import unquote
from uuid import UUID, uuid5

import msgspec

from onecity.governance.facts import Point
from onecity.kernel.refusal import Reason, Refused

OBSERVED: Final = "city.onecity.street.observed"
"""The one type of event that the city takes."""
STRUCTURED: Final = "application/cloudevents+json"
_JSON: Final = "application/json"
_SPACE: Final = UUID("4f0f3b3e-2c0e-5b51-8a57-0d4e4b8f5c11")
_HEADER: Final = "ce-"


class Why(Reason):
    """Why an event is not taken."""

    NO_KEY = "governance.event.no_key"
    NO_EVENT = "governance.event.no_event"
    NO_MODE = "governance.event.no_mode"
    NO_SUCH_TYPE = "governance.event.no_such_type"
    NO_DATA = "governance.event.no_data"


class Observed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was observed: what it is, where, in words. As in a report of a person, but for how to reach one."""

    words: str = ""
    matter: str = ""
    point: Point | None = None
    area: str = ""
    address: str = ""


_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class _Envelope(msgspec.Struct, frozen=True):
    """The attributes that count here. Others, and extensions, may stand beside them: the standard asks to bear them."""

    id: _Text
    source: _Text
    type: _Text
    specversion: _Text
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")


class Arrived(msgspec.Struct, frozen=True):
    """An event that can be taken."""

    id: str
    source: str
    data: Observed

    def key(self, program: str) -> UUID:
        """The same event of the same program has the same key: source and id together name it once.

        >>> Arrived("1", "a", Observed()).key("p") == Arrived("1", "a", Observed(words="x")).key("p")
        True
        >>> Arrived("1", "a", Observed()).key("p") == Arrived("1", "b", Observed()).key("p")
        False
        """
        return uuid5(_SPACE, msgspec.json.encode((program, self.source, self.id)).decode())


def in_structure(body: bytes) -> Arrived | Refused:
    """An event in structured mode.

    >>> in_structure(b"[]").reason
    <Why.NO_EVENT: 'governance.event.no_event'>
    """
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        return Refused(Why.NO_EVENT, {"wrong": _told(wrong)})
    return _arrived(envelope, bytes(envelope.data))


def in_binary(headers: Mapping[str, str], body: bytes) -> Arrived | Refused:
    """An event in binary mode; names of headers in small letters."""
    found = {name.removeprefix(_HEADER): unquote(text) for name, text in headers.items() if name.startswith(_HEADER)}
    found["datacontenttype"] = headers.get("content-type", "")
    try:
        envelope = msgspec.convert(found, _Envelope)
    except msgspec.ValidationError as wrong:
        return Refused(Why.NO_EVENT, {"wrong": _told(wrong)})
    return _arrived(envelope, body)


def is_structured(content_type: str) -> bool | None:
    """Which mode a content type names; None for one in which no event comes: a batch, or another format.

    >>> is_structured("application/cloudevents+json; charset=utf-8"), is_structured("application/json")
    (True, False)
    >>> is_structured("application/cloudevents-batch+json") is None
    True
    """
    named = content_type.partition(";")[0].strip().lower()
    if named == STRUCTURED:
        return True
    return None if named.startswith("application/cloudevents") else False


def _arrived(envelope: _Envelope, data: bytes) -> Arrived | Refused:
    if envelope.specversion != "1.0":
        return Refused(Why.NO_EVENT, {"wrong": "specversion"})
    if envelope.type != OBSERVED:
        return Refused(Why.NO_SUCH_TYPE, {"type": OBSERVED})
    said = (envelope.datacontenttype or _JSON).partition(";")[0].strip().lower()
    if said != _JSON:
        return Refused(Why.NO_DATA, {"wrong": "datacontenttype"})
    if b"\\u0000" in data:
        # No sign that anybody types; no database keeps it as text.
        return Refused(Why.NO_DATA, {"wrong": "\\u0000"})
    try:
        return Arrived(envelope.id, envelope.source, msgspec.json.decode(data, type=Observed))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        return Refused(Why.NO_DATA, {"wrong": _told(wrong)})


def _told(wrong: Exception) -> str:
    """What a strict reader says of it: names of fields and types, never a value that was sent."""
    return str(wrong) if isinstance(wrong, msgspec.ValidationError) else "JSON"
