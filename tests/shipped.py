"""The pack that is shipped, read once in each process: to read it whole takes seconds."""

from functools import cache

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.packs import Pack, load_pack


@cache
def shipped() -> Pack:
    """The content of the city as it is shipped."""
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert faults == (), "the shipped pack is good"
    return pack
