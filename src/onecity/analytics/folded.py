"""Cases as their facts leave them: the fold of the projections, as one expression over facts in columns."""

from typing import Final

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, IntegerValue, Table

from onecity.analytics.asking import UNSAID

_BEGAN: Final = ("governance.reported", "governance.parted")
_FOLLOWED: Final = (*_BEGAN, "governance.joined")
_FILED: Final = "governance.filed"
_OPENED: Final = "casework.opened"
_ENDED: Final = "casework.ended"
_RATED: Final = "casework.rated"
_REOPENED: Final = "casework.reopened"


def cases_of(facts: Table) -> Table:
    """Every case, of services and of the street: what it is about, where, and how it ended, if it did."""
    opened = _.name == _OPENED
    folded = facts.filter(_.name.isin((_OPENED, _ENDED, _REOPENED, _RATED))).group_by("case_id").aggregate(
        matter=_.matter.max(where=opened),
        area=_.area.max(where=opened),
        agency=_.agency.max(where=opened),
        month=_.month.max(where=opened),
        ended=_.position.max(where=_.name == _ENDED),
        result=_.result.argmax(_.position, where=_.name == _ENDED),
        good=_.good.argmax(_.position, where=_.name == _ENDED),
        reopened=_.position.max(where=_.name == _REOPENED),
        level=_.level.max(where=_.name == _RATED),
    )  # fmt: skip
    open_again = _later(_.reopened, _.ended)
    return folded.mutate(
        result=ibis.ifelse(open_again, ibis.null("string"), _.result),
        good=ibis.ifelse(open_again, ibis.null("boolean"), _.good),
    ).drop("ended", "reopened")


def problems_of(facts: Table) -> Table:
    """Every case of the street: its moments, its place, how it stands, and how many reports follow it.

    Of a moment that can come again the last one counts, unless what came after it undid it.
    """
    told = facts.filter(_.case_id.notnull())
    began, filed, moved = _.name.isin(_BEGAN), _.name == _FILED, _.stage.notnull() & ~_.name.isin(_BEGAN)
    marked = {
        mark: _.mark == mark
        for mark in ("dispatched", "handled", "verified", "closed", "returned", "reworked", "extended")
    }
    reopened = _.mark == "reopened"
    folded = told.group_by("case_id").aggregate(
        source=_.source.max(where=began),
        area=_.area.max(where=began),
        told_matter=_.matter.max(where=began),
        answer_until=_.answer_until.max(where=began),
        reported=_.recorded.max(where=began),
        reported_day=_.day.max(where=began),
        filed=_.recorded.argmax(_.position, where=filed),
        filed_matter=_.matter.argmax(_.position, where=filed),
        longitude=_.longitude.argmax(_.position, where=filed),
        latitude=_.latitude.argmax(_.position, where=filed),
        part=_.part.argmax(_.position, where=filed),
        moved_to=_.stage.argmax(_.position, where=moved),
        dispatched=_.recorded.argmin(_.position, where=marked["dispatched"]),
        handled=_.recorded.argmax(_.position, where=marked["handled"]),
        handled_at=_.position.max(where=marked["handled"]),
        verified=_.recorded.argmax(_.position, where=marked["verified"]),
        verified_at=_.position.max(where=marked["verified"]),
        closed=_.recorded.argmax(_.position, where=marked["closed"]),
        closed_day=_.day.argmax(_.position, where=marked["closed"]),
        closed_at=_.position.max(where=marked["closed"]),
        reworked_at=_.position.max(where=marked["reworked"]),
        reopened_at=_.position.max(where=reopened),
        returned=marked["returned"].fill_null(UNSAID).sum(),
        extended=marked["extended"].fill_null(UNSAID).sum(),
        due=_.latest.argmax(_.position, where=_.latest.notnull()),
        due_at=_.position.max(where=_.latest.notnull()),
        result=_.result.argmax(_.position, where=_.name == _ENDED),
        ended_at=_.position.max(where=_.name == _ENDED),
    )
    followed = _undone(folded.filter(_.reported.notnull())).left_join(_reports(facts), "case_id")
    return followed.drop("case_id_right").mutate(reports=_.reports.fill_null(0))


def _undone(folded: Table) -> Table:
    """Cases without the moments that were undone later: work that was sent back, a closing after which they went on."""
    again, back = _later(_.reopened_at, _.closed_at), _later(_.reworked_at, _.handled_at)
    return folded.select(
        _.case_id, _.source, _.area, _.answer_until, _.reported, _.reported_day, _.filed, _.longitude, _.latitude,
        _.part, _.dispatched, _.returned, _.extended,
        matter=ibis.coalesce(_.filed_matter, _.told_matter),
        stage=ibis.coalesce(_.moved_to, ibis.literal("intake")),
        handled=ibis.ifelse(back, _none("timestamp('UTC')"), _.handled),
        verified=ibis.ifelse(_later(_.reworked_at, _.verified_at), _none("timestamp('UTC')"), _.verified),
        closed=ibis.ifelse(again, _none("timestamp('UTC')"), _.closed),
        closed_day=ibis.ifelse(again, _none("date"), _.closed_day),
        due=ibis.ifelse(_later(_.reopened_at, _.due_at), _none("timestamp('UTC')"), _.due),
        result=ibis.ifelse(_later(_.reopened_at, _.ended_at), _none("string"), _.result),
        reworked=_.reworked_at.notnull(),
        reopened=_.reopened_at.notnull(),
    )  # fmt: skip


def _reports(facts: Table) -> Table:
    """How many reports follow each case now."""
    told = facts.filter(_.name.isin(_FOLLOWED)).group_by("stream").aggregate(case_id=_.case_id.argmax(_.position))
    return told.group_by("case_id").aggregate(reports=_.count())


def _later(one: IntegerValue, other: IntegerValue) -> BooleanValue:
    """Whether one thing happened, and the other one not or before it."""
    return (one > ibis.coalesce(other, -1)).fill_null(UNSAID)


def _none(kind: str) -> ibis.Value:
    return ibis.null(kind)
