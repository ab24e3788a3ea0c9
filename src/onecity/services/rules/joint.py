"""The limit of everything together: forty-five working days for what several departments decide jointly."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from onecity.casework import LONGEST_WORDS, Case
from onecity.kernel.acting import Acting
from onecity.kernel.clock import JOINT, JOINT_EXTENSION, Calendar, Due, Extension, joint_due
from onecity.kernel.refusal import Refused
from onecity.services.facts import JointExtended
from onecity.services.model import Affair
from onecity.services.rules import Why

JOINT_HEAD: Final = "services.joint_head"
"""The duty of the head of government who lengthens a joint limit. Source: 行政许可法 article 42 ¶2."""


class ExtendJointly(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By how many working days a joint limit is lengthened, and the reason that the applicant reads."""

    days: int
    reason: str


def joint_limit(affair: Affair, cases: Sequence[Case], calendar: Calendar) -> Due | None:
    """The latest day of everything together, since the first acceptance; None for a single matter, or before it.

    Units: working days. Source: 行政许可法 (2019-04-23) article 42 ¶2.
    """
    accepted = [case.clock.since for case in cases if case.clock is not None]
    if len({case.opened.matter for case in cases}) < 2 or not accepted:
        return None
    return joint_due(calendar, accepted=min(accepted), extension=_extension(affair))


def joint_days(affair: Affair) -> int:
    """The working days of the joint limit, with its extension."""
    return JOINT.number + (affair.extended.days if affair.extended else 0)


def extended_jointly(
    affair: Affair, cases: Sequence[Case], command: ExtendJointly, *, calendar: Calendar, by: Acting, today: date
) -> JointExtended | Refused:
    """The extension of a joint limit, once and before it has passed, or why there is none."""
    areas = {affair.applied.area, *(case.opened.area for case in cases)}
    if by.duty != JOINT_HEAD or by.scope is None or not all(by.scope.reaches(area) for area in areas):
        return Refused(Why.NOT_YOUR_DUTY)
    limit = joint_limit(affair, cases, calendar)
    if limit is None or all(case.result is not None for case in cases):
        return Refused(Why.NOT_JOINT)
    if affair.extended is not None:
        return Refused(Why.JOINT_ONCE)
    if today > limit.day:
        return Refused(Why.JOINT_PASSED)
    if not 1 <= command.days <= JOINT_EXTENSION:
        return Refused(Why.JOINT_DAYS, {"most": JOINT_EXTENSION})
    reason = command.reason.strip()
    if not 1 <= len(reason) <= LONGEST_WORDS:
        return Refused(Why.JOINT_REASON, {"most": LONGEST_WORDS})
    return JointExtended(command.days, today, affair.applied.subject, reason)


def _extension(affair: Affair) -> Extension | None:
    extended = affair.extended
    return Extension(extended.days, extended.granted, extended.reason or "") if extended else None
