"""Every file that an application quotes, then or later, is on the list of what is kept."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from onecity.kernel.acting import the_city
from onecity.ledger import Fact, Recorded
from onecity.services.facts import Applied, AppliedAgain, Branch, Supplemented
from onecity.services.projections import AFFAIRS

AFFAIR, CASE, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)
PLAN = {"floor_plan": "aa", "hygiene_rules": "bb"}
BRANCH = Branch("food_business", "v", CASE)


@pytest.mark.parametrize(
    "fact",
    [
        Applied(PERSON, "20200922-DJ4BTU8", "410100", (BRANCH,), {}, PLAN),
        Supplemented(PERSON, CASE, None, PLAN),
        AppliedAgain(PERSON, BRANCH, None, PLAN),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_a_file_is_kept_from_the_moment_in_which_it_is_quoted(fact: Fact) -> None:
    recorded = Recorded(AFFAIR, 1, datetime(2020, 9, 22, tzinfo=UTC), the_city(), fact)
    rows = [row for row in AFFAIRS.apply(recorded) if row.statement.table == "brought"]
    assert [row.params for row in rows] == [("aa", AFFAIR), ("bb", AFFAIR)]
