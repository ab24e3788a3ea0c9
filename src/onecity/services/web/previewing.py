"""What citizens would see of an item that is not there yet, and how complete it would be."""

from collections.abc import Mapping
from typing import Any

import msgspec

from onecity.machinery.web import Visit
from onecity.packs import Pack
from onecity.services.catalogue import Catalogue
from onecity.services.checking import ITEM
from onecity.services.quality import lacks_of, level_of
from onecity.services.runs import recorded
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides


def previewed(visit: Visit, counter: Counter, pack: Pack, name: str) -> Mapping[str, Any]:
    """The guide and the form of an item of another pack, by the names under which their templates show them."""
    catalogue = Catalogue(pack, counter.amendments.declarations)
    intake = msgspec.structs.replace(counter.intake, catalogue=catalogue)
    guides = Guides(msgspec.structs.replace(counter, intake=intake))
    item = catalogue.item(name)
    assert item is not None, "it is drawn from the lines that were typed"
    told = guides.told(visit, name, item)
    return told | {"fields": catalogue.fields([name]), "level": _level(visit, pack, name)}


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
