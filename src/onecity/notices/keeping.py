"""What notices holds on a person: letters, which stay as long as the affairs that they belong to."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from onecity.kernel.ids import PersonId
from onecity.ledger import Ledger
from onecity.notices import store
from onecity.people.holdings import Bond, Holding

_ALL: Final = 100_000


class LetterKeeper:
    """Answers for the inbox. What somebody wrote to the person lies under the person's key."""

    name = "notices"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        del day
        async with self._ledger.readers.acquire() as connection:
            letters = await store.inbox(connection, person, None, limit=_ALL)
        return (Holding("notices.held.letters", len(letters), Bond.AFFAIRS),)

    async def export(self, person: PersonId) -> Mapping[str, object]:
        async with self._ledger.readers.acquire() as connection:
            letters = await store.inbox(connection, person, None, limit=_ALL)
        return {"letters": await self._ledger.told([one.letter for one in letters])}

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        """Nothing but facts: what they said of the person goes with the key."""
        del person, wholly
        return 0
