"""Some items by lot, and what stands for them in a pack: whoever checks a few of many says by which seed."""

from collections.abc import Sequence
from hashlib import sha256

from onecity.casework import PROCESS
from onecity.licences import LICENCE_TYPE
from onecity.packs import Pack
from onecity.services.checking import ITEM


def drawn(pack: Pack, number: int, seed: str) -> list[str]:
    """The items that a seed draws; all if there are no more."""
    return sorted(sorted(pack.all(ITEM), key=lambda name: sha256(f"{seed}\0{name}".encode()).digest())[:number])


def standing_for(pack: Pack, items: Sequence[str]) -> list[tuple[str, str]]:
    """The declarations, by kind and id, that say what holds for some items."""
    values = [pack.all(ITEM)[name].value for name in items]
    licences = [(LICENCE_TYPE.name, one.result.licence) for one in values if one.result.licence]
    return [(ITEM.name, name) for name in items] + [(PROCESS.name, one.process) for one in values] + licences
