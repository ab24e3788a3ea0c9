"""Identity numbers of persons, organisations and licences, and the check characters that guard them."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS: Final = "10X98765432"
_ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class NumberFault(StrEnum):
    """Why a number cannot be right; each is a sentence in the kernel's words."""

    LENGTH = "identity.length"
    CHARACTERS = "identity.characters"
    BIRTH_DATE = "identity.birth_date"
    CHECK = "identity.check"


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))


def resident_check(first_17: str) -> str:
    """The check character of a resident identity number.

    Source: GB 11643-1999 §4.3 (ISO 7064 MOD 11-2).

    >>> resident_check("11010519491231002")
    'X'
    """
    return _RESIDENT_CHECKS[_weighted([int(c) for c in first_17], _RESIDENT_WEIGHTS) % 11]


def resident_fault(number: str) -> NumberFault | None:
    """What is wrong with a resident identity number of 18 characters, if anything.

    >>> resident_fault("11010519491231002X"), resident_fault("110105194912310021")
    (None, <NumberFault.CHECK: 'identity.check'>)
    """
    if len(number) != 18:
        return NumberFault.LENGTH
    if not (number.isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        return NumberFault.CHARACTERS
    try:
        born(number)
    except ValueError:
        return NumberFault.BIRTH_DATE
    return None if resident_check(number[:17]) == number[17] else NumberFault.CHECK


def born(number: str) -> date:
    """The birth date that a resident identity number states. Raises ValueError if it is no date."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def masked(number: str) -> str:
    """An identity number as it is shown in lists: region and last four, never the birth date; a short one not at all.

    >>> masked("11010519491231002X")
    '1101**********002X'
    """
    if len(number) <= 8:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def masked_name(name: str) -> str:
    """A name as others see it: the surname, and a star for each further character.

    >>> masked_name("林晓梅"), masked_name("")
    ('林**', '')
    """
    return name[:1] + "*" * (len(name) - 1)


def is_masked(name: str) -> bool:
    """Whether a name is written as others see it: it says of nobody that it is theirs.

    >>> is_masked("林**"), is_masked("林晓梅"), is_masked("林")
    (True, False, False)
    """
    return len(name) > 1 and masked_name(name) == name


def organisation_check(first_8: str) -> str:
    """The check character of the nine-character organisation part.

    Source: GB 11714-1997 §3 (MOD 11 over the 36 characters).
    """
    values = [_ALPHANUMERIC.index(c) for c in first_8]
    return "0123456789X"[(11 - _weighted(values, _ORGANISATION_WEIGHTS) % 11) % 11]


def uscc_check(first_17: str) -> str:
    """The check character of a unified social credit code.

    Source: GB 32100-2015 §4.6.

    >>> uscc_check("91110000600037341")
    'L'
    """
    values = [_USCC_ALPHABET.index(c) for c in first_17]
    return _USCC_ALPHABET[(31 - _weighted(values, _USCC_WEIGHTS) % 31) % 31]


def uscc_fault(number: str) -> NumberFault | None:
    """What is wrong with a unified social credit code, if anything.

    The organisation part is not checked by itself: real codes exist whose part fails its old check.

    >>> uscc_fault("91110000600037341L"), uscc_fault("9111000060003734IL")
    (None, <NumberFault.CHARACTERS: 'identity.characters'>)
    """
    if len(number) != 18:
        return NumberFault.LENGTH
    if any(c not in _USCC_ALPHABET for c in number):
        return NumberFault.CHARACTERS
    return None if uscc_check(number[:17]) == number[17] else NumberFault.CHECK


def mod_37_36(text: str) -> str:
    """The check character of ISO 7064 MOD 37,36 over digits and capitals; dots do not count.

    Source: GB/T 36904-2018 (licence identifiers); checked against four real ones.

    >>> mod_37_36("11100000000013338W032.11220000013544541J.2430599.001")
    'F'
    """
    carry = 36
    for character in text.replace(".", ""):
        carry = (carry + _ALPHANUMERIC.index(character)) % 36 or 36
        carry = carry * 2 % 37
    return _ALPHANUMERIC[(37 - carry) % 36]
