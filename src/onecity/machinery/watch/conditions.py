"""When something is not as it should be: one sentence in figures, which Prometheus and the city read alike.

Each condition is asked of the city's own metrics (what holds now, for the page of operations) and tells the same
question in PromQL (for the alert rules), so that a limit stands in one place.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from prometheus_client import Counter, Gauge, Histogram

WINDOW_S: Final = 300
"""Over which span rates and quantiles are looked at."""
LEAST: Final = 20
"""Of fewer than this in a window no share is told: one failure among three at night wakes nobody."""

Metric: TypeAlias = Counter | Gauge | Histogram
Labels: TypeAlias = tuple[tuple[str, str], ...]
Reading: TypeAlias = Mapping[Labels, float]
"""What a condition keeps of its metrics at an instant; few numbers, however many routes there are."""


def name_of(metric: Metric) -> str:
    """The name under which a metric is exported; the samples of a counter end on `_total`."""
    [described] = metric.describe()
    return f"{described.name}_total" if isinstance(metric, Counter) else described.name


@dataclass(frozen=True, slots=True)
class Pick:
    """Some of the samples of a metric: labels that are as said, and none that match an expression of `but`."""

    metric: Metric
    where: Mapping[str, str]
    but: Mapping[str, str]
    suffix: str = ""

    def __str__(self) -> str:
        parts = [f'{label}="{value}"' for label, value in self.where.items()]
        parts += [f'{label}!~"{value}"' for label, value in self.but.items()]
        return f"{name_of(self.metric)}{self.suffix}{'{' + ', '.join(parts) + '}' if parts else ''}"

    def samples(self) -> Iterator[tuple[Mapping[str, str], float]]:
        """The samples as they are now."""
        wanted = name_of(self.metric) + self.suffix
        for sample in (sample for family in self.metric.collect() for sample in family.samples):
            labels = sample.labels
            if sample.name != wanted or any(labels.get(name) != value for name, value in self.where.items()):
                continue
            if not any(re.fullmatch(pattern, labels.get(name, "")) for name, pattern in self.but.items()):
                yield labels, sample.value


def pick(
    metric: Metric, where: Mapping[str, str] | None = None, but: Mapping[str, str] | None = None, suffix: str = ""
) -> Pick:
    """Some of the samples of a metric; without more, all of them."""
    return Pick(metric, where or {}, but or {}, suffix)


@dataclass(frozen=True, slots=True)
class Worst:
    """The figure that a condition looks at, where it is worst, and the label that says where (a job, a follower)."""

    value: float
    where: str = ""


class Condition(Protocol):
    """A figure and its limit. `low` conditions hold below the limit, all others above it.

    `window_s` is the span over which it counts; 0 if it is of the moment.
    """

    @property
    def limit(self) -> float: ...
    @property
    def low(self) -> bool: ...
    @property
    def window_s(self) -> int: ...
    @property
    def metrics(self) -> tuple[Metric, ...]: ...

    def figure(self) -> str:
        """The figure in PromQL."""

    def reading(self) -> Reading:
        """What is kept of an instant."""

    def worst(self, now: Reading, before: Reading, at: float) -> Worst | None:
        """The figure at an instant (`at`, seconds since 1970), with what was kept a window before; None: no figure."""


def expression(condition: Condition) -> str:
    """The whole condition in PromQL."""
    return f"{condition.figure()} {'<' if condition.low else '>'} {condition.limit:g}"


def holds(condition: Condition, worst: Worst | None) -> bool:
    """Whether a figure is beyond its limit."""
    if worst is None:
        return False
    return worst.value < condition.limit if condition.low else worst.value > condition.limit


@dataclass(frozen=True, slots=True)
class Level:
    """A gauge that is too high, or too `low`; the worst of all processes, and of each `by`."""

    gauge: Gauge
    limit: float
    by: str = ""
    low: bool = False
    window_s: int = 0

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.gauge,)

    def figure(self) -> str:
        return _worst_of("min" if self.low else "max", self.by, pick(self.gauge))

    def reading(self) -> Reading:
        return _by(self.gauge, self.by)

    def worst(self, now: Reading, _before: Reading, _at: float) -> Worst | None:
        return _found(now, low=self.low)


@dataclass(frozen=True, slots=True)
class Age:
    """Something that was done last too long ago; the gauge holds when, in seconds since 1970. Units: limit in s."""

    stamp: Gauge
    limit: float
    low: bool = False
    window_s: int = 0

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.stamp,)

    def figure(self) -> str:
        return f"time() - max({pick(self.stamp)})"

    def reading(self) -> Reading:
        return _by(self.stamp, "")

    def worst(self, now: Reading, _before: Reading, at: float) -> Worst | None:
        last = _found(now)
        return Worst(at - last.value) if last else None


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something that is done every so often and was left out more than three times; seconds beyond that."""

    stamp: Gauge
    every: Gauge
    by: str
    limit: float
    low: bool = False
    window_s: int = 0

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.stamp, self.every)

    def figure(self) -> str:
        last, every = (f"max by ({self.by}) ({pick(gauge)})" for gauge in (self.stamp, self.every))
        return f"time() - {last} - 3 * {every}"

    def reading(self) -> Reading:
        every = _by(self.every, self.by)
        return {key: last + 3 * every[key] for key, last in _by(self.stamp, self.by).items() if key in every}

    def worst(self, now: Reading, _before: Reading, at: float) -> Worst | None:
        return _found({key: at - due for key, due in now.items()})


