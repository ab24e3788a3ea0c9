"""What a program asks by Open311: its query and its form become a search or a report, or reasons why they do not.

Source: GeoReport v2; `updated_after`, `page`, `page_size` and `extensions` as Chicago and Spark take them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.refusal import Reason, Refused

Pairs = Iterable[tuple[str, str]]
"""Names and values as they were sent; a name may come more than once."""
Span = tuple[datetime | None, datetime | None]

WINDOW: Final = timedelta(days=90)
MOST: Final = 1_000
"""Requests of an answer. Source: GeoReport v2, which also gives the window."""
DEEPEST: Final = 1_000
"""The last page that is read."""
LONGEST: Final[Mapping[str, int]] = {
    "description": 4_000, "media_url": 500, "address_string": 1_000, "first_name": 100, "last_name": 100,
    "email": 200, "phone": 50,
}  # fmt: skip
"""Characters of what a program may send. Source: GeoReport v2 for the description."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?")
_ATTRIBUTE: Final = re.compile(r"attribute\[([^\[\]]{1,64})\](\[[^\[\]]{0,8}\])?")
_YEARS: Final = range(1970, 2201)
_WORDS_OF_CONTACT: Final = ("last_name", "first_name", "phone", "email")


class Why(Reason):
    """Why a program gets no answer to what it asked."""

    NO_KEY = "governance.open311.no_key"
    NO_SUCH_SERVICE = "governance.open311.no_such_service"
    NO_SERVICE = "governance.open311.no_service"
    NO_DATE = "governance.open311.no_date"
    TOO_FAR_APART = "governance.open311.too_far_apart"
    BACKWARDS = "governance.open311.backwards"
    NO_STATUS = "governance.open311.no_status"
    NO_NUMBER = "governance.open311.no_number"
    NO_POSITION = "governance.open311.no_position"
    NO_PLACE = "governance.open311.no_place"
    NO_ATTRIBUTE = "governance.open311.no_attribute"
    NO_VALUE = "governance.open311.no_value"
    TOO_LONG = "governance.open311.too_long"


class Search(msgspec.Struct, frozen=True):
    """Which requests a program wishes to see. None asks for all."""

    numbers: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    is_open: bool | None = None
    reported: Span = (None, None)
    changed: Span = (None, None)
    limit: int = MOST
    offset: int = 0
    extended: bool = False


class Posted(msgspec.Struct, frozen=True):
    """What a program reports, as it came; `position` is longitude and latitude in degrees."""

    service: str
    words: str = ""
    position: tuple[float, float] | None = None
    address: str = ""
    place: str = ""
    media: str = ""
    contact: str = ""
    attributes: Mapping[str, tuple[str, ...]] = {}


def read_search(sent: Pairs, *, zone: ZoneInfo, now: datetime) -> Search | tuple[Refused, ...]:
    """The search of a query, or everything that is wrong with it.

    Named requests are found whenever they were reported; else the time is ninety days at most, as the standard says.
    """
    asked, wrong = _Asked(sent, zone), []
    page, size = asked.count("page", 1, DEEPEST), asked.count("page_size", MOST, 10**9)
    numbers = asked.listed("service_request_id")
    statuses = asked.listed("status")
    reported = asked.span("start_date", "end_date", most=WINDOW)
    # What was reported in ninety days may have changed at any time since.
    most = WINDOW if reported == (None, None) else None
    changed = asked.span("updated_after", "updated_before", most=most)
    wrong += [one for one in (page, size, reported, changed) if isinstance(one, Refused)]
    if set(statuses) - {"open", "closed"}:
        wrong.append(Refused(Why.NO_STATUS))
    if wrong or isinstance(page, Refused) or isinstance(size, Refused):
        return tuple(wrong)
    if isinstance(reported, Refused) or isinstance(changed, Refused):
        return tuple(wrong)
    limit = min(size, MOST)
    paged = Search(limit=limit, offset=(page - 1) * limit, extended=asked.one("extensions").lower() in ("true", "1"))
    if numbers:
        return msgspec.structs.replace(paged, numbers=numbers)
    wide = changed == (None, None) or reported != (None, None)
    return msgspec.structs.replace(
        paged,
        services=asked.listed("service_code") or None,
        is_open=None if len(set(statuses)) != 1 else statuses[0] == "open",
        reported=_windowed(reported, now) if wide else (None, None),
        changed=changed if wide else _windowed(changed, now),
    )


