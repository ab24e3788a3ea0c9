"""What notices holds on a person: letters, which stay as long as their affairs, and where a message goes to."""

from collections.abc import Mapping, Sequence
from datetime import date

from onecity.kernel.ids import PersonId
from onecity.ledger import Ledger
from onecity.notices import store
from onecity.notices.facts import PostChannel
from onecity.notices.usecases import choices_of, wish
from onecity.people.holdings import Bond, Holding


class LetterKeeper:
    """Answers for the inbox. What somebody wrote to the person lies under the person's key."""

    name = "notices"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        del day
        async with self._ledger.readers.acquire() as connection:
            letters = await store.inbox(connection, person, None)
        addresses = (await wish(person, ledger=self._ledger)).addresses
        return (
            Holding("notices.held.letters", len(letters), Bond.AFFAIRS),
            Holding("notices.held.address", int(PostChannel.EMAIL in addresses), Bond.NOTHING),
        )

    async def export(self, person: PersonId) -> Mapping[str, object]:
        async with self._ledger.readers.acquire() as connection:
            letters = await store.inbox(connection, person, None)
        told = self._ledger.told
        return {"letters": await told([one.letter for one in letters]), "post": await told([choices_of(person)])}

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        """Nothing but facts: what they said goes with the keys, and a message under way finds no address."""
        del person, wholly
        return 0
