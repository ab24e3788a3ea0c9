"""Some items by lot, and what stands for them in a pack: whoever checks a few of many says by which seed."""

from collections.abc import Sequence
from hashlib import sha256

from onecity.casework import PROCESS
from onecity.licences import LICENCE_TYPE
from onecity.packs import Pack
from onecity.services.checking import ITEM
from onecity.services.listing import LISTED_DEMAND, LISTED_ITEM, every_item, listing_of
from onecity.services.offering import TEMPLATE


def drawn(pack: Pack, number: int, seed: str) -> list[str]:
    """The items that a seed draws, also of those that are only listed; all if there are no more."""
    return sorted(sorted(every_item(pack), key=lambda name: sha256(f"{seed}\0{name}".encode()).digest())[:number])


def standing_for(pack: Pack, items: Sequence[str]) -> list[tuple[str, str]]:
    """The declarations, by kind and id, that say what holds for some items."""
    listing, every = listing_of(pack), pack.all(ITEM)
    # What was drawn rests on its lines and its template: there the citations stand.
    full = {name: every[name].value for name in items if name in every and not every[name].drawn}
    licences = [(LICENCE_TYPE.name, one.result.licence) for one in full.values() if one.result.licence]
    lines = [listing.items[name] for name in items if name not in full]
    templates = [(TEMPLATE.name, line.process) for line in lines if line.id in every]
    demands = [(LISTED_DEMAND.name, demand.id) for line in lines for demand in listing.demands.get(line.id, ())]
    names = [*(one.process for one in full.values()), *(line.process for line in lines)]
    processes = [(PROCESS.name, name) for name in names if name]
    named = [(ITEM.name if name in full else LISTED_ITEM.name, name) for name in items]
    return named + demands + processes + licences + templates
