"""What citizens would see of an item that is not there yet, how complete it would be, and what to look at twice."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from onecity.machinery.web import Visit
from onecity.packs import Pack
from onecity.services.amending import NewDemand
from onecity.services.amending.answering import other_days
from onecity.services.amending.preparing import unproven
from onecity.services.catalogue import Catalogue
from onecity.services.checking import ITEM
from onecity.services.declared import Item
from onecity.services.listing import listing_of
from onecity.services.quality import lacks_of, level_of
from onecity.services.runs import recorded
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.shown import limit_words


def previewed(
    visit: Visit, counter: Counter, pack: Pack, name: str, demands: Sequence[NewDemand] = ()
) -> Mapping[str, Any]:
    """The guide and the form of an item of another pack, by the names under which their templates show them.

    `demands` are those that somebody writes of it: of their articles is told which nobody has compared.
    """
    catalogue = Catalogue(pack, counter.amendments.declarations)
    intake = msgspec.structs.replace(counter.intake, catalogue=catalogue)
    guides = Guides(msgspec.structs.replace(counter, intake=intake))
    item = catalogue.item(name)
    assert item is not None, "it is drawn from the lines that were typed"
    told = guides.told(visit, name, item)
    warnings = [*_not_compared(visit, counter.catalogue.pack, name, demands), *_of_days(visit, item)]
    return told | {"fields": catalogue.fields([name]), "level": _level(visit, pack, name), "warnings": warnings}


def unproven_words(visit: Visit, pack: Pack, name: str, article: str) -> str:
    """That nobody has compared an article of an item's own law with its text."""
    basis = listing_of(pack).items[name].basis
    assert basis is not None, "only an item whose article is known can be prepared"
    cited = visit.cited(msgspec.structs.replace(basis, article=article).citation)
    return visit.say("services.preparing.unproven", cited=cited)


def _not_compared(visit: Visit, pack: Pack, name: str, demands: Sequence[NewDemand]) -> Iterator[str]:
    for article in dict.fromkeys(unproven(pack, name, demands).values()) if demands else ():
        yield unproven_words(visit, pack, name, article)


def _of_days(visit: Visit, item: Item) -> Iterator[str]:
    """That an answer names other days than the law and the promise: whoever wrote it knows whether that is meant."""
    said = limit_words(item.limit.unit)
    limit, promised = visit.say(said, number=item.limit.number), item.limit.promised
    for one in other_days(item):
        if promised is None or promised == item.limit.number:
            yield visit.say("services.amending.other_days", ask=one.ask.said(visit.lang), said=one.said, limit=limit)
        else:
            yield visit.say(
                "services.amending.other_days_promised", ask=one.ask.said(visit.lang), said=one.said, limit=limit,
                promised=visit.say(said, number=promised),
            )  # fmt: skip


def _level(visit: Visit, pack: Pack, name: str) -> str:
    """The level that an item would have, and what it would lack for the next one."""
    declared, runs = pack.all(ITEM)[name], recorded(pack)
    reached = level_of(declared, pack, runs)
    above = next(((level, lacks) for level, lacks in lacks_of(declared, pack, runs).items() if level > reached), None)
    said = visit.say(f"services.level.{reached.lower()}")
    if above is None:
        return visit.say("services.preparing.level_top", level=reached, said=said)
    lacking = "；".join(visit.say(f"services.lack.{one}") for one in above[1])
    return visit.say("services.preparing.level", level=reached, said=said, next=above[0], lacking=lacking)
