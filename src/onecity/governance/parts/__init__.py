"""The register of parts (部件): every manhole cover, lamp and tree of the street by its number, and whose it is."""

from onecity.governance.parts.facts import PartChanged, PartRecorded, PartWithdrawn, Withdrawal
from onecity.governance.parts.model import PartEntry, Standing, is_part_number, kind_of
from onecity.governance.parts.projections import PARTS
from onecity.governance.parts.reading import COLUMNS, Checks, RowFault, read_parts
from onecity.governance.parts.simulating import SIMULATED, simulated_parts
from onecity.governance.parts.store import PartRow

__all__ = [
    "COLUMNS",
    "PARTS",
    "SIMULATED",
    "Checks",
    "PartChanged",
    "PartEntry",
    "PartRecorded",
    "PartRow",
    "PartWithdrawn",
    "RowFault",
    "Standing",
    "Withdrawal",
    "is_part_number",
    "kind_of",
    "read_parts",
    "simulated_parts",
]
