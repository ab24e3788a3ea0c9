"""What fits a question in everyday words: the page, the operation, and what is learnt from those not understood."""

from collections.abc import Sequence
from typing import Final

import msgspec
from starlette.background import BackgroundTask
from starlette.responses import Response

from onecity.kernel.rates import Rate
from onecity.kernel.search import Found, How
from onecity.machinery.web import EVERYBODY, Operation, Visit
from onecity.services.everyday import Hit, hit_of, why_found
from onecity.services.riddles import FITS, asker, is_riddle
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.shown import AT

LONGEST_QUESTION: Final = 100
SEARCHED: Final = Rate(120, 60)
_RIDDLES: Final = Rate(20, 3600)
"""So many questions of one asker that are not understood are counted in an hour; whoever has more is no person."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question in everyday words; of a longer one the beginning is read, and nothing fits none."""

    q: str = ""


class Hits(msgspec.Struct, frozen=True):
    """What fits a question, the best first."""

    hits: tuple[Hit, ...]


class Searching:
    """Everybody may ask, and nobody is remembered."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._guides = Guides(counter)

    def operations(self) -> tuple[Operation, ...]:
        """The search for programs."""
        return (
            Operation(
                "GET", "/api/search", EVERYBODY, self.machine, "What the city does for people who say this, and why it"
                " is found", Hits, rate=SEARCHED, asks=Asked,
            ),
        )  # fmt: skip

    async def page(self, visit: Visit) -> Response:
        """What fits a question, as rows that lead on."""
        question = visit.request.query_params.get("q", "").strip()[:LONGEST_QUESTION]
        hits = self._counter.catalogue.search(question)
        found = [self._row(visit, one) for one in hits]
        page = visit.page(AT + "search.html", title=visit.say("services.search"), question=question, found=found)
        if self._is_riddle(visit, hits):
            page.background = BackgroundTask(self._note, visit, question)
        return page

    async def machine(self, visit: Visit, asked: Asked) -> Hits:
        """The same for programs; what they do not find is not counted: nobody knows whether a person asked."""
        pack, hits = self._counter.catalogue.pack, self._counter.catalogue.search(asked.q.strip()[:LONGEST_QUESTION])
        return Hits(tuple(hit_of(one, pack, visit.say, visit.lang) for one in hits))

    def _row(self, visit: Visit, one: Found) -> dict[str, str]:
        """What was found as a row; where it has few of the words that were written, it says why it is here."""
        row = self._guides.row(visit, one.path)
        plain = one.how is How.WORDS and one.fit >= FITS
        return row if plain else row | {"subtitle": why_found(one, visit.say)}

    @staticmethod
    def _is_riddle(visit: Visit, hits: Sequence[Found]) -> bool:
        """An officer tries what people ask for, and asks nothing."""
        return is_riddle(hits) and not (visit.visitor and visit.visitor.duties)

    async def _note(self, visit: Visit, question: str) -> None:
        """Count what was not understood, after the answer: nobody waits for it, and nobody fills the list alone."""
        client = visit.request.client
        who = str(visit.visitor.person) if visit.visitor else asker(client.host if client else "")
        if not await visit.site.brake(f"riddles {who}", _RIDDLES, visit.now):
            await self._counter.riddles.note(question, who, now=visit.now)
