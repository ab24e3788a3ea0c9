"""The times of logs, as the houses that kept them wrote them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)
_FIRST: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _US
_LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _US
NOTHING: Final = frozenset({"", "nan", "nat", "null", "none", "n/a", "-"})
"""What programs write where no time is, in small letters."""
_CLOCK: Final = (
    r"(?:(?:\s*T\s*|\s+|:)(?P<hour>[0-9]{1,2})[:.时](?P<minute>[0-9]{1,2})"
    r"(?:[:.分](?P<second>[0-9]{1,2})秒?(?:[.,](?P<part>[0-9]{1,9}))?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_YEAR_FIRST: Final = re.compile(
    r"(?P<year>[0-9]{4})[-/.年](?P<one>[0-9]{1,2})[-/.月](?P<two>[0-9]{1,2})日?" + _CLOCK, re.ASCII
)
_YEAR_LAST: Final = re.compile(
    r"(?P<one>[0-9]{1,2})(?P<sign>[-/.])(?P<two>[0-9]{1,2})[-/.](?P<year>[0-9]{4})" + _CLOCK, re.ASCII
)
_NAMED: Final = re.compile(
    r"(?:(?P<day>[0-9]{1,2})[-/. ]+(?P<month>[A-Za-z]{3,9})|(?P<first>[A-Za-z]{3,9})[ ]+(?P<second>[0-9]{1,2}))"
    r"[-/., ]+(?P<year>[0-9]{4})(?P<rest>(?:[ T,].*)?)",
    re.ASCII,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COMPACT: Final = re.compile(r"[0-9]{12}(?:[0-9]{2})?", re.ASCII)
_COUNTED: Final = re.compile(r"[0-9]{10}|[0-9]{13}", re.ASCII)


class Order(Enum):
    """Whether the day or the month stands first where the year stands last."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"


def instant(text: str, order: Order | None = None) -> tuple[int, bool] | None:
    """A time as microseconds since 1970 in UTC, and whether it has no zone and was taken as UTC; None if it is no time.

    A year in the last place is read only where it is known whether the day or the month stands first.

    >>> instant("1970-01-02T01:00:00+01:00"), instant("1970/1/2 0:00"), instant("soon")
    ((86400000000, False), (86400000000, True), None)
    >>> instant("02.01.1970", Order.DAY_FIRST), instant("02.01.1970")
    ((86400000000, True), None)
    """
    found = _counted(text) or _iso(text) or _otherwise(text, order)
    if found is None:
        return None
    naive = found.tzinfo is None
    told = ((found.replace(tzinfo=UTC) if naive else found) - _EPOCH) // _US
    # An offset may lead out of the years that a calendar has.
    return (told, naive) if _FIRST <= told <= _LAST else None


def has_year_last(text: str) -> tuple[int, int, str] | None:
    """The two numbers before a year in the last place, and the sign between them; None if a time is not written so.

    >>> has_year_last("3/31/2020 10:00"), has_year_last("2020-03-31")
    ((3, 31, '/'), None)
    """
    found = _YEAR_LAST.fullmatch(text)
    return (int(found["one"]), int(found["two"]), found["sign"]) if found else None


def _counted(text: str) -> datetime | None:
    """A count of seconds or milliseconds: asked for first, as Python reads any sign between a day and an hour."""
    if not _COUNTED.fullmatch(text):
        return None
    return _EPOCH + timedelta(milliseconds=int(text) * (1000 if len(text) == 10 else 1))


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _otherwise(text: str, order: Order | None) -> datetime | None:
    try:
        if _COMPACT.fullmatch(text):
            return datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - it has no zone, and that is told
        if found := _YEAR_FIRST.fullmatch(text):
            return _built(found, int(found["one"]), int(found["two"]))
        if found := _NAMED.fullmatch(text):
            month = _MONTHS.index((found["month"] or found["first"])[:3].lower()) + 1
            plain = f"{found['year']}-{month}-{found['day'] or found['second']} {found['rest'].strip(' T,')}"
            return _otherwise(plain.strip(), order)
        if order is not None and (found := _YEAR_LAST.fullmatch(text)):
            one, two = int(found["one"]), int(found["two"])
            return _built(found, *((two, one) if order is Order.DAY_FIRST else (one, two)))
    except (ValueError, OverflowError):
        return None
    return None


def _built(found: re.Match[str], month: int, day: int) -> datetime:
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    part = int((found["part"] or "0")[:6].ljust(6, "0"))
    clock = (hour, int(found["minute"] or 0), int(found["second"] or 0), part)
    return datetime(int(found["year"]), month, day, *clock, tzinfo=_zone(found["zone"]))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if not text.startswith(("+", "-")):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-away if text[0] == "-" else away)
