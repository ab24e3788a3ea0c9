"""The shares of an appraisal as expressions; `governance.appraisal` says the same of courses, one by one.

Cases that were reported in so many days before an instant, as they were known then. Every case of the time counts: on
many machines no limit is needed, where the page of a city stops at its newest twenty thousand.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table, TimestampValue

from onecity.analytics.asking import UNSAID, Asked, known
from onecity.analytics.folded import problems_of
from onecity.analytics.recurring import ended_of, judged
from onecity.governance import Out

_YES: Final = "yes"
_NO: Final = "no"
_NO_PROBLEM: Final = ("declined", "answered", "void", "joined")


def appraisal(facts: Table, asked: Asked) -> Table:
    """How many cases have which verdict, by share: `yes` of `yes` and `no` is the share, all else is left out of it.

    A verdict that no case has is not told.
    """
    cases = reported_in(problems_of(known(facts, asked)), asked)
    rows = ibis.union(counted(cases, asked), _recurred(judged(ended_of(cases, asked), asked)), distinct=False)
    return rows.order_by("share", "verdict")


def reported_in(problems: Table, asked: Asked) -> Table:
    """The cases of the days before the instant, but those that follow another one."""
    until = ibis.literal(asked.at, type="timestamp('UTC')")
    since = ibis.literal(asked.at - timedelta(days=asked.days), type="timestamp('UTC')")
    return problems.filter((_.reported >= since) & (_.reported < until) & (_.stage != "joined"))


def _courses(cases: Table, asked: Asked) -> Table:
    """Cases with what is known of each. Whoever closed one verified it, and whoever verified it, it was handled."""
    told = cases.mutate(
        at=ibis.literal(asked.at, type="timestamp('UTC')"),
        undecided=_.stage.isin(("intake", "look")) & _.filed.isnull(),
        closed_at=ibis.ifelse(_.stage.isin(_NO_PROBLEM), ibis.null("timestamp('UTC')"), _.closed),
        suspended=(_.stage == "deferred") & _.dispatched.notnull(),
        good=(_.result == "closed").fill_null(UNSAID),
    )
    told = told.mutate(was_closed=_.good | _.closed_at.notnull())
    told = told.mutate(was_verified=_.verified.notnull() | _.was_closed)
    told = told.mutate(was_handled=_.handled.notnull() | _.was_verified)
    return told.mutate(was_dispatched=_.dispatched.notnull() | _.was_handled)


def _verdicts(of: Table) -> Mapping[str, tuple[StringValue, IntegerValue]]:
    """The verdict of each share on a case, and how many it stands for."""
    one = ibis.literal(1, type="int64")
    closed = _done(of, of.was_closed, of.answer_until)
    handled = _done(of, of.was_handled, of.due)
    of_filed: Mapping[str, StringValue] = {
        "closed": closed,
        "suspended": ibis.cases((closed == str(Out.SUSPENDED), _YES), (closed == _YES, _NO), else_=closed),
        "reopened": _known(of.reopened, of.was_closed | of.reopened),
        "reworked": _known(of.reworked, of.was_verified | of.reworked),
        "extended": _known(of.extended > 0, of.was_dispatched | (of.extended > 0)),
        "handled": _known_if(of.was_dispatched, handled),
        "handled_in_time": _known_if(of.was_dispatched, _in_time(of, of.was_handled, of.handled, of.due)),
        "closed_in_time": _in_time(of, of.was_closed, of.closed_at, of.answer_until),
        "dispatched_rightly": ibis.cases(
            (of.dispatched.notnull() & (of.returned == 0), _YES),
            (of.dispatched.notnull(), _NO),
            (of.was_dispatched, str(Out.UNJUDGED)),
            else_=str(Out.PENDING),
        ),
    }
    valid = ibis.cases((of.undecided, str(Out.UNDECIDED)), (of.stage != "void", _YES), else_=_NO)
    told = {name: (_filed(of, verdict), one) for name, verdict in of_filed.items()}
    return told | {"valid": (valid, of.reports)}


def _filed(of: Table, verdict: StringValue) -> StringValue:
    """A verdict on filed cases; the others are told why they are none."""
    return ibis.cases((of.undecided, str(Out.UNDECIDED)), (of.filed.isnull(), str(Out.NOT_FILED)), else_=verdict)


def _done(of: Table, done: BooleanValue, due: TimestampValue) -> StringValue:
    """Whether something was done that has to be, if its time has come."""
    return ibis.cases(
        (done, _YES),
        (of.suspended, str(Out.SUSPENDED)),
        (due.isnull(), str(Out.NO_DUE)),
        (of["at"] <= due, str(Out.PENDING)),
        else_=_NO,
    )


def _in_time(of: Table, done: BooleanValue, when: TimestampValue, due: TimestampValue) -> StringValue:
    """Whether something was done in time, if its time has come."""
    return ibis.cases(
        (~done, _done(of, done, due)),
        (when.isnull(), str(Out.NO_TIME)),
        (due.isnull(), str(Out.NO_DUE)),
        (when <= due, _YES),
        else_=_NO,
    )


def _known(value: BooleanValue, when: BooleanValue) -> StringValue:
    return ibis.cases((~when, str(Out.PENDING)), (value, _YES), else_=_NO)


def _known_if(when: BooleanValue, verdict: StringValue) -> StringValue:
    return ibis.cases((~when, str(Out.PENDING)), else_=verdict)


def counted(cases: Table, asked: Asked) -> Table:
    """The numbers of all verdicts but recurrence, from one look at each case."""
    courses = _courses(cases, asked)
    said = [
        ibis.struct({"share": ibis.literal(share), "verdict": verdict, "number": number.cast("int64")})
        for share, (verdict, number) in _verdicts(courses).items()
    ]
    return _summed(courses.select(said=ibis.array(said).unnest()).unpack("said"))


def _summed(told: Table) -> Table:
    """What is said of single cases, added up."""
    return told.group_by("share", "verdict").aggregate(number=_.number.sum().cast("int64"))


def _recurred(found: Table) -> Table:
    """Recurrence as a share beside the others."""
    verdict = ibis.cases(
        (found.came_back > 0, _YES),
        (found.counted > 0, _NO),
        (found.pending > 0, str(Out.PENDING)),
        else_=str(Out.UNLOCATED),
    )
    return _summed(found.select(share=ibis.literal("recurred"), verdict=verdict, number=ibis.literal(1, type="int64")))
