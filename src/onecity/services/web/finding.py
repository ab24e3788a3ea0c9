"""Finding a case on the officers' desk. What is typed may name a person, so it is posted and stands in no address."""

from datetime import date
from typing import Any, Final

import msgspec
from starlette.responses import Response

from onecity.casework import CaseRow
from onecity.kernel.clock import working_days_left
from onecity.kernel.identity import masked_name
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.machinery.web.site import status_of
from onecity.services.usecases.finding import MOST_FOUND, Finder, Found
from onecity.services.web.affairs import officers_word
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

SEARCHES: Final = Rate(60, 60)
"""So often as one person types, and no oftener: nobody tries a list of names."""

_TAG: Final = {"late": "late", "stopped": "stopped", "running": "busy", "refused": "refused", "declined": "refused"}


class Find(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked for: words of an item or agency, a name, an identity number, a receipt number."""

    text: str


class FoundCase(msgspec.Struct, frozen=True):
    """A case that was found; the applicant's name is masked. `state` as that of a case."""

    case: str
    number: str
    item: str
    agency: str
    applicant: str
    state: str
    received: date
    due: date | None


class FoundList(msgspec.Struct, frozen=True):
    """The newest cases that fit."""

    cases: tuple[FoundCase, ...]


class Finding:
    """Search for officers: only within their own scopes, and with masked names, as every list."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._finder = Finder(counter.catalogue, counter.roll, counter.reads)

    async def page(self, visit: Visit) -> Response:
        """The form before anything is looked for."""
        return self._page(visit, "", [], "")

    async def find(self, visit: Visit) -> Response:
        """The newest cases that fit what was typed."""
        asked = visit.form.text("q")
        found = await self._found(visit, asked)
        if isinstance(found, Refused):
            said = visit.say(found.reason, **found.details)
            return self._page(visit, asked, [], said, status=status_of(found), refused=True)
        full = visit.say("services.find.most", number=MOST_FOUND) if len(found) == MOST_FOUND else ""
        return self._page(visit, asked, [self._row(visit, one) for one in found], full)

    async def machine(self, visit: Visit, command: Find) -> FoundList | Refused:
        """The same for programs."""
        found = await self._found(visit, command.text)
        return found if isinstance(found, Refused) else FoundList(tuple(told(one, today=visit.today) for one in found))

    async def _found(self, visit: Visit, text: str) -> list[Found] | Refused:
        async with self._counter.ledger.readers.acquire() as connection:
            return await self._finder.find(connection, text, visit.someone, channel=visit.channel, now=visit.now)

    def _page(
        self, visit: Visit, asked: str, rows: list[dict[str, Any]], said: str, *, status: int = 200,
        refused: bool = False,
    ) -> Response:  # fmt: skip
        title = visit.say("services.find.title")
        return visit.page(
            AT + "find.html", status=status, title=title, asked=asked, rows=rows, said=said, refused=refused
        )

    def _row(self, visit: Visit, one: Found) -> dict[str, Any]:
        case, state = one.case, state_of(one.case, today=visit.today)
        waits = case.result is None and case.due is not None and not case.stopped
        return {
            "href": f"/desk/cases/{case.id}",
            "due": case.due if waits else None,
            "days_left": self._days_left(visit, case.due) if waits and case.due else None,
            "title": self._counter.scribe.matter(visit.lang, case.matter),
            "applicant": masked_name(one.name) if one.name else visit.say("services.forgotten"),
            "number": one.number,
            "state_kind": _TAG.get(state, "idle"),
            "state_text": self._state_text(visit, case, state),
        }

    def _days_left(self, visit: Visit, latest: date) -> int:
        return working_days_left(self._counter.office.calendar, today=visit.today, latest=latest)

    def _state_text(self, visit: Visit, case: CaseRow, state: str) -> str:
        """The word of the process for a result, as it is now or was last; else that of the house."""
        process = self._counter.catalogue.named_process(case.process) if case.result else None
        named = process.results.get(state) if process else None
        return named.said(visit.lang) if named else visit.say(officers_word(state))


def state_of(case: CaseRow, *, today: date) -> str:
    """Where a case stands, as far as its row tells."""
    if case.result is not None:
        return case.result
    if case.stopped:
        return "stopped"
    if case.due is None:
        return "waiting"
    return "late" if today > case.due else "running"


def told(one: Found, *, today: date) -> FoundCase:
    """A found case as programs read it."""
    case = one.case
    applicant = masked_name(one.name) if one.name else ""
    state = state_of(case, today=today)
    return FoundCase(
        str(case.id), one.number, case.matter, case.agency, applicant, state, case.received, case.due
    )  # fmt: skip