@dataclass(frozen=True, slots=True)
class Rise:
    """A counter that went up by more than so much within a window; of most, once is once too often."""

    counter: Pick
    limit: float = 0
    window_s: int = WINDOW_S
    low: bool = False

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.counter.metric,)

    def figure(self) -> str:
        return f"sum(increase({self.counter}[{self.window_s}s]))"

    def reading(self) -> Reading:
        return {(): _sum(self.counter)}

    def worst(self, now: Reading, before: Reading, _at: float) -> Worst | None:
        return Worst(now[()] - before.get((), 0))


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole that is too large, where there is a whole worth speaking of. Units: limit from 0 to 1."""

    part: Pick
    whole: Pick
    limit: float
    window_s: int = WINDOW_S
    low: bool = False

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.part.metric, self.whole.metric)

    def figure(self) -> str:
        part, whole = (f"sum(increase({one}[{self.window_s}s]))" for one in (self.part, self.whole))
        return f"{part} / ({whole} >= {LEAST})"

    def reading(self) -> Reading:
        return {(("of", "part"),): _sum(self.part), (("of", "whole"),): _sum(self.whole)}

    def worst(self, now: Reading, before: Reading, _at: float) -> Worst | None:
        part, whole = (now[key] - before.get(key, 0) for key in ((("of", "part"),), (("of", "whole"),)))
        return Worst(part / whole) if whole >= LEAST else None


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of a duration that is too long. Units: limit in s; told up to the edge of its bucket."""

    histogram: Histogram
    quantile: float
    limit: float
    but: Mapping[str, str]
    window_s: int = WINDOW_S
    low: bool = False

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.histogram,)

    @property
    def _buckets(self) -> Pick:
        return pick(self.histogram, but=self.but, suffix="_bucket")

    def figure(self) -> str:
        return f"histogram_quantile({self.quantile:g}, sum by (le) (rate({self._buckets}[{self.window_s}s])))"

    def reading(self) -> Reading:
        found: dict[Labels, float] = {}
        for labels, value in self._buckets.samples():
            key = (("le", labels["le"]),)
            found[key] = found.get(key, 0) + value
        return found

    def worst(self, now: Reading, before: Reading, _at: float) -> Worst | None:
        counted = sorted((float(key[0][1]), value - before.get(key, 0)) for key, value in now.items())
        if not counted or counted[-1][1] <= 0:
            return None
        wanted = self.quantile * counted[-1][1]
        place = bisect_left([count for _, count in counted], wanted)
        (low, below), (high, upto) = counted[place - 1] if place else (0.0, 0.0), counted[place]
        if math.isinf(high):
            return Worst(low)
        return Worst(low + (high - low) * (wanted - below) / (upto - below))


def _worst_of(what: str, by: str, picked: Pick) -> str:
    return f"{what} by ({by}) ({picked})" if by else f"{what}({picked})"


def _by(gauge: Gauge, label: str) -> Reading:
    """The values of a gauge by a label; what is not a number is not known, and says nothing."""
    return {
        ((label, labels[label]),) if label else (): value
        for labels, value in pick(gauge).samples()
        if not math.isnan(value)
    }


def _found(reading: Reading, *, low: bool = False) -> Worst | None:
    """The highest value of all, or the lowest."""
    if not reading:
        return None
    key = sorted(reading, key=lambda key: reading[key])[0 if low else -1]
    return Worst(reading[key], key[0][1] if key else "")


def _sum(picked: Pick) -> float:
    return math.fsum(value for _, value in picked.samples())
