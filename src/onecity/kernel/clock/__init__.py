"""The working-day clock: from a day of acceptance to a latest day, with every day in between explained.

Source: 行政许可法 (2019-04-23) articles 32, 42, 44, 45, 50, 82; 民法典 (2021-01-01) articles 201, 203.
"""

from onecity.kernel.clock.calendar import Calendar, DayKind, OfficeHours, Span
from onecity.kernel.clock.days import (
    Day,
    Due,
    Mark,
    days_late,
    days_used,
    due,
    last_day_of_years,
    next_working_day,
    working_days_left,
)
from onecity.kernel.clock.hours import CountedSpan, HoursDue, due_after_hours
from onecity.kernel.clock.limits import (
    DELIVERY,
    JOINT,
    JOINT_EXTENSION,
    TACIT_ACCEPTANCE,
    Extension,
    Limit,
    Run,
    Stop,
    StopKind,
    Unit,
)
from onecity.kernel.clock.statutory import joint_due, renewal_last_day, tacit_acceptance

__all__ = [
    "DELIVERY",
    "JOINT",
    "JOINT_EXTENSION",
    "TACIT_ACCEPTANCE",
    "Calendar",
    "CountedSpan",
    "Day",
    "DayKind",
    "Due",
    "Extension",
    "HoursDue",
    "Limit",
    "Mark",
    "OfficeHours",
    "Run",
    "Span",
    "Stop",
    "StopKind",
    "Unit",
    "days_late",
    "days_used",
    "due",
    "due_after_hours",
    "joint_due",
    "last_day_of_years",
    "next_working_day",
    "renewal_last_day",
    "tacit_acceptance",
    "working_days_left",
]
