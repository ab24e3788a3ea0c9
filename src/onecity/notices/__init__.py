"""Letters that the law requires and people expect.

A letter lies in an inbox of its own, and a message tells its reader of it.
"""

from onecity.notices.facts import FACTS, LetterDelivered, LetterOpened, LetterSent, PostChosen
from onecity.notices.letters import letter_to
from onecity.notices.projections import LETTERS, WISHES
from onecity.notices.store import deliveries, letters_of_case, unread

__all__ = [
    "FACTS",
    "LETTERS",
    "WISHES",
    "LetterDelivered",
    "LetterOpened",
    "LetterSent",
    "PostChosen",
    "deliveries",
    "letter_to",
    "letters_of_case",
    "unread",
]
