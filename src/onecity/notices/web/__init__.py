"""The inbox, the choice of channels, and the public board."""

from onecity.notices.web.board import BoardPages
from onecity.notices.web.pages import Leads, LetterPages, delivery_line
from onecity.notices.web.post import PostPages

__all__ = ["BoardPages", "Leads", "LetterPages", "PostPages", "delivery_line"]
