"""Life events as the audit sees them: the items one by one beside the bundle, and what waits for what."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from onecity.packs import Pack
from onecity.services.auditing.fields import fields_of
from onecity.services.auditing.measures import Measured
from onecity.services.auditing.model import Change, Counted, EventAudit, figure
from onecity.services.bundles import dependencies, in_order, materials_of
from onecity.services.checking import FIELD, ITEM
from onecity.services.declared import Item
from onecity.services.forms import MATERIAL
from onecity.services.life_events import LIFE_EVENT, LifeEvent
from onecity.services.same_questions import asked_once, same_in


class Version(msgspec.Struct, frozen=True):
    """A pack with its items measured."""

    pack: Pack
    measured: Mapping[str, Measured]


def audited_events(after: Version, before: Version | None = None, *, only: str | None = None) -> tuple[EventAudit, ...]:
    """The life events of a pack, or one of them, each with all that it can switch on.

    Before stand the items one by one, in the earlier version if there is one; after stands their bundle.
    """
    found = after.pack.all(LIFE_EVENT)
    names = sorted(found) if only is None else [name for name in (only,) if name in found]
    return tuple(_Event(name, found[name].value, after, before or after).audited() for name in names)


class _Event:
    """One life event with everything switched on: the most that it can ask, before and after."""

    def __init__(self, name: str, event: LifeEvent, after: Version, before: Version) -> None:
        self._pack = after.pack
        self._before = before
        self._name = name
        self._event = event
        self._measured = after.measured
        parts = [part.item for part in event.parts]
        self._apart = tuple(item for item in parts if item not in before.pack.all(ITEM))
        self._items: dict[str, Item] = {
            item: after.pack.all(ITEM)[item].value for item in parts if item not in self._apart
        }
        self._fields = fields_of(after.pack, tuple(self._items))

    def audited(self) -> EventAudit:
        """What the bundle spares whoever applies."""
        return EventAudit(
            self._name, self._event.name, tuple(self._items), self._apart, tuple(self._changes()), self._fields,
            tuple(self._waits()), self._path(),
        )  # fmt: skip

    def _changes(self) -> Iterator[Change]:
        yield self._change("forms", [self._line(name) for name in self._items], [self._itself()])
        yield self._change(
            "questions", fields_of(self._before.pack, tuple(self._items)).asked.lines, self._asked_once()
        )
        yield self._change("materials", self._lines("materials"), self._brought())
        yield self._change("time_law", self._lines("time_law"), self._on_path("time_law"))
        yield self._change("time_counting", self._lines("time_counting"), self._on_path("time_counting"))
        # Nothing in a pack says that one visit serves two items, so a bundle spares none.
        now = [line for name in self._items for line in self._measured[name].lines["visits"]]
        yield self._change("visits", self._lines("visits"), now)

    def _change(self, measure: str, before: Sequence[Counted], after: Sequence[Counted]) -> Change:
        number = len(self._items)
        return Change(measure, figure(before, number, "items"), figure(after, number, "items"))

    def _line(self, name: str) -> Counted:
        return Counted(name, self._items[name].called, item=name)

    def _itself(self) -> Counted:
        return Counted(self._name, self._event.name)

    def _lines(self, measure: str) -> list[Counted]:
        """The lines of the items one by one, as they were before."""
        return [line for name in self._items for line in self._one_by_one(name, measure)]

    def _one_by_one(self, name: str, measure: str) -> Sequence[Counted]:
        return self._before.measured[name].lines[measure]

    def _asked_once(self) -> list[Counted]:
        """The questions of the one form: those of the event, then every fact of its items once."""
        asked = {line.id: line for line in self._fields.different.lines}
        first = [name for name in self._event.questions if name not in asked]
        ask = {name: Counted(name, self._pack.all(FIELD)[name].value.ask) for name in first}
        return [*asked_once({**ask, **asked}, same_in(self._pack), first=self._event.questions).values()]

    def _brought(self) -> list[Counted]:
        known = self._pack.all(MATERIAL)
        return [Counted(name, known[name].value.name) for name in materials_of(self._items)]

    def _path(self) -> tuple[str, ...]:
        return self._longest("time_counting")

    def _longest(self, measure: str) -> tuple[str, ...]:
        """The way through the items that takes longest; of equal ones the first in the order of the event."""
        waits, days = dependencies(self._items), {name: self._days(name, measure) for name in self._items}
        ends: dict[str, float] = {}
        before: dict[str, str | None] = {}
        for name in in_order(waits) or ():
            last = max(sorted(waits[name]), key=lambda other: ends[other], default=None)
            before[name] = last
            ends[name] = days[name] + (ends[last] if last is not None else 0)
        way: list[str] = []
        step = max(self._items, key=lambda name: ends.get(name, 0), default=None)
        while step is not None:
            way.insert(0, step)
            step = before.get(step)
        return tuple(way)

    def _days(self, name: str, measure: str) -> float:
        return sum(line.counts for line in self._measured[name].lines[measure])

    def _on_path(self, measure: str) -> list[Counted]:
        return [line for name in self._longest(measure) for line in self._measured[name].lines[measure]]

    def _waits(self) -> Iterator[Counted]:
        """Every item that waits for another, with the material for which it does: the reason of the edge."""
        for name, others in sorted(dependencies(self._items).items()):
            for other in others:
                material = self._items[other].result.material
                assert material is not None, "only a material makes an item wait"
                said = self._pack.all(MATERIAL)[material].value.name
                first = self._items[other].called
                more = {"waits_for": other, "waits_for_name": first.zh, "waits_for_name_en": first.en}
                yield Counted(f"{name}/{other}", said, 1, name, {"material": material, **more})
