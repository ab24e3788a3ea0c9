"""The first and the last day that an answer may name, as a pack writes them: counted from the day of the answer."""

import calendar
import re
from datetime import date, timedelta
from typing import Annotated, Final, TypeAlias

import msgspec

TODAY: Final = "today"
_FORM: Final = "today|[+-][1-9][0-9]{0,2}[yd]"
_PARTS: Final = re.compile(r"([+-])([0-9]+)([yd])")

Bound: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=_FORM, description="Write `today`, or years or days from today on: `-30y`, `+90d`.")
]
"""`today`, or a number of years (`y`) or days (`d`) before (`-`) or after (`+`) it."""


def bound_day(bound: str, *, on: date) -> date:
    """The day that a bound means `on` a day; a leap day has its anniversary on the last of February.

    >>> bound_day("-30y", on=date(2020, 2, 29)), bound_day("+90d", on=date(2020, 1, 1))
    (datetime.date(1990, 2, 28), datetime.date(2020, 3, 31))
    """
    parts = _PARTS.fullmatch(bound)
    if parts is None:
        return on
    number = int(parts[1] + parts[2])
    if parts[3] == "d":
        return on + timedelta(days=number)
    # An anniversary and no period: who is born on a leap day is thirty on the last of February, not the day before it.
    year = on.year + number
    return on.replace(year=year, day=min(on.day, calendar.monthrange(year, on.month)[1]))


def bound_words(bound: str) -> tuple[str, int]:
    """The key of the words for a bound, and its number.

    >>> bound_words("today"), bound_words("-30y")
    (('answers.bound.today', 0), ('answers.bound.years_ago', 30))
    """
    parts = _PARTS.fullmatch(bound)
    if parts is None:
        return "answers.bound.today", 0
    unit, when = {"y": "years", "d": "days"}[parts[3]], {"-": "ago", "+": "ahead"}[parts[1]]
    return f"answers.bound.{unit}_{when}", int(parts[2])
