"""The work units of the city: what each does, how that is measured, when somebody must look, and examples of both."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import Gauge

from onecity.machinery.watch.conditions import Condition, Metric

if TYPE_CHECKING:
    from asyncpg import Connection, Pool


class Severity(StrEnum):
    """`wake` is for now, also at night; `morning` can wait for the next working day."""

    WAKE = "wake"
    MORNING = "morning"


class Measured(StrEnum):
    """In what a figure is told. The values are those of Grafana."""

    SECONDS = "s"
    NUMBER = "short"
    SHARE = "percentunit"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Example:
    """Series of Prometheus in the notation of promtool, and whether the alert fires after `minutes`.

    `because` says what the example shows; a sample comes `every` so many minutes.
    """

    because: str
    series: "Series"
    minutes: int
    fires: bool
    every: int = 1


Series = tuple[tuple[str, str], ...]


def fires(because: str, series: Series, minutes: int, *, every: int = 1) -> Example:
    """An example in which the alert fires."""
    return Example(because, series, minutes, fires=True, every=every)


def quiet(because: str, series: Series, minutes: int, *, every: int = 1) -> Example:
    """An example in which it does not."""
    return Example(because, series, minutes, fires=False, every=every)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that somebody must look at. `name` is that of the alert, `runbook` that of its page in docs/operate.

    `says` is the key of the words for its figure, `summary` one English sentence for whoever is called.
    """

    name: str
    says: str
    summary: str
    condition: Condition
    severity: Severity
    lasting_s: int
    measured: Measured
    examples: tuple[Example, ...]

    @property
    def runbook(self) -> str:
        """The name of the page that tells how to mend it.

        >>> runbook_of("SealingLate")
        'sealing-late'
        """
        return runbook_of(self.name)


def runbook_of(alert: str) -> str:
    """The name of the page of an alert."""
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in alert).removeprefix("-")


@dataclass(frozen=True, slots=True)
class Panel:
    """A graph beside those of the alerts: what it shows, in PromQL, and the label by which its lines are told apart."""

    title: str
    expr: str
    measured: Measured
    by: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where readings come from: a connection, the pool that gave it, the data folder, the present instant."""

    connection: "Connection"
    pool: "Pool"
    folder: Path
    now: datetime


Read = Callable[[Source], Awaitable[None]]
"""Looks something up and sets gauges; for what nobody counts while it happens."""


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """Something that the city does all the time. `says` is the key of its name in words."""

    name: str
    says: str
    metrics: tuple[Metric, ...]
    panels: tuple[Panel, ...]
    alerts: tuple[Alert, ...]
    read: Read | None = None


def unread(name: str, what: str, labels: tuple[str, ...] = ()) -> Gauge:
    """A gauge that somebody must read first: until then it is not a number, and no limit is passed."""
    gauge = Gauge(name, what, labels)
    if not labels:
        gauge.set(math.nan)
    return gauge
