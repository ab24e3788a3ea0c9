"""What becomes of everything that the city holds on a person who asks to be forgotten."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec


class Bond(StrEnum):
    """What keeps something when its person asks to be forgotten.

    Nothing; the person's affairs, under whose key it lies; or a law of its own, outside the person's key.
    """

    NOTHING = "nothing"
    AFFAIRS = "affairs"
    OUTSIDE = "outside"


class Holding(msgspec.Struct, frozen=True):
    """Something that the city holds on a person: what (a word key), how much of it, and what keeps it.

    A `law` keeps it until a day, or without one as long as something is open. What belongs to affairs and names no
    law of its own stays exactly as long as something that does.
    """

    what: str
    count: int
    bond: Bond
    until: date | None = None
    law: str | None = None

    def keeps(self, day: date) -> bool:
        """Whether a law keeps it on a day, and with it everything that belongs to the person's affairs."""
        return self.law is not None and (self.until is None or day < self.until)


class Fate(msgspec.Struct, frozen=True):
    """What becomes of a holding: erased, or kept until a day (None: until something ends) by a law."""

    what: str
    count: int
    erased: bool
    until: date | None = None
    law: str | None = None


def fates(held: Sequence[Holding], *, day: date) -> tuple[Fate, ...]:
    """What becomes of everything if the person is forgotten on a day.

    Source: 个人信息保护法 §47 (2021-11-01): erased on request, unless a law keeps it for a time that is not over.
    """
    keeping = [one for one in held if one.bond is Bond.AFFAIRS and one.keeps(day)]
    return tuple(_fate(one, keeping, day) for one in held if one.count)


def _fate(one: Holding, keeping: Sequence[Holding], day: date) -> Fate:
    if one.bond is Bond.OUTSIDE:
        return Fate(one.what, one.count, not one.keeps(day), one.until, one.law)
    if one.bond is Bond.NOTHING or not keeping:
        return Fate(one.what, one.count, erased=True)
    if one.keeps(day):
        return Fate(one.what, one.count, erased=False, until=one.until, law=one.law)
    longest = max(keeping, key=lambda other: (other.until is None, other.until or day))
    return Fate(one.what, one.count, erased=False, until=longest.until, law=longest.law)


def may_be_forgotten(held: Sequence[Holding], *, day: date) -> bool:
    """Whether nothing keeps the person's key any longer."""
    return not any(one.bond is Bond.AFFAIRS and one.keeps(day) for one in held)
