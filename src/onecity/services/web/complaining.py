"""Complaining about how a matter was handled: an application of its own, begun with what is known of the matter."""

from typing import Final

from starlette.responses import Response

from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.everyday import ITEMS
from onecity.services.rules import Why
from onecity.services.usecases import own_affair
from onecity.services.usecases.complaints import COMPLAINT, RECEIPT
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Shown

_MATTER: Final = "complained_matter"


def complaint_about(counter: Counter, one: Shown) -> str:
    """Whether somebody can complain about a case here: `open`, `own_agency` where the office that would look into it
    handled it itself, or empty where the pack declares no such item.
    """
    item = counter.catalogue.item(COMPLAINT)
    if item is None:
        return ""
    return "own_agency" if item.agency in one.case.agencies else "open"


class Complaining:
    """The way from a person's own matter to the complaint about it."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def begin(self, visit: Visit) -> Response:
        """Begin a complaint, or go on with one that was begun, about this matter."""
        affair_id, case = visit.id("affair"), visit.id("case")
        found = await own_affair(affair_id, ledger=self._counter.ledger, by=visit.acting()) if affair_id else None
        branch = found.branch(case) if found is not None and not isinstance(found, Refused) and case else None
        if branch is None or isinstance(found, Refused) or found is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        if self._counter.catalogue.item(COMPLAINT) is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        path, drafts = f"{ITEMS}{COMPLAINT}", self._counter.drafts
        begun = await drafts.resume(visit.subject, path)
        about = {RECEIPT: found.applied.number, _MATTER: self._counter.scribe.matter(visit.lang, branch.item)}
        typed = {**(begun.typed if begun else {}), **about}
        await drafts.keep(visit.subject, path, typed, known=begun.known if begun else (), now=visit.now)
        return visit.go(f"{path}/apply")
