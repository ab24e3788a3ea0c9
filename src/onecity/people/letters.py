"""How people sends letters. Notices stands above people, so bootstrap hands in the pen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from onecity.kernel.ids import PersonId
from onecity.ledger import Change


class WriteLetter(Protocol):
    """Writes a letter as a change that goes into the same transaction as the decision it tells of."""

    def __call__(
        self,
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
    ) -> Change: ...
