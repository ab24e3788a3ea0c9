"""Steps that wait side by side, as a process may declare them."""

from uuid import uuid4

from tests.http.towns import MORNING, Town

from onecity.casework import StepTaken
from onecity.casework.facts import Todo
from onecity.kernel.acting import the_city
from onecity.ledger import Change, Decision


async def test_two_branches_may_open_the_same_step(town: Town) -> None:
    thread, ledger = await town.apply(town.citizen), town.city.memory.ledger
    again = StepTaken(
        "survey",
        "done",
        (Todo("acceptance", "services.accept", MORNING.date()),),
        await town.person(town.citizen),
        None,
    )

    async def decide() -> Decision:
        return Decision((Change(thread.case, 1, (again,)),), again)

    await ledger.record(uuid4(), decide, StepTaken, by=the_city(), now=town.clock())
    assert len(await town.rows("select from work_items where case_id = $1", thread.case)) == 1
