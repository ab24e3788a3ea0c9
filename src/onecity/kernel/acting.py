"""Who acts: the person, in which duty, for whom, by what right, and through which door."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from onecity.kernel.ids import PersonId


class Channel(StrEnum):
    """The door through which a command came. It is recorded and changes no decision.

    One right asks for a door: an officer acts for whoever stands in front of them at the window and nowhere else.
    """

    PHONE = "phone"
    WINDOW = "window"
    TELEPHONE = "telephone"
    API = "api"
    CLI = "cli"
    JOB = "job"


def area_prefix(area: str) -> str:
    """What the codes of all areas below begin with.

    Source: GB/T 2260-2007 (province, city and county in two digits each), GB/T 10114-2003 (street, three more).

    >>> area_prefix("410100"), area_prefix("410110"), area_prefix("410105001")
    ('4101', '410110', '410105001')
    """
    if len(area) != 6 or not area.endswith("00"):
        return area
    return area[:2] if area.endswith("0000") else area[:4]


class Scope(msgspec.Struct, frozen=True):
    """Where a duty holds: a department of the pack, and the area code below which it reaches."""

    department: str
    area: str

    def covers(self, department: str, area: str) -> bool:
        """Whether a thing of this department and area lies within the scope.

        >>> Scope("market_supervision", "410105").covers("market_supervision", "410105001")
        True
        """
        return department == self.department and self.reaches(area)

    def reaches(self, area: str) -> bool:
        """Whether an area lies within the scope, whatever the department.

        >>> Scope("general_office", "410100").reaches("410105001"), Scope("general_office", "410105").reaches("410100")
        (True, False)
        """
        return area.startswith(area_prefix(self.area))


class Held(msgspec.Struct, frozen=True):
    """A duty that a person holds, and where; `instead_of` is the absent colleague whose duty it really is."""

    duty: str
    scope: Scope
    instead_of: PersonId | None = None


def own_first(held: Iterable[Held]) -> Held | None:
    """The first of some holdings, a person's own before that of an absent colleague."""
    return min(held, key=lambda one: one.instead_of is not None, default=None)


class Acting(msgspec.Struct, frozen=True):
    """The author of a command. `person` is None only for the city itself acting by a rule (a job).

    `instead_of` is the absent officer whose duty a deputy acts in.
    """

    person: PersonId | None
    channel: Channel
    duty: str | None = None
    scope: Scope | None = None
    on_behalf_of: PersonId | None = None
    mandate: str | None = None
    instead_of: PersonId | None = None

    @property
    def subject(self) -> PersonId | None:
        """The person whose matter it is: the one acted for, else the one who acts."""
        return self.on_behalf_of or self.person

    @property
    def hands(self) -> frozenset[PersonId]:
        """Whoever acts, and for whom they stand in: what two persons do together is done by hands that share nobody."""
        return frozenset(one for one in (self.person, self.instead_of) if one is not None)


def the_city() -> Acting:
    """The city acting by rule: a deadline that passes, a calendar that is published."""
    return Acting(person=None, channel=Channel.JOB)
