"""What a pack says about its departments and about the duties that people hold in them."""

from typing import Annotated

import msgspec

from onecity.packs import Kind, Text


class Agency(msgspec.Struct, frozen=True):
    """A department of the city. `address` and `phone` are what a letter gives as the place to ask."""

    name: Text
    area: Annotated[str, msgspec.Meta(pattern=r"[0-9]{6}", description="Write six digits in quotes.")]
    phone: str
    complaints: str


class Duty(msgspec.Struct, frozen=True):
    """Something that a person may be charged with. `alone` is false where the law asks for two."""

    name: Text
    does: Text
    because: str
    second_factor: bool = True


AGENCY: Kind[Agency] = Kind("agency", "agencies", Agency)
DUTY: Kind[Duty] = Kind("duty", "people/duties", Duty)
