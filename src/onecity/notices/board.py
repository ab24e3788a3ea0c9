"""Publishing a notice: a new history that goes into the same transaction as the decision it tells of."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from onecity.kernel.ids import derived_id
from onecity.ledger import Change
from onecity.notices.facts import NoticePublished


def publish(
    kind: str, *, facts: Mapping[str, str], about: UUID, agency: str, law: str, key: UUID, now: datetime
) -> Change:
    """The change that hangs a notice on the public board, for everybody and for good.

    `facts` fill the sentences `notice.<kind>.…`, as in letters. They never name a person, a receipt number or an
    address, and a reason among them was written to be read by everybody: the ledger keeps it in clear.
    """
    stream = derived_id(key, now=now, what=f"notice {kind} {about}")
    return Change(stream, 0, (NoticePublished(kind, facts, about, agency, law),))
