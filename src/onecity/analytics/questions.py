"""The questions of the house."""

from collections.abc import Mapping
from typing import Final

from ibis import _
from ibis.expr.types import Table

from onecity.analytics.appraising import appraisal, reported_in
from onecity.analytics.asking import UNSAID, Asked, Question, known
from onecity.analytics.folded import cases_of, problems_of
from onecity.analytics.recurring import ended_of, judged


def _counts(facts: Table, asked: Asked) -> Table:
    """Facts take the item and the area of their case, as it was opened; others have none, or their own area."""
    told = known(facts, asked).select(_.case_id, _.month, _.name, own_area=_.area)
    about = cases_of(known(facts, asked)).select(_.case_id, _.matter, _.area)
    joined = told.left_join(about, "case_id").mutate(area=_.area.fill_null(_.own_area))
    counted = joined.group_by("month", "name", "matter", "area").aggregate(number=_.count())
    return counted.order_by("month", "name", "matter", "area")


def _cases(facts: Table, asked: Asked) -> Table:
    folded = cases_of(known(facts, asked)).group_by("month", "matter", "area").aggregate(
        opened=_.count(),
        ended=_.result.count(),
        good=_.good.fill_null(UNSAID).cast("int64").sum(),
        rated=_.level.count(),
        levels=_.level.sum().fill_null(0),
    )  # fmt: skip
    return folded.order_by("month", "matter", "area")


def _recurrence(facts: Table, asked: Asked) -> Table:
    cases = reported_in(problems_of(known(facts, asked)), asked)
    found = judged(ended_of(cases, asked), asked).group_by("matter", "area").aggregate(
        came_back=_.came_back.sum(),
        counted=_.counted.sum(),
        pending=_.pending.sum(),
        unlocated=_.unlocated.sum(),
        early=_.early.sum(),
    )  # fmt: skip
    return found.order_by("matter", "area")


QUESTIONS: Final[Mapping[str, Question]] = {
    one.name: one
    for one in (
        Question("counts", "how many facts of each kind there are, by month, item and area", _counts),
        Question("cases", "how many cases were opened, ended, granted and rated, by month, item and area", _cases),
        Question("appraisal", "how the street is looked after: the shares of the public page of figures", appraisal),
        Question("recurrence", "how many closed cases of the street came back, by matter and area", _recurrence),
    )
}
