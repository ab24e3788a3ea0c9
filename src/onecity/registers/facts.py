"""An import of register rows enters the tree as one fact: its root and its count."""

from onecity.ledger import Fact, FactType


class RegisterImported(Fact, frozen=True):
    """A batch of rows came from a source. `root` is the Merkle root over the hashes of its rows, in hex."""

    register: str
    source: str
    root: str
    count: int
    simulated: bool


FACTS = (FactType("registers.imported", RegisterImported),)
