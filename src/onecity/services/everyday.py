"""What people say when they mean an item or a life event, and by which of its words it is found."""

from collections.abc import Iterator

from onecity.kernel.search import Findable, Index
from onecity.packs import Pack
from onecity.services.checking import ITEM
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import listing_of

EVENTS = "/life-events/"
ITEMS = "/items/"


def index_of(pack: Pack) -> Index:
    """What the city does under a pack, to be found by everyday words; each lives where its guide is."""
    return Index([*_events(pack), *_items(pack), *_listed(pack)])


def _events(pack: Pack) -> Iterator[Findable]:
    for name, declared in sorted(pack.all(LIFE_EVENT).items()):
        event = declared.value
        texts = (event.name, event.plain)
        yield Findable(f"{EVENTS}{name}", (*(text.both for text in texts), " ".join(event.also)))


def _listed(pack: Pack) -> Iterator[Findable]:
    """What nobody can apply for online yet is found all the same, after what somebody can."""
    listing = listing_of(pack)
    for name, event in listing.events.items():
        yield Findable(f"{EVENTS}{name}", (event.name.both, " ".join(event.everyday), event.plain.both))
    for name, item in listing.items.items():
        result = item.result.both if item.result else ""
        yield Findable(f"{ITEMS}{name}", (item.name.both, " ".join(item.everyday), result))


def _items(pack: Pack) -> Iterator[Findable]:
    for name, declared in sorted(pack.all(ITEM).items()):
        item = declared.value
        asked = " ".join(faq.ask.both for faq in item.faq)
        texts = (item.called, item.name, item.plain, item.result.name)
        yield Findable(f"{ITEMS}{name}", (*(text.both for text in texts), " ".join(item.also), asked))
