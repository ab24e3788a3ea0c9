"""Money is counted in fen, in whole numbers; yuan are only written."""

from typing import NewType

Fen = NewType("Fen", int)
"""A sum of money. Units: fen, one hundredth of a yuan."""


def yuan(fen: int) -> str:
    """A sum as people read it, in yuan with two places.

    >>> yuan(8000), yuan(5), yuan(-1234567)
    ('80.00', '0.05', '-12,345.67')
    """
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02}"
