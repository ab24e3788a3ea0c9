"""The home page."""

from onecity.portal.web.home import DOORS, Home

__all__ = ["DOORS", "Home"]
