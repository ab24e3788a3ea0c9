"""What a scan takes and what it finds."""

from datetime import date
from typing import Final

import msgspec

from onecity.governance.ground import Point


class Event(msgspec.Struct, frozen=True):
    """A case as the scan sees it: its place, the day on which it was reported, the class of its matter.

    One case is one event: reports that were merged into it are not counted again, else a talkative place would be a hot
    one. A case without a place is no event.
    """

    id: str
    point: Point
    day: date
    group: str


class Scan(msgspec.Struct, frozen=True):
    """What is scanned against what, and how sure the city wants to be. Units: days, metres.

    `scanned_days` are the last ones; a spot may be any run of them. `baseline_days` come before: twelve weeks, because
    the events of a spot count into what is expected there, with four weeks up to a fifth of them, and what was long ago
    was another season. `radii_m` go up to ten minutes on foot: what is larger is the trend of a district, which its
    figures show. `step_m` is the smallest of them; with twice of it fewer spots were found. A spot has at least `least`
    events; the `most` likeliest ones are told.

    `level` is how often a week without any spot shows one: two of a hundred. With five, every third hundred of weeks
    would have more than that. `replications` deals of the days are compared; with one more they are a multiple of
    1 / level, so that the level is kept exactly.
    """

    scanned_days: int = 7
    baseline_days: int = 84
    step_m: float = 100
    radii_m: tuple[float, ...] = (100, 200, 300, 400, 600, 800)
    replications: int = 249
    level: float = 0.02
    least: int = 3
    most: int = 10

    @property
    def beyond(self) -> int:
        """How many deals may show a spot as likely, if it is to be told.

        >>> SCAN.beyond
        4
        """
        return round(self.level * (self.replications + 1)) - 1


SCAN: Final = Scan()


class HotSpot(msgspec.Struct, frozen=True):
    """More events of a class in a circle, in a run of days, than place and day alone explain.

    `observed` of them, where `expected` would lie if place and day had nothing to do with each other: this is what the
    test compares, and the events of the spot count into it. `usual` is what people are told: how many came on as many
    days of the baseline. `p` is the share of deals that show anything as likely anywhere, this one included.
    """

    group: str
    centre: Point
    radius_m: float
    first: date
    last: date
    observed: int
    expected: float
    usual: float
    log_ratio: float
    p: float
    events: tuple[str, ...]

    @property
    def days(self) -> int:
        """How many days it lasted, for the sentence "7 days 18, usually 5"."""
        return (self.last - self.first).days + 1
