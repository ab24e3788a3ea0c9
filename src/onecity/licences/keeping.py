"""What licences holds on a person: licences, kept as long as they can be relied on, and the papers drawn of them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from onecity.kernel.ids import PersonId
from onecity.licences.cited import RELIED_ON
from onecity.licences.model import Licence, State, state_on
from onecity.licences.papers import Papers
from onecity.licences.usecases import Licences, held_by
from onecity.people.holdings import Bond, Holding

_LASTING: Final = frozenset({State.VALID, State.SUSPENDED})


class LicenceKeeper:
    """Answers for the licences of a person. One on which others may rely stays; its holder can end it first."""

    name = "licences"

    def __init__(self, licences: Licences, papers: Papers) -> None:
        self._licences = licences
        self._papers = papers

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        held = await held_by(person, licences=self._licences)
        lasting = [one for one in held if state_on(one, day) in _LASTING]
        return (
            Holding("licences.held.lasting", len(lasting), Bond.AFFAIRS, _last_day(lasting), RELIED_ON.citation)
            if lasting
            else Holding("licences.held.lasting", 0, Bond.AFFAIRS),
            Holding("licences.held.over", len(held) - len(lasting), Bond.AFFAIRS),
            Holding("licences.held.papers", await self._papers.count(person), Bond.NOTHING),
        )

    async def export(self, person: PersonId) -> Mapping[str, object]:
        held = await held_by(person, licences=self._licences)
        return {"licences": await self._licences.ledger.told([one.id for one in held])}

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        """The papers, always: as long as a licence stands, a paper can be drawn again."""
        del wholly
        return await self._papers.erase(person)


def _last_day(lasting: Sequence[Licence]) -> date | None:
    """The day from which nobody relies on any of these; None if one has no end of its own."""
    ends = [one.valid_until for one in lasting]
    known = [end for end in ends if end is not None]
    return max(known) + timedelta(days=1) if len(known) == len(ends) else None
