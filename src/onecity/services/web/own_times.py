"""What is arranged with a person in a case, and whether they may ask for another time."""

from datetime import date

import msgspec

from onecity.casework import open_to_ask
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Shown


class OwnTimes(msgspec.Struct, frozen=True):
    """Every meeting that is to come, the next one first, as a row of step and time; whether another may be asked for,
    and whether that was asked. `joint` is the day on which all departments come to look together.
    """

    rows: tuple[dict[str, str], ...]
    joint: date | None
    ask: bool
    asked: bool


def own_times(visit: Visit, counter: Counter, one: Shown) -> OwnTimes | None:
    """The card; None where nothing is arranged."""
    coming = [(meeting.at, step, meeting) for step, meeting in one.case.meetings.items() if meeting.at > visit.now]
    joint = one.case.joint if one.case.result is None and (one.case.joint or date.min) >= visit.today else None
    if not coming and joint is None:
        return None
    telling = counter.telling(visit.lang, visit.say)
    rows = {
        telling.meeting(meeting): one.process.steps[step].name.said(visit.lang)
        for _, step, meeting in sorted(coming, key=lambda found: found[:2])
    }
    found = open_to_ask(one.case, one.process, by=visit.acting(), now=visit.now)
    return OwnTimes(
        tuple({"term": step, "value": said} for said, step in rows.items()),
        joint,
        ask=not isinstance(found, Refused),
        # What they asked of a time that no longer stands was answered by another.
        asked=any(one.case.asked.get(step) == meeting for _, step, meeting in coming),
    )
