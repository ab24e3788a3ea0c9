"""What a pack may say about orders: who gives one, who takes it, how soon, and what it counts."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

import msgspec

from onecity.casework.declared import Because
from onecity.casework.laws import law_faults
from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.people import DUTY

LONGEST: Final = 24 * 90
"""Hours that an order may take at most: ninety days."""
Hours = Annotated[int, msgspec.Meta(ge=1, le=LONGEST)]
"""Hours of day and night."""


class OrderKind(msgspec.Struct, frozen=True):
    """A kind of order that goes down the levels of a city and comes back as reports.

    Whoever holds the duty `issues` begins one; whoever holds `takes` in the agency and area that it is sent to says
    that it came within `receive_within` hours, passes it on to places below, and reports within `report_within` hours.
    `counts` names what a report counts, done and in all. `triggers` are the reasons for which such an order may be
    given about a case; without any, it is given about no case.
    """

    name: Text
    issues: str
    takes: str
    receive_within: Hours
    report_within: Hours
    counts: Text
    because: Because
    triggers: Mapping[str, Text] = {}


def _check(pack: Pack, declared: Declared[OrderKind]) -> Iterator[Fault]:
    kind = declared.value
    yield from law_faults(pack, declared)
    for key in ("issues", "takes"):
        yield from pack.unknown(declared, key, DUTY, getattr(kind, key))
    if kind.report_within <= kind.receive_within:
        what = "It would be reported on before anybody need have seen it."
        yield declared.fault("report_within", what, f"Write more than {kind.receive_within} hours.")


ORDER: Final[Kind[OrderKind]] = Kind("order", "casework/orders", OrderKind, _check)
"""A kind of order."""
