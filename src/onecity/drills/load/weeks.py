"""When people come in a week: what they ask of a real city by the hour, on working days, at week-ends, on a holiday."""

from typing import Final

HOURS: Final = 24
WORKING: Final = (
    1.2, 0.8, 0.5, 0.5, 0.5, 1.1, 4.3, 15.0, 31.6, 51.1, 52.4, 43.1,
    36.9, 34.5, 37.2, 31.9, 19.4, 13.8, 8.9, 7.8, 6.8, 6.0, 5.7, 3.4,
)  # fmt: skip
WEEKEND: Final = (
    2.0, 1.2, 0.8, 0.7, 0.4, 0.6, 0.9, 3.7, 4.3, 7.2, 7.8, 8.6,
    10.2, 9.5, 10.4, 8.0, 7.1, 5.4, 6.2, 5.5, 4.4, 3.6, 3.4, 2.7,
)  # fmt: skip
HOLIDAY: Final = (
    1.2, 0.7, 1.0, 0.8, 0.7, 0.5, 1.8, 3.7, 8.8, 12.0, 8.0, 8.2,
    6.2, 10.3, 5.0, 3.8, 3.5, 5.3, 4.8, 3.5, 3.5, 3.8, 4.5, 1.8,
)  # fmt: skip
"""Requests in each hour of such a day, on average.

Source: City of Boston, "311 Service Requests", second half of 2011, 58,251 rows counted by us; Open Data Commons Public
Domain Dedication and License (PDDL) v1.0.
"""
WEEK: Final = (WORKING, WORKING, HOLIDAY, WORKING, WORKING, WEEKEND, WEEKEND)
"""Monday to Sunday, with a holiday in the middle."""
PEOPLE: Final = 12_600_000
A_WORKING_DAY: Final = 8_000
"""Requests on a working day in a city of so many. Source: Zhengzhou's 12345 in 2025, as reported."""


def hourly(of: float) -> list[float]:
    """How many come in each hour of the week, where so many come on a working day.

    >>> round(sum(hourly(8_000)[:24])), len(hourly(1))
    (8000, 168)
    """
    return [of * hour / sum(WORKING) for day in WEEK for hour in day]
