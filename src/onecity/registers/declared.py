"""What a pack says about registers: who keeps each, and which facts it tells about a person or a firm."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.people import AGENCY


class Register(msgspec.Struct, frozen=True):
    """A register of facts, found by the number of whoever they concern. `holder` keeps it, `because` says by which law.

    `facts` are what it tells, by the name under which fields ask for them.
    """

    name: Text
    holder: str
    because: str
    facts: Annotated[Mapping[str, Text], msgspec.Meta(min_length=1)]


def _check(pack: Pack, declared: Declared[Register]) -> Iterator[Fault]:
    yield from pack.unknown(declared, "holder", AGENCY, declared.value.holder)


REGISTER: Kind[Register] = Kind("register", "registers", Register, _check)
