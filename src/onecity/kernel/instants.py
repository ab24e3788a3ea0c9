"""Instants are UTC inside; days belong to the city's zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def day_in(zone: ZoneInfo, instant: datetime) -> date:
    """The calendar day that an instant has in the city.

    >>> day_in(ZoneInfo("Asia/Shanghai"), datetime(2020, 1, 5, 17, tzinfo=UTC))
    datetime.date(2020, 1, 6)
    """
    return instant.astimezone(zone).date()


@lru_cache(maxsize=64)
def stamp(instant: datetime) -> str:
    """An instant as it is written into facts: UTC, microseconds, `Z`.

    >>> stamp(datetime(2020, 1, 5, 17, tzinfo=UTC))
    '2020-01-05T17:00:00.000000Z'
    """
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_day(text: str, *, today: date) -> date | None:
    """A day as people type it, or None: 2020-4-8, 20200408, 2020年4月8日, 4月8日 (then of this year).

    >>> read_day("4月8日", today=date(2020, 1, 1))
    datetime.date(2020, 4, 8)
    >>> read_day("2020-4-8", today=date(2020, 1, 1)) == read_day("20200408", today=date(2020, 1, 1))
    True
    """
    cleaned = text.strip()
    for sign in "年月./":
        cleaned = cleaned.replace(sign, "-")
    cleaned = cleaned.replace("日", "").replace(" ", "")
    if cleaned.isdecimal() and len(cleaned) == 8:
        cleaned = f"{cleaned[:4]}-{cleaned[4:6]}-{cleaned[6:]}"
    parts = cleaned.split("-")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    if any(len(part) > 4 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if len(numbers) == 2:
        numbers = [today.year, *numbers]
    if len(numbers) != 3:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None


def bounds_of(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    """The instant at which a day begins in the city, and that at which the next one does.

    >>> [f"{instant:%d %H:%M}" for instant in bounds_of(ZoneInfo("Asia/Shanghai"), date(2020, 1, 6))]
    ['05 16:00', '06 16:00']
    """
    first, last = (datetime.combine(one, time.min, zone) for one in (day, day + timedelta(days=1)))
    return first.astimezone(UTC), last.astimezone(UTC)
