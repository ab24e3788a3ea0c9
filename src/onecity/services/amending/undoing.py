"""What departments have published of an item or a life event, and whether a pack that somebody brings still says it.

Pure. Each part counts as the newest amendment that changed it has it: a folder that knows only the last of several
amendments undoes those before it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from onecity.packs import Pack
from onecity.services.amending.composing import parts_of_event, said_of_event
from onecity.services.amending.facts import AmendmentProposed, EventAmended, EventComposed, ItemPrepared, Proposed
from onecity.services.amending.preparing import PREPARED, undone_by
from onecity.services.amending.rules import parts_of_item, said_of_item
from onecity.services.checking import ITEM
from onecity.services.declared import Item
from onecity.services.life_events import LIFE_EVENT, LifeEvent


class Published(NamedTuple):
    """A published amendment, and its matter as whoever wrote it read it; of what was new there was nothing."""

    proposed: Proposed
    base: Item | LifeEvent | None


def undoes(brought: Pack, published: Sequence[Published]) -> bool:
    """Whether a pack does not say what the amendments of one matter said, in the order of their publication."""
    if isinstance(published[-1].proposed, EventComposed | EventAmended):
        return _undoes_event(brought, published)
    return _undoes_item(brought, published)


def _undoes_item(brought: Pack, published: Sequence[Published]) -> bool:
    said, prepared = dict[str, tuple[str, ...]](), None
    for proposed, base in published:
        match proposed:
            case ItemPrepared():
                said, prepared = {part: said[part] for part in said if part not in PREPARED}, proposed
            case AmendmentProposed():
                assert isinstance(base, Item), "who amends an item has read one"
                said |= said_of_item(base, proposed.typed)
    if prepared is not None and undone_by(brought, prepared, said):
        return True
    here = brought.all(ITEM).get(published[-1].proposed.matter)
    if here is None:
        return True
    parts = parts_of_item(here.value)
    return any(parts[part] != said[part] for part in said)


def _undoes_event(brought: Pack, published: Sequence[Published]) -> bool:
    said = dict[str, object]()
    for proposed, base in published:
        match proposed:
            case EventComposed():
                said = {**msgspec.structs.asdict(proposed.typed), "lead": proposed.agency}
            case EventAmended():
                assert isinstance(base, LifeEvent), "who amends a life event has read one"
                said |= said_of_event(base, proposed.typed)
    here = brought.all(LIFE_EVENT).get(published[-1].proposed.matter)
    if here is None:
        return True
    parts = parts_of_event(here.value)
    return any(parts[part] != said[part] for part in said)
