"""What an officer may say of a place where they stood: what they found, and how far from the problem that was."""

from datetime import datetime
from typing import Final

import msgspec

from onecity.casework import Case, Terms, hindered
from onecity.governance.facts import CheckedIn, Located, Point, Sighting
from onecity.governance.ground import metres as metres_between
from onecity.governance.rules import LONGEST_WORDS, MOST_PHOTOS, PhotoName, Why
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused

LOOKS: Final = frozenset({"governance.inspect", "governance.verify"})
"""The duties of those who go and look."""
FARTHEST_M: Final = 100_000
"""Nobody looks at a place from farther away than a city is wide. Units: metres."""


class CheckIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody looked at the place of a step.

    `point` is where their device says they stand: it becomes a distance and is not kept. Whoever has none may say in
    `metres` how far they stood.
    """

    step: str
    seen: Sighting
    reason: str = ""
    photos: tuple[PhotoName, ...] = ()
    point: Point | None = None
    metres: int | None = None


def checked_in(
    case: Case, command: CheckIn, place: Point | None, *, kept: bool, terms: Terms, by: Acting, now: datetime
) -> tuple[CheckedIn, ...] | Refused:
    """The fact that somebody looked, or why it is not theirs to say. `place` is that of the problem, if it is known.

    It is taken from whoever may end the step, with whatever outcome. `kept` says that its photographs are the case's.
    """
    no = _not_theirs(case, command.step, terms=terms, by=by, now=now) or _said_wrongly(command)
    if no is not None:
        return no
    if not kept:
        return Refused(Why.NO_SUCH_PHOTO)
    far, located = _distance(command, place)
    reason = command.reason.strip() if command.seen is Sighting.UNREACHABLE else ""
    subject = case.opened.subject
    return (CheckedIn(command.step, subject, command.seen, reason or None, command.photos, far, located),)


def _not_theirs(case: Case, step: str, *, terms: Terms, by: Acting, now: datetime) -> Refused | None:
    declared = terms.process.steps.get(step)
    if declared is None or declared.duty not in LOOKS:
        return Refused(Why.NO_FIELD_TASK)
    hindrances = [hindered(case, step, name, terms=terms, by=by, now=now) for name in declared.outcomes]
    return None if None in hindrances else hindrances[0]


def _said_wrongly(command: CheckIn) -> Refused | None:
    if command.seen is Sighting.UNREACHABLE and not command.reason.strip():
        return Refused(Why.NOT_REACHED)
    if len(command.reason) > LONGEST_WORDS:
        return Refused(Why.TOO_LONG, {"field": "reason", "most": LONGEST_WORDS})
    if len(command.photos) > MOST_PHOTOS:
        return Refused(Why.TOO_MANY_PHOTOS, {"most": MOST_PHOTOS})
    if command.metres is not None and not 0 <= command.metres <= FARTHEST_M:
        return Refused(Why.TOO_FAR, {"most": FARTHEST_M})
    return None


def _distance(command: CheckIn, place: Point | None) -> tuple[int | None, Located | None]:
    """How far somebody stood, and who says so; nothing where nobody can know."""
    if command.point is not None and place is not None:
        here, there = command.point, place
        far = metres_between((here.longitude, here.latitude), (there.longitude, there.latitude))
        return round(far), Located.DEVICE
    return (command.metres, Located.OFFICER) if command.metres is not None else (None, None)
