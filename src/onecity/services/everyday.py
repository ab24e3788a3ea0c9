"""What people say when they mean an item or a life event, and by which of its words it is found."""

from collections.abc import Iterator

from onecity.kernel.search import Findable, Index
from onecity.packs import Pack
from onecity.services.checking import ITEM
from onecity.services.life_events import LIFE_EVENT

EVENTS = "/life-events/"
ITEMS = "/items/"


def index_of(pack: Pack) -> Index:
    """What can be applied for under a pack, to be found by everyday words; each lives where its guide is."""
    return Index([*_events(pack), *_items(pack)])


def _events(pack: Pack) -> Iterator[Findable]:
    for name, declared in sorted(pack.all(LIFE_EVENT).items()):
        event = declared.value
        texts = (event.name, event.plain)
        yield Findable(f"{EVENTS}{name}", (*(text.both for text in texts), " ".join(event.also)))


def _items(pack: Pack) -> Iterator[Findable]:
    for name, declared in sorted(pack.all(ITEM).items()):
        item = declared.value
        asked = " ".join(faq.ask.both for faq in item.faq)
        texts = (item.called, item.name, item.plain, item.result.name)
        yield Findable(f"{ITEMS}{name}", (*(text.both for text in texts), " ".join(item.also), asked))
