"""The inbox, and the choice of channels."""

from onecity.notices.web.pages import LetterPages, delivery_line
from onecity.notices.web.post import PostPages

__all__ = ["LetterPages", "PostPages", "delivery_line"]
