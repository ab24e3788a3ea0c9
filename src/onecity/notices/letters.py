"""Writing a letter: a new history that goes into the same transaction as the decision it tells of."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from onecity.kernel.ids import PersonId, derived_id
from onecity.ledger import Change
from onecity.notices.facts import LetterSent


def letter_to(
    to: PersonId,
    kind: str,
    *,
    about: UUID,
    sender: str,
    facts: Mapping[str, str],
    words: Mapping[str, str] | None,
    law: str,
    key: UUID,
    now: datetime,
) -> Change:
    """The change that puts a letter into an inbox. One command sends a person one letter of a kind about a case.

    `facts` fill the sentences of the kind: `matter` names items, `case` the case, `due` and names in `_day`, `_days`
    and `_at` are written as people read them (see `writing`).
    """
    stream = derived_id(key, now=now, what=f"letter {kind} {to} {about} {facts.get('case', '')}")
    return Change(stream, 0, (LetterSent(to, kind, about, sender, facts, words, law),))
