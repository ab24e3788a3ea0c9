"""A second, small city under another province's law: its pack is data alone, and each item of it can be applied for."""

from typing import Final

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.packs import load_pack
from onecity.places import CITY
from onecity.services import ITEM
from onecity.services.counting import EventLevel, tally
from onecity.services.declared import Quality
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import Rank, listing_of

JIAXING: Final = shipped_pack().parent / "jiaxing"
_OWN: Final = ("浙江省", "嘉兴市")


def test_the_second_city_has_twenty_items_that_were_played_and_no_line_of_python() -> None:
    pack, faults = load_pack(JIAXING, KINDS)
    assert faults == ()
    assert pack.one(CITY).simulated
    found = tally(pack)
    assert len(found.items[Quality.Q3]) == len(pack.all(ITEM)) == 20
    assert len(found.events[EventLevel.E3]) == len(pack.all(LIFE_EVENT)) == 3
    assert not list(JIAXING.rglob("*.py"))


def test_its_own_law_sets_up_items_and_changes_limits() -> None:
    pack, _ = load_pack(JIAXING, KINDS)
    listed = listing_of(pack).items
    own = [name for name, row in listed.items() if row.basis is not None and row.basis.law.startswith(_OWN)]
    resolved = {name: row.resolved(pack.all(ITEM)[name].value.in_force) for name, row in listed.items()}
    local = [name for name, one in resolved.items() if one.holds is not None and one.holds.rank is Rank.LOCAL]
    assert len(own) >= 6
    assert len(local) >= 3
    assert any(one.conflict for one in resolved.values())
    for name in local:
        holds = resolved[name].holds
        assert holds is not None
        assert pack.all(ITEM)[name].value.limit.number == holds.limit.number
