"""What comes first where not everything has room: computed from what was played and from how much belongs to it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from onecity.packs import Pack
from onecity.services.checking import ITEM
from onecity.services.declared import Quality
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import every_event
from onecity.services.quality import levels_of


def items_in_order(pack: Pack) -> Sequence[str]:
    """The items that can be applied for: those that two roles played through first, then those of many events."""
    return pack.once(_items)


def events_in_order(pack: Pack) -> Sequence[str]:
    """The life events that can be applied for: those that departments composed first, then the larger ones."""
    return pack.once(_events)


def items_by_agency(pack: Pack) -> Mapping[str, Sequence[str]]:
    """The items that can be applied for, by the agency whose they are; whoever has most comes first."""
    return pack.once(_by_agency)


def _items(pack: Pack) -> tuple[str, ...]:
    levels, known = levels_of(pack), pack.all(ITEM)
    used = Counter(name for event in every_event(pack).values() for name in event.named)
    return tuple(sorted(known, key=lambda name: (levels[name] is not Quality.Q4, -used[name], name)))


def _events(pack: Pack) -> tuple[str, ...]:
    known = {name: one.value for name, one in pack.all(LIFE_EVENT).items()}
    return tuple(sorted(known, key=lambda name: (known[name].composed, -len(known[name].parts), name)))


def _by_agency(pack: Pack) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in _items(pack):
        found.setdefault(pack.all(ITEM)[name].value.agency, []).append(name)
    return {agency: tuple(those) for agency, those in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))}
