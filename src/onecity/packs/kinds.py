"""What a pack may declare: each package registers its kinds, and each value keeps its places to the end."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from onecity.packs.faults import Fault, Place

if TYPE_CHECKING:
    from onecity.packs.pack import Pack

T = TypeVar("T", bound=msgspec.Struct)


class Declared(msgspec.Struct, Generic[T], frozen=True, dict=True):
    """One declaration: its id (the path below its kind's folder), its value, and where each part was written.

    A `drawn` one nobody wrote: it follows from lines of tables, and its place is that of the line.
    """

    kind: str
    id: str
    value: T
    places: Mapping[str, Place]
    drawn: bool = False

    def fault(self, path: str, what: str, mend: str) -> Fault:
        """A fault at the part `path`, or at the nearest part above it that has a place.

        What was never in a file here, as it came from the ledger or from a form, is named by its id.
        """
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return Fault(self.places.get(path) or Place(self.id, 1, 1), what, mend)


Check = Callable[["Pack", Declared[Any]], Iterable[Fault]]


Draws = Callable[["Pack"], Iterable[Declared[Any]]]
"""What follows from the declarations of a pack, and is declared by that."""


def _no_check(_pack: "Pack", _declared: Declared[Any]) -> Iterable[Fault]:
    return ()


def _nothing(_pack: "Pack") -> Iterable[Declared[Any]]:
    return ()


class Kind(msgspec.Struct, Generic[T], frozen=True):
    """A kind of declaration: its name, the folder in which its files lie, its type, and its own check.

    The check sees the whole pack, so it can follow references and run the declaration's examples.
    `single` means that the folder is one file and that there is exactly one declaration, or perhaps none if it is
    `optional`. A type that is a `Table` is written in CSV, any other in YAML. What its lines together with other
    declarations amount to is drawn from the pack as it was read, before anything is checked.
    """

    name: str
    folder: str
    type: type[T]
    check: Check = _no_check
    single: bool = False
    optional: bool = False
    draws: Draws = _nothing
