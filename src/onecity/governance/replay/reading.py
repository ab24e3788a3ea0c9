"""A file of requests, row by row: what can be read, and of every other row its line and what is wrong with it."""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import msgspec

from onecity.governance.ground import Point

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("case_enquiry_id",),
    "opened": ("open_dt",),
    "target": ("target_dt", "sla_target_dt"),
    "closed": ("closed_dt",),
    "flag": ("ontime", "on_time"),
    "status": ("case_status",),
    "kind": ("type",),
    "agency": ("department",),
    "place": ("neighborhood",),
    "latitude": ("latitude",),
    "longitude": ("longitude",),
}
"""The columns that the replay needs, as the city named them in some years and in others. No other column is read."""

LONGEST_KIND: Final = 60
"""Signs of a type that count: so many has the name of a matter."""
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_FLAGS: Final = {"ONTIME": True, "OVERDUE": False, "": None}
_STATUS: Final = ("Open", "Closed")


class Fault(StrEnum):
    """Why a row cannot be read."""

    FIELDS = "fields"
    NOT_TEXT = "not_text"
    NO_NUMBER = "no_number"
    AGAIN = "again"
    NO_TYPE = "no_type"
    TIME = "time"
    NOT_OPENED = "not_opened"
    FLAG = "flag"
    STATUS = "status"
    NOT_CLOSED = "not_closed"
    POINT = "point"


class Oddity(StrEnum):
    """What is strange about a time of a row that can be read all the same."""

    TWICE = "twice"
    """The clocks were set back, so this local time was there twice; the first is taken."""
    NEVER = "never"
    """The clocks were set forward, so this local time never was."""


class Request(msgspec.Struct, frozen=True):
    """A request as its city kept it. `on_time` is the flag of the file, None if it has none; instants are in UTC.

    `kind` is what the city calls its type, `agency` its department, `place` its neighbourhood.
    `line` is where the row begins, from 1 on.
    """

    line: int
    number: str
    kind: str
    agency: str
    place: str
    opened: datetime
    target: datetime | None
    closed: datetime | None
    on_time: bool | None
    point: Point | None
    odd: tuple[Oddity, ...] = ()


class Unread(msgspec.Struct, frozen=True):
    """A row that cannot be read: its first and `last` line, why, in which column, and what stands there."""

    line: int
    last: int
    fault: Fault
    column: str = ""
    text: str = ""


class Reading(msgspec.Struct, frozen=True):
    """All rows of a file: those that can be read, in the file's order, and those that cannot."""

    requests: tuple[Request, ...]
    unread: tuple[Unread, ...]


class Missing(msgspec.Struct, frozen=True):
    """A file that is none of requests: the columns that it lacks, and those that it has."""

    columns: tuple[str, ...]
    found: tuple[str, ...]


class _Rows(Protocol):
    """What csv.reader gives."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


def read_requests(lines: Iterable[str], zone: ZoneInfo) -> Reading | Missing:
    """Read a file whose times are local ones of `zone`. Every row is read or named; none is left out silently."""
    rows = csv.reader(lines)
    head = next(_rows(rows), (1, []))[1]
    names = [name.strip() for name in head]
    places = {field: next((names.index(one) for one in known if one in names), -1) for field, known in COLUMNS.items()}
    absent = tuple(COLUMNS[field][0] for field, place in places.items() if place < 0)
    if absent:
        return Missing(absent, tuple(names))
    requests, unread, seen = list[Request](), list[Unread](), set[str]()
    for line, row in _rows(rows):
        if not row:
            continue
        if len(row) == len(head):
            found = _request(line, {field: row[place].strip() for field, place in places.items()}, zone)
        else:
            found = _Wrong(Fault.FIELDS, text=str(len(row)))
        if isinstance(found, Request) and found.number in seen:
            found = _Wrong(Fault.AGAIN, "number", found.number)
        if isinstance(found, _Wrong):
            column = COLUMNS[found.field][0] if found.field else ""
            unread.append(Unread(line, rows.line_num, found.fault, column, found.text))
        else:
            seen.add(found.number)
            requests.append(found)
    return Reading(tuple(requests), tuple(unread))


class _Wrong(msgspec.Struct, frozen=True):
    fault: Fault
    field: str = ""
    text: str = ""


def _rows(rows: "_Rows") -> Iterator[tuple[int, Sequence[str]]]:
    """Each row with the line on which it begins; one that is no CSV has no fields that anybody could count."""
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield line, ("",)


def _request(line: int, said: Mapping[str, str], zone: ZoneInfo) -> Request | _Wrong:
    wrong = _wrong(said)
    if wrong is not None:
        return _Wrong(*wrong, said[wrong[1]])
    times = {field: _instant(said[field], zone) for field in ("opened", "target", "closed")}
    for field, time in times.items():
        if time is None and said[field]:
            return _Wrong(Fault.TIME, field, said[field])
    opened, target, closed = (time[0] if time else None for time in times.values())
    if opened is None:
        return _Wrong(Fault.NOT_OPENED, "opened")
    if said["status"] == "Closed" and closed is None:
        return _Wrong(Fault.NOT_CLOSED, "closed")
    point = _point(said["longitude"], said["latitude"])
    if point is None and (said["longitude"] or said["latitude"]):
        return _Wrong(Fault.POINT, "longitude", f"{said['longitude']} {said['latitude']}")
    odd = tuple(dict.fromkeys(time[1] for time in times.values() if time and time[1]))
    return Request(
        line, said["number"], said["kind"][:LONGEST_KIND], said["agency"], said["place"], opened, target, closed,
        _FLAGS[said["flag"].upper()], point, odd,
    )  # fmt: skip


def _wrong(said: Mapping[str, str]) -> tuple[Fault, str] | None:
    for field, text in said.items():
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            return Fault.NOT_TEXT, field
    if not said["number"]:
        return Fault.NO_NUMBER, "number"
    if not said["kind"]:
        return Fault.NO_TYPE, "kind"
    if said["flag"].upper() not in _FLAGS:
        return Fault.FLAG, "flag"
    return (Fault.STATUS, "status") if said["status"] not in _STATUS else None


def _instant(text: str, zone: ZoneInfo) -> tuple[datetime, Oddity | None] | None:
    """A local time as an instant, and what is strange about it.

    >>> _instant("2011-11-06 01:30:00", ZoneInfo("America/New_York"))[1]
    <Oddity.TWICE: 'twice'>
    """
    if not _TIME.fullmatch(text):
        return None
    try:
        local = datetime.fromisoformat(text)
        first = local if local.tzinfo else local.replace(tzinfo=zone)
        instant = first.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if local.tzinfo:
        return instant, None
    if instant.astimezone(zone).replace(tzinfo=None) != local:
        return instant, Oddity.NEVER
    return instant, Oddity.TWICE if first.replace(fold=1).astimezone(UTC) != instant else None


def _point(longitude: str, latitude: str) -> Point | None:
    """A place in degrees (WGS-84); None if nobody wrote one, or one that is none."""
    try:
        east, north = float(longitude), float(latitude)
    except ValueError:
        return None
    good = math.isfinite(east) and math.isfinite(north) and abs(east) <= 180 and abs(north) <= 90
    return (east, north) if good else None
