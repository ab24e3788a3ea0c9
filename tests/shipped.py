"""The pack that is shipped, read once in each process: to read it whole takes seconds."""

from functools import cache

from onecity.bootstrap.content import KINDS, sayings_of, shipped_pack
from onecity.kernel.search import Index
from onecity.packs import Pack, load_pack
from onecity.services import FIELD
from onecity.services.everyday import index_of


@cache
def shipped() -> Pack:
    """The content of the city as it is shipped."""
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert faults == (), "the shipped pack is good"
    return pack


@cache
def shipped_index() -> Index:
    """What people look for in the shipped pack, made ready once."""
    return index_of(shipped(), sayings_of(shipped()))


def good_answer(field: str) -> str:
    """What the pack gives as an example of a good answer to a question that asks for no day."""
    return next(one.given for one in shipped().all(FIELD)[field].value.examples if one.gives == "good")