def read_post(sent: Pairs) -> Posted | tuple[Refused, ...]:
    """The report of a form, or everything that is wrong with it.

    `device_id` and `account_id` are let pass and not kept: nothing here asks for them. `media_url` is a text.
    """
    pairs = [(name, value.replace("\0", "").strip()) for name, value in sent]
    fields = dict(pairs)
    wrong = [
        Refused(Why.TOO_LONG, {"field": name, "most": most})
        for name, most in LONGEST.items()
        if len(fields.get(name, "")) > most
    ]
    if not fields.get("service_code"):
        wrong.append(Refused(Why.NO_SERVICE))
    position = _position(fields)
    address, place = fields.get("address_string", ""), fields.get("address_id", "")
    if isinstance(position, Refused):
        return (*wrong, position)
    if position is None and not address and not place:
        wrong.append(Refused(Why.NO_PLACE))
    if wrong:
        return tuple(wrong)
    return Posted(
        service=fields["service_code"],
        words=fields.get("description", ""),
        position=position,
        address=address,
        place=place,
        media=fields.get("media_url", ""),
        contact=" ".join(fields[name] for name in _WORDS_OF_CONTACT if fields.get(name)),
        attributes=_attributes(pairs),
    )


def _position(fields: Mapping[str, str]) -> tuple[float, float] | Refused | None:
    typed = (fields.get("long", ""), fields.get("lat", ""))
    if typed == ("", ""):
        return None
    if not all(_NUMBER.fullmatch(one) for one in typed):
        return Refused(Why.NO_POSITION)
    longitude, latitude = (float(one) for one in typed)
    fits = -180 <= longitude <= 180 and -90 <= latitude <= 90
    return (longitude, latitude) if fits else Refused(Why.NO_POSITION)


def _attributes(pairs: Sequence[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """The values of each attribute: `attribute[X]`, `attribute[X][]` and `attribute[X][0]` say the same.

    >>> _attributes([("attribute[A]", "1"), ("attribute[B][]", "2"), ("attribute[B][]", "3")])
    {'A': ('1',), 'B': ('2', '3')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        named = _ATTRIBUTE.fullmatch(name)
        if named and value:
            found[named[1]] = (*found.get(named[1], ()), value)
    return found


def _windowed(span: Span, now: datetime) -> Span:
    """A time with both ends, ninety days at most: until now, or from and until what was said."""
    since, until = span
    if since is None:
        until = until or now
        return until - WINDOW, until
    return since, until or since + WINDOW


class _Asked:
    """A query: names with one value or several, and dates in the zone of the city where they name none."""

    def __init__(self, sent: Pairs, zone: ZoneInfo) -> None:
        self._sent = [(name, value.replace("\0", "").strip()) for name, value in sent]
        self._zone = zone

    def one(self, name: str) -> str:
        return next(self._all(name), "")

    def listed(self, name: str) -> tuple[str, ...]:
        """Values with commas between, in one parameter or in several."""
        parts = (part.strip() for value in self._all(name) for part in value.split(","))
        return tuple(part for part in parts if part)

    def count(self, name: str, without: int, most: int) -> int | Refused:
        typed = self.one(name)
        if not typed:
            return without
        is_count = typed.isascii() and typed.isdecimal() and len(typed) <= 12 and 1 <= int(typed) <= most
        return int(typed) if is_count else Refused(Why.NO_NUMBER, {"field": name, "most": most})

    def span(self, first: str, last: str, *, most: timedelta | None) -> Span | Refused:
        ends = [self._instant(name) for name in (first, last)]
        for end in ends:
            if isinstance(end, Refused):
                return end
        since, until = (None if isinstance(end, Refused) else end for end in ends)
        if since is not None and until is not None:
            if since > until:
                return Refused(Why.BACKWARDS, {"first": first, "last": last})
            if most is not None and until - since > most:
                return Refused(Why.TOO_FAR_APART, {"first": first, "last": last, "days": most.days})
        return since, until

    def _instant(self, name: str) -> datetime | Refused | None:
        typed = self.one(name)
        if "T" in typed:
            # In an address a plus sign that nobody wrote as %2B is a space.
            typed = typed.replace(" ", "+")
        if not typed:
            return None
        try:
            found = datetime.fromisoformat(typed)
        except ValueError:
            return Refused(Why.NO_DATE, {"field": name})
        if found.year not in _YEARS:
            return Refused(Why.NO_DATE, {"field": name})
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)

    def _all(self, name: str) -> Iterator[str]:
        return (value for said, value in self._sent if said == name)
