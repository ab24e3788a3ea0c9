"""The person concerned asks for another time of a meeting: once, and before it."""

from datetime import datetime

from onecity.casework.declared import APPLICANT, Process, may_ask
from onecity.casework.facts import TimeAsked
from onecity.casework.model import Case
from onecity.casework.rules import Terms, Why, written
from onecity.casework.rules.moves import may
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact


def open_to_ask(case: Case, process: Process, *, by: Acting, now: datetime) -> str | Refused:
    """The step of the next meeting for which the author may ask for another time, or why there is none."""
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    coming = [name for name, one in case.meetings.items() if one.at > now and may_ask(process, name)]
    if not coming:
        return Refused(Why.NO_OTHER_TIME)
    open_ = [name for name in coming if name not in case.asked]
    return min(open_, key=lambda name: (case.meetings[name].at, name)) if open_ else Refused(Why.TIME_ASKED)


def another_time(case: Case, words: str, *, terms: Terms, by: Acting, now: datetime) -> tuple[Fact, ...] | Refused:
    """What happens when the person asks for another time, once: officers read it, and the meeting stands until then."""
    step = open_to_ask(case, terms.process, by=by, now=now)
    if isinstance(step, Refused):
        return step
    said = written(("words",), {"words": words}, unsaid=Why.UNSAID, too_long=Why.TOO_LONG)
    if isinstance(said, Refused):
        return said
    return (TimeAsked(step, case.meetings[step], case.opened.subject, said["words"]),)
