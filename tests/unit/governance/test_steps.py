"""Lists and those who hear are told the same of a case: both take its stage from one place."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import pytest

from onecity.casework import CaseReopened, StepTaken, Todo
from onecity.governance.events import news_of
from onecity.governance.facts import Parted, Source
from onecity.governance.projections import STREET
from onecity.governance.steps import STEPS, stage_of
from onecity.kernel.acting import the_city
from onecity.ledger import Fact, Placed, Recorded

CASE: Final = UUID(int=7)
WHO: Final = UUID(int=8)
AT: Final = datetime(2020, 9, 22, 4, tzinfo=UTC)
OPENS: Final = (Todo("next", "governance.verify", date(2020, 9, 22)),)


def step(name: str, outcome: str, opens: tuple[Todo, ...] = OPENS) -> StepTaken:
    return StepTaken(name, outcome, opens, WHO, None)


def recorded(fact: Fact) -> Recorded:
    return Recorded(CASE, 1, AT, the_city(), fact)


def heard(fact: Fact) -> str | None:
    news = news_of(Placed(41, recorded(fact)))
    return news.stage if news else None


def listed(fact: Fact) -> str | None:
    """The stage that the projection writes; None if it leaves the case where it is."""
    stages = {stage for stage, _ in STEPS.values()} | {"intake"}
    found = [one for row in STREET.apply(recorded(fact)) for one in row.params if one in stages]
    return str(found[0]) if found else None


@pytest.mark.parametrize("unit", ["handle", "assist"])
def test_the_first_of_two_units_that_is_done_moves_the_case_nowhere(unit: str) -> None:
    alone = step(unit, "done", ())
    assert stage_of(alone) is None
    assert (heard(alone), listed(alone)) == (None, None)
    assert (heard(step(unit, "done")), listed(step(unit, "done"))) == ("verify", "verify")


@pytest.mark.parametrize("fact", [
    *(step(name, outcome) for name, outcome in (move.split("/") for move in STEPS)),
    step("close", "close", ()),
    step("handle", "ask_extension"),
    CaseReopened(OPENS, WHO, None),
    Parted(CASE, "W1", Source.CITIZEN, "0102030405", "410105001", None, date(2020, 9, 30)),
], ids=lambda fact: f"{type(fact).__name__} {getattr(fact, 'step', '')} {getattr(fact, 'outcome', '')}")  # fmt: skip
def test_whoever_hears_is_told_the_stage_that_lists_show(fact: Fact) -> None:
    assert heard(fact) == listed(fact)
