"""Paid services of third parties (中介服务): papers that an applicant cannot make, because a law says who has to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from onecity.casework import Because, law_faults
from onecity.packs import Declared, Fault, Kind, Pack, Table, Text
from onecity.services.checking import ITEM
from onecity.services.listing import LISTED_DEMAND
from onecity.services.offering import material_of


class Payer(StrEnum):
    """Who pays by law."""

    APPLICANT = "applicant"
    AGENCY = "agency"


class Price(StrEnum):
    """Whether a law or an authority sets the price, or a law says that the two agree on it."""

    SET = "set"
    MARKET = "market"


class Intermediary(msgspec.Struct, frozen=True):
    """A paper by its `id` (`item.material`) that a third party has to make, by the law of `because`.

    `service` is what that is called, `who` gives it. `payer` and `price` are empty where no law says it.
    """

    id: str
    service: Text
    who: Text
    because: Because
    payer: Payer | None = None
    price: Price | None = None

    @property
    def item(self) -> str:
        """The item that asks for the paper."""
        return self.id.partition(".")[0]


class Intermediaries(Table[Intermediary], frozen=True):
    """The papers of which a law says that a third party has to make them."""


def intermediaries_of(pack: Pack) -> Mapping[str, Mapping[str, Intermediary]]:
    """The papers that others have to make, by item and material."""
    return pack.once(_by_item)


def _by_item(pack: Pack) -> Mapping[str, Mapping[str, Intermediary]]:
    materials = pack.once(_materials)
    found: defaultdict[str, dict[str, Intermediary]] = defaultdict(dict)
    for row in _rows(pack):
        if row.id in materials:
            found[row.item][materials[row.id]] = row
    return found


def _materials(pack: Pack) -> Mapping[str, str]:
    """The material of each paper that an item asks for, by how a row names it."""
    written = {
        f"{name}.{needed.material}": needed.material
        for name, one in pack.all(ITEM).items()
        if not one.drawn
        for needed in one.value.needs
    }
    demands = (row for one in pack.all(LISTED_DEMAND).values() for row in one.value.rows)
    return {row.id: material_of(row) for row in demands} | written


def _rows(pack: Pack) -> Sequence[Intermediary]:
    return [row for one in pack.all(INTERMEDIARY).values() for row in one.value.rows]


def _check(pack: Pack, declared: Declared[Intermediaries]) -> Iterable[Fault]:
    yield from law_faults(pack, declared)
    materials = pack.once(_materials)
    for number, row in enumerate(declared.value.rows):
        yield from pack.unknown(declared, f"rows.{number}.id", LISTED_DEMAND, row.id, among=materials)


INTERMEDIARY: Final[Kind[Intermediaries]] = Kind(
    "intermediary", "services/intermediaries.csv", Intermediaries, _check, single=True, optional=True
)
