"""Whether a folder still says what departments have published: each part as the newest amendment of it says."""

from typing import Any, Final

import msgspec
from tests.shipped import shipped

from onecity.packs import Declared, Kind, Pack, Text
from onecity.services.amending import Amending, ComposedPart, Composing
from onecity.services.amending.composing import as_composed, event_after
from onecity.services.amending.facts import AmendmentProposed, EventAmended, EventComposed
from onecity.services.amending.rules import amended, as_it_is
from onecity.services.amending.undoing import Published, undoes
from onecity.services.checking import ITEM
from onecity.services.declared import Item
from onecity.services.life_events import LIFE_EVENT, LifeEvent

PACK: Final = shipped()
NAME: Final = "food_business"
SHIPPED: Final[Item] = PACK.all(ITEM)[NAME].value
EVENT_NAME: Final = "open_restaurant"
EVENT: Final[LifeEvent] = PACK.all(LIFE_EVENT)[EVENT_NAME].value
NEW: Final = Text("新的话", "New words")
NEWER: Final = Text("更新的话", "Newer words")


def with_one(kind: Kind[Any], name: str, value: Any, pack: Pack = PACK) -> Pack:
    """A folder in which one declaration reads otherwise."""
    return Pack({**pack.declared, kind.name: {**pack.declared[kind.name], name: Declared(kind.name, name, value, {})}})


def item_amended(base: Item, **changes: Any) -> tuple[Published, Item]:
    """A published amendment of an item, and the item with it."""
    typed: Amending = msgspec.structs.replace(as_it_is(base), **changes)
    after = amended(base, typed)
    assert isinstance(after, Item)
    return Published(AmendmentProposed(NAME, "v", base.agency, typed, "because"), base), after


def event_amended(base: LifeEvent, name: str = EVENT_NAME, **changes: Any) -> tuple[Published, LifeEvent]:
    """A published amendment of a life event, and the event with it."""
    typed: Composing = msgspec.structs.replace(as_composed(base), **changes)
    return Published(EventAmended(name, "v", base.lead, typed, "because"), base), event_after(PACK, base, typed)


def test_a_folder_with_the_last_of_two_amendments_of_an_item_undoes_the_first_one() -> None:
    one, first = item_amended(SHIPPED, plain=NEW)
    two, both = item_amended(first, also=("卖早点",))
    only_second = msgspec.structs.replace(SHIPPED, also=("卖早点",))
    assert undoes(with_one(ITEM, NAME, only_second), [one, two])
    assert undoes(with_one(ITEM, NAME, first), [one, two])
    assert not undoes(with_one(ITEM, NAME, both), [one, two])
    beside = msgspec.structs.replace(both, faq=both.faq[:1] * 2)
    assert not undoes(with_one(ITEM, NAME, beside), [one, two]), "what nobody amended is the folder's"


def test_of_two_amendments_of_one_part_the_newer_one_counts() -> None:
    one, first = item_amended(SHIPPED, plain=NEW)
    two, second = item_amended(first, plain=NEWER)
    assert undoes(with_one(ITEM, NAME, first), [one, two])
    assert not undoes(with_one(ITEM, NAME, second), [one, two])
    back, again = item_amended(second, plain=SHIPPED.plain)
    assert again == SHIPPED
    assert not undoes(PACK, [one, two, back]), "it was taken back"


def test_an_item_that_is_gone_says_nothing_any_more() -> None:
    one, _ = item_amended(SHIPPED, plain=NEW)
    items = {name: value for name, value in PACK.declared[ITEM.name].items() if name != NAME}
    assert undoes(Pack({**PACK.declared, ITEM.name: items}), [one])


def test_a_folder_with_the_last_of_two_amendments_of_a_life_event_undoes_the_first_one() -> None:
    one, first = event_amended(EVENT, plain=NEW)
    two, both = event_amended(first, also=("卖早点",))
    only_second = msgspec.structs.replace(EVENT, also=("卖早点",))
    assert undoes(with_one(LIFE_EVENT, EVENT_NAME, only_second), [one, two])
    assert undoes(with_one(LIFE_EVENT, EVENT_NAME, first), [one, two])
    assert not undoes(with_one(LIFE_EVENT, EVENT_NAME, both), [one, two])
    renamed = msgspec.structs.replace(both, name=NEWER)
    assert not undoes(with_one(LIFE_EVENT, EVENT_NAME, renamed), [one, two]), "what nobody amended is the folder's"


def test_what_was_composed_and_amended_later_is_to_be_as_it_was_amended() -> None:
    typed = Composing(NEW, NEW, (), (ComposedPart(NAME), ComposedPart("seal_filing")))
    made = event_after(PACK, EVENT, typed)
    composed = Published(EventComposed("new_event", EVENT.lead, typed, "because"), None)
    amendment, after = event_amended(made, "new_event", plain=NEWER)
    assert undoes(PACK, [composed])
    assert not undoes(with_one(LIFE_EVENT, "new_event", made), [composed])
    assert undoes(with_one(LIFE_EVENT, "new_event", made), [composed, amendment])
    assert not undoes(with_one(LIFE_EVENT, "new_event", after), [composed, amendment])
    led = msgspec.structs.replace(after, lead="housing")
    assert undoes(with_one(LIFE_EVENT, "new_event", led), [composed, amendment]), "another one leads"
    other = msgspec.structs.replace(after, parts=after.parts[:1])
    assert undoes(with_one(LIFE_EVENT, "new_event", other), [composed, amendment])


def test_an_item_and_a_life_event_of_one_name_are_two_matters() -> None:
    item, item_after = item_amended(SHIPPED, plain=NEW)
    event, after = event_amended(EVENT, NAME, plain=NEWER)
    both = with_one(LIFE_EVENT, NAME, after, with_one(ITEM, NAME, item_after))
    assert not undoes(both, [item])
    assert not undoes(both, [event])
    assert undoes(with_one(LIFE_EVENT, NAME, after), [item])
    assert undoes(with_one(ITEM, NAME, item_after), [event])
