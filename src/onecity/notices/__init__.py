"""Letters that the law requires and people expect, in an inbox of their own."""

from onecity.notices.facts import FACTS, LetterOpened, LetterSent
from onecity.notices.letters import letter_to
from onecity.notices.projections import LETTERS
from onecity.notices.store import unread

__all__ = ["FACTS", "LETTERS", "LetterOpened", "LetterSent", "letter_to", "unread"]
