"""When a search understood nothing, and what may be counted of it: the rest was never more than a question."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from onecity.kernel.search import Found, How, plain

ASKERS: Final = 5
DAYS: Final = 3
"""So many who have nothing to do with each other, on so many days, ask the same before anybody can read it.

The table itself demands both, see `schema/0005_riddles.sql`.
"""

FITS: Final = 0.35
"""A hit by the words themselves that fits worse shares a pair of signs with the question by chance."""

_UNDERSTOOD: Final = frozenset({How.WORDS, How.SYNONYM, How.PINYIN})
"""What was found so was read as it was written; the other ways are guesses."""

_FEWEST: Final = 2
_MOST_SIGNS: Final = 10
_MOST_LETTERS: Final = 30
"""How long a phrase may be; a sentence about somebody's life is longer."""
_MOST_NUMERALS: Final = 3
"""So many numerals are a word (二手房, 一件事); more of them are a number that somebody wrote out."""
_NAMES: Final = (3, 4)
"""Signs of a name inside a longer phrase. Two signs are a name only alone: too many words are somebody's name."""
_NEIGHBOURS: Final = {4: 24, 6: 48}
"""Leading bits that the addresses of one network share, by version of the protocol: they count as one asker."""


def is_riddle(found: Sequence[Found]) -> bool:
    """Whether a search understood nothing: it found nothing, or only guesses.

    >>> is_riddle([Found("/a", 0.8, "居住证", How.SPELLING), Found("/b", 0.2, "暂住证")])
    True
    >>> is_riddle([Found("/a", 0.8, "居住证")])
    False
    """
    return not any(one.how in _UNDERSTOOD and one.fit >= FITS for one in found)


def phrase_in(question: str, wanted: str) -> str:
    """What may be counted of a question, of which `wanted` is what it asks for; empty if it is not for any eyes.

    >>> phrase_in("小饭桌怎么办？", "小饭桌")
    '小饭桌'
    >>> phrase_in("居民 410199198806120029", "居民410199198806120029"), phrase_in("me@example.org", "me example org")
    ('', '')
    """
    most = _MOST_LETTERS if wanted.isascii() else _MOST_SIGNS
    if not _FEWEST <= len(wanted) <= most or "@" in plain(question):
        return ""
    if any(sign.isdigit() for sign in wanted) or sum(map(str.isnumeric, wanted)) > _MOST_NUMERALS:
        return ""
    return wanted


def names_in(phrase: str) -> list[str]:
    """What of a phrase might be somebody's name: all of it, also as letters are written in names, and its pieces.

    >>> names_in("王小明低保")
    ['王小明低保', '王小明', '小明低', '明低保', '王小明低', '小明低保']
    >>> names_in("li lei")[:3]
    ['li lei', 'Li Lei', 'LI LEI']
    """
    pieces = (phrase[at : at + long] for long in _NAMES for at in range(len(phrase) - long + 1))
    return list(dict.fromkeys((phrase, phrase.title(), phrase.upper(), *pieces)))


def asker(host: str) -> str:
    """Who counts as one without having signed in: everybody in the network of an address, which one person may change.

    >>> asker("192.0.2.17"), asker("2001:db8:1:2::3"), asker("::ffff:192.0.2.99")
    ('192.0.2.0/24', '2001:db8:1::/48', '192.0.2.0/24')
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ip_network((address, _NEIGHBOURS[address.version]), strict=False))
