"""Which part of the register a case is about: what is proposed to whoever files it, and what they may name."""

from collections.abc import Sequence
from typing import Final

from onecity.governance.facts import Point
from onecity.governance.filing import Condition
from onecity.governance.ground import metres
from onecity.governance.parts import PartRow
from onecity.governance.rules import Why
from onecity.governance.usecases import Street
from onecity.governance.usecases.parts import NearPart, near, part_of
from onecity.kernel.refusal import Refused

MOST_PROPOSED: Final = 8


async def proposed_parts(point: Point | None, conditions: Sequence[Condition], *, street: Street) -> Sequence[NearPart]:
    """The registered parts near a report of which its conditions speak, the nearest first; none without a place."""
    kinds = {street.filing.parts.get(one.matter) for one in conditions} - {None}
    if point is None or not kinds:
        return ()
    place = (point.longitude, point.latitude)
    asked = sorted(kind for kind in kinds if kind)
    found = await near(place, asked, within_m=street.rules.part_metres, ledger=street.office.ledger)
    return found[:MOST_PROPOSED]


async def named_part(
    number: str, condition: Condition, place: Point | None, *, street: Street
) -> PartRow | Refused | None:
    """The part that an officer names; refused if it cannot be the one, None if they name none."""
    if not number:
        return None
    part = await part_of(number, ledger=street.office.ledger)
    if part is None or part.withdrawn is not None:
        return Refused(Why.NO_SUCH_PART)
    if street.filing.parts.get(condition.matter) != part.kind:
        return Refused(Why.OTHER_KIND)
    most = street.rules.part_metres
    if place is not None and metres((place.longitude, place.latitude), part.point) > most:
        return Refused(Why.PART_TOO_FAR, {"metres": most})
    return part
