"""Letters that the law requires and people expect, and the public board.

A letter lies in an inbox of its own, and a message tells its reader of it.
"""

from onecity.notices.board import publish
from onecity.notices.facts import FACTS, LetterDelivered, LetterOpened, LetterSent, NoticePublished, PostChosen
from onecity.notices.letters import letter_to
from onecity.notices.projections import BOARD, LETTERS, WISHES
from onecity.notices.store import deliveries, letters_about, letters_of_case, unread

__all__ = [
    "BOARD",
    "FACTS",
    "LETTERS",
    "WISHES",
    "LetterDelivered",
    "LetterOpened",
    "LetterSent",
    "NoticePublished",
    "PostChosen",
    "deliveries",
    "letter_to",
    "letters_about",
    "letters_of_case",
    "publish",
    "unread",
]
