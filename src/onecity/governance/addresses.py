"""From the words of an address to the street in which it lies, where they leave no doubt: no place is made up."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from onecity.places import Places

_KINDS: Final = ("街道办事处", "街道", "办事处", "镇", "乡")
"""What people leave out when they say the name of a street, a town or a township."""
_SHORTEST: Final = 2


def street_named(address: str, places: Places, today: date) -> str:
    """The one street whose name stands in an address, with its county if that tells two apart; else nothing."""
    return _only(address, places, today, lambda name: name)


def street_meant(address: str, places: Places, today: date) -> str:
    """The same, and where no whole name stands there, the one street whose short name does: a person confirms it.

    A road may bear the name of a street and lie in another one, so nothing is filed by this alone.
    """
    return street_named(address, places, today) or _only(address, places, today, _short)


def _short(name: str) -> str:
    """A name without its kind.

    >>> _short("经八路街道"), _short("黄店镇")
    ('经八路', '黄店')
    """
    kind = next((kind for kind in _KINDS if name.endswith(kind)), "")
    short = name.removesuffix(kind)
    return short if len(short) >= _SHORTEST else name


def _only(address: str, places: Places, today: date, shown: Callable[[str], str]) -> str:
    found = list(_standing(address, places, today, shown))
    # A longer name lies over a shorter one: 经八路 is not 八路.
    names = {name for _, _, name in found}
    found = [one for one in found if not any(one[2] in name and one[2] != name for name in names)]
    if len(found) > 1:
        found = [one for one in found if one[0] in address]
    return found[0][1] if len(found) == 1 else ""


def _standing(address: str, places: Places, today: date, shown: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    """The county, the code and the name of every street whose name stands in an address."""
    for county, streets in places.streets():
        for street in streets:
            name = shown(places.chain(street.code)[-1])
            if name in address and places.holds(street.code, today):
                yield county.name, street.code, name
