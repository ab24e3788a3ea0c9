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


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def in_words(fen: int) -> str:
    """A sum as it stands on receipts, in signs that nobody changes with a stroke.

    Source: 会计基础工作规范 (2019-03-14) §52: 整 after yuan and after jiao; one 零 for any number of zeros between.

    >>> in_words(8000), in_words(5), in_words(100_010), in_words(1_000_000_00), in_words(16_409_02)
    ('捌拾元整', '伍分', '壹仟元壹角整', '壹佰万元整', '壹万陆仟肆佰零玖元零贰分')
    """
    assert fen >= 0, "a receipt is for money that came"
    whole, (jiao, rest) = fen // 100, divmod(fen % 100, 10)
    said = f"{_whole(whole)}元" if whole else ""
    if not jiao and not rest:
        return f"{said or '零元'}整"
    said += f"{_DIGITS[jiao]}角" if jiao else "零" if whole else ""
    return said + (f"{_DIGITS[rest]}分" if rest else "整")


def _whole(number: int) -> str:
    said, gap = "", False
    digits = str(number)
    for spot, sign in enumerate(digits):
        place = len(digits) - 1 - spot
        if sign == "0":
            gap = True
        else:
            said += ("零" if gap and said else "") + _DIGITS[int(sign)] + _PLACES[place % 4]
            gap = False
        if place % 4 == 0 and number // 10**place % 10_000:
            said += _GROUPS[place // 4]
    return said
