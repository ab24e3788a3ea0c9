"""How long cases take and where they wait.

**Duration** of a case: its last time minus its first, whatever order its events have in the file.

**Waiting**: the events of a case become pieces of work. A `start` begins one, which the next `complete` of the same
step (and instance) ends; every other event is one of a single moment; a row with a begin and an end is one as it
stands. In the order of their begins, a piece of work was waited for from the moment in which all that had begun before
it was ended, until it began; where something was still going on, nobody waited. The step before is the one that ended
last. So the waits of a case and its time at work together are its duration, where no row tells a begin of its own:
such work may have begun before the first time of the case.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from onecity.casework.mining.model import DAY_US, Case, Event, Findings, Spread, Variant, Wait, WaitBy
from onecity.casework.mining.times import NOTHING

_BEGINS: Final = frozenset({"start", "started", "begin"})
_ENDS: Final = frozenset({"complete", "completed", "end", "ate_abort", "pi_abort"})
_NOBODY: Final = NOTHING | {"empty", "undefined"}
"""What programs write where no organ is, in small letters."""


class Work(NamedTuple):
    """A piece of work in a case, from its begin to its end. Units: microseconds since 1970."""

    step: str
    organ: str
    begin: int
    end: int


class Waited(NamedTuple):
    """A wait of a case: for which step and organ, after which step, how long. Unit: microseconds."""

    step: str
    before: str
    organ: str
    long: int


class _Place:
    """The waits at one place of the process, case after case."""

    __slots__ = ("_last", "cases", "organs", "spans")

    def __init__(self) -> None:
        self.spans = array("q")
        self.cases = 0
        self.organs: Counter[str] = Counter()
        self._last = -1

    def add(self, case: int, organ: str, span: int) -> None:
        """One more wait; cases come one after the other, so that the last one is enough to count each once."""
        self.spans.append(span)
        self.organs[organ] += span
        if case != self._last:
            self.cases, self._last = self.cases + 1, case


def measured(cases: Iterable[Case]) -> Findings:
    """What the cases of a log tell; they are read once, and none of them is kept."""
    places = defaultdict[tuple[str, str], _Place](_Place)
    steps, organs = defaultdict[str, _Place](_Place), defaultdict[str, _Place](_Place)
    orders: Counter[tuple[str, ...]] = Counter()
    spans, names, named, count, events, untimed = array("q"), set[str](), 0, 0, 0, 0
    first = last = None
    for count, case in enumerate(cases, 1):
        events += len(case.events)
        if case.name:
            named += 1
            names.add(case.name)
        times = [one.time for one in case.events if one.time is not None]
        untimed += len(case.events) - len(times)
        if not times:
            continue
        begin, end = min(times), max(times)
        first, last = min(begin, begin if first is None else first), max(end, end if last is None else last)
        spans.append(end - begin)
        done = work_of(case.events)
        orders[tuple(one.step for one in done)] += 1
        for wait in waits_of(done):
            places[wait.before, wait.step].add(count, wait.organ, wait.long)
            steps[wait.step].add(count, wait.organ, wait.long)
            organs[wait.organ].add(count, wait.organ, wait.long)
    return Findings(
        cases=count, events=events, timed=len(spans), durations=spread(spans), waiting=_waiting(places),
        by_step=_by(steps), by_organ=_by(organs), variants=_variants(orders), untimed_events=untimed,
        repeated_names=named - len(names), first=first, last=last,
    )  # fmt: skip


def work_of(events: Sequence[Event]) -> list[Work]:
    """The pieces of work that some events of a case tell of, in the order of their begins."""
    timed = [(one.time, one.life not in _BEGINS, place) for place, one in enumerate(events) if one.time is not None]
    done: list[Work] = []
    under_way: dict[tuple[str, str], list[int]] = {}
    # At the same moment begins come first: an end that stands above its begin in the file belongs to it all the same.
    for time, _, place in sorted(timed):
        one = events[place]
        organ = "" if one.organ.lower() in _NOBODY else one.organ
        key = (one.step, one.instance)
        if one.life in _BEGINS:
            under_way.setdefault(key, []).append(len(done))
        elif one.life in _ENDS and under_way.get(key):
            begun = under_way[key].pop(0)
            done[begun] = done[begun]._replace(end=time, organ=done[begun].organ or organ)
            continue
        done.append(Work(one.step, organ, time if one.begun is None else min(one.begun, time), time))
    # Work whose row tells its begin may have begun before what ended earlier.
    return sorted(done, key=lambda one: one.begin)


def waits_of(done: Sequence[Work]) -> Iterator[Waited]:
    """Every wait of a case; one of no length where work followed at once, or while other work went on."""
    if not done:
        return
    latest = done[0]
    for one in done[1:]:
        yield Waited(one.step, latest.step, one.organ, max(0, one.begin - latest.end))
        if one.end >= latest.end:
            latest = one


def spread(spans: Sequence[int]) -> Spread | None:
    """How some spans lie; None if there is none. The 90th percentile is the nearest rank: a span that occurred.

    >>> found = spread([DAY_US, 2 * DAY_US, 6 * DAY_US])
    >>> (found.median_days, found.mean_days, found.p90_days) if found else None
    (2.0, 3.0, 6.0)
    """
    if not spans:
        return None
    told = sorted(spans)
    size = len(told)
    middle = told[(size - 1) // 2] + told[size // 2]
    most_of_ten = nine_of_ten(told)
    return Spread(
        told[0] / DAY_US, middle / (2 * DAY_US), sum(told) / (size * DAY_US), most_of_ten / DAY_US, told[-1] / DAY_US
    )


def nine_of_ten(told: Sequence[int]) -> int:
    """The number that nine of ten do not exceed: the nearest rank of some numbers, the least first.

    >>> nine_of_ten(range(1, 11)), nine_of_ten([3])
    (9, 3)
    """
    return told[-(-len(told) * 9 // 10) - 1]


def _waiting(places: Mapping[tuple[str, str], _Place]) -> tuple[Wait, ...]:
    found = []
    for (before, step), place in places.items():
        lies, total = spread(place.spans), sum(place.spans)
        if lies is None or not total:
            continue
        part, organ = max((part, organ) for organ, part in place.organs.items())
        found.append(Wait(
            step, before, organ or None, place.cases, len(place.spans), lies.median_days, lies.mean_days,
            lies.p90_days, total / DAY_US, part / DAY_US,
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.total_days, one.before, one.step)))


def _by(places: Mapping[str, _Place]) -> tuple[WaitBy, ...]:
    found = []
    for name, place in places.items():
        lies = spread(place.spans)
        if lies is not None:
            found.append(WaitBy(
                name or None, place.cases, len(place.spans), lies.median_days, lies.mean_days, lies.p90_days,
                sum(place.spans) / DAY_US,
            ))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.total_days, one.name or "")))


def _variants(orders: Mapping[tuple[str, ...], int]) -> tuple[Variant, ...]:
    every = sum(orders.values())
    ranked = sorted(orders.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Variant(steps, times, times / every) for steps, times in ranked)
