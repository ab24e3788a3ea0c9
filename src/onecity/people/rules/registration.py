"""Who may open an account, and what a good number, name and password are."""

import unicodedata
from typing import Final

import msgspec

from onecity.kernel.identity import resident_fault

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 200
_PHONE_DIGITS: Final = 11
_BETWEEN: Final = "-–—"
"""Signs that people put between groups of digits."""


class Registration(msgspec.Struct, frozen=True):
    """What a citizen types to open an account."""

    name: str
    number: str
    phone: str
    password: str


class FieldFault(msgspec.Struct, frozen=True):
    """A field of a form and the key of the sentence that says what is wrong with it."""

    field: str
    words: str


def written_closely(typed: str) -> str:
    """A number as people write it – in groups, with the wide digits of a Chinese keyboard – without either.

    >>> written_closely("１３８ 0000-0000")
    '13800000000'
    """
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed) if not sign.isspace() and sign not in _BETWEEN)


def faults_of(registration: Registration) -> list[FieldFault]:
    """What is wrong with a registration before the register is asked."""
    found: list[FieldFault] = []
    if not 2 <= len(registration.name) <= 50:
        found.append(FieldFault("name", "people.fault.name"))
    number = resident_fault(registration.number)
    if number is not None:
        found.append(FieldFault("number", number.value))
    if not (
        registration.phone.isascii() and registration.phone.isdecimal() and len(registration.phone) == _PHONE_DIGITS
    ):
        found.append(FieldFault("phone", "people.fault.phone"))
    password = password_fault(registration.password)
    if password is not None:
        found.append(FieldFault("password", password))
    return found


def password_fault(password: str) -> str | None:
    """What is wrong with a new password, if anything: only its length counts.

    >>> password_fault("123456789")
    'people.fault.password'
    """
    return None if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD else "people.fault.password"
