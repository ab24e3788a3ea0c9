"""The clock as the law tells it, slow and obvious: one day at a time, each day judged by itself.

Sources: 行政许可法 (2019-04-23) article 45 (time that is not counted) and article 82 (working days, without
statutory holidays); 民法典 (2021-01-01) article 201 (the first day is not counted) and article 203 (a last day off);
the State Council's yearly notices (which days are off, which weekend days are worked). The notices are read here
from the pack's files by a plain YAML reader, so that nothing of the product stands between them and the answer.

Where the law leaves a question open, this page answers so: an announced time is a number of working days; a day on
which several times run is announced if one of them announced it; a time that has not ended runs at least as long as
announced, and until today; a last day that is off rolls to the next day on which the offices work, even if a time of
article 45 began in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

ONE_DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)

Line = tuple[date, str, int | None]
"""A day, the word for what it is in the count, and its number if it counts."""


@dataclass(frozen=True)
class Published:
    """What the notices say: days off, days worked, years with a notice; and the holidays of fixed date (month, day)."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]
    fixed: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Pause:
    """A time of article 45: begun on `first`, told to take `announced` working days, over with `last` if it is over."""

    first: date
    announced: int
    last: date | None = None


def published_in(folder: Path) -> Published:
    """What stands in a pack's calendar."""
    files = sorted((folder / "calendar" / "notices").glob("*.yaml"))
    days = {date.fromisoformat(day): one for file in files for day, one in plain_yaml(file)["days"].items()}
    return Published(
        off=frozenset(day for day, one in days.items() if one["off"] == "true"),
        worked=frozenset(day for day, one in days.items() if one["off"] == "false"),
        years=frozenset(int(file.stem) for file in files),
        fixed=frozenset(
            (int(day[:2]), int(day[3:])) for day in plain_yaml(folder / "calendar" / "calendar.yaml")["fixed"]
        ),
    )


def plain_yaml(file: Path) -> Any:
    # Only text: in YAML 1.1 the key `off` would be read as "no".
    return yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)


def is_named(published: Published, day: date) -> bool:
    return day in published.off or day in published.worked


def is_known(published: Published, day: date) -> bool:
    """Whether no notice is still to come that says what kind of day it is: the next year's may move the last days of
    this one; before the first one nobody waits for any.
    """
    if is_named(published, day) or is_before_tables(published, day):
        return True
    if day.month == 12 and day.day in (29, 30, 31):
        return day.year in published.years and day.year + 1 in published.years
    return day.year in published.years


def is_before_tables(published: Published, day: date) -> bool:
    """Whether there was a notice only for later years."""
    return not is_named(published, day) and bool(published.years) and all(day.year < year for year in published.years)


def is_holiday(published: Published, day: date) -> bool:
    if day.year in published.years or is_named(published, day):
        return day in published.off
    return (day.month, day.day) in published.fixed


def is_weekend(day: date) -> bool:
    return day.isoweekday() in (6, 7)


def is_worked(published: Published, day: date) -> bool:
    """Whether the offices work."""
    if day in published.worked:
        return True
    return not is_holiday(published, day) and not is_weekend(day)


def is_announced(published: Published, pause: Pause, day: date) -> bool:
    """Whether the announced working days were not yet used up before this day."""
    used, earlier = 0, pause.first
    while earlier < day:
        used += is_worked(published, earlier)
        earlier += ONE_DAY
    return day >= pause.first and used < pause.announced


def is_paused(published: Published, pause: Pause, day: date, today: date | None) -> bool:
    """Whether this day is not counted because of this time."""
    if day < pause.first:
        return False
    if pause.last is not None:
        return day <= pause.last
    return is_announced(published, pause, day) or (today is not None and day <= today)


def word_for(published: Published, day: date, natural: bool, pauses: Sequence[Pause], today: date | None) -> str:
    """What a day after the day of acceptance is in the count."""
    if not natural and not is_worked(published, day):
        return "holiday" if is_holiday(published, day) else "weekend"
    running = [pause for pause in pauses if is_paused(published, pause, day, today)]
    if running:
        return "stopped" if any(is_announced(published, pause, day) for pause in running) else "overrun"
    return "make_up" if not natural and is_weekend(day) else "counted"


def count(
    published: Published,
    accepted: date,
    number: int,
    *,
    natural: bool = False,
    pauses: Sequence[Pause] = (),
    today: date | None = None,
) -> list[Line]:
    """Every day from acceptance to the latest day."""
    lines: list[Line] = [(accepted, "start", None)]
    day, counted = accepted, 0
    while counted < number:
        day += ONE_DAY
        word = word_for(published, day, natural, pauses, today)
        if word in ("counted", "make_up"):
            counted += 1
            lines.append((day, word, counted))
        else:
            lines.append((day, word, None))
    while natural and number > 0 and not is_worked(published, day):
        day += ONE_DAY
        lines.append((day, "rolled", None))
    return lines


def working_days_between(published: Published, after: date, until: date) -> int:
    """The working days after one day up to and with another."""
    found = 0
    while after < until:
        after += ONE_DAY
        found += is_worked(published, after)
    return found


def after_working_hours(
    published: Published, windows: Sequence[tuple[time, time]], zone: ZoneInfo, since: datetime, hours: int
) -> datetime:
    """The instant at which so many office hours are over, a quarter of an hour at a time.

    All office hours and instants must lie on a quarter of an hour.
    """
    moment, quarters = since.astimezone(UTC), 0
    while quarters < 4 * hours:
        local = moment.astimezone(zone)
        open_now = any(opens <= local.time() < closes for opens, closes in windows)
        quarters += open_now and is_worked(published, local.date())
        moment += QUARTER
    return moment
