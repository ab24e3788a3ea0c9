"""What a type of a file is in the catalogue of another city, as somebody read it from the names."""

from collections.abc import Iterator
from typing import Final

import msgspec

from onecity.governance.catalogue import MATTER
from onecity.governance.declared import Name
from onecity.packs import Declared, Fault, Kind, Pack, Table


class Counterpart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `type` of a file of requests and the code of its `matter` in the shipped city, if it has one there."""

    type: Name
    matter: str = ""


class Counterparts(Table[Counterpart], frozen=True):
    """The types of a file of requests, each with its counterpart in the catalogue of the shipped city."""


def _check(pack: Pack, declared: Declared[Counterparts]) -> Iterator[Fault]:
    known = {row.name for table in pack.all(MATTER).values() for row in table.value.rows}
    for number, row in enumerate(declared.value.rows):
        yield from pack.unknown(declared, f"rows.{number}.type", MATTER, row.type, among=known)


CROSSWALK: Final[Kind[Counterparts]] = Kind(
    "crosswalk", "crosswalk.csv", Counterparts, _check, single=True, optional=True
)
