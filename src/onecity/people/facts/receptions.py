"""What happens at the window: somebody stands there with a document, and goes again.

A reception is a history of its own. It holds no number and no name: whose it was stands in the facts of the account.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from onecity.ledger import Fact


class Document(StrEnum):
    """The document that an officer saw, by its kind.

    Source: 居民身份证法 §12, §13 (2012-01-01): identity card and temporary card; 户口登记条例 §4 (1958-01-09).
    """

    IDENTITY_CARD = "identity_card"
    TEMPORARY_CARD = "temporary_card"
    HOUSEHOLD_REGISTER = "household_register"


class ReceptionOpened(Fact, frozen=True):
    """A person stands at the window, and an officer saw their document; it ends with the `day` at the latest.

    Whoever came for somebody else did so for `subject`, under a `mandate`.
    """

    person: UUID
    document: Document
    day: date
    subject: UUID | None = None
    mandate: UUID | None = None


class ReceptionEnded(Fact, frozen=True):
    """The person went, or the officer turned to the next one."""
