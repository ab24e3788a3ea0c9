"""Several items in one go: what is asked once, who waits for whom, and what that saves."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter

import msgspec

from onecity.kernel.clock import Calendar, Limit, Run, due
from onecity.services.declared import Item


def dependencies(items: Mapping[str, Item]) -> dict[str, tuple[str, ...]]:
    """For each item the others whose results it needs as materials; everything else runs side by side.

    Registering a trader and a company both give a business licence: whoever asks for both waits for both.
    """
    makers: defaultdict[str, list[str]] = defaultdict(list)
    for name, item in items.items():
        if item.result.material is not None:
            makers[item.result.material].append(name)
    return {
        name: tuple(sorted({maker for needed in item.needs for maker in makers.get(needed.material, ())}))
        for name, item in items.items()
    }


def in_order(waits: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """The items, each after those that it waits for; None if they wait for each other in a circle."""
    try:
        return tuple(TopologicalSorter(waits).static_order())
    except CycleError:
        return None


def materials_of(items: Mapping[str, Item]) -> tuple[str, ...]:
    """The materials that somebody must bring: each once, without those that an item of the bundle gives."""
    given = {item.result.material for item in items.values()}
    needed = (needed.material for item in items.values() for needed in item.needs)
    return tuple(dict.fromkeys(material for material in needed if material not in given))


def missing(items: Iterable[Item], there: Container[str]) -> tuple[str, ...]:
    """What some items need from the beginning and what is nowhere: neither there, nor made by another of them."""
    items = tuple(items)
    made = {item.result.material for item in items}
    needed = (needed.material for item in items for needed in item.needs if not needed.later)
    return tuple(dict.fromkeys(name for name in needed if name not in made and name not in there))


def critical_path(items: Mapping[str, Item], last: str) -> tuple[str, ...]:
    """The items that wait for each other up to `last`, the slowest way, in their order."""
    waits = dependencies(items)
    path = [last]
    while before := waits[path[0]]:
        path.insert(0, max(before, key=lambda name: items[name].limit.limit.number))
    return tuple(path)


class Saved(msgspec.Struct, frozen=True):
    """The bundle beside its items done one by one: forms, questions, materials, working days to the last result."""

    forms: tuple[int, int]
    questions: tuple[int, int]
    materials: tuple[int, int]
    days: tuple[int, int]


def saved(items: Mapping[str, Item], *, asked: int) -> Saved:
    """What somebody is spared. `asked` is the number of questions of the one form; days are those of the limits."""
    waits = dependencies(items)
    path: dict[str, int] = {}
    for name in in_order(waits) or ():
        path[name] = items[name].limit.limit.number + max((path[other] for other in waits[name]), default=0)
    return Saved(
        forms=(len(items), 1),
        questions=(sum(len(item.asks) for item in items.values()), asked),
        materials=(sum(len(item.needs) for item in items.values()), len(materials_of(items))),
        days=(sum(item.limit.limit.number for item in items.values()), max(path.values(), default=0)),
    )


def latest_days(
    items: Mapping[str, Item], calendar: Calendar, *, since: date, answered_in: Mapping[str, Limit | None] = {}
) -> dict[str, date]:
    """The latest day of each item if all are accepted on a day, or as soon as what they wait for is there.

    With `answered_in`, the time that each may take until it is accepted: the latest day if every answer takes its time.
    """
    waits = dependencies(items)
    found: dict[str, date] = {}
    for name in in_order(waits) or ():
        begin = max((found[other] for other in waits[name]), default=since)
        answer = answered_in.get(name)
        accepted = due(calendar, Run(begin, answer)).day if answer else begin
        found[name] = due(calendar, Run(accepted, items[name].limit.limit)).day
    return found
