"""What the city holds on a person: each package says it of itself, exports it, and erases it.

Packages are connected in bootstrap. A package that holds something on people brings a keeper of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from onecity.kernel.ids import PersonId
from onecity.people.rules.forgetting import Bond, Fate, Holding


class Keeper(Protocol):
    """What a package answers for the data on people that it holds."""

    name: str

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        """What there is of a person, and what keeps it."""
        ...

    async def export(self, person: PersonId) -> Mapping[str, object]:
        """All of it, in words that can be written as JSON."""
        ...

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        """Remove working state: all of it, or only what nothing keeps; how many things."""
        ...


__all__ = ["Bond", "Fate", "Holding", "Keeper"]
