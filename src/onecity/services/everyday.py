"""What people say when they mean an item or a life event, and by which of its words it is found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec

from onecity.kernel.search import Findable, Found, How, Index
from onecity.machinery.pinyin import readings
from onecity.packs import Pack
from onecity.services.checking import ITEM
from onecity.services.elsewhere import elsewhere_of
from onecity.services.idioms import idioms_of
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import every_event, every_item, listing_of

EVENTS = "/life-events/"
ITEMS = "/items/"
ELSEWHERE = "/elsewhere/"
"""What is not decided here has a path as well, but no page: the hit itself says all."""


class Hit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found as programs read it; `told` says of what is decided elsewhere who does it, and how to get there.

    `kind` is `item`, `life_event` or `elsewhere`, `how` by what it was reached, `reason` a sentence.
    """

    id: str
    name: str
    kind: str
    how: How
    reason: str
    told: str | None = None


Sayings: TypeAlias = Mapping[str, Sequence[str]]
"""What people say of things, by the path of each, as tables that services do not know tell it."""
NOTHING_SAID: Final[Sayings] = MappingProxyType({})


def index_of(pack: Pack, sayings: Sayings = NOTHING_SAID) -> Index:
    """What the city does under a pack, to be found by everyday words; each lives where its guide is.

    What is not decided here stands last, so that of equal hits the city's own come first.
    """
    things = (*_events(pack), *_items(pack), *_listed(pack), *_elsewhere(pack))
    return Index([_with(sayings, one) for one in things], idioms_of(pack), readings)


def why_found(one: Found, say: Callable[..., str]) -> str:
    """Why something was found, as people are told."""
    if one.how is How.WORDS:
        return say("services.search.because", said=one.by)
    return say(f"services.search.because.{one.how}", said=one.by, asked=one.asked, read=one.read)


def hit_of(one: Found, pack: Pack, say: Callable[..., str], lang: str) -> Hit:
    """What was found in a pack, in one language."""
    home = next(home for home in (EVENTS, ITEMS, ELSEWHERE) if one.path.startswith(home))
    id_, reason = one.path.removeprefix(home), why_found(one, say)
    if home == EVENTS:
        return Hit(id_, every_event(pack)[id_].name.said(lang), "life_event", one.how, reason)
    if home == ITEMS:
        return Hit(id_, every_item(pack)[id_].name.said(lang), "item", one.how, reason)
    away = elsewhere_of(pack)[id_]
    told = say("services.search.elsewhere", who=away.who.said(lang), how=away.how.said(lang))
    return Hit(id_, away.name.said(lang), "elsewhere", one.how, reason, told)


def _with(sayings: Sayings, one: Findable) -> Findable:
    """A thing with what people say of it: a running text, since each of its own words tells more."""
    said = sayings.get(one.path, ())
    return msgspec.structs.replace(one, texts=(*one.texts, *said)) if said else one


def _events(pack: Pack) -> Iterator[Findable]:
    for name, declared in sorted(pack.all(LIFE_EVENT).items()):
        event = declared.value
        yield Findable(f"{EVENTS}{name}", (event.plain.both,), (event.name.zh, event.name.en), event.also)


def _listed(pack: Pack) -> Iterator[Findable]:
    """What nobody can apply for online yet is found all the same, after what somebody can."""
    listing = listing_of(pack)
    events = {name: one for name, one in listing.events.items() if name not in pack.all(LIFE_EVENT)}
    for name, event in events.items():
        yield Findable(f"{EVENTS}{name}", (event.plain.both,), (event.name.zh, event.name.en), event.everyday)
    for name, item in {name: one for name, one in listing.items.items() if name not in pack.all(ITEM)}.items():
        texts = (item.result.both,) if item.result else ()
        yield Findable(f"{ITEMS}{name}", texts, (item.name.zh, item.name.en), item.everyday)


def _items(pack: Pack) -> Iterator[Findable]:
    for name, declared in sorted(pack.all(ITEM).items()):
        item = declared.value
        names = (item.called.zh, item.called.en, item.name.zh, item.name.en)
        texts = (item.plain.both, item.result.name.both, " ".join(faq.ask.both for faq in item.faq))
        yield Findable(f"{ITEMS}{name}", texts, names, item.also)


def _elsewhere(pack: Pack) -> Iterator[Findable]:
    for name, one in elsewhere_of(pack).items():
        yield Findable(f"{ELSEWHERE}{name}", (one.who.both,), (one.name.zh, one.name.en), one.everyday)
