"""The inbox."""

from onecity.notices.web.pages import LetterPages

__all__ = ["LetterPages"]
