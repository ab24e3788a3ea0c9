"""The shipped pack as a whole: how soon every declaration of it is checked, and the union form of its largest event."""

import time
from statistics import median
from typing import Final

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.drills.figures import Figure, at_most
from onecity.machinery.postgres import Cluster
from onecity.packs import Pack, load_pack
from onecity.services import FIELD, ITEM
from onecity.services.bundles import dependencies, in_order, materials_of
from onecity.services.checking import fields_of
from onecity.services.life_events import LIFE_EVENT
from onecity.services.rules import together
from onecity.services.same_questions import asked_once, same_in

_CHECKS: Final = 3
_FORMS: Final = 200


async def measure_pack(_cluster: Cluster) -> list[Figure]:
    """The check as `onecity pack check` does it, and the form and list of papers of the event with most items."""
    checks = [_checked() for _ in range(_CHECKS)]
    pack = checks[-1][1]
    events = {name: one.value for name, one in pack.all(LIFE_EVENT).items()}
    largest = max(events, key=lambda name: (len(events[name].named), name))
    note = f"{len(pack.all(ITEM))} items and {len(events)} life events"
    form = f"{largest}: {len(events[largest].named)} items"
    return [
        at_most("whole-pack check", median(took for took, _ in checks), "s", 10, note=note),
        at_most("union form of the largest event", 1000 * median(_formed(pack, largest)), "ms", 50, note=form),
    ]


def _checked() -> tuple[float, Pack]:
    began = time.perf_counter()
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert not faults, "the shipped pack has none"
    return time.perf_counter() - began, pack


def _formed(pack: Pack, name: str) -> list[float]:
    known, fields = pack.all(ITEM), {one: declared.value for one, declared in pack.all(FIELD).items()}
    event = pack.all(LIFE_EVENT)[name].value
    items, took = {one: known[one].value for one in event.named}, []
    for _ in range(_FORMS):
        began = time.perf_counter()
        first = {one: fields[one] for one in event.questions}
        asked_once(together([first, *(fields_of(fields, item) for item in items.values())]), same_in(pack))
        materials_of(items)
        in_order(dependencies(items))
        took.append(time.perf_counter() - began)
    return took
