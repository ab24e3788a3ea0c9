"""What a pack says about its agencies and about the duties that people hold in them."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Text

Phone = Annotated[
    str,
    msgspec.Meta(pattern=r"0[0-9]{2,3}-[0-9]{4}-[0-9]{3,4}", description="Write it like 0371-0000-0001."),
]
"""A number with its area code, so that it can be dialled from anywhere."""


class AgencyKind(StrEnum):
    """What an agency is: an organ of the city, a company that serves it, or a hospital."""

    DEPARTMENT = "department"
    UTILITY = "utility"
    HOSPITAL = "hospital"


class Agency(msgspec.Struct, frozen=True):
    """Somebody who handles cases. `does` is its line of business in a citizen's words.

    A letter gives `phone` as the place to ask and `complaints` as the place to complain. `post_room` is the address
    from which it sends results on paper; without one it sends none.
    """

    name: Text
    kind: AgencyKind
    does: Text
    area: Annotated[str, msgspec.Meta(pattern=r"[0-9]{6}", description="Write six digits in quotes.")]
    phone: Phone
    complaints: Phone
    post_room: Text | None = None


class Duty(msgspec.Struct, frozen=True):
    """Something that a person may be charged with.

    `at_window` lets whoever holds it act for a person who stands in front of them and whose document they saw.
    """

    name: Text
    does: Text
    because: str
    second_factor: bool = True
    at_window: bool = False


def _check_agency(pack: Pack, declared: Declared[Agency]) -> Iterator[Fault]:
    agency = declared.value
    if agency.phone == agency.complaints:
        what = "Whoever complains would ring those whom the complaint is about."
        yield declared.fault("complaints", what, "Give complaints a number of their own.")
    others = {name: one.value for name, one in pack.all(AGENCY).items() if name < declared.id}
    for part, number in (("phone", agency.phone), ("complaints", agency.complaints)):
        for name, other in others.items():
            if number in (other.phone, other.complaints):
                what = f"The agency `{name}` has the number {number} already."
                yield declared.fault(part, what, "Give each agency numbers of its own.")


AGENCY: Kind[Agency] = Kind("agency", "agencies", Agency, _check_agency)
DUTY: Kind[Duty] = Kind("duty", "people/duties", Duty)
