"""Finding a case for an officer: only in the scope of a duty that this very case needs."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from onecity.casework.declared import duties_looking_at
from onecity.casework.model import Case, folded
from onecity.casework.rules import Terms
from onecity.casework.usecases import Office
from onecity.kernel.acting import Held
from onecity.ledger import Recorded


class Found(msgspec.Struct, frozen=True):
    """A case that an officer may open, what it is held to, and which of their duties it needs, the nearest first."""

    history: tuple[Recorded, ...]
    case: Case
    terms: Terms
    held: tuple[Held, ...]


async def find_case(case: UUID, duties: Sequence[Held], *, office: Office) -> Found | None:
    """A case that somebody with these duties may open; None does not say whether it exists."""
    history = await office.ledger.history(case)
    found = folded(history)
    if found is None:
        return None
    terms = await office.terms(found.opened)
    held = _needed(duties, found, terms)
    return Found(history, found, terms, held) if held else None


def _needed(duties: Sequence[Held], case: Case, terms: Terms) -> tuple[Held, ...]:
    """First the duties for which a step waits now, one's own before those of an absent colleague."""
    looking, waiting = duties_looking_at(terms.process), {todo.duty for todo in case.waiting.values()}
    area, agencies = case.opened.area, case.agencies
    drawn = {todo.duty for todo in case.waiting.values() if todo.drawn}

    def here(one: Held) -> bool:
        # Whoever a lot may fall on comes from an agency that has nothing to do with the case yet.
        return one.scope.reaches(area) and (one.scope.department in agencies or one.duty in drawn)

    fit = (one for one in duties if one.duty in looking and here(one))
    return tuple(sorted(fit, key=lambda one: (one.duty not in waiting, one.instead_of is not None, one.duty)))
