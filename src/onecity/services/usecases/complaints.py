"""Nobody looks into a complaint about their own work, in whatever duty they come to it."""

from collections.abc import Sequence
from typing import Final

from onecity.casework import Case, Follow, Happening, folded
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Ledger
from onecity.services import store
from onecity.services.rules import Why
from onecity.services.usecases import affair_of_case

COMPLAINT: Final = "handling_complaint"
"""The item by which somebody complains; a pack without it offers no way to."""
RECEIPT: Final = "complained_receipt"
"""The question by whose answer the matter is found."""


def kept_from_own_work(ledger: Ledger) -> Follow:
    """Refuses what somebody does in a complaint about an application in which they did something themselves.

    Of several matters on one receipt it counts each: a person says which one is meant in their own words.
    """

    async def follow(happening: Happening) -> Sequence[Change] | Refused:
        opened, hands = happening.case.opened, happening.by.hands
        if opened.matter != COMPLAINT or not hands or happening.by.subject == opened.subject:
            return ()
        affair = await affair_of_case(opened.affair, ledger=ledger)
        number = "" if isinstance(affair, Refused) else affair.answers.get(RECEIPT, "")
        for case in await _cases_of(number, ledger) if number else ():
            if not hands.isdisjoint(_hands_in(case)):
                return Refused(Why.ABOUT_OWN_WORK)
        return ()

    return follow


async def _cases_of(number: str, ledger: Ledger) -> list[Case]:
    """The cases of the application with a receipt number; none if there is no such one."""
    async with ledger.readers.acquire() as connection:
        ids = await store.numbered(connection, number)
    affairs = [await affair_of_case(one, ledger=ledger) for one in ids]
    branches = [branch.case for one in affairs if not isinstance(one, Refused) for branch in one.branches]
    cases = [folded(await ledger.history(case)) for case in branches]
    return [case for case in cases if case is not None]


def _hands_in(case: Case) -> frozenset[object]:
    """Whoever did something in a case, and for whom they stood in."""
    workers = (worker.person for worker in case.workers.values() if worker.person is not None)
    return frozenset().union(workers, *case.hands.values())
